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
from povertyops.accounts.actor import Actor
from povertyops.areas.models import Area
from povertyops.areas.queries import path_of
from povertyops.common.paging import page_of_request
from povertyops.common.policies import allow

from ..forms.verification import SHORT_LABELS, STATUSES, ForMany, VillagePage
from ..pages.chosen import chosen_households
from ..pages.villages import PersonLine, Show, Table, households_of_village, progress_under, table_of
from ..rules import VERIFYING_ROLES
from ..services.verification import take_back_finding, verify_households
from .shared import actor_of, attempt, status_of, succeeds

CHECKERS = tuple(sorted(VERIFYING_ROLES))
ORDER = ("house_no", "pk")
HOUSEHOLDS_PER_PAGE = 40
SAVING = frozenset({"save", "whole", "undo"})
SAVED = "verification_saved"
"""Where the session says whose table was saved, so that the page drops its draft."""


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
        "area": area,
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
    """All persons of one village, household by household; `show` keeps those left or those in doubt."""
    actor = actor_of(request)
    show = Show(request.GET["show"]) if request.GET.get("show") in Show.values else Show.ALL
    households = households_of_village(actor, area, show).select_related("scope")
    village = Area.objects.filter(code=area).first()
    page, urls = page_of_request(request, households, ORDER, HOUSEHOLDS_PER_PAGE)
    if village is None or not (page.rows or actor.reach.covers(area) or _has_any(actor, area)):
        raise Http404
    extra = {
        "path": path_of(area),
        "village": village,
        "show": show,
        "tabs": [_tab(each, show) for each in Show],
        "draft_done": request.session.pop(SAVED, "") == area,
        **urls,
    }
    return _work(request, table_of(actor, page.rows), extra=extra)


def _tab(each: Show, current: Show) -> dict[str, Any]:
    url = f"?show={each.value}" if each.value else "?"
    return {"label": each.label, "url": url, "current": each is current}


def _has_any(actor: Actor, area: str) -> bool:
    """Whether a village in which the filter finds nobody is the person's at all."""
    return households_of_village(actor, area).exists()


def _work(
    request: HttpRequest,
    table: Table,
    *,
    back: str = "",
    hidden: list[UUID] | None = None,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show the table, or save what was changed in it. Every button saves what was typed."""
    actor = actor_of(request)
    saves = request.method == "POST" and not SAVING.isdisjoint(request.POST)
    sheet = VillagePage(
        request.POST if saves else None, known=table.known, initial={"effective_on": actor.today()}
    )
    if saves and sheet.is_valid() and _save(request, table, sheet):
        if village := (extra or {}).get("village"):
            request.session[SAVED] = village.code
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


def _save(request: HttpRequest, table: Table, sheet: VillagePage) -> bool:
    """Save what was typed and what the pressed button says of many persons, or takes back."""
    actor = actor_of(request)
    taken_back = _taken_back(request, table)
    if taken_back is not None:
        # The row as it was before stands for the person, not what its radio still shows.
        sheet.rows.pop(taken_back.person_id)
    many = _many(request, table, sheet)
    found = {
        pk: sheet.findings([person for person in people if person in sheet.rows], many)
        for pk, people in table.by_household.items()
    }
    if taken_back is not None:
        if not succeeds(sheet.form, lambda: take_back_finding(actor=actor, finding_id=_key_of(taken_back))):
            return False
        messages.success(request, _("ยกเลิกผลล่าสุดของ %(name)s แล้ว") % {"name": taken_back.name})
    if taken_back is not None and not any(found.values()):
        return True
    day = sheet.form.cleaned_data["effective_on"]
    rows = attempt(sheet.form, lambda: verify_households(actor=actor, findings=found, effective_on=day))
    if rows is None:
        return False
    messages.success(request, _("บันทึกผลตรวจสอบแล้ว %(count)d คน") % {"count": len(rows)})
    return True


def _taken_back(request: HttpRequest, table: Table) -> PersonLine | None:
    wanted = request.POST.get("undo", "")
    return next((line for line in table.lines if line.may_take_back and str(line.finding_id) == wanted), None)


def _key_of(line: PersonLine) -> UUID:
    assert line.finding_id is not None
    return line.finding_id


def _many(request: HttpRequest, table: Table, sheet: VillagePage) -> ForMany | None:
    """For whom a button finds the same: all that are left, those of one household, those ticked."""
    save, whole = request.POST.get("save", ""), request.POST.get("whole", "")
    if whole:
        people = next((people for pk, people in table.by_household.items() if str(pk) == whole), [])
        return ForMany(VerificationStatus.CORRECT, frozenset(people))
    if save == "rest":
        return ForMany(VerificationStatus.CORRECT, frozenset(sheet.rows))
    status = sheet.picked.cleaned_data["status"]
    if save == "picked" and status:
        ticked = set(request.POST.getlist("person"))
        return ForMany(status, frozenset(pk for pk in sheet.rows if str(pk) in ticked), only_unchecked=False)
    return None
