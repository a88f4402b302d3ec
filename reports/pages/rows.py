"""The lines of the board's table: areas in the order asked for, municipal centres under them, the sum."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from ..definitions import BY_CODE, STAGES, Unit
from ..links import Place
from ..models import Figures
from ..models.progress import CENTRE_LEVEL
from .asked import PERCENT
from .columns import NAME, WARNING_CODES, Column, Text
from .tiles import share_text

if TYPE_CHECKING:
    from .board import Board

# Figures that are no part of the cohort.
WHOLES = frozenset({"households", "carried"})


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: an area under this one, a municipal centre in it, or the sum."""

    figures: Figures
    label: Text
    url: str
    cells: tuple[dict[str, Any], ...]
    stages: dict[str, int]
    kind: str = ""
    note: Text = ""

    @property
    def code(self) -> str:
        return self.figures.code

    @property
    def households(self) -> int:
        return self.figures.households


def stages_of(row: Figures) -> dict[str, int]:
    """Stage code -> households; nothing where one of them is withheld."""
    counts = {figure.code: getattr(row, figure.code) for figure in STAGES}
    return {} if None in counts.values() else counts


def table_rows(board: Board, below: Sequence[Figures], labels: Mapping[str, Text], sort: str) -> list[Row]:
    """Areas in the order asked for, each followed by its municipal centres, and the sum last."""
    areas = [row for row in below if row.level != CENTRE_LEVEL]
    if board.figures is None:
        return []
    centres: dict[str, list[Figures]] = {}
    for row in below:
        if row.level == CENTRE_LEVEL:
            centres.setdefault(row.parent_code, []).append(row)
    areas.sort(key=lambda row: str(labels.get(row.code, row.code)))
    areas.sort(key=_sort_key(sort, labels), reverse=sort.startswith("-"))
    made = []
    for row in areas:
        made.append(_row(board, row, labels))
        made += [_row(board, centre, labels, "of-which") for centre in centres.get(row.code, [])]
    made += [_row(board, centre, labels, "of-which") for centre in centres.get(board.place.code, [])]
    return [
        *made,
        _row(board, board.figures, {board.place.code: _("รวม") if areas else board.title}, "total"),
    ]


def _sort_key(sort: str, labels: Mapping[str, Text]) -> Callable[[Figures], Any]:
    code = sort.lstrip("-")
    if code == NAME:
        return lambda row: str(labels.get(row.code, row.code))
    if code in BY_CODE:
        return lambda row: getattr(row, code) or 0
    return lambda row: (_waiting_share(row), row.waiting or 0, row.households or 0)


def _waiting_share(row: Figures) -> float:
    return (row.waiting or 0) / row.households if row.households else 0.0


def _row(board: Board, row: Figures, labels: Mapping[str, Text], kind: str = "") -> Row:
    place = Place.of(row)
    return Row(
        figures=row,
        label=labels.get(row.code, row.code),
        url="" if kind == "total" else board.board_of(place),
        cells=tuple(_cell(board, row, place, column) for column in board.table.columns),
        stages=stages_of(row),
        kind=kind,
        note=_("ในจำนวนนี้") if kind == "of-which" else "",
    )


def _cell(board: Board, row: Figures, place: Place, column: Column) -> dict[str, Any]:
    code = column.figure.code
    value = getattr(row, code)
    tone = "zero" if not value else ("worst" if code in WARNING_CODES else "")
    return {
        "value": value,
        "shown": _share(board, row, column),
        "url": board.list_of(column.figure, place) if value else "",
        "tone": tone,
        "label": column.label,
        "group_start": column.group_start,
    }


def _share(board: Board, row: Figures, column: Column) -> str:
    """The share of the households, where shares are asked for and the figure counts some of them."""
    figure = column.figure
    if board.asked.unit != PERCENT or figure.unit is not Unit.HOUSEHOLDS or figure.code in WHOLES:
        return ""
    whole = f"failing_{column.dimension}" if column.dimension and not column.group_start else "households"
    return share_text(getattr(row, figure.code), getattr(row, whole))
