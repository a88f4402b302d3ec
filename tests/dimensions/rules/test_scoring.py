from hypothesis import given
from hypothesis import strategies as st

from dimensions.enums import AnswerValue, Dimension
from dimensions.rules import failing_mask

MAPPING = {4: Dimension.HEALTH, 7: Dimension.HEALTH, 8: Dimension.LIVING, 22: Dimension.INCOME}

answer_sheets = st.dictionaries(st.sampled_from([1, *MAPPING]), st.sampled_from(AnswerValue.values))


def test_one_failing_indicator_makes_its_dimension_fail():
    assert failing_mask({4: "pass", 7: "fail", 8: "pass"}, MAPPING) == Dimension.HEALTH.bit


def test_does_not_apply_and_silence_do_not_fail():
    assert failing_mask({4: "na", 8: "pass"}, MAPPING) == 0


def test_an_indicator_outside_the_mapping_fails_no_dimension():
    assert failing_mask({1: "fail"}, MAPPING) == 0


@given(answer_sheets)
def test_the_mask_is_the_set_of_dimensions_that_hold_a_failure(answers):
    failing = {MAPPING[number] for number, value in answers.items() if value == "fail" and number in MAPPING}

    assert set(Dimension.from_mask(failing_mask(answers, MAPPING))) == failing
