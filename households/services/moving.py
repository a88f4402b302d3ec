"""A household that moved: its village, the centre that answers for it, and the intervals of both."""

from __future__ import annotations

from datetime import date

from django.db.models import F
from django.db.models.expressions import Combinable

from povertyops.areas.queries import Responsible

from ..models import Correction, Household, HouseholdPlacement, HouseholdScope


def move_household(
    *,
    household: Household,
    area_code: str,
    centre: Responsible,
    since: date,
    stamp: Combinable,
    reason: str,
    user_id: int | None,
) -> None:
    """Put a locked household under another village and centre from a day on; the way there stays in history.

    Later lists do not move it back: the village is a value set by hand from now on. The caller refreshes what
    follows (read model, marks).
    """
    current = HouseholdPlacement.objects.filter(
        household=household, valid_to=None, superseded_at=None
    ).first()
    if current is not None and current.valid_from < since:
        HouseholdPlacement.objects.filter(pk=current.pk).update(valid_to=since)
    elif current is not None:
        since = current.valid_from
        HouseholdPlacement.objects.filter(pk=current.pk).update(superseded_at=stamp)
    HouseholdPlacement.objects.create(
        household=household,
        area_code=area_code,
        centre_id=centre.centre_id,
        valid_from=since,
        recorded_at=stamp,
    )
    Correction.objects.create(
        household=household,
        field="area_code",
        version=_versions(household) + 1,
        value=area_code,
        previous=household.area_code,
        reason=reason[:500],
        recorded_by_id=user_id,
        recorded_at=stamp,
    )
    household.area_code = area_code
    # The old coordinates would lead people to the old house.
    Household.objects.filter(pk=household.pk).update(
        area_code=area_code, latitude=None, longitude=None, version=F("version") + 1
    )
    HouseholdScope.objects.filter(pk=household.pk).update(
        district_code=area_code[:4],
        subdistrict_code=area_code[:6],
        area_code=area_code,
        centre_id=centre.centre_id,
        is_municipal=centre.is_municipal,
    )


def _versions(household: Household) -> int:
    """How many values by hand the village has had."""
    return Correction.objects.filter(household=household, person=None, field="area_code").count()
