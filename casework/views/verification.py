"""The field check: villages with their progress, and the table of one, by keyboard and saved at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from households.access import visible_households
from households.enums import VerificationStatus
from povertyops.areas.models import Area
from povertyops.areas.queries import path_of
from povertyops.common.paging import page_of_request
from povertyops.common.policies import allow

from ..forms.verification import SHORT_LABELS, STATUSES, VillagePage
from ..pages.chosen import chosen_households
from ..pages.villages import Table, households_of_village, progress_under, table_of
from ..rules import VERIFYING_ROLES
from ..services.verification import verify_households
from .shared import actor_of, attempt, status_of

CHECKERS = tuple(sorted(VERIFYING_ROLES))
ORDER = ("house_no", "pk")
HOUSEHOLDS_PER_PAGE = 40


@require_http_methods(["GET", "POST"])
@allow(*CHECKERS)
def verify_villages(request: HttpRequest) -> HttpResponse:
    """Villages by how much is left to check; a POST brings households ticked in a list to their own table."""
    actor = actor_of(request)
    if request.method == "POST":
        return _verify_chosen(request)
    area = request.GET.get("area", "")
    if area and not actor.reach.covers(area):
        raise Http404
    context = {
        "rows": progress_under(actor, area),
        "path": path_of(area) if area else [],
        "today": actor.today(),
    }
    return render(request, "casework/verify_villages.html", context)


def _verify_chosen(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    chosen = chosen_households(request, actor, today=actor.today())
    if not chosen.count:
        messages.warning(request, _("ยังไม่ได้เลือกครัวเรือน เลือกจากรายการก่อน"))
        return redirect("household_list")
    rows = visible_households(actor).filter(pk__in=chosen.ids[:HOUSEHOLDS_PER_PAGE])
    table = table_of(actor, list(rows.select_related("scope").order_by("sort_key", "pk")))
    return _work(request, table, back="household_list", hidden=chosen.ids[:HOUSEHOLDS_PER_PAGE])


@require_http_methods(["GET", "POST"])
@allow(*CHECKERS)
def verify_village(request: HttpRequest, area: str) -> HttpResponse:
    """All persons of one village, household by household."""
    actor = actor_of(request)
    households = households_of_village(actor, area).select_related("scope")
    village = Area.objects.filter(code=area).first()
    page, urls = page_of_request(request, households, ORDER, HOUSEHOLDS_PER_PAGE)
    if village is None or not (page.rows or actor.reach.covers(area)):
        raise Http404
    extra = {"path": path_of(area), "village": village, **urls}
    return _work(request, table_of(actor, page.rows), extra=extra)


def _work(
    request: HttpRequest,
    table: Table,
    *,
    back: str = "",
    hidden: list[UUID] | None = None,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show the table, or save what was changed in it."""
    actor = actor_of(request)
    saves = request.method == "POST" and "save" in request.POST
    sheet = VillagePage(
        request.POST if saves else None, known=table.known, initial={"effective_on": actor.today()}
    )
    if saves and sheet.is_valid():
        everyone = VerificationStatus.CORRECT if request.POST["save"] == "rest" else None
        found = {pk: sheet.findings(people, rest=everyone) for pk, people in table.by_household.items()}
        day = sheet.form.cleaned_data["effective_on"]
        rows = attempt(sheet.form, lambda: verify_households(actor=actor, findings=found, effective_on=day))
        if rows:
            messages.success(request, _("บันทึกผลตรวจสอบแล้ว %(count)d คน") % {"count": len(rows)})
            return redirect(back) if back else redirect(request.get_full_path())
    context = {
        "table": table,
        "lines": [{"line": line, "form": sheet.rows.get(line.person_id)} for line in table.lines],
        "sheet": sheet,
        "number_keys": [SHORT_LABELS[status] for status in STATUSES],
        "hidden": hidden or [],
        **(extra or {}),
    }
    return render(request, "casework/verify_village.html", context, status=status_of(sheet))
