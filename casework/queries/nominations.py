"""How many families wait to be heard, and for how long."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Aggregate, Count, DateField, F, Min, Q, QuerySet

from ..enums import NominationStatus
from ..models import Nomination


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nominations without a last word. Days since they were made; None where nothing waits."""

    count: int
    overdue: int
    oldest_days: int | None
    median_days: int | None


class _MiddleDay(Aggregate):
    """The day in the middle of all: half of the rows are as old or older."""

    function = "percentile_disc"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DateField()


def overdue_q(today: date) -> Q:
    """Nobody has looked, and the day by which somebody was to look is over."""
    return Q(status=NominationStatus.RECEIVED, check_due_on__lt=today)


def nominated_among(household_ids: Collection[UUID]) -> set[UUID]:
    """Those of these households that came into the register by a nomination."""
    rows = Nomination.objects.filter(household__in=household_ids, status=NominationStatus.ACCEPTED)
    return {pk for pk in rows.values_list("household_id", flat=True) if pk}


def waiting_in(today: date, *, area_code: str = "", centre_id: UUID | None = None) -> Waiting:
    """What waits in an area ("": the nation) or with a centre; one query over the index of waiting ones."""
    rows = Nomination.objects.filter(status__in=NominationStatus.of_waiting())
    if centre_id is not None:
        rows = rows.filter(centre=centre_id)
    elif area_code:
        rows = rows.filter(province_code=area_code[:2], area_code__startswith=area_code)
    return _figures(rows, today)


def _figures(rows: QuerySet[Nomination], today: date) -> Waiting:
    found = rows.aggregate(
        count=Count("pk"),
        overdue=Count("pk", filter=overdue_q(today)),
        oldest=Min("nominated_on"),
        middle=_MiddleDay(F("nominated_on")),
    )
    return Waiting(
        count=found["count"],
        overdue=found["overdue"],
        oldest_days=_days(found["oldest"], today),
        median_days=_days(found["middle"], today),
    )


def _days(day: date | None, today: date) -> int | None:
    return None if day is None else (today - day).days
