"""TPMAP without typing twice: the queue of what is not there, a household's records, marking and undoing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from households.access import get_household_for
from povertyops.areas.queries import address_labels
from povertyops.common.policies import allow

from ..forms.tpmap import RecordsForm, TpmapFilterForm
from ..pages.tpmap import agency_choices, area_choices, chips_of, entries_of_household, queue_page
from ..queries.tpmap import COUNTED, count_waiting
from ..rules import APPROVING_ROLES
from ..services.tpmap import Marked, mark_in_tpmap, unmark_in_tpmap
from .shared import WRITING_ROLES, actor_of

OFFICERS = tuple(sorted(APPROVING_ROLES))


@require_safe
@allow(*OFFICERS)
def tpmap(request: HttpRequest) -> HttpResponse:
    """What is not in TPMAP yet, the oldest first, each with its text to copy."""
    actor = actor_of(request)
    form = TpmapFilterForm(request.GET)
    filters = form.filters
    areas, agencies = area_choices(actor, filters), agency_choices(actor, filters)
    form.offer(areas, agencies)
    page = queue_page(actor, filters, request.GET)
    count = count_waiting(actor, filters)
    context = {
        "form": form,
        "chips": chips_of(filters, dict(areas), dict(agencies)),
        "page": page,
        "count": min(count, COUNTED),
        "is_more": count > COUNTED,
        "here": request.get_full_path(),
        "next_url": _with_cursor(request, page.next_cursor),
        "previous_url": _with_cursor(request, page.previous_cursor),
    }
    return render(request, "casework/tpmap.html", context)


def _with_cursor(request: HttpRequest, cursor: str) -> str:
    if not cursor:
        return ""
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    kept = query.urlencode()
    return f"?{kept}&{cursor}" if kept else f"?{cursor}"


@require_safe
@allow(*WRITING_ROLES)
def household_tpmap(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every record of a household with its text and its mark."""
    actor = actor_of(request)
    household = get_household_for(actor, pk)
    entries = entries_of_household(actor, pk)
    context: dict[str, Any] = {
        "household": household,
        "place": address_labels([household.area_code])[household.area_code],
        "entries": entries,
        "waiting": sum(entry.marked_at is None for entry in entries),
        "here": request.path,
    }
    return render(request, "casework/tpmap_household.html", context)


@require_POST
@allow(*WRITING_ROLES)
def tpmap_mark(request: HttpRequest) -> HttpResponse:
    """These were entered into TPMAP."""
    return _act(request, mark_in_tpmap, _("บันทึกว่าอยู่ใน TPMAP แล้ว %(count)d รายการ"))


@require_POST
@allow(*WRITING_ROLES)
def tpmap_unmark(request: HttpRequest) -> HttpResponse:
    """These are not in TPMAP after all."""
    return _act(request, unmark_in_tpmap, _("นำเครื่องหมายออกแล้ว %(count)d รายการ กลับไปอยู่ในคิว TPMAP"))


def _act(request: HttpRequest, act: Callable[..., Marked], said: str) -> HttpResponse:
    form = RecordsForm(request.POST)
    if form.is_valid():
        done = act(actor=actor_of(request), visit_ids=form.visit_ids, help_ids=form.help_ids)
        messages.success(request, said % {"count": done.count})
    else:
        messages.error(request, str(form.errors["record"][0]))
    return redirect(_back(request))


def _back(request: HttpRequest) -> str:
    """The page the person came from, if it is one of ours."""
    wanted = request.POST.get("next", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse("home")
