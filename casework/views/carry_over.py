"""Opening balances: those sent, sending one, its preview, confirming, taking it back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from povertyops.common.paging import page_of_request
from povertyops.common.policies import allow

from ..carry_rules import LABELS
from ..forms.carry_over import CarryOverForm, UndoForm
from ..models import CarryOver
from ..pages.carry_over import (
    early_count,
    fault_lines,
    file_to_mend,
    good_lines,
    is_emptied,
    is_moving,
    lines_for,
    same_lines,
    tone_of,
)
from ..queries.carry_over import carry_overs_of, get_carry_over_for
from ..services.carry_over import (
    CARRYING_ROLES,
    may_confirm,
    receive_carry_over,
    request_apply,
    request_undo,
)
from ..tasks.carry_over import start_carry_over
from .shared import MIB, actor_of, attempt, posted, received, sent_with_files, status_of

CARRIERS = tuple(sorted(CARRYING_ROLES))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS_SHOWN = 50


@require_safe
@allow(*CARRIERS)
def carry_over_list(request: HttpRequest) -> HttpResponse:
    """Opening balances of the centre, or of the province for its secretary."""
    rows = carry_overs_of(actor_of(request)).select_related("user")
    page, urls = page_of_request(request, rows, ("-id",), 20)
    context = {"rows": [{"carry": row, "tone": tone_of(row)} for row in page.rows], **urls}
    return render(request, "casework/carry_over/list.html", context)


@require_http_methods(["GET", "POST"])
@allow(*CARRIERS)
def carry_over_new(request: HttpRequest) -> HttpResponse:
    """Send a file; nothing is written before its preview is confirmed."""
    form = CarryOverForm(*sent_with_files(request))
    if row := received(request, form, lambda: _receive(request, form)):
        return redirect("carry_over", pk=row.pk)
    context = {"form": form, "columns": list(LABELS.values())}
    return render(request, "casework/carry_over/new.html", context, status=status_of(form))


def _receive(request: HttpRequest, form: CarryOverForm) -> CarryOver:
    data = form.cleaned_data
    return receive_carry_over(
        actor=actor_of(request),
        kind=data["kind"],
        file_name=data["file"].name,
        pieces=lambda: data["file"].chunks(MIB),
        document=data["document"],
        signed_by=data["signed_by"],
    )


@require_safe
@allow(*CARRIERS)
def carry_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What the file would write, before it does; afterwards what it wrote."""
    return _page(request, get_carry_over_for(actor_of(request), pk), UndoForm())


def _page(request: HttpRequest, row: CarryOver, undo: UndoForm) -> HttpResponse:
    actor = actor_of(request)
    shown = request.GET.get("show", "")
    if shown not in ("good", "same", "faults"):
        shown = "good" if row.good or row.done else "faults" if row.faults else "same"
    lines = {"good": good_lines, "same": same_lines, "faults": fault_lines}[shown](row)
    page, urls = page_of_request(request, lines, ("row", "id"), ROWS_SHOWN)
    context = {
        "carry": row,
        "tone": tone_of(row),
        "is_moving": is_moving(row),
        "is_emptied": is_emptied(row),
        "shown": shown,
        "lines": lines_for(actor, page.rows),
        "early": early_count(row) if row.kind == "helps" else 0,
        "may_confirm": may_confirm(actor, row),
        "undo": undo,
        **urls,
    }
    return render(request, "casework/carry_over/carry_over.html", context, status=status_of(undo))


@require_POST
@allow(*CARRIERS)
def carry_over_apply(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Confirm what the preview showed."""
    row = request_apply(actor=actor_of(request), carry_over_id=pk)
    start_carry_over(row.pk)
    messages.success(request, _("ยืนยันแล้ว ระบบกำลังบันทึก กลับมาดูผลที่หน้านี้ได้"))
    return redirect("carry_over", pk=pk)


@require_POST
@allow(*CARRIERS)
def carry_over_undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the whole balance back, with the reason."""
    actor = actor_of(request)
    row = get_carry_over_for(actor, pk)
    form = UndoForm(posted(request))
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    if reason and attempt(form, lambda: request_undo(actor=actor, carry_over_id=pk, reason=reason)):
        start_carry_over(row.pk)
        messages.success(request, _("กำลังเลิกยอดยกมานี้ รายการเดิมยังเก็บไว้เป็นประวัติ"))
        return redirect("carry_over", pk=pk)
    return _page(request, row, form)


@require_safe
@allow(*CARRIERS)
def carry_over_errors(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The rows to mend as a file; id numbers stand in it in full: fetching it is logged and counted."""
    actor = actor_of(request)
    row = get_carry_over_for(actor, pk)
    if not row.faults:
        raise Http404
    response = HttpResponse(file_to_mend(actor, row), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="errors-{row.pk}.xlsx"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
