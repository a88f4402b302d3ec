"""What time alone changes: a new fiscal year, a year held at *sufficient*, days that were still to come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from dimensions.enums import Stage
from dimensions.models import StageCriteria
from dimensions.rules import StageRule
from households.models import Household, Listing
from povertyops.accounts.actor import Actor, system_actor
from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of

from ..models import Case, CohortState, Visit
from .after import after_write

CHUNK = 1_000
LOOK_BACK_DAYS = 7


def turn_day(*, actor: Actor | None = None, today: date | None = None) -> int:
    """Judge again every household that the new day changes; returns how many. May run twice.

    Carried rows of a new fiscal year, proposals that time has ripened, lists and visits whose day has come.
    Works in transactions of a thousand households; killed halfway, the next turn finds the rest.
    """
    acting = actor or system_actor()
    day = today or acting.today()
    since = fiscal_year_bounds(fiscal_year_of(day))[0] - timedelta(days=1)
    turned = 0
    for rows in (
        _without_row(day),
        _stale_proposals(day),
        _ripe_cases(day),
        _listed_now(day),
        _visited_now(day),
    ):
        for ids in _in_chunks(rows):
            with transaction.atomic():
                list(Household.objects.select_for_update().filter(pk__in=ids).order_by("pk").values("pk"))
                after_write(actor=acting, household_ids=ids, since=since)
            turned += len(ids)
    return turned


def _without_row(day: date) -> QuerySet[Household]:
    """In care since before this fiscal year, and without a row of it."""
    year = fiscal_year_of(day)
    first_day = fiscal_year_bounds(year)[0]
    in_care = Case.objects.filter(household=OuterRef("pk"), closed_on=None, opened_on__lte=first_day)
    listed = Listing.objects.filter(household=OuterRef("pk"), superseded_at=None, fiscal_year__lte=year)
    has_row = CohortState.objects.filter(household=OuterRef("pk"), fiscal_year=year)
    return Household.objects.filter(Exists(in_care), Exists(listed), ~Exists(has_row))


def _stale_proposals(day: date) -> QuerySet[Household]:
    """Rows of a year that is over which still show a proposal of the present."""
    rows = CohortState.objects.filter(
        household=OuterRef("pk"), fiscal_year__lt=fiscal_year_of(day), proposed_stage__isnull=False
    )
    return Household.objects.filter(Exists(rows))


def _ripe_cases(day: date) -> QuerySet[Household]:
    """Sufficient for as long as the shortest criteria ask, and not yet proposed for more."""
    asked = StageCriteria.objects.order_by("sufficient_days").values_list("sufficient_days", flat=True)
    days = min(asked.first() or StageRule().sufficient_days, StageRule().sufficient_days)
    cases = Case.objects.filter(
        household=OuterRef("pk"),
        closed_on=None,
        stage=Stage.SUFFICIENT,
        proposed_stage=None,
        stage_since__lte=day - timedelta(days=days),
    )
    return Household.objects.filter(Exists(cases))


def _listed_now(day: date) -> QuerySet[Household]:
    """On a list that was imported before the day from which it counts, and that day has come."""
    begun = Q(target_list__effective_on__range=(day - timedelta(days=LOOK_BACK_DAYS), day))
    early = Listing.objects.filter(
        begun, household=OuterRef("pk"), superseded_at=None, recorded_at__lt=_midnight(day)
    )
    state = CohortState.objects.filter(household=OuterRef("pk"), fiscal_year=fiscal_year_of(day), baseline=0)
    return Household.objects.filter(Exists(early), Exists(state))


def _visited_now(day: date) -> QuerySet[Household]:
    """Visited on this day by a clock that ran a little ahead of midnight."""
    early = Visit.objects.filter(household=OuterRef("pk"), visited_on=day, recorded_at__lt=_midnight(day))
    return Household.objects.filter(Exists(early))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _in_chunks(rows: QuerySet[Household]) -> Iterator[list[UUID]]:
    """Ids in their order; each household is met once even though the work may not take it out of `rows`."""
    last: UUID | None = None
    while True:
        page = rows if last is None else rows.filter(pk__gt=last)
        ids = list(page.order_by("pk").values_list("pk", flat=True)[:CHUNK])
        if not ids:
            return
        yield ids
        last = ids[-1]
