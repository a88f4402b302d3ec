"""Ways to tell a person something outside these pages; a new one is a file here and a line in `KINDS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.conf import settings

from .base import Channel, Message, SendResult
from .console import ConsoleChannel
from .email import EmailChannel
from .line import LineChannel

__all__ = ["Channel", "Message", "SendResult", "channel", "channels", "first_channel"]

KINDS: Mapping[str, Callable[[], Channel]] = {
    "email": EmailChannel,
    "line": LineChannel.from_settings,
    "console": ConsoleChannel,
}


def channels() -> dict[str, Channel]:
    """The channels this installation offers, in the order of the setting; unconfigured ones are left out."""
    made = {code: KINDS[code]() for code in settings.DIGEST_CHANNELS}
    return {code: found for code, found in made.items() if found.is_enabled()}


def channel(code: str) -> Channel | None:
    """One channel, if it is offered here."""
    return channels().get(code)


def first_channel() -> str:
    """The channel of whoever has chosen none; empty where none is offered."""
    return next(iter(channels()), "")
