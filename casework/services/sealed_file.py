"""The last resort: a file of sealed items that a person carries here, opened for that person alone.

One JSON object, or JSON lines whose first names the person. Each item gives its kind, id and sealed bytes
(base64); a photo also its visit and, sealed or plain, where and when it was taken.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.common.audit import log_access
from povertyops.common.crypto import SealBroken
from povertyops.common.errors import InvalidInput, NotAllowed
from povertyops.common.sealing import open_json

from ..arrival import SEALED_FILE_MAX_BYTES, SEALED_FILE_MAX_ITEMS

# Parts of JSON in a whole file: every one costs memory many times its bytes, and a real item has a dozen.
_MOST_PARTS = 100_000
_OUTSIDE = ("clock_skew_s", "sent_latitude", "sent_longitude")
_ABOUT_PHOTO = ("household", "taken_at", "latitude", "longitude", "accuracy_m", "clock_skew_s")


@dataclass(frozen=True, slots=True)
class FileItem:
    """One line of the file as the API would have got it; of a photo also its bytes."""

    kind: str
    id: str
    body: dict[str, Any]
    data: bytes = b""


def read_sealed_file(*, actor: Actor, data: bytes) -> list[FileItem]:
    """The items of a file of this very person, visits first, then facts, then photos.

    Raises InvalidInput for what is no such file, NotAllowed for another person's. Side effect: access entry.
    """
    if len(data) > SEALED_FILE_MAX_BYTES:
        raise InvalidInput("file_too_big", _("ไฟล์ใหญ่เกิน 60 เมกะไบต์ โปรดส่งออกทีละรายการ"), field="file")
    head, lines = _parsed(data)
    if head.get("user_id") != actor.user_id:
        raise NotAllowed(
            "not_yours",
            _("ไฟล์นี้ปิดผนึกโดยผู้ใช้อื่น เปิดได้เฉพาะเจ้าของ โปรดให้เจ้าของไฟล์ลงชื่อเข้าใช้แล้วส่งเอง"),
        )
    if len(lines) > SEALED_FILE_MAX_ITEMS:
        raise InvalidInput("too_many", _("ไฟล์มีมากกว่า 1,000 รายการ โปรดส่งออกทีละรายการ"), field="file")
    skew = head.get("clock_skew_s")
    items = [_item(actor, line, skew) for line in lines if isinstance(line, dict)]
    log_access(
        actor, "sealed_file", object_type="user", object_id=actor.user_id, details={"items": len(items)}
    )
    order = {"visit": 0, "facts": 1, "photo": 2}
    return sorted(items, key=lambda item: order.get(item.kind, 3))


def _parsed(data: bytes) -> tuple[dict[str, Any], list[Any]]:
    """(head, items) of one object or of JSON lines."""
    if data.count(b",") + data.count(b"[") + data.count(b"{") > _MOST_PARTS:
        raise _not_ours()
    try:
        text = data.decode("utf-8-sig")
        try:
            parts = [json.loads(text)]
        except ValueError:
            parts = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        raise _not_ours() from None
    if not parts or not isinstance(parts[0], dict) or not _is_ours(parts[0]):
        raise _not_ours()
    return parts[0], [*_listed(parts[0]), *parts[1:]]


def _is_ours(head: dict[str, Any]) -> bool:
    return head.get("povertyops") == 1 or (
        head.get("format") == "povertyops-outbox" and head.get("version") == 1
    )


def _listed(head: dict[str, Any]) -> Iterator[Any]:
    for name, kind in (("items", None), ("photos", "photo")):
        lines = head.get(name)
        for line in lines if isinstance(lines, list) else []:
            yield {"kind": kind, **line} if kind and isinstance(line, dict) else line


def _not_ours() -> InvalidInput:
    return InvalidInput(
        "not_a_sealed_file",
        _("ไฟล์นี้ไม่ใช่ไฟล์รายการรอส่งของระบบ หรือไม่สมบูรณ์ โปรดส่งออกจากเครื่องใหม่"),
        field="file",
    )


def _item(actor: Actor, line: dict[str, Any], skew: Any) -> FileItem:
    kind, item_id = str(line.get("kind")), str(line.get("id"))
    if kind == "photo":
        return _photo(actor, line, skew)
    body = {"id": item_id, "sealed": line.get("sealed")}
    body |= {name: line[name] for name in _OUTSIDE if name in line}
    if skew is not None:
        body.setdefault("clock_skew_s", skew)
    return FileItem(kind, item_id, body)


def _photo(actor: Actor, line: dict[str, Any], skew: Any) -> FileItem:
    item_id = str(line.get("id"))
    body = {name: line[name] for name in _ABOUT_PHOTO if name in line}
    body |= {name: value for name, value in _about(actor, line).items() if name in _ABOUT_PHOTO}
    body |= {name: line.get(name) for name in ("id", "visit", "size", "sha256")}
    if skew is not None:
        body.setdefault("clock_skew_s", skew)
    try:
        data = base64.b64decode(str(line.get("sealed")), validate=True)
    except (ValueError, binascii.Error):
        data = b""
    return FileItem("photo", item_id, {**body, "size": len(data), "sealed": True}, data)


def _about(actor: Actor, line: dict[str, Any]) -> dict[str, Any]:
    """What the phone sealed beside a photo: its household, time and place."""
    try:
        sealed = base64.b64decode(str(line.get("about", "")), validate=True)
        item_id = UUID(str(line.get("id")))
        found = open_json(sealed, kind="draft", user_id=actor.user_id or 0, item_id=item_id)
    except (ValueError, binascii.Error, SealBroken):
        return {}
    return found if isinstance(found, dict) else {}
