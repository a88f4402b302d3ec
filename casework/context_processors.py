"""What waits for an office, beside its place in the navigation."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from povertyops.accounts.context_processors import frame
from povertyops.accounts.enums import OFFICE_ROLES

from .queries.referrals import awaiting_office


def waiting(request: HttpRequest) -> dict[str, Any]:
    """The navigation of an office with the count of its open referrals; one query, for offices only."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.role not in OFFICE_ROLES:
        return {}
    queue, count = reverse("referral_list"), awaiting_office(actor)
    places = frame(request)["nav"]
    return {"nav": [{**place, "count": count} if place["url"] == queue else place for place in places]}
