"""Figures as they were known at the end of a past day, and the households that moved between two days.

States of households keep from when to when they were known (CohortVersion). Days that were closed have their
figures of the larger areas in DayProgress; everything else is added up here, by the roll-up's own sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from casework.inputs import CohortFilters
from casework.queries import cohort_rows
from casework.rules import stands_at
from povertyops.accounts.actor import Actor
from povertyops.areas.enums import NATION, Level
from povertyops.areas.models import Centre
from povertyops.areas.rules import MUNICIPAL_KINDS, level_of
from povertyops.common.past_days import past_day
from povertyops.common.thai import fiscal_year_bounds

from ..models import DayProgress, Figures
from ..models.progress import CENTRE_LEVEL
from ..queries import closed_days, is_closed, progress_below, progress_of
from . import asof_sql as sql

UUID_LENGTH = 36


@dataclass(frozen=True, slots=True)
class _Question:
    """One area or municipal centre, on one past day."""

    day: date
    fiscal_year: int
    code: str
    list_kind: str

    @property
    def values(self) -> dict[str, Any]:
        return {
            "year": self.fiscal_year,
            "day": self.day,
            "stands_at": stands_at(self.fiscal_year, self.day),
            "code": self.code,
            "kind": self.list_kind,
        }


def figures_on(
    day: date, fiscal_year: int, code: str, list_kind: str = "", *, children: bool = True
) -> tuple[Figures | None, list[Figures]]:
    """The figures of an area or municipal centre at the end of a day, and of what lies right below it.

    The rows below include the municipal centres of a province or district ("of which", level 9). Today gives
    the present figures; a past day counts what was recorded by its end. None where nothing was known then.
    Raises InvalidInput for a day still to come.
    """
    if past_day(day, today=timezone.localdate()) is None:
        below = _present_below(fiscal_year, code, list_kind) if children else []
        return progress_of(fiscal_year, code, list_kind), below
    asked = _Question(day, fiscal_year, code, list_kind)
    if len(code) == UUID_LENGTH:
        return _centre(asked), []
    if level_of(code) <= Level.PROVINCE and is_closed(day, fiscal_year):
        return _closed(asked, children=children)
    found = _areas(asked, children=children)
    own = next((row for row in found if row.code == code), None)
    if own is None or not children:
        return own, []
    return own, [*(row for row in found if row.code != code), *_centres_below(asked)]


def _present_below(fiscal_year: int, code: str, list_kind: str) -> list[Figures]:
    if len(code) == UUID_LENGTH:
        return []
    return list(progress_below(fiscal_year, code, list_kind, [str(pk) for pk in _centres_of(code)]))


# ------------------------------------------------------------------------------------------ from closed days


def _closed(asked: _Question, *, children: bool) -> tuple[Figures | None, list[Figures]]:
    rows = DayProgress.objects.filter(day=asked.day, fiscal_year=asked.fiscal_year, list_kind=asked.list_kind)
    own = rows.filter(code=asked.code).first()
    if own is None or not children:
        return own, []
    below: list[Figures] = list(rows.filter(parent_code=asked.code).order_by("code"))
    if asked.code != NATION:
        below += rows.filter(level=CENTRE_LEVEL, code__in=[str(pk) for pk in _centres_of(asked.code)])
    return own, below


# ------------------------------------------------------------------------------------------ from the states


def _areas(asked: _Question, *, children: bool) -> list[DayProgress]:
    """The area's own row and, with `children`, those right below it."""
    length = 0 if asked.code == NATION else len(asked.code)
    # The nation without its provinces would need a cut of its own; its provinces are few.
    deeper = (children and length < 2 * Level.VILLAGE) or length == 0
    statement = sql.of_area(length, length + 2 if deeper else length, asked.list_kind)
    return _rows(statement, asked.values, asked.day)


def _centre(asked: _Question) -> DayProgress | None:
    rows = _of_centres(asked, [UUID(asked.code)])
    return rows[0] if rows else None


def _centres_below(asked: _Question) -> list[DayProgress]:
    if asked.code == NATION or level_of(asked.code) > Level.DISTRICT:
        return []
    rows = _of_centres(asked, _centres_of(asked.code))
    if level_of(asked.code) is Level.DISTRICT:
        return [row for row in rows if row.parent_code == asked.code]
    return rows


def _of_centres(asked: _Question, centres: Sequence[UUID]) -> list[DayProgress]:
    if not centres:
        return []
    provinces = Centre.objects.filter(pk__in=centres).values_list("province_code", flat=True).distinct()
    values = {**asked.values, "centres": list(centres), "provinces": sorted(provinces)}
    return _rows(sql.of_centres(asked.list_kind), values, asked.day)


def _centres_of(code: str) -> list[UUID]:
    """Municipal centres of the province an area lies in; for a district those that cover some of it."""
    if code == NATION:
        return []
    rows = Centre.objects.filter(province_code=code[:2], kind__in=MUNICIPAL_KINDS)
    if level_of(code) is not Level.PROVINCE:
        rows = rows.filter(Q(coverage__area__code__startswith=code[:4]) | Q(coverage=None)).distinct()
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _rows(statement: str, values: dict[str, Any], day: date) -> list[DayProgress]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        names = [column.name for column in cursor.description]
        rows = [DayProgress(day=day, **dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
    return sorted(rows, key=lambda row: row.code)


# ------------------------------------------------------------------------------------------------- trend


def trend(
    fiscal_year: int, code: str, list_kind: str = "", *, points: int = 13
) -> list[tuple[date, Figures]]:
    """Figures of an area or municipal centre on equally spaced days of the year, at least a week apart.

    The last point is today, or the last day of a year that is over. Days before anything was known are left
    out. Nation and provinces take the last day closed by then, since adding them up would take long.
    """
    today = timezone.localdate()
    days = days_of_trend(fiscal_year, today, points)
    if _is_small(code):
        closed = DayProgress.objects.filter(code=code, fiscal_year=fiscal_year, list_kind=list_kind)
        known: dict[date, Figures] = {row.day: row for row in closed.filter(day__in=days)}
        missing = [day for day in days if day not in known and day != today]
        known |= {row.day: row for row in _on_days(missing, fiscal_year, code, list_kind)} if missing else {}
    else:
        past = [day for day in days if day != today]
        known = {row.day: row for row in closed_days(fiscal_year, code, list_kind, past)}
    if today in days and (now := progress_of(fiscal_year, code, list_kind)):
        known[today] = now
    return sorted(known.items())


def _on_days(days: list[date], fiscal_year: int, code: str, list_kind: str) -> list[DayProgress]:
    """One smaller area or municipal centre on many days, in one query."""
    is_centre = len(code) == UUID_LENGTH
    values: dict[str, Any] = {
        "days": days,
        "stands": [stands_at(fiscal_year, day) for day in days],
        "year": fiscal_year,
        "code": code,
        "kind": list_kind,
    }
    if is_centre:
        provinces = Centre.objects.filter(pk=code).values_list("province_code", flat=True)
        values |= {"centres": [UUID(code)], "provinces": list(provinces)}
    statement = sql.over_days(None if is_centre else len(code), list_kind)
    level = CENTRE_LEVEL if is_centre else level_of(code)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        names = [column.name for column in cursor.description]
        return [
            DayProgress(code=code, level=level, **dict(zip(names, row, strict=True)))
            for row in cursor.fetchall()
        ]


def days_of_trend(fiscal_year: int, today: date, points: int = 13) -> list[date]:
    """From the year's first day, or later, to the day it stands at."""
    first, _last = fiscal_year_bounds(fiscal_year)
    last = stands_at(fiscal_year, today)
    apart = max(-(-(last - first).days // max(points - 1, 1)), 7)
    days = [last - timedelta(days=apart * turn) for turn in range(points)]
    return [day for day in reversed(days) if day >= first]


def _is_small(code: str) -> bool:
    return len(code) == UUID_LENGTH or level_of(code) > Level.PROVINCE


# ------------------------------------------------------------------------------------------ who moved

Place = tuple[int, int] | None  # membership and stage; None: not counted there


@dataclass(frozen=True, slots=True)
class Moved:
    """A household that stands elsewhere on the second day; `before` or `after` is None where it was not
    counted in the place and list asked for."""

    household_id: UUID
    sort_key: str
    before: Place
    after: Place


def moved_between(
    actor: Actor | None,
    filters: CohortFilters,
    first: date,
    second: date,
    *,
    between: tuple[int | None, int | None] | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int | None = None,
) -> list[Moved]:
    """Households whose stage or membership differs between two days, in Thai order of names.

    `filters` give fiscal year, place and list. Only households in sight today are named. `between` keeps
    those that went from one stage to another (None: not counted on that day). `after` is the sort key and
    household of the last one already shown.
    """
    statement, values = _moved(actor, filters, first, second)
    tail = " WHERE TRUE"
    if between is not None:
        tail += " AND (stage_1, stage_2) IS NOT DISTINCT FROM (%s::smallint, %s::smallint)"
        values += list(between)
    if after is not None:
        tail += " AND (sort_key, household_id) > (%s, %s::uuid)"
        values += [after[0], str(after[1])]
    tail += " ORDER BY sort_key, household_id"
    if limit is not None:
        tail += " LIMIT %s"
        values.append(limit)
    with connection.cursor() as cursor:
        cursor.execute(statement + tail, values)
        return [
            Moved(household, key, _place(one, two), _place(three, four))
            for household, key, one, two, three, four in cursor.fetchall()
        ]


def moves_between(
    actor: Actor | None, filters: CohortFilters, first: date, second: date
) -> dict[tuple[Place, Place], int]:
    """How many households moved from where to where; explains the difference of the two days' counts."""
    statement, values = _moved(actor, filters, first, second)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT membership_1, stage_1, membership_2, stage_2, count(*) FROM ({statement}) AS moved
                GROUP BY 1, 2, 3, 4""",  # noqa: S608 - compiled by the ORM, values apart
            values,
        )
        rows = cursor.fetchall()
    return {(_place(one, two), _place(three, four)): count for one, two, three, four, count in rows}


def _place(membership: int | None, stage: int | None) -> Place:
    return None if membership is None or stage is None else (membership, stage)


def _moved(actor: Actor | None, filters: CohortFilters, first: date, second: date) -> tuple[str, list[Any]]:
    today = timezone.localdate()
    sides = [_states(actor, replace(filters, as_of=past_day(day, today=today))) for day in (first, second)]
    (one, one_values), (two, two_values) = (side.query.sql_with_params() for side in sides)
    statement = f"""
        SELECT * FROM (
            SELECT household_id, coalesce(b.sort_key, a.sort_key) AS sort_key,
                   a.membership AS membership_1, a.stage AS stage_1,
                   b.membership AS membership_2, b.stage AS stage_2
            FROM ({one}) AS a FULL JOIN ({two}) AS b USING (household_id)
            WHERE (a.membership, a.stage) IS DISTINCT FROM (b.membership, b.stage)
        ) AS moved
    """  # noqa: S608 - compiled by the ORM, values apart
    return statement, [*one_values, *two_values]


def _states(actor: Actor | None, filters: CohortFilters) -> QuerySet[Any, Any]:
    return cohort_rows(actor, filters).values("household_id", "sort_key", "membership", "stage")
