"""What phones say of themselves when they meet the server, and whether what they took along is stale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Q

from povertyops.accounts.actor import Actor

from ..inputs import SyncInput
from ..models import Assignment, Device

# A kit is taken along anew every day, whatever happened meanwhile.
FRESH = timedelta(hours=16)
LARGEST_COUNT = 100_000
MOST_PHONES = 20


@dataclass(frozen=True, slots=True)
class Meeting:
    """A phone as it is known now."""

    device: Device
    clock_skew_s: int
    kit_stale: bool


def meet_device(*, actor: Actor, sync: SyncInput) -> Meeting:
    """Write down how a phone stands: one row per phone and person, so that a shared phone counts for each.

    Side effects: the Device row; of more than twenty phones of one person the longest silent are forgotten.
    The skew is how many seconds the phone's clock runs ahead.
    """
    now = actor.now()
    skew = round((sync.phone_time - now).total_seconds())
    known = {
        "user_id": actor.user_id,
        "last_sync_at": now,
        "households": min(sync.households, LARGEST_COUNT),
        "waiting": min(sync.waiting, LARGEST_COUNT),
        "oldest_at": sync.oldest_at,
        "clock_skew_s": skew,
        "is_persisted": sync.is_persisted,
        "version": sync.version[:40],
    }
    if sync.kit_made_at is not None:
        known["taken_along_at"] = min(sync.kit_made_at, now)
    with transaction.atomic():
        device, is_new = Device.objects.update_or_create(
            id=device_row_id(sync.device_id, actor.user_id or 0), defaults=known
        )
        if is_new:
            phones = Device.objects.filter(user=actor.user_id).order_by("-last_sync_at", "pk")
            Device.objects.filter(pk__in=list(phones.values_list("pk", flat=True)[MOST_PHONES:])).delete()
    return Meeting(device, skew, is_kit_stale(actor, device))


def device_row_id(device_id: UUID, user_id: int) -> UUID:
    """The row of a phone in one person's hands; nobody can name another's."""
    return uuid5(device_id, str(user_id))


def is_kit_stale(actor: Actor, device: Device) -> bool:
    """Whether what the phone holds should be taken along anew: it is old, or hands have changed since.

    Of what a phone does not date nothing is known.
    """
    taken = device.taken_along_at
    if not device.households or taken is None:
        return False
    if actor.now() - taken > FRESH:
        return True
    changed = Q(recorded_at__gt=taken) | Q(end_recorded_at__gt=taken)
    return Assignment.objects.filter(changed, team=actor.reach.team_id).exists()
