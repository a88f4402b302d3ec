"""The lists behind the other numbers of a board: persons, visits and helps of the households of a year."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from households.enums import STILL_TARGET, VerificationStatus
from households.models import ListedPerson, Verification
from povertyops.accounts.actor import Actor
from povertyops.common.thai import fiscal_year_bounds

from ..enums import HelpStatus
from ..inputs import CohortFilters
from ..models import CohortState, Help, Visit
from .cohort import EVERYONE, as_of, cohort_rows
from .standing import end_of_day, stood_on
from .standing import standing as standing

PERSON_ORDER = ("person__sort_key", "id")
VISIT_ORDER = ("-visited_at", "-id")
HELP_ORDER = ("-given_on", "-id")


def visits_list(actor: Actor | None, filters: CohortFilters) -> QuerySet[Visit]:
    """Standing visits of the fiscal year to the cohort and to carried households, newest first."""
    return (
        _of_the_year(Visit.objects.filter(stood_on(Visit, filters.as_of)), actor, filters, "visited_on")
        .select_related("household", "recorded_by")
        .order_by(*VISIT_ORDER)
    )


def helps_list(actor: Actor | None, filters: CohortFilters) -> QuerySet[Help]:
    """Standing, delivered helps of the fiscal year to the cohort and to carried households, newest first."""
    delivered = Help.objects.filter(stood_on(Help, filters.as_of), status=HelpStatus.DELIVERED)
    if filters.nature:
        delivered = delivered.filter(nature=filters.nature)
    if filters.agency is not None or filters.no_agency:
        delivered = delivered.filter(agency=filters.agency)
    return (
        _of_the_year(delivered, actor, filters, "given_on")
        .select_related("household", "item", "agency", "recorded_by")
        .order_by(*HELP_ORDER)
    )


def persons_list(actor: Actor | None, filters: CohortFilters) -> QuerySet[ListedPerson]:
    """Target persons of the cohort's listings, once per household, in Thai order of names.

    `status` is the latest finding of the field check. `verified` leaves out removed households and persons
    found to be no targets; `checked` keeps persons with a finding.
    """
    listed = ListedPerson.objects.filter(_listed(filters))
    twin = ListedPerson.objects.filter(
        _listed(filters),
        person=OuterRef("person"),
        listing__household=OuterRef("listing__household"),
        pk__lt=OuterRef("pk"),
    )
    households = cohort_rows(actor, replace(filters, checked=False)).values("household_id")
    rows = listed.filter(~Exists(twin), listing__household__in=households).annotate(
        status=_latest_status(filters)
    )
    if filters.verified:
        rows = rows.filter(status__in=STILL_TARGET)
    if filters.checked:
        rows = rows.exclude(status=VerificationStatus.NOT_YET)
    return rows.select_related("person", "listing__household").order_by(*PERSON_ORDER)


def _listed(filters: CohortFilters) -> Q:
    moment = end_of_day(filters.as_of) if filters.as_of else None
    found = Q(listing__fiscal_year=filters.fiscal_year)
    if moment is None:
        found &= Q(listing__superseded_at=None)
    else:
        found &= Q(listing__recorded_at__lt=moment)
        found &= Q(listing__superseded_at=None) | Q(listing__superseded_at__gte=moment)
    return found & Q(listing__kind_code=filters.list_kind) if filters.list_kind else found


def _latest_status(filters: CohortFilters) -> Coalesce:
    moment = end_of_day(filters.as_of) if filters.as_of else None
    latest = (
        Verification.objects.filter(
            Q() if moment is None else Q(recorded_at__lt=moment),
            household=OuterRef("listing__household"),
            person=OuterRef("person"),
            effective_on__lte=as_of(filters),
        )
        .order_by("-effective_on", "-recorded_at", "-pk")
        .values("status")[:1]
    )
    return Coalesce(Subquery(latest), Value(VerificationStatus.NOT_YET.value))


def _of_the_year(rows: QuerySet[Any], actor: Actor | None, filters: CohortFilters, day: str) -> QuerySet[Any]:
    """Rows of the year's households dated inside the year, up to the day the board stands at."""
    first, _last = fiscal_year_bounds(filters.fiscal_year)
    households = _households_of_year(actor, filters)
    return rows.filter(**{f"{day}__range": (first, as_of(filters))}, household__in=households)


def _households_of_year(actor: Actor | None, filters: CohortFilters) -> QuerySet[CohortState, Any]:
    """Cohort and carried rows alike, unless the filters ask for one of them."""
    wanted = filters if filters.membership else replace(filters, membership=EVERYONE)
    return cohort_rows(actor, wanted).values("household_id")
