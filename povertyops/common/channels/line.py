"""LINE through its Messaging API. Offered only where a channel access token stands in the settings."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Protocol
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .base import SENT, Channel, Message, SendResult

PUSH_URL = "https://api.line.me/v2/bot/message/push"
LONGEST_TEXT = 5000
TIMEOUT_S = 10
_USER_ID = re.compile(r"U[0-9a-f]{32}")
ALREADY_ACCEPTED = 409


class Transport(Protocol):
    """Whatever can carry a request; answers the HTTP status, 0 when there was no answer."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int: ...


class HttpTransport:
    """The network."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        request = Request(url, data=body, headers=dict(headers), method="POST")  # noqa: S310 - the fixed address above
        try:
            with urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
                return int(answer.status)
        except HTTPError as error:
            return error.code
        except (URLError, TimeoutError, OSError):
            return 0


class LineChannel(Channel):
    """A push message to one LINE user. The key goes along as the retry key, under which LINE sends once."""

    code = "line"
    label = _("LINE")
    address_hint = _("LINE user id ขึ้นต้นด้วย U ตามด้วยตัวเลขและอักษร 32 ตัว")

    def __init__(self, token: str, transport: Transport) -> None:
        self._token = token
        self._transport = transport

    @classmethod
    def from_settings(cls) -> LineChannel:
        return cls(settings.LINE_CHANNEL_ACCESS_TOKEN, HttpTransport())

    def is_enabled(self) -> bool:
        return bool(self._token)

    def clean_address(self, address: str) -> str:
        address = address.strip()
        if not _USER_ID.fullmatch(address):
            raise ValidationError(_("LINE user id ไม่ถูกต้อง"), code="invalid")
        return address

    def body_of(self, message: Message) -> dict[str, object]:
        """The request as the Messaging API asks for it."""
        text = f"{message.subject}\n\n{message.text}"[:LONGEST_TEXT]
        return {"to": message.to, "messages": [{"type": "text", "text": text}]}

    def send(self, message: Message) -> SendResult:
        headers = {
            "Authorization": f"Bearer {self._token}",
            "Content-Type": "application/json",
            "X-Line-Retry-Key": str(message.key),
        }
        body = json.dumps(self.body_of(message), ensure_ascii=False).encode()
        status = self._transport.post(PUSH_URL, headers, body)
        if 200 <= status < 300 or status == ALREADY_ACCEPTED:
            return SENT
        return SendResult(False, f"HTTP {status}" if status else "no answer")
