"""The read model CohortState: rebuilt for some households or a whole year, or only computed to compare."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from households.models import HouseholdScope
from povertyops.common.dirty import Leaf, mark_dirty
from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of

from ..enums import Membership
from ..models import CohortState
from ..queries.facts import Facts, load_facts, uuid_of
from ..queries.yardstick import LoadedYardstick
from .judging import StateRow, Yardstick, state_rows

CHUNK = 1_000
Key = tuple[UUID, int]

COLUMNS = StateRow._fields
_KEY = ("household_id", "fiscal_year")
_UUIDS = [COLUMNS.index(name) for name in ("household_id", "centre_id", "team_id")]
_DAYS = [COLUMNS.index(name) for name in ("last_visit_on", "due_on", "step_since")]
_BAHT = [COLUMNS.index(name) for name in ("baht", "development_baht")]
_UPSERT = f"""
    INSERT INTO casework_cohortstate ({", ".join(COLUMNS)}, since)
    SELECT {", ".join(COLUMNS)}, since FROM json_populate_recordset(NULL::casework_cohortstate, %s)
    ON CONFLICT (household_id, fiscal_year) DO UPDATE
    SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name not in _KEY)},
        since = excluded.since
"""  # noqa: S608 - built from the constants above
_DELETE = """
    SELECT set_config('povertyops.known_on', %s, true);
    DELETE FROM casework_cohortstate
    USING unnest(%s::uuid[], %s::smallint[]) AS gone (household, year)
    WHERE household_id = gone.household AND fiscal_year = gone.year;
    SELECT set_config('povertyops.known_on', '', true)
"""


def refresh_cohort(
    household_ids: Iterable[UUID],
    *,
    today: date | None = None,
    since: date | None = None,
    known_on: date | None = None,
) -> int:
    """Bring the rows of these households up to their facts, mark what moved; returns how many changed.

    `since` leaves fiscal years alone that ended before that day; `known_on` is the day on which the facts
    became known, today unless a story is told. At most four queries for any number.
    """
    facts = load_facts(household_ids, with_states=True)
    return refresh_from_facts(facts, LoadedYardstick(facts), today=today, since=since, known_on=known_on)


def refresh_from_facts(
    facts: Sequence[Facts],
    yardstick: Yardstick,
    *,
    today: date | None = None,
    since: date | None = None,
    only_year: int | None = None,
    known_on: date | None = None,
) -> int:
    """`refresh_cohort` for facts that were loaded already, with their stored states."""
    if not facts:
        return 0
    day = today or timezone.localdate()
    expected = {
        (row.household_id, row.fiscal_year): row
        for found in facts
        for row in state_rows(found, yardstick, today=day, since=since, only_year=only_year)
    }
    touched = _touched_years(since, only_year)
    stored = {
        (row.household_id, row.fiscal_year): row
        for found in facts
        for row in map(_stored_row, found.stored_states)
        if touched(row.fiscal_year)
    }
    changed = [row for key, row in expected.items() if stored.get(key) != row]
    gone = [key for key in stored if key not in expected]
    _write(changed, known_on or day)
    _delete(gone, known_on or day)
    before = [stored[key] for key in gone] + [
        stored[key] for row in changed if (key := (row.household_id, row.fiscal_year)) in stored
    ]
    mark = {_leaf(row) for row in (*changed, *before)}
    if mark:
        mark_dirty(mark)
    return len(changed) + len(gone)


def mark_places(household_ids: Iterable[UUID]) -> None:
    """Have the places of these households added up again, for a change that their rows do not show."""
    rows = CohortState.objects.filter(household_id__in=list(household_ids)).values_list(
        "fiscal_year", "area_code", "centre_id", "is_municipal"
    )
    mark_dirty({(year, area, centre if municipal else None) for year, area, centre, municipal in rows})


def forget_households(household_ids: Iterable[UUID], *, known_on: date) -> None:
    """Take the rows of households that are no more out of the read model; what was known before stays."""
    ids = list(household_ids)
    mark_places(ids)
    keys = CohortState.objects.filter(household_id__in=ids).values_list("household_id", "fiscal_year")
    _delete(list(keys), known_on)


def expected_states(household_ids: Iterable[UUID], *, today: date | None = None) -> dict[Key, StateRow]:
    """What the rows of these households should be, computed from the base tables; writes nothing."""
    day = today or timezone.localdate()
    found = load_facts(household_ids)
    yardstick = LoadedYardstick(found)
    return {
        (row.household_id, row.fiscal_year): row
        for facts in found
        for row in state_rows(facts, yardstick, today=day)
    }


def stored_states(household_ids: Iterable[UUID]) -> dict[Key, StateRow]:
    """The rows as they are, in the shape of `expected_states`."""
    rows = CohortState.objects.filter(household_id__in=list(household_ids)).values_list(*COLUMNS)
    return {(row[0], row[1]): StateRow(*row) for row in rows}


def rebuild_cohort(
    fiscal_year: int,
    province: str | None = None,
    *,
    today: date | None = None,
    on_progress: Callable[[int], None] | None = None,
) -> int:
    """Rebuild every row of a fiscal year from the facts, in transactions of a thousand households each."""
    changed = done = 0
    yardstick = LoadedYardstick()
    for ids in _ids_in_chunks(province):
        with transaction.atomic():
            facts = load_facts(ids, with_states=True)
            changed += refresh_from_facts(facts, yardstick, today=today, only_year=fiscal_year)
        done += len(ids)
        if on_progress:
            on_progress(done)
    return changed


def _ids_in_chunks(province: str | None) -> Iterator[list[UUID]]:
    rows = HouseholdScope.objects.order_by("household_id")
    if province:
        rows = rows.filter(province_code=province)
    last: UUID | None = None
    while True:
        page = rows if last is None else rows.filter(household_id__gt=last)
        ids = list(page.values_list("household_id", flat=True)[:CHUNK])
        if not ids:
            return
        yield ids
        last = ids[-1]


def _touched_years(since: date | None, only_year: int | None) -> Callable[[int], bool]:
    if only_year is not None:
        return lambda year: year == only_year
    first = fiscal_year_of(since) if since else 0
    return lambda year: year >= first


def _stored_row(row: dict[str, Any]) -> StateRow:
    """A row of CohortState out of JSON."""
    values = [row[name] for name in COLUMNS]
    for place in _UUIDS:
        values[place] = uuid_of(values[place]) if values[place] else None
    for place in _DAYS:
        values[place] = date.fromisoformat(values[place]) if values[place] else None
    for place in _BAHT:
        values[place] = Decimal(str(values[place]))
    return StateRow(*values)


def _leaf(row: StateRow) -> Leaf:
    return row.fiscal_year, row.area_code, row.centre_id if row.is_municipal else None


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID | date | Decimal) else value


def _write(rows: list[StateRow], known_on: date) -> None:
    if not rows:
        return
    written = [{**row._asdict(), "since": _known_since(row, known_on)} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, [json.dumps(written, default=_plain, ensure_ascii=False)])


def _known_since(row: StateRow, known_on: date) -> date:
    """A story told of past years makes the carried rows of later ones at once; they hold from 1 October."""
    if row.membership == Membership.CARRIED:
        return max(known_on, fiscal_year_bounds(row.fiscal_year)[0])
    return known_on


def _delete(keys: list[Key], known_on: date) -> None:
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, [known_on.isoformat(), [key[0] for key in keys], [key[1] for key in keys]])
