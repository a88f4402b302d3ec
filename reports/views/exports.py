"""Lists and boards as files: complete, never cut, written down in the access log before the first byte."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from casework.filters import cohort_filters_of
from casework.queries.cohort import as_of
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import BOARD_ROLES, HOUSEHOLD_ROLES
from povertyops.common.audit import log_access
from povertyops.common.errors import InvalidInput
from povertyops.common.policies import allow
from povertyops.common.thai import format_thai_date

from ..access import highest_area, may_open_lists, sees_below, visible_area, visible_centre
from ..exports import LISTS, list_sheet, rows_sheet
from ..exports import board as board_export
from ..exports.base import Sheet, Text
from ..exports.writing import csv_stream, write_workbook
from ..pages.board import Asked, Board, area_board, centre_board
from .board import actor_of

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = ("csv", "xlsx")
# A workbook is written whole before it is sent; above this a request would take too long.
# Names of persons typed into the search box do not belong into the log.
UNLOGGED = frozenset({"q", "after"})


@require_safe
@allow(*HOUSEHOLD_ROLES)
def export_list(request: HttpRequest, kind: str, fmt: str) -> HttpResponseBase:
    """Households, persons, visits or helps, by the filters of their list."""
    export = LISTS.get(kind)
    if export is None or fmt not in FORMATS:
        raise Http404
    actor = actor_of(request)
    filters = cohort_filters_of(request.GET, today=actor.today())
    if fmt == "xlsx":
        _check_size(export.count(actor, filters))
    day = as_of(filters)
    about: list[tuple[Text, Text]] = [
        (gettext_lazy("รายการ"), export.label),
        (gettext_lazy("ปีงบประมาณ"), str(filters.fiscal_year)),
        (gettext_lazy("ข้อมูล ณ วันที่"), format_thai_date(day)),
        (gettext_lazy("ตัวกรอง"), _said(request.GET)),
        (gettext_lazy("ผู้ส่งออก"), actor.user.display_name if actor.user else ""),
    ]
    sheet = list_sheet(kind, actor, filters, export.columns, about=about)
    _log(actor, request, kind, fmt)
    return _answer(
        sheet, fmt, f"{kind}s-{filters.area or actor.province_code or 'TH'}-{filters.fiscal_year}-{day}"
    )


@require_safe
@allow(*BOARD_ROLES)
def export_board(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """The table of a board with every figure."""
    if fmt not in FORMATS:
        raise Http404
    actor = actor_of(request)
    board = _board(actor, request.GET)
    if board.figures is None:
        raise Http404
    about: list[tuple[Text, Text]] = [
        (gettext_lazy("กระดาน"), board.title),
        (gettext_lazy("ปีงบประมาณ"), str(board.fiscal_year)),
        (gettext_lazy("บัญชี"), board.list_label),
        (gettext_lazy("ข้อมูล ณ วันที่"), format_thai_date(board.as_of)),
        *((figure.label, figure.counts) for figure in board.all_figures),
    ]
    rows = partial(board_export.rows, [(row.figures, row.label) for row in board.rows])
    _log(actor, request, "board", fmt)
    sheet = rows_sheet("board", board_export.heads(), rows, about)
    return _answer(sheet, fmt, f"board-{board.place.code}-{board.fiscal_year}-{board.as_of}")


def _board(actor: Actor, query: Mapping[str, str]) -> Board:
    """The board that is named, else the person's own."""
    asked = Asked.from_query(query)
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


def _answer(sheet: Sheet, fmt: str, name: str) -> HttpResponseBase:
    response: HttpResponseBase
    if fmt == "csv":
        response = StreamingHttpResponse(csv_stream(sheet), content_type=CSV)
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return response
    target = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - closed by the response
    write_workbook(sheet, target)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


def _check_size(rows: int) -> None:
    if rows > settings.EXPORT_MAX_XLSX_ROWS:
        raise InvalidInput(
            "too_many_rows",
            _("รายการนี้มี %(rows)s แถว มากกว่าที่ไฟล์ Excel ทำได้ในครั้งเดียว โปรดส่งออกเป็น CSV ซึ่งได้ครบทุกแถว")
            % {"rows": f"{rows:,}"},
        )


def _log(actor: Actor, request: HttpRequest, kind: str, fmt: str) -> None:
    details: dict[str, Any] = {
        name: request.GET.getlist(name) for name in request.GET if name not in UNLOGGED
    }
    log_access(actor, "export", object_type=kind, object_id=fmt, details=details)


def _said(query: Mapping[str, str]) -> str:
    shown = [f"{name}={value}" for name, value in query.items() if name not in UNLOGGED]
    return " ".join(shown) or _("ไม่มี")
