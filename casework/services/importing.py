"""Moving a target list on, as far as it can go: read it if it was received, apply it or take it back
if that was
asked for.

Tasks and the command call this; whoever else holds the batch is left in peace.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from households.enums import ImportStatus
from households.models import ImportBatch
from households.services.target_lists import LEASE_SECONDS, lease_key, read_batch
from povertyops.common.ids import uuid7
from povertyops.common.leases import LeaseLost, release_lease, take_lease

from .apply import Busy, apply_batch
from .undoing import undo_batch


def move_on(batch_id: UUID) -> bool:
    """Do what the batch waits for; False where someone else is at it, or holds a province it needs.

    May be called at any time and any number of times.
    """
    holder = uuid7()
    with holding(batch_id, holder) as ours:
        if not ours:
            return False
        try:
            read_batch(batch_id=batch_id, holder=holder)
            apply_batch(batch_id=batch_id, holder=holder)
            undo_batch(batch_id=batch_id, holder=holder)
        except (Busy, LeaseLost):
            return False
    return True


def unfinished_imports() -> list[UUID]:
    """Batches that a worker has, or should have, in hand; oldest first."""
    moving = ImportBatch.objects.filter(status__in=ImportStatus.of_moving()).order_by("received_at")
    return list(moving.values_list("pk", flat=True))


@contextmanager
def holding(batch_id: UUID, holder: UUID) -> Iterator[bool]:
    """Hold the batch's lease for a while; gives whether it was free."""
    taken = take_lease(lease_key(batch_id), holder, LEASE_SECONDS)
    try:
        yield taken
    finally:
        if taken:
            release_lease(lease_key(batch_id), holder)
