"""Accounts: made, changed, given a new password, closed; by whom and by whom not."""

import pytest
from django.http import Http404

from povertyops.accounts.access import looks_after, visible_users
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.accounts.models import Appointment, User
from povertyops.accounts.services import (
    AppointmentInput,
    PersonInput,
    change_user,
    create_user,
    reset_password,
    set_active,
)
from povertyops.common.errors import Conflict, DomainError, InvalidInput, NotAllowed
from povertyops.common.models import AuditEntry
from tests.cast import LONG_AGO, Cast, client_of

PERSON = PersonInput("Malee.S", " มาลี ", "สุขใจ", "นางสาว", "081-999 8888")


def mentor_post(cast: Cast) -> AppointmentInput:
    return AppointmentInput(Role.MENTOR, cast.mentor_team.pk, "12/2569", LONG_AGO)


def test_create_user_with_first_appointment(cast: Cast) -> None:
    user, password = create_user(actor=cast.officer, person=PERSON, appointment=mentor_post(cast))
    user.refresh_from_db()
    assert (user.username, user.phone, user.display_name) == ("malee.s", "0819998888", "นางสาวมาลี สุขใจ")
    assert user.must_change_password
    assert user.check_password(password)
    assert user.appointments.get().centre == cast.mentor_team
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert actions == {"user.created", "appointment.created"}
    assert password not in str(list(AuditEntry.objects.values_list("changes", flat=True)))


def test_create_user_without_appointment_only_by_administrator(cast: Cast) -> None:
    with pytest.raises(InvalidInput, match="คำสั่งแต่งตั้ง"):
        create_user(actor=cast.secretary, person=PERSON)
    assert create_user(actor=cast.system_admin, person=PERSON)[0].pk


def test_refused_appointment_leaves_no_account_behind(cast: Cast) -> None:
    elsewhere = AppointmentInput(Role.MENTOR, cast.far_mentor_team.pk, "1", LONG_AGO)
    with pytest.raises(DomainError):
        create_user(actor=cast.officer, person=PERSON, appointment=elsewhere)
    assert not User.objects.filter(username="malee.s").exists()


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (PersonInput("officer", "ก", "ข"), "username_taken"),
        (PersonInput("new.one", "ก", "ข", phone="0800000001"), "phone_taken"),
        (PersonInput("0812345678", "ก", "ข"), "bad_username"),
        (PersonInput("สมชาย", "ก", "ข"), "bad_username"),
        (PersonInput("new.one", "ก", "ข", phone="12345"), "bad_phone"),
        (PersonInput("new.one", " ", "ข"), "missing_name"),
    ],
)
def test_create_user_refuses(cast: Cast, person: PersonInput, code: str) -> None:
    with pytest.raises(DomainError) as caught:
        create_user(actor=cast.officer, person=person, appointment=mentor_post(cast))
    assert caught.value.code == code


def test_district_sees_people_of_its_teams_only(cast: Cast) -> None:
    seen = set(visible_users(cast.officer).values_list("username", flat=True))
    assert seen == {
        "mentor",
        "second.mentor",
        "other.mentor",
        "team.member",
        "team.leader",
        "other.team.member",
    }


def test_secretary_sees_the_province_and_others_see_nobody(cast: Cast) -> None:
    assert not visible_users(cast.secretary).filter(username__startswith="far.").exists()
    assert visible_users(cast.secretary).filter(username="expired").exists()
    for who in (cast.mentor, cast.executive, cast.national_viewer, cast.nobody, None):
        assert not visible_users(who).exists()


def test_reset_password_ends_sessions_and_tokens(cast: Cast) -> None:
    session = client_of(cast.mentor)
    assert session.get("/password/").status_code == 200
    user, password = reset_password(actor=cast.officer, user_id=cast.mentor.user_id)
    assert user.check_password(password)
    assert user.must_change_password
    assert session.get("/password/").status_code == 302
    assert AuditEntry.objects.get(action="user.password_reset").changes == {}


def test_reset_password_of_somebody_out_of_sight_is_absent(cast: Cast) -> None:
    with pytest.raises(Http404):
        reset_password(actor=cast.officer, user_id=cast.far_mentor.user_id)


def also_appoint(actor: Actor, role: Role, cast_centre: object) -> None:
    Appointment.objects.create(
        user=actor.user, role=role, centre=cast_centre, order_number="1", valid_from=LONG_AGO
    )


def test_district_cannot_take_over_an_account_with_rights_elsewhere(cast: Cast) -> None:
    also_appoint(cast.mentor, Role.PROVINCIAL_SECRETARY, cast.province_centre)
    assert not looks_after(cast.officer, cast.mentor.user)
    with pytest.raises(NotAllowed):
        reset_password(actor=cast.officer, user_id=cast.mentor.user_id)
    with pytest.raises(NotAllowed):
        change_user(actor=cast.officer, user_id=cast.mentor.user_id, person=PERSON)
    assert looks_after(cast.secretary, cast.mentor.user)


def test_district_does_not_look_after_its_own_colleagues(cast: Cast) -> None:
    with pytest.raises(Http404):
        reset_password(actor=cast.officer, user_id=cast.second_officer.user_id)


def test_change_user_audits_old_and_new(cast: Cast) -> None:
    person = PersonInput("mentor", "มานะ", "ทดสอบ", "นาย", "0899999999")
    change_user(actor=cast.officer, user_id=cast.mentor.user_id, person=person)
    changes = AuditEntry.objects.get(action="user.changed").changes
    assert changes["phone"] == [cast.mentor.user.phone, "0899999999"]
    assert set(changes) == {"phone", "first_name"}


def test_change_to_a_taken_name_is_a_conflict(cast: Cast) -> None:
    with pytest.raises(Conflict):
        change_user(actor=cast.officer, user_id=cast.mentor.user_id, person=PersonInput("officer", "ก", "ข"))


def test_closed_account_can_be_opened_again_but_not_ones_own(cast: Cast) -> None:
    set_active(actor=cast.officer, user_id=cast.mentor.user_id, is_active=False)
    assert not User.objects.get(username="mentor").is_active
    set_active(actor=cast.officer, user_id=cast.mentor.user_id, is_active=True)
    assert User.objects.get(username="mentor").is_active
    with pytest.raises(NotAllowed):
        set_active(actor=cast.system_admin, user_id=cast.system_admin.user_id, is_active=False)


class TestPages:
    def test_new_user_is_shown_the_password_once(self, cast: Cast) -> None:
        data = {
            "username": "malee.s",
            "first_name": "มาลี",
            "last_name": "สุขใจ",
            "role": "mentor",
            "centre": str(cast.mentor_team.pk),
            "order_number": "12/2569",
            "valid_from": "1/10/2568",
            "valid_to": "30/9/2570",
        }
        client = client_of(cast.officer)
        page = client.post("/users/new/", data)
        assert page.status_code == 200
        user = User.objects.get(username="malee.s")
        assert user.check_password(page.context["password"])
        assert page.context["password"] in page.text
        assert page.context["password"] not in client.get(f"/users/{user.pk}/").text

    def test_new_user_page_says_what_to_mend(self, cast: Cast) -> None:
        page = client_of(cast.officer).post("/users/new/", {"username": "x"})
        assert page.status_code == 422
        assert "form-errors" in page.text

    def test_administrator_chooses_the_province_first(self, cast: Cast) -> None:
        client = client_of(cast.system_admin)
        assert "ทีมพี่เลี้ยงหนองแวง" not in client.get("/users/new/").text
        assert "ทีมพี่เลี้ยงหนองแวง" in client.get("/users/new/?province=40").text

    def test_list_filters_by_name_role_and_state(self, cast: Cast) -> None:
        client = client_of(cast.secretary)

        def names(query: str) -> list[str]:
            return [user.username for user in client.get(f"/users/?{query}").context["page"].rows]

        assert names("q=team.leader") == ["team.leader"]
        assert names("q=080-000-0004") == ["mentor"]
        assert names("role=municipal_officer") == ["municipal.officer"]
        assert names("state=none") == ["expired"]
        assert names("province=40") == names("")

    @pytest.mark.parametrize("more", [0, 2])
    def test_list_takes_a_fixed_number_of_queries(
        self, cast: Cast, django_assert_num_queries, more: int
    ) -> None:
        for number in range(more):
            person = PersonInput(f"more{number}", "ก", "ข")
            create_user(actor=cast.officer, person=person, appointment=mentor_post(cast))
        client = client_of(cast.officer)
        with django_assert_num_queries(6):
            client.get("/users/")
