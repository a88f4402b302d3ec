"""The yearly review: what was found later becomes baseline, under minutes, and can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import Http404
from django.urls import reverse

from casework.models import BaselineReview, CohortState
from casework.queries.review import review_groups, reviews_made, to_review
from casework.services.after import after_write
from casework.services.review import take_into_baseline, undo_review
from casework.services.visits import record_visit
from dimensions.enums import Dimension
from households.models import Household
from povertyops.accounts.actor import system_actor
from povertyops.common.errors import InvalidInput, NotAllowed
from povertyops.common.models import AuditEntry
from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of
from reports.queries import progress_of
from tests.casework.batches import assert_all_agree
from tests.casework.work import INCOME, LIVING, a_visit
from tests.cast import Cast, client_of, make_case, make_household, make_listing
from tests.import_work import world

__all__ = ["world"]


def found_later(cast: Cast) -> Household:
    """Listed this year for its living, and found to fail in its income by an assessment."""
    today = cast.officer.today()
    year = fiscal_year_of(today)
    household = make_household(cast, team=cast.mentor_team)
    make_listing(household, fiscal_year=year, dimensions=LIVING, failed=[13])
    make_case(household, opened_on=fiscal_year_bounds(year)[0])
    after_write(actor=system_actor(), household_ids=[household.pk], since=fiscal_year_bounds(year)[0])
    visit = a_visit(
        household, day=today - timedelta(days=1), answers={29: "fail", 13: "fail"}, survey_year=year - 1
    )
    assert record_visit(actor=cast.mentor, visit=visit).status == "created"
    return household


def state(household: Household) -> CohortState:
    return CohortState.objects.get(household=household, fiscal_year=fiscal_year_of(_today()))


def _today():
    return system_actor().today()


def test_what_was_found_later_becomes_baseline_and_back(world: Cast) -> None:
    household = found_later(world)
    year = fiscal_year_of(_today())
    assert (state(household).baseline, state(household).additional) == (LIVING, INCOME)
    (group,) = review_groups(world.officer, year)
    assert (group.district, group.households, dict(group.dimensions)) == ("9007", 1, {Dimension.INCOME: 1})
    assert to_review(world.officer, year, dimension="health").count() == 0
    assert_all_agree(year)
    failing = progress_of(year, "9007").failing_income

    (review,) = take_into_baseline(
        actor=world.officer, household_ids=[household.pk], minutes_number="1/2569", effective_on=_today()
    )
    assert (review.dimensions, review.failed_indicators, review.minutes_number) == (INCOME, [29], "1/2569")
    assert (state(household).baseline, state(household).additional) == (LIVING | INCOME, 0)
    assert_all_agree(year)
    assert progress_of(year, "9007").failing_income == failing + 1
    assert to_review(world.officer, year).count() == 0
    assert (
        take_into_baseline(
            actor=world.officer, household_ids=[household.pk], minutes_number="1/2569", effective_on=_today()
        )
        == []
    )

    undo_review(actor=world.officer, review_id=review.pk)
    assert (state(household).baseline, state(household).additional) == (LIVING, INCOME)
    assert_all_agree(year)
    assert progress_of(year, "9007").failing_income == failing
    actions = AuditEntry.objects.filter(object_type="review").order_by("id").values_list("action", flat=True)
    assert list(actions) == ["review.taken", "review.undone"]
    assert BaselineReview.objects.filter(superseded_at=None).count() == 0


def test_who_may_review(world: Cast) -> None:
    household = found_later(world)
    values = {"household_ids": [household.pk], "minutes_number": "1/2569", "effective_on": _today()}
    with pytest.raises(NotAllowed):
        take_into_baseline(actor=world.mentor, **values)
    assert take_into_baseline(actor=world.far_secretary, **values) == []
    with pytest.raises(InvalidInput):
        take_into_baseline(actor=world.officer, **{**values, "minutes_number": " "})
    with pytest.raises(InvalidInput):
        take_into_baseline(actor=world.officer, **{**values, "effective_on": _today() + timedelta(days=1)})
    (review,) = take_into_baseline(actor=world.secretary, **values)
    with pytest.raises(Http404):
        undo_review(actor=world.far_officer, review_id=review.pk)
    assert list(reviews_made(world.officer, fiscal_year_of(_today()))) == [review]


def test_page_takes_in_what_is_ticked(world: Cast) -> None:
    household = found_later(world)
    here = reverse("yearly_review")
    client = client_of(world.officer)
    assert str(household.head_name) in client.get(here).content.decode()
    today = _today()
    day = f"{today.day}/{today.month}/{today.year + 543}"
    faulty = client.post(here, {"minutes_number": "", "effective_on": day, "household": [household.pk]})
    assert faulty.status_code == 422
    sent = {"minutes_number": "1/2569", "effective_on": day, "household": [household.pk]}
    assert client.post(here, sent).status_code == 302
    made = client.get(f"{here}?show=made").content.decode()
    assert "1/2569" in made
    review = BaselineReview.objects.get()
    assert client.post(reverse("review_undo", args=[review.pk])).status_code == 302
    assert client_of(world.mentor).get(here).status_code == 403
    assert str(household.head_name) not in client_of(world.other_officer).get(here).content.decode()
