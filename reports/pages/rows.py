"""The lines of the board's table: areas in the order asked for, municipal centres under them, the sum."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from povertyops.areas.enums import Level

from ..definitions import BY_CODE, STAGES
from ..links import Place, board_url, list_url
from ..models import AreaProgress
from ..models.progress import CENTRE_LEVEL
from .columns import NAME, WARNING_CODES, Column, Text

if TYPE_CHECKING:
    from .board import Board


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: an area under this one, a municipal centre in it, or the sum."""

    figures: AreaProgress
    label: Text
    url: str
    cells: tuple[dict[str, Any], ...]
    stages: dict[str, int]
    waiting_share: float
    kind: str = ""
    note: Text = ""

    @property
    def households(self) -> int:
        return sum(self.stages.values())


def stages_of(row: AreaProgress) -> dict[str, int]:
    return {figure.code: getattr(row, figure.code) for figure in STAGES}


def table_rows(
    board: Board, below: Sequence[AreaProgress], labels: Mapping[str, Text], sort: str
) -> list[Row]:
    """Areas in the order asked for, each followed by its municipal centres, and the sum last."""
    areas = [row for row in below if row.level != CENTRE_LEVEL]
    if board.figures is None:
        return []
    centres: dict[str, list[AreaProgress]] = {}
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


def _sort_key(sort: str, labels: Mapping[str, Text]) -> Callable[[AreaProgress], Any]:
    code = sort.lstrip("-")
    if code == NAME:
        return lambda row: str(labels.get(row.code, row.code))
    if code in BY_CODE:
        return lambda row: getattr(row, code)
    return lambda row: (_waiting_share(row), row.waiting, row.households)


def _waiting_share(row: AreaProgress) -> float:
    return row.waiting / row.households if row.households else 0.0


def _row(board: Board, row: AreaProgress, labels: Mapping[str, Text], kind: str = "") -> Row:
    place = Place.of(row)
    return Row(
        figures=row,
        label=labels.get(row.code, row.code),
        url="" if kind == "total" else _row_url(board, row, place),
        cells=tuple(_cell(board, row, place, column) for column in board.table.columns),
        stages=stages_of(row),
        waiting_share=_waiting_share(row),
        kind=kind,
        note=_("ในจำนวนนี้") if kind == "of-which" else "",
    )


def _row_url(board: Board, row: AreaProgress, place: Place) -> str:
    """A village leads to its households, everything else to its own board."""
    if row.level == Level.VILLAGE and board.opens_lists:
        return list_url(BY_CODE["households"], place, board.fiscal_year, board.list_kind)
    table = board.table.code if board.table.code != "stages" else ""
    return board_url(place, board.fiscal_year, board.list_kind, table)


def _cell(board: Board, row: AreaProgress, place: Place, column: Column) -> dict[str, Any]:
    code = column.figure.code
    value = getattr(row, code)
    tone = "zero" if not value else ("worst" if code in WARNING_CODES else "")
    opens = board.opens_lists and value
    return {
        "value": value,
        "url": list_url(column.figure, place, board.fiscal_year, board.list_kind) if opens else "",
        "tone": tone,
        "label": column.label,
        "group_start": column.group_start,
    }
