"""E-mail through Django: the server stands in the settings."""

from __future__ import annotations

from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from .base import SENT, Channel, Message, SendResult


class EmailChannel(Channel):
    """Plain text; its Message-ID follows from the key, so that a second copy is known as one."""

    code = "email"
    label = _("อีเมล")
    address_hint = _("ที่อยู่อีเมล เช่น somjai@example.go.th")

    def is_enabled(self) -> bool:
        return bool(settings.EMAIL_HOST)

    def clean_address(self, address: str) -> str:
        address = address.strip()
        validate_email(address)
        return address

    def send(self, message: Message) -> SendResult:
        sender = settings.DEFAULT_FROM_EMAIL
        mail = EmailMessage(
            message.subject,
            message.text,
            sender,
            [message.to],
            headers={"Message-ID": f"<{message.key}@{_domain(sender)}>", "Auto-Submitted": "auto-generated"},
        )
        try:
            mail.send()
        except (SMTPException, OSError) as error:
            return SendResult(False, type(error).__name__)
        return SENT


def _domain(sender: str) -> str:
    """The part behind the @ of `Name <user@domain>`."""
    return sender.rpartition("@")[2].strip("> ") or "localhost"
