"""The road from a request to the rows of the work; everything hangs on the household's scope row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from dimensions.enums import Dimension
from households.access import scope_q, scope_sql, visible_households
from households.models import Household, HouseholdScope
from povertyops.accounts.actor import Actor
from povertyops.common.prepared import array_of, fetch_prepared

from .enums import PhotoKind, PhotoState
from .models import (
    Case,
    CohortState,
    ContinuingCare,
    Help,
    HelpMenuItem,
    HiddenMenuItem,
    HouseholdPlan,
    Photo,
    PlanStep,
    Referral,
    RemovalRequest,
    Transfer,
    Visit,
    VisitConflict,
)
from .rules import TRANSFER_DECIDING_ROLES

SCOPE = "household__scope__"


_HOUSEHOLD = [field for field in Household._meta.concrete_fields if field.name in {"id", "province_code"}]
_SCOPE = HouseholdScope._meta.concrete_fields
_HOUSEHOLD_NAMES = [field.attname for field in _HOUSEHOLD]
_SCOPE_NAMES = [field.attname for field in _SCOPE]

# By hand, because it is part of every write. `listed_from`: the first day from which a list counts.
_TO_WORK_ON = f"""
    SELECT {{merged}},
           (SELECT min(t.effective_on) FROM households_listing l
            JOIN households_targetlist t ON t.id = l.target_list_id
            WHERE l.household_id = h.id AND l.superseded_at IS NULL),
           {", ".join(f"h.{field.column}" for field in _HOUSEHOLD)},
           {", ".join(f"s.{field.column}" for field in _SCOPE)}
    FROM households_household h JOIN households_householdscope s ON s.household_id = h.id
    WHERE h.id = ANY({{wanted}}) AND {{scope}} ORDER BY h.id {{lock}}
"""  # noqa: S608 - names of the models


@dataclass(frozen=True, slots=True)
class Workable:
    """A locked household, its scope row and the first day from which its lists count."""

    household: Household
    listed_from: date | None

    @property
    def scope(self) -> HouseholdScope:
        return self.household.scope


# A phone that was offline still names a household that has become another one meanwhile.
_WHERE_IT_IS = """ARRAY(SELECT coalesce(m.merged_into_id, m.id) FROM households_household m
                         WHERE m.id = ANY(%s::uuid[]))"""
_MERGED_INTO_IT = """ARRAY(SELECT m.id FROM households_household m
                            WHERE m.merged_into_id = h.id AND m.id = ANY(%s::uuid[]))"""


def households_to_work_on(
    actor: Actor, ids: Iterable[UUID], *, lock: bool = True, follow_merged: bool = False
) -> dict[UUID, Workable]:
    """The visible ones of these households, locked in one order: two bulk acts never wait for each other.

    Whether the actor may change one is asked with `households.access.can_write`. With `follow_merged` the
    household that one has been merged into answers under the id that was asked for, too.
    """
    scope, codes = scope_sql(actor, "s")
    wanted = array_of(ids)
    statement = _TO_WORK_ON.format(
        scope=scope,
        lock="FOR UPDATE OF h" if lock else "",
        merged=_MERGED_INTO_IT if follow_merged else "NULL::uuid[]",
        wanted=_WHERE_IT_IS if follow_merged else "%s::uuid[]",
    )
    alias = connection.alias
    found: dict[UUID, Workable] = {}
    for merged, *row in fetch_prepared(statement, [*[wanted] * (1 + follow_merged), *codes]):
        target = _workable(alias, row)
        found |= dict.fromkeys([target.household.pk, *(merged or ())], target)
    return found


def _workable(alias: str, row: Sequence[Any]) -> Workable:
    listed_from, *values = row
    first = len(_HOUSEHOLD_NAMES)
    household = Household.from_db(alias, _HOUSEHOLD_NAMES, values[:first])
    scope = HouseholdScope.from_db(alias, _SCOPE_NAMES, values[first:])
    scope.household = household
    return Workable(household, listed_from)


def visible_visits(actor: Actor | None) -> QuerySet[Visit]:
    return Visit.objects.filter(scope_q(actor, SCOPE))


def visible_helps(actor: Actor | None) -> QuerySet[Help]:
    return Help.objects.filter(scope_q(actor, SCOPE))


def visible_cases(actor: Actor | None) -> QuerySet[Case]:
    return Case.objects.filter(scope_q(actor, SCOPE))


def visible_removals(actor: Actor | None) -> QuerySet[RemovalRequest]:
    return RemovalRequest.objects.filter(scope_q(actor, SCOPE))


def visible_cohort(actor: Actor | None) -> QuerySet[CohortState]:
    return CohortState.objects.filter(scope_q(actor, household="household"))


def visible_steps(actor: Actor | None) -> QuerySet[PlanStep]:
    return PlanStep.objects.filter(scope_q(actor, "plan__household__scope__"))


def visible_plans(actor: Actor | None) -> QuerySet[HouseholdPlan]:
    return HouseholdPlan.objects.filter(scope_q(actor, SCOPE))


def visible_care(actor: Actor | None) -> QuerySet[ContinuingCare]:
    """Why a household cannot recover is often an illness: an office reads it only where it is concerned, in
    the dimensions that it leads or in which the household was referred to it."""
    rows = ContinuingCare.objects.filter(scope_q(actor, SCOPE))
    if actor is None or actor.reach.office_id is None:
        return rows
    led = [dimension.value for dimension in Dimension.from_mask(actor.reach.led)]
    asked = Referral.objects.filter(
        household=OuterRef("household"), dimension=OuterRef("dimension"), office=actor.reach.office_id
    )
    return rows.filter(Q(dimension__in=led) | Q(Exists(asked)))


def visible_conflicts(actor: Actor | None) -> QuerySet[VisitConflict]:
    """Bodies that came under a used UUID, for those who may see the household of the stored visit."""
    seen = visible_households(actor).values("pk")
    return VisitConflict.objects.filter(household_id__in=seen)


def menu_items_for(province_code: str) -> QuerySet[HelpMenuItem]:
    """What a province offers, in the order of the menu: active items of the nation that it does not hide,
    and its own."""
    hidden = HiddenMenuItem.objects.filter(province_code=province_code, item=OuterRef("pk"))
    return HelpMenuItem.objects.filter(
        ~Exists(hidden), is_active=True, province_code__in=["", province_code]
    ).order_by("position", "name")


def visible_menu(actor: Actor | None) -> QuerySet[HelpMenuItem]:
    """The whole menu as its keepers see it: inactive and hidden items too, never another province's own."""
    if actor is None:
        return HelpMenuItem.objects.none()
    if actor.is_system:
        return HelpMenuItem.objects.all()
    return HelpMenuItem.objects.filter(province_code__in={"", actor.province_code})


def get_menu_item_for(actor: Actor | None, pk: UUID) -> HelpMenuItem:
    item = visible_menu(actor).filter(pk=pk).first()
    if item is None:
        raise Http404
    return item


def visible_referrals(actor: Actor | None) -> QuerySet[Referral]:
    """Referrals of the households the actor sees; of an office those sent to it and those it oversees."""
    rows = Referral.objects.filter(scope_q(actor, SCOPE))
    if actor is None or actor.reach.office_id is None:
        return rows
    overseen = [dimension.value for dimension in Dimension.from_mask(actor.reach.led)]
    return rows.filter(Q(office=actor.reach.office_id) | Q(dimension__in=overseen))


def get_referral_for(actor: Actor | None, pk: UUID) -> Referral:
    rows = visible_referrals(actor).select_related(
        "household__scope", "office__centre", "item", "sent_by", "sent_from", "resends", "resent_as"
    )
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


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


def get_plan_for(actor: Actor | None, pk: UUID) -> HouseholdPlan:
    people = ("recorded_by", "decided_by")
    plan = visible_plans(actor).select_related("household__scope", *people).filter(pk=pk).first()
    if plan is None:
        raise Http404
    return plan


def get_care_for(actor: Actor | None, pk: UUID) -> ContinuingCare:
    care = visible_care(actor).select_related("household__scope").filter(pk=pk).first()
    if care is None:
        raise Http404
    return care


def get_photo_for(actor: Actor | None, pk: UUID) -> Photo:
    """A stored photo for whoever may see its visit or plan; until that has come, for the one who sent it.

    A photo alone says nothing of the household it names; and whoever lost a household reads nothing of it.
    """
    row = Photo.objects.filter(pk=pk, state=PhotoState.STORED).first()
    if row is None or actor is None:
        raise Http404
    owners: QuerySet[Visit] | QuerySet[HouseholdPlan]
    owners = visible_visits(actor) if row.kind == PhotoKind.VISIT else visible_plans(actor)
    if owners.filter(pk=row.owner_id, household_id=row.household_id).exists():
        return row
    is_own = actor.user_id is not None and row.recorded_by_id == actor.user_id
    if not is_own or row.kind != PhotoKind.VISIT or Visit.objects.filter(pk=row.owner_id).exists():
        raise Http404
    return row


def visible_transfers(actor: Actor | None) -> QuerySet[Transfer]:
    """Households on the move: those one sees, and those that are to come to the own centre."""
    seen = scope_q(actor, SCOPE)
    if actor is not None and actor.appointment is not None and actor.role in TRANSFER_DECIDING_ROLES:
        seen |= Q(to_centre=actor.appointment.centre_id) | Q(from_centre=actor.appointment.centre_id)
    return Transfer.objects.filter(seen)


def get_transfer_for(actor: Actor | None, pk: UUID) -> Transfer:
    transfer = visible_transfers(actor).filter(pk=pk).first()
    if transfer is None:
        raise Http404
    return transfer
