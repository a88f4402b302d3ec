"""The switch between Thai and English: remembered for the person and on the device, and nowhere else."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils.translation import get_language, gettext, override

from povertyops.accounts.models import User
from tests.cast import Cast, absent_id, client_of, make_household

pytestmark = pytest.mark.django_db


def choose(client: Client, language: str, *, then: str = "/sign-in/", **headers: str) -> HttpResponse:
    return client.post("/language/", {"language": language, "next": then}, headers=headers)


def language_of_page(client: Client, page: str = "/sign-in/", **headers: str) -> str:
    text = client.get(page, headers=headers).content.decode()
    return text.partition('<html lang="')[2][:2]


def test_stranger_reads_thai_whatever_the_browser_asks_for(db: None) -> None:
    asking = {"accept_language": "en-GB,en;q=0.9"}
    assert language_of_page(Client(), **asking) == "th"
    assert "English</button>" in Client().get("/sign-in/").content.decode()


def test_choice_of_a_stranger_stays_on_the_device(db: None) -> None:
    client = Client()
    answer = choose(client, "en", then="/sign-in/?next=/today/")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/today/")
    cookie = answer.cookies["django_language"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("en", True, "Lax")
    page = client.get("/sign-in/").content.decode()
    assert '<html lang="en"' in page
    assert ">ไทย</button>" in page
    assert get_language() == "th"
    choose(client, "th")
    assert language_of_page(client) == "th"


def test_choice_of_a_person_comes_along_to_other_devices(cast: Cast) -> None:
    choose(client_of(cast.officer), "en")
    assert User.objects.get(pk=cast.officer.user_id).language == "en"
    assert language_of_page(client_of(cast.officer), "/households/") == "en"
    assert language_of_page(client_of(cast.mentor), "/households/") == "th"


def test_choice_of_a_person_wins_over_the_device(cast: Cast) -> None:
    on_device = client_of(cast.officer)
    choose(on_device, "th")
    on_device.cookies["django_language"] = "en"
    assert language_of_page(on_device, "/households/") == "th"


def test_language_not_spoken_changes_nothing(cast: Cast) -> None:
    client = client_of(cast.officer)
    answer = choose(client, "fr")
    assert answer.status_code == 302
    assert "django_language" not in answer.cookies
    assert User.objects.get(pk=cast.officer.user_id).language == ""
    client.cookies["django_language"] = "../en"
    assert language_of_page(client, "/households/") == "th"


def test_switch_needs_its_token(db: None) -> None:
    assert choose(Client(enforce_csrf_checks=True), "en").status_code == 403


@pytest.mark.parametrize(
    ("told", "led"),
    [
        ("/households/?area=90", "/households/?area=90"),
        ("http://testserver/today/", "/today/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("http://testserver//evil.example/", "/evil.example/"),
        ("/\\evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_switch_leads_back_only_to_this_site(db: None, told: str, led: str) -> None:
    assert choose(Client(), "en", then=told)["Location"] == led
    assert choose(Client(), "en", then="", referer=told)["Location"] == led


def test_refusals_are_worded_in_english(cast: Cast) -> None:
    client = client_of(cast.officer)
    choose(client, "en")
    asked = {"old": "not the one", "new": "quite another one", "again": "quite another one"}
    with override("en"):
        said = gettext("รหัสผ่านเดิมไม่ถูกต้อง")
    assert said.isascii()
    assert said in client.post("/password/", asked).content.decode()
    absent = f"households/{absent_id()}/"
    assert "Page not found" in client.get(f"/{absent}").content.decode()
    assert client.get(f"/api/v1/{absent}").json()["message"].isascii()


def test_files_stay_thai(cast: Cast) -> None:
    client = client_of(cast.secretary)
    choose(client, "en")
    make_household(cast)
    answer = client.get("/exports/households.csv?fiscal_year=2568")
    assert "บ้านเลขที่" in b"".join(answer).decode()
