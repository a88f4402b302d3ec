"""Which help fits whom, as properties that hold for any item and any household."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from casework.eligibility import NEEDS, HouseholdFacts, ItemFacts, Reason, Why, best, fit
from dimensions.enums import ALL_MASK, Dimension

KEYS = [UUID(int=number) for number in range(1, 5)]
AGES = st.integers(0, 100)

items = st.builds(
    ItemFacts,
    id=st.sampled_from(KEYS),
    dimension=st.sampled_from(Dimension),
    relieves=st.booleans(),
    stages=st.frozensets(st.integers(0, 3)),
    indicators=st.frozensets(st.integers(1, 38), max_size=4),
    min_age=st.none() | AGES,
    max_age=st.none() | AGES,
    max_income_baht=st.none() | st.integers(0, 200_000),
    agency=st.sampled_from(["", "พมจ.", "รพ.สต."]),
)
households = st.builds(
    HouseholdFacts,
    failing=st.integers(0, ALL_MASK),
    relieved=st.integers(0, ALL_MASK),
    failed=st.frozensets(st.integers(1, 38), max_size=6),
    stage=st.integers(0, 3),
    ages=st.lists(AGES, max_size=5).map(tuple),
    income=st.none() | st.integers(0, 200_000),
    last_items=st.frozensets(st.sampled_from(KEYS)),
    agencies=st.frozensets(st.sampled_from(["พมจ.", "รพ.สต."])),
)


@given(items, households)
def test_score_and_reasons_go_together(item: ItemFacts, household: HouseholdFacts) -> None:
    found = fit(item, household)

    assert (found.score > 0) == bool(found.reasons)
    assert not found.reasons or any(reason.why in NEEDS for reason in found.reasons)
    assert len({reason.why for reason in found.reasons}) == len(found.reasons)


@given(items, households)
def test_nothing_is_offered_to_a_household_without_need(item: ItemFacts, household: HouseholdFacts) -> None:
    content = replace(household, failing=0, failed=frozenset(), last_items=frozenset())

    assert not fit(item, content).fits


@given(items, households)
def test_what_is_for_others_never_fits(item: ItemFacts, household: HouseholdFacts) -> None:
    found = fit(item, household)
    low, high = item.min_age or 0, 200 if item.max_age is None else item.max_age
    asks_age = item.min_age is not None or item.max_age is not None

    if item.stages and household.stage not in item.stages:
        assert not found.fits
    if asks_age and household.ages and not any(low <= age <= high for age in household.ages):
        assert not found.fits
    if item.max_income_baht is not None and (household.income or 0) > item.max_income_baht:
        assert not found.fits


@given(items, households)
def test_more_need_never_lowers_the_score(item: ItemFacts, household: HouseholdFacts) -> None:
    before = fit(item, household).score

    needier = replace(household, failing=household.failing | item.dimension.bit)
    assert fit(item, needier).score >= before
    failed_more = replace(household, failed=household.failed | item.indicators)
    assert fit(item, failed_more).score >= before


@given(items, households)
def test_relief_lowers_what_is_offered_for_a_dimension(item: ItemFacts, household: HouseholdFacts) -> None:
    failing = replace(household, failing=household.failing | item.dimension.bit)
    unrelieved = replace(failing, relieved=failing.relieved & ~item.dimension.bit)
    relieved = replace(failing, relieved=failing.relieved | item.dimension.bit)

    assert fit(item, relieved).score <= fit(item, unrelieved).score


@given(st.lists(items, max_size=6, unique_by=lambda item: item.id), households)
def test_the_best_come_first_and_all_fit(menu: list[ItemFacts], household: HouseholdFacts) -> None:
    offered = best(menu, household)

    scores = [found.score for _item, found in offered]
    assert scores == sorted(scores, reverse=True)
    assert {item.id for item, _found in offered} == {item.id for item in menu if fit(item, household).fits}


def test_house_repair_for_an_old_house_says_which_indicator() -> None:
    repair = ItemFacts(id=KEYS[0], dimension=Dimension.LIVING, indicators=frozenset({13}))
    household = HouseholdFacts(failing=Dimension.LIVING.bit, failed=frozenset({13}))

    assert fit(repair, household).reasons == (Reason(Why.INDICATOR, 13), Reason(Why.UNRELIEVED))


def test_allowance_for_the_old_names_the_age_of_a_member() -> None:
    allowance = ItemFacts(id=KEYS[0], dimension=Dimension.ACCESS, min_age=60)
    young = HouseholdFacts(failing=Dimension.ACCESS.bit, ages=(30, 8))

    assert not fit(allowance, young).fits
    assert Reason(Why.AGE, 67) in fit(allowance, replace(young, ages=(30, 67))).reasons
    assert fit(allowance, replace(young, ages=())).fits
