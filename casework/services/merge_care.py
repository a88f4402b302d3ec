"""What becomes of the work with two households that are merged: cases, plans, care, teams and reviews."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import F, Max, Q
from django.utils.translation import gettext

from povertyops.common.languages import kept_in_thai

from ..enums import CloseReason, Decision, PlanStatus
from ..models import (
    Assignment,
    BaselineReview,
    Case,
    ContinuingCare,
    HouseholdPlan,
    RemovalRequest,
    StageEvent,
    StageRejection,
    Transfer,
)
from .merge_work import TEAM, Work


def settle_cases(w: Work) -> None:
    """Kept's open case goes on, opened when the first of both was; without one, that of the other goes on.

    The case that ends, ends as a duplicate and stays with its stages where it was.
    """
    own = Case.objects.filter(household=w.kept, closed_on=None).first()
    other = Case.objects.filter(household=w.gone, closed_on=None).first()
    floor: date | None = Case.objects.filter(household=w.kept).aggregate(last=Max("closed_on"))["last"]
    if other is None:
        return
    if own is None:
        opened = max(other.opened_on, floor) if floor else other.opened_on
        Case.objects.filter(pk=other.pk).update(household=w.kept, opened_on=opened)
        for model in (StageEvent, StageRejection, RemovalRequest):
            model._default_manager.filter(case=other).update(household=w.kept)
        return
    opened = max(min(own.opened_on, other.opened_on), floor or date.min)
    Case.objects.filter(pk=own.pk).update(opened_on=opened)
    Case.objects.filter(pk=other.pk).update(
        closed_on=max(w.day, other.opened_on),
        close_reason=CloseReason.DUPLICATE,
        close_recorded_at=w.actor.stamp,
        proposed_stage=None,
    )
    RemovalRequest.objects.filter(case=other, decision=Decision.PENDING).update(
        decision=Decision.REJECTED,
        decided_by=w.actor.user,
        decided_at=w.actor.stamp,
        decision_note=_settling_note(),
    )


def _settling_note() -> str:
    """What stands with a request or a care that the merge settled."""
    with kept_in_thai():
        return gettext("รวมกับครัวเรือนอื่นแล้ว")


def settle_plans(w: Work) -> None:
    """The other's versions stand before kept's: of two plans in force kept's goes on."""
    last: int = HouseholdPlan.objects.filter(household=w.gone).aggregate(last=Max("version"))["last"] or 0
    own = HouseholdPlan.objects.filter(household=w.kept)
    statuses = set(own.values_list("status", flat=True))
    if last:
        for plan in own.order_by("-version"):
            HouseholdPlan.objects.filter(pk=plan.pk).update(version=F("version") + last)
    overtaken: set[str] = set()
    if PlanStatus.ACTIVE in statuses:
        overtaken = {PlanStatus.ACTIVE, PlanStatus.PROPOSED, PlanStatus.DRAFT}
    elif PlanStatus.PROPOSED in statuses:
        overtaken = {PlanStatus.PROPOSED}
    HouseholdPlan.objects.filter(household=w.gone, status__in=overtaken).update(
        status=PlanStatus.REPLACED, replaced_at=w.actor.stamp
    )
    HouseholdPlan.objects.filter(household=w.gone).update(household=w.kept)


def settle_care(w: Work) -> None:
    """Of two in one dimension kept's goes on."""
    current = Q(ended_on=None, decision__in=[Decision.PENDING, Decision.ACCEPTED])
    taken = ContinuingCare.objects.filter(current, household=w.kept).values_list("dimension", flat=True)
    note = _settling_note()
    for care in ContinuingCare.objects.filter(current, household=w.gone, dimension__in=list(taken)):
        row = ContinuingCare.objects.filter(pk=care.pk)
        if care.decision == Decision.PENDING:
            row.update(
                decision=Decision.REJECTED,
                decided_by=w.actor.user,
                decided_at=w.actor.stamp,
                decision_note=note,
            )
        else:
            ended = max(w.day, care.approved_on or w.day)
            row.update(ended_on=ended, end_reason=note, end_recorded_at=w.actor.stamp)
    ContinuingCare.objects.filter(household=w.gone).update(household=w.kept)


def settle_transfers(w: Work) -> None:
    Transfer.objects.filter(household=w.gone, decision=Decision.PENDING).update(
        decision=Decision.REJECTED,
        decided_by=w.actor.user,
        decided_at=w.actor.stamp,
        decision_note=_settling_note(),
    )
    Transfer.objects.filter(household=w.gone).update(household=w.kept)


def settle_assignments(w: Work) -> None:
    """One team goes on: kept's, or the other's where that was chosen or kept has none.

    Days on which kept had a team stay that team's; the other's of those days stay where they were.
    """
    own = list(Assignment.objects.filter(household=w.kept))
    others = list(Assignment.objects.filter(household=w.gone))
    mine = next((row for row in own if row.valid_to is None), None)
    theirs = next((row for row in others if row.valid_to is None), None)
    if mine is not None and theirs is not None:
        _end_team(w, theirs)
        if TEAM in w.choices.take:
            _end_team(w, mine)
            Assignment.objects.create(
                household=w.kept,
                province_code=w.kept.province_code,
                team_id=theirs.team_id,
                mentor_id=theirs.mentor_id,
                valid_from=w.day,
                assigned_by=w.actor.user,
                recorded_at=w.actor.stamp,
            )
    goes = [row.pk for row in others if (row is theirs and mine is None) or not _overlaps(row, own)]
    Assignment.objects.filter(pk__in=goes).update(household=w.kept)


def _end_team(w: Work, row: Assignment) -> None:
    Assignment.objects.filter(pk=row.pk).update(
        valid_to=max(w.day, row.valid_from), end_recorded_at=w.actor.stamp
    )


def _overlaps(row: Assignment, others: Sequence[Assignment]) -> bool:
    return any(
        row.valid_from < (other.valid_to or date.max) and other.valid_from < (row.valid_to or date.max)
        for other in others
    )


def settle_reviews(w: Work) -> None:
    """Where both were reviewed in one year, a new row says what both said."""
    own = {
        row.fiscal_year: row for row in BaselineReview.objects.filter(household=w.kept, superseded_at=None)
    }
    for other in BaselineReview.objects.filter(household=w.gone, superseded_at=None):
        mine = own.get(other.fiscal_year)
        if mine is None:
            continue
        pair = BaselineReview.objects.filter(pk__in=[mine.pk, other.pk])
        pair.update(superseded_at=w.actor.stamp)
        BaselineReview.objects.create(
            household=w.kept,
            province_code=mine.province_code,
            fiscal_year=mine.fiscal_year,
            survey_year=mine.survey_year,
            dimensions=mine.dimensions | other.dimensions,
            failed_indicators=sorted({*mine.failed_indicators, *other.failed_indicators}),
            effective_on=min(mine.effective_on, other.effective_on),
            minutes_number=mine.minutes_number,
            decided_by=mine.decided_by,
            recorded_at=w.actor.stamp,
        )
    BaselineReview.objects.filter(household=w.gone).update(household=w.kept)
