"""Recording visits: stored once, judged, counted, refused with a sentence."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from casework.inputs import VisitInput
from casework.models import CohortState, Visit
from casework.services.visits import record_visit
from povertyops.common.ids import uuid7
from tests.cast import Cast, make_case, make_household, make_listing

VISITED = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


@pytest.fixture
def household(cast: Cast):
    household = make_household(cast, team=cast.mentor_team)
    make_listing(household, fiscal_year=2570, dimensions=2)
    make_case(household)
    return household


def test_visit_is_stored_and_counted(cast: Cast, household) -> None:
    visit = VisitInput(id=uuid7(), household_id=household.pk, visited_at=VISITED, note="พบยาย")

    result = record_visit(actor=cast.mentor, visit=visit)

    assert result.status == "created"
    assert Visit.objects.get().note == "พบยาย"
    state = CohortState.objects.get(fiscal_year=2570)
    assert (state.visits, state.baseline, state.stage) == (1, 2, 0)
