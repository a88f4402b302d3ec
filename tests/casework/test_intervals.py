"""Days until a household is due again, set by a province."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.models import CohortState, FollowUpInterval
from casework.services.cohort import expected_states, stored_states
from casework.services.intervals import set_intervals
from dimensions.enums import Stage
from povertyops.common.errors import InvalidInput, NotAllowed
from povertyops.common.models import AuditEntry, DirtyMark
from tests.casework.pages.families import family, text_of, this_year
from tests.casework.test_supervision import seen
from tests.cast import FAR_VILLAGE, Cast, client_of


def test_due_days_follow_at_once_as_the_rule_computes_them(cast: Cast) -> None:
    near, visited = family(cast), family(cast, team=None)
    far = family(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)
    seen(visited)
    before = CohortState.objects.get(household=near, fiscal_year=this_year()).due_on
    DirtyMark.objects.all().delete()

    moved = set_intervals(actor=cast.secretary, province_code="90", days={Stage.WAITING: 45})

    assert moved == 2
    assert CohortState.objects.get(household=near, fiscal_year=this_year()).due_on == before + timedelta(
        days=15
    )
    ids = [each.pk for each in (near, visited, far)]
    assert stored_states(ids) == expected_states(ids)
    assert DirtyMark.objects.exists()
    assert AuditEntry.objects.get(action="intervals.set").changes == {"waiting": [None, 45]}
    assert set_intervals(actor=cast.secretary, province_code="90", days={Stage.WAITING: 45}) == 0
    set_intervals(actor=cast.secretary, province_code="90", days={Stage.WAITING: None})
    assert stored_states(ids) == expected_states(ids)
    assert not FollowUpInterval.objects.filter(province_code="90").exists()


def test_only_the_own_province_and_possible_days(cast: Cast) -> None:
    for days in (0, 366):
        with pytest.raises(InvalidInput):
            set_intervals(actor=cast.secretary, province_code="90", days={Stage.SURVIVE: days})
    with pytest.raises(InvalidInput):
        set_intervals(actor=cast.far_secretary, province_code="90", days={Stage.SURVIVE: 20})
    with pytest.raises(NotAllowed):
        set_intervals(actor=cast.officer, province_code="90", days={Stage.SURVIVE: 20})


def test_page_saves_and_shows_what_holds(cast: Cast) -> None:
    client = client_of(cast.secretary)
    wrong = client.post("/intervals/", {"waiting": "900"})
    client.post("/intervals/", {"waiting": "21", "survive": "", "sufficient": "60", "sustainable": ""})

    assert wrong.status_code == 422
    assert 'value="21"' in text_of(client.get("/intervals/"))
    assert FollowUpInterval.objects.filter(province_code="90").count() == 2
    assert client_of(cast.officer).get("/intervals/").status_code == 403
