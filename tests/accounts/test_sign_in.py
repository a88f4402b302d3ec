"""Signing in, locking out, switching the appointment, changing the password."""

import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from povertyops.accounts.enums import Role
from povertyops.accounts.models import Appointment, User
from povertyops.common.models import AuditEntry
from tests.cast import PASSWORD, Cast, client_of

NEW = "ดวงดาวบนฟ้า 2569"


def post_sign_in(client: Client, username: str, password: str = PASSWORD, **extra: str):
    return client.post("/sign-in/", {"username": username, "password": password, **extra})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    "name", ["officer", " OFFICER ", "0800000001", "080-000-0001", "๐๘๐ ๐๐๐ ๐๐๐๑", "+66800000001"]
)
def test_sign_in_by_name_or_phone(cast: Cast, client: Client, name: str) -> None:
    response = post_sign_in(client, name)
    assert (response.status_code, response.url) == (302, "/")
    assert signed_in(client)


@pytest.mark.parametrize(
    ("name", "password"), [("officer", "wrong"), ("unknown", PASSWORD), ("0899999999", "x")]
)
def test_wrong_password_and_unknown_name_get_the_same_page(
    cast: Cast, client: Client, name: str, password: str
) -> None:
    response = post_sign_in(client, name, password)
    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == ["ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง"]
    assert not signed_in(client)


def test_closed_account_is_like_a_wrong_password(cast: Cast, client: Client) -> None:
    User.objects.filter(username="officer").update(is_active=False)
    response = post_sign_in(client, "officer")
    assert response.context["form"].non_field_errors() == ["ชื่อผู้ใช้หรือรหัสผ่านไม่ถูกต้อง"]


def test_unknown_name_takes_as_long_as_a_known_one(cast: Cast, settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    User.objects.get(username="officer").set_password(PASSWORD)

    def seconds(name: str) -> float:
        started = time.perf_counter()
        post_sign_in(Client(), name, "wrong password")
        return time.perf_counter() - started

    user = User.objects.get(username="officer")
    user.set_password(PASSWORD)
    user.save()
    known = min(seconds("officer") for _ in range(2))
    unknown = min(seconds("nobody.like.this") for _ in range(2))
    assert 0.5 < unknown / known < 2


@pytest.mark.parametrize("name", ["officer", "no.such.person"])
def test_five_failures_lock_out_known_and_unknown_alike(cast: Cast, client: Client, name: str) -> None:
    for _ in range(4):
        assert post_sign_in(client, name, "wrong").status_code == 200
    response = post_sign_in(client, name, "wrong")
    assert response.status_code == 429
    assert "ลองผิดหลายครั้งเกินไป" in response.text
    assert post_sign_in(client, name).status_code == 429
    assert not signed_in(client)


def test_spelling_of_the_name_does_not_escape_the_lock_out(cast: Cast, client: Client) -> None:
    for name in ("officer", "Officer", "OFFICER ", " officer", "oFFicer"):
        response = post_sign_in(client, name, "wrong")
    assert response.status_code == 429


def test_addresses_of_one_ipv6_network_share_the_limit(cast: Cast) -> None:
    """Whoever has one of them has all: another address of the same /64 is no new visitor."""

    def answer(address: str, password: str) -> int:
        return post_sign_in(Client(REMOTE_ADDR=address), "officer", password).status_code

    wrong = [answer(f"2001:db8:0:7:{number}::{number}", "wrong") for number in range(1, 6)]
    assert wrong == [200, 200, 200, 200, 429]
    assert answer("2001:db8:0:7:ffff::9", PASSWORD) == 429
    assert answer("2001:db8:0:8::1", PASSWORD) == 302


def test_session_gets_a_new_key_on_sign_in(cast: Cast, client: Client) -> None:
    client.get("/sign-in/")
    session = client.session
    session["planted"] = "x"
    session.save()
    planted = session.session_key
    post_sign_in(client, "officer")
    assert client.session.session_key != planted


def test_sign_in_goes_on_to_where_one_wanted(cast: Cast, client: Client) -> None:
    assert post_sign_in(client, "officer", next="/users/").url == "/users/"


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_sign_in_goes_nowhere_else(cast: Cast, client: Client, evil: str) -> None:
    assert post_sign_in(client, "officer", next=evil).url == "/"


def test_sign_out_ends_the_session(cast: Cast) -> None:
    client = client_of(cast.officer)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").url == "/sign-in/"
    assert client.get("/users/").url == "/sign-in/?next=/users/"


def test_page_asks_to_sign_in_and_fragment_asks_the_whole_page(cast: Cast, client: Client) -> None:
    assert client.get("/users/").url == "/sign-in/?next=/users/"
    fragment = client.get("/users/", headers={"HX-Request": "true"})
    assert (fragment.status_code, fragment["HX-Redirect"]) == (401, "/sign-in/")


@pytest.mark.parametrize("who", ["nobody", "expired"])
def test_person_without_valid_appointment_sees_why(cast: Cast, who: str) -> None:
    response = client_of(cast.people[who]).get("/")
    assert response.status_code == 403
    assert "ยังไม่มีคำสั่งแต่งตั้งที่มีผล" in response.text


def test_appointment_that_ended_is_gone_at_the_next_request(cast: Cast) -> None:
    client = client_of(cast.officer)
    assert client.get("/users/").status_code == 200
    yesterday = timezone.localdate() - timedelta(days=1)
    Appointment.objects.filter(pk=cast.officer.appointment_id).update(valid_to=yesterday)
    assert client.get("/users/").status_code == 403


def test_closed_account_is_gone_at_the_next_request(cast: Cast) -> None:
    client = client_of(cast.officer)
    User.objects.filter(pk=cast.officer.user_id).update(is_active=False)
    assert client.get("/users/").status_code == 302


def test_actor_costs_one_query_beside_session_and_user(cast: Cast, django_assert_num_queries) -> None:
    client = client_of(cast.executive)
    with django_assert_num_queries(3):
        client.get("/users/")  # refused by role: no more than finding out who asks


class TestSwitching:
    def second(self, cast: Cast) -> Appointment:
        return Appointment.objects.create(
            user=cast.officer.user,
            role=Role.MENTOR,
            centre=cast.mentor_team,
            order_number="9/2569",
            valid_from=timezone.localdate() - timedelta(days=1),
        )

    def test_switch_acts_under_the_other_appointment(self, cast: Cast) -> None:
        other = self.second(cast)
        client = client_of(cast.officer)
        key = client.session.session_key
        assert client.get("/users/").status_code == 200
        client.post("/act-as/", {"appointment": str(other.pk)})
        assert client.session.session_key != key
        assert client.get("/users/").status_code == 403

    def test_switch_to_an_appointment_of_somebody_else_does_nothing(self, cast: Cast) -> None:
        client = client_of(cast.officer)
        client.post("/act-as/", {"appointment": str(cast.secretary.appointment_id)})
        assert client.get("/users/").context["request"].actor.role is Role.DISTRICT_OFFICER

    def test_header_offers_the_other_posts(self, cast: Cast) -> None:
        self.second(cast)
        page = client_of(cast.officer).get("/users/")
        assert [post["current"] for post in page.context["appointments"]] == [False, True]


class TestPassword:
    def change(self, client: Client, old: str = PASSWORD, new: str = NEW, again: str = NEW):
        return client.post("/password/", {"old": old, "new": new, "again": again})

    def test_change_password_keeps_this_session_and_ends_others(self, cast: Cast) -> None:
        here, elsewhere = client_of(cast.officer), client_of(cast.officer)
        assert self.change(here).status_code == 302
        assert here.get("/users/").status_code == 200
        assert elsewhere.get("/users/").status_code == 302
        entry = AuditEntry.objects.get(action="user.password_changed")
        assert NEW not in str(entry.changes)

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"old": "wrong"}, "old"),
            ({"again": "other"}, "again"),
            ({"new": "short", "again": "short"}, "new"),
            ({"new": PASSWORD, "again": PASSWORD}, "new"),
            ({"new": "1234567890123", "again": "1234567890123"}, "new"),
        ],
    )
    def test_change_password_refuses(self, cast: Cast, values: dict[str, str], field: str) -> None:
        response = self.change(client_of(cast.officer), **values)
        assert response.status_code == 422
        assert field in response.context["form"].errors

    def test_one_time_password_must_be_replaced_first(self, cast: Cast) -> None:
        User.objects.filter(pk=cast.officer.user_id).update(must_change_password=True)
        client = client_of(cast.officer)
        assert client.get("/users/").url == "/password/"
        assert client.get("/users/", headers={"HX-Request": "true"})["HX-Redirect"] == "/password/"
        assert client.get("/password/").status_code == 200
        self.change(client)
        assert client.get("/users/").status_code == 200
