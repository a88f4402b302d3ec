"""The channel of the demo: messages are written to the output of the process that sends them."""

from __future__ import annotations

import sys
from typing import TextIO

from django.utils.translation import gettext_lazy as _

from .base import SENT, Channel, Message, SendResult


class ConsoleChannel(Channel):
    """Nothing leaves the machine."""

    code = "console"
    label = _("หน้าจอของระบบสาธิต")
    needs_address = False

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out

    def send(self, message: Message) -> SendResult:
        out = self._out or sys.stdout
        out.write(f"{message.subject}\n\n{message.text}\n{'-' * 40}\n")
        out.flush()
        return SENT
