"""Households that move to another village: asked for by the sender, taken over when the receiver accepts."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from households.models import Household
from households.services.moving import move_household
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.areas.models import Area
from povertyops.areas.queries import Responsible, responsible_centres
from povertyops.areas.services import VillageSeen, learn_villages
from povertyops.common.audit import audit
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.languages import kept_in_thai

from ..access import get_transfer_for
from ..enums import Decision
from ..models import Assignment, Case, Transfer
from ..rules import ASSIGNING_ROLES, TRANSFER_DECIDING_ROLES
from .after import after_write
from .guards import require_role, require_workable


def request_transfer(
    *, actor: Actor, household_id: UUID, to_area_code: str, reason: str, effective_on: date
) -> Transfer:
    """Ask the centre that answers for the new village to take a household over.

    Until it accepts, the sender stays responsible and nothing moves. Within one centre nobody has to be
    asked: the household moves at once. Raises InvalidInput naming the field, or Conflict when one waits.
    """
    require_role(actor, ASSIGNING_ROLES)
    _check_request(reason, effective_on, actor.today())
    with transaction.atomic():
        target = require_workable(actor, household_id)
        household = target.household
        centre = _destination(actor, target.household, target.scope.area_code, to_area_code)
        if not Case.objects.filter(household=household_id, closed_on=None).exists():
            raise Conflict("no_open_case", _("ครัวเรือนนี้ไม่ได้อยู่ในการดูแล"))
        if Transfer.objects.filter(household=household_id, decision=Decision.PENDING).exists():
            raise Conflict("already_asked", _("ครัวเรือนนี้มีคำขอโอนที่รอศูนย์ปลายทางพิจารณาอยู่แล้ว"))
        transfer = Transfer.objects.create(
            household=household,
            province_code=household.province_code,
            from_centre_id=target.scope.centre_id,
            to_centre_id=centre.centre_id,
            to_area_code=to_area_code,
            reason=reason.strip(),
            effective_on=effective_on,
            requested_by=actor.user,
            requested_at=actor.stamp,
        )
        _audit(actor, "transfer.requested", transfer, transfer.reason)
        if centre.centre_id == target.scope.centre_id:
            _move(actor, transfer, centre)
            _settle(actor, transfer, Decision.ACCEPTED, "")
    return transfer


def decide_transfer(*, actor: Actor, transfer_id: UUID, accept: bool, note: str = "") -> Transfer:
    """The receiving centre takes the household over, or declines with a note.

    On acceptance the household gets its new village and centre from today, leaves its team, and both boards
    follow. Raises Http404 out of sight, NotAllowed for anybody but the receiver, Conflict when decided.
    """
    if not accept and not note.strip():
        raise InvalidInput("note_needed", _("โปรดบอกเหตุผลที่ไม่รับโอน"), field="note")
    with transaction.atomic():
        transfer = _locked(actor, transfer_id)
        if reason := why_not_decide(actor, transfer):
            raise NotAllowed("receiver_decides", reason)
        if accept:
            centre = _destination_now(transfer)
            _move(actor, transfer, centre)
        _settle(actor, transfer, Decision.ACCEPTED if accept else Decision.REJECTED, note)
    return transfer


def withdraw_transfer(*, actor: Actor, transfer_id: UUID) -> Transfer:
    """The sender takes the request back; nothing has moved."""
    with transaction.atomic():
        transfer = _locked(actor, transfer_id)
        require_workable(actor, transfer.household_id)
        require_role(actor, ASSIGNING_ROLES)
        with kept_in_thai():
            note = str(_("ผู้ส่งถอนคำขอ"))
        _settle(actor, transfer, Decision.REJECTED, note)
    return transfer


def why_not_decide(actor: Actor, transfer: Transfer) -> str | None:
    """The Thai sentence that says why this person cannot decide; None when they can."""
    if actor.is_system:
        return None
    if actor.role not in TRANSFER_DECIDING_ROLES or actor.appointment is None:
        return str(_("บทบาทของท่านพิจารณาการรับโอนไม่ได้"))
    if actor.role is Role.PROVINCIAL_SECRETARY:
        inside = transfer.to_area_code[:2] == actor.province_code
    else:
        inside = actor.appointment.centre_id == transfer.to_centre_id
    if not inside:
        return str(_("รอศูนย์ปลายทางพิจารณา"))
    if transfer.requested_by_id is not None and transfer.requested_by_id == actor.user_id:
        return str(_("ผู้ขอโอนรับโอนเองไม่ได้ ให้เจ้าหน้าที่คนอื่นของศูนย์ปลายทางพิจารณา"))
    return None


def _check_request(reason: str, effective_on: date, today: date) -> None:
    if not reason.strip():
        raise InvalidInput("reason_needed", _("โปรดบอกเหตุผลของการย้าย"), field="reason")
    if effective_on > today:
        raise InvalidInput("future_day", _("วันที่ย้ายต้องไม่อยู่ในอนาคต"), field="effective_on")


def _destination(actor: Actor, household: Household, from_code: str, to_code: str) -> Responsible:
    """The centre of the new village. Raises InvalidInput for a place that cannot be."""
    if to_code[:2] != household.province_code:
        message = _(
            "โอนข้ามจังหวัดไม่ได้ ให้ส่งคำขอนำออกด้วยเหตุ “ย้ายออกนอกพื้นที่” แล้วแจ้งจังหวัดปลายทางสำรวจเป็นครัวเรือนที่พบเพิ่มเติม"
        )
        raise InvalidInput("other_province", message, field="to_area_code")
    if to_code == from_code:
        raise InvalidInput("same_village", _("ครัวเรือนอยู่หมู่บ้านนี้อยู่แล้ว"), field="to_area_code")
    is_known = Area.objects.filter(code=to_code[:6], is_current=True).exists()
    if len(to_code) != 8 or not to_code.isdecimal() or not is_known:
        raise InvalidInput("unknown_village", _("ไม่พบหมู่บ้านปลายทาง โปรดเลือกจากรายการ"), field="to_area_code")
    learn_villages(actor=actor, villages=[VillageSeen(to_code)])
    try:
        return responsible_centres([to_code])[to_code]
    except KeyError:
        raise InvalidInput("no_centre", _("หมู่บ้านปลายทางยังไม่มีศูนย์รับผิดชอบ"), field="to_area_code") from None


def _destination_now(transfer: Transfer) -> Responsible:
    """Who answers for the new village today: the areas of centres may have changed since the request."""
    try:
        centre = responsible_centres([transfer.to_area_code])[transfer.to_area_code]
    except KeyError:
        raise _centre_changed() from None
    if centre.centre_id != transfer.to_centre_id:
        raise _centre_changed()
    return centre


def _centre_changed() -> Conflict:
    return Conflict("centre_changed", _("ศูนย์ที่รับผิดชอบหมู่บ้านนี้เปลี่ยนไปแล้ว ให้ไม่รับโอนและส่งคำขอใหม่"))


def _locked(actor: Actor, transfer_id: UUID) -> Transfer:
    """A visible transfer that still waits, household locked first as every other write does."""
    seen = get_transfer_for(actor, transfer_id)
    Household.objects.select_for_update().get(pk=seen.household_id)
    transfer = Transfer.objects.select_for_update().get(pk=seen.pk)
    if transfer.decision != Decision.PENDING:
        raise Conflict("already_decided", _("คำขอโอนนี้พิจารณาไปแล้ว"))
    return transfer


def _move(actor: Actor, transfer: Transfer, centre: Responsible) -> None:
    """New village and centre from today; across centres the old team's days end."""
    today = actor.today()
    household = Household.objects.get(pk=transfer.household_id)
    if not Case.objects.filter(household=household, closed_on=None).exists():
        raise Conflict("no_open_case", _("ครัวเรือนนี้ไม่ได้อยู่ในการดูแลแล้ว"))
    move_household(
        household=household,
        area_code=transfer.to_area_code,
        centre=centre,
        since=today,
        stamp=actor.stamp,
        reason=transfer.reason,
        user_id=actor.user_id,
    )
    if transfer.from_centre_id != transfer.to_centre_id:
        Assignment.objects.filter(household=household, valid_to=None).update(
            valid_to=today, end_recorded_at=actor.stamp
        )
    after_write(actor=actor, household_ids=[household.pk], since=today)


def _settle(actor: Actor, transfer: Transfer, decision: Decision, note: str) -> None:
    transfer.decision = decision
    transfer.decided_by = actor.user
    transfer.decided_at = actor.recorded_at or timezone.now()
    transfer.decision_note = note.strip()
    transfer.save(update_fields=["decision", "decided_by", "decided_at", "decision_note"])
    _audit(actor, f"transfer.{decision.value}", transfer, transfer.decision_note)


def _audit(actor: Actor, action: str, transfer: Transfer, note: str) -> None:
    audit(
        actor,
        action,
        object_type="transfer",
        object_id=transfer.pk,
        household_id=transfer.household_id,
        province_code=transfer.province_code,
        changes={"to": transfer.to_area_code, "on": transfer.effective_on.isoformat(), "note": note},
    )
