"""Closing days: the figures of the larger areas as they were known at the end of each day, put down for good.

Each day is one transaction and written once, so that a run may be killed, repeated or doubled.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

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


def close_days(today: date | None = None) -> int:
    """Close every day from the last closed one to yesterday; how many were closed.

    A day is left for later while a transaction that began on it is still writing.
    """
    closed = 0
    for day in _open_days(today or timezone.localdate()):
        if not close_day(day):
            break
        closed += 1
    return closed


def close_day(day: date) -> bool:
    """Put down the figures known at the end of a day, for its fiscal year and those beside it."""
    if _still_written(day):
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        year = fiscal_year_of(day)
        for each in (year - 1, year, year + 1):
            cursor.execute(sql.CLOSE_DAY, {"year": each, "day": day, "stands_at": stands_at(each, day)})
    return True


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
