"""What stands below the table of a board: one section for each question, each number with its list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.enums import HelpNature, Step

from ..definitions import BY_CODE, STEPS, WAIT_EPOCH, Figure, Unit
from ..queries import agencies_of, agency_names
from .changes import BETTER_LESS, Change
from .columns import Text
from .readings import agency_reading, found_reading, funnel_reading, relief_reading, trouble_reading

from .rows import stages_of
from .tiles import share_text

if TYPE_CHECKING:
    from ..models import AgencyProgress
    from .board import Board


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a line; `shown` is how it is written where that is not the bare number."""

    value: Any = None
    url: str = ""
    shown: str = ""
    note: Text = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a section's table: what it is, its figures, and the length of its bar out of 100."""

    label: Text
    cells: tuple[Cell, ...]
    url: str = ""
    note: Text = ""
    bar: float | None = None
    change: Change | None = None
    stages: Mapping[str, int] | None = None
    is_most: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """`heads` stand above the cells of the lines; without lines there is only the reading to tell."""

    code: str
    title: Text
    reading: Text = ""
    counts: Text = ""
    heads: tuple[Text, ...] = ()
    lines: tuple[Line, ...] = ()
    is_wide: bool = False


# Parts that no column of the roll-up holds: what the other part leaves over.
LISTED = Figure(
    "listed",
    gettext_lazy("เดิม ตามบัญชี"),
    gettext_lazy("ครัวเรือนที่อยู่ในบัญชีเป้าหมาย ไม่รวมที่สำรวจพบเพิ่มเติม"),
    "",
    query={"membership": "listed"},
)
RELIEF = Figure(
    "relief_helps",
    HelpNature.RELIEF.label,
    gettext_lazy("ความช่วยเหลือที่ส่งมอบแล้วในปีงบประมาณนี้ซึ่งเป็นการสงเคราะห์"),
    "",
    Unit.HELPS,
    "help_list",
    {"nature": HelpNature.RELIEF.value},
)
HOUSEHOLDS = gettext_lazy("ครัวเรือน")
SHARE = gettext_lazy("ร้อยละ")


def less(whole: int | None, part: int | None) -> Any:
    """The rest; None where a side is withheld."""
    return None if whole is None or part is None else whole - part


def _cell(board: Board, figure: Figure, value: Any = None, tone: str = "") -> Cell:
    number = getattr(board.figures, figure.code) if value is None and figure.code in BY_CODE else value
    return Cell(number, board.list_of(figure) if number else "", tone=tone if number else "")


def _line(board: Board, figure: Figure, label: Text = "", value: Any = None) -> Line:
    """Households of a figure and their share of the cohort, with the change since the last meeting."""
    tone = "worst" if figure.code in BETTER_LESS else ""
    cell = _cell(board, figure, value, tone)
    share = share_text(cell.value, board.value("households"))
    change = board.since_meeting(figure.code) if figure.code in BY_CODE else None
    return Line(label or figure.label, (cell, Cell(shown=share)), note=figure.counts, change=change)


def _lines(board: Board, *codes: str) -> tuple[Line, ...]:
    return tuple(_line(board, BY_CODE[code]) for code in codes)


# ------------------------------------------------------------------------------------------------- sections


def funnel(board: Board) -> Section:
    """From listed to sustainable: how many came so far, how many wait there, and how long."""
    counts = [board.value(figure.code) for figure in STEPS]
    known = None not in counts
    whole = sum(counts) if known else 0
    most = most_waiting(counts)
    lines = []
    for place, (figure, waiting) in enumerate(zip(STEPS, counts, strict=True)):
        came = sum(counts[place:]) if known else None
        days = mean_wait(board, figure)
        shown = f"{days:,}" if days is not None else ""
        cells = (Cell(came), _cell(board, figure), Cell(shown=shown))
        share = 100 * came / whole if came is not None and whole else None
        lines.append(Line(figure.label, cells, bar=share, note=WAITS_FOR[place], is_most=place == most))
    return Section(
        "funnel",
        gettext_lazy("จากบัญชีถึงยั่งยืน ครัวเรือนรออยู่ตรงไหน"),
        funnel_reading(
            WAITS_FOR[most or 0],
            counts[most] or 0 if most is not None else 0,
            mean_wait(board, STEPS[most or 0]),
        ),
        gettext_lazy("ครัวเรือนตามบัญชีที่ยังอยู่ในการดูแล แต่ละครัวเรือนรออยู่ที่ขั้นตอนเดียว"),
        (gettext_lazy("มาถึงแล้ว"), gettext_lazy("รออยู่"), gettext_lazy("รอเฉลี่ย (วัน)")),
        tuple(lines),
        is_wide=True,
    )


WAITS_FOR: tuple[Text, ...] = (
    gettext_lazy("รอตรวจสอบ"),
    gettext_lazy("รอมอบหมายทีมพี่เลี้ยง"),
    gettext_lazy("รอเยี่ยมครั้งแรก"),
    gettext_lazy("รอถึงขั้นอยู่รอด"),
    gettext_lazy("รอถึงขั้นพอเพียง"),
    gettext_lazy("รอถึงขั้นยั่งยืน"),
    gettext_lazy("รอยุติการดูแล"),
)


def most_waiting(counts: Sequence[int | None]) -> int | None:
    """Place of the biggest queue; who reached the last step waits for nobody's work."""
    queues = [count or 0 for count in counts[: Step.SUSTAINABLE - 1]]
    return queues.index(max(queues)) if any(queues) else None


def mean_wait(board: Board, figure: Figure) -> int | None:
    """Days that households at a step have waited there, on the board's day."""
    waiting = getattr(board.figures, figure.code)
    since = getattr(board.figures, figure.code.replace("step_", "since_"), None)
    if not waiting or since is None:
        return None
    return max(round((board.as_of - WAIT_EPOCH).days - since / waiting), 0)


def trouble(board: Board) -> Section:
    return Section(
        "trouble",
        gettext_lazy("ขั้นลดลง และปัญหาที่พบภายหลัง"),
        trouble_reading(board),
        heads=(HOUSEHOLDS, SHARE),
        lines=_lines(board, "slipped", "additional"),
    )


def found(board: Board) -> Section:
    listed = less(board.value("households"), board.value("found"))
    return Section(
        "found",
        gettext_lazy("เดิม และสำรวจพบเพิ่มเติม"),
        found_reading(board),
        heads=(HOUSEHOLDS, SHARE),
        lines=(_line(board, LISTED, value=listed), *_lines(board, "found")),
    )


def care(board: Board) -> Section:
    return Section(
        "care",
        gettext_lazy("ดูแลต่อเนื่อง"),
        heads=(HOUSEHOLDS, SHARE),
        lines=_lines(board, "care_households"),
    )


def teams(board: Board) -> Section:
    return Section(
        "teams",
        gettext_lazy("ทีมพี่เลี้ยงและการเยี่ยม"),
        heads=(HOUSEHOLDS, SHARE),
        lines=_lines(board, "with_team", "without_team", "overdue", "visited_90"),
    )


def lists(board: Board) -> Section:
    """One line for each kind of list, on the present day."""
    lines = []
    for row in board.kinds:
        url = board.list_of(BY_CODE["households"], list_kind=row.list_kind)
        reached = less(row.households, row.waiting)
        cells = (
            Cell(row.households, url if row.households else ""),
            Cell(shown=share_text(reached, row.households)),
            Cell(shown=share_text(row.passing, row.households)),
        )
        label = board.names.get(row.list_kind, row.list_kind)
        lines.append(Line(label, cells, board.here(list_kind=row.list_kind), stages=stages_of(row)))
    return Section(
        "lists",
        gettext_lazy("บัญชีเป้าหมาย"),
        gettext_lazy("ครัวเรือนหนึ่งอาจอยู่หลายบัญชี จึงบวกกันแล้วมากกว่าครัวเรือนทั้งหมด") if len(lines) > 1 else "",
        heads=(HOUSEHOLDS, gettext_lazy("อยู่รอดขึ้นไป"), gettext_lazy("ผ่าน จปฐ.")),
        lines=tuple(lines),
    )


MOST_AGENCIES = 10
FEW_HOUSEHOLDS = 5


def agencies(board: Board, given: Sequence[AgencyProgress], names: Mapping[Any, str]) -> Section:
    """Who helped most, by baht; the rest in one line."""
    rows = sorted(given, key=lambda row: (-row.baht, -row.helps, names.get(row.agency_id, "")))
    if not board.opens_lists:
        rows = _without_few(rows)
    most = max((row.baht for row in rows), default=0)
    lines = [_agency(board, row, names, float(100 * row.baht / most) if most else 0) for row in rows]
    lines = lines[:MOST_AGENCIES] + _others(rows[MOST_AGENCIES:])
    return Section(
        "agencies",
        gettext_lazy("ความช่วยเหลือตามหน่วยงาน"),
        agency_reading(rows, names),
        gettext_lazy("ความช่วยเหลือที่ส่งมอบในปีงบประมาณ ทั้งครัวเรือนตามบัญชีและที่ยกมา ทุกบัญชีรวมกัน"),
        (HOUSEHOLDS, gettext_lazy("รายการ"), gettext_lazy("มูลค่า (บาท)")),
        tuple(lines),
        is_wide=True,
    )


def _agency(board: Board, row: AgencyProgress, names: Mapping[Any, str], bar: float) -> Line:
    query = {"agency": str(row.agency_id)} if row.agency_id else {}
    figure = Figure("agency", RELIEF.label, "", "", Unit.HELPS, "help_list", query)
    url = board.list_of(figure, list_kind="") if row.agency_id else ""
    cells = (Cell(row.households), Cell(row.helps, url), Cell(row.baht, url if row.baht else ""))
    return Line(names.get(row.agency_id) or _("ไม่ระบุหน่วยงาน"), cells, bar=bar)


def _others(rows: Sequence[AgencyProgress]) -> list[Line]:
    if not rows:
        return []
    label = _("อีก %(count)s หน่วยงาน") % {"count": f"{len(rows):,}"}
    cells = (Cell(), Cell(sum(row.helps for row in rows)), Cell(sum(row.baht for row in rows)))
    return [Line(label, cells)]


def _without_few(rows: Sequence[AgencyProgress]) -> list[AgencyProgress]:
    """Without those who helped so few households that they could be guessed, and none to work back from."""
    ordered = sorted(rows, key=lambda row: row.households)
    hidden = [row for row in ordered if row.households < FEW_HOUSEHOLDS]
    if hidden and sum(row.households for row in hidden) < FEW_HOUSEHOLDS:
        hidden = ordered[: len(hidden) + 1]
    return [row for row in rows if row not in hidden]


def relief(board: Board) -> Section:
    """Relief is what development leaves over."""
    helps, baht = board.value("helps"), board.value("baht")
    built, built_baht = board.value("development_helps"), board.value("development_baht")
    parts = (
        (RELIEF, RELIEF.label, less(helps, built), less(baht, built_baht)),
        (BY_CODE["development_helps"], HelpNature.DEVELOPMENT.label, built, built_baht),
        (BY_CODE["helps"], _("รวม"), helps, baht),
    )
    lines = []
    for figure, label, count, money in parts:
        url = board.list_of(figure) if count else ""
        share = share_text(money, baht)
        lines.append(Line(label, (Cell(count, url), Cell(money, url if money else ""), Cell(shown=share))))
    return Section(
        "relief",
        gettext_lazy("สงเคราะห์และพัฒนา"),
        relief_reading(board),
        heads=(gettext_lazy("รายการ"), gettext_lazy("มูลค่า (บาท)"), gettext_lazy("ร้อยละของมูลค่า")),
        lines=tuple(lines),
    )


def carried(board: Board) -> Section:
    figure = BY_CODE["carried"]
    return Section(
        "carried",
        gettext_lazy("ยกมาจากปีก่อน"),
        heads=(HOUSEHOLDS,),
        lines=(Line(figure.label, (_cell(board, figure),), note=figure.counts),),
    )


def tpmap(board: Board) -> Section:
    return Section(
        "tpmap",
        gettext_lazy("ยังไม่บันทึกใน TPMAP"),
        heads=(HOUSEHOLDS, SHARE),
        lines=_lines(board, "not_in_tpmap"),
    )


def sections_below(board: Board) -> list[Section]:
    """All sections but the trend, in their order; lists and agencies are known only of the present."""
    now = board.past_day is None
    made = [funnel(board), trouble(board), found(board), care(board), teams(board)]
    if now and board.kinds:
        made.append(lists(board))
    if now:
        given = agencies_of(board.fiscal_year, board.place.code)
        made.append(agencies(board, given, agency_names(row.agency_id for row in given)))
    return [*made, relief(board), carried(board), tpmap(board)]
