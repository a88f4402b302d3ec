"""What the tests of pages share: a household in care this fiscal year, and reading an answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone

from casework.services.after import after_write
from households.models import Household
from povertyops.accounts.actor import system_actor
from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of, format_thai_date
from tests.casework.work import LIVING
from tests.cast import Cast, make_case, make_household, make_listing


def today() -> date:
    return timezone.localdate()


def this_year() -> int:
    return fiscal_year_of(today())


def family(cast: Cast, *, dimensions: int = LIVING, kind: str = "tpmap", **values: Any) -> Household:
    """A household on this year's list with an open case; by default of the mentor's team."""
    values.setdefault("team", cast.mentor_team)
    household = make_household(cast, **values)
    make_listing(household, fiscal_year=this_year(), dimensions=dimensions, kind=kind)
    start = fiscal_year_bounds(this_year())[0]
    make_case(household, opened_on=start)
    after_write(actor=system_actor(), household_ids=[household.pk], since=start)
    return household


def typed(day: date) -> str:
    """A day as a person types it."""
    return format_thai_date(day, "numeric")


def text_of(response: Any) -> str:
    return response.content.decode()
