"""GET /api/v1/households/: the same rows as the pages, keyset pages, one household."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from casework.services.visits import record_visit
from tests.casework.work import YEAR, a_help, a_visit, an_item, in_care
from tests.cast import FAR_VILLAGE, Cast, client_of

URL = "/api/v1/households/"


def test_list_counts_and_shows_what_the_caller_sees(cast: Cast) -> None:
    household = in_care(cast)
    in_care(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)

    answer = (
        client_of(cast.officer).get(URL, {"fiscal_year": YEAR, "failing": "living", "list": "tpmap"}).json()
    )

    assert (answer["count"], answer["next"], answer["as_of"]) == (1, None, "2025-09-30")
    row = answer["results"][0]
    assert (row["id"], row["stage"], row["failing"], row["area"]) == (
        str(household.pk),
        "waiting",
        ["living"],
        "90070101",
    )


def test_pages_follow_each_other_without_gap_or_repeat(cast: Cast) -> None:
    ids = {str(in_care(cast).pk) for _ in range(53)}
    client, seen = client_of(cast.secretary), []
    url = f"{URL}?fiscal_year={YEAR}"
    while url:
        answer = client.get(url).json()
        assert answer["count"] == 53
        seen += [row["id"] for row in answer["results"]]
        url = answer["next"]

    assert len(seen) == 53
    assert set(seen) == ids


def test_wrong_filter_is_refused_with_a_sentence(cast: Cast) -> None:
    answer = client_of(cast.officer).get(URL, {"area": "9"})

    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (400, "bad_filter", "area")


@pytest.mark.parametrize("number", [1, 3])
def test_list_takes_few_queries(cast: Cast, number: int) -> None:
    for _ in range(number):
        in_care(cast)
    client = client_of(cast.officer)

    with CaptureQueriesContext(connection) as captured:
        client.get(URL, {"fiscal_year": YEAR})

    assert len(captured) == 6


def test_one_household_tells_its_story(cast: Cast) -> None:
    household = in_care(cast)
    record_visit(actor=cast.mentor, visit=a_visit(household, helps=(a_help(an_item(relieves=False)),)))

    answer = client_of(cast.mentor).get(f"{URL}{household.pk}/").json()

    assert answer["id"] == str(household.pk)
    assert answer["missing"][0]["code"] == "not_relieved"
    assert [visit["note"] for visit in answer["visits"]] == ["พบยาย"]
    assert [help_["item"] for help_ in answer["helps"]] == ["ซ่อมบ้าน"]


def test_household_out_of_sight_is_not_found(cast: Cast) -> None:
    far = in_care(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)
    for actor in (cast.officer, cast.secretary, cast.mentor):
        assert client_of(actor).get(f"{URL}{far.pk}/").status_code == 404


def test_roles_without_households_are_refused(cast: Cast) -> None:
    household = in_care(cast)
    for actor in (cast.national_viewer, cast.system_admin):
        assert client_of(actor).get(URL).status_code == 403
        assert client_of(actor).get(f"{URL}{household.pk}/").status_code == 403
    assert Client().get(URL).status_code in (401, 403)
