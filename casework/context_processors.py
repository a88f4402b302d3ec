"""What waits for an office, beside its place in the navigation."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from povertyops.accounts.enums import OFFICE_ROLES

from .queries.referrals import awaiting_office


def waiting(request: HttpRequest) -> dict[str, Any]:
    """Puts the count of its open referrals into the navigation of an office; one query, for offices only.

    Stands after the frame of `accounts`, which leaves the places at the request.
    """
    actor = getattr(request, "actor", None)
    if actor is None or actor.role not in OFFICE_ROLES:
        return {}
    queue, count = reverse("referral_list"), awaiting_office(actor)
    for place in getattr(request, "nav", ()):
        if place["url"] == queue:
            place["count"] = count
    return {}
