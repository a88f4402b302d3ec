"""Background turns of the numbers. Each may run twice or die halfway: marks stay until a commit."""

from __future__ import annotations

from celery import shared_task

from .services.days import close_days
from .services.rollup import MARKS_AT_ONCE, drain_marks

TURNS = 50


@shared_task(name="reports.drain_marks")
def drain() -> None:
    """Drain until no marks are left or another worker is at it. Beat asks every two seconds."""
    for _turn in range(TURNS):
        if drain_marks() < MARKS_AT_ONCE:
            return


@shared_task(name="reports.close_days")
def close() -> None:
    """Put down the figures of the days that are over and were not yet closed."""
    close_days()
