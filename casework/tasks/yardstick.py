"""What follows from a change of the yardstick, in the background."""

from __future__ import annotations

from celery import shared_task

from ..services.judging_again import judge_again as judge


@shared_task(name="casework.judge_again")
def judge_again() -> int:
    """Judge open households by a newer yardstick; may run twice, beat asks every minute."""
    return judge()
