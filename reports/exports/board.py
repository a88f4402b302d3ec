"""A board as a table: the area itself and what lies right under it, every figure in a column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension

from ..definitions import FIGURES, Figure, dimension_of
from ..models import AreaProgress
from .base import Row, Text, safe

HEADS: tuple[Text, ...] = (_("รหัส"), _("พื้นที่"))


def figure_head(figure: Figure) -> str:
    """The figure's name, with its dimension and unit."""
    dimension: Dimension | None = dimension_of(figure)
    name = f"{figure.label} {dimension.label}" if dimension else str(figure.label)
    return f"{name} ({figure.unit.value})"


def heads() -> list[Text]:
    return [*HEADS, *(figure_head(figure) for figure in FIGURES)]


def rows(figures: list[tuple[AreaProgress, Any]]) -> Iterator[Row]:
    """`figures` pairs each row with its label, in the order of the board."""
    for row, label in figures:
        yield (row.code, safe(str(label)), *(getattr(row, figure.code) for figure in FIGURES))
