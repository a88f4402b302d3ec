"""Closing days: the figures of the larger areas as they were known at the end of each day, put down for good.

Each day is one transaction and written once, so that a run may be killed, repeated or doubled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Min
from django.utils import timezone

from casework.models import CohortVersion
from casework.rules import stands_at
from povertyops.common.thai import fiscal_year_of

from ..models import DayProgress
from . import asof_sql as sql

LOCK = 7_068_002
MOST_DAYS_BACK = 800
DAILY_FOR = 30


@dataclass(frozen=True, slots=True)
class _Changes:
    """The days on which the figures of a province can have changed, by fiscal year."""

    known: dict[int, list[tuple[date, str]]] = field(default_factory=lambda: defaultdict(list))
    by_time: dict[int, list[tuple[date, str]]] = field(default_factory=lambda: defaultdict(list))

    def between(self, year: int, before: date, day: date) -> list[str]:
        """The provinces whose figures of a year may differ between the ends of two days."""
        stood, stands = stands_at(year, before), stands_at(year, day)
        changed = {province for on, province in self.known[year] if before < on <= day}
        return sorted(changed | {province for on, province in self.by_time[year] if stood < on <= stands})


def close_days(today: date | None = None) -> int:
    """Close every day from the last closed one to yesterday; how many were closed.

    A day is left for later while a transaction that began on it is still writing. Of many days each is put
    down from the one before it, which this same run has added up; only what has changed since is added up.
    """
    days = list(_open_days(today or timezone.localdate()))
    changes = _changes_on(days) if len(days) > 1 else None
    for closed, day in enumerate(days):
        before = days[closed - 1] if closed and changes else None
        if not close_day(day, before=before, changes=changes):
            return closed
    return len(days)


def close_day(day: date, *, before: date | None = None, changes: _Changes | None = None) -> bool:
    """Put down the figures known at the end of a day, for its fiscal year and those beside it.

    With an earlier day that was put down and what has changed, the rest is taken over from there.
    """
    if _still_written(day):
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        for year in _years_beside(day):
            values: dict[str, Any] = {"year": year, "day": day, "stands_at": stands_at(year, day)}
            statement = sql.CLOSE_DAY
            if before is not None and changes is not None and year in _years_beside(before):
                provinces = changes.between(year, before, day)
                statement = sql.CLOSE_DAY_FROM if provinces else sql.CLOSE_DAY_LIKE
                values |= {"before": before, "provinces": provinces}
            cursor.execute(statement, values)
    return True


def _years_beside(day: date) -> tuple[int, int, int]:
    year = fiscal_year_of(day)
    return year - 1, year, year + 1


def _changes_on(days: Sequence[date]) -> _Changes | None:
    """What changes on these days; None while somebody may still write what became known on them."""
    if _still_written(days[-1]):
        return None
    found = _Changes()
    years = {year for day in days for year in _years_beside(day)}
    # A year that is over stands at its last day: what time changes in it lies before these days.
    since = min(stands_at(year, days[0]) for year in years)
    with connection.cursor() as cursor:
        for year in years:
            cursor.execute(sql.CHANGES, {"year": year, "since": since, "last": days[-1]})
            for province, day, by_time in cursor.fetchall():
                (found.by_time if by_time else found.known)[year].append((day, province))
    return found


def reopen_days(since: date) -> int:
    """Forget the closed days from `since` on, because a story is being told of them; how many rows."""
    return DayProgress.objects.filter(day__gte=since).delete()[0]


def _open_days(today: date) -> Iterator[date]:
    last = DayProgress.objects.aggregate(last=Max("day"))["last"]
    day = _first_day(today) if last is None else last + timedelta(days=1)
    while day < today:
        yield day
        is_long_ago = last is None and (today - day).days > DAILY_FOR
        day += timedelta(days=min(7, (today - day).days - DAILY_FOR) if is_long_ago else 1)


def _first_day(today: date) -> date:
    """The first day of what is known; a history met for the first time is closed by the week."""
    first_known = CohortVersion.objects.aggregate(first=Min("since"))["first"]
    return max(first_known or today, today - timedelta(days=MOST_DAYS_BACK))


def _still_written(day: date) -> bool:
    """Whether somebody writes in a transaction that began before the day was over."""
    midnight = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
                   AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL AND xact_start < %s)""",
            [midnight],
        )
        return bool(cursor.fetchone()[0])
