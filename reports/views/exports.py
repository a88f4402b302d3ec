"""Lists and boards as files: answered at once, complete, never cut, in the register before the first byte."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import BOARD_ROLES, HOUSEHOLD_ROLES
from povertyops.common.policies import allow

from ..exports import LISTS
from ..exports.progress import Progress
from ..exports.writing import csv_stream, write_workbook
from ..models import ExportJob
from ..orders import BOARD, FORMATS, Made, Order, count_of, make
from ..services.export_register import Asked, begin_stream, end_stream
from .board import actor_of

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES = {"csv": CSV, "xlsx": XLSX}


@require_safe
@allow(*HOUSEHOLD_ROLES)
def export_list(request: HttpRequest, kind: str, fmt: str) -> HttpResponseBase:
    """Households, persons, visits or helps, by the filters of their list. Ids stay masked here."""
    if kind not in LISTS or fmt not in FORMATS:
        raise Http404
    return _answer(actor_of(request), Order.from_query(kind, request.GET), fmt)


@require_safe
@allow(*BOARD_ROLES)
def export_board(request: HttpRequest, fmt: str) -> HttpResponseBase:
    """The table of a board with every figure."""
    if fmt not in FORMATS:
        raise Http404
    return _answer(actor_of(request), Order.from_query(BOARD, request.GET), fmt)


def asking_url(order: Order, **more: str) -> str:
    """The page that asks for an export in peace, with these filters and columns."""
    query = order.query.copy()
    query.update({"kind": order.kind, **more})
    if order.columns:
        query["columns"] = ",".join(order.columns)
    return f"{reverse('export_new')}?{query.urlencode()}"


def stream_url(order: Order, fmt: str) -> str:
    """Where this export is answered at once."""
    name, args = ("export_board", [fmt]) if order.kind == BOARD else ("export", [order.kind, fmt])
    query: QueryDict = order.query.copy()
    if order.columns:
        query["columns"] = ",".join(order.columns)
    return f"{reverse(name, args=args)}?{query.urlencode()}"


def is_big(actor: Actor, order: Order, fmt: str) -> bool:
    """A workbook is written whole before it is sent; above this a worker makes it."""
    return fmt == "xlsx" and order.kind != BOARD and count_of(actor, order) > settings.EXPORT_MAX_XLSX_ROWS


def _answer(actor: Actor, order: Order, fmt: str) -> HttpResponseBase:
    progress = Progress()
    made = make(actor, order, progress)
    if is_big(actor, order, fmt):
        return redirect(asking_url(order, format=fmt, big="1"))
    asked = Asked(order.kind, fmt, order.filters, made.title, order.columns)
    job = begin_stream(actor=actor, asked=asked)
    response: HttpResponseBase
    if fmt == "csv":
        response = StreamingHttpResponse(_lines(actor, job, made, progress), content_type=CSV)
        response["Content-Disposition"] = f'attachment; filename="{made.stem}.csv"'
        return response
    return _workbook(actor, job, made, progress)


def _lines(actor: Actor, job: ExportJob, made: Made, progress: Progress) -> Iterator[bytes]:
    whole = False
    try:
        yield from csv_stream(made.sheet)
        whole = True
    finally:
        end_stream(actor=actor, job_id=job.pk, rows=progress.rows, whole=whole)


def _workbook(actor: Actor, job: ExportJob, made: Made, progress: Progress) -> FileResponse:
    target = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - closed by the response
    whole = False
    try:
        write_workbook(made.sheet, target)
        whole = True
    finally:
        end_stream(actor=actor, job_id=job.pk, rows=progress.rows, whole=whole)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"{made.stem}.xlsx", content_type=XLSX)
