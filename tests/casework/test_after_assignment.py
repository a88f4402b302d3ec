"""What was recorded while a household was still in the sender's hands, and arrives when it no longer is."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from casework.enums import Step
from casework.models import Assignment, CohortState, Visit, VisitConflict
from casework.services.assignment import assign_households, end_assignments
from casework.services.cohort import refresh_cohort
from households.models import Household
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.accounts.models import Appointment
from tests.casework.pages.families import family, text_of, today
from tests.casework.test_api_visits import body, post
from tests.casework.test_visits import queries_of
from tests.cast import Cast, client_of


def noon(day: date) -> str:
    return f"{day.isoformat()}T12:00:00+07:00"


def days_ago(days: int) -> date:
    return today() - timedelta(days=days)


def moved_away(cast: Cast, *, on: date | None = None, **values: object) -> Household:
    """A household of the mentor's team that went to another team."""
    household = family(cast, **values)
    assign_households(
        actor=cast.officer,
        household_ids=[household.pk],
        team_id=cast.other_mentor_team.pk,
        valid_from=on or days_ago(1),
    )
    Assignment.objects.filter(household=household).exclude(end_recorded_at=None).update(
        end_recorded_at=timezone.make_aware(datetime.combine(on or days_ago(1), datetime.min.time()))
    )
    return household


def end_appointment(actor: Actor, on: date) -> None:
    Appointment.objects.filter(pk=actor.appointment.pk).update(valid_to=on)


def appoint(actor: Actor, role: Role, centre: object) -> Actor:
    post_ = Appointment.objects.create(
        user=actor.user, role=role, centre=centre, order_number="9", valid_from=days_ago(1)
    )
    return dataclasses.replace(actor, appointment=post_)


def test_visit_made_before_the_household_moved_is_taken_and_marked(cast: Cast) -> None:
    household = moved_away(cast)

    answer = post(client_of(cast.mentor), body(household, visited_at=noon(days_ago(2))))

    visit = Visit.objects.get()
    assert (answer.status_code, answer.json()["after_assignment"]) == (201, True)
    assert (visit.after_assignment, visit.team_id) == (True, cast.mentor_team.pk)


def test_visit_made_by_a_phone_that_could_not_know_is_taken(cast: Cast) -> None:
    household = moved_away(cast, on=days_ago(5))

    assert post(client_of(cast.mentor), body(household, visited_at=noon(days_ago(2)))).status_code == 201


def test_visit_long_after_the_household_moved_is_refused(cast: Cast) -> None:
    household = moved_away(cast, on=days_ago(20))

    answer = post(client_of(cast.mentor), body(household, visited_at=noon(days_ago(2))))

    assert answer.status_code == 404
    assert "ไม่พบรายการนี้" in answer.json()["message"]
    assert Visit.objects.count() == 0


def test_household_that_was_never_the_senders_is_refused(cast: Cast) -> None:
    household = moved_away(cast)

    for stranger in (cast.far_mentor, cast.municipal_mentor, cast.far_team_member, cast.far_officer):
        answer = post(client_of(stranger), body(household, visited_at=noon(days_ago(2))))
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert Visit.objects.count() == 0


def test_visit_made_before_the_household_came_is_refused(cast: Cast) -> None:
    household = moved_away(cast)
    end_assignments(actor=cast.officer, household_ids=[household.pk])

    answer = post(client_of(cast.other_mentor), body(household, visited_at=noon(days_ago(3))))

    assert answer.status_code == 404


def test_repeat_conflict_and_mend_work_as_ever(cast: Cast) -> None:
    household = moved_away(cast)
    client, sent = client_of(cast.mentor), body(household, visited_at=noon(days_ago(2)))
    answers = [post(client, each) for each in (sent, sent, {**sent, "note": "อื่น"})]

    assert [answer.status_code for answer in answers] == [201, 200, 409]
    assert answers[1].json()["after_assignment"] is True
    assert VisitConflict.objects.count() == 1


def test_batch_takes_those_in_hand_and_those_that_were(cast: Cast) -> None:
    here, gone, far = family(cast), moved_away(cast), family(cast, village="40010101", team=None)
    when = noon(days_ago(2))

    answer = post(
        client_of(cast.mentor),
        [body(each, visited_at=when) for each in (here, gone, far)]
        + [body(gone, visited_at=noon(days_ago(2000)))],
    )

    assert [item["status"] for item in answer.json()] == [201, 201, 404, 400]
    assert answer.json()[3]["code"] == "before_list"
    assert Visit.objects.get(household=here).after_assignment is False


def test_same_id_for_a_household_in_hand_and_one_that_is_not(cast: Cast) -> None:
    here, far = family(cast), family(cast, village="40010101", team=None)
    sent = body(here, visited_at=noon(days_ago(2)))

    answer = post(client_of(cast.mentor), [{**sent, "household": str(far.pk)}, sent])

    assert Visit.objects.get().household_id == here.pk
    assert [item["status"] for item in answer.json()] == [409, 201]


def test_old_appointment_counts_after_signing_in_under_a_new_one(cast: Cast) -> None:
    household = family(cast)
    end_appointment(cast.mentor, days_ago(2))
    now = appoint(cast.mentor, Role.MENTOR, cast.other_mentor_team)

    taken = post(client_of(now), body(household, visited_at=noon(days_ago(3))))
    refused = post(client_of(now), body(household, visited_at=noon(days_ago(1))))

    assert (taken.status_code, taken.json()["after_assignment"]) == (201, True)
    assert refused.status_code == 404


def test_person_whose_last_appointment_ended_may_still_send(cast: Cast) -> None:
    household = family(cast)
    end_appointment(cast.mentor, days_ago(1))
    client = client_of(dataclasses.replace(cast.mentor, appointment=None))

    assert post(client, body(household, visited_at=noon(days_ago(2)))).status_code == 201
    assert post(client, body(household, visited_at=noon(today()))).status_code in (400, 404)


def test_person_who_never_worked_in_the_field_may_not(cast: Cast) -> None:
    household = family(cast)

    for actor in (cast.nobody, cast.expired):
        assert post(client_of(actor), body(household)).status_code == 403


def test_subdistrict_team_sends_what_it_saw_before_its_appointment_ended(cast: Cast) -> None:
    household = family(cast, team=None)
    end_appointment(cast.team_member, days_ago(1))
    now = appoint(cast.team_member, Role.TEAM_MEMBER, cast.other_subdistrict_team)

    answer = post(client_of(now), body(household, visited_at=noon(days_ago(2))))

    assert (answer.status_code, answer.json()["after_assignment"]) == (201, True)


def test_second_appointment_that_still_holds_is_no_late_arrival(cast: Cast) -> None:
    household = family(cast)
    also = appoint(cast.mentor, Role.MENTOR, cast.other_mentor_team)

    answer = post(client_of(also), body(household, visited_at=noon(days_ago(1))))

    assert (answer.status_code, answer.json()["after_assignment"]) == (201, False)


def test_officer_sees_it_in_the_queue_in_the_list_and_on_the_pages(cast: Cast) -> None:
    household = moved_away(cast)
    post(client_of(cast.mentor), body(household, visited_at=noon(days_ago(2))))
    client = client_of(cast.officer)

    boxes = {box.url: box.count for box in client.get("/queues/").context["boxes"]}
    listed = text_of(client.get("/visits/late/"))
    page = text_of(client.get(f"/visits/{Visit.objects.get().pk}/"))

    assert boxes["/visits/late/"] == 1
    assert household.head_name in listed
    assert "มาถึงหลังเปลี่ยนผู้ดูแล" in page
    assert "มาถึงหลังเปลี่ยนผู้ดูแล" in text_of(client.get(f"/households/{household.pk}/"))


def test_officer_elsewhere_sees_nothing_of_it(cast: Cast) -> None:
    household = moved_away(cast)
    post(client_of(cast.mentor), body(household, visited_at=noon(days_ago(2))))

    assert household.head_name not in text_of(client_of(cast.far_officer).get("/visits/late/"))


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_late_visits_takes_seven_queries(cast: Cast, number: int) -> None:
    households = [moved_away(cast) for _number in range(number)]
    post(client_of(cast.mentor), [body(each, visited_at=noon(days_ago(2))) for each in households])
    client = client_of(cast.officer)

    with CaptureQueriesContext(connection) as captured:
        client.get("/visits/late/")

    assert len(queries_of(captured)) == 7


@pytest.mark.parametrize("number", [1, 3])
def test_late_visits_take_two_queries_more(cast: Cast, number: int) -> None:
    households = [moved_away(cast) for _number in range(number)]
    refresh_cohort([household.pk for household in households])
    # Seen before: a first visit takes the long way.
    CohortState.objects.filter(household__in=households).update(step=Step.VISITED, step_since=days_ago(90))
    client = client_of(cast.mentor)
    sent = [body(each, visited_at=noon(days_ago(2))) for each in households]

    with CaptureQueriesContext(connection) as captured:
        post(client, sent)

    assert len(queries_of(captured)) == 10
