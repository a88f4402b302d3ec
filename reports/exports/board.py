"""A board as a table: the area itself and what lies right under it, every figure in a column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension

from ..definitions import FIGURES, Figure, dimension_of
from ..models import Figures
from .base import Cell, Row, Text, safe

CODE, AREA = "code", "area"
_HEADS: tuple[tuple[str, Text], ...] = ((CODE, _("รหัส")), (AREA, _("พื้นที่")))


@dataclass(frozen=True)
class BoardColumn:
    """A column of the board: the place, or one figure."""

    code: str
    head: Text


def figure_head(figure: Figure) -> str:
    """The figure's name, with its dimension and unit."""
    dimension: Dimension | None = dimension_of(figure)
    name = f"{figure.label} {dimension.label}" if dimension else str(figure.label)
    return f"{name} ({figure.unit.value})"


def columns() -> list[BoardColumn]:
    """All of them: the place first, then the figures in the order of their definitions."""
    figures = (BoardColumn(figure.code, figure_head(figure)) for figure in FIGURES)
    return [*(BoardColumn(code, head) for code, head in _HEADS), *figures]


def rows(figures: Sequence[tuple[Figures, Any]], chosen: Sequence[BoardColumn]) -> Iterator[Row]:
    """`figures` pairs each row with its label, in the order of the board."""
    for row, label in figures:
        yield [_cell(row, label, column.code) for column in chosen]


def _cell(row: Figures, label: Any, code: str) -> Cell:
    if code == AREA:
        return safe(str(label))
    value: Cell = getattr(row, code)
    return value
