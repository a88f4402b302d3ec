"""The long run over whole provinces: under a lease, a chunk at a time, and only what waits unless all is
asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from povertyops.common.ids import uuid7
from povertyops.common.leases import release_lease, renew_lease, take_lease

from ..enums import FoundBy, PairState
from ..models import DuplicatePair, HouseholdScope
from .finder import CHUNK, compare_chunk, database_now, waiting_households
from .pairs import close_orphans
from .refresh import REFRESHED_AT_ONCE, chunks, forget_the_gone, refresh_keys

Progress = Callable[[str], None]


@dataclass(slots=True)
class Tally:
    """What a run did; `busy` names provinces that another run holds."""

    provinces: int = 0
    busy: tuple[str, ...] = ()
    keys: int = 0
    households: int = 0
    persons: int = 0
    new: int = 0
    open: int = 0
    seconds: float = 0.0

    def as_report(self) -> dict[str, Any]:
        rate = round(self.persons / self.seconds) if self.seconds else 0
        return {
            "provinces": self.provinces,
            "busy": list(self.busy),
            "keys_made": self.keys,
            "households_compared": self.households,
            "persons_compared": self.persons,
            "new_pairs": self.new,
            "open_pairs": self.open,
            "seconds": round(self.seconds, 1),
            "persons_a_second": rate,
        }


def run_provinces(provinces: Sequence[str], *, full: bool, tell: Progress) -> Tally:
    """Refresh the keys of these provinces and compare what waits in them (`full`: everybody)."""
    started, tally = time.monotonic(), Tally()
    for province in provinces:
        holder = uuid7()
        if not take_lease(_key(province), holder, settings.DUPLICATE_LEASE_SECONDS):
            tally.busy += (province,)
            continue
        _run_province(province, holder, tally, full=full)
        release_lease(_key(province), holder)
        tally.provinces += 1
        tell(province)
    shown = DuplicatePair.objects.filter(province_code__in=provinces, state=PairState.OPEN)
    tally.open = shown.count()
    tally.seconds = time.monotonic() - started
    return tally


def provinces_with_households() -> list[str]:
    return sorted(HouseholdScope.objects.order_by().values_list("province_code", flat=True).distinct())


def _key(province: str) -> str:
    return f"duplicates:{province}"


def _run_province(province: str, holder: UUID, tally: Tally, *, full: bool) -> None:
    started = database_now()
    forget_the_gone(province)
    close_orphans(province)
    everybody = sorted(HouseholdScope.objects.filter(province_code=province).values_list("pk", flat=True))
    for part in chunks(everybody, REFRESHED_AT_ONCE):
        with transaction.atomic():
            tally.keys += refresh_keys(part)
            renew_lease(_key(province), holder, settings.DUPLICATE_LEASE_SECONDS)
    for part in chunks(waiting_households(province, started if full else None), CHUNK):
        with transaction.atomic():
            compared = compare_chunk(province, part, found_by=FoundBy.NIGHTLY, ahead=full)
            renew_lease(_key(province), holder, settings.DUPLICATE_LEASE_SECONDS)
        tally.households += len(part)
        tally.persons += compared.persons
        tally.new += compared.new
