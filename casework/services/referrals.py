"""Referrals: sent to an office, answered by it against a clock, escalated once for each missed deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from households.access import can_write
from households.models import HouseholdScope
from povertyops.accounts.actor import Actor, system_actor
from povertyops.accounts.enums import OFFICER_ROLES
from povertyops.common.audit import audit, audit_many
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.names import clean_text

from ..access import get_referral_for, households_to_work_on
from ..enums import ReferralStatus
from ..inputs import HelpInput
from ..models import HelpMenuItem, Office, Referral, ReferralEvent
from ..referral_rules import (
    MOVES,
    OPEN_STATUSES,
    REFERRING_ROLES,
    Side,
    due_after,
    moves_from,
    why_not_move,
)
from .guards import require_role, require_workable
from .helps import record_help
from .reach import refresh_office_reach

LONGEST_SUBJECT, LONGEST_TEXT = 200, 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralInput:
    """A need handed to an office. `resends` names a returned referral in whose place this one goes."""

    id: UUID
    household_id: UUID
    office_id: UUID
    dimension: Dimension
    subject: str
    detail: str = ""
    item_id: UUID | None = None
    resends: UUID | None = None


def send_referral(*, actor: Actor, referral: ReferralInput) -> Referral:
    """Hand a household's need to an office of its province. Sent again it answers the stored row.

    Side effects: first event, audit row, the office (and the dimension's lead office) sees the household.
    Raises InvalidInput (with the field) or Conflict.
    """
    require_role(actor, REFERRING_ROLES)
    with transaction.atomic():
        target = require_workable(actor, referral.household_id)
        if stored := Referral.objects.filter(pk=referral.id).first():
            return _same_or_conflict(stored, referral)
        if not target.scope.is_open:
            raise InvalidInput("not_in_care", _("ครัวเรือนนี้ไม่ได้อยู่ในการดูแลแล้ว ส่งต่อไม่ได้"))
        _check(referral, target.household.province_code)
        office = _office(referral.office_id, target.household.province_code)
        _check_open(referral)
        today = actor.today()
        row = Referral.objects.create(
            id=referral.id,
            household=target.household,
            province_code=target.household.province_code,
            dimension=referral.dimension,
            item_id=referral.item_id,
            office=office,
            subject=clean_text(referral.subject),
            detail=referral.detail.strip(),
            resends=_returned(referral),
            sent_by=actor.user,
            sent_from=actor.appointment.centre if actor.appointment else None,
            sent_on=today,
            answer_due_on=due_after(today, office.answer_days),
            recorded_at=actor.stamp,
        )
        _event(actor, row, clean_text(referral.subject))
        _audit(actor, "referral.send", row, office=str(office.pk), dimension=row.dimension)
        refresh_office_reach([row.household_id], today=today)
    return row


def accept_referral(*, actor: Actor, referral_id: UUID, note: str = "") -> Referral:
    """The office takes it on; its second clock begins."""
    return _move(actor, referral_id, ReferralStatus.ACCEPTED, note)


def return_referral(*, actor: Actor, referral_id: UUID, note: str) -> Referral:
    """The office gives it back with a reason; the sender may send it elsewhere."""
    return _move(actor, referral_id, ReferralStatus.RETURNED, note)


def finish_referral(*, actor: Actor, referral_id: UUID, note: str, help: HelpInput | None = None) -> Referral:
    """The office has done it. With `help` what it gave is recorded in its name and tied to the referral."""
    with transaction.atomic():
        row = _move(actor, referral_id, ReferralStatus.DONE, note)
        if help is not None:
            record_help(actor=actor, help=help, referral_id=row.pk)
    return row


def withdraw_referral(*, actor: Actor, referral_id: UUID, note: str) -> Referral:
    """Those who sent it take it back."""
    return _move(actor, referral_id, ReferralStatus.WITHDRAWN, note)


def moves_for(actor: Actor, referral: Referral, scope: HouseholdScope) -> list[ReferralStatus]:
    """The steps this person may take now; buttons and service ask the same."""
    if hasattr(referral, "resent_as"):
        return []
    return [to for to, move in moves_from(referral.status).items() if _may(actor, referral, scope, move.side)]


def may_send_again(actor: Actor, referral: Referral, scope: HouseholdScope) -> bool:
    """Whether a returned referral may be sent elsewhere by this person."""
    if referral.status != ReferralStatus.RETURNED or hasattr(referral, "resent_as"):
        return False
    return actor.is_system or (actor.role in REFERRING_ROLES and can_write(actor, scope))


@transaction.atomic
def escalate_missed(*, today: date, actor: Actor | None = None) -> int:
    """Mark every answer and every end that is overdue, once each; returns how many. May run twice.

    Side effects: an event that is an escalation, an audit row. The secretary and the lead office see them.
    """
    actor = actor or system_actor()
    answers = _missed(ReferralStatus.SENT, Q(answer_due_on__lt=today, answer_escalated_at=None))
    ends = _missed(ReferralStatus.ACCEPTED, Q(finish_due_on__lt=today, finish_escalated_at=None))
    Referral.objects.filter(pk__in=[row.pk for row in answers]).update(answer_escalated_at=actor.stamp)
    Referral.objects.filter(pk__in=[row.pk for row in ends]).update(finish_escalated_at=actor.stamp)
    missed = [*answers, *ends]
    ReferralEvent.objects.bulk_create(
        ReferralEvent(referral=row, status=row.status, is_escalation=True, recorded_at=actor.stamp)
        for row in missed
    )
    audit_many(
        actor,
        "referral.escalate",
        object_type="referral",
        rows=[(row.pk, row.household_id, row.province_code, {"status": row.status}) for row in missed],
    )
    return len(missed)


def _missed(status: ReferralStatus, late: Q) -> list[Referral]:
    """Locked; one that somebody is answering at this moment waits for the next look."""
    rows = Referral.objects.select_for_update(skip_locked=True).filter(late, status=status)
    return list(rows.order_by("pk"))


def _check(referral: ReferralInput, province_code: str) -> None:
    if not clean_text(referral.subject):
        raise InvalidInput("subject_needed", _("โปรดเขียนว่าขอให้ช่วยเรื่องอะไร"), field="subject")
    if len(referral.subject) > LONGEST_SUBJECT or len(referral.detail) > LONGEST_TEXT:
        raise InvalidInput("too_long", _("ข้อความยาวเกินไป โปรดย่อให้สั้นลง"), field="detail")
    if referral.item_id is None:
        return
    item = HelpMenuItem.objects.filter(pk=referral.item_id, is_active=True).first()
    if item is None or item.province_code not in ("", province_code) or item.dimension != referral.dimension:
        raise InvalidInput("unknown_item", _("รายการในเมนูนี้ไม่อยู่ในมิติที่ส่งต่อ โปรดเลือกรายการใหม่"), field="item")


def _office(office_id: UUID, province_code: str) -> Office:
    offices = Office.objects.select_related("centre").filter(centre__is_active=True)
    office = offices.filter(pk=office_id, centre__province_code=province_code).first()
    if office is None:
        raise InvalidInput("unknown_office", _("ไม่พบหน่วยงานนี้ในจังหวัด โปรดเลือกหน่วยงานใหม่"), field="office")
    return office


def _check_open(referral: ReferralInput) -> None:
    """One need is with an office once at a time."""
    same = Referral.objects.filter(
        household_id=referral.household_id,
        office_id=referral.office_id,
        dimension=referral.dimension,
        item_id=referral.item_id,
        status__in=OPEN_STATUSES,
    )
    if same.exists():
        raise Conflict(
            "already_referred", _("ส่งเรื่องนี้ไปหน่วยงานนี้แล้ว และยังดำเนินการอยู่ เปิดดูได้ที่หน้าครัวเรือน"), field="office"
        )


def _returned(referral: ReferralInput) -> Referral | None:
    if referral.resends is None:
        return None
    before = Referral.objects.select_for_update().filter(
        pk=referral.resends, household_id=referral.household_id, status=ReferralStatus.RETURNED
    )
    row = before.first()
    if row is None:
        raise InvalidInput("not_returned", _("เรื่องเดิมไม่ได้อยู่ในสถานะส่งคืน เปิดหน้าครัวเรือนแล้วส่งใหม่"))
    if Referral.objects.filter(resends=row).exists():
        raise Conflict("sent_again", _("เรื่องที่ถูกส่งคืนนี้ส่งใหม่ไปแล้ว"))
    return row


def _same_or_conflict(stored: Referral, referral: ReferralInput) -> Referral:
    same = (stored.household_id, stored.office_id, stored.dimension, stored.subject) == (
        referral.household_id,
        referral.office_id,
        referral.dimension,
        clean_text(referral.subject),
    )
    if not same:
        raise Conflict("referral_exists", _("รหัสนี้ถูกใช้กับการส่งต่อเรื่องอื่นแล้ว"))
    return stored


def _move(actor: Actor, referral_id: UUID, to: ReferralStatus, note: str) -> Referral:
    """One step; the same step again changes nothing. The household is locked before the referral."""
    with transaction.atomic():
        seen = get_referral_for(actor, referral_id)
        target = households_to_work_on(actor, [seen.household_id]).get(seen.household_id)
        if target is None:
            raise Http404
        row = Referral.objects.select_for_update().get(pk=seen.pk)
        if row.status == to:
            return row
        if refused := why_not_move(row.status, to, note):
            raise _refusal(*refused)
        if not _may(actor, row, target.scope, MOVES[ReferralStatus(row.status), to].side):
            raise NotAllowed("not_yours", _("เรื่องนี้ให้หน่วยงานที่รับเรื่องหรือผู้ส่งเป็นผู้ดำเนินการ"))
        _take_step(actor, row, to, note.strip()[:LONGEST_TEXT])
    return row


def _refusal(code: str, message: object) -> InvalidInput | Conflict:
    if code == "note_needed":
        return InvalidInput(code, str(message), field="note")
    return Conflict(code, str(message))


def _take_step(actor: Actor, row: Referral, to: ReferralStatus, note: str) -> None:
    today, before = actor.today(), row.status
    row.status = to
    if to in (ReferralStatus.ACCEPTED, ReferralStatus.RETURNED, ReferralStatus.DONE):
        row.answered_on = row.answered_on or today
    if to == ReferralStatus.ACCEPTED:
        row.finish_due_on = due_after(today, row.office.finish_days)
    else:
        row.finished_on = today
    row.save(update_fields=["status", "answered_on", "finish_due_on", "finished_on"])
    _event(actor, row, note)
    _audit(actor, f"referral.{to.value}", row, before=before)
    refresh_office_reach([row.household_id], today=today)


def _may(actor: Actor, row: Referral, scope: HouseholdScope, side: Side) -> bool:
    """The office itself; of the sending side whoever sent it, a colleague of that centre, or an officer."""
    if actor.is_system:
        return True
    if side is Side.OFFICE:
        return actor.reach.office_id is not None and actor.reach.office_id == row.office_id
    if actor.role not in REFERRING_ROLES or not can_write(actor, scope) or actor.appointment is None:
        return False
    mine = row.sent_by_id == actor.user_id or row.sent_from_id == actor.appointment.centre_id
    return mine or actor.role in OFFICER_ROLES


def _event(actor: Actor, row: Referral, note: str) -> None:
    ReferralEvent.objects.create(
        referral=row,
        status=row.status,
        note=note,
        actor=actor.user,
        centre=actor.appointment.centre if actor.appointment else None,
        recorded_at=actor.stamp,
    )


def _audit(actor: Actor, action: str, row: Referral, **facts: str) -> None:
    audit(
        actor,
        action,
        object_type="referral",
        object_id=row.pk,
        household_id=row.household_id,
        province_code=row.province_code,
        changes=facts,
    )
