"""Visits that came after their household had left the sender's hands: for the officer to know of."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet

from povertyops.accounts.actor import Actor

from ..access import visible_visits
from ..models import Visit
from .lists import standing

LATE_ORDER = ("-recorded_at", "-id")
SHOWN_DAYS = 30


def visits_after_assignment(actor: Actor) -> QuerySet[Visit]:
    """Those that came within the last thirty days, newest first."""
    since = actor.now() - timedelta(days=SHOWN_DAYS)
    rows = visible_visits(actor).filter(standing(Visit), after_assignment=True, recorded_at__gte=since)
    return rows.select_related("household", "recorded_by").order_by(*LATE_ORDER)
