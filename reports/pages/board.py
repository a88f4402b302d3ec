"""The board of one area or municipal centre: its own figures, and what lies under it, worst first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dimensions.enums import Dimension, Stage
from povertyops.areas.enums import NATION, Level
from povertyops.areas.models import Area, Centre
from povertyops.areas.queries import areas_by_code
from povertyops.areas.rules import MUNICIPAL_KINDS, ancestors_of
from povertyops.common.thai import fiscal_year_of, format_thai_datetime

from ..definitions import BY_CODE, FAILING, FIGURES, STAGES, Figure
from ..links import Place, board_url, list_url
from ..models import AreaProgress
from ..models.progress import CENTRE_LEVEL
from ..queries import all_progress_of, days_of_years, list_names, progress_below

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Choice:
    """One fiscal year, list or table that can be looked at instead."""

    label: Text
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures; `dimension` and `group_start` only colour and divide."""

    figure: Figure
    label: Text
    dimension: str = ""
    group_start: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One of the views of the table; `groups` are the heads above the columns as (label, span, dimension)."""

    code: str
    label: Text
    columns: tuple[Column, ...]
    groups: tuple[tuple[Text, int, str], ...] = ()
    with_stage_bar: bool = False

    @property
    def figures(self) -> list[Figure]:
        return [column.figure for column in self.columns]


def _columns(*codes: str) -> tuple[Column, ...]:
    return tuple(Column(BY_CODE[code], BY_CODE[code].short) for code in codes)


def _dimension_columns() -> tuple[Column, ...]:
    heads = {
        "failing": gettext_lazy("ตก"),
        "relieved": gettext_lazy("ช่วยแล้ว"),
        "recovered": gettext_lazy("ผ่านแล้ว"),
    }
    return tuple(
        Column(BY_CODE[f"{group}_{dimension.value}"], head, dimension.value, group == "failing")
        for dimension in Dimension
        for group, head in heads.items()
    )


TABLES: Mapping[str, Table] = {
    table.code: table
    for table in (
        Table(
            "stages",
            gettext_lazy("ขั้นของครัวเรือน"),
            _columns(
                "households",
                "found",
                "verified_households",
                "persons",
                "verified_persons",
                *(stage.code for stage in Stage),
                "proposed",
                "carried",
            ),
            with_stage_bar=True,
        ),
        Table(
            "dimensions",
            gettext_lazy("มิติทั้งห้า"),
            _dimension_columns(),
            tuple((dimension.label, 3, dimension.value) for dimension in Dimension),
        ),
        Table(
            "care",
            gettext_lazy("การดูแลและความช่วยเหลือ"),
            _columns(
                "checked_households",
                "visited_90",
                "overdue",
                "without_team",
                "helped_households",
                "visits",
                "helps",
                "baht",
            ),
        ),
    )
}
WORST = "worst"
NAME = "name"
WARNING_CODES = frozenset({"overdue", "without_team"})


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


@dataclass(frozen=True, slots=True)
class Tile:
    """One headline figure."""

    label: Text
    value: Any
    url: str
    unit: Text
    note: Text = ""
    tone: str = ""
    icon: str = ""


@dataclass(slots=True)
class Board:
    """All that the page shows. `figures` is None where the area has no households in any year."""

    title: str
    place: Place
    crumbs: list[dict[str, str]]
    fiscal_year: int
    list_kind: str
    list_name: str
    figures: AreaProgress | None
    as_of: date | None
    refreshed_at: datetime | None
    years: list[Choice] = field(default_factory=list)
    lists: list[Choice] = field(default_factory=list)
    tables: list[Choice] = field(default_factory=list)
    table: Table = TABLES["stages"]
    rows: list[Row] = field(default_factory=list)
    below: Text = ""
    opens_lists: bool = True

    def value(self, code: str) -> Any:
        return getattr(self.figures, code)

    def url(self, code: str) -> str:
        """The list behind one of the board's own figures; "" where it does not open."""
        if not self.opens_lists or not self.value(code):
            return ""
        return list_url(BY_CODE[code], self.place, self.fiscal_year, self.list_kind)

    @property
    def stages(self) -> dict[str, int]:
        return _stages(self.figures) if self.figures else {}

    @property
    def stage_rows(self) -> list[dict[str, Any]]:
        """In the shape of the stage chart."""
        urls = {stage.code: self.url(stage.code) for stage in Stage}
        return [{"label": self.title, "stages": self.stages, "urls": urls}]

    @property
    def tiles(self) -> list[Tile]:
        return [tile(self) for tile in TILES]

    @property
    def lists_url(self) -> str:
        return self.url("households")

    @property
    def list_label(self) -> Text:
        return self.list_name or _("ทุกบัญชี")

    @property
    def refreshed_text(self) -> str:
        return _("ตัวเลขเปลี่ยนล่าสุด %(moment)s") % {"moment": format_thai_datetime(self.refreshed_at)}

    @property
    def rows_text(self) -> str:
        """What a reader of the table must know about its rows."""
        said = [_("พื้นที่ที่ไม่มีครัวเรือนเป้าหมายไม่แสดงในตาราง")] if len(self.rows) > 1 else []
        if any(row.kind == "of-which" for row in self.rows):
            said.append(_("ครัวเรือนของศูนย์เทศบาลนับรวมอยู่ในอำเภอแล้ว ไม่บวกซ้ำ"))
        return " · ".join(said)

    @property
    def table_title(self) -> str:
        return _("ราย%(level)s") % {"level": self.below} if len(self.rows) > 1 else _("ตัวเลขทั้งหมด")

    @property
    def dimensions(self) -> dict[str, dict[str, Any]]:
        """Figures and addresses in the shape of the dimension chart."""
        groups = ("failing", "relieved", "recovered")
        return {
            dimension.value: {
                **{group: self.value(f"{group}_{dimension.value}") for group in groups},
                **{f"{group}_url": self.url(f"{group}_{dimension.value}") for group in groups},
            }
            for dimension in Dimension
        }

    @property
    def household_dimensions(self) -> int:
        return sum(self.value(figure.code) for figure in FAILING)

    @property
    def stage_reading(self) -> str:
        return stage_reading(self.stages)

    @property
    def dimension_reading(self) -> str:
        return dimension_reading(self.figures) if self.figures else ""

    @property
    def all_figures(self) -> list[Figure]:
        """Every definition once, whatever table is in sight."""
        return list({str(figure.counts): figure for figure in FIGURES}.values())

    @property
    def counted(self) -> list[Figure]:
        """What the figures of the table in sight count, each definition once."""
        return list({str(figure.counts): figure for figure in self.table.figures}.values())


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asked to see; anything unknown falls back to the usual."""

    fiscal_year: int | None = None
    list_kind: str = ""
    table: str = "stages"
    sort: str = f"-{WORST}"

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Asked:
        year = query.get("fiscal_year", "")
        table, sort = query.get("table", ""), query.get("sort", "")
        return cls(
            int(year) if year.isdecimal() and len(year) == 4 else None,
            query.get("list", ""),
            table if table in TABLES else "stages",
            sort if sort.removeprefix("-") in (*BY_CODE, NAME, WORST) else f"-{WORST}",
        )


def area_board(area: Area, asked: Asked, *, opens_lists: bool, from_code: str, with_rows: bool) -> Board:
    """The board of an area. `from_code` is the highest area the person sees; the crumbs begin there."""
    place = Place(area.code)
    board, rows = _begin(place, asked, area.label if area.code != NATION else area.name, opens_lists)
    path = [*(code for code in ancestors_of(area.code) if _at_or_below(code, from_code)), area.code]
    below: list[AreaProgress] = []
    centres: dict[str, str] = {}
    if rows and with_rows and area.level < Level.VILLAGE:
        centres = _municipal_centres(area)
        below = progress_below(board.fiscal_year, area.code, board.list_kind, centres)
    areas = areas_by_code([*path, *(row.code for row in below if row.level != CENTRE_LEVEL)])
    board.crumbs = [_crumb(areas[code], board) for code in path if code in areas]
    board.below = Level(area.level + 1).label if area.level < Level.VILLAGE else ""
    labels: dict[str, Text] = {code: found.label for code, found in areas.items()}
    labels |= centres
    board.rows = _table_rows(board, below, labels, asked.sort)
    return board


def centre_board(centre: Centre, asked: Asked, *, opens_lists: bool, from_code: str) -> Board:
    """The board of a municipal centre: its own figures, without rows under it."""
    board, _rows = _begin(Place(str(centre.pk), is_centre=True), asked, centre.name, opens_lists)
    parent = board.figures.parent_code if board.figures else ""
    path = [code for code in [*ancestors_of(parent), parent] if code and _at_or_below(code, from_code)]
    areas = areas_by_code(path)
    here = {"label": centre.name, "url": ""}
    board.crumbs = [*(_crumb(areas[code], board) for code in path if code in areas), here]
    board.rows = _table_rows(board, [], {}, asked.sort)
    return board


def _begin(place: Place, asked: Asked, title: str, opens_lists: bool) -> tuple[Board, list[AreaProgress]]:
    """The board's own figures and what else could be chosen, in three queries."""
    rows = all_progress_of(place.code)
    days, names = days_of_years(), list_names()
    years = sorted({row.fiscal_year for row in rows}, reverse=True)
    year = asked.fiscal_year if asked.fiscal_year in years else _usual_year(years)
    kinds = [row.list_kind for row in rows if row.fiscal_year == year and row.list_kind]
    kind = asked.list_kind if asked.list_kind in kinds else ""
    figures = next((row for row in rows if (row.fiscal_year, row.list_kind) == (year, kind)), None)
    board = Board(
        title=title,
        place=place,
        crumbs=[],
        fiscal_year=year,
        list_kind=kind,
        list_name=names.get(kind, kind),
        figures=figures,
        as_of=days.get(year),
        refreshed_at=figures.refreshed_at if figures else None,
        table=TABLES[asked.table],
        opens_lists=opens_lists,
    )
    table = asked.table if asked.table != "stages" else ""
    board.years = [Choice(str(y), board_url(place, y, kind, table), y == year) for y in years]
    board.lists = [
        Choice(names.get(k, k) if k else gettext_lazy("ทุกบัญชี"), board_url(place, year, k, table), k == kind)
        for k in ["", *kinds]
    ]
    board.tables = [
        Choice(view.label, board_url(place, year, kind, code), code == asked.table)
        for code, view in TABLES.items()
    ]
    return board, rows


def _usual_year(years: Sequence[int]) -> int:
    """The present fiscal year, else the newest one that has figures."""
    now = fiscal_year_of(timezone.localdate())
    return now if now in years or not years else years[0]


def _at_or_below(code: str, top: str) -> bool:
    return top == NATION or (bool(top) and code.startswith(top))


def _municipal_centres(area: Area) -> dict[str, str]:
    """Names of the municipal centres of the province, shown "of which" under their districts."""
    if area.level not in (Level.PROVINCE, Level.DISTRICT):
        return {}
    found = Centre.objects.filter(kind__in=MUNICIPAL_KINDS, province_code=area.code[:2])
    return {str(pk): name for pk, name in found.values_list("pk", "name")}


def _crumb(area: Area, board: Board) -> dict[str, str]:
    label = area.name if area.code == NATION else area.label
    return {"label": label, "url": board_url(Place(area.code), board.fiscal_year, board.list_kind)}


def _stages(row: AreaProgress) -> dict[str, int]:
    return {figure.code: getattr(row, figure.code) for figure in STAGES}


# ------------------------------------------------------------------------------------------------- the table


def _table_rows(
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
        stages=_stages(row),
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


# ------------------------------------------------------------------------------------------------- readings


def stage_reading(stages: Mapping[str, int]) -> str:
    """One sentence that says what the stage chart shows."""
    total = sum(stages.values())
    waiting = stages[Stage.WAITING.code]
    if total == 0:
        return _("ปีนี้ยังไม่มีครัวเรือนตามบัญชี")
    if waiting == 0:
        return _("ครัวเรือนทั้ง %(total)s ครัวเรือนถึงขั้นอยู่รอดขึ้นไปแล้ว") % {"total": f"{total:,}"}
    return _(
        "จาก %(total)s ครัวเรือน ถึงขั้นอยู่รอดขึ้นไปแล้ว %(reached)s ครัวเรือน (ร้อยละ %(share).1f) "
        "ยังเหลืออีก %(waiting)s ครัวเรือน"
    ) % {
        "total": f"{total:,}",
        "reached": f"{total - waiting:,}",
        "share": 100 * (total - waiting) / total,
        "waiting": f"{waiting:,}",
    }


def dimension_reading(row: AreaProgress) -> str:
    """One sentence that says what the dimension chart shows."""
    failing = {dimension: getattr(row, f"failing_{dimension.value}") for dimension in Dimension}
    most = max(failing, key=lambda dimension: failing[dimension])
    if not failing[most]:
        return _("บัญชีของปีนี้ไม่ได้ระบุมิติที่ตกเกณฑ์")
    relieved = getattr(row, f"relieved_{most.value}")
    return _(
        "ตกเกณฑ์มิติ%(dimension)sมากที่สุด %(failing)s ครัวเรือน "
        "ได้รับความช่วยเหลือแล้ว %(relieved)s ครัวเรือน (ร้อยละ %(share).1f)"
    ) % {
        "dimension": most.label,
        "failing": f"{failing[most]:,}",
        "relieved": f"{relieved:,}",
        "share": 100 * relieved / failing[most],
    }


# ------------------------------------------------------------------------------------------- headline figures


def _share_note(code: str, whole: str = "households") -> Callable[[Board], str]:
    def note(board: Board) -> str:
        if not board.value(whole):
            return ""
        return _("ร้อยละ %(share).1f") % {"share": 100 * board.value(code) / board.value(whole)}

    return note


def _other_note(text: Promise, *codes: str) -> Callable[[Board], str]:
    def note(board: Board) -> str:
        return str(text) % {code: f"{board.value(code):,}" for code in codes}

    return note


def _tile(
    code: str, icon: str, note: Callable[[Board], str] = lambda _board: "", tone: str = ""
) -> Callable[[Board], Tile]:
    figure = BY_CODE[code]
    return lambda board: Tile(
        figure.short, board.value(code), board.url(code), figure.unit.value, note(board), tone, icon
    )


TILES = (
    _tile("households", "household", _other_note(gettext_lazy("สำรวจพบเพิ่มเติม %(found)s"), "found")),
    _tile(
        "verified_households",
        "check-circle",
        _other_note(gettext_lazy("ตรวจสอบครบแล้ว %(checked_households)s"), "checked_households"),
    ),
    _tile(
        "persons", "user", _other_note(gettext_lazy("หลังตรวจสอบ %(verified_persons)s"), "verified_persons")
    ),
    _tile("helped_households", "help", _share_note("helped_households")),
    _tile("visited_90", "visit", _share_note("visited_90")),
    _tile("overdue", "clock", _share_note("overdue"), "bad"),
    _tile("without_team", "team", _share_note("without_team"), "warn"),
    _tile("proposed", "ladder"),
    _tile("visits", "map-pin"),
    _tile("helps", "plus"),
    _tile("baht", "file"),
    _tile("carried", "arrow-right"),
)
