"""Visits that came after the household had left the sender's hands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from povertyops.accounts.enums import OFFICER_ROLES
from povertyops.areas.queries import address_labels
from povertyops.common.paging import page_of_request
from povertyops.common.policies import allow

from ..queries.late import LATE_ORDER, SHOWN_DAYS, visits_after_assignment
from .shared import actor_of


@require_safe
@allow(*sorted(OFFICER_ROLES))
def late_visits(request: HttpRequest) -> HttpResponse:
    """The list behind the box of the queues."""
    actor = actor_of(request)
    found = visits_after_assignment(actor)
    page, urls = page_of_request(request, found, LATE_ORDER)
    context = {
        "rows": page.rows,
        "places": address_labels(row.household.area_code for row in page.rows),
        "count": found.count(),
        "days": SHOWN_DAYS,
        "now": actor.now(),
        **urls,
    }
    return render(request, "casework/late_visits.html", context)
