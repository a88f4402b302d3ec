"""The turn of the day, and what is cleared away at night."""

from __future__ import annotations

from celery import shared_task

from povertyops.accounts.actor import system_actor

from ..services.carry_over import forget_old_balances
from ..services.photos import purge_unfinished
from ..services.sheet_returns import forget_old_sheets
from ..services.turning import turn_day


@shared_task(name="casework.turn_day")
def turn() -> int:
    """Judge again what time alone has changed; may run twice."""
    return turn_day()


@shared_task(name="casework.purge_photos")
def purge_photos() -> int:
    """Forget uploads of photos that were begun and never ended; may run twice."""
    return purge_unfinished(actor=system_actor())


@shared_task(name="casework.forget_sheets")
def forget_sheets() -> int:
    """Empty verification sheets, what came back of them, and opening balances, past their time; may run
    twice."""
    actor = system_actor()
    return forget_old_sheets(actor=actor) + forget_old_balances(actor=actor)
