"""Lists of households as they stand in a fiscal year: each number of a board has exactly one behind it."""

from __future__ import annotations

from datetime import date
from functools import reduce
from operator import and_
from typing import Any, cast
from uuid import UUID

from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, SmallIntegerField, Value
from django.db.models.expressions import Combinable, CombinedExpression
from django.db.models.lookups import Exact
from django.utils import timezone

from dimensions.enums import Dimension
from households.access import scope_q
from households.models import Membership as Residence
from povertyops.accounts.actor import Actor
from povertyops.areas.enums import NATION
from povertyops.common.names import search_key
from povertyops.common.thai import fiscal_year_bounds, to_arabic_digits

from ..enums import HelpStatus, Membership
from ..inputs import CohortFilters
from ..models import CohortState, CohortVersion, Help
from ..rules import COHORT_MEMBERSHIPS, stands_at, visited_from
from .caseload import NO_MENTOR, mentor_gone_q, mentor_leaving_q, mentor_q, not_seen_q, promised
from .standing import stood_on

ORDER = ("sort_key", "household_id")
SHORTEST_TRIGRAM = 3
HOUSE_CODE_DIGITS = 11
EVERYONE = "all"
_AREA_COLUMN = {2: "province_code", 4: "district_code", 6: "subdistrict_code", 8: "area_code"}
_MEMBERSHIPS = {"listed": Membership.LISTED, "found": Membership.FOUND}


class MaskOfList(Func):
    """The mask of one kind of list, out of the parallel arrays of a row."""

    output_field = SmallIntegerField()

    def __init__(self, kind: str) -> None:
        super().__init__(F("list_dimensions"), F("list_kinds"), Value(kind))

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_context: Any) -> tuple[str, Any]:
        parts = [compiler.compile(part) for part in self.source_expressions]
        (masks, _none), (kinds, _nothing), (kind, values) = parts
        return f"({masks})[array_position({kinds}, {kind}::varchar)]", list(values)


def cohort_list(actor: Actor | None, filters: CohortFilters) -> QuerySet[CohortState]:
    """Rows the actor may see, in Thai order of names (`ORDER` for keyset paging), with their household."""
    return cohort_rows(actor, filters).select_related("household").order_by(*ORDER)


def cohort_rows(actor: Actor | None, filters: CohortFilters) -> QuerySet[CohortState]:
    """The same rows without order or household, to count or to join.

    For a past day the rows are CohortVersion: the states known at the end of that day, of households that are
    in sight today.
    """
    rows = _present_rows(actor, filters) if filters.as_of is None else _past_rows(actor, filters)
    return rows.filter(membership_q(filters), *_conditions(filters))


def _present_rows(actor: Actor | None, filters: CohortFilters) -> QuerySet[CohortState]:
    return CohortState.objects.filter(
        scope_q(actor, household="household"),
        place_q(actor, filters),
        fiscal_year=filters.fiscal_year,
    )


def _past_rows(actor: Actor | None, filters: CohortFilters) -> QuerySet[CohortState]:
    """Whose household it is today decides who may see it; where it was on that day, where it is counted."""
    known = CohortVersion.objects.filter(
        scope_q(actor, "household__scope__"),
        place_q(None, filters),
        fiscal_year=filters.fiscal_year,
        since__lte=filters.as_of,
        until__gt=filters.as_of,
    )
    return cast("QuerySet[CohortState]", known)


def cohort_count(actor: Actor | None, filters: CohortFilters) -> int:
    """How many there are: counted on an index within the actor's scope, never over the nation."""
    return cohort_rows(actor, filters).count()


def household_ids(actor: Actor | None, filters: CohortFilters) -> list[UUID]:
    """The households of a filtered list, for a bulk act on all of it."""
    return list(cohort_rows(actor, filters).order_by(*ORDER).values_list("household_id", flat=True))


def as_of(filters: CohortFilters) -> date:
    """The day the list stands at."""
    return stands_at(filters.fiscal_year, filters.as_of or timezone.localdate())


# ------------------------------------------------------------------------------------------------- conditions


def place_q(actor: Actor | None, filters: CohortFilters) -> Q:
    """Area or municipal centre. Districts are named beside smaller places, so that an index leads there."""
    found = _scope_hint(actor)
    if filters.area and filters.area != NATION:
        for length in range(2, len(filters.area) + 1, 2):
            found &= Q(**{_AREA_COLUMN[length]: filters.area[:length]})
    if filters.centre is not None:
        found &= Q(centre_id=filters.centre, is_municipal=True)
    return found


def _scope_hint(actor: Actor | None) -> Q:
    """What the scope says in words of an index, beside the predicate itself."""
    if actor is None or actor.is_system or actor.appointment is None:
        return Q()
    reach = actor.reach
    if reach.centre_id is not None:
        return Q(is_municipal=True)
    small = (*reach.subdistricts, *reach.villages)
    if small and not (reach.provinces or reach.districts):
        return Q(district_code__in=sorted({code[:4] for code in small}))
    return Q()


def membership_q(filters: CohortFilters) -> Q:
    if filters.membership == "carried":
        return Q(membership=Membership.CARRIED, is_open=True)
    if filters.membership == EVERYONE:
        return Q()
    if filters.membership in _MEMBERSHIPS:
        return Q(membership=_MEMBERSHIPS[filters.membership])
    return Q(membership__in=COHORT_MEMBERSHIPS)


def _conditions(filters: CohortFilters) -> list[Q]:
    on = as_of(filters)
    in_care = Q(is_open=True, is_removed=False)
    chosen = (
        (filters.list_kind, Q(list_kinds__contains=[filters.list_kind])),
        (filters.lists, Q(list_kinds=sorted(filters.lists))),
        (filters.stage is not None, Q(stage=filters.stage)),
        (filters.team is not None, Q(team_id=filters.team)),
        (filters.mentor is not None, mentor_q(filters.mentor or NO_MENTOR)),
        (filters.no_team, in_care & Q(team_id=None)),
        (filters.overdue, in_care & Q(due_on__lt=on)),
        (filters.visited_90, Q(is_open=True, last_visit_on__gte=visited_from(on))),
        (filters.helped, Q(helps__gt=0)),
        (filters.removed, Q(is_removed=True)),
        (filters.verified, Q(is_removed=False)),
        (filters.checked, Q(persons__gt=0, checked_persons__gte=F("persons"))),
        (filters.proposed, Q(proposed_stage__isnull=False)),
        (filters.slipped, Q(slips__gt=0)),
        (filters.additional, Q(additional__gt=0)),
        (filters.with_team, in_care & Q(team_id__isnull=False)),
        (filters.not_in_tpmap, Q(not_in_tpmap__gt=0)),
        (filters.removed_for, Q(is_removed=True, removed_for=filters.removed_for)),
        (filters.stage_carried, Q(is_stage_carried=True)),
        (filters.step is not None, Q(is_open=True, step=filters.step)),
        (filters.promised, in_care & Q(promised())),
        (filters.q, name_q(filters.q)),
    )
    found = [condition for wanted, condition in chosen if wanted]
    if filters.agency is not None or filters.no_agency:
        found.append(Q(_helped_by(filters, on)))
    return found + _hand_conditions(filters) + _dimension_conditions(filters)


def _helped_by(filters: CohortFilters, on: date) -> Exists:
    """Help of the year that one agency delivered, or that nobody is named for."""
    first, _last = fiscal_year_bounds(filters.fiscal_year)
    return Exists(
        Help.objects.filter(
            stood_on(Help, filters.as_of),
            household=OuterRef("household_id"),
            status=HelpStatus.DELIVERED,
            given_on__range=(first, on),
            agency=filters.agency,
        )
    )


def _hand_conditions(filters: CohortFilters) -> list[Q]:
    """What is asked of the hands a household is in; appointments are judged as of today."""
    today = timezone.localdate()
    found = []
    if filters.not_seen_month is not None:
        found.append(not_seen_q(filters.not_seen_month, today))
    if filters.mentor_gone:
        found.append(mentor_gone_q(today))
    if filters.mentor_leaving:
        found.append(mentor_leaving_q(today))
    return found


def _dimension_conditions(filters: CohortFilters) -> list[Q]:
    """`failing` reads the baseline, with a list that list's own; relieved and recovered are parts of it."""
    failing: Combinable = MaskOfList(filters.list_kind) if filters.list_kind else F("baseline")
    found = [_has(failing, filters.failing)]
    for column, dimensions in (("relieved", filters.relieved), ("recovered", filters.recovered)):
        found += [_has(F(column), dimensions), _has(failing, dimensions)]
    if filters.passing:
        found += [~Q(Exact(failing, Value(0))), Q(Exact(_both("recovered", failing), failing))]
    if filters.care:
        found.append(~Q(Exact(_both("in_care", failing), Value(0))))
    return [condition for condition in found if condition]


def _both(column: str, mask: Combinable) -> CombinedExpression:
    return CombinedExpression(F(column), Combinable.BITAND, mask, output_field=SmallIntegerField())


def _has(mask: Combinable, dimensions: tuple[Dimension, ...]) -> Q:
    return reduce(and_, (Q(Exact(mask.bitand(each.bit), Value(each.bit))) for each in dimensions), Q())


def name_q(text: str) -> Q:
    """Households with a member of this name (tone marks and spaces do not count), house code or number."""
    typed = to_arabic_digits(text.strip())
    digits = typed.replace("-", "")
    if digits.isdecimal() and len(digits) == HOUSE_CODE_DIGITS:
        return Q(household__house_code=digits)
    if digits[:1].isdecimal():
        return Q(household__house_no=typed)
    key = search_key(text)
    if not key:
        return Q(pk__in=[])
    lookup = "contains" if len(key) >= SHORTEST_TRIGRAM else "startswith"
    named = Residence.objects.filter(
        **{f"person__search_key__{lookup}": key}, valid_to=None, superseded_at=None
    )
    return Q(household_id__in=named.values("household_id"))
