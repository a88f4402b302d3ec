"""The road from a request to the rows of the work; everything hangs on the household's scope row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import DateField, QuerySet
from django.db.models.expressions import RawSQL
from django.http import Http404

from households.access import scope_q, visible_households
from households.models import Household, HouseholdScope
from povertyops.accounts.actor import Actor

from .models import Case, CohortState, Help, HelpMenuItem, PlanStep, RemovalRequest, Visit, VisitConflict

SCOPE = "household__scope__"


# The first day from which a list of the household counts. As SQL: it is part of every write.
_LISTED_FROM = RawSQL(
    """(SELECT min(t.effective_on) FROM households_listing l
        JOIN households_targetlist t ON t.id = l.target_list_id
        WHERE l.household_id = households_household.id AND l.superseded_at IS NULL)""",
    [],
    output_field=DateField(),
)


@dataclass(frozen=True, slots=True)
class Workable:
    """A locked household, its scope row and the first day from which its lists count."""

    household: Household
    listed_from: date | None

    @property
    def scope(self) -> HouseholdScope:
        return self.household.scope


def households_to_work_on(actor: Actor, ids: Iterable[UUID], *, lock: bool = True) -> dict[UUID, Workable]:
    """The visible ones of these households, locked in one order: two bulk acts never wait for each other.

    Whether the actor may change one is asked with `households.access.can_write`.
    """
    rows = (
        Household.objects.filter(scope_q(actor, "scope__"), pk__in=list(ids))
        .select_related("scope")
        .annotate(listed_from=_LISTED_FROM)
        .order_by("pk")
    )
    if lock:
        rows = rows.select_for_update(of=("self",))
    return {row.pk: Workable(row, row.listed_from) for row in rows}


def visible_visits(actor: Actor | None) -> QuerySet[Visit]:
    return Visit.objects.filter(scope_q(actor, SCOPE))


def visible_helps(actor: Actor | None) -> QuerySet[Help]:
    return Help.objects.filter(scope_q(actor, SCOPE))


def visible_cases(actor: Actor | None) -> QuerySet[Case]:
    return Case.objects.filter(scope_q(actor, SCOPE))


def visible_removals(actor: Actor | None) -> QuerySet[RemovalRequest]:
    return RemovalRequest.objects.filter(scope_q(actor, SCOPE))


def visible_cohort(actor: Actor | None) -> QuerySet[CohortState]:
    return CohortState.objects.filter(scope_q(actor))


def visible_steps(actor: Actor | None) -> QuerySet[PlanStep]:
    return PlanStep.objects.filter(scope_q(actor, "plan__household__scope__"))


def visible_conflicts(actor: Actor | None) -> QuerySet[VisitConflict]:
    """Bodies that came under a used UUID, for those who may see the household of the stored visit."""
    seen = visible_households(actor).values("pk")
    return VisitConflict.objects.filter(household_id__in=seen)


def menu_items_for(province_code: str) -> QuerySet[HelpMenuItem]:
    """Active items of the nation and of the province, in the order of the menu."""
    return HelpMenuItem.objects.filter(is_active=True, province_code__in=["", province_code]).order_by(
        "position", "name"
    )


def get_visit_for(actor: Actor | None, pk: UUID) -> Visit:
    visit = visible_visits(actor).select_related("household__scope", "recorded_by").filter(pk=pk).first()
    if visit is None:
        raise Http404
    return visit


def get_help_for(actor: Actor | None, pk: UUID) -> Help:
    help_ = visible_helps(actor).select_related("household__scope", "item", "agency").filter(pk=pk).first()
    if help_ is None:
        raise Http404
    return help_


def get_removal_for(actor: Actor | None, pk: UUID) -> RemovalRequest:
    removal = visible_removals(actor).select_related("case", "household__scope").filter(pk=pk).first()
    if removal is None:
        raise Http404
    return removal


def get_step_for(actor: Actor | None, pk: UUID) -> PlanStep:
    step = visible_steps(actor).select_related("plan__household__scope").filter(pk=pk).first()
    if step is None:
        raise Http404
    return step
