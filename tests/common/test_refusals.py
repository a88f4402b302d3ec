"""A refusal as a page, as a fragment and as JSON; and policies."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils.translation import gettext_lazy

from povertyops.common.errors import Conflict, DomainError, NotAllowed
from povertyops.common.middleware import RefusalMiddleware
from povertyops.common.policies import NoAppointment, Policy, allow, public, signed_in

MESSAGE = "ครัวเรือนนี้มีคำขอค้างอยู่"


def refuse(
    error: Exception, *, path: str = "/x/", method: str = "GET", **headers: str
) -> HttpResponse | None:
    request = RequestFactory(headers=headers).generic(method, path)
    request.user = None
    return RefusalMiddleware(lambda request: HttpResponse()).process_exception(request, error)


def test_domain_error_is_a_page_with_the_sentence() -> None:
    response = refuse(Conflict("pending", MESSAGE), method="POST")
    assert response.status_code == 409
    assert MESSAGE in response.content.decode()
    assert "<html" in response.content.decode()


def test_domain_error_is_a_fragment_for_htmx() -> None:
    response = refuse(NotAllowed("read_only", MESSAGE), **{"HX-Request": "true"})
    assert response.status_code == 403
    assert MESSAGE in response.content.decode()
    assert "<html" not in response.content.decode()


def test_domain_error_is_json_for_the_api() -> None:
    response = refuse(DomainError("bad", gettext_lazy("ข้อความ")), path="/api/v1/x/")
    assert (response.status_code, json.loads(response.content)) == (400, {"code": "bad", "message": "ข้อความ"})


@pytest.mark.parametrize(
    ("error", "status"), [(Http404(), 404), (PermissionDenied(), 403), (NoAppointment(), 403)]
)
def test_absent_and_forbidden_are_fragments_for_htmx(error: Exception, status: int) -> None:
    response = refuse(error, **{"HX-Request": "true"})
    assert response.status_code == status
    assert "<html" not in response.content.decode()


@pytest.mark.parametrize("error", [Http404(), PermissionDenied(), ValueError()])
def test_whole_pages_are_left_to_the_framework(error: Exception) -> None:
    assert refuse(error) is None


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/public/9%000/", "/public/90/?a=%00", "/api/v1/progress/90/?list=%00"])
def test_an_address_with_a_nul_is_refused_before_the_database_is(client: Client, address: str) -> None:
    assert client.get(address).status_code == 400


class SomeActor:
    def __init__(self, role: str | None) -> None:
        self.role = role


class SomeUser:
    is_authenticated = True


def request_as(role: str | None) -> HttpRequest:
    request = RequestFactory().get("/x/")
    request.user, request.actor = SomeUser(), SomeActor(role)
    return request


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def test_view_carries_its_policy() -> None:
    assert public(page).policy == Policy(anonymous=True)
    assert allow("mentor")(page).policy == Policy(roles=frozenset({"mentor"}))


def test_allow_lets_its_roles_in_and_nobody_else() -> None:
    view = allow("mentor")(page)
    assert view(request_as("mentor")).content == b"ok"
    with pytest.raises(PermissionDenied):
        view(request_as("executive"))


def test_person_without_appointment_is_told_so() -> None:
    with pytest.raises(NoAppointment):
        signed_in(page)(request_as(None))
