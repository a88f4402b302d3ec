"""POST /api/v1/field/sync/: a phone meets the server."""

from __future__ import annotations

import base64
import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from casework.models import Device
from casework.services.assignment import assign_households
from povertyops.common.ids import uuid7
from povertyops.common.sealing import public_key
from tests.casework.pages.families import family
from tests.casework.test_after_assignment import days_ago, end_appointment
from tests.casework.test_visits import queries_of
from tests.cast import Cast, client_of

URL = "/api/v1/field/sync/"


def told(**values: Any) -> dict[str, Any]:
    return {"device_id": str(uuid7()), "phone_time": timezone.now().isoformat(), "version": "1", **values}


def meet(client: Client, sent: Any) -> Any:
    return client.post(URL, sent, content_type="application/json")


def test_phone_learns_whose_session_it_is_and_the_key(cast: Cast) -> None:
    answer = meet(client_of(cast.mentor), told()).json()

    key_id, point = public_key()
    assert (answer["user_id"], answer["appointment_id"]) == (
        cast.mentor.user_id,
        str(cast.mentor.appointment_id),
    )
    assert answer["valid_to"] is None
    assert answer["seal"]["key_id"] == key_id
    assert base64.urlsafe_b64decode(answer["seal"]["public"] + "=") == point
    assert "server_time" in answer


def test_how_the_phone_stands_is_written_down(cast: Cast) -> None:
    oldest = timezone.now() - timedelta(days=3)
    sent = told(waiting=4, oldest_at=oldest.isoformat(), is_persisted=True, households=20, version="7")
    client = client_of(cast.mentor)

    meet(client, sent)
    meet(client, {**sent, "waiting": 2})

    device = Device.objects.get()
    assert (device.user_id, device.waiting, device.households) == (cast.mentor.user_id, 2, 20)
    assert (device.oldest_at, device.is_persisted, device.version) == (oldest, True, "7")
    assert timezone.now() - device.last_sync_at < timedelta(minutes=1)


def test_shared_phone_has_a_row_for_each_person(cast: Cast) -> None:
    sent = told(waiting=1)
    meet(client_of(cast.mentor), sent)
    meet(client_of(cast.second_mentor), {**sent, "waiting": 9})

    assert dict(Device.objects.values_list("user_id", "waiting")) == {
        cast.mentor.user_id: 1,
        cast.second_mentor.user_id: 9,
    }


@pytest.mark.parametrize("off", [timedelta(days=2), timedelta(days=-2), timedelta(days=543 * 365)])
def test_clock_is_measured(cast: Cast, off: timedelta) -> None:
    answer = meet(client_of(cast.mentor), told(phone_time=(timezone.now() + off).isoformat())).json()

    assert abs(answer["clock_skew_s"] - off.total_seconds()) < 60
    assert Device.objects.get().clock_skew_s == answer["clock_skew_s"]


@pytest.mark.parametrize(
    "change",
    [{"device_id": "?"}, {"phone_time": "now"}, {"phone_time": "0001-01-01T00:00:00Z"}, {"waiting": -1}],
)
def test_what_cannot_be_read_is_refused(cast: Cast, change: dict[str, Any]) -> None:
    answer = meet(client_of(cast.mentor), told(**change))

    assert answer.status_code == 400
    assert set(answer.json()) == set(change)


def test_signed_out_phone_is_told_so(cast: Cast) -> None:
    client = client_of(cast.mentor)
    meet(client, told())
    client.post("/sign-out/")

    answer = meet(client, told())

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert "ข้อมูลในเครื่องยังอยู่ครบ" in answer.json()["message"]


def test_person_whose_appointment_ended_is_told_that_none_is_left(cast: Cast) -> None:
    end_appointment(cast.mentor, days_ago(1))

    answer = meet(client_of(dataclasses.replace(cast.mentor, appointment=None)), told())

    assert (answer.status_code, answer.json()["appointment_id"]) == (200, None)


def test_people_without_field_work_are_refused(cast: Cast) -> None:
    for actor in (cast.nobody, cast.expired, cast.executive, cast.national_viewer, cast.system_admin):
        answer = meet(client_of(actor), told())
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_last_day_of_the_appointment_is_told(cast: Cast) -> None:
    end_appointment(cast.mentor, days_ago(-9))

    assert meet(client_of(cast.mentor), told()).json()["valid_to"] == days_ago(-9).isoformat()


def test_kit_is_stale_when_it_is_old_or_hands_changed(cast: Cast) -> None:
    household, client = family(cast), client_of(cast.mentor)
    now = timezone.now()

    def stale(**values: Any) -> bool:
        return bool(meet(client, told(households=20, **values)).json()["kit_stale"])

    before = now + timedelta(seconds=1)
    assert stale(kit_made_at=(now - timedelta(days=1)).isoformat())
    assert not stale()
    assert not meet(client, told(kit_made_at=(now - timedelta(days=1)).isoformat())).json()["kit_stale"]
    assign_households(actor=cast.officer, household_ids=[household.pk], team_id=cast.other_mentor_team.pk)
    assert stale(kit_made_at=(now - timedelta(minutes=1)).isoformat())
    elsewhere = meet(client_of(cast.municipal_mentor), told(households=3, kit_made_at=before.isoformat()))
    assert not elsewhere.json()["kit_stale"]


@pytest.mark.parametrize("number", [1, 3])
def test_meeting_takes_six_queries(cast: Cast, number: int) -> None:
    client, sent = client_of(cast.mentor), told(households=20, kit_made_at=timezone.now().isoformat())
    for _number in range(number):
        meet(client, {**sent, "device_id": str(uuid7())})
    meet(client, sent)  # a phone the server knows; a new one takes another to count those of the person

    with CaptureQueriesContext(connection) as captured:
        meet(client, sent)

    assert len(queries_of(captured)) == 6
