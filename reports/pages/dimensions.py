"""The five dimensions of a board: failing, relieved and recovered households, as numbers or as shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy

from dimensions.enums import Dimension

from .asked import PERCENT
from .columns import Text
from .sections import Cell
from .tiles import share_text

if TYPE_CHECKING:
    from .board import Board


@dataclass(frozen=True, slots=True)
class Head:
    """One of the three groups; `of` says what its shares are shares of."""

    code: str
    label: Text
    of: Text = ""


@dataclass(frozen=True, slots=True)
class Bar:
    code: str
    width: str


@dataclass(frozen=True, slots=True)
class DimensionRow:
    code: str
    label: Text
    cells: tuple[tuple[Head, Cell], ...]
    bars: tuple[Bar, ...]


_OF_FAILING = gettext_lazy("ของที่ตกเกณฑ์")
HEADS = (
    Head("failing", gettext_lazy("ตกเกณฑ์"), gettext_lazy("ของครัวเรือน")),
    Head("relieved", gettext_lazy("ช่วยเหลือแล้ว"), _OF_FAILING),
    Head("recovered", gettext_lazy("ผ่านเกณฑ์แล้ว"), _OF_FAILING),
)


def dimension_rows(board: Board) -> list[DimensionRow]:
    """In the fixed order; bars are drawn against the longest of them."""
    longest = max((board.value(f"failing_{dimension.value}") or 0 for dimension in Dimension), default=0)
    return [_row(board, dimension, longest) for dimension in Dimension]


def _row(board: Board, dimension: Dimension, longest: int) -> DimensionRow:
    values = {head.code: board.value(f"{head.code}_{dimension.value}") for head in HEADS}
    bars = [Bar(code, f"{100 * value / longest:.2f}%") for code, value in values.items() if value]
    cells = tuple((head, _cell(board, dimension, head, values)) for head in HEADS)
    return DimensionRow(dimension.value, dimension.label, cells, tuple(bars))


def _cell(board: Board, dimension: Dimension, head: Head, values: dict[str, Any]) -> Cell:
    whole = board.value("households") if head.code == "failing" else values["failing"]
    shown = share_text(values[head.code], whole) if board.asked.unit == PERCENT else ""
    return Cell(values[head.code], board.url(f"{head.code}_{dimension.value}"), shown)
