"""Plans and continuing care that the tests of pages begin with."""

from __future__ import annotations

from typing import Any

from casework.inputs import StepInput
from casework.models import ContinuingCare, HouseholdPlan
from casework.services.care import decide_care, propose_care
from casework.services.plans import save_plan
from dimensions.enums import Dimension
from households.models import Household
from tests.casework.pages.families import today
from tests.cast import Cast


def proposed(cast: Cast, household: Household, **values: Any) -> HouseholdPlan:
    """A plan of the mentor's that waits for the district."""
    return save_plan(
        **{
            "actor": cast.mentor,
            "household_id": household.pk,
            "four_t": {"skills": ["farming"]},
            "goal": "พึ่งตนเอง",
            "steps": [StepInput(text="เลี้ยงไก่")],
            "agreed_on": today(),
            **values,
        }
    )


def proposal(cast: Cast, household: Household) -> ContinuingCare:
    """Continuing care that the subdistrict team proposed."""
    return propose_care(
        actor=cast.team_member,
        household_id=household.pk,
        dimension=Dimension.LIVING,
        ground="bedridden",
        reason="ยายติดเตียงมาสามปี",
    )


def approved(cast: Cast, household: Household, **values: Any) -> ContinuingCare:
    """The same, approved by the district."""
    care = proposal(cast, household)
    return decide_care(actor=cast.officer, care_id=care.pk, accept=True, minutes_number="3/2568", **values)
