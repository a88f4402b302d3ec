"""A household's facts set by hand, and the choice between values that contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from households.access import get_household_for_write
from households.queries import fact_versions
from households.services.facts import FactResult
from povertyops.areas.queries import address_labels
from povertyops.common.policies import allow

from ..forms.facts import ChoiceForm, FactsPage
from ..pages.facts import fact_conflicts, fact_history
from ..pages.people import current_memberships
from ..services.facts import apply_fact_edits, settle_facts
from .shared import WRITING_ROLES, actor_of, phone_page, posted, status_of


@require_http_methods(["GET", "POST"])
@allow(*WRITING_ROLES)
def facts_form(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Phone, house number and members of a household."""
    actor = actor_of(request)
    household = get_household_for_write(actor, pk)
    if shell := phone_page(request, "facts"):
        return shell
    page = FactsPage(
        posted(request),
        household=household,
        members=list(current_memberships([pk])),
        versions=fact_versions([pk]).get(pk, {}),
    )
    if request.method == "POST" and page.is_valid():
        results = apply_fact_edits(actor=actor, edits=page.edits())
        if not _blame(page, results):
            return _answer(request, pk, results)
    context = {
        "page": page,
        "household": household,
        "place": address_labels([household.area_code])[household.area_code],
        "history": fact_history(pk),
        "draft_key": f"facts:{pk}",
    }
    return render(request, "casework/facts_form.html", context, status=status_of(*page.parts))


def _blame(page: FactsPage, results: Sequence[FactResult]) -> bool:
    """Put what was refused at the head of the form; the rest is stored and will not be stored again."""
    refused = [result.error for result in results if result.error is not None]
    for error in refused:
        page.form.add_error(None, str(error))
    return bool(refused)


def _answer(request: HttpRequest, pk: UUID, results: Sequence[FactResult]) -> HttpResponse:
    waiting = sum(result.result == "waiting" for result in results)
    applied = sum(result.result == "applied" for result in results)
    if applied:
        messages.success(request, _("แก้ข้อมูลแล้ว %(count)d ช่อง ค่าเดิมอยู่ในประวัติ") % {"count": applied})
    if waiting:
        said = _("%(count)d ช่องมีผู้อื่นแก้ไปแล้ว เก็บทั้งสองค่าไว้ โปรดเลือกค่าที่ถูกต้อง") % {"count": waiting}
        messages.warning(request, said)
        return redirect(f"{reverse('fact_conflicts')}?household={pk}")
    if not applied:
        messages.info(request, _("ไม่มีข้อมูลที่เปลี่ยน"))
    return redirect("household", pk=pk)


@require_safe
@allow(*WRITING_ROLES)
def conflicts(request: HttpRequest) -> HttpResponse:
    """Fields with two or more values, side by side."""
    try:
        household_id = UUID(request.GET.get("household", ""))
    except ValueError:
        household_id = None
    cards = fact_conflicts(actor_of(request), household_id)
    return render(request, "casework/fact_conflicts.html", {"cards": cards, "household_id": household_id})


@require_POST
@allow(*WRITING_ROLES)
def settle(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One value is chosen; all stay in history."""
    form = ChoiceForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("โปรดเลือกค่าที่ถูกต้อง"))
        return redirect("fact_conflicts")
    settle_facts(actor=actor_of(request), correction_id=pk, chosen_id=form.cleaned_data["chosen"])
    messages.success(request, _("บันทึกค่าที่เลือกแล้ว ค่าอื่นเก็บไว้ในประวัติ"))
    return redirect("fact_conflicts")
