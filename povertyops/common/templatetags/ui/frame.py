"""The frame around a page: messages, places, the foot on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any

from django import template
from django.utils import timezone

from povertyops.common import thai

register = template.Library()

MESSAGE_KINDS = {"success": "good", "warning": "warn", "error": "bad"}


@register.simple_tag
def thai_now() -> str:
    """This moment, for the foot of a printed page."""
    return thai.format_thai_datetime(timezone.now())


@register.filter
def message_kind(tags: str) -> str:
    """The notice kind of a Django message's level tag."""
    return next((kind for tag, kind in MESSAGE_KINDS.items() if tag in (tags or "")), "info")


@register.filter
def thumb_places(nav: Sequence[Mapping[str, Any]] | None) -> list[Mapping[str, Any]]:
    """The places before the first heading, at most four, for the bar under the thumb."""
    return list(takewhile(lambda item: item.get("url"), nav or ()))[:4]
