"""Meetings of the provincial committee: the list of a year, one meeting, planning and holding it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from povertyops.common.answering import attempt, posted, status_of
from povertyops.common.policies import allow
from povertyops.common.thai import buddhist_year, fiscal_year_of

from ..enums import MeetingState
from ..forms.meetings import MeetingForm, NotesForm
from ..meeting_access import get_meeting_for, may_write, sees_whole, visible_meetings
from ..meeting_queries import last_meeting, next_number, years_with_meetings
from ..meeting_rules import MEETING_ROLES, READING_ROLES, WRITING_ROLES
from ..models import Meeting
from ..pages.meetings import MeetingPage, agenda_heads, meeting_lines, parts_for
from ..services.meetings import MeetingDraft, edit_meeting, hold_meeting, plan_meeting
from .board import actor_of

EVERYBODY = tuple(sorted(MEETING_ROLES))
READERS = tuple(sorted(READING_ROLES))
WRITERS = tuple(sorted(WRITING_ROLES))


@require_safe
@allow(*EVERYBODY)
def meeting_list(request: HttpRequest) -> HttpResponse:
    """Meetings by year, the newest first."""
    actor = actor_of(request)
    rows = visible_meetings(actor)
    years = years_with_meetings(rows)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else max(years, default=0)
    context = {
        "lines": meeting_lines(actor, rows.filter(year=year)),
        "year": year,
        "tabs": [{"label": str(each), "url": f"?year={each}", "current": each == year} for each in years],
        "may_write": may_write(actor),
        "is_whole": sees_whole(actor),
    }
    return render(request, "reports/meetings/list.html", context)


@require_safe
@allow(*EVERYBODY)
def meeting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One meeting, part by part."""
    actor = actor_of(request)
    parts = parts_for(actor)
    part = request.GET.get("part", "")
    page = MeetingPage(actor, get_meeting_for(actor, pk), part if part in parts else parts[0])
    return render(request, "reports/meetings/meeting.html", {"page": page, "meeting": page.meeting})


@require_http_methods(["GET", "POST"])
@allow(*WRITERS)
def meeting_new(request: HttpRequest) -> HttpResponse:
    """Plan a meeting; the number proposed is the next of the year."""
    actor = actor_of(request)
    today = actor.today()
    last = last_meeting(actor.province_code)
    year = buddhist_year(today)
    form = MeetingForm(
        posted(request),
        initial={
            "number": next_number(actor.province_code, year),
            "year": year,
            "held_on": today,
            "fiscal_year": fiscal_year_of(today),
            "place": last.place if last else "",
            "chair": last.chair if last else "",
        },
    )
    if form.is_valid():
        made = attempt(form, lambda: plan_meeting(actor=actor, draft=form.draft()))
        if made:
            said = _("เตรียมการประชุมครั้งที่ %(number)s แล้ว ระเบียบวาระมาตรฐานและมติที่ค้างอยู่วางไว้ให้แล้ว")
            messages.success(request, said % {"number": made})
            return redirect("meeting", pk=made.pk)
    context = {"form": form, "back": last}
    return render(request, "reports/meetings/meeting_form.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@allow(*WRITERS)
def meeting_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change what is known of a meeting; after the freeze only its notes."""
    actor = actor_of(request)
    found = get_meeting_for(actor, pk, whole=True)
    is_planned = found.state == MeetingState.PLANNED
    initial = {name: getattr(found, name) for name in MeetingForm.base_fields}
    form = (MeetingForm if is_planned else NotesForm)(posted(request), initial=initial)
    if form.is_valid():
        draft = form.draft() if isinstance(form, MeetingForm) else _with_notes(found, form)
        if attempt(form, lambda: edit_meeting(actor=actor, meeting_id=pk, draft=draft)):
            messages.success(request, _("บันทึกแล้ว"))
            return redirect("meeting", pk=pk)
    context = {"form": form, "meeting": found, "is_planned": is_planned}
    return render(request, "reports/meetings/meeting_form.html", context, status=status_of(form))


def _with_notes(found: Meeting, form: NotesForm) -> MeetingDraft:
    return MeetingDraft(
        year=found.year,
        fiscal_year=found.fiscal_year,
        held_on=found.held_on,
        number=found.number,
        notes=form.cleaned_data["notes"],
    )


@require_POST
@allow(*WRITERS)
def meeting_held(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down that it took place."""
    held = hold_meeting(actor=actor_of(request), meeting_id=pk)
    messages.success(request, _("บันทึกว่าประชุมครั้งที่ %(number)s แล้ว ต่อไปบันทึกมติ") % {"number": held})
    return redirect("meeting", pk=pk)


@require_safe
@allow(*READERS)
def meeting_agenda_print(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The agenda on paper."""
    actor = actor_of(request)
    found = get_meeting_for(actor, pk, whole=True)
    context = {
        "meeting": found,
        "heads": agenda_heads(found),
        "page": MeetingPage(actor, found, "agenda"),
    }
    return render(request, "reports/meetings/agenda_print.html", context)
