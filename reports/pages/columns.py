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
    """One of the views of the table; `groups` are the heads above the columns as (label, span, dimension)."""

    code: str
    label: Text
    columns: tuple[Column, ...]
    groups: tuple[tuple[Text, int, str], ...] = ()
    with_stage_bar: bool = False

    @property
    def figures(self) -> list[Figure]:
        return [column.figure for column in self.columns]


def _columns(*codes: str) -> tuple[Column, ...]:
    return tuple(Column(BY_CODE[code], BY_CODE[code].short) for code in codes)


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


TABLES: Mapping[str, Table] = {
    table.code: table
    for table in (
        Table(
            "stages",
            gettext_lazy("ขั้นของครัวเรือน"),
            _columns(
                "households",
                "found",
                "verified_households",
                "persons",
                "verified_persons",
                *(stage.code for stage in Stage),
                "proposed",
                "carried",
            ),
            with_stage_bar=True,
        ),
        Table(
            "dimensions",
            gettext_lazy("มิติทั้งห้า"),
            _dimension_columns(),
            tuple((dimension.label, 3, dimension.value) for dimension in Dimension),
        ),
        Table(
            "care",
            gettext_lazy("การดูแลและความช่วยเหลือ"),
            _columns(
                "checked_households",
                "visited_90",
                "overdue",
                "without_team",
                "helped_households",
                "visits",
                "helps",
                "baht",
            ),
        ),
    )
}
WORST = "worst"
NAME = "name"
WARNING_CODES = frozenset({"overdue", "without_team"})
