"""Stages follow the evidence; the higher ones are proposed, approved by a second person, turned down."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.http import Http404

from casework.inputs import StepInput
from casework.models import RemovalRequest, StageEvent
from casework.services.helps import record_help
from casework.services.plans import complete_step, save_plan
from casework.services.removal import decide_removal
from casework.services.stages import approve_stages, carry_over_stage, explain, reject_stages
from casework.services.visits import record_visit
from dimensions.enums import Dimension, Stage
from dimensions.models import Indicator, IndicatorSet
from dimensions.queries import indicator_set_for, indicators_of
from dimensions.services import load_yardstick
from dimensions.source import read_source
from povertyops.accounts.actor import system_actor
from povertyops.accounts.models import Appointment
from povertyops.common.audit import SYSTEM
from povertyops.common.errors import InvalidInput, NotAllowed
from tests.casework.work import LIVING, MARCH, a_help, a_visit, an_item, case_of, in_care, in_force, state_of
from tests.cast import FAR_VILLAGE, Cast

APRIL, MAY, JUNE = date(2025, 4, 10), date(2025, 5, 10), date(2025, 6, 10)
FOUR_T = {"attitude": ["a"], "skills": ["b"], "resources": ["c"], "way_out": ["d"]}


@pytest.fixture(autouse=True)
def _yardstick(db: None) -> None:
    load_yardstick(actor=SYSTEM, source=read_source())


def living_numbers() -> list[int]:
    found = indicators_of(indicator_set_for(2567).indicator_set)
    return [indicator.number for indicator in found if indicator.dimension == Dimension.LIVING]


def assess(actor, household, value: str, day: date) -> None:
    answers = dict.fromkeys(living_numbers(), value)
    record_visit(actor=actor, visit=a_visit(household, day=day, answers=answers, survey_year=2567))


def make_sufficient(cast: Cast, household, *, actor=None) -> None:
    """All that *sufficient* asks for, recorded by the mentor."""
    actor = actor or cast.mentor
    record_help(actor=actor, help=a_help(an_item(), household))
    plan = save_plan(
        actor=actor,
        household_id=household.pk,
        four_t=FOUR_T,
        goal="พึ่งตนเอง",
        steps=[StepInput(text="ฝึกอาชีพ")],
        agreed_on=MARCH,
    )
    in_force(plan)
    complete_step(actor=actor, step_id=plan.steps.get().pk, done_on=MARCH)
    assess(actor, household, "pass", APRIL)


def approve(actor, household, day: date = MAY):
    return approve_stages(
        actor=actor, case_ids=[case_of(household).pk], minutes_number="3/2568", effective_on=day
    )


def test_survive_takes_effect_on_the_day_of_the_decisive_help(cast: Cast) -> None:
    household = in_care(cast)

    record_help(actor=cast.mentor, help=a_help(an_item(), household))

    event = StageEvent.objects.get()
    assert (event.kind, event.to_stage, event.effective_on) == ("computed", Stage.SURVIVE, MARCH)
    assert event.evidence[0]["evidence"][0]["kind"] == "help"
    assert (case_of(household).stage, case_of(household).stage_since) == (Stage.SURVIVE, MARCH)


def test_only_failing_evidence_lowers_a_stage(cast: Cast) -> None:
    household = in_care(cast)
    record_help(actor=cast.mentor, help=a_help(an_item(), household))
    record_visit(actor=cast.mentor, visit=a_visit(household, day=APRIL))
    assert state_of(household).stage == Stage.SURVIVE

    assess(cast.mentor, household, "fail", MAY)

    assert state_of(household).stage == Stage.WAITING
    event = StageEvent.objects.get(kind="slipped")
    assert (event.from_stage, event.to_stage, event.effective_on) == (Stage.SURVIVE, Stage.WAITING, MAY)


def test_problem_outside_the_baseline_never_lowers_a_stage(cast: Cast) -> None:
    household = in_care(cast)
    record_help(actor=cast.mentor, help=a_help(an_item(), household))
    income = Indicator.objects.filter(
        indicator_set=indicator_set_for(2567).indicator_set, dimension=Dimension.INCOME
    ).first()

    record_visit(
        actor=cast.mentor,
        visit=a_visit(household, day=APRIL, answers={income.number: "fail"}, survey_year=2567),
    )

    state = state_of(household)
    assert (state.stage, state.additional, state.baseline) == (Stage.SURVIVE, Dimension.INCOME.bit, LIVING)


def test_help_recorded_late_counts_in_the_year_it_was_given(cast: Cast) -> None:
    household = in_care(cast)

    record_help(actor=cast.mentor, help=a_help(an_item(), household, given_on=date(2025, 9, 29)))

    assert state_of(household, 2568).stage == Stage.SURVIVE
    assert state_of(household, 2569).stage == Stage.SURVIVE


def test_sufficient_is_proposed_then_approved_by_a_second_person(cast: Cast) -> None:
    household = in_care(cast)
    make_sufficient(cast, household)
    assert (case_of(household).stage, case_of(household).proposed_stage) == (Stage.SURVIVE, Stage.SUFFICIENT)

    outcome = approve(cast.officer, household)

    assert (len(outcome.approved), outcome.refused) == (1, [])
    assert outcome.approved[0].minutes_number == "3/2568"
    case = case_of(household)
    assert (case.stage, case.stage_since, case.proposed_stage) == (Stage.SUFFICIENT, MAY, None)
    assert state_of(household).stage == Stage.SUFFICIENT
    assert state_of(household).recovered == LIVING


def test_proposal_shows_in_the_row_of_the_present_year_only(cast: Cast) -> None:
    household = in_care(cast)
    make_sufficient(cast, household)

    states = {state.fiscal_year: state.proposed_stage for state in household.cohort_states.all()}

    assert states.pop(max(states)) == Stage.SUFFICIENT
    assert set(states.values()) == {None}


def test_whoever_recorded_decisive_evidence_cannot_approve(cast: Cast) -> None:
    household = in_care(cast)
    make_sufficient(cast, household, actor=cast.officer)

    refused = approve(cast.officer, household).refused
    assert [refusal.code for refusal in refused] == ["own_evidence"]
    assert refused[0].reason
    assert len(approve(cast.second_officer, household).approved) == 1


def test_province_approves_its_own_evidence_only_where_nobody_else_can(cast: Cast) -> None:
    household = in_care(cast)
    make_sufficient(cast, household, actor=cast.secretary)
    assert [refusal.code for refusal in approve(cast.secretary, household).refused] == ["own_evidence"]

    Appointment.objects.filter(centre=cast.district_centre).update(valid_to=date(2025, 1, 1))

    assert len(approve(cast.secretary, household).approved) == 1


def test_refused_with_a_reason_each(cast: Cast) -> None:
    ready, waiting = in_care(cast), in_care(cast)
    far = in_care(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)
    make_sufficient(cast, ready)
    case_ids = [case_of(each).pk for each in (ready, waiting, far)]

    early = approve_stages(
        actor=cast.officer, case_ids=case_ids, minutes_number="1/2568", effective_on=date(2025, 3, 1)
    )

    assert early.approved == []
    assert {refusal.case_id: refusal.code for refusal in early.refused} == dict(
        zip(case_ids, ["not_yet", "nothing_proposed", "not_found"], strict=True)
    )


def test_approval_needs_the_minutes_and_the_role(cast: Cast) -> None:
    household = in_care(cast)
    with pytest.raises(InvalidInput):
        approve_stages(actor=cast.officer, case_ids=[], minutes_number=" ", effective_on=MAY)
    with pytest.raises(InvalidInput):
        approve(cast.officer, household, MAY + timedelta(days=5000))
    for actor in (cast.mentor, cast.team_leader, cast.executive):
        with pytest.raises(NotAllowed):
            approve(actor, household)


def test_rejected_proposal_returns_only_with_newer_evidence(cast: Cast) -> None:
    household = in_care(cast)
    make_sufficient(cast, household)
    case_id = case_of(household).pk
    with pytest.raises(InvalidInput):
        reject_stages(actor=cast.officer, case_ids=[case_id], note=" ")
    with pytest.raises(Http404):
        reject_stages(actor=cast.far_officer, case_ids=[case_id], note="ยัง")

    reject_stages(actor=cast.officer, case_ids=[case_id], note="ขอดูบ้านอีกครั้ง", minutes_number="3/2568")
    assert case_of(household).proposed_stage is None
    record_visit(actor=cast.mentor, visit=a_visit(household, day=MAY))
    assert case_of(household).proposed_stage is None


def test_sufficient_slips_back_when_the_dimension_fails_again(cast: Cast) -> None:
    household = in_care(cast)
    make_sufficient(cast, household)
    approve(cast.officer, household)

    assess(cast.mentor, household, "fail", JUNE)

    slip = StageEvent.objects.get(kind="slipped")
    assert (slip.from_stage, slip.to_stage, slip.effective_on) == (Stage.SUFFICIENT, Stage.WAITING, JUNE)
    record_help(actor=cast.mentor, help=a_help(an_item(), household, given_on=date(2025, 7, 1)))
    assert state_of(household).stage == Stage.SURVIVE


def test_stage_carried_over_names_its_document_and_stands(cast: Cast) -> None:
    household = in_care(cast)

    event = carry_over_stage(
        actor=cast.secretary,
        case_id=case_of(household).pk,
        stage=Stage.SURVIVE,
        document="รายงาน คจพ.จ. 5/2567",
        signed_by="ผวจ.สงขลา",
        effective_on=MARCH,
    )
    record_visit(actor=cast.mentor, visit=a_visit(household, day=APRIL))

    assert (event.kind, event.document, event.signed_by) == ("carried", "รายงาน คจพ.จ. 5/2567", "ผวจ.สงขลา")
    assert state_of(household).stage == Stage.SURVIVE


def test_household_failing_nothing_is_proposed_for_closing_never_given_a_stage(cast: Cast) -> None:
    household = in_care(cast, dimensions=0, kind="csr")
    mapped = IndicatorSet.objects.get(valid_from=2565, superseded_at=None).indicators.exclude(dimension="")
    answers = dict.fromkeys(mapped.values_list("number", flat=True), "pass")

    record_visit(actor=cast.mentor, visit=a_visit(household, answers=answers, survey_year=2567))

    removal = RemovalRequest.objects.get()
    assert (removal.reason, removal.decision, state_of(household).stage) == (
        "not_poor",
        "pending",
        Stage.WAITING,
    )
    decide_removal(actor=cast.officer, removal_id=removal.pk, accept=False, note="ขอประเมินใหม่")
    record_visit(actor=cast.mentor, visit=a_visit(household, day=APRIL))
    assert RemovalRequest.objects.count() == 1


def test_list_without_dimensions_waits_for_an_assessment_that_gives_the_baseline(cast: Cast) -> None:
    household = in_care(cast, dimensions=0, kind="csr")
    assert [missing.code for missing in explain(household.pk).missing] == ["needs_assessment"]

    assess(cast.mentor, household, "fail", APRIL)

    state = state_of(household)
    assert (state.baseline, state.list_dimensions) == (LIVING, [LIVING])


def test_explain_names_what_is_missing(cast: Cast) -> None:
    household = in_care(cast)
    result = explain(household.pk)
    assert [missing.code for missing in result.missing][0] == "not_relieved"
    with pytest.raises(Http404):
        explain(system_actor().appointment_id or household.scope.centre_id)
