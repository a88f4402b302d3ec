"""Taking a household out: one asks, another decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import Http404

from casework.models import Assignment, Case, RemovalRequest, StageEvent
from casework.services.removal import close_case, decide_removal, request_removal
from dimensions.enums import Stage
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.models import AuditEntry
from tests.casework.work import MARCH, case_of, in_care, state_of
from tests.cast import CITY_VILLAGE, Cast


def ask(actor, household, **values) -> RemovalRequest:
    asked = {"reason": "moved", "note": "ย้ายไปยะลา", "effective_on": MARCH, **values}
    return request_removal(actor=actor, household_id=household.pk, **asked)


def test_accepted_removal_closes_the_case_and_leaves_the_verified_count(cast: Cast) -> None:
    household = in_care(cast)
    removal = ask(cast.mentor, household)
    assert not state_of(household).is_removed

    decide_removal(actor=cast.officer, removal_id=removal.pk, accept=True)

    state = state_of(household)
    assert (state.is_removed, state.is_open, state.due_on) == (True, False, None)
    case = Case.objects.get(household=household)
    assert (case.closed_on, case.close_reason) == (MARCH, "moved")
    assert not Assignment.objects.filter(valid_to=None).exists()
    assert not household.cohort_states.filter(fiscal_year__gt=2568).exists()
    assert AuditEntry.objects.filter(action="removal.accepted").count() == 1


def test_who_asked_cannot_decide(cast: Cast) -> None:
    removal = ask(cast.officer, in_care(cast))

    with pytest.raises(NotAllowed):
        decide_removal(actor=cast.officer, removal_id=removal.pk, accept=True)
    decide_removal(actor=cast.second_officer, removal_id=removal.pk, accept=True)


def test_the_province_may_decide(cast: Cast) -> None:
    removal = ask(cast.officer, in_care(cast))

    assert decide_removal(actor=cast.secretary, removal_id=removal.pk, accept=True).decision == "accepted"


def test_rejected_removal_leaves_the_household_and_needs_a_reason(cast: Cast) -> None:
    household = in_care(cast)
    removal = ask(cast.mentor, household)
    with pytest.raises(InvalidInput):
        decide_removal(actor=cast.officer, removal_id=removal.pk, accept=False, note=" ")

    decide_removal(actor=cast.officer, removal_id=removal.pk, accept=False, note="ยังอยู่บ้านเดิม")

    assert not state_of(household).is_removed
    with pytest.raises(Conflict):
        decide_removal(actor=cast.officer, removal_id=removal.pk, accept=True)


def test_one_request_at_a_time(cast: Cast) -> None:
    household = in_care(cast)
    ask(cast.mentor, household)
    with pytest.raises(Conflict):
        ask(cast.officer, household)


def test_mentor_and_other_areas_cannot_decide(cast: Cast) -> None:
    removal = ask(cast.officer, in_care(cast))
    with pytest.raises(NotAllowed):
        decide_removal(actor=cast.mentor, removal_id=removal.pk, accept=True)
    for actor in (cast.far_officer, cast.far_secretary, cast.other_officer):
        with pytest.raises(Http404):
            decide_removal(actor=actor, removal_id=removal.pk, accept=True)


def test_municipal_household_is_decided_by_its_municipality(cast: Cast) -> None:
    removal = ask(cast.municipal_mentor, in_care(cast, village=CITY_VILLAGE, team=cast.municipal_mentor_team))
    with pytest.raises(NotAllowed):
        decide_removal(actor=cast.other_officer, removal_id=removal.pk, accept=True)
    decide_removal(actor=cast.municipal_officer, removal_id=removal.pk, accept=True)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reason": "left_poverty"}, "bad_reason"),
        ({"note": ""}, "note_needed"),
        ({"effective_on": MARCH + timedelta(days=5000)}, "future_day"),
        ({"effective_on": MARCH - timedelta(days=400)}, "before_opening"),
    ],
)
def test_impossible_request_explains_itself(cast: Cast, change: dict, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        ask(cast.mentor, in_care(cast), **change)
    assert refusal.value.code == code


def test_closed_household_cannot_be_removed_again(cast: Cast) -> None:
    household = in_care(cast)
    decide_removal(
        actor=cast.officer,
        removal_id=ask(
            cast.mentor,
            household,
        ).pk,
        accept=True,
    )
    with pytest.raises(Conflict):
        ask(cast.officer, household)


def test_leaving_poverty_needs_the_highest_stage(cast: Cast) -> None:
    household = in_care(cast)
    with pytest.raises(Conflict):
        close_case(actor=cast.officer, household_id=household.pk, reason="left_poverty", effective_on=MARCH)
    case = case_of(household)
    StageEvent.objects.create(
        case=case,
        household=household,
        province_code="90",
        kind="carried",
        from_stage=0,
        to_stage=Stage.SUSTAINABLE,
        effective_on=MARCH,
        rule_version=1,
    )
    Case.objects.filter(pk=case.pk).update(stage=Stage.SUSTAINABLE)

    closed = close_case(
        actor=cast.officer, household_id=household.pk, reason="left_poverty", effective_on=MARCH
    )

    assert (closed.closed_on, closed.close_reason) == (MARCH, "left_poverty")
    state = state_of(household)
    assert (state.is_open, state.is_removed, state.stage) == (False, False, Stage.SUSTAINABLE)
