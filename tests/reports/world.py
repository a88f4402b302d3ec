"""Rows of the read model written directly, for tests of the adding up itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from casework.enums import Membership
from casework.models import CohortState
from households.models import Household
from tests.cast import Cast, centre_of, make_household, make_listing

YEAR = 2568
LAST_DAY = date(2025, 9, 30)


def make_state(
    cast: Cast, *, village: str, lists: dict[str, int] | None = None, **values: Any
) -> CohortState:
    """A household with its listings (kind -> mask) and the row of the read model that follows from them."""
    persons = values.pop("persons", 2)
    year = values.pop("fiscal_year", YEAR)
    household = make_household(cast, village=village, persons=persons, national_ids=False)
    lists = {"tpmap": 4} if lists is None else lists
    for kind, mask in lists.items():
        make_listing(household, fiscal_year=year, kind=kind, dimensions=mask)
    return _state(cast, household, year, lists, persons, values)


def _state(
    cast: Cast, household: Household, year: int, lists: dict[str, int], persons: int, values: dict[str, Any]
) -> CohortState:
    village = household.area_code
    centre = centre_of(cast, village)
    baseline = 0
    for mask in lists.values():
        baseline |= mask
    defaults: dict[str, Any] = {
        "membership": Membership.LISTED,
        "baseline": baseline,
        "persons": persons,
        "verified_persons": persons,
        "list_kinds": list(lists),
        "list_dimensions": list(lists.values()),
        "list_persons": [persons] * len(lists),
        "list_verified_persons": [persons] * len(lists),
        "list_checked_persons": [0] * len(lists),
        "baht": Decimal(0),
    }
    return CohortState.objects.create(
        fiscal_year=year,
        household=household,
        province_code=village[:2],
        district_code=village[:4],
        subdistrict_code=village[:6],
        area_code=village,
        centre_id=centre.pk,
        is_municipal=centre.is_municipal,
        sort_key=household.sort_key,
        **{**defaults, **values},
    )
