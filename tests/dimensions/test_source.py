"""The data files against what is known of them, counted here by hand."""

from collections import Counter

import pytest

from dimensions.enums import Certainty, Dimension
from dimensions.source import read_source

MAPPING_2560 = {
    "health": [1, 4, 5, 7],
    "living": [8, 9, 10, 11],
    "education": [15, 16, 17, 19],
    "income": [20, 21, 22],
    "access": [27, 28],
}
MAPPING_2565 = {
    "health": [2, 6, 8, 9],
    "living": [13, 14, 18],
    "education": [22, 23, 24, 25],
    "income": [27, 28, 29],
    "access": [34, 35],
}


@pytest.fixture(scope="module")
def source():
    return read_source()


@pytest.mark.parametrize(
    ("place", "numbers", "per_category", "mapping"),
    [(0, 31, [7, 7, 5, 4, 8], MAPPING_2560), (1, 38, [12, 9, 5, 4, 8], MAPPING_2565)],
)
def test_each_set_has_its_indicators_categories_and_mapping(source, place, numbers, per_category, mapping):
    found = source.indicator_sets[place]

    by_dimension = {}
    for indicator in found["indicators"]:
        if indicator["dimension"]:
            by_dimension.setdefault(indicator["dimension"], []).append(indicator["number"])
    assert [indicator["number"] for indicator in found["indicators"]] == list(range(1, numbers + 1))
    assert list(Counter(i["category"] for i in found["indicators"]).values()) == per_category
    assert [category["code"] for category in found["categories"]] == list(
        dict.fromkeys(i["category"] for i in found["indicators"])
    )
    assert by_dimension == mapping


def test_only_what_was_checked_is_called_verified(source):
    sure = {
        indicator["number"]
        for indicator in source.indicator_sets[1]["indicators"]
        if indicator["certainty"]["dimension"] == "verified"
    }

    assert sure == {13, 29}


def test_counterparts_stand_for_the_same_dimension(source):
    earlier = {i["number"]: i["dimension"] for i in source.indicator_sets[0]["indicators"]}

    for indicator in source.indicator_sets[1]["indicators"]:
        assert {earlier[number] for number in indicator["counterparts"]} <= {indicator["dimension"]}


def test_every_fact_says_how_sure_it_is(source):
    sureness = set(Certainty.values)

    for found in source.indicator_sets:
        for indicator in found["indicators"]:
            assert set(indicator["certainty"]) == {"text", "unit", "dimension"}
            assert set(indicator["certainty"].values()) <= sureness
        assert {category["certainty"] for category in found["categories"]} <= sureness
    for facts in (*source.income_thresholds, *source.poverty_lines, *source.stage_criteria):
        assert facts["certainty"] in sureness


def test_the_dimensions_stand_in_their_order_with_a_lead_office(source):
    assert [facts["dimension"] for facts in source.dimensions] == Dimension.values
    assert [facts["lead_office_short"] for facts in source.dimensions] == [
        "สสจ.",
        "พมจ.",
        "ศธจ.",
        "สพจ.",
        "สถจ.",
    ]


def test_thresholds_cover_every_survey_year_once(source):
    assert [facts["survey_year"] for facts in source.income_thresholds] == list(range(2545, 2570))
    assert {facts["survey_year"]: facts["baht"] for facts in source.income_thresholds}[2564] == 38_000
