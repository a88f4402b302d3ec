"""The parts of a meeting that its secretariat writes: agenda, attendance, resolutions, stories."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from households.access import visible_households
from povertyops.accounts.actor import Actor
from povertyops.common.answering import attempt, posted, status_of, succeeds
from povertyops.common.policies import allow

from ..enums import AgendaKind
from ..forms.meetings import (
    AgendaForm,
    AttendanceForms,
    ResolutionForm,
    ResolutionNoteForm,
    StoryForm,
    attendees_of,
)
from ..meeting_access import (
    get_agenda_item_for,
    get_meeting_for,
    get_resolution_for,
    get_story_for,
    may_write,
    whole_meetings,
)
from ..models import Meeting, MeetingStory, Resolution
from ..pages.meetings import later_meetings, resolution_cards
from ..services.meetings import (
    add_agenda_item,
    add_resolution,
    add_story,
    edit_agenda_item,
    edit_resolution,
    edit_story,
    lay_follow_up,
    note_resolution,
    remove_agenda_item,
    remove_story,
    save_attendance,
)
from .board import actor_of
from .meetings import EVERYBODY, WRITERS


def back_to(meeting_id: UUID, part: str) -> HttpResponse:
    return redirect(f"{reverse('meeting', args=[meeting_id])}?part={part}")


# --------------------------------------------------------------------------------------------- agenda


@require_http_methods(["GET", "POST"])
@allow(*WRITERS)
def agenda_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    actor = actor_of(request)
    meeting = get_meeting_for(actor, pk, whole=True)
    kind = request.GET.get("kind", "")
    initial = {"kind": kind if kind in AgendaKind else AgendaKind.REPORT}
    form = AgendaForm(posted(request), initial=initial)
    if form.is_valid() and succeeds(
        form, lambda: add_agenda_item(actor=actor, meeting_id=pk, draft=form.draft())
    ):
        messages.success(request, _("เพิ่มวาระแล้ว"))
        return back_to(pk, "agenda")
    context = {"form": form, "meeting": meeting}
    return render(request, "reports/meetings/agenda_form.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@allow(*WRITERS)
def agenda_item(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change one item of the agenda."""
    actor = actor_of(request)
    item = get_agenda_item_for(actor, pk)
    initial = {name: getattr(item, name) for name in AgendaForm.base_fields}
    form = AgendaForm(posted(request), initial=initial)
    if form.is_valid() and succeeds(
        form, lambda: edit_agenda_item(actor=actor, item_id=pk, draft=form.draft())
    ):
        messages.success(request, _("บันทึกแล้ว"))
        return back_to(item.meeting_id, "agenda")
    context = {"form": form, "meeting": item.meeting, "item": item}
    return render(request, "reports/meetings/agenda_form.html", context, status=status_of(form))


@require_POST
@allow(*WRITERS)
def agenda_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    meeting = remove_agenda_item(actor=actor_of(request), item_id=pk)
    messages.success(request, _("นำวาระออกแล้ว"))
    return back_to(meeting.pk, "agenda")


@require_POST
@allow(*WRITERS)
def agenda_follow_up(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add what is still open and not yet on the agenda."""
    added = lay_follow_up(actor=actor_of(request), meeting_id=pk)
    said = _("เติมมติที่ยังค้าง %(count)d เรื่อง") % {"count": added}
    messages.success(request, said if added else _("มติที่ยังค้างอยู่ในวาระครบแล้ว"))
    return back_to(pk, "agenda")


# ------------------------------------------------------------------------------------------ attendance


@require_http_methods(["GET", "POST"])
@allow(*WRITERS)
def attendance(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who came, all lines on one page; a line without a name is left out."""
    actor = actor_of(request)
    meeting = get_meeting_for(actor, pk, whole=True)
    fields = ("name", "office", "presence", "replaced_by")
    seats = AttendanceForms(posted(request), initial=list(meeting.attendance.values(*fields)), prefix="seat")
    if request.method == "POST" and seats.is_valid():
        save_attendance(actor=actor, meeting_id=pk, people=attendees_of(seats))
        messages.success(request, _("บันทึกรายชื่อแล้ว"))
        return back_to(pk, "attendance")
    bad = seats.is_bound and not seats.is_valid()
    context = {"seats": seats, "meeting": meeting, "is_bad": bad}
    return render(request, "reports/meetings/attendance.html", context, status=422 if bad else 200)


# ----------------------------------------------------------------------------------------- resolutions


@require_http_methods(["GET", "POST"])
@allow(*WRITERS)
def resolution_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    actor = actor_of(request)
    meeting = get_meeting_for(actor, pk, whole=True)
    form = ResolutionForm(posted(request), items=list(meeting.agenda.all()))
    if form.is_valid() and succeeds(
        form, lambda: add_resolution(actor=actor, meeting_id=pk, draft=form.draft())
    ):
        messages.success(request, _("บันทึกมติแล้ว จะติดตามในการประชุมครั้งต่อไปจนกว่าจะแล้วเสร็จหรือยุติ"))
        return back_to(pk, "resolutions")
    context = {"form": form, "meeting": meeting}
    return render(request, "reports/meetings/resolution_form.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@allow(*WRITERS)
def resolution_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    actor = actor_of(request)
    found = get_resolution_for(actor, pk)
    initial = {"text": found.text, "owner": found.owner, "due_on": found.due_on, "agenda": found.agenda_id}
    form = ResolutionForm(posted(request), initial=initial, items=list(found.meeting.agenda.all()))
    if form.is_valid() and succeeds(
        form, lambda: edit_resolution(actor=actor, resolution_id=pk, draft=form.draft())
    ):
        messages.success(request, _("บันทึกแล้ว"))
        return redirect("resolution", pk=pk)
    context = {"form": form, "meeting": found.meeting, "resolution": found}
    return render(request, "reports/meetings/resolution_form.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@allow(*EVERYBODY)
def resolution(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A resolution, what was reported about it, and the next report."""
    actor = actor_of(request)
    found = get_resolution_for(actor, pk)
    form = _note_form(request, actor, found)
    if form.is_valid():
        data = form.cleaned_data
        noted = attempt(
            form,
            lambda: note_resolution(
                actor=actor,
                resolution_id=pk,
                text=data["text"],
                state=data["state"],
                meeting_id=form.meeting_id,
            ),
        )
        if noted:
            messages.success(request, _("บันทึกผลการติดตามแล้ว"))
            return back_to(noted.meeting_id, "follow_up") if noted.meeting_id else redirect("resolution", pk)
    (card,) = resolution_cards([found], actor.today())
    context = {"card": card, "meeting": found.meeting, "form": form, "may_write": may_write(actor)}
    return render(request, "reports/meetings/resolution.html", context, status=status_of(form))


def _note_form(request: HttpRequest, actor: Actor, found: Resolution) -> ResolutionNoteForm:
    choices = later_meetings(found, whole_meetings(actor))
    asked = request.GET.get("meeting", "")
    initial = {"meeting": asked or (choices[0][0] if choices else "")}
    return ResolutionNoteForm(posted(request), initial=initial, meetings=choices)


# --------------------------------------------------------------------------------------------- stories


@require_http_methods(["GET", "POST"])
@allow(*WRITERS)
def story_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A story of a household that the person sees, with its consent."""
    actor = actor_of(request)
    meeting = get_meeting_for(actor, pk, whole=True)
    form = StoryForm(posted(request), initial={"household": request.GET.get("household", "")})
    if form.is_valid() and _added(actor, meeting, form):
        messages.success(request, _("เพิ่มเรื่องเล่าแล้ว"))
        return back_to(pk, "stories")
    context = {"form": form, "meeting": meeting}
    return render(request, "reports/meetings/story_form.html", context, status=status_of(form))


def _added(actor: Actor, meeting: Meeting, form: StoryForm) -> MeetingStory | None:
    household_id, house_code = form.household_hint()
    seen = visible_households(actor)
    found = seen.filter(pk=household_id) if household_id else seen.filter(house_code=house_code or None)
    ids = list(found.values_list("pk", flat=True)[:2])
    if len(ids) != 1:
        form.add_error("household", _("ไม่พบครัวเรือนนี้ในจังหวัดของท่าน โปรดตรวจรหัสประจำบ้าน"))
        return None
    return attempt(form, lambda: add_story(actor=actor, meeting_id=meeting.pk, draft=form.draft(ids[0])))


@require_http_methods(["GET", "POST"])
@allow(*WRITERS)
def story(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a story, or its consent."""
    actor = actor_of(request)
    found = get_story_for(actor, pk)
    initial = {name: getattr(found, name) for name in ("title", "text", "consent_by", "consent_on")}
    form = StoryForm(posted(request), initial=initial, story=found)
    if form.is_valid() and succeeds(
        form, lambda: edit_story(actor=actor, story_id=pk, draft=form.draft(found.household_id))
    ):
        messages.success(request, _("บันทึกแล้ว"))
        return back_to(found.meeting_id, "stories")
    context = {"form": form, "meeting": found.meeting, "story": found}
    return render(request, "reports/meetings/story_form.html", context, status=status_of(form))


@require_POST
@allow(*WRITERS)
def story_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    meeting = remove_story(actor=actor_of(request), story_id=pk)
    messages.success(request, _("นำเรื่องเล่าออกแล้ว"))
    return back_to(meeting.pk, "stories")
