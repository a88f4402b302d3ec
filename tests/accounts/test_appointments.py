"""Appointing and ending: who may appoint whom, where."""

from datetime import date, timedelta

import pytest
from django.http import Http404
from django.utils import timezone

from povertyops.accounts.enums import Role
from povertyops.accounts.models import Appointment
from povertyops.accounts.queries import valid_appointments
from povertyops.accounts.services import AppointmentInput, appoint, end_appointment
from povertyops.common.errors import Conflict, DomainError
from povertyops.common.models import AuditEntry
from tests.cast import LONG_AGO, Cast, client_of

FROM = date(2026, 10, 1)


def post(role: Role, centre: object, **more: object) -> AppointmentInput:
    values = {"order_number": "5/2569", "valid_from": FROM, **more}
    return AppointmentInput(role=role, centre_id=centre.pk, **values)


@pytest.mark.parametrize(
    ("who", "role", "where"),
    [
        ("officer", Role.MENTOR, "mentor_team"),
        ("officer", Role.TEAM_LEADER, "subdistrict_team"),
        ("municipal_officer", Role.MENTOR, "municipal_mentor_team"),
        ("secretary", Role.DISTRICT_OFFICER, "other_district_centre"),
        ("secretary", Role.EXECUTIVE, "province_centre"),
        ("secretary", Role.MUNICIPAL_OFFICER, "municipality"),
        ("system_admin", Role.PROVINCIAL_SECRETARY, "far_province_centre"),
        ("system_admin", Role.NATIONAL_VIEWER, "national_centre"),
    ],
)
def test_may_appoint(cast: Cast, who: str, role: Role, where: str) -> None:
    row = appoint(actor=cast.people[who], user=cast.nobody.user, appointment=post(role, getattr(cast, where)))
    assert AuditEntry.objects.get().object_id == str(row.pk)


@pytest.mark.parametrize(
    ("who", "role", "where", "code"),
    [
        ("officer", Role.DISTRICT_OFFICER, "district_centre", "unknown_centre"),
        ("officer", Role.MENTOR, "far_mentor_team", "unknown_centre"),
        ("officer", Role.EXECUTIVE, "subdistrict_team", "may_not_appoint"),
        ("secretary", Role.DISTRICT_OFFICER, "far_district_centre", "unknown_centre"),
        ("secretary", Role.NATIONAL_VIEWER, "province_centre", "may_not_appoint"),
        ("secretary", Role.SYSTEM_ADMIN, "province_centre", "may_not_appoint"),
        ("secretary", Role.MENTOR, "district_centre", "wrong_kind"),
        ("mentor", Role.MENTOR, "mentor_team", "unknown_centre"),
        ("executive", Role.MENTOR, "mentor_team", "unknown_centre"),
    ],
)
def test_may_not_appoint(cast: Cast, who: str, role: Role, where: str, code: str) -> None:
    with pytest.raises(DomainError) as caught:
        appoint(actor=cast.people[who], user=cast.nobody.user, appointment=post(role, getattr(cast, where)))
    assert caught.value.code == code
    assert not AuditEntry.objects.exists()


def test_nobody_appoints_himself(cast: Cast) -> None:
    with pytest.raises(DomainError) as caught:
        appoint(
            actor=cast.system_admin,
            user=cast.system_admin.user,
            appointment=post(Role.PROVINCIAL_SECRETARY, cast.province_centre),
        )
    assert caught.value.code == "self"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"order_number": " "}, "missing_order"),
        ({"valid_to": FROM - timedelta(days=1)}, "ends_before_start"),
    ],
)
def test_appoint_refuses_bad_orders(cast: Cast, more: dict[str, object], code: str) -> None:
    with pytest.raises(DomainError) as caught:
        appoint(
            actor=cast.officer, user=cast.nobody.user, appointment=post(Role.MENTOR, cast.mentor_team, **more)
        )
    assert caught.value.code == code


def test_same_role_and_centre_twice_on_a_day_is_a_conflict(cast: Cast) -> None:
    with pytest.raises(Conflict):
        appoint(actor=cast.officer, user=cast.mentor.user, appointment=post(Role.MENTOR, cast.mentor_team))


def test_end_on_a_day_holds_until_then(cast: Cast) -> None:
    today = timezone.localdate()
    row = end_appointment(
        actor=cast.officer, appointment_id=cast.mentor.appointment_id, last_day=today + timedelta(days=3)
    )
    assert row in valid_appointments(cast.mentor.user, today + timedelta(days=3))
    assert row not in valid_appointments(cast.mentor.user, today + timedelta(days=4))


def test_revoked_appointment_is_gone_at_once_but_not_from_the_past(cast: Cast) -> None:
    client = client_of(cast.mentor)
    assert client.get("/password/").status_code == 200
    row = end_appointment(actor=cast.officer, appointment_id=cast.mentor.appointment_id)
    assert client.get("/").status_code == 403
    assert valid_appointments(cast.mentor.user) == []
    assert row in valid_appointments(cast.mentor.user, LONG_AGO)


def test_appointment_made_today_can_be_revoked_today(cast: Cast) -> None:
    today = timezone.localdate()
    made = appoint(
        actor=cast.officer,
        user=cast.nobody.user,
        appointment=post(Role.MENTOR, cast.mentor_team, valid_from=today),
    )
    end_appointment(actor=cast.officer, appointment_id=made.pk)
    assert valid_appointments(cast.nobody.user) == []


def test_end_of_an_appointment_out_of_sight_is_absent(cast: Cast) -> None:
    with pytest.raises(Http404):
        end_appointment(actor=cast.officer, appointment_id=cast.far_mentor.appointment_id)


def test_end_in_the_past_is_refused(cast: Cast) -> None:
    with pytest.raises(DomainError) as caught:
        end_appointment(
            actor=cast.officer, appointment_id=cast.mentor.appointment_id, last_day=date(2026, 1, 1)
        )
    assert caught.value.code == "last_day_past"


class TestPages:
    def test_appoint_a_person_who_has_an_account(self, cast: Cast) -> None:
        phone = cast.nobody.user.phone
        data = {
            "username": f"{phone[:3]}-{phone[3:6]}-{phone[6:]}",
            "role": "mentor",
            "centre": str(cast.mentor_team.pk),
            "order_number": "5/2569",
            "valid_from": "1 ต.ค. 2568",
        }
        response = client_of(cast.officer).post("/appointments/new/", data)
        row = Appointment.objects.get(order_number="5/2569")
        assert response.url == f"/users/{row.user_id}/"
        assert (row.user, row.valid_from, row.valid_to) == (cast.nobody.user, date(2025, 10, 1), None)

    def test_unknown_person_is_said_at_the_field(self, cast: Cast) -> None:
        data = {
            "username": "who",
            "role": "mentor",
            "centre": str(cast.mentor_team.pk),
            "order_number": "5",
            "valid_from": "1/10/2568",
        }
        page = client_of(cast.officer).post("/appointments/new/", data)
        assert page.status_code == 422
        assert "username" in page.context["form"].errors

    def test_revoke_from_the_page(self, cast: Cast) -> None:
        url = f"/appointments/{cast.mentor.appointment_id}/end/"
        client_of(cast.officer).post(url, {"now": "1"})
        assert Appointment.objects.get(pk=cast.mentor.appointment_id).revoked_at is not None

    def test_list_filters_by_state(self, cast: Cast) -> None:
        client = client_of(cast.secretary)
        over = client.get("/appointments/?state=over").context["rows"]
        assert [entry["row"].user.username for entry in over] == ["expired"]
        assert client.get("/appointments/?state=soon").context["rows"] == []

    def test_list_takes_a_fixed_number_of_queries(self, cast: Cast, django_assert_num_queries) -> None:
        client = client_of(cast.officer)
        with django_assert_num_queries(5):
            client.get("/appointments/")
