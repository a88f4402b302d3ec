"""What stands below the table of a board: one section for each question, each number with its list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy

from casework.enums import HelpNature
from povertyops.areas.enums import Level
from povertyops.common.naming import with_stages

from ..charts import (
    AgencyHelp,
    Chart,
    agencies_option,
    funnel_option,
    relief_option,
    trend_option,
)
from ..definitions import BY_CODE, STEPS, Figure, Unit
from ..links import list_url
from ..models.progress import CENTRE_LEVEL
from ..queries import agencies_of, agency_names, closed_days
from ..services.asof import days_of_trend
from .changes import BETTER_LESS, Change
from .columns import Text
from .readings import found_reading, trouble_reading
from .tiles import share_text

if TYPE_CHECKING:
    from ..models import AgencyProgress, Figures
    from .board import Board


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure of a line; `shown` is how it is written where that is not the bare number."""

    value: Any = None
    url: str = ""
    shown: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a section's table."""

    label: Text
    cells: tuple[Cell, ...]
    url: str = ""
    note: Text = ""
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Told by a chart with its table, or by lines; `span` is its width in sixths of the page.

    `later_url` is where a section that takes longer is to be had.
    """

    code: str
    title: Text
    reading: Text = ""
    counts: Text = ""
    heads: tuple[Text, ...] = ()
    lines: tuple[Line, ...] = ()
    chart: Chart | None = None
    span: int = 3
    later_url: str = ""


# Parts that no column of the roll-up holds: what the other part leaves over.
LISTED = Figure(
    "listed",
    gettext_lazy("เดิม ตามบัญชี"),
    gettext_lazy("ครัวเรือนที่อยู่ในบัญชีเป้าหมาย ไม่รวมที่สำรวจพบเพิ่มเติม"),
    "",
    query={"membership": "listed"},
)
_RELIEF_COUNTS = gettext_lazy("ความช่วยเหลือที่ส่งมอบแล้วในปีงบประมาณนี้ซึ่งเป็นการสงเคราะห์")
RELIEF = {
    code: Figure(
        code,
        HelpNature.RELIEF.label,
        _RELIEF_COUNTS,
        "",
        unit,
        "help_list",
        {"nature": HelpNature.RELIEF.value},
    )
    for code, unit in (("relief_helps", Unit.HELPS), ("relief_baht", Unit.BAHT))
}
HOUSEHOLDS = gettext_lazy("ครัวเรือน")
SHARE = gettext_lazy("ร้อยละ")
WITHHELD = gettext_lazy("บางส่วนมีจำนวนน้อยจึงไม่แสดง")
TREND = gettext_lazy("แนวโน้มของขั้นครัวเรือน")
AGENCIES_COUNT = gettext_lazy("ความช่วยเหลือที่ส่งมอบในปีงบประมาณ ทั้งครัวเรือนตามบัญชีและที่ยกมา ทุกบัญชีรวมกัน")
FEW_HOUSEHOLDS = 5
MOST_AGENCIES = 20


def sections_below(board: Board) -> list[Section]:
    """All sections in their order. Lists and agencies are known only of the present; the trend, which tells
    of few by its differences, is for those who open lists."""
    now = board.past_day is None
    made = [trend(board)] if board.opens_lists else []
    made += [funnel(board), trouble(board), found(board), care(board), teams(board)]
    if now and board.kinds:
        made.append(lists(board))
    with_agencies = now and _tells_agencies(board)
    if with_agencies:
        given = agencies_of(board.fiscal_year, board.place.code)
        made.append(agencies(board, given, agency_names(row.agency_id for row in given)))
    made += [relief(board), carried(board), tpmap(board)]
    if board.opens_lists:
        return made
    return [replace(made[0], span=6), *made[1:-1], replace(made[-1], span=6 if with_agencies else 3)]


def _tells_agencies(board: Board) -> bool:
    """Who sees counts alone reads them of the highest area only: taken off each other, those of the areas
    below would tell of the few whom an agency helped elsewhere."""
    return board.opens_lists or (board.is_highest and board.value("households") is not None)


def less(whole: int | None, part: int | None) -> Any:
    """The rest; None where a side is withheld."""
    return None if whole is None or part is None else whole - part


def _line(board: Board, figure: Figure, value: Any = None) -> Line:
    """Households of a figure and their share of the cohort, and the change since the last meeting, if any."""
    own = figure.code in BY_CODE
    number = board.value(figure.code) if own else value
    tone = "worst" if number and figure.code in BETTER_LESS else ""
    cell = Cell(number, board.list_of(figure) if number else "", tone=tone)
    share = Cell(shown=share_text(number, board.value("households")))
    change = board.since_meeting(figure.code) if own else None
    moved = change if change and change.amount else None
    return Line(figure.label, (cell, share), note=figure.counts, change=moved)


def _lines(board: Board, *codes: str) -> tuple[Line, ...]:
    return tuple(_line(board, BY_CODE[code]) for code in codes)


def _of_chart(chart: Chart, counts: Text = "", span: int = 3) -> Section:
    return Section(chart.code, chart.title, chart.reading, counts, chart=chart, span=span)


# ------------------------------------------------------------------------------------------------- charts


def trend(board: Board) -> Section:
    """Closed days and the board's own. Of small areas no days are kept: they are added up when asked for."""
    if board.figures is not None and Level.DISTRICT < board.figures.level != CENTRE_LEVEL:
        return Section("trend", TREND, later_url=board.here(page="board_trend"))
    year, kind = board.fiscal_year, board.list_kind
    days = days_of_trend(year, board.as_of)
    closed = closed_days(year, board.place.code, kind, [day for day in days if day < board.as_of])
    return trend_section(board, [(row.day, row) for row in closed])


def trend_section(board: Board, points: Sequence[tuple[date, Figures]]) -> Section:
    """Past days, and the board's own day as the last."""
    assert board.figures is not None
    shown = [*(point for point in points if point[0] < board.as_of), (board.as_of, board.figures)]
    if len(shown) == 1:
        return Section("trend", TREND, gettext_lazy("ยังไม่มีตัวเลขของวันก่อนหน้านี้ให้เทียบ"))
    return _of_chart(trend_option(shown, _day_url(board)), gettext_lazy("ครัวเรือนตามบัญชี ครัวเรือนละหนึ่งขั้น"))


def _day_url(board: Board) -> Callable[[str, date], str]:
    def url(code: str, day: date) -> str:
        if not board.opens_lists:
            return ""
        past = board.past_day if day == board.as_of else day
        return list_url(BY_CODE[code], board.place, board.fiscal_year, board.list_kind, past)

    return url


def funnel(board: Board) -> Section:
    """From listed to sustainable: how many came so far, how many wait there, and how long."""
    assert board.figures is not None
    chart = funnel_option(board.figures, board.as_of, board.url)
    counts = gettext_lazy("ครัวเรือนตามบัญชีที่ยังอยู่ในการดูแล แต่ละครัวเรือนรออยู่ที่ขั้นตอนเดียว")
    if all(board.value(figure.code) is not None for figure in STEPS):
        return _of_chart(chart, counts)
    known = _lines(board, *(figure.code for figure in STEPS))
    return Section("funnel", chart.title, WITHHELD, counts, (HOUSEHOLDS, SHARE), known)


def agencies(board: Board, given: Sequence[AgencyProgress], names: Mapping[Any, str]) -> Section:
    """Who helped most, by baht. Where some may not be named there is no whole to take shares of."""
    if not board.opens_lists:
        return _agencies_told(_without_few(given), names)
    helps = [
        AgencyHelp(
            names.get(row.agency_id) or str(gettext_lazy("ไม่ระบุหน่วยงาน")),
            row.baht,
            row.helps,
            row.households,
            _agency_url(board, row),
        )
        for row in given
    ]
    return _of_chart(agencies_option(helps), AGENCIES_COUNT)


def _agencies_told(rows: Sequence[AgencyProgress], names: Mapping[Any, str]) -> Section:
    lines = [
        Line(names.get(row.agency_id, ""), (Cell(row.households), Cell(row.helps), Cell(row.baht)))
        for row in sorted(rows, key=lambda row: (-row.baht, -row.helps))[:MOST_AGENCIES]
        if row.agency_id
    ]
    return Section(
        "agencies",
        gettext_lazy("มูลค่าความช่วยเหลือตามหน่วยงาน"),
        gettext_lazy("หน่วยงานที่ช่วยเพียงไม่กี่ครัวเรือนไม่แสดง"),
        AGENCIES_COUNT,
        (HOUSEHOLDS, gettext_lazy("รายการ"), gettext_lazy("บาท")),
        tuple(lines),
    )


def _agency_url(board: Board, row: AgencyProgress) -> str:
    query = {"agency": str(row.agency_id)} if row.agency_id else {"no_agency": "1"}
    figure = Figure("agency", HelpNature.RELIEF.label, "", "", Unit.HELPS, "help_list", query)
    return board.list_of(figure, list_kind="")


def _without_few(rows: Sequence[AgencyProgress]) -> list[AgencyProgress]:
    """Without those who helped so few households that they could be guessed, and none to work back from."""
    ordered = sorted(rows, key=lambda row: row.households)
    hidden = [row for row in ordered if row.households < FEW_HOUSEHOLDS]
    if hidden and sum(row.households for row in hidden) < FEW_HOUSEHOLDS:
        hidden = ordered[: len(hidden) + 1]
    return [row for row in rows if row not in hidden]


def relief(board: Board) -> Section:
    """Relief is what development leaves over."""
    assert board.figures is not None

    def url(code: str) -> str:
        return board.list_of(RELIEF[code]) if code in RELIEF else board.url(code)

    chart = relief_option(board.figures, url)
    if None in (board.value("baht"), board.value("development_baht"), board.value("development_helps")):
        return Section("relief", chart.title, WITHHELD)
    return _of_chart(chart)


# -------------------------------------------------------------------------------------------------- lines


def trouble(board: Board) -> Section:
    title, lines = gettext_lazy("ขั้นลดลง และปัญหาที่พบภายหลัง"), _lines(board, "slipped", "additional")
    return Section("trouble", title, trouble_reading(board), heads=(HOUSEHOLDS, SHARE), lines=lines, span=2)


def found(board: Board) -> Section:
    listed = _line(board, LISTED, less(board.value("households"), board.value("found")))
    return Section(
        "found",
        gettext_lazy("เดิม พบเพิ่มเติม และนำออก"),
        found_reading(board),
        heads=(HOUSEHOLDS, SHARE),
        lines=(listed, *_lines(board, "found", "removed", "removed_not_poor")),
        span=2,
    )


def care(board: Board) -> Section:
    lines = _lines(board, "care_households", "stage_carried")
    return Section(
        "care", gettext_lazy("ดูแลต่อเนื่อง และขั้นที่ยกมา"), heads=(HOUSEHOLDS, SHARE), lines=lines, span=2
    )


def teams(board: Board) -> Section:
    return Section(
        "teams",
        gettext_lazy("ทีมพี่เลี้ยงและการเยี่ยม"),
        heads=(HOUSEHOLDS, SHARE),
        lines=_lines(board, "with_team", "without_team", "overdue", "visited_90"),
    )


def lists(board: Board) -> Section:
    """One line for each kind of list."""
    lines = []
    for row in board.kinds:
        url = board.list_of(BY_CODE["households"], list_kind=row.list_kind)
        cells = (
            Cell(row.households, url if row.households else ""),
            Cell(shown=share_text(less(row.households, row.waiting), row.households)),
            Cell(shown=share_text(row.passing, row.households)),
        )
        label = board.names.get(row.list_kind, row.list_kind)
        lines.append(Line(label, cells, board.here(list_kind=row.list_kind)))
    many = gettext_lazy("ครัวเรือนหนึ่งอาจอยู่หลายบัญชี จึงบวกกันแล้วมากกว่าครัวเรือนทั้งหมด")
    return Section(
        "lists",
        gettext_lazy("บัญชีเป้าหมาย"),
        many if len(lines) > 1 else "",
        heads=(HOUSEHOLDS, with_stages(gettext_lazy("{survive}ขึ้นไป")), gettext_lazy("ผ่าน จปฐ.")),
        lines=tuple(lines),
    )


def carried(board: Board) -> Section:
    figure = BY_CODE["carried"]
    value = board.value("carried")
    line = Line(figure.label, (Cell(value, board.url("carried")),), note=figure.counts)
    return Section("carried", gettext_lazy("ยกมาจากปีก่อน"), heads=(HOUSEHOLDS,), lines=(line,))


def tpmap(board: Board) -> Section:
    lines = _lines(board, "not_in_tpmap")
    return Section("tpmap", gettext_lazy("ยังไม่บันทึกใน TPMAP"), heads=(HOUSEHOLDS, SHARE), lines=lines)
