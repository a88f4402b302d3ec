"""What follows from a change of the rules of sources, in the background."""

from __future__ import annotations

from celery import shared_task
from kombu.exceptions import OperationalError

from ..services.rederive import continue_derivations


@shared_task(name="casework.derive_again")
def derive_again() -> int:
    """Derive households anew after a rule or rank has changed; may run twice, beat asks every minute."""
    return continue_derivations()


def start_deriving() -> None:
    """Ask a worker to begin. Without a broker it waits for the next look instead."""
    try:
        derive_again.delay()
    except OperationalError:
        return
