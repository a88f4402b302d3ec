"""What every channel takes and answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A text for one person. `key` stays the same however often it is tried, so that a receiver that knows
    keys takes it once; `to` is an address as the channel writes it."""

    key: UUID
    to: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class SendResult:
    """Whether the channel took the message; `problem` says why not, without address and without text."""

    is_sent: bool
    problem: str = ""


SENT = SendResult(True)


class Channel(ABC):
    """One way to a person. `send` never raises for what may go wrong outside: it answers."""

    code: ClassVar[str]
    label: ClassVar[Promise | str]
    needs_address: ClassVar[bool] = True
    address_hint: ClassVar[Promise | str] = ""

    def is_enabled(self) -> bool:
        """Whether this installation is configured for it."""
        return True

    def clean_address(self, address: str) -> str:
        """The address as it will be used; raises Django's ValidationError when it cannot be one."""
        return address.strip()

    @abstractmethod
    def send(self, message: Message) -> SendResult:
        """Hand the message over."""
