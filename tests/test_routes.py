"""Every route and method as everybody: refused elsewhere, answered at home, and no view without a policy."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.common.api import ApiPolicy
from povertyops.common.policies import Policy
from tests.cast import Cast, client_of, sign_in
from tests.fillers import all_routes
from tests.route_fillers import (
    SECRETS,
    Route,
    Scene,
    district_scene,
    fingerprint,
    municipal_scene,
    snooping,
)

ROUTES = all_routes()
PAGE_METHODS = ("GET", "POST")
METHODS = (*PAGE_METHODS, "PUT", "PATCH", "DELETE")
REFUSED = frozenset({401, 403, 404, 405, 409, 422})

# People who have nothing to do with a household of the district Ranot.
STRANGERS = (
    *("far_mentor", "far_team_member", "far_team_leader", "far_officer", "far_municipal_officer"),
    *("far_secretary", "far_executive", "other_mentor", "other_team_member", "other_officer"),
    *("municipal_officer", "municipal_mentor", "national_viewer", "system_admin", "nobody", "expired"),
    *("income_lead", "idle_agency_officer", "far_lead_officer", "far_agency_officer"),
)

# Who is at home there, by role; the municipal officer at the municipal household.
AT_HOME = {
    Role.MENTOR: "mentor",
    Role.TEAM_MEMBER: "team_member",
    Role.TEAM_LEADER: "team_leader",
    Role.DISTRICT_OFFICER: "officer",
    Role.MUNICIPAL_OFFICER: "municipal_officer",
    Role.PROVINCIAL_SECRETARY: "secretary",
    Role.LEAD_OFFICE: "lead_officer",
    Role.AGENCY: "agency_officer",
    Role.EXECUTIVE: "executive",
    Role.NATIONAL_VIEWER: "national_viewer",
    Role.SYSTEM_ADMIN: "system_admin",
}


@dataclass(frozen=True)
class Door:
    """A route as the URLconf has it."""

    name: str
    address: str
    view: Any

    @property
    def policy(self) -> Policy | None:
        """What the view says of itself; None for a bare one."""
        found = getattr(self.view, "policy", None)
        if isinstance(found, Policy):
            return found
        classes = getattr(getattr(self.view, "cls", None), "permission_classes", ())
        return next((c.policy for c in classes if issubclass(c, ApiPolicy)), None)

    @property
    def has_holes(self) -> bool:
        return "<" in self.address

    @property
    def is_api(self) -> bool:
        return self.address.startswith("api/")

    @property
    def methods(self) -> tuple[str, ...]:
        """What is worth a try: a page knows GET and POST. It refuses others or reads them like GET, as those
        at home see (`test_role_is_answered_at_home`)."""
        return METHODS if self.is_api else PAGE_METHODS

    @property
    def route(self) -> Route:
        return ROUTES.get(self.name, Route())


def _doors(resolver: URLResolver, prefix: str = "") -> Iterator[Door]:
    for entry in resolver.url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield Door(entry.name or "", address, entry.callback)
        else:
            yield from _doors(entry, address)


DOORS = list(_doors(get_resolver()))
GUARDED = [door for door in DOORS if door.policy and not door.policy.anonymous]


def _names(doors: list[Door]) -> list[str]:
    return [door.name for door in doors]


def test_every_view_states_its_policy() -> None:
    bare = [door.address for door in DOORS if door.policy is None]
    assert bare == []


def test_every_route_has_a_name_of_its_own() -> None:
    names = _names(DOORS)
    assert "" not in names
    assert len(set(names)) == len(names)


def test_every_hole_has_a_filler() -> None:
    assert [door.name for door in DOORS if door.has_holes and door.name not in ROUTES] == []


def test_only_these_pages_are_open_to_everybody() -> None:
    assert {door.name for door in DOORS if door.policy and door.policy.anonymous} == {
        "healthz",
        "sign_in",
        "set_language_choice",
        "gallery",
        # The same bytes for everybody: what is personal comes from the phone itself.
        "field_shell",
        "service_worker",
        "web_manifest",
        # Without persons and small numbers; there only where a province has switched it on.
        "public_page",
        "public_json",
        "public_csv",
        "outbox",
        # A family reported by its neighbours: only where the province has opened the door; nothing is told.
        "public_nominate",
        "public_track",
    }


@pytest.fixture
def scene(cast: Cast) -> Scene:
    return district_scene(cast)


def browser_of(actor: Actor) -> Client:
    """A session in which a broken page is an answer (500), not the end of the walk."""
    return sign_in(Client(raise_request_exception=False), actor)


def call(
    client: Client, door: Door, method: str, kwargs: Mapping[str, Any], body: Mapping[str, Any]
) -> HttpResponse:
    """One request whose traces in the database and in the browser's cookies are taken back."""
    url = reverse(door.name, kwargs=dict(kwargs))
    send = getattr(client, method.lower(), client.get)
    cookies = client.cookies.copy()
    with transaction.atomic():
        if method == "SNOOP":  # GET with filters that lead to the scene
            response = client.get(url, body)
        elif method == "GET":
            response = send(url)
        elif method == "POST" and not door.is_api:
            response = send(url, dict(body))
        else:
            response = send(url, json.dumps(body), content_type="application/json")
        response.read_all = b"".join(response) if response.streaming else response.content
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


def reads(response: HttpResponse) -> list[str]:
    """Which secrets stand in the answer."""
    text = response.read_all.decode(errors="replace") + unquote(str(response.headers))
    return [secret for secret in SECRETS if secret in text]


def is_refusal(response: HttpResponse) -> bool:
    to_sign_in = response.status_code == 302 and response.url.startswith("/sign-in/")
    return to_sign_in or response.status_code in REFUSED


def test_nobody_signed_in_is_sent_to_sign_in(cast: Cast, scene: Scene) -> None:
    answered = [
        f"{method} {door.address} answered {response.status_code}"
        for door in GUARDED
        for method in door.methods
        if not is_refusal(response := call(Client(), door, method, door.route.holes(scene, cast.officer), {}))
    ]
    assert answered == []


@pytest.mark.parametrize("name", STRANGERS)
def test_stranger_is_refused_and_changes_nothing(cast: Cast, scene: Scene, name: str) -> None:
    stranger: Actor = cast.people[name]
    client = browser_of(stranger)
    before = fingerprint(scene)
    faults: list[str] = []
    for door in GUARDED:
        if stranger.role not in door.route.also and name not in door.route.familiar:
            faults += _walk_as_stranger(client, stranger, scene, door, before)
    assert faults == []


def _walk_as_stranger(
    client: Client, stranger: Actor, scene: Scene, door: Door, before: dict[str, Any]
) -> Iterator[str]:
    kwargs, body = door.route.holes(scene, stranger), door.route.body(scene, stranger)
    allowed = door.policy is not None and door.policy.allows(stranger.role)
    must_refuse = not allowed or (door.has_holes and not door.route.general)
    for method in ("SNOOP", *door.methods):
        sent = snooping(scene) if method == "SNOOP" else body
        response = call(client, door, method, kwargs, sent)
        told = f"{method} {door.address} answered {response.status_code}"
        if response.status_code >= 500 or (must_refuse and not is_refusal(response)):
            yield told
        if seen := reads(response):
            yield f"{told} and shows {seen}"
        if method == "POST" and response.status_code not in (401, 403, 404, 405):
            with transaction.atomic():
                _send_for_good(client, door, kwargs, body)
                if fingerprint(scene) != before:
                    yield f"{told} and changed something"
                transaction.set_rollback(True)


def _send_for_good(client: Client, door: Door, kwargs: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """The harmful body once more, with its traces kept for a look at the rows."""
    url = reverse(door.name, kwargs=dict(kwargs))
    cookies = client.cookies.copy()
    if door.is_api:
        client.post(url, json.dumps(body), content_type="application/json")
    else:
        client.post(url, dict(body))
    client.cookies = cookies


def test_secrets_are_there_to_be_found(cast: Cast, scene: Scene) -> None:
    client = client_of(cast.secretary)
    for name in ("sign_out", "household", "household"):
        door = next(door for door in GUARDED if door.name == name)
        response = call(client, door, "GET", door.route.holes(scene, cast.secretary), {})
    assert reads(response)


@pytest.mark.parametrize("role", list(AT_HOME))
def test_role_is_answered_at_home(cast: Cast, role: Role) -> None:
    actor: Actor = cast.people[AT_HOME[role]]
    here = municipal_scene(cast) if role is Role.MUNICIPAL_OFFICER else district_scene(cast)
    client = browser_of(actor)
    faults = []
    for door in GUARDED:
        if door.policy is None or not door.policy.allows(role) or role in door.route.not_for:
            continue
        kwargs = door.route.holes(here, actor)
        answers = {method: call(client, door, method, kwargs, {}).status_code for method in METHODS}
        if max(answers.values()) >= 500 or {403, 404} & {answers["GET"], answers["POST"]}:
            faults.append(f"{door.address}: {answers}")
        elif {405} == set(answers.values()):
            faults.append(f"{door.address} answers no method")
        faults += [
            f"{door.address} knows {method}"
            for method in METHODS
            if method not in door.methods and answers[method] not in {*REFUSED, answers["GET"]}
        ]
    assert faults == []
