"""What a province's public page says, made of its figures: which tables there are and what stays hidden.
Pure.

The tables of one release leave nothing to be worked back, alone or with the release before (`suppression`). A
table that cannot move on without giving a small number away stays where it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dimensions.enums import Dimension, Stage

from .suppression import (
    Edition,
    Grouping,
    Shown,
    Table,
    join_small,
    protect,
    protect_whole,
    rests_small,
    tells,
)

Row = Mapping[str, int]

LEAST_PROVINCE = 20
BAHT_STEP = 1000
STAGE = "stage"
# Figures of districts that split the households in two: the figure and the rest.
HALVES = ("verified_households", "found", "helped_households", *(f"failing_{d.value}" for d in Dimension))
PROVINCE_HALVES = ("passing", "visited_90")
DISTRICT_FIGURES = ("households", "persons", *(stage.code for stage in Stage), *HALVES)
PROVINCE_FIGURES = (
    *DISTRICT_FIGURES,
    *(f"{group}_{d.value}" for group in ("relieved", "recovered") for d in Dimension),
    *PROVINCE_HALVES,
    *("visits", "helps", "baht"),
)


@dataclass(frozen=True, slots=True)
class Release:
    """`shown` may be seen by everyone; `kept` is what the next release is held against, and may not."""

    shown: dict[str, Any]
    kept: dict[str, Any]


def release_day(today: date) -> date:
    """The last day of the month before: figures move once a month."""
    return today.replace(day=1) - timedelta(days=1)


def build_release(
    day: date, whole: Row, parts: Mapping[str, Row], before: Mapping[str, Any] | None
) -> Release | None:
    """The release of a day after the one before in the same year; None where it must wait for a later day.

    Also None while the province has so few households that the whole of it is a small number.
    """
    if whole["households"] < LEAST_PROVINCE:
        return None
    groups = join_small(
        {code: row["households"] for code, row in parts.items()}, before["joined"] if before else ()
    )
    if before and not _may_join(groups, parts, before):
        return None
    rows = {"+".join(codes): _added(parts[code] for code in codes) for codes in groups}
    tables = _tables(whole, rows)
    kept = {name: _edition(name, table, day, before) for name, table in tables.items()}
    if any(each is None for each in kept.values()):
        return None
    families = {name: each for name, each in kept.items() if each}
    shown = {
        "figures": _province(whole, families),
        "districts": [
            {"codes": key.split("+"), "figures": _district(key, row, families)} for key, row in rows.items()
        ],
        "older": {name: each["day"] for name, each in families.items() if each["day"] != day.isoformat()},
    }
    return Release(
        shown,
        {
            "joined": [code for codes in groups if len(codes) > 1 for code in codes],
            "households": {code: row["households"] for code, row in parts.items()},
            "tables": families,
        },
    )


# ------------------------------------------------------------------------------------------------ the tables


def _tables(whole: Row, rows: Mapping[str, Row]) -> dict[str, Table]:
    joined = frozenset(key for key in rows if "+" in key)
    stages = tuple(stage.code for stage in Stage)
    made = {
        STAGE: Table(
            tuple(whole[code] for code in stages),
            {key: tuple(row[code] for code in stages) for key, row in rows.items()},
            {key: (_least_waiting(row), 0, 0, 0) for key, row in rows.items()},
            joined,
        )
    }
    for code in HALVES:
        made[code] = Table(
            _half(whole, code),
            {key: _half(row, code) for key, row in rows.items()},
            {key: (_least_failing(row, code), 0) for key, row in rows.items()},
            joined,
        )
    return made


def _half(row: Row, code: str) -> tuple[int, int]:
    return row[code], row["households"] - row[code]


def _failing(row: Row) -> int:
    return sum(row[f"failing_{dimension.value}"] for dimension in Dimension)


def _least_waiting(row: Row) -> int:
    """Only a household that fails somewhere can leave the first step, so the rest waits."""
    return max(0, row["households"] - _failing(row))


def _least_failing(row: Row, code: str) -> int:
    if not code.startswith("failing_"):
        return 0
    return max(0, row["households"] - row[Stage.WAITING.code] - _failing(row) + row[code])


def _added(rows: Iterable[Row]) -> dict[str, int]:
    total: dict[str, int] = dict.fromkeys(DISTRICT_FIGURES, 0)
    for row in rows:
        for code in total:
            total[code] += row[code]
    return total


def _may_join(groups: Sequence[Sequence[str]], parts: Mapping[str, Row], before: Mapping[str, Any]) -> bool:
    """Whether nobody joins the small ones whose own number, still known from before, could be taken off
    again.
    """
    known = before["households"]
    joined = {code for codes in groups if len(codes) > 1 for code in codes} - set(before["joined"])
    return all(not known.get(code) or known[code] != parts[code]["households"] for code in joined)


# --------------------------------------------------------------------------------------------- kept editions


def _edition(name: str, table: Table, day: date, before: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The table as it may be shown now, else as it was shown before."""
    known = before["tables"].get(name) if before else None
    shown = protect(table, _read(known) if known else None)
    return known if shown is None else _write(table, shown, day)


def _write(table: Table, shown: Shown, day: date) -> dict[str, Any]:
    return {
        "day": day.isoformat(),
        "whole": list(table.whole),
        "parts": {code: list(counts) for code, counts in table.parts.items()},
        "floors": {code: list(counts) for code, counts in table.floors.items()},
        "joined": sorted(table.joined),
        "whole_groups": _plain(shown.whole),
        "groups": {code: _plain(grouping) for code, grouping in shown.parts.items()},
    }


def _read(known: Mapping[str, Any]) -> Edition:
    table = Table(
        tuple(known["whole"]),
        {code: tuple(counts) for code, counts in known["parts"].items()},
        {code: tuple(counts) for code, counts in known["floors"].items()},
        frozenset(known["joined"]),
    )
    groups = {code: _grouping(lists) for code, lists in known["groups"].items()}
    return Edition(table, Shown(_grouping(known["whole_groups"]), groups))


def _plain(grouping: Grouping) -> list[list[int]]:
    return [sorted(group) for group in grouping]


def _grouping(lists: Iterable[Iterable[int]]) -> Grouping:
    return tuple(frozenset(group) for group in lists)


# ---------------------------------------------------------------------------------------------- what is said


def _district(key: str, row: Row, families: Mapping[str, Mapping[str, Any]]) -> dict[str, int | None]:
    said: dict[str, int | None] = {"households": row["households"], "persons": row["persons"]}
    for name, each in families.items():
        counts, groups = each["parts"].get(key), each["groups"].get(key)
        said |= _told(name, counts, _grouping(groups)) if counts else dict.fromkeys(_codes(name))
    return {code: said[code] for code in DISTRICT_FIGURES}


def _province(whole: Row, families: Mapping[str, Mapping[str, Any]]) -> dict[str, int | None]:
    said: dict[str, int | None] = {"households": whole["households"], "persons": whole["persons"]}
    for name, each in families.items():
        said |= _told(name, each["whole"], _grouping(each["whole_groups"]))
    for code in PROVINCE_HALVES:
        half = _half(whole, code)
        said |= _told(code, half, protect_whole(half))
    said |= _relief(whole, said)
    for code in ("visits", "helps"):
        said[code] = None if rests_small(whole[code]) else whole[code]
    helped = said["helped_households"] is not None and said["helps"] is not None
    said["baht"] = round(whole["baht"] / BAHT_STEP) * BAHT_STEP if helped else None
    return {code: said[code] for code in PROVINCE_FIGURES}


def _codes(name: str) -> tuple[str, ...]:
    return tuple(stage.code for stage in Stage) if name == STAGE else (name,)


def _told(name: str, counts: Sequence[int], grouping: Grouping) -> dict[str, int | None]:
    return {
        code: counts[number] if tells(grouping, {number}) else None
        for number, code in enumerate(_codes(name))
    }


def _relief(whole: Row, said: Mapping[str, int | None]) -> dict[str, int | None]:
    """Relieved and recovered within failing, for all five or for none.

    Households that wait are those with a dimension not yet relieved, those that pass have none that has not
    recovered: so one of these that is hidden hides its relatives, else it could be reckoned from them.
    """
    told: dict[str, int | None] = {}
    for dimension in Dimension:
        failing, relieved, recovered = (
            whole[f"{group}_{dimension.value}"] for group in ("failing", "relieved", "recovered")
        )
        counts = (failing - relieved, relieved - recovered, recovered)
        grouping = protect_whole(counts, neighbours=True) if min(counts) >= 0 else (frozenset({0, 1, 2}),)
        known = said[f"failing_{dimension.value}"] is not None
        told[f"relieved_{dimension.value}"] = relieved if known and tells(grouping, {1, 2}) else None
        told[f"recovered_{dimension.value}"] = recovered if known and tells(grouping, {2}) else None
    for group, relative in (("relieved", Stage.WAITING.code), ("recovered", "passing")):
        codes = [f"{group}_{dimension.value}" for dimension in Dimension]
        if said[relative] is None or any(told[code] is None for code in codes):
            told |= {code: None for code in codes if whole[f"failing_{code.partition('_')[2]}"]}
    return told
