"""Handing households to mentor teams."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from casework.models import Assignment, MentorTeam
from casework.services.assignment import assign_households, end_assignments
from casework.services.teams import create_mentor_team
from households.access import visible_households
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.models import AuditEntry
from tests.casework.test_visits import queries_of
from tests.casework.work import MARCH, in_care, state_of
from tests.cast import CITY_VILLAGE, FAR_VILLAGE, Cast


def test_assigned_households_are_seen_by_the_new_team_only(cast: Cast) -> None:
    household = in_care(cast)

    moved = assign_households(
        actor=cast.officer, household_ids=[household.pk], team_id=cast.other_mentor_team.pk
    )

    assert moved == 1
    assert list(visible_households(cast.other_mentor)) == [household]
    assert list(visible_households(cast.mentor)) == []
    old, new = Assignment.objects.order_by("valid_from")
    assert (old.valid_to, new.valid_from, new.valid_to) == (new.valid_from, timezone.localdate(), None)
    assert AuditEntry.objects.filter(action="assignment.start").count() == 1


def test_assignment_from_a_past_day_moves_the_row_of_that_year(cast: Cast) -> None:
    household = in_care(cast, team=None)
    assert state_of(household).team_id is None

    assign_households(
        actor=cast.officer, household_ids=[household.pk], team_id=cast.mentor_team.pk, valid_from=MARCH
    )

    assert state_of(household).team_id == cast.mentor_team.pk
    assert state_of(household).due_on == MARCH + timedelta(days=30)


def test_same_team_again_changes_nothing(cast: Cast) -> None:
    household = in_care(cast)

    assert not assign_households(
        actor=cast.officer, household_ids=[household.pk], team_id=cast.mentor_team.pk
    )
    assert Assignment.objects.count() == 1


@pytest.mark.parametrize("number", [1, 4])
def test_bulk_takes_the_same_queries_for_any_number(cast: Cast, number: int) -> None:
    households = [in_care(cast) for _ in range(number)]
    ids = [household.pk for household in households]

    with CaptureQueriesContext(connection) as captured:
        assign_households(actor=cast.officer, household_ids=ids, team_id=cast.other_mentor_team.pk)

    assert len(queries_of(captured)) == 12


def test_mentor_must_belong_to_the_team(cast: Cast) -> None:
    ids, team = [in_care(cast).pk], cast.mentor_team.pk
    with pytest.raises(InvalidInput):
        assign_households(
            actor=cast.officer, household_ids=ids, team_id=team, mentor_id=cast.other_mentor.user.pk
        )

    assign_households(actor=cast.officer, household_ids=ids, team_id=team, mentor_id=cast.mentor.user.pk)
    assert Assignment.objects.get(valid_to=None).mentor == cast.mentor.user


def test_team_leader_assigns_in_own_subdistrict_only(cast: Cast) -> None:
    inside, outside = in_care(cast), in_care(cast, village="90070201")
    team = cast.other_mentor_team.pk

    assert assign_households(actor=cast.team_leader, household_ids=[inside.pk], team_id=team) == 1
    with pytest.raises(Http404):
        assign_households(actor=cast.team_leader, household_ids=[outside.pk], team_id=team)


def test_roles_without_the_right_are_refused(cast: Cast) -> None:
    ids = [in_care(cast).pk]
    for actor in (cast.mentor, cast.team_member, cast.executive, cast.national_viewer):
        with pytest.raises(NotAllowed):
            assign_households(actor=actor, household_ids=ids, team_id=cast.other_mentor_team.pk)


def test_households_and_teams_out_of_area_are_not_found(cast: Cast) -> None:
    near, far = in_care(cast), in_care(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)
    for household, team in ((far, cast.mentor_team), (near, cast.far_mentor_team)):
        with pytest.raises(Http404):
            assign_households(actor=cast.secretary, household_ids=[household.pk], team_id=team.pk)


def test_district_leaves_municipal_households_alone(cast: Cast) -> None:
    municipal = in_care(cast, village=CITY_VILLAGE, team=cast.municipal_mentor_team)
    with pytest.raises(NotAllowed):
        assign_households(
            actor=cast.other_officer, household_ids=[municipal.pk], team_id=cast.municipal_mentor_team.pk
        )


@pytest.mark.parametrize(
    ("start", "code"),
    [(timezone.localdate() + timedelta(days=1), "future_start"), (date(2019, 1, 1), "before_current")],
)
def test_impossible_day_explains_itself(cast: Cast, start: date, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        assign_households(
            actor=cast.officer,
            household_ids=[in_care(cast).pk],
            team_id=cast.other_mentor_team.pk,
            valid_from=start,
        )
    assert refusal.value.code == code


def test_ended_assignment_leaves_the_household_without_team(cast: Cast) -> None:
    household = in_care(cast)

    assert end_assignments(actor=cast.officer, household_ids=[household.pk]) == 1

    assert list(visible_households(cast.mentor)) == []
    assert Assignment.objects.get().valid_to == timezone.localdate()


def test_team_is_made_under_the_officers_own_centre(cast: Cast) -> None:
    team = create_mentor_team(
        actor=cast.officer, name=" คู่เสี่ยว  1 ", parent_id=cast.district_centre.pk, phone="0812345678"
    )

    assert (team.centre.name, team.centre.province_code) == ("คู่เสี่ยว 1", "90")
    assert MentorTeam.objects.filter(pk=team.pk).exists()
    with pytest.raises(Conflict):
        create_mentor_team(actor=cast.officer, name="คู่เสี่ยว 1", parent_id=cast.district_centre.pk)
    with pytest.raises(Http404):
        create_mentor_team(actor=cast.far_officer, name="x", parent_id=cast.district_centre.pk)
    with pytest.raises(NotAllowed):
        create_mentor_team(actor=cast.mentor, name="x", parent_id=cast.district_centre.pk)
    with pytest.raises(InvalidInput):
        create_mentor_team(actor=cast.officer, name=" ", parent_id=cast.district_centre.pk)
