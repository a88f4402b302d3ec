"""The queue of pairs that may be one and the same; deciding stands on the page of each pair."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from povertyops.common.paging import page_of_request
from povertyops.common.policies import allow

from ..forms.duplicates import PairFilterForm, PairFilters
from ..pages.duplicates import (
    COUNTED,
    DECIDED,
    OPEN,
    chips_of,
    count_pairs,
    district_choices,
    pair_lines,
    queued_pairs,
)
from ..rules import APPROVING_ROLES
from .shared import actor_of

OFFICERS = tuple(sorted(APPROVING_ROLES))
SIZE = 25
ORDER = ("-score", "-pk")


@require_safe
@allow(*OFFICERS)
def duplicates(request: HttpRequest) -> HttpResponse:
    """Pairs by score, and those that were decided."""
    actor = actor_of(request)
    tab = DECIDED if request.GET.get("tab") == DECIDED else OPEN
    form = PairFilterForm({**request.GET.dict(), "tab": tab})
    filters, districts = form.filters, district_choices(actor)
    form.offer(districts)
    if not districts:
        del form.fields["district"]
    rows = queued_pairs(actor, filters, tab)
    page, urls = page_of_request(request, rows, ORDER, size=SIZE)
    count, waiting = count_pairs(rows), count_pairs(queued_pairs(actor, PairFilters(), OPEN))
    context = {
        "form": form,
        "chips": chips_of(filters, dict(districts), tab),
        "lines": pair_lines(page.rows),
        "count": min(count, COUNTED),
        "is_more": count > COUNTED,
        "tab": tab,
        "tabs": [
            {"label": _("รอตรวจ"), "url": "?", "current": tab == OPEN, "count": min(waiting, COUNTED)},
            {"label": _("ตัดสินแล้ว"), "url": f"?tab={DECIDED}", "current": tab == DECIDED},
        ],
        **urls,
    }
    return render(request, "casework/duplicates/queue.html", context)
