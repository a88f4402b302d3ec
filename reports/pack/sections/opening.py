"""Before the figures: the agenda, who comes, and what earlier meetings resolved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from povertyops.common.thai import format_thai_date

from ...enums import AgendaKind, Presence, ResolutionState
from ..blocks import Block, heading, paragraph, row, table
from ..snapshot import Snapshot


def agenda(snap: Snapshot) -> list[Block]:
    """Items under the heads of a Thai committee, and the list of those who come."""
    blocks = [heading(_("ระเบียบวาระการประชุม"))]
    items = snap.payload["agenda"]
    if not items:
        blocks.append(paragraph(_("ยังไม่ได้บันทึกระเบียบวาระ"), tone="soft"))
    for place, kind in enumerate((kind for kind in AgendaKind), start=1):
        of_kind = [item for item in items if item["kind"] == kind]
        if not of_kind:
            continue
        blocks.append(
            heading(_("ระเบียบวาระที่ %(place)s %(head)s") % {"place": place, "head": kind.label}, level=3)
        )
        rows = [
            row(f"{place}.{number}", _item_text(item), item["presenter"] or "–")
            for number, item in enumerate(of_kind, start=1)
        ]
        blocks.append(table((_("ข้อ"), _("เรื่อง"), _("ผู้เสนอ")), rows, columns="tWw"))
    return blocks + _attendance(snap)


def _item_text(item: Mapping[str, str]) -> str:
    return "\n".join(part for part in (item["title"], item["detail"]) if part)


def _attendance(snap: Snapshot) -> list[Block]:
    people = snap.payload["attendance"]
    if not people:
        return []
    rows = [
        row(str(number), person["name"], person["office"] or "–", _presence(person))
        for number, person in enumerate(people, start=1)
    ]
    heads = (_("ที่"), _("ชื่อ"), _("ตำแหน่งหรือหน่วยงาน"), _("การมาประชุม"))
    return [heading(_("ผู้เข้าประชุม"), level=2), table(heads, rows, columns="twww")]


def _presence(person: Mapping[str, str]) -> str:
    label = str(Presence(person["presence"]).label)
    return f"{label}: {person['replaced_by']}" if person["replaced_by"] else label


def resolutions(snap: Snapshot) -> list[Block]:
    """What was open from earlier meetings, and what was reported about it."""
    blocks = [heading(_("มติที่ประชุมครั้งก่อนและผลการดำเนินการ"))]
    found = snap.payload["resolutions"]
    if not found:
        return [*blocks, paragraph(_("ไม่มีมติที่ต้องติดตามจากการประชุมครั้งก่อน"), tone="soft")]
    states = [resolution["state"] for resolution in found]
    blocks.append(
        paragraph(
            _("ติดตาม %(all)s มติ แล้วเสร็จ %(done)s กำลังดำเนินการ %(open)s ในจำนวนนี้เลยกำหนด %(late)s")
            % {
                "all": len(found),
                "done": states.count(ResolutionState.DONE),
                "open": states.count(ResolutionState.OPEN),
                "late": sum(_is_late(resolution, snap.as_of) for resolution in found),
            }
        )
    )
    rows = [
        row(
            resolution["meeting"],
            resolution["text"],
            resolution["owner"],
            _day(resolution["due_on"]),
            _state(resolution, snap.as_of),
            _notes(resolution),
        )
        for resolution in found
    ]
    heads = (_("ครั้งที่"), _("มติ"), _("ผู้รับผิดชอบ"), _("กำหนด"), _("สถานะ"), _("ผลการดำเนินการ"))
    return [*blocks, table(heads, rows, columns="tWwttW")]


def _is_late(resolution: Mapping[str, Any], day: date) -> bool:
    due = resolution["due_on"]
    return bool(due) and resolution["state"] == ResolutionState.OPEN and date.fromisoformat(due) < day


def _state(resolution: Mapping[str, Any], day: date) -> str:
    label = str(ResolutionState(resolution["state"]).label)
    return f"{label}\n" + _("(เลยกำหนด)") if _is_late(resolution, day) else label


def _notes(resolution: Mapping[str, Any]) -> str:
    said = [f"{_day(note['on'])}: {note['text']}" for note in resolution["notes"]]
    return "\n".join(said) or "–"


def _day(iso: str) -> str:
    return format_thai_date(date.fromisoformat(iso), "short") if iso else "–"
