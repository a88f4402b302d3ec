"""From what someone asked for to the sheet that answers it; pages, workers and the command meet here.

Nothing of an order is trusted: filters are read, area and list are looked for within the actor's own reach.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from casework.filters import cohort_filters_of
from casework.inputs import CohortFilters
from casework.queries.cohort import as_of
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import BOARD_ROLES, HOUSEHOLD_ROLES
from povertyops.areas.queries import areas_by_code
from povertyops.common.errors import InvalidInput
from povertyops.common.thai import format_thai_date

from .access import highest_area, may_open_lists, sees_below, visible_area, visible_centre
from .exports import LISTS, board, list_sheet, rows_sheet
from .exports.base import Sheet, Text
from .exports.progress import Progress
from .exports.writing import csv_stream, write_workbook
from .models import ExportJob, Figures
from .pages.board import Asked as BoardAsked
from .pages.board import Board, area_board, centre_board
from .services.export_jobs import Task
from .services.told import for_actor

FORMATS = ("csv", "xlsx")
BOARD = "board"
KINDS = (*LISTS, BOARD)
# Of an address, what is no filter: the place in a list, the choice of columns.
NO_FILTER = frozenset({"after", "columns", "kind", "format", "big"})
# Names of persons typed into the search box stay out of the file's page about itself.
UNSAID = frozenset({"q"})


class AnyColumn(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def head(self) -> Text: ...


@dataclass(frozen=True)
class Order:
    """One export as it was asked for. `columns` are codes in order; none means all."""

    kind: str
    query: QueryDict
    columns: tuple[str, ...] = ()
    shows_ids: bool = False

    @classmethod
    def from_query(cls, kind: str, query: QueryDict) -> Order:
        """Out of an address: `columns=` is a list with commas, the rest are filters."""
        if kind not in KINDS:
            raise Http404
        codes = tuple(code for code in query.get("columns", "").split(",") if code)
        return cls(kind, filters_alone(query), codes)

    @classmethod
    def of_job(cls, job: ExportJob) -> Order:
        query = QueryDict(urlencode(job.query, doseq=True))
        return cls(job.kind, query, tuple(job.columns), job.shows_ids)

    @property
    def filters(self) -> dict[str, list[str]]:
        return {name: self.query.getlist(name) for name in self.query}


@dataclass(frozen=True)
class Made:
    """What an order comes to: how its file is called, what the register says, how many rows (None: many,
    not counted), and the sheet itself."""

    stem: str
    title: str
    sheet: Sheet


def filters_alone(query: QueryDict) -> QueryDict:
    kept = QueryDict(mutable=True)
    for name in query:
        values = [value for value in query.getlist(name) if value]
        if name not in NO_FILTER and values:
            kept.setlist(name, values)
    return kept


def may_ask(actor: Actor, kind: str) -> bool:
    """Whether lists, or boards, are for this role at all."""
    return actor.is_system or actor.role in (BOARD_ROLES if kind == BOARD else HOUSEHOLD_ROLES)


def columns_of(kind: str) -> Sequence[AnyColumn]:
    return board.columns() if kind == BOARD else LISTS[kind].columns


def chosen_columns(order: Order) -> Sequence[Any]:
    """The chosen columns in their order. Raises InvalidInput for one that is not there."""
    known = {column.code: column for column in columns_of(order.kind)}
    wrong = [code for code in order.columns if code not in known]
    if wrong:
        message = _("ไม่มีคอลัมน์ “%(code)s” ในรายการนี้") % {"code": wrong[0][:40]}
        raise InvalidInput("unknown_column", message, field="columns")
    return [known[code] for code in dict.fromkeys(order.columns)] or list(known.values())


def label_of(kind: str) -> str:
    return _("กระดาน") if kind == BOARD else str(LISTS[kind].label)


def count_of(actor: Actor, order: Order) -> int:
    """How many rows the file will have."""
    if order.kind == BOARD:
        return len(_board(actor, order.query).rows)
    return LISTS[order.kind].count(actor, _filters(actor, order))


def make(actor: Actor, order: Order, progress: Progress | None = None) -> Made:
    """The sheet of an order, within what the actor may see now. Raises InvalidInput, Http404."""
    if not may_ask(actor, order.kind):
        raise Http404
    progress = progress or Progress()
    if order.kind == BOARD:
        return _make_board(actor, order, progress)
    return _make_list(actor, order, progress)


def write_export(task: Task) -> int:
    """What a worker writes for a job: the file at `task.target`; gives the number of rows."""
    progress = Progress(task.beat)
    made = make(task.actor, Order.of_job(task.job), progress)
    with task.target.open("xb") as file:
        if task.job.format == "csv":
            for piece in csv_stream(made.sheet):
                file.write(piece)
        else:
            write_workbook(made.sheet, file, folder=str(task.folder), on_write=progress.tell)
    return progress.rows


# ---------------------------------------------------------------------------------------------------- sheets


def _make_list(actor: Actor, order: Order, progress: Progress) -> Made:
    filters = _filters(actor, order)
    day = as_of(filters)
    title = " · ".join((label_of(order.kind), *_where(filters)))
    about = _about(actor, order, title, str(filters.fiscal_year), format_thai_date(day))
    sheet = list_sheet(
        order.kind,
        actor,
        filters,
        chosen_columns(order),
        about=about,
        shows_ids=order.shows_ids,
        progress=progress,
    )
    stem = f"{order.kind}s-{filters.area or actor.province_code or 'TH'}-{filters.fiscal_year}-{day}"
    return Made(stem, title, sheet)


def _make_board(actor: Actor, order: Order, progress: Progress) -> Made:
    shown = _board(actor, order.query)
    if shown.figures is None:
        raise Http404
    chosen = chosen_columns(order)
    about: list[tuple[Text, Text]] = [
        *_about(actor, order, shown.title, str(shown.fiscal_year), format_thai_date(shown.as_of)),
        (_("บัญชี"), shown.list_label),
        *((figure.label, figure.counts) for figure in shown.all_figures),
    ]
    rows = partial(board.rows, _figures_of(actor, shown), chosen)
    sheet = rows_sheet(BOARD, [column.head for column in chosen], rows, about, progress)
    title = " · ".join((label_of(BOARD), shown.title, _year(shown.fiscal_year)))
    return Made(f"board-{shown.place.code}-{shown.fiscal_year}-{shown.as_of}", title, sheet)


def _figures_of(actor: Actor, shown: Board) -> list[tuple[Figures, Any]]:
    """The rows of a board as this person may see them: small numbers leave no other way than they show."""
    own = shown.figures
    below = [row.figures for row in shown.rows if own is None or row.figures.code != own.code]
    told, under = for_actor(actor, own, below, day=shown.past_day)
    known = {figures.code: figures for figures in (told, *under) if figures is not None}
    return [(known[row.figures.code], row.label) for row in shown.rows]


def _about(actor: Actor, order: Order, title: str, year: str, day: str) -> list[tuple[Text, Text]]:
    said = [f"{name}={','.join(values)}" for name, values in order.filters.items() if name not in UNSAID]
    return [
        (_("รายการ"), title),
        (_("ปีงบประมาณ"), year),
        (_("ข้อมูล ณ วันที่"), day),
        (_("ตัวกรอง"), " ".join(said) or _("ไม่มี")),
        (_("ผู้ส่งออก"), actor.user.display_name if actor.user else _("ระบบ")),
    ]


def _filters(actor: Actor, order: Order) -> CohortFilters:
    return cohort_filters_of(order.query, today=actor.today())


def _where(filters: CohortFilters) -> list[str]:
    names = areas_by_code([filters.area]) if filters.area else {}
    place = [names[filters.area].label] if filters.area in names else []
    return [*place, _year(filters.fiscal_year)]


def _year(year: int) -> str:
    return _("ปีงบประมาณ %(year)d") % {"year": year}


def _board(actor: Actor, query: Mapping[str, str]) -> Board:
    """The board that is named, else the person's own."""
    asked = BoardAsked.from_query(query, today=actor.today())
    opens, top = may_open_lists(actor), highest_area(actor)
    centre = query.get("centre") or ("" if "area" in query else actor.reach.centre_id)
    if centre:
        found = visible_centre(actor, _uuid(str(centre)))
        return centre_board(found, asked, opens_lists=opens, from_code=top)
    area = visible_area(actor, query.get("area", top))
    below = sees_below(actor, area.level)
    return area_board(area, asked, opens_lists=opens, from_code=top, with_rows=below)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
