"""The turn of the day."""

from __future__ import annotations

from celery import shared_task

from ..services.turning import turn_day


@shared_task(name="casework.turn_day")
def turn() -> int:
    """Judge again what time alone has changed; may run twice."""
    return turn_day()
