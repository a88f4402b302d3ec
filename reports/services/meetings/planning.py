"""Planning a meeting, changing what is known of it, and writing down that it took place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from households.models import ListKind
from povertyops.accounts.actor import Actor
from povertyops.areas.enums import Level
from povertyops.areas.models import Area
from povertyops.common.errors import Conflict, InvalidInput
from povertyops.common.thai import fiscal_year_bounds

from ...enums import MeetingState
from ...meeting_queries import last_meeting, next_number
from ...meeting_rules import may_become
from ...models import Meeting
from .agenda import copy_attendance, lay_standard_agenda
from .shared import changed, meeting_to_write, require_secretary, write_down

MOST_NUMBER = 99
YEARS = range(2560, 2700)


@dataclass(frozen=True, slots=True)
class MeetingDraft:
    """What the secretary writes of a meeting. `year` and `fiscal_year` are Buddhist; without a `number` it
    gets the next one of the year, without a `list_kind` it is about all lists."""

    year: int
    fiscal_year: int
    held_on: date
    number: int | None = None
    starts_at: time | None = None
    place: str = ""
    chair: str = ""
    notes: str = ""
    list_kind: str = ""


def plan_meeting(*, actor: Actor, draft: MeetingDraft, province_code: str = "") -> Meeting:
    """Give a meeting its number, the standard agenda with what is still open, and the committee of last time.

    Two people with one number: the second gets Conflict. `province_code` is for the system, which has none.
    """
    require_secretary(actor)
    province = actor.province_code or province_code
    _check(draft)
    if not Area.objects.filter(code=province, level=Level.PROVINCE).exists():
        raise InvalidInput("unknown_province", _("ไม่พบจังหวัดนี้"), field="area")
    with transaction.atomic():
        before = last_meeting(province)
        number = draft.number or next_number(province, draft.year)
        meeting, is_new = Meeting.objects.get_or_create(
            province_code=province,
            year=draft.year,
            number=number,
            defaults={**_values(draft), "created_by": actor.user, "recorded_at": actor.stamp},
        )
        if not is_new:
            raise _taken(number, draft.year)
        lay_standard_agenda(meeting, before)
        if before is not None:
            copy_attendance(before, meeting)
        write_down(actor, "meeting.plan", meeting, changes={"held_on": draft.held_on.isoformat()})
    return meeting


def edit_meeting(*, actor: Actor, meeting_id: UUID, draft: MeetingDraft) -> Meeting:
    """Change what is known of a meeting. Once its figures are frozen only the notes may still change, since
    everything else stands in the pack."""
    _check(draft)
    with transaction.atomic():
        meeting = meeting_to_write(actor, meeting_id)
        values: dict[str, Any] = {"notes": draft.notes.strip()}
        if meeting.state == MeetingState.PLANNED:
            number = draft.number or meeting.number
            others = Meeting.objects.filter(
                province_code=meeting.province_code, year=draft.year, number=number
            )
            if others.exclude(pk=meeting.pk).exists():
                raise _taken(number, draft.year)
            if draft.list_kind != meeting.list_kind and meeting.spot_checks.exists():
                said = _("สุ่มครัวเรือนของการประชุมครั้งนี้จากบัญชีเดิมไปแล้ว จึงเปลี่ยนบัญชีไม่ได้")
                raise Conflict("drawn_from_list", said, field="list_kind")
            values |= {**_values(draft), "number": number, "year": draft.year}
        found = changed(meeting, values)
        if found:
            meeting.save(update_fields=list(found))
            write_down(actor, "meeting.edit", meeting, changes=found)
    return meeting


def hold_meeting(*, actor: Actor, meeting_id: UUID) -> Meeting:
    """Write down that the meeting took place. One that was never frozen is held without figures, for good."""
    with transaction.atomic():
        meeting = meeting_to_write(actor, meeting_id)
        if not may_become(meeting.state, MeetingState.HELD):
            raise Conflict("already_held", _("บันทึกว่าประชุมแล้วไปก่อนหน้านี้"))
        if meeting.held_on > actor.today():
            raise Conflict("not_yet", _("ยังไม่ถึงวันประชุม ถ้าเลื่อนเข้ามาให้แก้วันประชุมก่อน"))
        write_down(
            actor, "meeting.hold", meeting, changes={"state": [meeting.state, MeetingState.HELD.value]}
        )
        meeting.state = MeetingState.HELD
        meeting.save(update_fields=["state"])
    return meeting


def _values(draft: MeetingDraft) -> dict[str, Any]:
    return {
        "fiscal_year": draft.fiscal_year,
        "list_kind": draft.list_kind,
        "held_on": draft.held_on,
        "starts_at": draft.starts_at,
        "place": draft.place.strip(),
        "chair": draft.chair.strip(),
        "notes": draft.notes.strip(),
    }


def _check(draft: MeetingDraft) -> None:
    if draft.number is not None and not 1 <= draft.number <= MOST_NUMBER:
        raise InvalidInput("bad_number", _("ครั้งที่ต้องเป็นเลข 1 ถึง 99"), field="number")
    if draft.year not in YEARS:
        raise InvalidInput("bad_year", _("ปี พ.ศ. ไม่ถูกต้อง เช่น 2568"), field="year")
    if draft.fiscal_year not in YEARS:
        raise InvalidInput("bad_fiscal_year", _("ปีงบประมาณไม่ถูกต้อง เช่น 2568"), field="fiscal_year")
    if draft.list_kind and not ListKind.objects.filter(pk=draft.list_kind).exists():
        raise InvalidInput("unknown_list", _("ไม่มีบัญชีชนิดนี้"), field="list_kind")
    if draft.held_on < fiscal_year_bounds(draft.fiscal_year)[0]:
        raise InvalidInput(
            "before_year", _("วันประชุมมาก่อนปีงบประมาณของตัวเลข โปรดตรวจวันประชุมหรือปีงบประมาณ"), field="held_on"
        )


def _taken(number: int, year: int) -> Conflict:
    said = _("มีการประชุมครั้งที่ %(number)s/%(year)s อยู่แล้ว โปรดใช้เลขถัดไป")
    return Conflict("number_taken", str(said) % {"number": number, "year": year}, field="number")
