"""Target lists in the background. What is under way stands in the database, so that a lost message or a
killed
worker only means that the next look finds it."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from kombu.exceptions import OperationalError

from households.services.target_lists import purge_imports
from povertyops.accounts.actor import system_actor

from ..services.importing import move_on, unfinished_imports


@shared_task(name="casework.continue_import")
def continue_import(batch_id: str) -> bool:
    """Read or apply one list; may run twice."""
    return move_on(UUID(batch_id))


@shared_task(name="casework.resume_imports")
def resume_imports() -> int:
    """Move on every list that was left behind; beat asks twice a minute."""
    return sum(move_on(batch_id) for batch_id in unfinished_imports())


@shared_task(name="casework.purge_imports")
def purge() -> int:
    """Delete files and staged rows past their time; nightly."""
    return purge_imports(actor=system_actor())


def start_import(batch_id: UUID) -> None:
    """Ask a worker to move a list on. Without a broker it waits for the next look instead."""
    try:
        continue_import.delay(str(batch_id))
    except OperationalError:
        return
