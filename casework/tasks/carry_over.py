"""Opening balances in the background. What was confirmed stands in the database, so that a lost message or a
killed worker only delays it."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from kombu.exceptions import OperationalError

from ..services.carry_over import continue_carry_over, unfinished_carry_overs


@shared_task(name="casework.carry_over")
def carry_over(carry_over_id: str) -> bool:
    """Write or take back one opening balance; may run twice."""
    return continue_carry_over(UUID(carry_over_id))


@shared_task(name="casework.resume_carry_overs")
def resume() -> int:
    """Go on with every opening balance that was left behind; beat asks twice a minute."""
    return sum(continue_carry_over(pk) for pk in unfinished_carry_overs())


def start_carry_over(carry_over_id: UUID) -> None:
    """Ask a worker to begin. Without a broker it waits for the next look instead."""
    try:
        carry_over.delay(str(carry_over_id))
    except OperationalError:
        return
