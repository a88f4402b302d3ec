from dataclasses import replace
from datetime import date, timedelta

import pytest

from dimensions.enums import ALL_MASK, Dimension, Stage
from dimensions.rules import (
    Answer,
    DimensionEvidence,
    DimensionFact,
    PlanFacts,
    StageEvidence,
    StageRule,
    StepDone,
    evaluate_stage,
)

HEALTH, LIVING, INCOME = Dimension.HEALTH, Dimension.LIVING, Dimension.INCOME
MAPPING = {4: HEALTH, 8: LIVING, 9: LIVING, 20: INCOME, 22: INCOME}
RULE = StageRule()

MENTOR, OFFICER, TEAM = 1, 2, 3
LISTED = date(2024, 10, 1)
LATER = date(2025, 6, 1)


def day(number):
    return LISTED + timedelta(days=number)


def listed(*dimensions, indicators=(), on=LISTED):
    return [DimensionEvidence(dimension, on, frozenset(indicators)) for dimension in dimensions]


def answered(value, *indicators, on, by=TEAM, official=False, order=0.0):
    ref = f"assessment-{on}-{order}"
    return [Answer(number, value, on, by, ref, official, order) for number in indicators]


def helped(dimension, on, by=MENTOR):
    return DimensionFact(dimension, on, by, f"help-{on}")


PLAN = PlanFacts(day(20), four_t_complete=True, recorded_by=OFFICER, ref="plan")
STEP = StepDone(day(40), MENTOR, "step")

POOR = StageEvidence(MAPPING, baseline=listed(INCOME, indicators=[22]))
RELIEVED = replace(POOR, relieving_helps=[helped(INCOME, day(10))])
RECOVERED = replace(RELIEVED, answers=answered("pass", 22, on=day(100)), plan=PLAN, development_steps=[STEP])
APPROVED_ON = day(110)
HELD = replace(
    RECOVERED,
    sufficient_since=APPROVED_ON,
    answers=[
        *RECOVERED.answers,
        *answered("pass", 22, on=day(200)),
        *answered("pass", 22, on=day(400)),
    ],
)
A_YEAR_ON = APPROVED_ON + timedelta(days=365)


def judged(evidence, on=LATER, rule=RULE):
    return evaluate_stage(evidence, on, rule)


def codes(result, step=Stage.SUSTAINABLE):
    return [missing.code for missing in result.missing if missing.stage <= step]


# ----------------------------------------------------------------------------------------- waiting, survive


def test_a_listed_household_waits_until_it_is_relieved():
    result = judged(POOR)

    assert result.stage == Stage.WAITING
    assert result.missing[0].code == "not_relieved"
    assert result.missing[0].dimension == INCOME
    assert result.since == LISTED
    assert result.decisive_recorders == frozenset()


def test_a_relieving_help_makes_it_survive():
    result = judged(RELIEVED)

    assert result.stage == Stage.SURVIVE
    assert result.since == day(10)
    assert result.relieved_mask == INCOME.bit
    assert result.recovered_mask == 0
    assert result.decisive_recorders == {MENTOR}


def test_a_help_on_the_day_of_the_failure_counts():
    assert judged(replace(POOR, relieving_helps=[helped(INCOME, LISTED)])).stage == Stage.SURVIVE


def test_a_help_before_the_failure_does_not_count():
    result = judged(replace(POOR, relieving_helps=[helped(INCOME, day(-1))]))

    assert result.stage == Stage.WAITING
    assert result.missing[0].code == "failed_again"


def test_a_help_in_another_dimension_does_not_count():
    assert judged(replace(POOR, relieving_helps=[helped(LIVING, day(10))])).stage == Stage.WAITING


def test_every_baseline_dimension_must_be_relieved():
    two = replace(RELIEVED, baseline=listed(INCOME, LIVING))

    result = judged(two)

    assert result.stage == Stage.WAITING
    assert result.baseline_mask == INCOME.bit | LIVING.bit
    assert result.relieved_mask == INCOME.bit
    assert [missing.dimension for missing in result.missing if missing.stage == Stage.SURVIVE] == [LIVING]


def test_solved_by_the_family_counts_as_relief():
    solved = replace(POOR, self_solved=[DimensionFact(INCOME, day(5), TEAM, "finding")])

    result = judged(solved)

    assert result.stage == Stage.SURVIVE
    assert result.met[0].evidence[0].kind == "self_solved"


def test_a_dimension_that_passes_is_relieved_without_help():
    result = judged(replace(POOR, answers=answered("pass", 22, on=day(50))))

    assert result.stage == Stage.SURVIVE
    assert result.relieved_mask == result.recovered_mask == INCOME.bit
    assert result.decisive_recorders == {TEAM}


def test_a_failure_after_the_relief_slips_back():
    failing = replace(RELIEVED, answers=answered("fail", 20, on=day(30)))

    assert judged(failing, day(29)).stage == Stage.SURVIVE
    after = judged(failing, day(30))
    assert after.stage == Stage.WAITING
    assert after.missing[0].code == "failed_again"
    assert after.since == day(30)


def test_a_new_help_after_the_slip_relieves_again():
    failing = replace(
        RELIEVED,
        answers=answered("fail", 20, on=day(30)),
        relieving_helps=[helped(INCOME, day(10)), helped(INCOME, day(31))],
    )

    result = judged(failing)

    assert result.stage == Stage.SURVIVE
    assert result.since == day(31)


def test_silence_never_lowers_a_stage():
    assert judged(RELIEVED, LATER + timedelta(days=5_000)).stage == Stage.SURVIVE


def test_evidence_after_the_day_is_not_seen():
    assert judged(RELIEVED, day(9)).stage == Stage.WAITING
    assert judged(RECOVERED, day(99)).stage == Stage.SURVIVE
    assert judged(RECOVERED, day(39)).stage == Stage.SURVIVE


def test_the_later_of_two_lists_is_the_latest_failure():
    twice = replace(RELIEVED, baseline=[*RELIEVED.baseline, *listed(INCOME, indicators=[22], on=day(365))])

    assert judged(twice, day(364)).stage == Stage.SURVIVE
    assert judged(twice, day(365)).stage == Stage.WAITING


# --------------------------------------------------------------------------------------- official and other


def test_an_official_pass_does_not_recover():
    result = judged(replace(RELIEVED, answers=answered("pass", 22, on=day(50), official=True)))

    assert result.recovered_mask == 0
    assert "not_reassessed" in codes(result)


def test_an_official_failure_counts_as_a_failure():
    failing = [*RECOVERED.answers, *answered("fail", 22, on=day(150), official=True)]

    result = judged(replace(RECOVERED, answers=failing))

    assert result.stage == Stage.WAITING
    assert "still_failing" in codes(result)


def test_a_problem_found_later_is_additional_and_lowers_nothing():
    result = judged(replace(RELIEVED, answers=answered("fail", 4, 8, on=day(60))))

    assert result.stage == Stage.SURVIVE
    assert result.additional_mask == HEALTH.bit | LIVING.bit
    assert result.baseline_mask == INCOME.bit


def test_a_problem_found_later_and_solved_is_no_longer_additional():
    answers = [*answered("fail", 4, on=day(60)), *answered("pass", 4, on=day(70))]

    assert judged(replace(RELIEVED, answers=answers)).additional_mask == 0


def test_an_answer_outside_the_mapping_says_nothing():
    assert judged(replace(RELIEVED, answers=answered("fail", 99, on=day(60)))) == judged(RELIEVED)


# ----------------------------------------------------------------------------------------------- sufficient


def test_recovered_with_plan_and_step_is_sufficient():
    result = judged(RECOVERED)

    assert result.stage == Stage.SUFFICIENT
    assert result.since == day(100)
    assert codes(result) == ["sufficient_not_approved"]
    assert result.decisive_recorders == {TEAM, OFFICER, MENTOR}


def test_the_helper_of_a_recovered_dimension_is_not_decisive():
    helper = 99
    evidence = replace(RECOVERED, relieving_helps=[helped(INCOME, day(10), by=helper)])

    assert helper not in judged(evidence).decisive_recorders


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"plan": None}, "no_active_plan"),
        ({"plan": PLAN._replace(active_since=None)}, "no_active_plan"),
        ({"plan": PLAN._replace(active_since=LATER + timedelta(days=1))}, "no_active_plan"),
        ({"plan": PLAN._replace(four_t_complete=False)}, "four_t_incomplete"),
        ({"development_steps": []}, "no_development_step"),
        ({"development_steps": [STEP._replace(on=LATER + timedelta(days=1))]}, "no_development_step"),
        ({"answers": []}, "not_reassessed"),
        ({"answers": answered("pass", 20, on=day(100))}, "not_reassessed"),
    ],
)
def test_sufficient_says_what_is_missing(change, code):
    result = judged(replace(RECOVERED, **change))

    assert result.stage == Stage.SURVIVE
    assert codes(result, Stage.SUFFICIENT) == [code]


def test_a_province_may_do_without_the_development_step():
    rule = StageRule(version=2, needs_development_step=False)

    result = judged(replace(RECOVERED, development_steps=[]), rule=rule)

    assert result.stage == Stage.SUFFICIENT
    assert result.version == 2


def test_without_printed_indicators_all_of_the_dimension_must_pass():
    bare = replace(RECOVERED, baseline=listed(INCOME))

    assert judged(bare).recovered_mask == 0
    full = replace(bare, answers=answered("pass", 20, 22, on=day(100)))
    assert judged(full).recovered_mask == INCOME.bit


def test_printed_indicators_of_other_dimensions_are_passed_over():
    mixed = replace(RECOVERED, baseline=listed(INCOME, indicators=[22, 8, 31]))

    assert judged(mixed).recovered_mask == INCOME.bit


def test_does_not_apply_recovers():
    assert judged(replace(RECOVERED, answers=answered("na", 22, on=day(100)))).recovered_mask == INCOME.bit


def test_an_indicator_that_failed_later_must_pass_too():
    answers = [*answered("fail", 20, on=day(50)), *answered("pass", 22, on=day(100))]
    result = judged(replace(RECOVERED, answers=answers, relieving_helps=[helped(INCOME, day(50))]))

    assert result.recovered_mask == 0
    assert codes(result, Stage.SUFFICIENT) == ["still_failing"]


def test_a_pass_from_before_the_list_does_not_recover():
    assert judged(replace(RECOVERED, answers=answered("pass", 22, on=day(-1)))).recovered_mask == 0


def test_a_pass_on_the_day_of_the_list_recovers():
    assert judged(replace(RECOVERED, answers=answered("pass", 22, on=LISTED))).recovered_mask == INCOME.bit


def test_of_two_answers_of_a_day_the_later_recorded_stands():
    fails_last = [*answered("pass", 22, on=day(100), order=1), *answered("fail", 22, on=day(100), order=2)]
    passes_last = [*answered("fail", 22, on=day(100), order=1), *answered("pass", 22, on=day(100), order=2)]

    assert judged(replace(RECOVERED, answers=fails_last)).recovered_mask == 0
    assert judged(replace(RECOVERED, answers=passes_last)).recovered_mask == INCOME.bit


def test_of_two_answers_of_one_moment_the_failing_one_stands():
    both = [*answered("fail", 22, on=day(100)), *answered("pass", 22, on=day(100))]

    assert judged(replace(RECOVERED, answers=both)).recovered_mask == 0


def test_continuing_care_stands_in_for_recovery():
    care = [DimensionFact(INCOME, day(60), OFFICER, "care")]
    evidence = replace(RECOVERED, answers=[], continuing_care=care)

    result = judged(evidence)

    assert result.stage == Stage.SUFFICIENT
    assert result.care_mask == INCOME.bit
    assert result.recovered_mask == 0
    assert judged(evidence, day(59)).stage == Stage.SURVIVE


def test_continuing_care_does_not_stand_in_for_relief():
    care = [DimensionFact(INCOME, day(60), OFFICER, "care")]

    assert judged(replace(POOR, continuing_care=care)).stage == Stage.WAITING


# ---------------------------------------------------------------------------------------------- sustainable


def test_a_year_and_two_assessments_make_it_sustainable():
    result = judged(HELD, A_YEAR_ON)

    assert result.stage == Stage.SUSTAINABLE
    assert result.missing == ()
    assert result.since == A_YEAR_ON
    assert TEAM in result.decisive_recorders


def test_one_day_less_than_a_year_is_too_short():
    result = judged(HELD, A_YEAR_ON - timedelta(days=1))

    assert result.stage == Stage.SUFFICIENT
    assert [(missing.code, missing.number) for missing in result.missing] == [("sufficient_too_short", 1)]


def test_assessments_too_close_together_are_too_few():
    close = replace(HELD, answers=[*answered("pass", 22, on=day(200)), *answered("pass", 22, on=day(379))])

    result = judged(close, A_YEAR_ON)

    assert result.stage == Stage.SUFFICIENT
    assert [(missing.code, missing.number) for missing in result.missing] == [("too_few_assessments", 1)]
    exact = replace(HELD, answers=[*answered("pass", 22, on=day(200)), *answered("pass", 22, on=day(380))])
    assert judged(exact, A_YEAR_ON).stage == Stage.SUSTAINABLE


def test_assessments_before_the_approval_do_not_count():
    early = replace(HELD, answers=[*answered("pass", 22, on=day(100)), *answered("pass", 22, on=day(400))])

    assert judged(early, A_YEAR_ON).stage == Stage.SUFFICIENT


def test_an_assessment_that_leaves_out_a_baseline_indicator_does_not_count():
    evidence = replace(
        HELD,
        baseline=listed(INCOME, indicators=[20, 22]),
        answers=[*answered("pass", 20, 22, on=day(200)), *answered("pass", 22, on=day(400))],
    )

    assert judged(evidence, A_YEAR_ON).missing[0].code == "too_few_assessments"


def test_official_results_are_no_assessment():
    evidence = replace(
        HELD,
        answers=[
            *RECOVERED.answers,
            *answered("pass", 22, on=day(200)),
            *answered("pass", 22, on=day(400), official=True),
        ],
    )

    assert judged(evidence, A_YEAR_ON).stage == Stage.SUFFICIENT


def test_a_failure_after_the_approval_ends_it_even_when_mended():
    mended = replace(
        HELD,
        answers=[*HELD.answers, *answered("fail", 22, on=day(300))],
        relieving_helps=[helped(INCOME, day(300))],
    )

    result = judged(mended, A_YEAR_ON)

    assert result.stage == Stage.SUFFICIENT
    assert codes(result) == ["sufficient_not_approved"]


def test_an_approved_sufficient_does_not_ask_for_its_plan_again():
    without_plan = replace(HELD, plan=None, development_steps=[])

    assert judged(without_plan, day(200)).stage == Stage.SUFFICIENT
    assert judged(without_plan, A_YEAR_ON).stage == Stage.SUSTAINABLE


def test_an_approval_that_lies_ahead_is_not_seen():
    assert codes(judged(HELD, APPROVED_ON - timedelta(days=1))) == ["sufficient_not_approved"]


def test_continuing_care_alone_never_becomes_sustainable():
    care = [DimensionFact(INCOME, day(60), OFFICER, "care")]
    evidence = replace(RECOVERED, answers=[], continuing_care=care, sufficient_since=APPROVED_ON)

    assert judged(evidence, A_YEAR_ON).stage == Stage.SUFFICIENT


def test_the_criteria_are_the_provinces():
    rule = StageRule(version=3, sufficient_days=100, passing_assessments=1, assessments_gap_days=1)

    assert judged(HELD, APPROVED_ON + timedelta(days=100), rule).stage == Stage.SUSTAINABLE


# --------------------------------------------------------------------------------- lists without dimensions


def test_a_list_without_dimensions_needs_an_assessment():
    result = judged(StageEvidence(MAPPING))

    assert result.stage == Stage.WAITING
    assert codes(result) == ["needs_assessment"]
    assert result.baseline_mask == 0


def test_an_unfinished_assessment_is_still_needed():
    assert codes(judged(StageEvidence(MAPPING, answers=answered("pass", 4, 8, on=day(1))))) == [
        "needs_assessment"
    ]


def test_failing_nothing_is_never_given_a_stage():
    evidence = StageEvidence(MAPPING, answers=answered("pass", *MAPPING, on=day(1)))

    result = judged(evidence)

    assert result.stage == Stage.WAITING
    assert codes(result) == ["fails_nothing"]


def test_official_answers_alone_do_not_verify_that_nothing_fails():
    evidence = StageEvidence(MAPPING, answers=answered("pass", *MAPPING, on=day(1), official=True))

    assert codes(judged(evidence)) == ["needs_assessment"]


def test_the_first_assessment_that_fails_gives_the_baseline():
    evidence = StageEvidence(
        MAPPING,
        answers=[
            *answered("fail", 22, on=day(1)),
            *answered("pass", 4, 8, 9, 20, on=day(1)),
            *answered("fail", 8, on=day(30)),
        ],
    )

    result = judged(evidence)

    assert result.stage == Stage.WAITING
    assert result.baseline_mask == INCOME.bit
    assert result.additional_mask == LIVING.bit
    assert judged(replace(evidence, relieving_helps=[helped(INCOME, day(2))])).stage == Stage.SURVIVE


def test_a_list_that_lies_ahead_is_not_seen():
    assert codes(judged(POOR, day(-1))) == ["needs_assessment"]


def test_every_dimension_can_be_in_the_baseline():
    everything = StageEvidence(
        {}, baseline=listed(*Dimension), relieving_helps=[helped(d, day(1)) for d in Dimension]
    )

    result = judged(everything)

    assert result.stage == Stage.SURVIVE
    assert result.baseline_mask == result.relieved_mask == ALL_MASK
    assert [met.dimension for met in result.met] == list(Dimension)
