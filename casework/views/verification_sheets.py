"""The field check in Excel: taking a sheet out, sending it back, its preview, applying it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from povertyops.common.paging import page_of_request
from povertyops.common.policies import allow

from ..forms.verification_sheets import ReturnForm
from ..models import SheetReturn
from ..pages.verification_sheets import changes_of, faults_of, lines_for, tone_of_return
from ..queries.sheets import get_return_for, returns_of
from ..rules import VERIFYING_ROLES
from ..services.sheet_returns import apply_return, receive_return
from ..services.verification_sheets import take_out_sheet
from ..sheet_rules import Kind
from .shared import MIB, actor_of, received, sent_with_files, status_of

CHECKERS = tuple(sorted(VERIFYING_ROLES))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_SHOWN = 50
MOST_CLASHES = 200


@require_safe
@allow(*CHECKERS)
def verification_sheet(request: HttpRequest) -> HttpResponse:
    """A protected workbook of everybody to check in an area, or in the whole reach."""
    actor = actor_of(request)
    area = request.GET.get("area", "")
    if area and not (area.isdecimal() and len(area) in (2, 4, 6, 8)):
        raise Http404
    sheet, body = take_out_sheet(actor=actor, area=area)
    response = HttpResponse(body, content_type=XLSX)
    name = f"check-{area or sheet.province_code}.xlsx"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(["GET", "POST"])
@allow(*CHECKERS)
def sheet_returns(request: HttpRequest) -> HttpResponse:
    """Send a filled-in sheet; those sent before."""
    form = ReturnForm(*sent_with_files(request))
    if returned := received(request, form, lambda: _receive(request, form)):
        return redirect("sheet_return", pk=returned.pk)
    page, urls = page_of_request(request, returns_of(actor_of(request)), ("-id",), 20)
    rows = [{"returned": row, "tone": tone_of_return(row)} for row in page.rows]
    context = {"form": form, "rows": rows, **urls}
    return render(request, "casework/sheets/returns.html", context, status=status_of(form))


def _receive(request: HttpRequest, form: ReturnForm) -> SheetReturn:
    file = form.cleaned_data["file"]
    return receive_return(actor=actor_of(request), file_name=file.name, pieces=lambda: file.chunks(MIB))


@require_safe
@allow(*CHECKERS)
def sheet_return(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the sheet would change, before it does; afterwards what it did."""
    actor = actor_of(request)
    returned = get_return_for(actor, pk)
    shows_faults = request.GET.get("show") == "faults" or not returned.good
    rows = faults_of(returned) if shows_faults else changes_of(returned, Kind.CHANGE)
    page, urls = page_of_request(request, rows, ("row", "id"), ROWS_SHOWN)
    clashes = changes_of(returned, Kind.CLASH).order_by("row", "id")
    context = {
        "returned": returned,
        "tone": tone_of_return(returned),
        "shows_faults": shows_faults,
        "lines": lines_for(actor, page.rows),
        "clashes": lines_for(actor, clashes[:MOST_CLASHES]),
        "clash_count": clashes.count(),
        **urls,
    }
    return render(request, "casework/sheets/return.html", context)


@require_POST
@allow(*CHECKERS)
def sheet_return_apply(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down the good rows, and of those that clash the ticked ones."""
    take = {int(value) for value in request.POST.getlist("take") if value.isascii() and value.isdecimal()}
    returned = apply_return(actor=actor_of(request), return_id=pk, take=take)
    messages.success(request, _("บันทึกผลตรวจสอบแล้ว %(count)d คน") % {"count": returned.done})
    return redirect("sheet_return", pk=pk)
