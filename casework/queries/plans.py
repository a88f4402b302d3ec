"""Steps of the plans in force: what is open, what is due, what help given may have fulfilled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import F, QuerySet

from ..enums import HelpStatus, PlanStatus
from ..models import Help, HouseholdPlan, PlanStep
from .lists import standing

STEP_SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class DueStep:
    """An open step with its day; `days` are those past it, negative when there is time left."""

    id: UUID
    text: str
    due_on: date
    days: int
    item_id: UUID | None
    dimension: str
    responsible: str

    @property
    def is_late(self) -> bool:
        return self.days > 0


def steps_in_force(household_ids: Collection[UUID]) -> QuerySet[PlanStep]:
    """Every step of the active plan of these households, in the order of the plan."""
    return (
        PlanStep.objects.filter(plan__household__in=household_ids, plan__status=PlanStatus.ACTIVE)
        .select_related("plan", "item")
        .order_by("plan__household_id", "position", "id")
    )


def open_steps(household_ids: Collection[UUID]) -> QuerySet[PlanStep]:
    """Those nobody has done yet, the earliest due first, undated ones last."""
    return (
        steps_in_force(household_ids)
        .filter(done_on=None)
        .order_by("plan__household_id", F("due_on").asc(nulls_last=True), "position", "id")
    )


def steps_of(household_ids: Collection[UUID]) -> Mapping[UUID, list[PlanStep]]:
    """Household -> the steps of its plan in force, done ones too: one query for any number."""
    found: defaultdict[UUID, list[PlanStep]] = defaultdict(list)
    for step in steps_in_force(household_ids):
        found[step.plan.household_id].append(step)
    return found


def steps_due(
    household_ids: Collection[UUID], today: date, *, soon_days: int = STEP_SOON_DAYS
) -> Mapping[UUID, list[DueStep]]:
    """Household -> its open steps that are overdue or due within `soon_days`, the most overdue first.

    A household without such a step is left out. One query for any number of households.
    """
    rows = (
        PlanStep.objects.filter(
            plan__household__in=household_ids,
            plan__status=PlanStatus.ACTIVE,
            done_on=None,
            due_on__lte=today + timedelta(days=soon_days),
        )
        .order_by("due_on", "position", "id")
        .values_list("plan__household_id", "id", "text", "due_on", "item_id", "dimension", "responsible")
    )
    found: defaultdict[UUID, list[DueStep]] = defaultdict(list)
    for household, pk, text, due_on, item, dimension, responsible in rows:
        assert due_on is not None
        days = (today - due_on).days
        found[household].append(DueStep(pk, text, due_on, days, item, dimension, responsible))
    return dict(found)


def helps_for_steps(steps: Collection[PlanStep]) -> Mapping[UUID, Help]:
    """Open step -> the first help of its item delivered since the plan was agreed on: it may have done it."""
    wanted = [step for step in steps if step.done_on is None and step.item_id is not None]
    if not wanted:
        return {}
    rows = list(
        Help.objects.filter(
            standing(Help),
            household__in={step.plan.household_id for step in wanted},
            item__in={step.item_id for step in wanted},
            status=HelpStatus.DELIVERED,
        ).order_by("given_on", "recorded_at", "pk")
    )
    found: dict[UUID, Help] = {}
    for step in wanted:
        for row in rows:
            same = (row.household_id, row.item_id) == (step.plan.household_id, step.item_id)
            if same and row.given_on >= step.plan.agreed_on:
                found[step.pk] = row
                break
    return found


def newest_plans(household_ids: Collection[UUID]) -> Mapping[UUID, HouseholdPlan]:
    """Household -> its newest version, whatever became of it."""
    rows = HouseholdPlan.objects.filter(household__in=household_ids)
    return {
        row.household_id: row for row in rows.order_by("household_id", "-version").distinct("household_id")
    }


def returned_plans(household_ids: Collection[UUID]) -> Mapping[UUID, HouseholdPlan]:
    """Household -> the version that came back with a note and has not been written anew."""
    return {
        household: plan
        for household, plan in newest_plans(household_ids).items()
        if plan.status == PlanStatus.RETURNED
    }
