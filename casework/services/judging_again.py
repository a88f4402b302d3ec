"""After the yardstick changed: open households are judged again by it, some at a time.

By what they were judged stands in the database, so that a lost message or a killed worker only delays it.
Only the fiscal year in which the change counts is touched: past ones stand, as they are judged by what was in
force at their end, and stage events keep the version they rest on.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from dimensions.models import IndicatorSet, StageCriteria
from households.models import Household, HouseholdScope
from povertyops.accounts.actor import system_actor
from povertyops.common.ids import uuid7
from povertyops.common.leases import LeaseLost, release_lease, renew_lease, take_lease
from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of

from ..models import YardstickRound
from .after import after_write

LEASE = "judge-again"
LEASE_SECONDS = 120
CHUNK = 500
AT_MOST_LATE = timedelta(days=30)
EVERYWHERE = ""


def judge_again(today: date | None = None) -> int:
    """Judge whom a newer yardstick concerns, to the end; how many. Whoever else is at it is left in peace."""
    holder = uuid7()
    if not take_lease(LEASE, holder, LEASE_SECONDS):
        return 0
    judged = 0
    try:
        _begin_round(today or timezone.localdate())
        for pk in YardstickRound.objects.filter(finished_at=None).order_by("id").values_list("pk", flat=True):
            while found := _step(pk, holder):
                judged += found
    except LeaseLost:
        return judged
    finally:
        release_lease(LEASE, holder)
    return judged


def unfinished_round(province: str) -> YardstickRound | None:
    """What is still being judged again for a province, if anything."""
    rows = YardstickRound.objects.filter(finished_at=None, province_code__in={EVERYWHERE, province})
    return rows.order_by("id").first()


def yardstick_in_force(today: date) -> dict[str, Any]:
    """By what households are judged on a day: versions of the sets, and of the criteria per province."""
    sets = IndicatorSet.objects.filter(superseded_at=None).order_by("pk").values_list("pk", flat=True)
    begun = StageCriteria.objects.filter(effective_from__lte=today).order_by("effective_from", "version")
    criteria = dict(begun.values_list("province_code", "version"))
    return {"sets": list(sets), "criteria": criteria}


def _begin_round(today: date) -> None:
    """A round for what changed since the last one. What came with the data files was there before any
    household, so the first look only notes it, unless a person has edited meanwhile."""
    now = yardstick_in_force(today)
    last = YardstickRound.objects.order_by("-id").first()
    if last is not None and last.stood == now:
        return
    provinces = _changed_provinces(last.stood, now) if last else {EVERYWHERE}
    nothing_to_do = last is None and not _edited_by_people()
    YardstickRound.objects.create(
        province_code=provinces.pop() if len(provinces) == 1 else EVERYWHERE,
        stood=now,
        finished_at=timezone.now() if nothing_to_do else None,
    )


def _edited_by_people() -> bool:
    return any(
        rows.exclude(entered_by=None).exists() for rows in (IndicatorSet.objects, StageCriteria.objects)
    )


def _changed_provinces(before: Mapping[str, Any], now: Mapping[str, Any]) -> set[str]:
    if before["sets"] != now["sets"]:
        return {EVERYWHERE}
    old, new = before["criteria"], now["criteria"]
    return {province for province in old.keys() | new.keys() if old.get(province) != new.get(province)}


def _since(today: date) -> date:
    """The first day of the fiscal year in which the newest version counts: the present one, or the one before
    while what was saved at its end is only now judged by."""
    newest = (
        rows.aggregate(last=Max("recorded_at"))["last"]
        for rows in (IndicatorSet.objects, StageCriteria.objects)
    )
    saved = max((timezone.localdate(moment) for moment in newest if moment), default=today)
    return fiscal_year_bounds(fiscal_year_of(max(saved, today - AT_MOST_LATE)))[0]


def _step(pk: int, holder: UUID) -> int:
    """The next households of a round, whole or not at all; 0 when there are no more."""
    actor = system_actor()
    with transaction.atomic():
        asked = YardstickRound.objects.select_for_update().get(pk=pk)
        rows = HouseholdScope.objects.filter(is_open=True).order_by("household_id")
        if asked.province_code:
            rows = rows.filter(province_code=asked.province_code)
        if asked.cursor:
            rows = rows.filter(household_id__gt=asked.cursor)
        ids = list(rows.values_list("household_id", flat=True)[:CHUNK])
        if not ids:
            asked.finished_at = timezone.now()
            asked.save(update_fields=["finished_at"])
            return 0
        list(Household.objects.select_for_update().filter(pk__in=ids).order_by("pk").values("pk"))
        after_write(actor=actor, household_ids=ids, since=_since(actor.today()))
        asked.cursor, asked.done = ids[-1], asked.done + len(ids)
        asked.save(update_fields=["cursor", "done"])
        renew_lease(LEASE, holder, LEASE_SECONDS)
    return len(ids)
