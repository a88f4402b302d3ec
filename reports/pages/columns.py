"""The views of the board's table: which figures stand side by side, and under which heads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from dimensions.enums import Dimension, Stage

from ..definitions import BY_CODE, Figure

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures; `dimension` and `group_start` only colour and divide."""

    figure: Figure
    label: Text
    dimension: str = ""
    group_start: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One of the views of the table; `groups` are the heads above the columns as (label, span, dimension).

    One that `is_wide` leaves no room for the map beside it.
    """

    code: str
    label: Text
    columns: tuple[Column, ...]
    groups: tuple[tuple[Text, int, str], ...] = ()
    with_stage_bar: bool = False
    is_wide: bool = False

    @property
    def figures(self) -> list[Figure]:
        return [column.figure for column in self.columns]


# Heads where the whole name would be wider than its figures.
NARROW: Mapping[str, Text] = {"waiting": gettext_lazy("ยังไม่รอด")}


def _columns(*codes: str) -> tuple[Column, ...]:
    return tuple(Column(BY_CODE[code], NARROW.get(code, BY_CODE[code].short)) for code in codes)


def _dimension_columns() -> tuple[Column, ...]:
    heads = {
        "failing": gettext_lazy("ตก"),
        "relieved": gettext_lazy("ช่วยแล้ว"),
        "recovered": gettext_lazy("ผ่านแล้ว"),
    }
    return tuple(
        Column(BY_CODE[f"{group}_{dimension.value}"], head, dimension.value, group == "failing")
        for dimension in Dimension
        for group, head in heads.items()
    )


USUAL_TABLE = "stages"
TABLES: Mapping[str, Table] = {
    table.code: table
    for table in (
        Table(
            USUAL_TABLE,
            gettext_lazy("ขั้น"),
            _columns("households", *(stage.code for stage in Stage), "passing"),
            with_stage_bar=True,
        ),
        Table(
            "headcount",
            gettext_lazy("บัญชี"),
            _columns(
                "households",
                "found",
                "verified_households",
                "checked_households",
                "persons",
                "verified_persons",
                "removed",
                "removed_not_poor",
                "stage_carried",
                "carried",
            ),
        ),
        Table(
            "dimensions",
            gettext_lazy("มิติทั้งห้า"),
            _dimension_columns(),
            tuple((dimension.label, 3, dimension.value) for dimension in Dimension),
            is_wide=True,
        ),
        Table(
            "care",
            gettext_lazy("การดูแล"),
            _columns(
                "with_team",
                "without_team",
                "visited_90",
                "overdue",
                "proposed",
                "slipped",
                "additional",
                "care_households",
                "not_in_tpmap",
            ),
            is_wide=True,
        ),
        Table(
            "help",
            gettext_lazy("ความช่วยเหลือ"),
            _columns(
                "helped_households",
                "visits",
                "helps",
                "baht",
                "development_helps",
                "development_baht",
            ),
        ),
    )
}
WORST = "worst"
NAME = "name"
WARNING_CODES = frozenset({"overdue", "without_team", "slipped"})
