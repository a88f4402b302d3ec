"""Nobody leaves while work would lose its owner; handing over gives all of it to others at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from casework.enums import ReferralStatus
from casework.models import (
    Assignment,
    Case,
    HandOver,
    HouseholdPlan,
    Office,
    PlanStep,
    Referral,
    ReferralEvent,
)
from casework.pages.hand_over import wizard_for
from casework.services.hand_over import NewOwner, hand_over, owned_by
from dimensions.enums import Stage
from povertyops.accounts.actor import system_actor
from povertyops.accounts.duties import Leaving, duties_of
from povertyops.accounts.models import Appointment
from povertyops.accounts.services import end_appointment, set_active
from povertyops.areas.enums import CentreKind
from povertyops.areas.models import Centre
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.models import AuditEntry
from tests.casework.pages.families import family, text_of, today, typed
from tests.cast import CITY_VILLAGE, NEXT_VILLAGE, VILLAGE, Cast, client_of


def kinds(user_id: int, *, appointment=None) -> dict[str, int]:
    ids = frozenset({appointment.pk}) if appointment else None
    return {duty.kind: duty.count for duty in duties_of(Leaving(user_id, today(), ids))}


def a_step(household, responsible: str) -> PlanStep:
    plan = HouseholdPlan.objects.create(
        household=household,
        province_code="90",
        version=1,
        agreed_on=today(),
        goal="ขายผัก",
        status="active",
        approved_on=today(),
        decided_at=timezone.now(),
    )
    return PlanStep.objects.create(plan=plan, text="ซื้อเมล็ดพันธุ์", responsible=responsible)


def a_referral(cast: Cast, household, sender) -> Referral:
    centre = Centre.objects.create(
        kind=CentreKind.OFFICE, name="พมจ.สงขลา", province_code="90", parent=cast.province_centre
    )
    return Referral.objects.create(
        household=household,
        province_code="90",
        dimension="living",
        office=Office.objects.create(centre=centre),
        subject="ซ่อมหลังคา",
        status=ReferralStatus.SENT,
        sent_by=sender.user,
        sent_on=today(),
        answer_due_on=today(),
    )


def to_mentor(cast: Cast, mentor, team=None) -> NewOwner:
    return NewOwner(mentor.user_id, (team or cast.mentor_team).pk)


def give_all(cast: Cast, leaver, taker, **values) -> HandOver:
    things = owned_by(cast.officer, leaver.user)
    owners = {
        thing.key: to_mentor(cast, taker) if thing.kind == "household" else NewOwner(taker.user_id)
        for thing in things
    }
    return hand_over(
        actor=cast.officer, leaver_id=leaver.user_id, owners=owners, **{"reason": "ย้ายไปอำเภออื่น", **values}
    )


# ------------------------------------------------------------------------------------------------- the guard


def test_account_with_households_is_not_closed_by_anybody(cast: Cast) -> None:
    for _ in range(3):
        family(cast, mentor=cast.mentor)

    for actor in (cast.officer, cast.secretary, cast.system_admin, system_actor()):
        with pytest.raises(Conflict) as refusal:
            set_active(actor=actor, user_id=cast.mentor.user_id, is_active=False)
        assert "3 ครัวเรือน" in str(refusal.value)
        assert refusal.value.details["duties"] == {"household": 3}

    cast.mentor.user.refresh_from_db()
    assert cast.mentor.user.is_active


@pytest.mark.parametrize("days", [None, 0, 29])
def test_appointment_does_not_end_before_the_hand_over(cast: Cast, days: int | None) -> None:
    family(cast, mentor=cast.mentor)
    last_day = None if days is None else today() + timedelta(days=days)

    with pytest.raises(Conflict) as refusal:
        end_appointment(actor=cast.officer, appointment_id=cast.mentor.appointment_id, last_day=last_day)

    assert refusal.value.details["link_url"] == f"/hand-over/{cast.mentor.user_id}/"


def test_last_day_further_ahead_leaves_time_to_hand_over(cast: Cast) -> None:
    family(cast, mentor=cast.mentor)
    last_day = today() + timedelta(days=30)
    end_appointment(actor=cast.officer, appointment_id=cast.mentor.appointment_id, last_day=last_day)


def test_last_mentor_of_a_team_holds_all_its_households(cast: Cast) -> None:
    family(cast, team=cast.other_mentor_team)
    assert kinds(cast.other_mentor.user_id) == {"household": 1}
    family(cast)
    assert kinds(cast.mentor.user_id) == {}

    Appointment.objects.filter(pk=cast.second_mentor.appointment_id).update(
        valid_to=today() - timedelta(days=1)
    )
    assert kinds(cast.mentor.user_id) == {"household": 1}
    assert kinds(cast.mentor.user_id, appointment=cast.mentor.appointment) == {"household": 1}


def test_second_appointment_at_the_same_team_keeps_the_household(cast: Cast) -> None:
    family(cast, mentor=cast.mentor)
    Appointment.objects.create(
        user=cast.mentor.user, role="mentor", centre=cast.mentor_team, order_number="9", valid_from=today()
    )
    assert kinds(cast.mentor.user_id, appointment=cast.mentor.appointment) == {}
    assert kinds(cast.mentor.user_id) == {"household": 1}


def test_steps_referrals_and_lone_approvals_count(cast: Cast) -> None:
    household = family(cast, mentor=cast.second_mentor)
    a_step(household, cast.mentor.user.display_name)
    a_referral(cast, household, cast.mentor)
    assert kinds(cast.mentor.user_id) == {"step": 1, "referral": 1}

    Case.objects.filter(household=household).update(proposed_stage=Stage.SUFFICIENT)
    assert kinds(cast.officer.user_id) == {}
    Appointment.objects.filter(pk=cast.second_officer.appointment_id).update(
        valid_to=today() - timedelta(days=1)
    )
    assert kinds(cast.officer.user_id) == {"approval": 1}


def test_refusal_on_the_page_names_the_counts_and_leads_to_the_wizard(cast: Cast) -> None:
    family(cast, mentor=cast.mentor)

    answer = client_of(cast.officer).post(f"/users/{cast.mentor.user_id}/active/", {"is_active": "0"})

    assert answer.status_code == 409
    assert "1 ครัวเรือน" in text_of(answer)
    assert f'href="/hand-over/{cast.mentor.user_id}/"' in text_of(answer)


# ---------------------------------------------------------------------------------------------- handing over


def test_everything_changes_hands_at_once_and_then_the_leaver_may_go(cast: Cast) -> None:
    households = [family(cast, mentor=cast.mentor) for _ in range(3)]
    step = a_step(households[0], cast.mentor.user.display_name)
    referral = a_referral(cast, households[1], cast.mentor)

    made = give_all(cast, cast.mentor, cast.second_mentor)

    current = Assignment.objects.filter(valid_to=None)
    assert set(current.values_list("mentor", flat=True)) == {cast.second_mentor.user_id}
    step.refresh_from_db()
    referral.refresh_from_db()
    assert step.responsible == cast.second_mentor.user.display_name
    assert referral.sent_by == cast.second_mentor.user
    assert "ส่งมอบงานจาก" in ReferralEvent.objects.get(referral=referral).note
    assert sorted(line["kind"] for line in made.lines) == ["household"] * 3 + ["referral", "step"]
    assert AuditEntry.objects.filter(action="assignment.start").count() == 3
    assert kinds(cast.mentor.user_id) == {}
    set_active(actor=cast.officer, user_id=cast.mentor.user_id, is_active=False)


def test_approvals_pass_to_the_secretary(cast: Cast) -> None:
    household = family(cast)
    Case.objects.filter(household=household).update(proposed_stage=Stage.SUFFICIENT)
    Appointment.objects.filter(pk=cast.second_officer.appointment_id).update(
        valid_to=today() - timedelta(days=1)
    )
    (thing,) = owned_by(cast.secretary, cast.officer.user)

    with pytest.raises(InvalidInput):
        hand_over(
            actor=cast.secretary, leaver_id=cast.officer.user_id, reason="x",
            owners={thing.key: NewOwner(cast.mentor.user_id)},
        )  # fmt: skip
    second = Appointment.objects.create(
        user=cast.second_officer.user, role="provincial_secretary", centre=cast.province_centre,
        order_number="1", valid_from=today(),
    )  # fmt: skip
    hand_over(
        actor=cast.secretary, leaver_id=cast.officer.user_id, reason="x",
        owners={thing.key: NewOwner(second.user_id)},
    )  # fmt: skip

    assert kinds(cast.officer.user_id) == {}


def test_all_or_nothing(cast: Cast) -> None:
    first, second = family(cast, mentor=cast.mentor), family(cast, mentor=cast.mentor)
    owner = to_mentor(cast, cast.second_mentor)
    everything = {("household", first.pk): owner, ("household", second.pk): owner}
    stranger = {**everything, ("household", family(cast).pk): owner}
    nobody = {**everything, ("household", second.pk): to_mentor(cast, cast.far_mentor)}
    cases = (
        ({("household", first.pk): owner}, "no_owner"),
        (stranger, "changed_meanwhile"),
        (nobody, "no_appointment"),
    )
    for owners, code in cases:
        with pytest.raises((InvalidInput, Conflict)) as refusal:
            hand_over(actor=cast.officer, leaver_id=cast.mentor.user_id, owners=owners, reason="x")
        assert refusal.value.code == code
    assert not HandOver.objects.exists()
    assert Assignment.objects.filter(mentor=cast.mentor.user, valid_to=None).count() == 2


def test_only_officers_of_the_leavers_centre_hand_over(cast: Cast) -> None:
    family(cast, mentor=cast.mentor)
    for actor in (cast.other_officer, cast.far_secretary, cast.municipal_officer):
        with pytest.raises(Http404):
            hand_over(actor=actor, leaver_id=cast.mentor.user_id, owners={}, reason="x")
    for actor in (cast.team_leader, cast.mentor, cast.executive):
        with pytest.raises(NotAllowed):
            hand_over(actor=actor, leaver_id=cast.mentor.user_id, owners={}, reason="x")


def test_municipal_household_in_the_hands_of_a_district_team_is_left_to_the_municipality(cast: Cast) -> None:
    municipal = family(cast, village=CITY_VILLAGE, mentor=cast.mentor)
    assert owned_by(cast.officer, cast.mentor.user) == []
    assert [thing.id for thing in owned_by(cast.secretary, cast.mentor.user)] == [municipal.pk]


# ------------------------------------------------------------------------------------------------- the wizard


def test_suggestion_is_near_and_not_too_much_and_says_why(cast: Cast) -> None:
    leaving = family(cast, village=NEXT_VILLAGE, mentor=cast.mentor)
    family(cast, village=NEXT_VILLAGE, team=cast.other_mentor_team, mentor=cast.other_mentor)
    for _ in range(12):
        family(cast, village=VILLAGE, mentor=cast.second_mentor)

    (row,) = wizard_for(cast.officer, cast.mentor.user, {}).rows

    assert row.value == f"{cast.other_mentor_team.pk}:{cast.other_mentor.user_id}"
    assert row.why == "ดูแลหมู่เดียวกันอยู่แล้ว · มีในมือ 1 ครัวเรือน"
    assert row.thing.id == leaving.pk


def test_known_places_are_measured(cast: Cast) -> None:
    leaving, near = family(cast, mentor=cast.mentor), family(cast, mentor=cast.second_mentor)
    for household, latitude in ((leaving, 7.7701), (near, 7.7746)):
        household.latitude, household.longitude = latitude, 100.3
        household.save(update_fields=["latitude", "longitude"])

    (row,) = wizard_for(cast.officer, cast.mentor.user, {}).rows

    assert row.why == "ครัวเรือนที่ดูแลอยู่ใกล้สุดห่าง 0.5 กม. · มีในมือ 1 ครัวเรือน · ทีมเดียวกัน"


def test_wizard_page_hands_over_and_the_sheet_prints(cast: Cast) -> None:
    household = family(cast, mentor=cast.mentor)
    client = client_of(cast.officer)
    address = f"/hand-over/{cast.mentor.user_id}/"
    owner = f"{cast.mentor_team.pk}:{cast.second_mentor.user_id}"

    bare = client.post(address, {"step": "confirm", "effective_on": typed(today())})
    assert bare.status_code == 422
    for_all = client.post(address, {"step": "all", "all_households": owner, "reason": "ลาออก"})
    assert "ลาออก" in text_of(for_all)
    sent = {"step": "confirm", "reason": "ลาออก", "effective_on": typed(today())}
    answer = client.post(address, {**sent, f"owner-household-{household.pk}": owner}, follow=True)

    made = HandOver.objects.get()
    assert "ไม่มีงานที่จะขาดผู้ดูแลแล้ว" in text_of(answer)
    assert f"/hand-over/sheet/{made.pk}/" in text_of(answer)
    sheet = text_of(client.get(f"/hand-over/sheet/{made.pk}/"))
    for words in (household.head_name, "ลาออก", "ผู้ส่งมอบ", "ผู้รับมอบ", cast.second_mentor.user.display_name):
        assert words in sheet
    assert client_of(cast.other_officer).get(f"/hand-over/sheet/{made.pk}/").status_code == 404
    assert client_of(cast.far_secretary).get(f"/hand-over/sheet/{made.pk}/").status_code == 404


@pytest.mark.parametrize("number", [2, 6])
def test_wizard_takes_the_same_queries_for_any_number(cast: Cast, number: int) -> None:
    for _ in range(number):
        household = family(cast, mentor=cast.mentor)
    a_step(household, cast.mentor.user.display_name)

    with CaptureQueriesContext(connection) as captured:
        wizard_for(cast.officer, cast.mentor.user, {})

    assert len(captured) <= 27
    test_wizard_takes_the_same_queries_for_any_number.counts.add(len(captured))  # type: ignore[attr-defined]
    assert len(test_wizard_takes_the_same_queries_for_any_number.counts) == 1  # type: ignore[attr-defined]


test_wizard_takes_the_same_queries_for_any_number.counts = set()  # type: ignore[attr-defined]
