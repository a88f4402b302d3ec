"""How many households in care a change of the yardstick touches."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from dimensions.touching import Touch
from households.models import HouseholdScope, Listing


def count_touched(touch: Touch) -> int:
    """Open households of the province, on a list of these survey years where years are given."""
    rows = HouseholdScope.objects.filter(is_open=True).exclude(province_code__in=touch.without)
    if touch.province_code:
        rows = rows.filter(province_code=touch.province_code)
    if touch.first_year is None:
        return rows.count()
    listed = Listing.objects.filter(
        household=OuterRef("household"),
        superseded_at=None,
        target_list__survey_year__gte=touch.first_year,
    )
    if touch.last_year is not None:
        listed = listed.filter(target_list__survey_year__lte=touch.last_year)
    return rows.filter(Exists(listed)).count()
