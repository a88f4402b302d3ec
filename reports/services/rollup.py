"""Keeping AreaProgress equal to the facts: draining marks, building a year anew, turning the day.

One writer at a time, by an advisory lock held to the end of the transaction. Each act is one
transaction: killed halfway it leaves the old figures and all marks.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from casework.rules import VISITED_WITHIN_DAYS, stands_at
from households.models import TargetList
from povertyops.areas.rules import ancestors_of
from povertyops.common.thai import fiscal_year_of

from ..models import AreaProgress, RollupRun
from . import agencies_sql
from . import rollup_sql as sql

LOCK = 7_068_001
MARKS_AT_ONCE = 10_000
LEAVES_WORTH_A_FULL_PASS = 5_000


@dataclass(slots=True)
class Touched:
    """Leaves and municipal centres of one fiscal year whose figures must be added up again."""

    leaves: set[str] = field(default_factory=set)
    centres: set[UUID] = field(default_factory=set)

    def add(self, leaf: str, centre: UUID | None) -> None:
        self.leaves.add(leaf)
        if centre is not None:
            self.centres.add(centre)


Work = defaultdict[int, Touched]


def drain_marks(limit: int = MARKS_AT_ONCE, *, province_code: str = "") -> int:
    """Recompute what up to `limit` marks name; the number of marks taken, 0 when another drain is at it.

    With a province only that one's marks are taken. Also moves every year on to today when the date has
    changed since. Side effects: AreaProgress, RollupRun; the marks taken go when the transaction commits.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        work: Work = defaultdict(Touched)
        taken = _take_marks(cursor, limit, work, province_code)
        _turn_days(cursor, work)
        _recompute(cursor, work)
    return taken


def full_rollup(fiscal_year: int) -> int:
    """Build all figures of a fiscal year anew from CohortState; the number of rows it now has.

    Waits for a running drain. Takes the year's marks with it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        _full_pass(cursor, fiscal_year)
    return AreaProgress.objects.filter(fiscal_year=fiscal_year).count()


def known_years() -> list[int]:
    """Fiscal years with a target list, those rolled up before, and the present one."""
    years = set(TargetList.objects.values_list("fiscal_year", flat=True).distinct())
    years |= set(RollupRun.objects.values_list("fiscal_year", flat=True))
    return sorted(years | {fiscal_year_of(timezone.localdate())})


def _take_marks(cursor: Any, limit: int, work: Work, province_code: str) -> int:
    cursor.execute(
        """DELETE FROM common_dirtymark WHERE id IN (
               SELECT id FROM common_dirtymark WHERE area_code LIKE %s ORDER BY id LIMIT %s
               FOR UPDATE SKIP LOCKED
           ) RETURNING fiscal_year, area_code, centre_id""",
        [f"{province_code}%", limit],
    )
    marks = cursor.fetchall()
    for year, leaf, centre in marks:
        work[year].add(leaf, centre)
    return len(marks)


def _turn_days(cursor: Any, work: Work) -> None:
    """Give new years their day, move old ones on to today, and add what time alone has changed."""
    days = dict(RollupRun.objects.values_list("fiscal_year", "as_of"))
    for year in work.keys() - days.keys():
        _set_day(cursor, year, stands_at(year, timezone.localdate()))
    for year, day in days.items():
        today = stands_at(year, timezone.localdate())
        if day < today:
            _add_changed_by_time(cursor, year, day, today, work)
            _set_day(cursor, year, today)


def _set_day(cursor: Any, fiscal_year: int, day: date) -> None:
    cursor.execute(
        """INSERT INTO reports_rolluprun (fiscal_year, as_of, seconds) VALUES (%s, %s, 0)
           ON CONFLICT (fiscal_year) DO UPDATE SET as_of = excluded.as_of""",
        [fiscal_year, day],
    )


def _add_changed_by_time(cursor: Any, year: int, before: date, now: date, work: Work) -> None:
    """Visits that fell due, and visits that are no longer of the last 90 days, between two days."""
    cursor.execute(
        """SELECT DISTINCT area_code, CASE WHEN is_municipal THEN centre_id END
           FROM casework_cohortstate
           WHERE fiscal_year = %(year)s AND is_open AND (
               (due_on >= %(before)s AND due_on < %(now)s)
               OR (last_visit_on >= %(before)s - %(days)s AND last_visit_on < %(now)s - %(days)s)
           )""",
        {"year": year, "before": before, "now": now, "days": VISITED_WITHIN_DAYS},
    )
    for leaf, centre in cursor.fetchall():
        work[year].add(leaf, centre)


def _recompute(cursor: Any, work: Work) -> None:
    for year in [year for year, touched in work.items() if len(touched.leaves) > LEAVES_WORTH_A_FULL_PASS]:
        _full_pass(cursor, year)
        del work[year]
    leaves = _pairs((year, leaf) for year, touched in work.items() for leaf in touched.leaves)
    if not leaves["codes"]:
        return
    centres = _pairs((year, str(centre)) for year, touched in work.items() for centre in touched.centres)
    above = {
        (year, code)
        for year, touched in work.items()
        for leaf in touched.leaves
        for code in ancestors_of(leaf)
    }
    _forget(cursor, work, above)
    parents = {
        level: _pairs((year, code) for year, code in above if (len(code) if code.isdigit() else 0) == length)
        for level, length in ((3, 6), (2, 4), (1, 2), (0, 0))
    }
    for table in (sql, agencies_sql):
        cursor.execute(table.LEAVES_AGAIN, leaves)
        cursor.execute(table.CENTRES_AGAIN, centres)
        for level, named in parents.items():
            cursor.execute(table.PARENTS_AGAIN[level], named)


def _forget(cursor: Any, work: Work, above: Collection[tuple[int, str]]) -> None:
    """Delete the rows about to be written again, also those that will have no household any more."""
    touched = set(above)
    for year, what in work.items():
        touched |= {(year, leaf) for leaf in what.leaves} | {(year, str(centre)) for centre in what.centres}
    for table in (sql, agencies_sql):
        cursor.execute(table.FORGET, _pairs(touched))


def _pairs(rows: Iterable[tuple[int, str]]) -> dict[str, list[Any]]:
    """Two arrays in one order, so that equal work always locks and writes alike."""
    ordered = sorted(rows)
    return {"years": [year for year, _ in ordered], "codes": [code for _, code in ordered]}


def _full_pass(cursor: Any, fiscal_year: int) -> None:
    started = time.monotonic()
    cursor.execute("DELETE FROM common_dirtymark WHERE fiscal_year = %s", [fiscal_year])
    _set_day(cursor, fiscal_year, stands_at(fiscal_year, timezone.localdate()))
    for statement in (*sql.FULL_PASS, *agencies_sql.FULL_PASS):
        cursor.execute(statement, {"year": fiscal_year})
    cursor.execute(
        "UPDATE reports_rolluprun SET rebuilt_at = now(), seconds = %s WHERE fiscal_year = %s",
        [time.monotonic() - started, fiscal_year],
    )
