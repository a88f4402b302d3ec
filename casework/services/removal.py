"""Taking a household out of the cohort: one person asks, another decides; and closing a case otherwise."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Stage
from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.naming import with_stages

from ..access import get_removal_for
from ..enums import REMOVAL_REASONS, CloseReason, Decision
from ..models import Assignment, Case, RemovalRequest
from ..rules import DECIDING_ROLES, REQUESTING_ROLES, may_decide_removal
from .after import after_write
from .guards import require_role, require_workable


def request_removal(
    *, actor: Actor, household_id: UUID, reason: str, note: str, effective_on: date
) -> RemovalRequest:
    """Ask to take a household out; nothing changes until a second person agrees. Side effect: audit row."""
    require_role(actor, REQUESTING_ROLES)
    _check_request(reason, note, effective_on, actor.today())
    with transaction.atomic():
        require_workable(actor, household_id)
        case = _open_case(household_id)
        if effective_on < case.opened_on:
            raise InvalidInput("before_opening", _("วันที่มีผลมาก่อนวันรับเข้าดูแล"), field="effective_on")
        if RemovalRequest.objects.filter(case=case, decision=Decision.PENDING).exists():
            raise Conflict("already_requested", _("มีคำขอนำครัวเรือนนี้ออกรอพิจารณาอยู่แล้ว"))
        removal = RemovalRequest.objects.create(
            case=case,
            household_id=household_id,
            province_code=case.province_code,
            reason=reason,
            note=note.strip(),
            effective_on=effective_on,
            requested_by=actor.user,
            requested_at=actor.stamp,
        )
        _audit_removal(actor, "removal.request", removal)
    return removal


def decide_removal(*, actor: Actor, removal_id: UUID, accept: bool, note: str = "") -> RemovalRequest:
    """Agree or disagree with a request of somebody else.

    Agreed: the case closes on the request's day, its assignment ends, the household leaves the verified count
    (it stays in the count as listed). Side effects: audit row, `after_write`.
    """
    require_role(actor, DECIDING_ROLES)
    decision = Decision.ACCEPTED if accept else Decision.REJECTED
    if not accept and not note.strip():
        raise InvalidInput("note_needed", _("โปรดบอกเหตุผลที่ไม่เห็นชอบ"), field="note")
    with transaction.atomic():
        removal = get_removal_for(actor, removal_id)
        require_workable(actor, removal.household_id)
        removal = RemovalRequest.objects.select_for_update().get(pk=removal.pk)
        if not may_decide_removal(removal.decision, decision):
            raise Conflict("already_decided", _("คำขอนี้พิจารณาไปแล้ว"))
        if reason := why_not_decide(actor, removal):
            raise NotAllowed("second_person", reason)
        removal.decision = decision
        removal.decided_by = actor.user
        removal.decided_at = actor.recorded_at or timezone.now()
        removal.decision_note = note.strip()
        removal.save(update_fields=["decision", "decided_by", "decided_at", "decision_note"])
        if accept:
            _close(actor, removal.household_id, CloseReason(removal.reason), removal.effective_on)
        _audit_removal(actor, f"removal.{decision.value}", removal)
        after_write(actor=actor, household_ids=[removal.household_id], since=removal.effective_on)
    return removal


def why_not_decide(actor: Actor, removal: RemovalRequest) -> str | None:
    """The Thai sentence that says why this person cannot decide; None when they can."""
    if actor.is_system:
        return None
    if actor.role not in DECIDING_ROLES:
        return str(_("บทบาทของท่านพิจารณาคำขอนี้ไม่ได้"))
    if removal.requested_by_id is not None and removal.requested_by_id == actor.user_id:
        return str(_("ผู้ขอพิจารณาคำขอของตนเองไม่ได้ ให้เจ้าหน้าที่คนอื่นของศูนย์หรือฝ่ายเลขานุการจังหวัดพิจารณา"))
    return None


def close_case(*, actor: Actor, household_id: UUID, reason: str, effective_on: date, note: str = "") -> Case:
    """End the care of a household that left poverty, after *sustainable*. Other reasons go by removal."""
    require_role(actor, DECIDING_ROLES)
    if reason != CloseReason.LEFT_POVERTY:
        raise InvalidInput("needs_removal", _("การยุติด้วยเหตุนี้ต้องส่งคำขอให้ผู้อื่นพิจารณา"), field="reason")
    if effective_on > actor.today():
        raise InvalidInput("future_day", _("วันที่มีผลต้องไม่อยู่ในอนาคต"), field="effective_on")
    with transaction.atomic():
        require_workable(actor, household_id)
        case = _open_case(household_id)
        if case.stage != Stage.SUSTAINABLE:
            raise Conflict(
                "not_sustainable", with_stages(_("ยุติเพราะพ้นจากความยากจนได้เมื่อครัวเรือนถึงขั้น{sustainable}แล้ว"))
            )
        case = _close(actor, household_id, CloseReason.LEFT_POVERTY, effective_on)
        audit(
            actor,
            "case.close",
            object_type="case",
            object_id=case.pk,
            household_id=household_id,
            province_code=case.province_code,
            changes={"reason": reason, "on": effective_on.isoformat(), "note": note.strip()},
        )
        after_write(actor=actor, household_ids=[household_id], since=effective_on)
    return case


def _check_request(reason: str, note: str, effective_on: date, today: date) -> None:
    if reason not in REMOVAL_REASONS:
        raise InvalidInput("bad_reason", _("โปรดเลือกเหตุผลจากรายการ"), field="reason")
    if not note.strip():
        raise InvalidInput("note_needed", _("โปรดเขียนรายละเอียดให้ผู้พิจารณา"), field="note")
    if effective_on > today:
        raise InvalidInput("future_day", _("วันที่มีผลต้องไม่อยู่ในอนาคต"), field="effective_on")


def _open_case(household_id: UUID) -> Case:
    case = Case.objects.select_for_update().filter(household=household_id, closed_on=None).first()
    if case is None:
        raise Conflict("no_open_case", _("ครัวเรือนนี้ไม่ได้อยู่ในการดูแล"))
    return case


def _close(actor: Actor, household_id: UUID, reason: CloseReason, on: date) -> Case:
    case = _open_case(household_id)
    case.closed_on = on
    case.close_reason = reason
    case.close_recorded_at = actor.recorded_at or timezone.now()
    case.proposed_stage = None
    case.save(update_fields=["closed_on", "close_reason", "close_recorded_at", "proposed_stage"])
    Assignment.objects.filter(household=household_id, valid_to=None, valid_from__lte=on).update(
        valid_to=on, end_recorded_at=actor.stamp
    )
    return case


def _audit_removal(actor: Actor, action: str, removal: RemovalRequest) -> None:
    audit(
        actor,
        action,
        object_type="removal",
        object_id=removal.pk,
        household_id=removal.household_id,
        province_code=removal.province_code,
        changes={
            "reason": removal.reason,
            "note": removal.decision_note or removal.note,
            "on": removal.effective_on.isoformat(),
        },
    )
