"""Continuing care: proposed on a ground, decided by a second person, counted apart, reviewed and ended."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.http import Http404

from casework.inputs import CohortFilters, StepInput
from casework.models import Case, ContinuingCare
from casework.queries import cohort_count
from casework.queries.facts import load_facts
from casework.queries.yardstick import LoadedYardstick
from casework.services.care import (
    decide_care,
    dimensions_open_to_care,
    end_care,
    propose_care,
    review_care,
)
from casework.services.cohort import expected_states, stored_states
from casework.services.helps import record_help
from casework.services.plans import complete_step, save_plan
from casework.services.stages import approve_stages, judge
from dimensions.enums import Dimension, Stage
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.models import AuditEntry
from tests.casework.work import INCOME, LIVING, MARCH, YEAR, a_help, an_item, in_care, in_force, state_of
from tests.cast import FAR_VILLAGE, Cast

LATER = MARCH + timedelta(days=30)


def propose(actor, household, **values) -> ContinuingCare:
    return propose_care(
        **{
            "actor": actor,
            "household_id": household.pk,
            "dimension": Dimension.LIVING,
            "ground": "bedridden",
            "reason": "ยายติดเตียงมาสามปี",
            "proposed_on": MARCH,
            **values,
        }
    )


def accept(actor, care, **values) -> ContinuingCare:
    return decide_care(
        **{
            "actor": actor,
            "care_id": care.pk,
            "accept": True,
            "minutes_number": "3/2568",
            "approved_on": LATER,
            **values,
        }
    )


def result_on(household, on: date):
    facts = load_facts([household.pk])
    return judge(facts[0], LoadedYardstick(facts), on)


def test_approved_care_counts_from_the_day_of_the_meeting(cast: Cast) -> None:
    household = in_care(cast)
    care = propose(cast.team_member, household)
    assert result_on(household, LATER).care_mask == 0

    accept(cast.officer, care)

    care.refresh_from_db()
    assert (care.review_on, care.minutes_number) == (LATER + timedelta(days=365), "3/2568")
    assert result_on(household, LATER).care_mask == LIVING
    assert result_on(household, LATER - timedelta(days=1)).care_mask == 0
    assert AuditEntry.objects.filter(action="care.accepted", object_id=str(care.pk)).exists()


def test_care_opens_the_way_to_sufficient(cast: Cast) -> None:
    household = in_care(cast)
    record_help(actor=cast.mentor, help=a_help(an_item(), household))
    plan = save_plan(
        actor=cast.mentor,
        household_id=household.pk,
        four_t=dict.fromkeys(("attitude", "skills", "resources", "way_out"), ["x"]),
        goal="อยู่สบาย",
        steps=[StepInput(text="อบรมผู้ดูแล")],
        agreed_on=MARCH,
    )
    in_force(plan)
    complete_step(actor=cast.mentor, step_id=plan.steps.get().pk, done_on=MARCH)
    assert Case.objects.get(household=household).proposed_stage is None

    accept(cast.officer, propose(cast.team_member, household))

    case = Case.objects.get(household=household)
    assert case.proposed_stage == Stage.SUFFICIENT
    own = approve_stages(actor=cast.officer, case_ids=[case.pk], minutes_number="4/2568", effective_on=LATER)
    assert [event.to_stage for event in own.approved] == [Stage.SUFFICIENT]


def test_cohort_row_counts_care_apart_and_the_list_opens_it(cast: Cast) -> None:
    household, other = in_care(cast, dimensions=LIVING | INCOME), in_care(cast)
    accept(cast.officer, propose(cast.team_member, household))

    assert (state_of(household).in_care, state_of(household).recovered) == (LIVING, 0)
    assert state_of(other).in_care == 0
    assert cohort_count(cast.officer, CohortFilters(fiscal_year=YEAR, care=True)) == 1
    assert stored_states([household.pk]) == expected_states([household.pk])


def test_ended_care_no_longer_counts(cast: Cast) -> None:
    household = in_care(cast)
    care = accept(cast.officer, propose(cast.team_member, household))
    ended = LATER + timedelta(days=60)

    end_care(actor=cast.officer, care_id=care.pk, ended_on=ended, reason="ลูกกลับมาดูแล")

    assert result_on(household, ended).care_mask == 0
    assert result_on(household, ended - timedelta(days=1)).care_mask == LIVING
    assert state_of(household).in_care == 0
    assert propose(cast.team_member, household).pk != care.pk
    with pytest.raises(Conflict):
        end_care(actor=cast.officer, care_id=care.pk, ended_on=ended, reason="ซ้ำ")


def test_proposer_cannot_decide_and_the_province_stands_in_for_a_lone_centre(cast: Cast) -> None:
    care = propose(cast.officer, in_care(cast))
    with pytest.raises(NotAllowed):
        accept(cast.officer, care)
    assert accept(cast.second_officer, care).decision == "accepted"

    mine = propose(cast.secretary, in_care(cast))
    with pytest.raises(NotAllowed):
        accept(cast.secretary, mine)
    for officer in (cast.officer, cast.second_officer):
        officer.appointment.valid_to = date(2021, 1, 1)
        officer.appointment.save()
    assert accept(cast.secretary, mine).decision == "accepted"


def test_declined_proposal_says_why_and_may_come_again(cast: Cast) -> None:
    household = in_care(cast)
    care = propose(cast.team_member, household)
    with pytest.raises(InvalidInput):
        decide_care(actor=cast.officer, care_id=care.pk, accept=False)

    decide_care(actor=cast.officer, care_id=care.pk, accept=False, note="ขอใบรับรองแพทย์ก่อน")

    care.refresh_from_db()
    assert (care.decision, care.approved_on, care.decision_note) == ("rejected", None, "ขอใบรับรองแพทย์ก่อน")
    with pytest.raises(Conflict):
        accept(cast.officer, care)
    assert propose(cast.team_member, household)


def test_only_a_failing_dimension_without_care_can_be_proposed(cast: Cast) -> None:
    household = in_care(cast, dimensions=LIVING | INCOME)
    with pytest.raises(Conflict):
        propose(cast.team_member, household, dimension=Dimension.HEALTH)
    propose(cast.team_member, household)
    assert dimensions_open_to_care(household.pk, LATER) == [Dimension.INCOME]
    with pytest.raises(Conflict):
        propose(cast.officer, household)


def test_review_sets_the_next_day(cast: Cast) -> None:
    care = accept(cast.officer, propose(cast.team_member, in_care(cast)))
    following = cast.officer.today() + timedelta(days=300)
    assert review_care(
        actor=cast.officer, care_id=care.pk, review_on=following, note="ยังติดเตียง"
    ).review_on == (following)
    with pytest.raises(InvalidInput):
        review_care(actor=cast.officer, care_id=care.pk, review_on=MARCH, note="x")
    with pytest.raises(InvalidInput):
        review_care(actor=cast.officer, care_id=care.pk, review_on=following, note=" ")


def test_out_of_area_is_not_found_and_other_roles_are_refused(cast: Cast) -> None:
    near, far = in_care(cast), in_care(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)
    care = propose(cast.far_team_member, far)
    with pytest.raises(Http404):
        accept(cast.officer, care)
    with pytest.raises(Http404):
        propose(cast.officer, far)
    for person in (cast.mentor, cast.executive):
        with pytest.raises(NotAllowed):
            propose(person, near)
    waiting = propose(cast.team_member, near)
    for person in (cast.mentor, cast.team_leader, cast.executive):
        with pytest.raises(NotAllowed):
            accept(person, waiting)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ground": "luck"}, "bad_ground"),
        ({"ground": "other", "reason": " "}, "reason_needed"),
        ({"dimension": "luck"}, "bad_dimension"),
        ({"proposed_on": MARCH + timedelta(days=5000)}, "future_day"),
    ],
)
def test_impossible_proposal_explains_itself(cast: Cast, change: dict, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        propose(cast.team_member, in_care(cast), **change)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"minutes_number": " "}, "minutes_needed"),
        ({"approved_on": MARCH + timedelta(days=5000)}, "future_day"),
        ({"approved_on": MARCH - timedelta(days=1)}, "before_proposal"),
        ({"review_on": LATER}, "review_too_early"),
    ],
)
def test_impossible_decision_explains_itself(cast: Cast, change: dict, code: str) -> None:
    care = propose(cast.team_member, in_care(cast))
    with pytest.raises(InvalidInput) as refusal:
        accept(cast.officer, care, **change)
    assert refusal.value.code == code
