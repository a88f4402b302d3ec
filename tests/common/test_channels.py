"""Channels: what each hands over, what it answers when the world outside says no, and which are offered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import StringIO
from uuid import UUID

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from povertyops.common.channels import Message, channel, channels, first_channel
from povertyops.common.channels.console import ConsoleChannel
from povertyops.common.channels.email import EmailChannel
from povertyops.common.channels.line import PUSH_URL, LineChannel

MESSAGE = Message(
    key=UUID(int=7), to="somjai@example.go.th", subject="งานที่รอ 3 รายการ", text="เกินกำหนดเยี่ยม: 3"
)


class Wire:
    """A transport that carries nothing and answers as it is told."""

    def __init__(self, status: int) -> None:
        self.status = status
        self.sent: list[tuple[str, dict[str, str], dict[str, object]]] = []

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        self.sent.append((url, dict(headers), json.loads(body)))
        return self.status


def test_email_goes_out_under_a_key_of_its_own() -> None:
    assert EmailChannel().send(MESSAGE).is_sent

    sent = mail.outbox[0]
    assert (sent.to, sent.subject, sent.body) == (["somjai@example.go.th"], MESSAGE.subject, MESSAGE.text)
    assert sent.extra_headers["Message-ID"].startswith(f"<{MESSAGE.key}@")


def test_mail_server_that_is_away_is_an_answer(settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1

    result = EmailChannel().send(MESSAGE)

    assert (result.is_sent, result.problem) == (False, "ConnectionRefusedError")


@pytest.mark.parametrize("wrong", ["", "somjai", "a@b@c"])
def test_address_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        EmailChannel().clean_address(wrong)
    with pytest.raises(ValidationError):
        LineChannel("token", Wire(200)).clean_address(wrong)


def test_line_sends_what_the_messaging_api_asks_for() -> None:
    wire = Wire(200)
    user = "U" + "0a" * 16
    message = Message(key=UUID(int=7), to=user, subject="งานที่รอ", text="สาม")

    assert LineChannel("secret", wire).send(message).is_sent

    url, headers, body = wire.sent[0]
    assert url == PUSH_URL
    assert headers["Authorization"] == "Bearer secret"
    assert headers["X-Line-Retry-Key"] == str(UUID(int=7))
    assert body == {"to": user, "messages": [{"type": "text", "text": "งานที่รอ\n\nสาม"}]}


@pytest.mark.parametrize(
    ("status", "is_sent"), [(200, True), (409, True), (400, False), (500, False), (0, False)]
)
def test_line_answers_what_the_server_said(status: int, is_sent: bool) -> None:
    result = LineChannel("secret", Wire(status)).send(MESSAGE)

    assert result.is_sent is is_sent
    assert bool(result.problem) is not is_sent


def test_console_writes_to_its_own_output() -> None:
    out = StringIO()

    assert ConsoleChannel(out).send(MESSAGE).is_sent
    assert MESSAGE.text in out.getvalue()


def test_only_what_is_configured_is_offered(settings) -> None:
    settings.DIGEST_CHANNELS = ["email", "line"]
    settings.EMAIL_HOST, settings.LINE_CHANNEL_ACCESS_TOKEN = "mail.example.go.th", ""

    assert list(channels()) == ["email"]
    assert first_channel() == "email"
    assert channel("line") is None
    settings.LINE_CHANNEL_ACCESS_TOKEN = "secret"
    assert list(channels()) == ["email", "line"]
    settings.EMAIL_HOST = settings.LINE_CHANNEL_ACCESS_TOKEN = ""
    assert first_channel() == ""
