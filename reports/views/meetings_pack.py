"""Freezing a meeting's figures, asking for its files, following the work, taking them home."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from povertyops.accounts.actor import Actor
from povertyops.common.answering import attempt, posted, status_of
from povertyops.common.audit import log_access
from povertyops.common.policies import allow

from ..enums import MeetingState, PackFileKind
from ..forms.meetings import FreezeForm
from ..meeting_access import get_meeting_for, get_pack_file_for
from ..models import Meeting, PackFile
from ..pages.meetings import pack_story
from ..services.meetings import freeze_meeting, what_would_freeze
from ..services.packs import ask_pack
from ..tasks import start_pack
from .board import actor_of
from .meetings import READERS, WRITERS
from .meetings_parts import back_to

TYPES = {
    PackFileKind.PDF: "application/pdf",
    PackFileKind.MEMO: "application/pdf",
    PackFileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    PackFileKind.CHART: "image/png",
}


@require_http_methods(["GET", "POST"])
@allow(*WRITERS)
def meeting_freeze(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What will be frozen, and the step itself, which cannot be taken back."""
    actor = actor_of(request)
    meeting = get_meeting_for(actor, pk, whole=True)
    if request.method != "POST" and meeting.state != MeetingState.PLANNED:
        return back_to(pk, "pack")
    form = FreezeForm(posted(request))
    if form.is_valid() and (frozen := _frozen(actor, pk, form)):
        start_pack(ask_pack(actor=actor, meeting_id=pk).pk)
        said = _("ตรึงตัวเลขการประชุมครั้งที่ %(number)s แล้ว เลขที่ชุดข้อมูล %(id)s กำลังทำเอกสาร")
        messages.success(request, said % {"number": frozen, "id": frozen.snapshot_id})
        return back_to(pk, "pack")
    what = what_would_freeze(meeting, actor.today())
    context = {"meeting": meeting, "what": what, "form": form}
    return render(request, "reports/meetings/freeze.html", context, status=status_of(form))


def _frozen(actor: Actor, pk: UUID, form: FreezeForm) -> Meeting | None:
    day = form.cleaned_data["as_of"]
    return attempt(form, lambda: freeze_meeting(actor=actor, meeting_id=pk, as_of=day))


@require_POST
@allow(*WRITERS)
def pack_ask(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Files from the same figures once more, perhaps in other digits."""
    thai = request.POST.get("thai_digits") == "1"
    job = ask_pack(actor=actor_of(request), meeting_id=pk, thai_digits=thai)
    start_pack(job.pk)
    return back_to(pk, "pack")


@require_safe
@allow(*READERS)
def pack_progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The progress alone; once the work is over the page is asked anew."""
    meeting = get_meeting_for(actor_of(request), pk, whole=True)
    pack = pack_story(meeting)
    if not pack.is_under_way:
        return HttpResponseClientRefresh() if "HX-Request" in request.headers else back_to(pk, "pack")
    return render(request, "reports/meetings/pack_progress.html", {"pack": pack, "meeting": meeting})


@require_safe
@allow(*READERS)
def pack_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A file of the pack; who took it is written down."""
    actor = actor_of(request)
    file: PackFile = get_pack_file_for(actor, pk)
    meeting = file.job.meeting
    log_access(
        actor,
        "pack",
        object_type="meeting",
        object_id=meeting.pk,
        details={"file": file.name, "snapshot": meeting.snapshot_id, "sha256": file.sha256},
    )
    response = HttpResponse(bytes(file.content), content_type=TYPES[PackFileKind(file.kind)])
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
