"""Items of a sealed file through the same doors as those that phones send; one result each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.common.errors import DomainError

from ..arrival import PHOTO_PART_MAX_BYTES, receipt_number
from ..enums import PhotoState
from ..rules import BATCH_LIMIT
from ..services.photos import add_part, announce_photo, refusal_words
from ..services.sealed_file import FileItem
from .facts import answer_all
from .photos import read_photo
from .visits import record_bodies

KINDS: dict[str, Promise | str] = {
    "visit": _("การเยี่ยม"),
    "facts": _("แก้ข้อมูลครัวเรือน"),
    "photo": _("ภาพถ่าย"),
}


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What became of one item: `state` is stored, same, kept (beside another version) or refused."""

    kind: Promise | str
    id: str
    state: str
    message: str = ""
    receipt: str = ""


_STATES = {
    "created": "stored",
    "applied": "stored",
    "same": "same",
    "conflict": "kept",
    "waiting": "kept",
    "refused": "refused",
}


def store_items(actor: Actor, items: Sequence[FileItem]) -> list[ItemResult]:
    """Hand every item to the service of its kind. Sending the same file again is harmless."""
    results: list[ItemResult] = []
    for kind, store in _STORES.items():
        own = [item for item in items if item.kind == kind]
        for start in range(0, len(own), BATCH_LIMIT):
            results += store(actor, own[start : start + BATCH_LIMIT])
    unknown = gettext("ไม่รู้จักรายการชนิดนี้ โปรดปรับรุ่นของแอปแล้วส่งออกใหม่")
    results += [
        ItemResult(item.kind, item.id, "refused", unknown) for item in items if item.kind not in _STORES
    ]
    return results


def _visits(actor: Actor, items: Sequence[FileItem]) -> list[ItemResult]:
    return _told("visit", items, record_bodies(actor, [item.body for item in items]))


def _facts(actor: Actor, items: Sequence[FileItem]) -> list[ItemResult]:
    return _told("facts", items, answer_all(actor, [item.body for item in items]))


def _told(kind: str, items: Sequence[FileItem], answers: Sequence[dict[str, Any]]) -> list[ItemResult]:
    return [
        ItemResult(
            KINDS[kind],
            item.id,
            _STATES[answer["result"]],
            answer.get("message", ""),
            _receipt(item.id) if answer["result"] in ("created", "same", "applied") else "",
        )
        for item, answer in zip(items, answers, strict=True)
    ]


def _photos(actor: Actor, items: Sequence[FileItem]) -> list[ItemResult]:
    return [_photo(actor, item) for item in items]


def _photo(actor: Actor, item: FileItem) -> ItemResult:
    try:
        visit_id = UUID(str(item.body.get("visit")))
        row, is_new = announce_photo(actor=actor, photo=read_photo(item.body, visit_id))
        while row.state == PhotoState.RECEIVING:
            part = item.data[row.received : row.received + PHOTO_PART_MAX_BYTES]
            row = add_part(actor=actor, visit_id=visit_id, photo_id=row.pk, offset=row.received, data=part)
            is_new = True
    except DomainError as error:
        return ItemResult(KINDS["photo"], item.id, "refused", str(error))
    except (Http404, ValueError):
        message = gettext("ไม่พบครัวเรือนของภาพนี้ หรืออยู่นอกพื้นที่ที่ท่านดูแล")
        return ItemResult(KINDS["photo"], item.id, "refused", message)
    if row.state == PhotoState.REFUSED:
        return ItemResult(KINDS["photo"], item.id, "refused", refusal_words(row))
    return ItemResult(KINDS["photo"], item.id, "stored" if is_new else "same", "", receipt_number(row.pk))


def _receipt(item_id: str) -> str:
    return receipt_number(UUID(item_id))


_STORES: dict[str, Callable[[Actor, Sequence[FileItem]], list[ItemResult]]] = {
    "visit": _visits,
    "facts": _facts,
    "photo": _photos,
}
