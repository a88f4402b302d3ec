"""A household's plan as its pages show it: where the form starts, one version, what changed, the queue."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext

from dimensions.enums import Dimension
from households.access import can_write
from povertyops.accounts.actor import Actor
from povertyops.areas.queries import address_labels
from povertyops.common.thai import format_thai_date

from ..access import visible_plans
from ..enums import PlanStatus
from ..forms.four_t import FOUR_T, PICKS, own_words, said
from ..forms.plans import step_values
from ..models import FamilyPriority, Help, HouseholdPlan, PlanStep
from ..queries.assessments import newest_priorities
from ..queries.plans import helps_for_steps
from ..rules import APPROVING_ROLES
from ..services.plans import OWN_PLAN
from ..services.second_person import centres_without_officer_but, may_approve_of
from .people import current_memberships

FROM_PRIORITIES = "priorities"


# --------------------------------------------------------------------------------------------- where to start


@dataclass(frozen=True, slots=True)
class PlanStart:
    """What the form begins with: the newest version, or the family's own priorities, or nothing.

    `base` is the newest version there is (0: none); saving asks that it still is.
    """

    newest: HouseholdPlan | None
    base: int
    values: dict[str, Any]
    steps: list[dict[str, Any]]
    priorities: list[FamilyPriority]

    @property
    def returned(self) -> HouseholdPlan | None:
        """The version that came back, with its note."""
        newest = self.newest
        return newest if newest and newest.status == PlanStatus.RETURNED else None

    @property
    def waits(self) -> bool:
        return self.newest is not None and self.newest.status == PlanStatus.PROPOSED


def starting_point(household_id: UUID, today: date, source: str = "") -> PlanStart:
    """The newest version copied forward; with `source` "priorities" what the family chose is put in too."""
    newest = with_parts(HouseholdPlan.objects.filter(household_id=household_id)).order_by("-version").first()
    values: dict[str, Any] = {"agreed_on": today}
    steps: list[dict[str, Any]] = []
    if newest is not None:
        values |= _values_of(newest)
        steps = [step_values(step) for step in newest.steps.all()]
    priorities = newest_priorities(household_id)
    if source == FROM_PRIORITIES:
        _put_priorities(priorities, values, steps)
    return PlanStart(newest, newest.version if newest else 0, values, steps, priorities)


def _values_of(plan: HouseholdPlan) -> dict[str, Any]:
    values: dict[str, Any] = {"goal": plan.goal, "agreed_with": plan.agreed_with}
    values |= {f"goal_{goal.dimension}": goal.text for goal in plan.goals.all()}
    for part in FOUR_T:
        words = plan.four_t.get(part, [])
        values[part] = [value for value in words if value in PICKS[part]]
        values[f"{part}_own"] = ", ".join(own_words(part, words))
    return values


def _put_priorities(
    priorities: Sequence[FamilyPriority], values: dict[str, Any], steps: list[dict[str, Any]]
) -> None:
    """A goal where the dimension has none, and an empty step in each dimension that has none."""
    planned = {step["dimension"] for step in steps}
    for row in priorities:
        if not values.get(f"goal_{row.dimension}"):
            values[f"goal_{row.dimension}"] = row.reason or gettext("ครัวเรือนเลือกทำเรื่องนี้ก่อน")
        if row.dimension not in planned:
            planned.add(row.dimension)
            steps.append({"id": None, "dimension": row.dimension, "text": row.reason})
    if not values.get("goal") and priorities:
        values["goal"] = priorities[0].reason


def member_names(household_id: UUID) -> list[str]:
    """Who lives there, to offer where a name is typed."""
    return [row.person.full_name for row in current_memberships([household_id])]


# ------------------------------------------------------------------------------------------------ one version


def with_parts(plans: QuerySet[HouseholdPlan]) -> QuerySet[HouseholdPlan]:
    """Plans with goals, steps and people: three queries for any number."""
    steps = PlanStep.objects.select_related("item", "done_by")
    return plans.select_related("recorded_by", "decided_by").prefetch_related(
        "goals", Prefetch("steps", queryset=steps)
    )


def four_parts(plan: HouseholdPlan) -> list[tuple[str, list[str]]]:
    """Label and words of each of the four."""
    return [(str(label), said(part, plan.four_t.get(part, []))) for part, (label, _m) in FOUR_T.items()]


def is_analysed(plan: HouseholdPlan) -> bool:
    return all(plan.four_t.get(part) for part in FOUR_T)


def aims_of(plan: HouseholdPlan) -> list[tuple[Dimension, str]]:
    texts = {goal.dimension: goal.text for goal in plan.goals.all()}
    return [(dimension, texts[dimension]) for dimension in Dimension if dimension in texts]


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step with when it is due in words; `help` is what may have done it."""

    step: PlanStep
    due_text: str
    tone: str
    help: Help | None = None

    @property
    def help_day(self) -> str:
        """The day of that help as a form takes it."""
        return format_thai_date(self.help.given_on, "numeric") if self.help else ""


def step_lines(steps: Sequence[PlanStep], today: date, *, offers: bool = True) -> list[StepLine]:
    helps = helps_for_steps(steps) if offers else {}
    return [StepLine(step, *_due(step, today), helps.get(step.pk)) for step in steps]


def _due(step: PlanStep, today: date) -> tuple[str, str]:
    if step.done_on is not None:
        return gettext("ทำแล้ว %(day)s") % {"day": format_thai_date(step.done_on, "short")}, "done"
    if step.due_on is None:
        return "", ""
    days = (today - step.due_on).days
    if days > 0:
        return gettext("เกิน %(days)d วัน") % {"days": days}, "late"
    day = gettext("ภายใน %(day)s") % {"day": format_thai_date(step.due_on, "short")}
    return day, "soon" if days > -7 else ""


def budget_of(steps: Iterable[PlanStep]) -> Decimal:
    return sum((step.budget_baht for step in steps if step.budget_baht), Decimal(0))


@dataclass(frozen=True, slots=True)
class PlanCard:
    """The plan on the household's page: the one in force, and what became of a newer version."""

    plan: HouseholdPlan | None
    newest: HouseholdPlan | None
    lines: list[StepLine] = field(default_factory=list)

    @property
    def waiting(self) -> HouseholdPlan | None:
        return self._newest_if(PlanStatus.PROPOSED)

    @property
    def returned(self) -> HouseholdPlan | None:
        return self._newest_if(PlanStatus.RETURNED)

    @property
    def late(self) -> int:
        return sum(line.tone == "late" for line in self.lines)

    @property
    def offers(self) -> list[StepLine]:
        """Open steps that a help given may have done."""
        return [line for line in self.lines if line.help]

    def _newest_if(self, status: PlanStatus) -> HouseholdPlan | None:
        return self.newest if self.newest and self.newest.status == status else None


def plan_card_of(
    household_id: UUID, plan: HouseholdPlan | None, steps: Sequence[PlanStep], today: date
) -> PlanCard:
    """`plan` and `steps` are those in force."""
    for step in steps:
        assert plan is not None
        step.plan = plan
    newest = (
        HouseholdPlan.objects.filter(household_id=household_id)
        .select_related("decided_by")
        .order_by("-version")
        .first()
    )
    return PlanCard(plan, newest, step_lines(steps, today))


# ---------------------------------------------------------------------------------------------- what changed


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of two versions side by side; `kind` is same, changed, added or removed."""

    label: str
    before: str
    after: str
    kind: str


def differences(before: HouseholdPlan, after: HouseholdPlan) -> list[Difference]:
    """Every line of both versions in the order of the newer one; a step is followed by its origin."""
    return [_difference(label, left, right) for label, left, right in _pairs(before, after)]


def _difference(label: str, left: str, right: str) -> Difference:
    if left == right:
        kind = "same"
    elif not left:
        kind = "added"
    else:
        kind = "changed" if right else "removed"
    return Difference(label, left, right, kind)


def _pairs(before: HouseholdPlan, after: HouseholdPlan) -> Iterator[tuple[str, str, str]]:
    yield gettext("เป้าหมายของครัวเรือน"), before.goal, after.goal
    left, right = dict(aims_of(before)), dict(aims_of(after))
    for dimension in Dimension:
        if dimension in left or dimension in right:
            label = gettext("เป้าหมายด้าน%(dimension)s") % {"dimension": dimension.label}
            yield label, left.get(dimension, ""), right.get(dimension, "")
    for (label, words), (_label, newer) in zip(four_parts(before), four_parts(after), strict=True):
        yield label, " · ".join(words), " · ".join(newer)
    yield from _step_pairs(before, after)
    yield gettext("ตกลงกับครัวเรือน"), _agreement(before), _agreement(after)


def _step_pairs(before: HouseholdPlan, after: HouseholdPlan) -> Iterator[tuple[str, str, str]]:
    old = {step.origin or step.pk: step for step in before.steps.all()}
    number = 0
    for number, step in enumerate(after.steps.all(), start=1):
        former = old.pop(step.origin or step.pk, None)
        yield _step_label(number), _step_text(former), _step_text(step)
    for step in old.values():
        number += 1
        yield _step_label(number), _step_text(step), ""


def _step_label(number: int) -> str:
    return gettext("ขั้นตอนที่ %(number)d") % {"number": number}


def _step_text(step: PlanStep | None) -> str:
    """All that a step says, without whether it was done."""
    if step is None:
        return ""
    dimension = str(Dimension(step.dimension).label) if step.dimension else ""
    parts = [step.text, str(step.get_nature_display()), dimension, step.responsible]
    if step.due_on:
        parts.append(gettext("ภายใน %(day)s") % {"day": format_thai_date(step.due_on, "short")})
    if step.budget_baht:
        parts.append(gettext("%(baht)s บาท") % {"baht": f"{step.budget_baht:,.0f}"})
    return " · ".join(part for part in (*parts, step.budget_source) if part)


def _agreement(plan: HouseholdPlan) -> str:
    day = format_thai_date(plan.agreed_on, "short")
    return " · ".join(part for part in (day, plan.agreed_with) if part)


def former_of(plan: HouseholdPlan, versions: Sequence[HouseholdPlan]) -> HouseholdPlan | None:
    """What a version is compared with: the one then in force, else the one before it."""
    earlier = [other for other in versions if other.version < plan.version]
    approved = [other for other in earlier if other.approved_on is not None]
    candidates = approved or earlier
    return candidates[-1] if candidates else None


# -------------------------------------------------------------------------------------------------- the queue


@dataclass(frozen=True, slots=True)
class PlanQueueCard:
    """One plan that waits or came back; `why_not` says why this person cannot approve it."""

    plan: HouseholdPlan
    place: str
    changed: int
    steps: int
    development: int
    budget: Decimal
    analysed: bool
    why_not: str


def queue_of(actor: Actor, state: PlanStatus) -> QuerySet[HouseholdPlan]:
    """Visible plans in a state; of those that came back only the newest version of its household."""
    rows = visible_plans(actor).filter(status=state)
    if state == PlanStatus.RETURNED:
        newest = (
            HouseholdPlan.objects.order_by("household_id", "-version").distinct("household_id").values("pk")
        )
        rows = rows.filter(pk__in=newest.filter(household__in=rows.values("household_id")))
    return with_parts(rows).select_related("household__scope", "recorded_by", "decided_by")


def queue_cards(actor: Actor, plans: Sequence[HouseholdPlan]) -> list[PlanQueueCard]:
    """A handful of queries for any number."""
    places = address_labels(plan.household.area_code for plan in plans)
    former = _in_force([plan.household_id for plan in plans])
    centres = {plan.household.scope.centre_id for plan in plans}
    alone = centres_without_officer_but(actor, centres) if plans else set()
    return [
        _queue_card(actor, plan, places[plan.household.area_code], former.get(plan.household_id), alone)
        for plan in plans
    ]


def _in_force(household_ids: Collection[UUID]) -> Mapping[UUID, HouseholdPlan]:
    rows = HouseholdPlan.objects.filter(household__in=household_ids, status=PlanStatus.ACTIVE)
    return {plan.household_id: plan for plan in with_parts(rows)}


def _queue_card(
    actor: Actor, plan: HouseholdPlan, place: str, former: HouseholdPlan | None, alone: Collection[UUID]
) -> PlanQueueCard:
    steps = list(plan.steps.all())
    changed = sum(line.kind != "same" for line in differences(former, plan)) if former else 0
    return PlanQueueCard(
        plan=plan,
        place=place,
        changed=changed,
        steps=len(steps),
        development=sum(step.nature == "development" for step in steps),
        budget=budget_of(steps),
        analysed=is_analysed(plan),
        why_not=why_not_approve(actor, plan, alone),
    )


def why_not_approve(actor: Actor, plan: HouseholdPlan, alone: Collection[UUID]) -> str:
    """Why this person cannot decide the plan, empty when they can; `plan.household.scope` is at hand."""
    scope = plan.household.scope
    if actor.role not in APPROVING_ROLES:
        return gettext("ศจพ. อำเภอหรือเทศบาลเป็นผู้อนุมัติ")
    if not can_write(actor, scope):
        return gettext("อยู่ในความรับผิดชอบของเทศบาล ท่านดูได้อย่างเดียว")
    if not may_approve_of(actor, plan.recorded_by_id, scope.centre_id, alone):
        return str(OWN_PLAN)
    return ""
