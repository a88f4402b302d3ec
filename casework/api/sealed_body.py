"""An item of a request that a phone sealed: opened for the person who sealed it, under its own id only."""

from __future__ import annotations

import base64
import binascii
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.common.crypto import SealBroken
from povertyops.common.errors import InvalidInput
from povertyops.common.sealing import open_json

# What may be said about a sealed item outside the seal: measured when it is sent, not when it was made.
OUTSIDE = ("clock_skew_s", "sent_latitude", "sent_longitude")
LONGEST = 400_000


def is_sealed(body: Any) -> bool:
    return isinstance(body, dict) and "sealed" in body


def open_sealed_body(actor: Actor, body: dict[str, Any], *, kind: str) -> dict[str, Any]:
    """The JSON object inside, with its id and what was measured at sending. Raises InvalidInput."""
    try:
        item_id = UUID(str(body.get("id")))
        sealed = base64.b64decode(str(body["sealed"])[:LONGEST], validate=True)
        found = open_json(sealed, kind=kind, user_id=actor.user_id or 0, item_id=item_id)
    except (ValueError, binascii.Error, SealBroken):
        raise InvalidInput(
            "seal_broken",
            _("เปิดข้อมูลที่ปิดผนึกไม่ได้ ข้อมูลถูกตัดระหว่างส่งหรือเป็นของผู้ใช้อื่น ข้อมูลในเครื่องยังอยู่ โปรดส่งใหม่"),
        ) from None
    if not isinstance(found, dict):
        raise InvalidInput("seal_broken", _("ข้อมูลที่ปิดผนึกไม่ใช่บันทึกของระบบนี้"))
    return {**found, "id": str(item_id), **{name: body[name] for name in OUTSIDE if name in body}}
