from datetime import date

import pytest
from django.db.models.functions import Now

from dimensions import queries
from dimensions.enums import Certainty, Dimension
from dimensions.models import IncomeThreshold, IndicatorSet, StageCriteria
from dimensions.rules import StageRule
from dimensions.services import load_yardstick
from dimensions.source import read_source
from povertyops.common.audit import SYSTEM
from povertyops.common.errors import InvalidInput

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _yardstick():
    load_yardstick(actor=SYSTEM, source=read_source())


@pytest.mark.parametrize(
    ("survey_year", "code", "carried"),
    [
        (2560, "bmn-2560", False),
        (2564, "bmn-2560", False),
        (2567, "bmn-2565", False),
        (2571, "bmn-2565", True),
    ],
)
def test_indicator_set_for_a_survey_year(survey_year, code, carried):
    applied = queries.indicator_set_for(survey_year)

    assert (applied.indicator_set.code, applied.carried_forward) == (code, carried)


def test_indicator_set_for_a_year_before_all_sets_is_refused():
    with pytest.raises(InvalidInput) as refused:
        queries.indicator_set_for(2559)

    assert refused.value.code == "no_indicator_set"
    assert "2559" in str(refused.value)


def test_dimension_of_indicators_knows_the_mapped_ones_only():
    mapping = queries.dimension_of_indicators(queries.indicator_set_for(2567).indicator_set)

    assert mapping[13] == Dimension.LIVING
    assert mapping[29] == Dimension.INCOME
    assert 37 not in mapping
    assert len(mapping) == 16


def test_dimension_of_indicators_asks_the_database_once(django_assert_num_queries):
    applied = queries.indicator_set_for(2567).indicator_set

    with django_assert_num_queries(1):
        queries.dimension_of_indicators(applied)
        queries.dimension_of_indicators(applied)
        queries.numbers_of(applied)


def test_numbers_of_a_set_hold_the_one_without_a_text():
    assert queries.numbers_of(queries.indicator_set_for(2567).indicator_set) == set(range(1, 39))


def test_a_version_of_a_set_counts_from_its_day_and_the_first_one_for_all_days_before():
    old, new = queries.indicator_sets()
    values = {name: getattr(new, name) for name in (*IndicatorSet.KEY, *IndicatorSet.FACTS)}
    IndicatorSet.objects.filter(pk=new.pk).update(superseded_at=Now())
    later = IndicatorSet.objects.create(version=2, recorded_at="2027-03-01T00:00:00+07:00", **values)

    def in_force(on):
        return [version.id for version in queries.sets_in_force(queries.set_versions(), on)]

    assert in_force(date(2020, 1, 1)) == in_force(date(2027, 2, 28)) == [old.pk, new.pk]
    assert in_force(date(2027, 3, 1)) == [old.pk, later.pk]
    first, second, third = queries.set_versions()
    assert (first.size, second.size, third.size, third.valid_from) == (31, 38, 0, 2565)
    assert queries.mapping_of(first)[22] == queries.mapping_of(second)[29] == Dimension.INCOME

    values |= {"code": "bmn-2567", "valid_from": 2567}
    added = IndicatorSet.objects.create(version=1, recorded_at="2027-05-01T00:00:00+07:00", **values)
    assert in_force(date(2020, 1, 1)) == [old.pk, new.pk]
    assert in_force(date(2027, 4, 30)) == [old.pk, later.pk]
    assert in_force(date(2027, 5, 1)) == [old.pk, later.pk, added.pk]
    assert queries.sets_in_force([], date(2027, 5, 1)) == []


def test_counterparts_go_both_ways_between_sets():
    old, new = queries.indicator_sets()

    forward = queries.counterparts(old, new)
    assert forward[22] == {29}
    assert forward[9] == forward[10] == {18}
    assert queries.counterparts(new, old)[18] == {9, 10}
    assert 1 not in queries.counterparts(new, old)
    assert queries.counterparts(new, new)[37] == {37}


def test_threshold_for_a_survey_year():
    assert queries.threshold_for(2564) == (38_000, 2564, Certainty.VERIFIED, False)
    assert queries.threshold_for(2572) == (44_000, 2569, Certainty.GUESS, True)
    assert queries.threshold_for(2500) is None


def test_threshold_for_takes_the_newest_version():
    IncomeThreshold.objects.filter(survey_year=2568).update(superseded_at="2025-01-01T00:00Z")
    IncomeThreshold.objects.create(survey_year=2568, baht=45_000, certainty=Certainty.VERIFIED, version=2)

    assert queries.threshold_for(2568).baht == 45_000


def test_criteria_of_a_province_stand_before_those_of_the_nation():
    StageCriteria.objects.create(
        version=2, province_code="90", effective_from=date(2025, 10, 1), sufficient_days=400
    )

    assert queries.criteria_for("90", date(2025, 9, 30)).version == 1
    assert queries.criteria_for("90", date(2025, 10, 1)).sufficient_days == 400
    assert queries.criteria_for("40", date(2025, 10, 1)).version == 1


def test_criteria_before_the_first_row_are_those_built_in():
    assert queries.criteria_for("90", date(2000, 1, 1)) == StageRule()


def test_the_dimensions_come_in_their_order():
    assert [info.dimension for info in queries.dimension_infos()] == Dimension.values
