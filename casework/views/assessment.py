"""The re-assessment of a household without script: one long form, the failed indicators first."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from households.access import get_household_for_write
from povertyops.common.policies import allow

from ..forms.assessment import AssessmentPage
from ..forms.visits import first_values
from ..pages.assessment import assessment_desk
from ..services.visits import record_visit
from .shared import WRITING_ROLES, actor_of, attempt, phone_page, posted, status_of


@require_http_methods(["GET", "POST"])
@allow(*WRITING_ROLES)
def assess(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer the failed indicators again, or the whole set once a year."""
    actor = actor_of(request)
    household = get_household_for_write(actor, pk)
    if shell := phone_page(request, "assess"):
        return shell
    desk = assessment_desk(household, today=actor.today())
    page = AssessmentPage(
        posted(request), initial=first_values(actor.now()), quick=desk.quick, rest=desk.rest
    )
    if request.method == "POST" and page.is_valid():
        visit = page.visit(household.pk, survey_year=desk.survey_year)
        result = attempt(page.form, lambda: record_visit(actor=actor, visit=visit))
        if result and result.status == "conflict":
            two = {"visit": result.visit, "household_id": pk, "draft_key": f"assess:{pk}"}
            return render(request, "casework/visit_conflict.html", two, status=409)
        if result:
            return redirect(f"{reverse('visit', args=[result.visit_id])}?saved=1")
    context = {"page": page, "desk": desk, "household": household, "draft_key": f"assess:{pk}"}
    return render(request, "casework/assess.html", context, status=status_of(*page.parts))
