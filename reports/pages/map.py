"""The map of a board: its rows as coloured areas, by one figure, in the order of the table.

Everything is computed here, for numbers and for percent: the browser only draws it on boundaries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dimensions.enums import Dimension, Stage
from povertyops.areas.models import Boundary
from povertyops.common.naming import with_stages

from ..definitions import BY_CODE, FAILING, Figure, dimension_of
from ..models import Figures
from ..suppression import rests_small
from .asked import NUMBER, PERCENT
from .columns import TABLES, WORST, Text
from .map_classes import MapClass, class_of, classes_of
from .rows import Row

if TYPE_CHECKING:
    from .board import Board

REACHED = "reached"


@dataclass(frozen=True, slots=True)
class MapFigure:
    """A figure to colour by: the sum of figures of a row, as a share of its households."""

    code: str
    label: Text
    counts: Text
    parts: tuple[Figure, ...]
    dimension: Dimension | None = None
    sort: str = ""

    @property
    def table(self) -> str:
        """The view of the table in which the figure stands."""
        first = self.parts[0].code
        shown = (table.code for table in TABLES.values() if first in {f.code for f in table.figures})
        return next(shown, "")

    @property
    def unit(self) -> str:
        return str(self.parts[0].unit.value)

    def value(self, row: Figures) -> int | None:
        """None where the row withholds a part."""
        values = [getattr(row, part.code) for part in self.parts]
        return None if None in values else sum(values)


def _single(figure: Figure, label: Text | None = None, sort: str = "") -> MapFigure:
    return MapFigure(
        figure.code,
        figure.label if label is None else label,
        figure.counts,
        (figure,),
        dimension_of(figure),
        sort or f"-{figure.code}",
    )


MAP_FIGURES: tuple[MapFigure, ...] = (
    _single(BY_CODE[Stage.WAITING.code], sort=f"-{WORST}"),
    MapFigure(
        REACHED,
        with_stages(gettext_lazy("ถึงขั้น{survive}ขึ้นไป")),
        with_stages(gettext_lazy("ครัวเรือนตามบัญชีที่อยู่ในขั้น{survive} {sufficient} หรือ{sustainable}")),
        tuple(BY_CODE[stage.code] for stage in Stage if stage is not Stage.WAITING),
        sort=WORST,
    ),
    _single(BY_CODE["passing"]),
    *(
        _single(figure, format_lazy(gettext_lazy("ตกเกณฑ์ด้าน{dimension}"), dimension=dimension.label))
        for figure, dimension in zip(FAILING, Dimension, strict=True)
    ),
    _single(BY_CODE["overdue"]),
)
BY_MAP_CODE = {figure.code: figure for figure in MAP_FIGURES}
USUAL = MAP_FIGURES[0]


@dataclass(frozen=True, slots=True)
class Reading:
    """What an area says in one unit: its class and shade, and the whole as one sentence."""

    said: str
    number: int | None = None
    shade: int | None = None
    classes: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """An area of the map: where it leads, its number and share as text, how it is coloured in each unit."""

    code: str
    label: Text
    url: str
    count: str
    share: str
    number: Reading
    percent: Reading
    has_boundary: bool

    @property
    def readings(self) -> list[tuple[str, Reading]]:
        return [(PERCENT, self.percent), (NUMBER, self.number)]


@dataclass(frozen=True, slots=True)
class LegendLine:
    """A class of the legend: its values as text and how many areas have them."""

    number: int
    shade: int
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Legend:
    """The classes of one unit; `without` counts the areas that have no class."""

    unit: str
    heading: str
    lines: tuple[LegendLine, ...]
    without: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A figure to colour by instead, with the order and the view of the table that go with it."""

    figure: MapFigure
    current: bool


@dataclass(slots=True)
class BoardMap:
    """All that `reports/board_map.html` shows. Without cells there is nothing to show."""

    code: str
    figure: MapFigure
    unit: str = PERCENT
    below: Text = ""
    cells: list[Cell] = field(default_factory=list)
    legends: list[Legend] = field(default_factory=list)
    loaded_at: datetime | None = None
    sources: list[str] = field(default_factory=list)

    @property
    def choices(self) -> list[tuple[list[Choice], str]]:
        """Two rows of choices, the second with words before it: the dimensions."""
        made = [Choice(figure, figure is self.figure) for figure in MAP_FIGURES]
        plain = [choice for choice in made if choice.figure.dimension is None]
        return [(plain, ""), ([choice for choice in made if choice not in plain], _("ตกเกณฑ์ด้าน"))]

    @property
    def shapes_url(self) -> str:
        """Where the boundaries are to be had; "" where none of these areas has one."""
        if self.loaded_at is None:
            return ""
        stamp = int(self.loaded_at.timestamp())
        return f"{reverse('board_map_shapes', args=[self.code])}?v={stamp}"

    @property
    def holes(self) -> list[Cell]:
        """Areas without a boundary though others here have one."""
        return [cell for cell in self.cells if not cell.has_boundary] if self.loaded_at else []

    @property
    def source_text(self) -> str:
        return ", ".join(self.sources)


def board_map(board: Board, *, figure: str = "") -> BoardMap:
    """The map of a board by the figure asked for, else the usual one: one query, however many areas.

    Without one the map follows the order of the table where that is the order of one of its figures.
    """
    rows = [row for row in board.rows if not row.kind and row.figures.code != board.place.code]
    chosen = map_figure(figure or board.asked.map_figure or board.asked.sort)
    made = BoardMap(board.place.code, chosen, board.asked.unit or PERCENT, board.below)
    if not rows:
        return made
    found = _boundaries(row.figures.code for row in rows)
    made.loaded_at = max((moment for moment, _source in found.values()), default=None)
    made.sources = sorted({source for _moment, source in found.values()})
    values = [_values(row, made.figure, closed=not board.opens_lists) for row in rows]
    counted = [count for count, _share in values if count is not None]
    shared = [share for _count, share in values if share is not None]
    numbers, percents = classes_of(counted), classes_of(shared)
    made.cells = [
        _cell(row, made.figure, value, (numbers, percents), row.figures.code in found)
        for row, value in zip(rows, values, strict=True)
    ]
    made.legends = [
        _legend(PERCENT, _("ร้อยละของครัวเรือน"), percents, len(rows) - len(shared)),
        _legend(NUMBER, _("จำนวน (%s)") % made.figure.unit, numbers, len(rows) - len(counted)),
    ]
    return made


def map_figure(asked: str) -> MapFigure:
    """The figure of that code or of that order of the table; the usual one where there is none."""
    by_order = {figure.sort: figure for figure in MAP_FIGURES}
    return BY_MAP_CODE.get(asked) or by_order.get(asked) or USUAL


def _boundaries(codes: Iterable[str]) -> dict[str, tuple[datetime, str]]:
    """Code -> when its boundary was loaded, and whose it is."""
    rows = Boundary.objects.filter(area_id__in=list(codes)).values_list("area_id", "loaded_at", "source")
    return {code: (moment, source) for code, moment, source in rows}


def _values(row: Row, figure: MapFigure, *, closed: bool) -> tuple[int | None, float | None]:
    """Number and percent of a row, the percent as it is written; None where there is none to show."""
    count, whole = figure.value(row.figures), row.figures.households
    if count is None or not whole or (closed and _tells_of_few(count, whole)):
        return None, None
    return count, round(count * 100 / whole, 1)


def _tells_of_few(count: int, whole: int) -> bool:
    """Whether those could be guessed whom a person who opens no list must not know."""
    return any(map(rests_small, (count, whole - count, whole)))


def _cell(
    row: Row,
    figure: MapFigure,
    value: tuple[int | None, float | None],
    classes: tuple[Sequence[MapClass], Sequence[MapClass]],
    has_boundary: bool,
) -> Cell:
    count, share = value
    label, code = str(row.label), row.figures.code
    if count is None or share is None:
        nothing = Reading(_("%(area)s ไม่มีตัวเลขให้แสดง") % {"area": label})
        return Cell(code, label, row.url, "", "", nothing, nothing, has_boundary)
    told = {"area": label, "count": f"{count:,}", "unit": figure.unit, "share": _percent(share)}
    said = (
        _("%(area)s %(count)s %(unit)s") % told,
        _("%(area)s %(share)s (%(count)s %(unit)s)") % told,
    )
    number, percent = (
        _reading(text, class_of(one, known), len(known))
        for text, one, known in zip(said, (count, share), classes, strict=True)
    )
    return Cell(code, label, row.url, told["count"], told["share"], number, percent, has_boundary)


def _reading(text: str, found: MapClass, classes: int) -> Reading:
    place = _("ชั้น %(number)d จาก %(classes)d") % {"number": found.number, "classes": classes}
    return Reading(f"{text} {place}", found.number, found.shade, classes)


def _legend(unit: str, heading: str, classes: Sequence[MapClass], without: int) -> Legend:
    written = _percent if unit == PERCENT else _count
    lines = (
        LegendLine(
            one.number,
            one.shade,
            written(one.low) if one.low == one.high else f"{written(one.low)} – {written(one.high)}",
            one.count,
        )
        for one in classes
    )
    return Legend(unit, heading, tuple(lines), without)


def _count(value: float) -> str:
    return f"{value:,.0f}"


def _percent(value: float) -> str:
    return f"{value:.0f}%" if value in (0, 100) else f"{value:.1f}%"
