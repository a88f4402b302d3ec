"""Two days of a board side by side, and which way the households between them moved."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.inputs import CohortFilters
from dimensions.enums import Stage
from povertyops.accounts.actor import Actor
from povertyops.areas.enums import NATION

from ..definitions import BY_CODE, Unit
from ..links import list_url
from ..models import Figures
from ..services.asof import figures_on, moves_between
from .board import Board
from .changes import Change, change_between
from .columns import Text
from .sections import Cell
from .tiles import share_text

COMPARED = (
    *("households", "found", "verified_households", "persons"),
    *(stage.code for stage in Stage),
    *("passing", "helped_households", "overdue", "without_team", "slipped"),
)
NOWHERE = gettext_lazy("ไม่อยู่ในบัญชี")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two days; `url` is its board, "" for the one in sight."""

    day: date
    figures: Figures
    is_past: bool
    url: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure on both days, earlier first."""

    label: Text
    cells: tuple[Cell, Cell]
    change: Change | None


@dataclass(frozen=True, slots=True)
class Move:
    """Households that went from one stage to another; a stage is None where they were not counted."""

    before: Stage | None
    after: Stage | None
    count: int
    url: str = ""

    @property
    def before_label(self) -> Text:
        return NOWHERE if self.before is None else self.before.label

    @property
    def after_label(self) -> Text:
        return NOWHERE if self.after is None else self.after.label

    @property
    def way(self) -> Text:
        if self.before is None:
            return _("เข้าใหม่")
        if self.after is None:
            return _("ออกจากบัญชี")
        if self.before == self.after:
            return _("เปลี่ยนกลุ่ม")
        return _("เลื่อนขึ้น") if self.after > self.before else _("ลดลง")

    @property
    def tone(self) -> str:
        if self.before is None or self.after is None or self.before == self.after:
            return ""
        return "good" if self.after > self.before else "bad"


@dataclass(frozen=True, slots=True)
class Comparison:
    """`earlier` and `later` in the order of time. `why_no_moves` says why none are shown."""

    earlier: Side
    later: Side
    lines: tuple[Compared, ...]
    moves: tuple[Move, ...]
    why_no_moves: Text
    url: str
    ends_url: str

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.earlier, self.later

    @property
    def moved(self) -> int:
        return sum(move.count for move in self.moves)


def comparison_of(actor: Actor, board: Board) -> Comparison | None:
    """The board's day beside the other day asked for; None where nothing was known on that day.

    Who sees counts alone compares no days: a difference of two of them tells of few.
    """
    other = board.asked.compare
    if other is None or board.figures is None or not board.opens_lists:
        return None
    found, _below = figures_on(other, board.fiscal_year, board.place.code, board.list_kind, children=False)
    if found is None:
        return None
    today = actor.today()
    own = Side(board.past_day or today, board.figures, board.past_day is not None)
    there = Side(
        other, found, other < today, board.here(as_of=other if other < today else None, compare=own.day)
    )
    earlier, later = sorted((own, there), key=lambda side: side.day)
    moves, why = _moves(actor, board, earlier, later)
    return Comparison(
        earlier,
        later,
        tuple(_compared(board, code, earlier, later) for code in COMPARED),
        moves,
        why,
        board.here(page="board_moved") if moves else "",
        board.here(compare=None),
    )


def compared_days(board: Board, today: date) -> tuple[date, date] | None:
    """The two days of a board, earlier first; None where it is asked for one alone."""
    other = board.asked.compare
    if other is None:
        return None
    own = board.past_day or today
    return min(own, other), max(own, other)


def filters_of(board: Board) -> CohortFilters:
    """The cohort of the board's place, year and list."""
    place = board.place
    area = "" if place.is_centre or place.code == NATION else place.code
    centre = UUID(place.code) if place.is_centre else None
    return CohortFilters(fiscal_year=board.fiscal_year, area=area, centre=centre, list_kind=board.list_kind)


def _compared(board: Board, code: str, earlier: Side, later: Side) -> Compared:
    figure = BY_CODE[code]
    before, after = getattr(earlier.figures, code), getattr(later.figures, code)
    known = before is not None and after is not None
    cells = (_cell(board, code, earlier), _cell(board, code, later))
    label = figure.label if figure.unit is Unit.HOUSEHOLDS else f"{figure.label} ({figure.unit.value})"
    return Compared(label, cells, change_between(code, before, after) if known else None)


def _cell(board: Board, code: str, side: Side) -> Cell:
    value: Any = getattr(side.figures, code)
    day = side.day if side.is_past else None
    url = list_url(BY_CODE[code], board.place, board.fiscal_year, board.list_kind, day) if value else ""
    is_part = BY_CODE[code].unit is Unit.HOUSEHOLDS and code != "households"
    return Cell(value, url, share_text(value, side.figures.households) if is_part else "")


def _moves(actor: Actor, board: Board, earlier: Side, later: Side) -> tuple[tuple[Move, ...], Text]:
    """From where to where, most households first."""
    if board.place.code == NATION:
        return (), _("เปิดกระดานของจังหวัดเพื่อดูครัวเรือนที่เปลี่ยนขั้น")
    counts: Counter[tuple[int | None, int | None]] = Counter()
    moves = moves_between(actor, filters_of(board), earlier.day, later.day)
    for (before, after), count in moves.items():
        counts[before[1] if before else None, after[1] if after else None] += count
    if not counts:
        return (), _("ไม่มีครัวเรือนที่เปลี่ยนขั้นระหว่างสองวันนี้")
    made = [_move(board, way, count) for way, count in counts.most_common()]
    return tuple(made), ""


def _move(board: Board, way: tuple[int | None, int | None], count: int) -> Move:
    before, after = (None if stage is None else Stage(stage) for stage in way)
    codes = [stage.code if stage is not None else "none" for stage in (before, after)]
    url = f"{board.here(page='board_moved')}&from={codes[0]}&to={codes[1]}"
    return Move(before, after, count, url)
