"""Spot checks: one random sample per district, drawn once, looked at by a second person before the freeze."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.http import Http404
from django.utils import timezone

from casework.inputs import HelpInput
from casework.models import CohortState
from casework.services.helps import record_help
from dimensions.enums import Stage
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.ids import uuid7
from reports.enums import CheckResult
from reports.meeting_queries import check_tallies
from reports.meeting_rules import sample_size
from reports.models import Meeting, SpotCheck
from reports.services.meetings import MeetingDraft, freeze_meeting, plan_meeting
from reports.services.spot_checks import candidates, draw, draw_spot_checks, record_spot_check
from tests.cast import Cast
from tests.reports.history import World


@pytest.mark.parametrize(
    ("households", "expected"),
    [(0, 0), (1, 1), (2, 2), (3, 3), (60, 3), (61, 4), (100, 5), (400, 20), (9_000, 20)],
)
def test_sample_is_a_share_within_bounds(households: int, expected: int) -> None:
    assert sample_size(households, share=0.05, least=3, most=20) == expected


@pytest.fixture
def world(cast: Cast) -> World:
    return World(cast, households=6)


@pytest.fixture
def meeting(world: World) -> Meeting:
    draft = MeetingDraft(world.today.year + 543, world.year, world.today)
    return plan_meeting(actor=world.cast.secretary, draft=draft)


def bring_to_survive(world: World) -> None:
    """Everybody of the province is helped in every dimension by the officer who answers for them."""
    for household in world.households:
        for item in world.items.values():
            given = HelpInput(id=uuid7(), household_id=household.pk, item_id=item.pk, given_on=world.today)
            record_help(actor=world.officer_of(household), help=given)


def test_sample_of_each_centre_can_be_drawn_again_the_same(world: World, meeting: Meeting) -> None:
    with pytest.raises(Conflict, match="ยังไม่มีครัวเรือนขั้นอยู่รอด"):
        draw_spot_checks(actor=world.cast.secretary, meeting_id=meeting.pk)
    bring_to_survive(world)
    drawn = draw_spot_checks(actor=world.cast.secretary, meeting_id=meeting.pk)
    assert {check.household_id for check in drawn} <= set(
        CohortState.objects.filter(
            stage=Stage.SURVIVE, province_code="90", fiscal_year=world.year
        ).values_list("household_id", flat=True)
    )
    again = draw(candidates(meeting), drawn[0].seed)
    assert {found.household_id for found in again} == {check.household_id for check in drawn}
    with pytest.raises(Conflict, match="สุ่มใหม่ไม่ได้"):
        draw_spot_checks(actor=world.cast.secretary, meeting_id=meeting.pk)
    tallies = check_tallies(SpotCheck.objects.filter(meeting=meeting))
    assert {t.district_code: t.drawn for t in tallies} == Counter(c.district_code for c in drawn)
    assert sum(t.pending for t in tallies) == len(drawn)
    everybody, meeting.list_kind = candidates(meeting), "csr"
    on_list = {found.household_id for found in candidates(meeting)}
    assert 0 < len(on_list) < len(everybody)
    rows = CohortState.objects.filter(household_id__in=on_list, fiscal_year=world.year)
    assert all("csr" in row.list_kinds for row in rows)


def test_many_households_give_one_draw_per_district(world: World, meeting: Meeting) -> None:
    """Other households of one district do not change what the other draws."""
    bring_to_survive(world)
    found = candidates(meeting)
    here = [one for one in found if one.district_code == "9007"]
    assert [one for one in draw(found, "s") if one.district_code == "9007"] == draw(here, "s")


def test_second_person_looks_and_the_freeze_ends_it(world: World, meeting: Meeting) -> None:
    bring_to_survive(world)
    cast = world.cast
    draw_spot_checks(actor=cast.secretary, meeting_id=meeting.pk)
    check = SpotCheck.objects.filter(district_code="9007").first()
    assert check is not None

    def record(actor, **values):
        sent = {"result": CheckResult.AGREES, "checked_on": world.today, **values}
        return record_spot_check(actor=actor, check_id=check.pk, **sent)

    with pytest.raises(NotAllowed, match="ท่านเป็นผู้บันทึก"):
        record(cast.officer)
    for stranger in (
        cast.other_officer,
        cast.municipal_officer,
        cast.far_officer,
        cast.mentor,
        cast.far_secretary,
    ):
        with pytest.raises(Http404):
            record(stranger)
    with pytest.raises(NotAllowed):
        record(cast.executive)
    for wrong, field in (
        ({"result": "pending"}, "result"),
        ({"result": "differs"}, "note"),
        ({"checked_on": world.today + timedelta(days=1)}, "checked_on"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            record(cast.second_officer, **wrong)
        assert refusal.value.details["field"] == field
    record(cast.second_officer, result="differs", note="ยังไม่ได้ซ่อมบ้าน")
    done = record(cast.secretary)
    assert (done.result, done.checked_by_id) == ("agrees", cast.secretary.user_id)

    freeze_meeting(actor=cast.secretary, meeting_id=meeting.pk)
    with pytest.raises(Conflict, match="ผลสุ่มตรวจจึงแก้ไม่ได้"):
        record(cast.second_officer)


def test_a_municipal_household_is_its_own_centres(world: World, meeting: Meeting) -> None:
    bring_to_survive(world)
    cast = world.cast
    draw_spot_checks(actor=cast.secretary, meeting_id=meeting.pk)
    check = SpotCheck.objects.get(is_municipal=True)
    assert check.centre_id == cast.municipality.pk
    sent = {"check_id": check.pk, "result": "agrees", "checked_on": timezone.localdate()}
    with pytest.raises(NotAllowed):
        record_spot_check(actor=cast.other_officer, **sent)  # reads it only
    with pytest.raises(NotAllowed, match="ท่านเป็นผู้บันทึก"):
        record_spot_check(actor=cast.municipal_officer, **sent)
    # Nobody else is at the municipal centre: the province looks.
    assert record_spot_check(actor=cast.secretary, **sent).result == "agrees"
