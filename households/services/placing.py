"""Where households have been by their lists: intervals of days, the scope row and the responsible centre."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple
from uuid import UUID

from django.db.models import Value
from django.db.models.functions import Now

from povertyops.areas.models import Centre
from povertyops.areas.queries import Responsible, responsible_centres
from povertyops.areas.rules import MUNICIPAL_KINDS
from povertyops.common.ids import uuid7

from ..models import HouseholdPlacement, HouseholdScope


class Stay(NamedTuple):
    """A village, and from which day on; `centre_id` is the municipal centre that a list's code stood for."""

    area_code: str
    since: date
    centre_id: UUID | None = None


def settle_places(stays: Mapping[UUID, Sequence[Stay]], recorded_at: datetime | None) -> list[UUID]:
    """Make the placements of these households tell these stays; returns the households that changed.

    The centre is what a list says, else the one the household has in that village. The first stay begins no
    later than it did before.
    """
    standing = _standing([pk for pk, told in stays.items() if told])
    changed = {
        pk: wanted
        for pk, found in standing.items()
        if not _stands(wanted := _wanted(stays[pk], found), found)
    }
    if not changed:
        return []
    centres = responsible_centres({stay.area_code for wanted in changed.values() for stay in wanted})
    said = _said({stay.centre_id for wanted in changed.values() for stay in wanted if stay.centre_id})
    stamp = Value(recorded_at) if recorded_at else Now()
    old = [row.pk for pk in changed for row in standing[pk]]
    HouseholdPlacement.objects.filter(pk__in=old).update(superseded_at=stamp)
    new: list[HouseholdPlacement] = []
    for pk, wanted in changed.items():
        kept = {
            row.area_code: Responsible(row.centre_id, row.centre.kind in MUNICIPAL_KINDS)
            for row in standing[pk]
        }
        ends = [*(later.since for _stay, later in pairwise(wanted)), None]
        for stay, end in zip(wanted, ends, strict=True):
            centre = _centre_of(stay, said, kept) or centres[stay.area_code]
            new.append(
                HouseholdPlacement(
                    id=uuid7(),
                    household_id=pk,
                    area_code=stay.area_code,
                    centre_id=centre.centre_id,
                    valid_from=stay.since,
                    valid_to=end,
                    recorded_at=stamp,
                )
            )
        _write_scope(pk, wanted[-1].area_code, centre)
    HouseholdPlacement.objects.bulk_create(new)
    return list(changed)


def _said(ids: set[UUID]) -> dict[UUID | None, Responsible]:
    """The municipal centres that lists name."""
    centres = Centre.objects.filter(pk__in=ids, is_active=True) if ids else ()
    return {centre.pk: Responsible(centre.pk, centre.kind in MUNICIPAL_KINDS) for centre in centres}


def _centre_of(
    stay: Stay, said: Mapping[UUID | None, Responsible], kept: Mapping[str, Responsible]
) -> Responsible | None:
    return said.get(stay.centre_id) or kept.get(stay.area_code)


def _stands(wanted: Sequence[Stay], found: Sequence[HouseholdPlacement]) -> bool:
    """Whether the placements tell these stays already."""
    return len(wanted) == len(found) and all(
        (stay.area_code, stay.since) == (row.area_code, row.valid_from)
        and stay.centre_id in (None, row.centre_id)
        for stay, row in zip(wanted, found, strict=True)
    )


def _standing(ids: Sequence[UUID]) -> dict[UUID, list[HouseholdPlacement]]:
    rows = HouseholdPlacement.objects.filter(household_id__in=ids, superseded_at=None)
    found: dict[UUID, list[HouseholdPlacement]] = defaultdict(list)
    for row in rows.select_related("centre").order_by("valid_from", "recorded_at", "pk"):
        found[row.household_id].append(row)
    return found


def _wanted(stays: Sequence[Stay], found: Sequence[HouseholdPlacement]) -> list[Stay]:
    """The stays, the first from the day the household was known to be somewhere."""
    first = min(stays[0].since, found[0].valid_from)
    return [stays[0]._replace(since=first), *stays[1:]]


def _write_scope(household_id: UUID, area_code: str, centre: Responsible) -> None:
    HouseholdScope.objects.filter(pk=household_id).update(
        district_code=area_code[:4],
        subdistrict_code=area_code[:6],
        area_code=area_code,
        centre_id=centre.centre_id,
        is_municipal=centre.is_municipal,
    )
