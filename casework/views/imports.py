"""Target lists on their way in: the list of imports, sending a file, its check, applying it, the file to
mend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from households.access import get_import_for, visible_imports
from households.models import ImportBatch
from households.services.target_lists import open_error_file, read_again, receive_list
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES, Role
from povertyops.common.errors import InvalidInput
from povertyops.common.paging import page_of_request
from povertyops.common.policies import allow
from povertyops.common.thai import fiscal_year_of
from povertyops.common.uploads import is_too_big

from ..forms.import_acts import ApprovalAnswerForm, ImportRuleForm
from ..forms.imports import ImportForm
from ..pages.imports import BatchStory, batch_rows, found_rows, lines_of
from ..services.apply import request_apply
from ..services.import_approval import approve_import, decline_import, import_rule_of, set_import_rule
from ..tasks.imports import start_import
from .shared import actor_of, attempt, posted, status_of, succeeds

IMPORTERS = tuple(sorted(OFFICER_ROLES))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FAULTS_SHOWN = 50
MIB = 1024 * 1024


@require_safe
@allow(*IMPORTERS)
def import_list(request: HttpRequest) -> HttpResponse:
    """What has been brought in, newest first."""
    rows = visible_imports(actor_of(request)).select_related("kind", "user")
    page, urls = page_of_request(request, rows, ("-id",), 30)
    sets_rule = actor_of(request).role == Role.PROVINCIAL_SECRETARY
    context = {"rows": batch_rows(page.rows), "sets_rule": sets_rule, **urls}
    return render(request, "casework/imports/list.html", context)


@require_http_methods(["GET", "POST"])
@allow(*IMPORTERS)
def import_new(request: HttpRequest) -> HttpResponse:
    """Send a file; it is read in the background."""
    actor = actor_of(request)
    this_year = fiscal_year_of(actor.today())
    is_sent = request.method == "POST"
    form = ImportForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        initial={"fiscal_year": this_year},
        this_year=this_year,
    )
    if is_too_big(request):
        message = _("ไฟล์ใหญ่เกิน %(most)d เมกะไบต์ แบ่งเป็นหลายไฟล์ เช่น อำเภอละไฟล์ แล้วส่งใหม่")
        form.add_error("file", message % {"most": settings.UPLOAD_MAX_BYTES // MIB})
    elif is_sent and form.is_valid():
        batch = attempt(form, lambda: _receive(actor, form))
        if batch:
            start_import(batch.pk)
            return redirect("import_batch", pk=batch.pk)
    return render(request, "casework/imports/new.html", {"form": form}, status=status_of(form))


def _receive(actor: Actor, form: ImportForm) -> ImportBatch:
    file = form.cleaned_data["file"]
    return receive_list(actor=actor, draft=form.draft(), file_name=file.name, pieces=file.chunks(MIB))


@require_safe
@allow(*IMPORTERS)
def import_batch(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One import: its progress, its preview, what is to be mended, its receipt. Asked by htmx it answers the
    progress alone, and a whole new page once the work is done."""
    actor = actor_of(request)
    batch = get_import_for(actor, pk)
    story = BatchStory(batch, actor)
    if "HX-Request" in request.headers:
        if not batch.is_moving:
            return HttpResponseClientRefresh()
        return render(request, "casework/imports/progress.html", {"story": story, "batch": batch})
    return render(request, "casework/imports/batch.html", batch_context(request, story))


def batch_context(request: HttpRequest, story: BatchStory) -> dict[str, Any]:
    """What the page of an import shows, whoever answers on it."""
    batch = story.batch
    shows_notices = request.GET.get("show") == "notices" or (not batch.faults and batch.notices > 0)
    page, urls = page_of_request(
        request, found_rows(batch, notices=shows_notices), ("sheet", "row", "id"), FAULTS_SHOWN
    )
    return {
        "story": story,
        "batch": batch,
        "lines": list(lines_of(batch, page.rows)),
        "shows_notices": shows_notices,
        **urls,
    }


@require_POST
@allow(*IMPORTERS)
def import_apply(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Bring in what is right; the work goes on in the background."""
    batch = request_apply(actor=actor_of(request), batch_id=pk)
    if batch.is_moving:
        start_import(batch.pk)
    return redirect("import_batch", pk=batch.pk)


@require_POST
@allow(*IMPORTERS)
def import_approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The second person's answer: let the list in, or send it back with the reason."""
    return second_answer(request, pk, approve_import, decline_import)


def second_answer(
    request: HttpRequest, pk: UUID, approve: Callable[..., ImportBatch], decline: Callable[..., ImportBatch]
) -> HttpResponse:
    """What a second person decides about a batch that waits for one; the form again where it cannot be."""
    actor = actor_of(request)
    batch = get_import_for(actor, pk)
    form = ApprovalAnswerForm(request.POST)

    def answer() -> ImportBatch:
        if form.cleaned_data["decision"] == "approve":
            return approve(actor=actor, batch_id=pk)
        return decline(actor=actor, batch_id=pk, note=form.cleaned_data["note"])

    if form.is_valid():
        answered = attempt(form, answer)
        if answered is not None:
            if answered.is_moving:
                start_import(pk)
            return redirect("import_batch", pk=pk)
    context = {**batch_context(request, BatchStory(batch, actor)), "approval": form}
    return render(request, "casework/imports/batch.html", context, status=422)


@require_POST
@allow(*IMPORTERS)
def import_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Read the file anew, after codes or columns got their meaning."""
    batch = read_again(actor=actor_of(request), batch_id=pk)
    start_import(batch.pk)
    return redirect("import_batch", pk=batch.pk)


@require_http_methods(["GET", "POST"])
@allow(Role.PROVINCIAL_SECRETARY)
def import_rule(request: HttpRequest) -> HttpResponse:
    """From how many households on the province wants a second person."""
    actor = actor_of(request)
    rule = import_rule_of(actor.province_code)
    form = ImportRuleForm(posted(request), initial={"second_person_from": rule.second_person_from})
    if (
        request.method == "POST"
        and form.is_valid()
        and succeeds(form, lambda: set_import_rule(actor=actor, **form.cleaned_data))
    ):
        messages.success(request, _("บันทึกกติกาแล้ว"))
        return redirect("import_list")
    return render(request, "casework/imports/rule.html", {"form": form, "rule": rule}, status=status_of(form))


@require_safe
@allow(*IMPORTERS)
def import_errors(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The file to be mended; ids stand in it in full, so that fetching it is logged."""
    actor = actor_of(request)
    batch = get_import_for(actor, pk)
    if not BatchStory(batch).has_error_file and not batch.held_back:
        raise InvalidInput("nothing_to_mend", _("บัญชีนี้ไม่มีแถวที่ต้องแก้"))
    response = StreamingHttpResponse(open_error_file(actor=actor, batch=batch), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="errors-{batch.pk}.xlsx"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
