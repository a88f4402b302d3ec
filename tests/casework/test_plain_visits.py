"""Visits without evidence take the short way; the rows they leave equal those computed from the facts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.models import CohortState, FollowUpInterval
from casework.services.cohort import expected_states, stored_states
from casework.services.visits import record_visits
from dimensions.enums import Stage
from households.models import Household
from povertyops.common.models import DirtyMark
from tests.casework.work import START, a_help, a_visit, an_item, in_care
from tests.cast import Cast, client_of

pytestmark = pytest.mark.django_db

# From the start of the list of 2568 to the current year, so that carried rows are touched as well.
DAYS = st.dates(START, timezone.localdate() - timedelta(days=1))


@settings(max_examples=40)
@given(
    batches=st.lists(
        st.lists(st.tuples(DAYS, st.none() | st.integers(1, 90), st.booleans()), min_size=1, max_size=4),
        min_size=1,
        max_size=3,
    )
)
def test_rows_after_any_visits_equal_the_facts(cast: Cast, batches):
    household, item = in_care(cast), an_item()
    FollowUpInterval.objects.update_or_create(
        province_code=household.province_code, stage=Stage.WAITING, defaults={"days": 45}
    )
    for batch in batches:
        visits = [
            a_visit(
                household,
                day=day,
                next_visit_on=day + timedelta(days=following) if following else None,
                helps=(a_help(item, given_on=day),) if helped else (),
            )
            for day, following, helped in batch
        ]
        results = record_visits(actor=cast.mentor, visits=visits)
        assert {result.status for result in results} == {"created"}
        assert stored_states([household.pk]) == expected_states([household.pk])


def visited_before(cast: Cast) -> Household:
    """In care, and met once already: the first visit in care is judged in full."""
    household = in_care(cast)
    record_visits(actor=cast.mentor, visits=[a_visit(household, day=START + timedelta(days=1))])
    return household


def test_a_plain_visit_marks_its_leaves(cast: Cast):
    household = visited_before(cast)
    DirtyMark.objects.all().delete()
    record_visits(actor=cast.mentor, visits=[a_visit(household, day=date(2025, 3, 10))])
    assert set(DirtyMark.objects.values_list("area_code", flat=True)) == {household.area_code}
    assert 2568 in DirtyMark.objects.values_list("fiscal_year", flat=True)


def test_an_older_visit_that_arrives_later_moves_no_due_day(cast: Cast):
    household = in_care(cast)
    newer = a_visit(household, day=date(2025, 6, 10), next_visit_on=date(2025, 7, 1))
    record_visits(actor=cast.mentor, visits=[newer])
    record_visits(actor=cast.mentor, visits=[a_visit(household, day=date(2025, 3, 10))])
    row = stored_states([household.pk])[household.pk, 2568]
    assert (row.visits, row.last_visit_on, row.due_on) == (2, date(2025, 6, 10), date(2025, 7, 1))


@pytest.mark.parametrize("count", [1, 3])
def test_a_batch_of_plain_visits_takes_the_same_queries_for_any_number(
    cast: Cast, count, django_assert_num_queries
):
    households = [visited_before(cast) for _turn in range(count)]
    client = client_of(cast.mentor)
    client.get("/api/v1/households/")
    bodies = [
        {
            "id": str(visit.id),
            "household": str(visit.household_id),
            "visited_at": visit.visited_at.isoformat(),
        }
        for visit in (a_visit(household) for household in households)
    ]
    with django_assert_num_queries(10):
        answer = client.post("/api/v1/visits/", bodies, content_type="application/json")
    assert [item["result"] for item in answer.json()] == ["created"] * count


def test_a_household_without_a_row_of_the_year_gets_one(cast: Cast):
    household = in_care(cast)
    CohortState.objects.filter(household=household).delete()
    record_visits(actor=cast.mentor, visits=[a_visit(household, day=date(2025, 3, 10))])
    assert stored_states([household.pk]) == expected_states([household.pk])
    assert stored_states([household.pk])
