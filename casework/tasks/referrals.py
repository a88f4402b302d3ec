"""The clock of referrals in the background; each task may run twice."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from ..services.reach import refresh_all_office_reach
from ..services.referrals import escalate_missed


@shared_task(name="casework.escalate_referrals")
def escalate() -> int:
    """Tell the secretary of every missed deadline, once each; hourly."""
    return escalate_missed(today=timezone.localdate())


@shared_task(name="casework.refresh_office_reach")
def refresh_reach() -> int:
    """Which offices see which households, anew; nightly."""
    return refresh_all_office_reach(today=timezone.localdate())
