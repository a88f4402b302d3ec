"""Recording a visit, the receipt that follows, correcting one, and the list of visits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from households.access import can_write, get_household_for_write
from povertyops.accounts.actor import Actor
from povertyops.areas.queries import address_labels
from povertyops.common.policies import allow

from ..access import get_visit_for
from ..forms.visits import VisitForm, VisitPage, VoidForm, first_values, values_of
from ..models import Visit
from ..notices import PRIVACY_NOTICE
from ..pages.tpmap import entry_of
from ..pages.visit import VisitDesk, desk_for, receipt_of, sheet_of
from ..services.visits import VisitOutcomeResult, record_visit, void_visit
from .shared import (
    READING_ROLES,
    WRITING_ROLES,
    actor_of,
    agency_names,
    attempt,
    phone_page,
    posted,
    status_of,
)


@require_http_methods(["GET", "POST"])
@allow(*WRITING_ROLES)
def visit_form(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A visit to one household, with help, checks and answers."""
    actor = actor_of(request)
    household = get_household_for_write(actor, pk)
    if shell := phone_page(request, "visit"):
        return shell
    desk = desk_for(household, today=actor.today())
    page = VisitPage(
        posted(request),
        initial=first_values(actor.now()),
        items=desk.items,
        failing=desk.failing,
        suggestions=desk.suggestions,
        promises=desk.promises,
        person_ids=[member.person.pk for member in desk.members],
        questions=desk.questions,
    )
    if request.method == "POST" and page.is_valid():
        result = attempt(page.form, lambda: record_visit(actor=actor, visit=_input_of(page, desk)))
        if result:
            return _answer(request, result, household.pk)
    return render(request, "casework/visit_form.html", _context(page, desk), status=status_of(*page.parts))


def _input_of(page: VisitPage, desk: VisitDesk) -> Any:
    return page.visit(desk.household.pk, notice_version=PRIVACY_NOTICE.version, survey_year=desk.survey_year)


def _answer(request: HttpRequest, result: VisitOutcomeResult, household_id: UUID) -> HttpResponse:
    if result.status == "conflict":
        return render(
            request,
            "casework/visit_conflict.html",
            {"visit": result.visit, "household_id": household_id, "draft_key": f"visit:{household_id}"},
            status=409,
        )
    return redirect(f"{reverse('visit', args=[result.visit_id])}?saved=1")


def _context(page: VisitPage, desk: VisitDesk) -> dict[str, Any]:
    people = [
        {
            "name": member.name,
            "facts": [*member.facts, member.status_label],
            "form": page.findings[member.person.pk],
        }
        for member in desk.members
    ]
    return {
        "page": page,
        "household": desk.household,
        "place": desk.place,
        "more_lines": page.lines[1:],
        "promises": desk.promises,
        "people": people,
        "people_note": _("%(count)d คน แตะเมื่อมีอะไรเปลี่ยน") % {"count": len(people)},
        "people_errors": any(form.errors for form in page.findings.values()),
        "place_errors": any(
            page.form.has_error(name) for name in ("visited_on", "visited_time", "latitude", "longitude")
        ),
        "failed_questions": [page.answers.field_of(number) for number in desk.failed_numbers],
        "other_questions": [page.answers.field_of(number) for number in desk.other_numbers],
        "notice": PRIVACY_NOTICE,
        "notice_read_on": desk.notice_read_on,
        "next_missing": desk.next_missing,
        "suggestions": desk.suggestions,
        "agencies": agency_names(desk.household.province_code),
        "draft_key": f"visit:{desk.household.pk}",
    }


@require_safe
@allow(*READING_ROLES)
def visit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One visit as it was recorded; right after saving also its receipt and what to do next."""
    actor = actor_of(request)
    row = get_visit_for(actor, pk)
    sheet = sheet_of(row)
    stands = not row.is_void and sheet.amended_by is None
    context = {
        "visit": row,
        "sheet": sheet,
        "entry": entry_of(actor, row) if stands and actor.role in WRITING_ROLES else None,
        "here": request.path,
        "place": address_labels([row.household.area_code])[row.household.area_code],
        "may_write": may_correct(actor, row),
        "receipt": receipt_of(row, today=actor.today()) if "saved" in request.GET else None,
        "void_form": VoidForm(),
        "draft_key": f"visit:{row.household_id}",
    }
    return render(request, "casework/visit.html", context)


def may_correct(actor: Actor, row: Visit) -> bool:
    return can_write(actor, row.household.scope) and not row.is_void


@require_http_methods(["GET", "POST"])
@allow(*WRITING_ROLES)
def visit_amend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new record that takes the place of a wrong one; the wrong one stays as history."""
    actor = actor_of(request)
    wrong = get_visit_for(actor, pk)
    get_household_for_write(actor, wrong.household_id)
    form = VisitForm(posted(request), initial=values_of(wrong))
    if request.method == "POST" and form.is_valid():
        corrected = form.visit(wrong.household_id, wrong.notice_version or PRIVACY_NOTICE.version, amends=pk)
        result = attempt(form, lambda: record_visit(actor=actor, visit=corrected))
        if result:
            return _answer(request, result, wrong.household_id)
    context = {"form": form, "visit": wrong, "household": wrong.household, "draft_key": f"amend:{pk}"}
    return render(request, "casework/visit_amend.html", context, status=status_of(form))


@require_POST
@allow(*WRITING_ROLES)
def visit_void(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that a visit never took place."""
    actor = actor_of(request)
    wrong = get_visit_for(actor, pk)
    form = VoidForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        void_visit(actor=actor, visit_id=wrong.pk, new_id=data["id"], note=data["note"])
        messages.success(request, _("ยกเลิกบันทึกการเยี่ยมแล้ว บันทึกเดิมยังอยู่ในประวัติ"))
        return redirect("household", pk=wrong.household_id)
    messages.error(request, _("โปรดบอกเหตุผลที่ยกเลิกบันทึกนี้"))
    return redirect("visit", pk=pk)
