"""Continuing care (ดูแลต่อเนื่อง): proposed per dimension, decided by a second person, reviewed, ended."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.names import clean_text

from ..access import get_care_for
from ..enums import CareGround, Decision
from ..models import ContinuingCare
from ..rules import APPROVING_ROLES, CARE_PROPOSING_ROLES
from .after import after_write
from .guards import require_role, require_workable
from .second_person import centres_without_second, may_approve_of
from .stages import explain

REVIEW_AFTER = timedelta(days=365)
LONGEST_REASON = 1_000
LONGEST_END = 500
OWN_CARE = _("ท่านเป็นผู้เสนอเรื่องนี้ ให้ผู้อื่นของศูนย์หรือฝ่ายเลขานุการจังหวัดพิจารณา")


def propose_care(
    *,
    actor: Actor,
    household_id: UUID,
    dimension: Dimension,
    ground: str,
    reason: str = "",
    proposed_on: date | None = None,
) -> ContinuingCare:
    """Propose that a dimension be cared for without hope of passing; nothing counts until it is approved.

    The dimension is one of the household's baseline that has not recovered and has no such care or proposal.
    Side effect: audit row.
    """
    require_role(actor, CARE_PROPOSING_ROLES)
    day = proposed_on or actor.today()
    said = clean_text(reason)[:LONGEST_REASON]
    _check_proposal(dimension, ground, said, day, actor.today())
    with transaction.atomic():
        target = require_workable(actor, household_id)
        if dimension not in dimensions_open_to_care(household_id, actor.today()):
            raise Conflict(
                "not_failing",
                _("เสนอได้เฉพาะมิติที่ตกเกณฑ์ ยังไม่ผ่าน และยังไม่มีการดูแลต่อเนื่องหรือข้อเสนอที่รอพิจารณา"),
                field="dimension",
            )
        care = ContinuingCare.objects.create(
            household_id=household_id,
            province_code=target.household.province_code,
            dimension=dimension,
            ground=ground,
            reason=said,
            proposed_on=day,
            proposed_by=actor.user,
            recorded_at=actor.stamp,
        )
        _audit_care(actor, "care.propose", care, {"ground": ground, "reason": said})
    return care


def dimensions_open_to_care(household_id: UUID, today: date) -> list[Dimension]:
    """The dimensions that care may be proposed for: baseline, not recovered, none current or waiting."""
    result = explain(household_id, today)
    taken = ContinuingCare.objects.filter(
        household=household_id, ended_on=None, decision__in=[Decision.PENDING, Decision.ACCEPTED]
    )
    mask = Dimension.mask_of(Dimension(code) for code in taken.values_list("dimension", flat=True))
    return Dimension.from_mask(result.baseline_mask & ~result.recovered_mask & ~mask)


def decide_care(
    *,
    actor: Actor,
    care_id: UUID,
    accept: bool,
    minutes_number: str = "",
    approved_on: date | None = None,
    review_on: date | None = None,
    note: str = "",
) -> ContinuingCare:
    """Approve somebody else's proposal under a meeting's minutes, or decline it with a reason.

    Approved, it counts from `approved_on` (the meeting's day) and is to be reviewed on `review_on`, a year
    later unless said otherwise. Side effects: audit row, `after_write`.
    """
    require_role(actor, APPROVING_ROLES)
    on = approved_on or actor.today()
    review = review_on or on + REVIEW_AFTER
    _check_decision(accept, minutes_number, on, review, note, actor.today())
    with transaction.atomic():
        care = _locked(actor, care_id)
        if care.decision != Decision.PENDING:
            raise Conflict("already_decided", _("เรื่องนี้พิจารณาไปแล้ว"))
        if accept and on < care.proposed_on:
            raise InvalidInput("before_proposal", _("วันที่ประชุมมาก่อนวันที่เสนอ"), field="approved_on")
        care.decision = Decision.ACCEPTED if accept else Decision.REJECTED
        care.decided_by = actor.user
        care.decided_at = actor.recorded_at or timezone.now()
        care.decision_note = clean_text(note)[:LONGEST_REASON]
        care.minutes_number = minutes_number.strip()
        care.approved_on, care.review_on = (on, review) if accept else (None, None)
        care.save(
            update_fields=[
                *("decision", "decided_by", "decided_at", "decision_note"),
                *("minutes_number", "approved_on", "review_on"),
            ]
        )
        _audit_care(
            actor,
            f"care.{care.decision}",
            care,
            {"minutes": care.minutes_number, "on": on.isoformat(), "note": care.decision_note},
        )
        if accept:
            after_write(actor=actor, household_ids=[care.household_id], since=on)
    return care


def review_care(*, actor: Actor, care_id: UUID, review_on: date, note: str) -> ContinuingCare:
    """The reason was looked at again and still holds: a new day for the next review. Side effect: audit."""
    require_role(actor, APPROVING_ROLES)
    if not note.strip():
        raise InvalidInput("note_needed", _("โปรดเขียนว่าพบอะไรเมื่อทบทวน"), field="note")
    if review_on <= actor.today():
        raise InvalidInput("past_day", _("วันทบทวนครั้งต่อไปต้องอยู่ในอนาคต"), field="review_on")
    with transaction.atomic():
        care = _locked(actor, care_id, decides=False)
        _require_current(care)
        before = care.review_on
        care.review_on = review_on
        care.save(update_fields=["review_on"])
        _audit_care(
            actor,
            "care.review",
            care,
            {"review_on": [str(before), review_on.isoformat()], "note": clean_text(note)[:LONGEST_REASON]},
        )
    return care


def end_care(*, actor: Actor, care_id: UUID, ended_on: date, reason: str) -> ContinuingCare:
    """Care ends; from that day the dimension has to pass again. Side effects: audit, `after_write`."""
    require_role(actor, APPROVING_ROLES)
    if not reason.strip():
        raise InvalidInput("reason_needed", _("โปรดเขียนเหตุผลที่สิ้นสุด"), field="reason")
    if ended_on > actor.today():
        raise InvalidInput("future_day", _("วันที่สิ้นสุดต้องไม่อยู่ในอนาคต"), field="ended_on")
    with transaction.atomic():
        care = _locked(actor, care_id, decides=False)
        _require_current(care)
        assert care.approved_on is not None
        if ended_on < care.approved_on:
            raise InvalidInput("before_approval", _("วันที่สิ้นสุดมาก่อนวันที่อนุมัติ"), field="ended_on")
        care.ended_on = ended_on
        care.end_reason = clean_text(reason)[:LONGEST_END]
        care.end_recorded_at = actor.recorded_at or timezone.now()
        care.save(update_fields=["ended_on", "end_reason", "end_recorded_at"])
        _audit_care(actor, "care.end", care, {"on": ended_on.isoformat(), "reason": care.end_reason})
        after_write(actor=actor, household_ids=[care.household_id], since=ended_on)
    return care


def why_not_decide_care(
    actor: Actor, care: ContinuingCare, centre_id: UUID, alone: Collection[UUID]
) -> str | None:
    """The Thai sentence that says why this person cannot decide; None when they can."""
    return None if may_approve_of(actor, care.proposed_by_id, centre_id, alone) else str(OWN_CARE)


def _check_proposal(dimension: Dimension, ground: str, said: str, day: date, today: date) -> None:
    if dimension not in Dimension.values:
        raise InvalidInput("bad_dimension", _("ไม่รู้จักมิตินี้"), field="dimension")
    if ground not in CareGround.values:
        raise InvalidInput("bad_ground", _("โปรดเลือกเหตุจากรายการ"), field="ground")
    if ground == CareGround.OTHER and not said:
        raise InvalidInput("reason_needed", _("เมื่อเลือกเหตุอื่น โปรดเขียนเหตุผล"), field="reason")
    if day > today:
        raise InvalidInput("future_day", _("วันที่เสนอต้องไม่อยู่ในอนาคต"), field="proposed_on")


def _check_decision(accept: bool, minutes: str, on: date, review: date, note: str, today: date) -> None:
    if not accept:
        if not note.strip():
            raise InvalidInput("note_needed", _("โปรดบอกเหตุผลที่ไม่เห็นชอบ"), field="note")
        return
    if not minutes.strip():
        raise InvalidInput("minutes_needed", _("โปรดใส่เลขที่รายงานการประชุม"), field="minutes_number")
    if on > today:
        raise InvalidInput("future_day", _("วันที่ประชุมต้องไม่อยู่ในอนาคต"), field="approved_on")
    if review <= on:
        raise InvalidInput("review_too_early", _("วันทบทวนต้องอยู่หลังวันประชุม"), field="review_on")


def _require_current(care: ContinuingCare) -> None:
    if care.decision != Decision.ACCEPTED or care.ended_on is not None:
        raise Conflict("care_not_current", _("การดูแลต่อเนื่องนี้สิ้นสุดแล้วหรือยังไม่ได้รับอนุมัติ"))


def _locked(actor: Actor, care_id: UUID, *, decides: bool = True) -> ContinuingCare:
    """The row, its household locked first; whoever decides is a second person."""
    seen = get_care_for(actor, care_id)
    target = require_workable(actor, seen.household_id)
    care = ContinuingCare.objects.select_for_update().get(pk=seen.pk)
    if decides:
        alone = centres_without_second(actor, [target])
        if said := why_not_decide_care(actor, care, target.scope.centre_id, alone):
            raise NotAllowed("second_person", said)
    return care


def _audit_care(actor: Actor, action: str, care: ContinuingCare, changes: dict[str, object]) -> None:
    audit(
        actor,
        action,
        object_type="continuing_care",
        object_id=care.pk,
        household_id=care.household_id,
        province_code=care.province_code,
        changes={"dimension": care.dimension, **changes},
    )
