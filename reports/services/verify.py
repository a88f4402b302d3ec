"""Counting the board again from the base tables, by two other ways than the roll-up's.

`_judged` computes every household's state anew from its facts with the pure rules and adds up in Python;
`_plain` asks the tables of lists, persons, visits, helps and stages directly. Both must equal AreaProgress.
Help by agency is counted plainly; a day that was closed must equal the states known at its end, and those
what the facts recorded by then say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from casework.enums import CloseReason, Membership, Step
from casework.queries.facts import load_facts
from casework.queries.facts_then import load_facts_known
from casework.queries.yardstick import LoadedYardstick
from casework.rules import VISITED_WITHIN_DAYS, stands_at
from casework.services.judging import StateRow, state_rows
from dimensions.enums import Dimension, Stage
from households.models import HouseholdScope
from povertyops.areas.enums import NATION
from povertyops.areas.rules import ancestors_of
from povertyops.common.thai import fiscal_year_bounds

from ..definitions import FIGURES, WAIT_EPOCH, WAITS
from ..models import AgencyProgress, AreaProgress, DayProgress, RollupRun
from . import asof_sql
from .rollup import LOCK, drain_marks
from .verify_sql import AGENCIES, PLAIN, WORK_FIGURES

CHUNK = 2_000
CODES = (*(figure.code for figure in FIGURES), *WAITS)
AGENCY_CODES = ("households", "helps", "baht", "development_helps", "development_baht")
FORGOTTEN = frozenset({"proposed", "not_in_tpmap", "overdue"})
REMEMBERED = tuple(code for code in CODES if code not in FORGOTTEN)
CLOSED_DAYS_COMPARED = 3
Number = int | Decimal
Counts = defaultdict[str, Number]
Key = tuple[str, str]  # list kind, code
Counted = defaultdict[Key, Counts]


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of the board that is not what the facts say; `way` is the count that disagrees."""

    fiscal_year: int
    list_kind: str
    code: str
    figure: str
    shown: Number
    counted: Number
    way: str

    def __str__(self) -> str:
        kind = f" list={self.list_kind}" if self.list_kind else ""
        where = f"{self.fiscal_year} {self.code}{kind} {self.figure}"
        return f"{where}: board {self.shown}, {self.way} {self.counted}"


def verify(fiscal_year: int) -> list[Difference]:
    """Drain the marks, count the year again and compare every figure; empty when all agree.

    All of it sees one state of the database, whatever is written meanwhile.
    """
    with _one_state_of_the_database():
        while drain_marks():
            pass
        as_of = RollupRun.objects.values_list("as_of", flat=True).filter(fiscal_year=fiscal_year).first()
        if as_of is None:
            return []
        shown = _shown(fiscal_year)
        found = list(_compare(fiscal_year, shown, _judged(fiscal_year, as_of), CODES, "judged"))
        plain = _plain(fiscal_year, as_of)
        found += _compare(fiscal_year, shown, plain, PLAIN_CODES, "plain")
        agencies = _agencies(fiscal_year, as_of)
        found += _compare(fiscal_year, _shown_agencies(fiscal_year), agencies, AGENCY_CODES, "plain")
        return found + _closed_days(fiscal_year)


def verify_day(fiscal_year: int, day: date) -> list[Difference]:
    """Compare the states known at the end of a past day with the facts recorded by then, judged again.

    Left out is what the facts do not remember: proposals, marks of TPMAP, and follow-up intervals of then.
    Slow, and only true of days on which the product itself wrote the states.
    """
    on = stands_at(fiscal_year, day)
    moment = timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
    judged = _judged(fiscal_year, on, known_before=moment)
    return list(_compare(fiscal_year, known_on(fiscal_year, day), judged, REMEMBERED, f"as of {day}"))


def known_on(fiscal_year: int, day: date) -> dict[Key, dict[str, Number]]:
    """Every figure of every area, list and municipal centre from the states known at the end of a day."""
    with connection.cursor() as cursor:
        cursor.execute(
            asof_sql.EVERYWHERE,
            {"year": fiscal_year, "day": day, "stands_at": stands_at(fiscal_year, day)},
        )
        return {(kind, code): dict(zip(CODES, values, strict=True)) for kind, code, *values in cursor}


@contextmanager
def _one_state_of_the_database() -> Iterator[None]:
    """Keep other drains out, then take one snapshot; inside a test's transaction there is only one anyway."""
    if connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _shown(fiscal_year: int) -> dict[Key, dict[str, Number]]:
    rows = AreaProgress.objects.filter(fiscal_year=fiscal_year).values_list("list_kind", "code", *CODES)
    return {(kind, code): dict(zip(CODES, values, strict=True)) for kind, code, *values in rows.iterator()}


def _compare(
    fiscal_year: int,
    shown: Mapping[Key, Mapping[str, Number]],
    counted: Mapping[Key, Mapping[str, Number]],
    codes: Iterable[str],
    way: str,
) -> Iterator[Difference]:
    for kind, code in sorted(shown.keys() | counted.keys()):
        left, right = shown.get((kind, code), {}), counted.get((kind, code), {})
        for figure in codes:
            if left.get(figure, 0) != right.get(figure, 0):
                yield Difference(
                    fiscal_year, kind, code, figure, left.get(figure, 0), right.get(figure, 0), way
                )


# ------------------------------------------------------------------------------------------ by the rules


def _judged(fiscal_year: int, as_of: date, known_before: datetime | None = None) -> Counted:
    leaves: defaultdict[tuple[str, str, UUID | None], Counts] = defaultdict(_no_counts)
    yardstick = LoadedYardstick()
    for ids in _household_ids():
        found = load_facts(ids) if known_before is None else load_facts_known(ids, before=known_before)
        for facts in found:
            for row in state_rows(facts, yardstick, today=as_of, only_year=fiscal_year):
                centre = row.centre_id if row.is_municipal else None
                for kind, seen in _as_each_list(row):
                    _add(leaves[kind, row.area_code, centre], _figures(seen, as_of))
    return _upwards(leaves)


def _no_counts() -> Counts:
    return defaultdict(int)


def _household_ids() -> Iterator[list[UUID]]:
    rows = HouseholdScope.objects.order_by("household_id").values_list("household_id", flat=True)
    ids: list[UUID] = []
    for pk in rows.iterator(chunk_size=CHUNK):
        ids.append(pk)
        if len(ids) == CHUNK:
            yield ids
            ids = []
    yield ids


def _as_each_list(row: StateRow) -> Iterator[tuple[str, StateRow]]:
    """The household as a whole, and as each of its lists sees it."""
    yield "", row
    if row.membership == Membership.CARRIED:
        return
    lists = zip(row.list_kinds, row.list_dimensions, row.list_persons, row.list_verified_persons, strict=True)
    for kind, mask, persons, verified in lists:
        yield (
            kind,
            row._replace(
                baseline=mask,
                relieved=row.relieved & mask,
                recovered=row.recovered & mask,
                in_care=row.in_care & mask,
                persons=persons,
                verified_persons=verified,
                checked_persons=persons if row.checked_persons >= row.persons else 0,
            ),
        )


def _figures(row: StateRow, as_of: date) -> dict[str, Number]:
    """What one household adds to each figure."""
    given: dict[str, Number] = {
        "visits": row.visits,
        "helps": row.helps,
        "baht": row.baht,
        "development_helps": row.development_helps,
        "development_baht": row.development_baht,
    }
    if row.membership == Membership.CARRIED:
        return {**given, "carried": int(row.is_open)}
    in_care = row.is_open and not row.is_removed
    recently = as_of - timedelta(days=VISITED_WITHIN_DAYS)
    return {
        **given,
        "households": 1,
        "found": int(row.membership == Membership.FOUND),
        "verified_households": int(not row.is_removed),
        "checked_households": int(row.persons > 0 and row.checked_persons >= row.persons),
        "persons": row.persons,
        "verified_persons": 0 if row.is_removed else row.verified_persons,
        Stage(row.stage).code: 1,
        "proposed": int(row.proposed_stage is not None),
        **{f"failing_{d.value}": 1 for d in Dimension.from_mask(row.baseline)},
        **{f"relieved_{d.value}": 1 for d in Dimension.from_mask(row.relieved)},
        **{f"recovered_{d.value}": 1 for d in Dimension.from_mask(row.recovered)},
        "visited_90": int(row.is_open and row.last_visit_on is not None and row.last_visit_on >= recently),
        "overdue": int(in_care and row.due_on is not None and row.due_on < as_of),
        "without_team": int(in_care and row.team_id is None),
        "with_team": int(in_care and row.team_id is not None),
        "helped_households": int(row.helps > 0),
        "passing": int(row.recovered != 0 and row.recovered == row.baseline),
        "slipped": int(row.slips > 0),
        "additional": int(row.additional != 0),
        "care_households": int(row.in_care != 0),
        "not_in_tpmap": int(row.not_in_tpmap > 0),
        "removed": int(row.is_removed),
        "removed_not_poor": int(row.is_removed and row.removed_for == CloseReason.NOT_POOR),
        "stage_carried": int(row.is_stage_carried),
        **_step_figures(row),
    }


def _step_figures(row: StateRow) -> dict[str, Number]:
    if not row.is_open:
        return {}
    step = Step(row.step).name.lower()
    waits = (row.step_since - WAIT_EPOCH).days
    return {f"step_{step}": 1, **({f"since_{step}": waits} if f"since_{step}" in WAITS else {})}


def _add(counts: Counts, more: Mapping[str, Number]) -> None:
    for figure, number in more.items():
        if number:
            counts[figure] += number


def _upwards(leaves: Mapping[tuple[str, str, Any], Mapping[str, Number]]) -> Counted:
    """Each leaf counted for itself, for every area above it and for its municipal centre."""
    counted: Counted = defaultdict(_no_counts)
    for (kind, area, centre), counts in leaves.items():
        for code in (area, *ancestors_of(area), *([str(centre)] if centre else [])):
            _add(counted[kind, code], counts)
    return counted


# ------------------------------------------------------------------------------------------ by plain counting

PLAIN_CODES = (
    "households",
    "persons",
    *(f"failing_{dimension.value}" for dimension in Dimension),
    "helped_households",
    "visits",
    "helps",
    "baht",
    "development_helps",
    "development_baht",
    *WORK_FIGURES,
)


def _plain(fiscal_year: int, as_of: date) -> Counted:
    first_day, _last_day = fiscal_year_bounds(fiscal_year)
    leaves: defaultdict[tuple[str, str, UUID | None], Counts] = defaultdict(_no_counts)
    with connection.cursor() as cursor:
        for statement in PLAIN:
            cursor.execute(statement, {"year": fiscal_year, "as_of": as_of, "first_day": first_day})
            names = [column.name for column in cursor.description[3:]]
            for kind, area, centre, *numbers in cursor.fetchall():
                _add(leaves[kind, area, centre], dict(zip(names, numbers, strict=True)))
    return _upwards(leaves)


def _agencies(fiscal_year: int, as_of: date) -> Counted:
    """Per agency in the place of a list; an agency that was not named has a place of its own."""
    first_day, _last_day = fiscal_year_bounds(fiscal_year)
    leaves: defaultdict[tuple[str, str, UUID | None], Counts] = defaultdict(_no_counts)
    with connection.cursor() as cursor:
        cursor.execute(AGENCIES, {"year": fiscal_year, "as_of": as_of, "first_day": first_day})
        for area, centre, agency, *numbers in cursor.fetchall():
            _add(leaves[f"agency {agency}", area, centre], dict(zip(AGENCY_CODES, numbers, strict=True)))
    return _upwards(leaves)


def _shown_agencies(fiscal_year: int) -> dict[Key, dict[str, Number]]:
    rows = AgencyProgress.objects.filter(fiscal_year=fiscal_year)
    return {
        (f"agency {agency}", code): dict(zip(AGENCY_CODES, values, strict=True))
        for agency, code, *values in rows.values_list("agency_id", "code", *AGENCY_CODES).iterator()
    }


def _closed_days(fiscal_year: int) -> list[Difference]:
    """The newest closed days against the states known at their ends."""
    rows = DayProgress.objects.filter(fiscal_year=fiscal_year)
    days = rows.order_by("-day").values_list("day", flat=True).distinct()[:CLOSED_DAYS_COMPARED]
    found: list[Difference] = []
    for day in days:
        closed = {
            (kind, code): dict(zip(CODES, values, strict=True))
            for kind, code, *values in rows.filter(day=day).values_list("list_kind", "code", *CODES)
        }
        counted = {
            key: counts
            for key, counts in known_on(fiscal_year, day).items()
            if key[1] == NATION or len(key[1]) in (2, 4, 36)
        }
        found += _compare(fiscal_year, closed, counted, CODES, f"known on {day}")
    return found
