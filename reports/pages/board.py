"""The board of one area or municipal centre: its own figures, and what lies under it, worst first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dimensions.enums import Dimension, Stage
from povertyops.areas.enums import NATION, Level
from povertyops.areas.models import Area, Centre
from povertyops.areas.queries import areas_by_code
from povertyops.areas.rules import MUNICIPAL_KINDS, ancestors_of
from povertyops.common.thai import fiscal_year_of, format_thai_datetime

from ..definitions import BY_CODE, FAILING, FIGURES, Figure
from ..links import Place, board_url, list_url
from ..models import AreaProgress
from ..models.progress import CENTRE_LEVEL
from ..queries import all_progress_of, days_of_years, list_names, progress_below
from .columns import NAME, TABLES, WORST, Table, Text
from .readings import dimension_reading, stage_reading
from .rows import Row, stages_of, table_rows
from .tiles import Tile, tiles_of


@dataclass(frozen=True, slots=True)
class Choice:
    """One fiscal year, list or table that can be looked at instead."""

    label: Text
    url: str
    current: bool


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
        return stages_of(self.figures) if self.figures else {}

    @property
    def stage_rows(self) -> list[dict[str, Any]]:
        """In the shape of the stage chart."""
        urls = {stage.code: self.url(stage.code) for stage in Stage}
        return [{"label": self.title, "stages": self.stages, "urls": urls}]

    @property
    def tiles(self) -> list[Tile]:
        return tiles_of(self)

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
    board.rows = table_rows(board, below, labels, asked.sort)
    return board


def centre_board(centre: Centre, asked: Asked, *, opens_lists: bool, from_code: str) -> Board:
    """The board of a municipal centre: its own figures, without rows under it."""
    board, _rows = _begin(Place(str(centre.pk), is_centre=True), asked, centre.name, opens_lists)
    parent = board.figures.parent_code if board.figures else ""
    path = [code for code in [*ancestors_of(parent), parent] if code and _at_or_below(code, from_code)]
    areas = areas_by_code(path)
    here = {"label": centre.name, "url": ""}
    board.crumbs = [*(_crumb(areas[code], board) for code in path if code in areas), here]
    board.rows = table_rows(board, [], {}, asked.sort)
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
