"""What the tests of the work share: a listed household in care, menu items, moments in a year that is over.

Fiscal year 2568 ran from 1 October 2024 to 30 September 2025, so its figures no longer move with the clock.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from casework.inputs import HelpInput, VisitInput
from casework.models import Case, CohortState, HelpMenuItem, HouseholdPlan
from casework.services.after import after_write
from casework.services.plans import approve_plans
from dimensions.enums import Dimension
from households.models import Household
from povertyops.accounts.actor import system_actor
from povertyops.common.ids import uuid7
from tests.cast import Cast, make_case, make_household, make_listing

YEAR = 2568
START = date(2024, 10, 1)
MARCH = date(2025, 3, 10)
LIVING, INCOME = Dimension.LIVING.bit, Dimension.INCOME.bit


def moment(day: date, hour: int = 3) -> datetime:
    """An hour of a day; of today this moment instead, where the hour has not come yet."""
    at, now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC), timezone.now()
    return now if at > now and day == timezone.localdate(now) else at


def in_care(cast: Cast, *, dimensions: int = LIVING, kind: str = "tpmap", **values: Any) -> Household:
    """A household of the mentor's team on the list of 2568, with an open case and its rows."""
    values.setdefault("team", cast.mentor_team)
    household = make_household(cast, **values)
    make_listing(household, fiscal_year=YEAR, dimensions=dimensions, kind=kind)
    make_case(household, opened_on=START)
    after_write(actor=system_actor(), household_ids=[household.pk], since=START)
    return household


def a_visit(household: Household, *, day: date = MARCH, **values: Any) -> VisitInput:
    return VisitInput(
        **{"id": uuid7(), "household_id": household.pk, "visited_at": moment(day), "note": "พบยาย", **values}
    )


def an_item(dimension: str = "living", *, relieves: bool = True, **values: Any) -> HelpMenuItem:
    return HelpMenuItem.objects.create(
        **{
            "code": uuid7().hex,
            "dimension": dimension,
            "name": "ซ่อมบ้าน",
            "nature": "relief",
            "relieves": relieves,
            **values,
        }
    )


def a_help(item: HelpMenuItem, household: Household | None = None, **values: Any) -> HelpInput:
    return HelpInput(
        **{
            "id": uuid7(),
            "item_id": item.pk,
            "household_id": household.pk if household else None,
            "given_on": MARCH,
            "amount_baht": Decimal(3000),
            "agency_name": "พมจ.สงขลา",
            **values,
        }
    )


def state_of(household: Household, year: int = YEAR) -> CohortState:
    return CohortState.objects.get(household=household, fiscal_year=year)


def case_of(household: Household) -> Case:
    return Case.objects.get(household=household, closed_on=None)


def in_force(plan: HouseholdPlan, on: date | None = None) -> HouseholdPlan:
    """The plan as a second person put it in force on a day; by default the day it was agreed on."""
    decision = approve_plans(actor=system_actor(), plan_ids=[plan.pk], approved_on=on or plan.agreed_on)
    assert not decision.refused, decision.refused
    return decision.approved[0]
