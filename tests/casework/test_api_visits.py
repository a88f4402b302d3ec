"""POST /api/v1/visits/: created, the same again, conflicts, refusals, batches."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from casework.models import Help, HelpMenuItem, Visit, VisitConflict
from households.models import Household
from povertyops.accounts.services import create_api_token
from povertyops.common.ids import uuid7
from tests.casework.test_visits import queries_of
from tests.cast import Cast, client_of, make_case, make_household, make_listing

URL = "/api/v1/visits/"


@pytest.fixture
def household(cast: Cast) -> Household:
    household = make_household(cast, team=cast.mentor_team)
    make_listing(household, fiscal_year=2570, dimensions=2)
    make_case(household)
    return household


@pytest.fixture
def far_household(cast: Cast) -> Household:
    household = make_household(cast, village="40010101", team=cast.far_mentor_team)
    make_listing(household, fiscal_year=2570, dimensions=2)
    make_case(household)
    return household


def body(household: Household, **values: object) -> dict[str, object]:
    return {
        "id": str(uuid7()),
        "household": str(household.pk),
        "visited_at": "2026-11-20T10:00:00+07:00",
        "note": "พบยาย",
        **values,
    }


def post(client: Client, data: object) -> object:
    return client.post(URL, data, content_type="application/json")


def test_one_visit_is_created_then_the_same(cast: Cast, household: Household) -> None:
    client, sent = client_of(cast.mentor), body(household)

    first, second = post(client, sent), post(client, sent)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["visit"] == second.json()["visit"]
    assert Visit.objects.count() == 1


def test_other_content_under_the_same_id_is_a_conflict_and_both_are_kept(
    cast: Cast, household: Household
) -> None:
    client, sent = client_of(cast.mentor), body(household)
    post(client, sent)

    answer = post(client, {**sent, "note": "อีกเรื่องหนึ่ง"})

    assert answer.status_code == 409
    assert Visit.objects.get().note == "พบยาย"
    assert VisitConflict.objects.get().body["note"] == "อีกเรื่องหนึ่ง"


def test_conflict_says_nothing_of_a_record_out_of_sight(
    cast: Cast, household: Household, far_household: Household
) -> None:
    stored = body(far_household, note="ความลับ")
    post(client_of(cast.far_mentor), stored)

    answer = post(client_of(cast.mentor), {**body(household), "id": stored["id"]})

    assert answer.status_code == 409
    assert "visit" not in answer.json()
    assert "ความลับ" not in answer.content.decode()
    assert VisitConflict.objects.get().household_id == far_household.pk


def test_household_out_of_sight_is_not_found(cast: Cast, far_household: Household) -> None:
    answer = post(client_of(cast.mentor), body(far_household))

    assert answer.status_code == 404
    assert Visit.objects.count() == 0


def test_role_without_work_is_refused(cast: Cast, household: Household) -> None:
    for actor in (cast.executive, cast.national_viewer, cast.system_admin):
        assert post(client_of(actor), body(household)).status_code == 403


def test_nobody_signed_in_is_refused(household: Household) -> None:
    assert post(Client(), body(household)).status_code in (401, 403)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"visited_at": "2099-01-01T10:00:00+07:00"}, "future_visit"),
        ({"visited_at": "2020-01-01T10:00:00+07:00"}, "before_list"),
        ({"next_visit_on": "2026-11-01"}, "next_before_visit"),
        ({"latitude": 7.0}, "half_place"),
        ({"outcome": "gone"}, "invalid"),
        (
            {"helps": [{"id": str(UUID(int=1)), "item": str(UUID(int=2)), "given_on": "2026-11-20"}]},
            "unknown_item",
        ),
        ({"verifications": [{"person": str(UUID(int=3)), "status": "correct"}]}, "person_elsewhere"),
        ({"amends": str(UUID(int=4))}, "unknown_visit"),
        ({"answers": {"13": "pass"}}, "survey_year_needed"),
        ({"note": "\x00"}, "invalid"),
    ],
)
def test_impossible_visit_explains_itself(
    cast: Cast, household: Household, change: dict[str, object], code: str
) -> None:
    answer = post(client_of(cast.mentor), body(household, **change))

    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert answer.json()["message"]
    assert Visit.objects.count() == 0


def test_refused_visit_can_be_mended_and_sent_again(cast: Cast, household: Household) -> None:
    client, sent = client_of(cast.mentor), body(household, visited_at="2099-01-01T10:00:00+07:00")
    post(client, sent)

    answer = post(client, {**sent, "visited_at": "2026-11-20T10:00:00+07:00"})

    assert answer.status_code == 201


def test_batch_gives_a_status_per_item(cast: Cast, household: Household, far_household: Household) -> None:
    client, known = client_of(cast.mentor), body(household)
    post(client, known)
    fresh = body(household)

    answer = post(
        client,
        [
            known,
            fresh,
            {**known, "note": "x"},
            body(far_household),
            {"id": "?"},
            7,
            body(household, outcome="?"),
            fresh,
        ],
    )

    assert answer.status_code == 200
    assert [item["status"] for item in answer.json()] == [200, 201, 409, 404, 400, 400, 400, 200]
    assert Visit.objects.count() == 2


def test_same_new_id_twice_in_one_batch_with_other_content(cast: Cast, household: Household) -> None:
    sent = body(household)

    answer = post(client_of(cast.mentor), [sent, {**sent, "note": "x"}])

    assert [item["status"] for item in answer.json()] == [201, 409]


def test_batch_of_more_than_a_hundred_is_refused(cast: Cast, household: Household) -> None:
    answer = post(client_of(cast.mentor), [body(household) for _ in range(101)])

    assert answer.status_code == 400
    assert answer.json()["code"] == "too_many"


def test_half_a_body_is_refused(cast: Cast) -> None:
    answer = client_of(cast.mentor).post(URL, '{"id": "', content_type="application/json")

    assert answer.status_code == 400


def test_visit_with_help_is_stored_with_it(cast: Cast, household: Household) -> None:
    item = HelpMenuItem.objects.create(code="repair", dimension="living", name="ซ่อมบ้าน", nature="relief")
    help_ = {
        "id": str(uuid7()),
        "item": str(item.pk),
        "given_on": "2026-11-20",
        "agency": " พมจ. ",
        "amount_baht": "3000",
    }

    answer = post(client_of(cast.mentor), body(household, helps=[help_]))

    assert answer.status_code == 201
    stored = Help.objects.select_related("agency").get()
    assert (stored.amount_baht, stored.agency.name, stored.visit_id) == (3000, "พมจ.", Visit.objects.get().pk)


@pytest.mark.parametrize("number", [1, 3])
def test_visits_with_a_token_take_eight_queries(cast: Cast, household: Household, number: int) -> None:
    token = create_api_token(actor=cast.officer, user=cast.mentor.user)
    sent = [body(household) for _visit in range(number)]
    post(client_of(cast.mentor), body(household))  # brings the household's rows up to its facts

    with CaptureQueriesContext(connection) as captured:
        answer = Client().post(
            URL, sent, content_type="application/json", headers={"Authorization": f"Token {token}"}
        )

    assert [item["result"] for item in answer.json()] == ["created"] * number
    assert len(queries_of(captured)) == 8
