"""Where each role lands and goes, the demo's personas, and the first administrator."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from povertyops.accounts.enums import Role
from povertyops.accounts.models import User
from povertyops.accounts.places import PLACES, landing_url, navigation
from tests.cast import Cast, client_of


@pytest.mark.parametrize(
    ("who", "route"),
    [
        ("mentor", "today"),
        ("team_member", "today"),
        ("team_leader", "today"),
        ("officer", "queues"),
        ("municipal_officer", "queues"),
        ("secretary", "board_home"),
        ("executive", "board_home"),
        ("national_viewer", "board_home"),
        ("system_admin", "user_list"),
    ],
)
def test_role_lands_on_its_page(cast: Cast, who: str, route: str) -> None:
    assert client_of(cast.people[who]).get("/").url == reverse(route)


@pytest.mark.parametrize("role", list(Role))
def test_every_place_of_a_role_is_a_page(role: Role) -> None:
    places = [place for place in PLACES[role] if place.route]
    assert len([item for item in navigation(role, "/") if item["url"]]) == len(places)
    assert landing_url(role)


def test_the_page_one_is_on_is_marked() -> None:
    marked = [item["url"] for item in navigation(Role.SYSTEM_ADMIN, "/users/7/edit/") if item["current"]]
    assert marked == ["/users/"]


def test_places_of_a_role_are_open_to_it(cast: Cast) -> None:
    refused = {}
    for name in ("mentor", "team_leader", "officer", "municipal_officer", "secretary", "executive"):
        client = client_of(cast.people[name])
        for place in PLACES[cast.people[name].role]:
            if place.route and client.get(reverse(place.route)).status_code not in (200, 302):
                refused[name] = place.route
    assert refused == {}


def test_header_says_who_as_what_where_until_when(cast: Cast) -> None:
    page = client_of(cast.officer).get("/users/").text
    for word in ("Officer", "เจ้าหน้าที่ ศจพ.อ.", "ศจพ.อ.ระโนด", "ไม่มีกำหนด"):
        assert word in page


def test_personas_stand_on_the_sign_in_page_of_the_demo_only(client: Client, db: None, settings) -> None:
    assert "personas" not in client.get("/sign-in/").context
    settings.SIGN_IN_PANEL = "povertyops.demo.personas.sign_in_panel"
    settings.SIGN_IN_PASSWORD = "povertyops.demo.personas.PASSWORD"
    assert "songkhla.mentor" in client.get("/sign-in/").text


def test_first_administrator_is_made_once(cast: Cast) -> None:
    out = StringIO()
    call_command("create_admin", "root.one", stdout=out)
    user = User.objects.get(username="root.one")
    assert user.check_password(out.getvalue().strip())
    assert user.appointments.get().role == Role.SYSTEM_ADMIN
    with pytest.raises(CommandError):
        call_command("create_admin", "root.one")
