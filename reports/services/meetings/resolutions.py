"""What a meeting resolved, and what was reported about it since: notes are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.common.errors import Conflict, InvalidInput

from ...enums import ResolutionState
from ...meeting_access import get_agenda_item_for, get_meeting_for, get_resolution_for
from ...meeting_rules import may_follow
from ...models import AgendaItem, Meeting, Resolution, ResolutionNote
from .shared import changed, meeting_to_write, require_text, write_down


@dataclass(frozen=True, slots=True)
class ResolutionDraft:
    text: str
    owner: str
    due_on: date | None = None
    agenda_id: UUID | None = None


def add_resolution(*, actor: Actor, meeting_id: UUID, draft: ResolutionDraft) -> Resolution:
    """Write a resolution down; it is followed up in every later meeting until done or dropped."""
    with transaction.atomic():
        meeting = meeting_to_write(actor, meeting_id)
        text, owner = _checked(draft, meeting)
        last = meeting.resolutions.order_by("-position").values_list("position", flat=True).first()
        resolution = Resolution.objects.create(
            meeting=meeting,
            province_code=meeting.province_code,
            agenda=_item(actor, draft.agenda_id, meeting),
            position=0 if last is None else last + 1,
            text=text,
            owner=owner,
            due_on=draft.due_on,
            recorded_by=actor.user,
            recorded_at=actor.stamp,
        )
        write_down(
            actor, "resolution.add", meeting, changes={"resolution": str(resolution.pk), "owner": owner}
        )
    return resolution


def edit_resolution(*, actor: Actor, resolution_id: UUID, draft: ResolutionDraft) -> Resolution:
    """Mend the wording; not once it was followed up, since the notes speak of what was resolved then."""
    with transaction.atomic():
        resolution, meeting = _locked(actor, resolution_id)
        if resolution.followed_up.exists():
            raise Conflict("followed_up", _("มตินี้มีการติดตามแล้ว จึงแก้ถ้อยคำไม่ได้ ให้บันทึกเป็นผลการติดตามแทน"))
        text, owner = _checked(draft, meeting)
        item = _item(actor, draft.agenda_id, meeting)
        found = changed(
            resolution,
            {
                "text": text,
                "owner": owner,
                "due_on": draft.due_on,
                "agenda_id": item.pk if item else None,
            },
        )
        if found:
            resolution.save(update_fields=["text", "owner", "due_on", "agenda"])
            write_down(actor, "resolution.edit", meeting, changes={"resolution": str(resolution.pk), **found})
    return resolution


def note_resolution(
    *, actor: Actor, resolution_id: UUID, text: str, state: str, meeting_id: UUID | None = None
) -> ResolutionNote:
    """Add what was reported, to a later meeting or between meetings; done and dropped end the follow-up."""
    text = require_text(text, "text", _("โปรดเขียนผลการดำเนินการ"))
    with transaction.atomic():
        resolution, meeting = _locked(actor, resolution_id)
        if not may_follow(resolution.state, state):
            raise Conflict("resolution_closed", _("มตินี้ปิดการติดตามแล้ว ถ้ายังไม่เสร็จให้เปิดใหม่เป็น “กำลังดำเนินการ”"))
        reported_to = get_meeting_for(actor, meeting_id, whole=True) if meeting_id else None
        if reported_to and (
            reported_to.province_code != resolution.province_code or reported_to.pk == meeting.pk
        ):
            raise InvalidInput("wrong_meeting", _("ติดตามมติได้ในการประชุมครั้งหลังจากที่มีมติเท่านั้น"))
        note = ResolutionNote.objects.create(
            resolution=resolution,
            meeting=reported_to,
            state=ResolutionState(state),
            text=text,
            recorded_by=actor.user,
            recorded_at=actor.stamp,
        )
        before = resolution.state
        resolution.state = ResolutionState(state)
        is_open = resolution.state == ResolutionState.OPEN
        resolution.closed_at = None if is_open else actor.recorded_at or timezone.now()
        resolution.save(update_fields=["state", "closed_at"])
        write_down(
            actor,
            "resolution.note",
            meeting,
            changes={"resolution": str(resolution.pk), "state": [before, state]},
        )
    return note


def _locked(actor: Actor, resolution_id: UUID) -> tuple[Resolution, Meeting]:
    """The meeting is locked first, as every act on it does."""
    seen = get_resolution_for(actor, resolution_id)
    meeting = meeting_to_write(actor, seen.meeting_id)
    return Resolution.objects.select_for_update().get(pk=seen.pk), meeting


def _item(actor: Actor, agenda_id: UUID | None, meeting: Meeting) -> AgendaItem | None:
    if agenda_id is None:
        return None
    item = get_agenda_item_for(actor, agenda_id)
    if item.meeting_id != meeting.pk:
        raise InvalidInput("wrong_item", _("วาระนี้ไม่ใช่ของการประชุมครั้งนี้"), field="agenda")
    return item


def _checked(draft: ResolutionDraft, meeting: Meeting) -> tuple[str, str]:
    text = require_text(draft.text, "text", _("โปรดเขียนมติ"))
    owner = require_text(draft.owner, "owner", _("โปรดใส่ผู้รับผิดชอบ"))
    if draft.due_on is not None and draft.due_on < meeting.held_on:
        raise InvalidInput("due_before", _("กำหนดเสร็จมาก่อนวันประชุม"), field="due_on")
    return text, owner
