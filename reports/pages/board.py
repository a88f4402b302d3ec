"""The board of one area or municipal centre: its own figures, and what lies under it, worst first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.rules import stands_at
from povertyops.areas.enums import NATION, Level
from povertyops.areas.models import Area, Centre
from povertyops.areas.queries import areas_by_code
from povertyops.areas.rules import MUNICIPAL_KINDS, ancestors_of
from povertyops.common.thai import fiscal_year_of, format_thai_datetime

from ..definitions import BY_CODE, FAILING, FIGURES, Figure
from ..links import Place, board_url, list_url
from ..models import AreaProgress, Figures, FrozenProgress
from ..models.progress import CENTRE_LEVEL
from ..queries import all_progress_of, days_of_years, last_frozen, list_names, progress_below
from ..services.asof import figures_on
from ..services.told import aggregates_only
from .asked import Asked
from .changes import Change, change_between, share_change
from .columns import TABLES, Table, Text
from .readings import dimension_reading, stage_reading
from .rows import Row, stages_of, table_rows
from .tiles import Part, Tile, headline_tiles, helped_tile, passing_tile, share_text, stage_tiles

__all__ = ["Asked", "Board", "Choice", "area_board", "centre_board"]
DAYS = frozenset({"as_of", "compare"})


@dataclass(frozen=True, slots=True)
class Choice:
    """One fiscal year, list, table or unit that can be looked at instead."""

    label: Text
    url: str
    current: bool


@dataclass(slots=True)
class Board:
    """All that the page shows. `figures` is None where the area has no households then.

    `as_of` is the day the figures stand at; `asked.as_of` is set where that is a past day, by what was
    recorded until its end. `kinds` are the present figures of each kind of list. `is_highest`: nothing above
    this area is for the reader.
    """

    title: str
    place: Place
    asked: Asked
    fiscal_year: int
    list_kind: str
    figures: Figures | None
    as_of: date
    refreshed_at: datetime | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    meeting: FrozenProgress | None = None
    crumbs: list[dict[str, str]] = field(default_factory=list)
    years: list[Choice] = field(default_factory=list)
    lists: list[Choice] = field(default_factory=list)
    kinds: list[AreaProgress] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    below: Text = ""
    opens_lists: bool = True
    is_highest: bool = False

    @property
    def table(self) -> Table:
        return TABLES[self.asked.table]

    @property
    def past_day(self) -> date | None:
        return self.asked.as_of

    @property
    def list_name(self) -> str:
        return self.names.get(self.list_kind, self.list_kind)

    @property
    def list_label(self) -> Text:
        return self.list_name or _("ทุกบัญชี")

    # ------------------------------------------------------------------------------------- addresses

    def here(self, *, page: str = "board", **changes: Any) -> str:
        """This board, or a page below it, with something else in its address."""
        return self.board_of(self.place, page=page, **changes)

    def board_of(self, place: Place, *, page: str = "board", **changes: Any) -> str:
        asked = replace(self.asked, **changes)
        year = asked.fiscal_year or self.fiscal_year
        return board_url(place, year, asked.list_kind, page=page, **asked.kept)

    def list_of(self, figure: Figure, place: Place | None = None, list_kind: str | None = None) -> str:
        """The list behind a figure on the board's day; "" where this person opens none."""
        if not self.opens_lists:
            return ""
        kind = self.list_kind if list_kind is None else list_kind
        return list_url(figure, place or self.place, self.fiscal_year, kind, self.past_day)

    def url(self, code: str) -> str:
        """The list behind one of the board's own figures; "" where it does not open."""
        return self.list_of(BY_CODE[code]) if self.value(code) else ""

    @property
    def lists_url(self) -> str:
        return self.url("households")

    @property
    def today_url(self) -> str:
        return self.here(as_of=None, compare=None)

    @property
    def kept(self) -> dict[str, str]:
        """What a form that asks for other days sends along."""
        kept = self.asked.kept
        fields = {"fiscal_year": str(self.fiscal_year), "list": self.list_kind, "map": self.asked.map_figure}
        return {name: value for name, value in {**fields, **kept}.items() if value and name not in DAYS}

    @property
    def tables(self) -> list[Choice]:
        return [
            Choice(view.label, self.here(table=code) + "#areas", code == self.asked.table)
            for code, view in TABLES.items()
        ]

    @property
    def units(self) -> list[Choice]:
        percent = self.asked.unit == "percent"
        return [
            Choice(_("จำนวน"), self.here(unit="number") + "#dimensions", not percent),
            Choice(_("ร้อยละ"), self.here(unit="percent") + "#dimensions", percent),
        ]

    # --------------------------------------------------------------------------------------- figures

    def value(self, code: str) -> Any:
        return getattr(self.figures, code)

    def part(self, code: str, label: Text = "", whole: str = "") -> Part:
        """A smaller figure, with its share of another where that is named."""
        value = self.value(code)
        share = share_text(value, self.value(whole)) if whole else ""
        return Part(label or BY_CODE[code].label, value, self.url(code), share)

    def since_meeting(self, code: str) -> Change | None:
        """How a figure has changed since the last meeting whose figures were frozen."""
        if self.meeting is None or self.value(code) is None:
            return None
        return change_between(code, getattr(self.meeting, code), self.value(code), self.since_text)

    def share_since_meeting(self, code: str, whole: str = "households") -> Change | None:
        if self.meeting is None or self.value(code) is None:
            return None
        before = (getattr(self.meeting, code), getattr(self.meeting, whole))
        return share_change(code, before, (self.value(code), self.value(whole)), self.since_text)

    @property
    def since_text(self) -> str:
        return _("จากการประชุม %(number)s") % {"number": self.meeting.meeting} if self.meeting else ""

    @property
    def stages(self) -> dict[str, int]:
        return stages_of(self.figures) if self.figures else {}

    @property
    def headline_tiles(self) -> list[Tile]:
        return headline_tiles(self)

    @property
    def stage_tiles(self) -> list[Tile]:
        return stage_tiles(self)

    @property
    def passing_tile(self) -> Tile:
        return passing_tile(self)

    @property
    def helped_tile(self) -> Tile:
        return helped_tile(self)

    @property
    def household_dimensions(self) -> int | None:
        values = [self.value(figure.code) for figure in FAILING]
        return None if None in values else sum(values)

    @property
    def stage_reading(self) -> str:
        return stage_reading(self.figures) if self.figures else ""

    @property
    def dimension_reading(self) -> str:
        return dimension_reading(self.figures) if self.figures else ""

    # ----------------------------------------------------------------------------------------- words

    @property
    def refreshed_text(self) -> str:
        if self.refreshed_at is None:
            return ""
        return _("ตัวเลขเปลี่ยนล่าสุด %(moment)s") % {"moment": format_thai_datetime(self.refreshed_at)}

    @property
    def rows_text(self) -> str:
        """What a reader of the table must know about its rows."""
        said = [_("พื้นที่ที่ไม่มีครัวเรือนเป้าหมายไม่แสดงในตาราง")] if len(self.rows) > 1 else []
        if any(row.kind == "of-which" for row in self.rows):
            said.append(_("ครัวเรือนของศูนย์เทศบาลนับรวมอยู่ในอำเภอแล้ว ไม่บวกซ้ำ"))
        if self.asked.unit == "percent":
            said.append(_("ร้อยละของครัวเรือนในพื้นที่นั้น ช่วยแล้วและผ่านแล้วคิดจากที่ตกเกณฑ์ในมิติ"))
        return " · ".join(said)

    @property
    def table_title(self) -> str:
        return _("ราย%(level)s") % {"level": self.below} if len(self.rows) > 1 else _("ตัวเลขทั้งหมด")

    @property
    def all_figures(self) -> list[Figure]:
        """Every definition once, whatever table is in sight."""
        return list({str(figure.counts): figure for figure in FIGURES}.values())

    @property
    def counted(self) -> list[Figure]:
        """What the figures of the table in sight count, each definition once."""
        return list({str(figure.counts): figure for figure in self.table.figures}.values())


def area_board(area: Area, asked: Asked, *, opens_lists: bool, from_code: str, with_rows: bool) -> Board:
    """The board of an area. `from_code` is the highest area the person sees; the crumbs begin there."""
    below_too = with_rows and area.level < Level.VILLAGE
    board, below = _begin(Place(area.code), asked, area.label, opens_lists, below_too)
    path = [*(code for code in ancestors_of(area.code) if _at_or_below(code, from_code)), area.code]
    centres = _municipal_centres(area) if below_too else {}
    if below_too and board.past_day is None and board.figures is not None:
        below = list(progress_below(board.fiscal_year, area.code, board.list_kind, centres))
    areas = areas_by_code([*path, *(row.code for row in below if row.level != CENTRE_LEVEL)])
    board.crumbs = [_crumb(areas[code], board) for code in path if code in areas]
    board.is_highest = area.code == from_code
    board.below = Level(area.level + 1).label if area.level < Level.VILLAGE else ""
    labels: dict[str, Text] = {code: found.label for code, found in areas.items()}
    labels |= centres
    if not opens_lists:
        below = _withhold(board, from_code, below)
    board.rows = table_rows(board, below, labels, asked.sort)
    return board


def _withhold(board: Board, top: str, below: Sequence[Figures]) -> list[Figures]:
    """Hide small numbers from who may not see the households behind them, and other days and lists."""
    board.meeting, board.kinds = None, []
    if board.figures is None:
        return []
    board.figures, rows = aggregates_only(top, board.figures, below, day=board.past_day)
    return rows


def centre_board(centre: Centre, asked: Asked, *, opens_lists: bool, from_code: str) -> Board:
    """The board of a municipal centre: its own figures, without rows under it."""
    board, _below = _begin(Place(str(centre.pk), is_centre=True), asked, centre.name, opens_lists, False)
    parent = board.figures.parent_code if board.figures else ""
    path = [code for code in [*ancestors_of(parent), parent] if code and _at_or_below(code, from_code)]
    areas = areas_by_code(path)
    here = {"label": centre.name, "url": ""}
    board.crumbs = [*(_crumb(areas[code], board) for code in path if code in areas), here]
    if not opens_lists:
        _withhold(board, from_code, [])
    board.rows = table_rows(board, [], {}, asked.sort)
    return board


def _begin(
    place: Place, asked: Asked, title: str, opens_lists: bool, below_too: bool
) -> tuple[Board, list[Figures]]:
    """The board's own figures, what else could be chosen, and on a past day the rows below."""
    rows = all_progress_of(place.code)
    days, names = days_of_years(), list_names()
    years = sorted({row.fiscal_year for row in rows}, reverse=True)
    year = _year_of(asked, years)
    kinds = [row for row in rows if row.fiscal_year == year and row.list_kind]
    kind = asked.list_kind if asked.list_kind in {row.list_kind for row in kinds} else ""
    now = next((row for row in rows if (row.fiscal_year, row.list_kind) == (year, kind)), None)
    figures, below = _on_the_day(asked.as_of, year, place, kind, now, below_too)
    today = asked.as_of or timezone.localdate()
    as_of = stands_at(year, today) if asked.as_of else days.get(year, stands_at(year, today))
    board = Board(
        title=title,
        place=place,
        asked=replace(asked, fiscal_year=year, list_kind=kind),
        fiscal_year=year,
        list_kind=kind,
        figures=figures,
        as_of=as_of,
        refreshed_at=now.refreshed_at if now and not asked.as_of else None,
        names=names,
        kinds=kinds,
        opens_lists=opens_lists,
    )
    if figures is not None:
        province = (figures.parent_code if place.is_centre else place.code)[:2]
        board.meeting = last_frozen(province, place.code, year, kind, board.as_of)
    board.years = [Choice(str(y), board.here(fiscal_year=y), y == year) for y in years]
    board.lists = [
        Choice(names.get(k, k) if k else gettext_lazy("ทุกบัญชี"), board.here(list_kind=k), k == kind)
        for k in ["", *(row.list_kind for row in kinds)]
    ]
    return board, below


def _on_the_day(
    day: date | None, year: int, place: Place, kind: str, now: AreaProgress | None, below_too: bool
) -> tuple[Figures | None, list[Figures]]:
    """The present figures, else those of a past day with the rows below it."""
    if day is None:
        return now, []
    return figures_on(day, year, place.code, kind, children=below_too)


def _year_of(asked: Asked, years: Sequence[int]) -> int:
    """The year asked for if it had begun on the day looked at; else that day's own, or the newest."""
    own = fiscal_year_of(asked.as_of or timezone.localdate())
    wanted = asked.fiscal_year
    if wanted is not None and wanted in years and (asked.as_of is None or wanted <= own):
        return wanted
    return own if own in years or not years else years[0]


def _at_or_below(code: str, top: str) -> bool:
    return top == NATION or (bool(top) and code.startswith(top))


def _municipal_centres(area: Area) -> dict[str, str]:
    """Names of the municipal centres of the province, shown "of which" under their districts."""
    if area.level not in (Level.PROVINCE, Level.DISTRICT):
        return {}
    found = Centre.objects.filter(kind__in=MUNICIPAL_KINDS, province_code=area.code[:2])
    return {str(pk): name for pk, name in found.values_list("pk", "name")}


def _crumb(area: Area, board: Board) -> dict[str, str]:
    return {"label": area.label, "url": board.board_of(Place(area.code))}
