"""The parts of a state that follow from a household's lists: reviews, fragile members, failing indicators."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from casework.models import BaselineReview, CohortState
from casework.services.after import after_write
from casework.services.state_parts import failing_share
from dimensions.enums import AnswerValue, Dimension
from dimensions.rules import Answer
from households.models import Household, ListedPerson, Listing, Person
from households.services.derive import derive_households
from povertyops.accounts.actor import system_actor
from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of
from reports.models import AreaProgress
from reports.services.rollup import drain_marks
from reports.services.verify import verify
from tests.cast import VILLAGE, Cast, make_case, make_household, make_listing

LIVING, INCOME, HEALTH = (
    Dimension.LIVING.bit,
    Dimension.INCOME.bit,
    Dimension.HEALTH.bit,
)
ON = date(2025, 3, 1)


class Source:
    """A list as `failing_share` sees it."""

    def __init__(self, *numbers: int, on: date = date(2024, 10, 1)) -> None:
        self.effective_on = on
        self.failed_indicators = frozenset(numbers)


def answer(number: int, value: str, day: int, *, official: bool = False) -> Answer:
    return Answer(number, value, date(2025, 1, day), official=official)


@pytest.mark.parametrize(
    ("mask", "sources", "answers", "share"),
    [
        (0, (Source(13),), (), 0),
        (LIVING, (Source(),), (), 26),  # one of 38, because a dimension fails
        (LIVING | INCOME, (Source(13, 14), Source(14, 29)), (), 79),
        (LIVING, (Source(13, 14),), (answer(13, AnswerValue.PASS, 2),), 26),
        (LIVING, (Source(13, on=date(2025, 2, 1)),), (answer(13, AnswerValue.PASS, 2),), 26),
        (LIVING, (Source(13),), (answer(14, AnswerValue.FAIL, 2), answer(18, AnswerValue.FAIL, 2)), 79),
        (LIVING, (Source(13, 14),), (answer(13, AnswerValue.PASS, 2, official=True),), 53),
        (LIVING, (Source(*range(1, 39)),), (), 1000),
    ],
)
def test_share_counts_what_fails_now(
    mask: int, sources: tuple[Source, ...], answers: tuple[Answer, ...], share: int
) -> None:
    assert failing_share(mask, sources, answers, 38, ON) == share  # type: ignore[arg-type]


def test_share_of_an_unknown_set_is_nothing() -> None:
    assert failing_share(LIVING, (Source(13),), (), 0, ON) == 0  # type: ignore[arg-type]


def _listed(cast: Cast, births: list[date | None], dimensions: int = LIVING) -> Household:
    year = fiscal_year_of(timezone.localdate())
    household = make_household(cast, village=VILLAGE, persons=len(births), national_ids=False)
    make_listing(household, fiscal_year=year, dimensions=dimensions)
    make_case(household, opened_on=fiscal_year_bounds(year)[0])
    people = Person.objects.filter(memberships__household=household).order_by("memberships__position")
    for person, born in zip(people, births, strict=True):
        Person.objects.filter(pk=person.pk).update(birth_date=born)
    after_write(actor=system_actor(), household_ids=[household.pk], since=fiscal_year_bounds(year)[0])
    return household


def test_small_children_and_elders_on_the_first_of_october_are_fragile(cast: Cast) -> None:
    first = fiscal_year_bounds(fiscal_year_of(timezone.localdate()))[0]
    household = _listed(
        cast,
        [
            first.replace(year=first.year - 60),  # sixty on the day
            first.replace(year=first.year - 60, day=2),  # not yet
            first.replace(year=first.year - 6),  # six on the day: no small child any more
            first.replace(year=first.year - 6, day=2),
            None,
        ],
    )
    assert CohortState.objects.get(household=household).fragile == 2


def test_birthday_that_lists_tell_anew_has_the_household_counted_again(cast: Cast) -> None:
    household = _listed(cast, [None])
    assert derive_households([household.pk]) == []
    ListedPerson.objects.filter(listing__household=household).update(raw={"birth": "1950-01-01"})
    assert derive_households([household.pk]) == [household.pk]


def test_review_joins_the_baseline_but_not_the_list(cast: Cast) -> None:
    """The household then counts as failing in both; narrowed to its list, in the list's own only."""
    year, today = fiscal_year_of(timezone.localdate()), timezone.localdate()
    household = _listed(cast, [None])
    review = BaselineReview.objects.create(
        household=household, province_code="90", fiscal_year=year, survey_year=year - 1,
        dimensions=INCOME | LIVING, effective_on=today, minutes_number="1/2569",
    )  # fmt: skip
    after_write(actor=system_actor(), household_ids=[household.pk], since=today)

    state = CohortState.objects.get(household=household, fiscal_year=year)
    assert (state.baseline, state.list_dimensions) == (LIVING | INCOME, [LIVING])
    drain_marks()
    kind = Listing.objects.get(household=household).kind_code
    rows = {
        row.list_kind: (row.failing_living, row.failing_income)
        for row in AreaProgress.objects.filter(fiscal_year=year, code=VILLAGE)
    }
    assert rows == {"": (1, 1), kind: (1, 0)}
    assert verify(year) == []

    review.superseded_at = timezone.now()
    review.save(update_fields=["superseded_at"])
    after_write(actor=system_actor(), household_ids=[household.pk], since=today)
    assert CohortState.objects.get(household=household, fiscal_year=year).baseline == LIVING
    assert verify(year) == []


def test_review_before_a_newer_list_no_longer_counts(cast: Cast) -> None:
    year, today = fiscal_year_of(timezone.localdate()), timezone.localdate()
    household = _listed(cast, [None], HEALTH)
    BaselineReview.objects.create(
        household=household, province_code="90", fiscal_year=year - 1, survey_year=year - 2,
        dimensions=INCOME, effective_on=today, minutes_number="9/2568",
    )  # fmt: skip
    after_write(actor=system_actor(), household_ids=[household.pk], since=today)
    assert CohortState.objects.get(household=household, fiscal_year=year).baseline == HEALTH
