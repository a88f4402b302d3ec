"""POST /api/v1/visits/: created, the same again, conflicts, refusals, batches, sealed, mended times."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from casework.arrival import receipt_number
from casework.inputs import VisitInput
from casework.models import Assessment, FamilyPriority, Help, HelpMenuItem, Visit, VisitConflict, VisitReceipt
from casework.services.receipts import content_hash
from households.models import Household
from povertyops.accounts.actor import Actor
from povertyops.accounts.services import create_api_token
from povertyops.common.ids import uuid7
from povertyops.common.sealing import seal_item
from tests.casework.test_visits import queries_of
from tests.cast import Cast, build_cast, client_of, make_case, make_household, make_listing

URL = "/api/v1/visits/"
# What the first release stored for the visit of the test.
OLD_FINGERPRINT = "645e3baf0c8897b6a753a06f0d9d8dde40648e1e30eccb9770ec451ef0702d84"


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
    answer = post(Client(), body(household))

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert "ลงชื่อเข้าใช้" in answer.json()["message"]


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
        ({"visited_at": "0001-01-01T00:00:00+07:00"}, "invalid"),
        ({"visited_at": "9999-12-31T23:59:59-12:00"}, "invalid"),
        ({"accuracy_m": "nan"}, "invalid"),
        ({"latitude": "inf", "longitude": 1}, "invalid"),
        ({"time_doubt": "maybe"}, "invalid"),
        ({"skipped": {"13": "no"}}, "invalid"),
        ({"skipped": {"13": "refused"}}, "survey_year_needed"),
        ({"priorities": [{"rank": 4, "dimension": "living"}]}, "invalid"),
        ({"priorities": [{"rank": 1, "dimension": "living"}] * 2}, "bad_priorities"),
        ({"family_contribution": "x" * 501}, "invalid"),
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
    assert answer.json()["code"] == "unreadable"
    assert "โปรดส่งใหม่" in answer.json()["message"]


@pytest.mark.parametrize("data", ["[" * 200_000, "7", '"x"', "null", "[null, [], {}]"])
def test_odd_bodies_are_refused_with_a_sentence(cast: Cast, data: str) -> None:
    answer = client_of(cast.mentor).post(URL, data, content_type="application/json")

    assert answer.status_code in (200, 400)
    told = answer.json() if isinstance(answer.json(), list) else [answer.json()]
    assert all(item["code"] in {"invalid", "unreadable"} and item["message"] for item in told)


def test_a_body_without_end_is_refused(cast: Cast) -> None:
    answer = client_of(cast.mentor).post(URL, "[" + " " * 6_000_000 + "]", content_type="application/json")

    assert (answer.status_code, answer.json()["code"]) == (413, "too_long")


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
def test_visits_with_a_token_take_six_queries(cast: Cast, household: Household, number: int) -> None:
    token = create_api_token(actor=cast.officer, user=cast.mentor.user)
    sent = [body(household) for _visit in range(number)]
    post(client_of(cast.mentor), body(household))  # brings the household's rows up to its facts

    with CaptureQueriesContext(connection) as captured:
        answer = Client().post(
            URL, sent, content_type="application/json", headers={"Authorization": f"Token {token}"}
        )

    assert [item["result"] for item in answer.json()] == ["created"] * number
    assert len(queries_of(captured)) == 6


# ---------------------------------------------------------------------------------------------- later fields


def test_everything_a_phone_says_is_stored(cast: Cast, household: Household) -> None:
    sent = body(
        household,
        claimed_at="2568-11-20T10:00:00+07:00",
        time_doubt="future",
        family_contribution="ปลูกผักขายเอง",
        priorities=[
            {"rank": 1, "dimension": "living", "indicator": 13, "reason": "ฝนรั่ว"},
            {"rank": 2, "dimension": "income"},
        ],
        answers={"13": "fail"},
        skipped={"14": "refused", "13": "later"},
        survey_year=2569,
        is_full=True,
        sent_latitude=7.2,
        sent_longitude=100.6,
    )

    answer = post(client_of(cast.mentor), sent)

    visit, sheet = Visit.objects.get(), Assessment.objects.get()
    assert answer.status_code == 201
    assert answer.json()["visit"]["receipt"] == receipt_number(visit.pk) == answer_tail(sent)
    assert (visit.claimed_at.year, visit.time_doubt) == (2568, "future")
    assert (visit.sent_latitude, visit.sent_longitude) == (7.2, 100.6)
    assert visit.family_contribution == "ปลูกผักขายเอง"
    assert (sheet.skipped, sheet.is_full) == ({"14": "refused"}, True)
    assert list(FamilyPriority.objects.values_list("rank", "dimension", "indicator", "reason")) == [
        (1, "living", 13, "ฝนรั่ว"),
        (2, "income", None, ""),
    ]


def answer_tail(sent: dict[str, object]) -> str:
    tail = str(sent["id"]).replace("-", "")[-8:].upper()
    return f"{tail[:4]}-{tail[4:]}"


def test_correction_carries_over_what_the_family_said(cast: Cast, household: Household) -> None:
    client = client_of(cast.mentor)
    priorities = [{"rank": 1, "dimension": "living", "reason": "ฝนรั่ว"}]
    first = body(household, family_contribution="ปลูกผัก", priorities=priorities)
    post(client, first)

    second = body(household, note="แก้", amends=first["id"])
    post(client, second)

    corrected = Visit.objects.get(pk=second["id"])
    assert corrected.family_contribution == "ปลูกผัก"
    assert corrected.priorities.get().reason == "ฝนรั่ว"


def test_what_is_measured_at_sending_is_no_content(cast: Cast, household: Household) -> None:
    client, sent = client_of(cast.mentor), body(household)
    post(client, {**sent, "clock_skew_s": 3})

    again = post(client, {**sent, "clock_skew_s": 90, "sent_latitude": 7.0, "sent_longitude": 100.0})

    assert again.json()["result"] == "same"


@pytest.mark.parametrize(
    "change",
    [
        {"claimed_at": "2026-01-01T00:00:00Z"},
        {"time_doubt": "future"},
        {"family_contribution": "x"},
        {"priorities": [{"rank": 1, "dimension": "living"}]},
        {"is_full": True},
    ],
)
def test_every_later_field_is_content(cast: Cast, household: Household, change: dict[str, object]) -> None:
    client, sent = client_of(cast.mentor), body(household)
    post(client, sent)

    assert post(client, {**sent, **change}).status_code == 409


def test_fingerprint_of_an_older_record_stays_what_it_was() -> None:
    visit = VisitInput(
        id=UUID(int=1),
        household_id=UUID(int=2),
        visited_at=datetime(2026, 11, 20, 3, tzinfo=UTC),
        note="พบยาย",
        answers={13: "pass"},
        survey_year=2568,
    )

    assert content_hash(visit).hex() == OLD_FINGERPRINT


# ---------------------------------------------------------------------------------------------- clocks


def test_buddhist_year_is_told_with_the_day_that_was_meant(cast: Cast, household: Household) -> None:
    answer = post(client_of(cast.mentor), body(household, visited_at="2569-11-20T10:00:00+07:00")).json()

    assert (answer["code"], answer["field"]) == ("future_visit", "visited_at")
    assert answer["suggested_at"] == "2026-11-20T10:00:00+07:00"
    assert "20 พ.ย. 2569 10:00" in answer["message"]
    assert Visit.objects.count() == 0


def test_clock_in_the_buddhist_era_is_known_by_its_skew(cast: Cast, household: Household) -> None:
    meant = datetime(2026, 11, 20, 3, tzinfo=UTC)
    told = meant.replace(year=2569)
    skew = round((told - meant).total_seconds())

    answer = post(client_of(cast.mentor), body(household, visited_at=told.isoformat(), clock_skew_s=skew))

    assert answer.status_code == 201
    assert Visit.objects.get().visited_on == timezone.localdate(meant)
    assert Visit.objects.get().clock_skew_s == skew


@pytest.mark.parametrize("days", [-2, 2])
def test_clock_two_days_off_is_kept_and_reckoned_with(cast: Cast, household: Household, days: int) -> None:
    meant = timezone.now().replace(microsecond=0) - timedelta(hours=1)
    off = timedelta(days=days)
    sent = body(household, visited_at=(meant + off).isoformat(), clock_skew_s=round(off.total_seconds()))

    answer = post(client_of(cast.mentor), sent)

    visit = Visit.objects.get()
    assert answer.status_code == 201
    assert visit.visited_on == timezone.localdate(meant)
    assert visit.clock_skew_s == days * 86_400


@pytest.mark.parametrize(
    ("claimed", "code"),
    [("2030-01-01T10:00:00+07:00", "future_visit"), ("2020-01-01T10:00:00+07:00", "before_list")],
)
def test_impossible_time_is_asked_about_and_kept(
    cast: Cast, household: Household, claimed: str, code: str
) -> None:
    client, sent = client_of(cast.mentor), body(household, visited_at=claimed)
    asked = post(client, sent).json()

    doubt = {"future_visit": "future", "before_list": "before_list"}[code]
    mended = {**sent, "visited_at": "2026-11-20T10:00:00+07:00", "claimed_at": claimed, "time_doubt": doubt}
    answer = post(client, mended)

    visit = Visit.objects.get()
    assert (asked["code"], asked["field"]) == (code, "visited_at")
    assert answer.status_code == 201
    assert (visit.claimed_at, visit.time_doubt) == (datetime.fromisoformat(claimed), doubt)
    page = client.get(f"/visits/{visit.pk}/").content.decode()
    assert "เวลาแรกที่เครื่องให้มาเป็นไปไม่ได้" in page


# ---------------------------------------------------------------------------------------------- sealed


def seal(actor: Actor, sent: dict[str, object], **values: object) -> dict[str, object]:
    """A visit as it waits on this person's phone."""
    item_id = values.pop("item_id", sent["id"])
    box = seal_item(
        json.dumps(sent, ensure_ascii=False).encode(),
        **{"kind": "visit", "user_id": actor.user_id, "item_id": UUID(str(item_id)), **values},
    )
    return {"id": sent["id"], "sealed": base64.b64encode(box).decode()}


def test_sealed_visit_is_stored_like_a_plain_one(cast: Cast, household: Household) -> None:
    client, sent = client_of(cast.mentor), body(household)
    outside = {"clock_skew_s": 5, "sent_latitude": 7.1, "sent_longitude": 100.5}

    first = post(client, {**seal(cast.mentor, sent), **outside})
    again = post(client, sent)

    visit = Visit.objects.get()
    assert (first.status_code, again.json()["result"]) == (201, "same")
    assert (visit.clock_skew_s, visit.sent_latitude, visit.sent_longitude) == (5, 7.1, 100.5)


def test_sealed_visit_of_somebody_else_stays_closed_and_harms_no_other(
    cast: Cast, household: Household
) -> None:
    foreign, own = body(household, note="ความลับ"), body(household)

    answer = post(client_of(cast.mentor), [seal(cast.second_mentor, foreign), seal(cast.mentor, own)])

    refused, stored = answer.json()
    assert (refused["status"], refused["result"], refused["code"]) == (400, "refused", "seal_broken")
    assert refused["id"] == foreign["id"]
    assert "body" not in refused
    assert "ความลับ" not in answer.content.decode()
    assert stored["result"] == "created"


@pytest.mark.parametrize("wrong", [{"kind": "facts"}, {"item_id": UUID(int=9)}])
def test_sealed_for_something_else_stays_closed(
    cast: Cast, household: Household, wrong: dict[str, object]
) -> None:
    answer = post(client_of(cast.mentor), seal(cast.mentor, body(household), **wrong))

    assert (answer.status_code, answer.json()["code"]) == (400, "seal_broken")


def test_the_id_outside_the_seal_is_the_one_that_counts(cast: Cast, household: Household) -> None:
    sent = body(household)
    boxed = seal(cast.mentor, {**sent, "id": str(uuid7())}, item_id=sent["id"])

    answer = post(client_of(cast.mentor), {**boxed, "id": sent["id"]})

    assert answer.status_code == 201
    assert str(Visit.objects.get().pk) == sent["id"]


@pytest.mark.parametrize("box", ["", "?", None, 7, "UE9TMQ==", "A" * 500_000])
def test_broken_boxes_are_refused(cast: Cast, household: Household, box: object) -> None:
    answer = post(client_of(cast.mentor), [{"id": body(household)["id"], "sealed": box}, body(household)])

    assert [item["result"] for item in answer.json()] == ["refused", "created"]


def test_refused_sealed_visit_comes_back_open_to_be_mended(cast: Cast, household: Household) -> None:
    client = client_of(cast.mentor)
    sent = body(household, visited_at="2030-01-01T10:00:00+07:00", note="พบตา")

    refused = post(client, seal(cast.mentor, sent)).json()
    mended = {**refused["body"], "visited_at": "2026-11-20T10:00:00+07:00"}
    answer = post(client, seal(cast.mentor, mended))

    assert (refused["code"], refused["body"]["note"]) == ("future_visit", "พบตา")
    assert answer.status_code == 201


# ---------------------------------------------------------------------------------------------- faults


def test_one_visit_sent_a_hundred_times_is_one_row(cast: Cast, household: Household) -> None:
    client, sent = client_of(cast.mentor), body(household)

    results = [post(client, [sent] * 10).json() for _round in range(10)]

    said = [item["result"] for answer in results for item in answer]
    assert (said.count("created"), said.count("same")) == (1, 99)
    assert Visit.objects.count() == VisitReceipt.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_visit_sent_by_ten_at_once_and_with_other_content() -> None:
    cast = build_cast()
    household = make_household(cast, team=cast.mentor_team)
    make_listing(household, fiscal_year=2570, dimensions=2)
    make_case(household)
    sent = body(household)
    clients = [client_of(cast.mentor) for _number in range(10)]

    def send(number: int) -> int:
        try:
            other = {**sent, "note": "อีกเรื่อง"} if number % 5 == 4 else sent
            return post(clients[number], other).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        said = sorted(pool.map(send, range(10)))

    # Eight say one thing, two another: whichever came first is the record.
    assert said in ([200] * 7 + [201] + [409] * 2, [200] + [201] + [409] * 8)
    assert Visit.objects.count() == 1
    assert VisitConflict.objects.count() == 1
