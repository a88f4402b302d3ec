"""Which figures of boards people see who may not open the lists behind them. Pure.

Boards lie inside each other: the row of a district on its province's board is the total of its own. So what
is hidden is decided from the top down, the same whichever board is asked for. Where a row hides part of a
table, the rows under it do not tell that table at all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import TypeVar

from casework.enums import Step
from dimensions.enums import Dimension, Stage

from .definitions import FIGURES, WAITS
from .models import Figures
from .models.progress import CENTRE_LEVEL
from .suppression import (
    LEAST_SHOWN,
    Counts,
    Grouping,
    Table,
    hide_rows,
    join_small,
    protect,
    protect_whole,
    rests_small,
    tells,
)

Row = TypeVar("Row", bound=Figures)


@dataclass(frozen=True, slots=True)
class Family:
    """Figures of one table: households (or persons) in classes that add up, and which classes each figure
    counts.
    """

    counts: Callable[[Figures], Counts]
    codes: Mapping[str, frozenset[int]]


def _stages(row: Figures) -> Counts:
    return tuple(getattr(row, stage.code) for stage in Stage)


_STEPS = tuple(f"step_{step.name.lower()}" for step in Step if step is not Step.CLOSED)


def _steps(row: Figures) -> Counts:
    counts = tuple(getattr(row, code) for code in _STEPS)
    return (*counts, max(0, row.households - sum(counts)))


def _dimension(dimension: Dimension) -> Family:
    codes = [f"{group}_{dimension.value}" for group in ("failing", "relieved", "recovered")]

    def counts(row: Figures) -> Counts:
        failing, relieved, recovered = (getattr(row, code) for code in codes)
        return (
            max(0, row.households - failing),
            max(0, failing - relieved),
            max(0, relieved - recovered),
            recovered,
        )

    told = (frozenset({1, 2, 3}), frozenset({2, 3}), frozenset({3}))
    return Family(counts, dict(zip(codes, told, strict=True)))


def _half(code: str, whole: str = "households") -> Family:
    return Family(
        lambda row: (getattr(row, code), max(0, getattr(row, whole) - getattr(row, code))),
        {code: frozenset({0})},
    )


HALVES = (
    *("found", "checked_households", "proposed", "passing", "visited_90", "overdue", "stage_carried"),
    *("without_team", "with_team", "slipped", "additional", "care_households", "not_in_tpmap"),
    "helped_households",
)


def _verified(row: Figures) -> Counts:
    return row.verified_households, max(0, row.removed - row.removed_not_poor), row.removed_not_poor


FAMILIES: tuple[Family, ...] = (
    Family(
        _verified,
        {
            "verified_households": frozenset({0}),
            "removed": frozenset({1, 2}),
            "removed_not_poor": frozenset({2}),
        },
    ),
    Family(_stages, {stage.code: frozenset({number}) for number, stage in enumerate(Stage)}),
    Family(_steps, {code: frozenset({number}) for number, code in enumerate(_STEPS)}),
    *(_dimension(dimension) for dimension in Dimension),
    *(_half(code) for code in HALVES),
    _half("verified_persons", "persons"),
)
# Amounts that are part of nothing; with each goes what would give it away.
AMOUNTS: Mapping[str, tuple[str, ...]] = {
    "visits": (),
    "helps": ("baht", "development_baht"),
    "development_helps": ("development_baht",),
    "carried": (),
}
EVERYTHING = frozenset(figure.code for figure in FIGURES) | frozenset(WAITS)


@dataclass(frozen=True, slots=True)
class Told:
    """What of one row is hidden, and the tables (by number) of which rows under it tell nothing."""

    hidden: frozenset[str] = frozenset()
    closed: frozenset[int] = frozenset()


@dataclass(slots=True)
class _Rows:
    """The rows under one area, while it is found out what they tell."""

    alone: Mapping[str, Figures]
    joined: Sequence[Figures]
    hidden: dict[str, set[str]] = field(default_factory=dict)
    closed: dict[str, set[int]] = field(default_factory=dict)


def told_of(row: Figures) -> Told:
    """What the highest area tells of itself."""
    if row.households < LEAST_SHOWN:
        return Told(EVERYTHING, frozenset(range(len(FAMILIES))))
    hidden: set[str] = set()
    closed: set[int] = set()
    for number, family in enumerate(FAMILIES):
        counts = family.counts(row)
        grouping = protect_whole(counts)
        hidden |= _untold(family, grouping)
        if len(grouping) < len(counts):
            closed.add(number)
    for code, along in AMOUNTS.items():
        if any(map(rests_small, _amount(row, code))):
            hidden |= {code, *along}
    return Told(_with_waits(hidden), frozenset(closed))


def told_below(own: Figures, told: Told, rows: Sequence[Figures]) -> dict[str, Told]:
    """What each row right under an area tells, by its code. Municipal centres tell nothing."""
    nothing = Told(EVERYTHING, frozenset(range(len(FAMILIES))))
    areas = {row.code: row for row in rows if row.level != CENTRE_LEVEL}
    if told.hidden >= EVERYTHING:
        return {row.code: nothing for row in rows}
    groups = join_small({code: row.households for code, row in areas.items()})
    joined = {code for codes in groups if len(codes) > 1 for code in codes}
    if len(groups) == 1 and len(areas) == 1 and own.households < LEAST_SHOWN:
        joined = set(areas)
    shown = _Rows(
        {code: row for code, row in areas.items() if code not in joined and row.households},
        [areas[code] for code in sorted(joined)],
    )
    for number, family in enumerate(FAMILIES):
        _tell(shown, own, number, family, closed=number in told.closed)
    for code, along in AMOUNTS.items():
        _tell_amount(shown, code, along, closed=code in told.hidden)
    found = dict.fromkeys((row.code for row in rows), nothing)
    for code in shown.alone:
        found[code] = Told(
            _with_waits(shown.hidden.get(code, set())), frozenset(shown.closed.get(code, set()))
        )
    for code, row in areas.items():
        if not row.households:
            found[code] = Told()
    return found


def without(row: Row, hidden: Collection[str]) -> Row:
    """A copy of the row in which hidden figures are None, marked as told. Never saved."""
    told = copy(row)
    told.is_told = True
    for code in hidden:
        setattr(told, code, None)
    return told


def _tell(shown: _Rows, own: Figures, number: int, family: Family, *, closed: bool) -> None:
    parts = {code: family.counts(row) for code, row in shown.alone.items()}
    if shown.joined:
        together = zip(*(family.counts(row) for row in shown.joined), strict=True)
        parts["+"] = tuple(sum(column) for column in together)
    whole = family.counts(own)
    columns = list(zip(*parts.values(), strict=True)) or [()] * len(whole)
    fits = all(sum(column) == count for column, count in zip(columns, whole, strict=True))
    table = Table(whole, parts, joined=frozenset({"+"} & parts.keys()))
    found = protect(table) if parts and fits and not closed else None
    for code in shown.alone:
        grouping = found.parts[code] if found else None
        if grouping is None or len(grouping) < len(whole):
            shown.closed.setdefault(code, set()).add(number)
        untold = set(family.codes) if grouping is None else _untold(family, grouping)
        shown.hidden.setdefault(code, set()).update(untold)


def _tell_amount(shown: _Rows, code: str, along: Sequence[str], *, closed: bool) -> None:
    values = {each: _amount(row, code) for each, row in shown.alone.items()}
    if shown.joined:
        together = zip(*(_amount(row, code) for row in shown.joined), strict=True)
        values["+"] = tuple(sum(column) for column in together)
    gone = frozenset(values) if closed else hide_rows(values)
    for each in gone - {"+"}:
        shown.hidden.setdefault(each, set()).update((code, *along))


def _amount(row: Figures, code: str) -> Counts:
    """An amount, and what else must not be small where it is told: help that is no development is relief,
    and many helps and their baht may have gone to few households."""
    value = getattr(row, code)
    match code:
        case "development_helps":
            return value, max(0, row.helps - value)
        case "helps":
            return value, row.helped_households
    return (value,)


def _untold(family: Family, grouping: Grouping) -> set[str]:
    return {code for code, classes in family.codes.items() if not tells(grouping, classes)}


def _with_waits(hidden: Collection[str]) -> frozenset[str]:
    waits = {f"since_{code.removeprefix('step_')}" for code in hidden if code.startswith("step_")}
    return frozenset(hidden) | (waits & WAITS.keys())
