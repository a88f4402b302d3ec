"""What holds for any evidence at all."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from dimensions.enums import AnswerValue, Dimension, Stage
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

MAPPING = {
    4: Dimension.HEALTH,
    8: Dimension.LIVING,
    9: Dimension.LIVING,
    16: Dimension.EDUCATION,
    20: Dimension.INCOME,
    22: Dimension.INCOME,
    27: Dimension.ACCESS,
}
START = date(2024, 10, 1)
RULE = StageRule(sufficient_days=20, assessments_gap_days=8)

days = st.integers(0, 40).map(lambda number: START + timedelta(days=number))
people = st.one_of(st.none(), st.integers(1, 4))
refs = st.sampled_from("abcdef")
indicators = st.sampled_from([*MAPPING, 31])
dimensions = st.sampled_from(list(Dimension))
facts = st.lists(st.builds(DimensionFact, dimensions, days, people, refs), max_size=6)


def answers_of(values):
    return st.builds(
        Answer,
        indicators,
        st.sampled_from(values),
        days,
        people,
        refs,
        st.booleans(),
        st.sampled_from([0.0, 1.0]),
    )


answers = st.lists(answers_of(AnswerValue.values), max_size=12)
passing = st.lists(answers_of(["pass", "na"]), min_size=1, max_size=6)
failures = st.builds(DimensionEvidence, dimensions, days, st.frozensets(indicators, max_size=3))

evidence = st.builds(
    StageEvidence,
    mapping=st.just(MAPPING),
    baseline=st.lists(failures, max_size=4),
    answers=answers,
    relieving_helps=facts,
    self_solved=facts,
    continuing_care=facts,
    plan=st.one_of(st.none(), st.builds(PlanFacts, st.one_of(st.none(), days), st.booleans(), people, refs)),
    development_steps=st.lists(st.builds(StepDone, days, people, refs), max_size=3),
    sufficient_since=st.one_of(st.none(), days),
)


@given(evidence, days, st.randoms(use_true_random=False))
def test_the_order_of_the_evidence_does_not_matter(given_evidence, on, random):
    def shuffled(rows):
        return random.sample(list(rows), len(rows))

    mixed = replace(
        given_evidence,
        baseline=shuffled(given_evidence.baseline),
        answers=shuffled(given_evidence.answers),
        relieving_helps=shuffled(given_evidence.relieving_helps),
        self_solved=shuffled(given_evidence.self_solved),
        continuing_care=shuffled(given_evidence.continuing_care),
        development_steps=shuffled(given_evidence.development_steps),
    )

    assert evaluate_stage(mixed, on, RULE) == evaluate_stage(given_evidence, on, RULE)


@given(evidence, days, passing)
def test_more_passing_answers_never_lower_a_stage(given_evidence, on, more):
    before = evaluate_stage(given_evidence, on, RULE)
    after = evaluate_stage(replace(given_evidence, answers=[*given_evidence.answers, *more]), on, RULE)

    assert after.stage >= before.stage
    assert after.relieved_mask & before.relieved_mask == before.relieved_mask
    assert after.recovered_mask & before.recovered_mask == before.recovered_mask


@given(evidence, days, facts, facts, facts, st.lists(st.builds(StepDone, days, people, refs), max_size=2))
def test_more_help_never_lowers_a_stage(given_evidence, on, helps, solved, care, steps):
    more = replace(
        given_evidence,
        relieving_helps=[*given_evidence.relieving_helps, *helps],
        self_solved=[*given_evidence.self_solved, *solved],
        continuing_care=[*given_evidence.continuing_care, *care],
        development_steps=[*given_evidence.development_steps, *steps],
    )

    assert evaluate_stage(more, on, RULE).stage >= evaluate_stage(given_evidence, on, RULE).stage


@given(evidence, days, days)
def test_only_failing_evidence_lowers_a_stage_as_time_goes_on(given_evidence, one_day, other_day):
    earlier, later = sorted((one_day, other_day))
    assume(
        not any(earlier < answer.on <= later and answer.value == "fail" for answer in given_evidence.answers)
    )
    assume(not any(earlier < failure.failed_on <= later for failure in given_evidence.baseline))

    assert (
        evaluate_stage(given_evidence, later, RULE).stage
        >= evaluate_stage(given_evidence, earlier, RULE).stage
    )


@given(evidence, days)
def test_recovered_is_inside_relieved_and_relieved_inside_the_baseline(given_evidence, on):
    result = evaluate_stage(given_evidence, on, RULE)

    assert result.recovered_mask & ~result.relieved_mask == 0
    assert result.relieved_mask & ~result.baseline_mask == 0
    assert result.care_mask & ~result.baseline_mask == 0
    assert result.additional_mask & result.baseline_mask == 0


@given(evidence, days)
def test_the_stage_is_the_step_below_the_first_missing_condition(given_evidence, on):
    result = evaluate_stage(given_evidence, on, RULE)

    steps = [missing.stage for missing in result.missing]
    assert steps == sorted(steps)
    assert result.stage == (steps[0] - 1 if steps else Stage.SUSTAINABLE)
    assert (result.stage == Stage.WAITING) == (
        result.baseline_mask == 0 or result.relieved_mask != result.baseline_mask
    )


@given(evidence, days)
def test_nothing_after_the_day_is_seen(given_evidence, on):
    known = replace(
        given_evidence,
        baseline=[failure for failure in given_evidence.baseline if failure.failed_on <= on],
        answers=[answer for answer in given_evidence.answers if answer.on <= on],
        relieving_helps=[fact for fact in given_evidence.relieving_helps if fact.on <= on],
        self_solved=[fact for fact in given_evidence.self_solved if fact.on <= on],
        continuing_care=[fact for fact in given_evidence.continuing_care if fact.on <= on],
        development_steps=[step for step in given_evidence.development_steps if step.on <= on],
    )

    assert evaluate_stage(known, on, RULE) == evaluate_stage(given_evidence, on, RULE)


@given(evidence, days)
def test_every_stage_above_waiting_has_its_day_and_its_evidence(given_evidence, on):
    result = evaluate_stage(given_evidence, on, RULE)

    if result.baseline_mask:
        assert result.since is not None
        assert result.since <= on
    for met in result.met:
        assert met.on <= on
        assert all(ref.on <= on for ref in met.evidence)
    recorders = {ref.recorded_by for met in result.met for ref in met.evidence}
    assert result.decisive_recorders <= recorders
