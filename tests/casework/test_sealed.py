"""What a person sealed on a phone: opened again for the same person, and brought in as a file."""

from __future__ import annotations

import base64
import json
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from casework.models import Photo, Visit
from casework.services.sealed_file import read_sealed_file
from households.models import Correction, Household
from povertyops.accounts.actor import Actor
from povertyops.common.errors import InvalidInput
from povertyops.common.ids import uuid7
from povertyops.common.models import AccessEntry
from povertyops.common.sealing import seal_item
from tests.casework.pages.families import family, text_of
from tests.casework.photos import Upload, jpeg
from tests.casework.test_after_assignment import days_ago, noon
from tests.casework.test_api_visits import body, seal
from tests.cast import Cast, client_of

OPEN, FILE = "/api/v1/sealed/open/", "/outbox/file/"


@pytest.fixture
def household(cast: Cast) -> Household:
    return family(cast)


def boxed(actor: Actor, content: Any, *, kind: str = "draft", item_id: UUID | None = None) -> dict[str, Any]:
    item_id = item_id or uuid7()
    box = seal_item(json.dumps(content).encode(), kind=kind, user_id=actor.user_id, item_id=item_id)
    return {"id": str(item_id), "kind": kind, "sealed": base64.b64encode(box).decode()}


def ask_open(client: Client, items: Any) -> Any:
    return client.post(OPEN, items, content_type="application/json")


# ----------------------------------------------------------------------------------------------- opened again


@pytest.mark.parametrize("kind", ["visit", "facts", "draft"])
def test_own_items_open_in_their_order(cast: Cast, kind: str) -> None:
    items = [boxed(cast.mentor, content, kind=kind) for content in ({"note": "พบยาย"}, [1], "ข้อความ")]

    answers = ask_open(client_of(cast.mentor), items).json()

    assert [answer["body"] for answer in answers] == [{"note": "พบยาย"}, [1], "ข้อความ"]
    assert [answer["id"] for answer in answers] == [item["id"] for item in items]


def test_items_of_others_stay_closed(cast: Cast) -> None:
    items = [boxed(cast.second_mentor, {"note": "ความลับ"}), boxed(cast.mentor, {"note": "ของเรา"})]

    foreign, own = ask_open(client_of(cast.mentor), items).json()

    assert (foreign["code"], "body" in foreign) == ("seal_broken", False)
    assert own["body"]["note"] == "ของเรา"


@pytest.mark.parametrize(
    "item",
    [
        7,
        None,
        {},
        {"id": 7, "kind": "draft", "sealed": "UE9TMQ=="},
        {"id": "?", "kind": "draft", "sealed": "UE9TMQ=="},
        {"id": str(UUID(int=1)), "kind": "photo", "sealed": ""},
        {"id": str(UUID(int=1)), "kind": "draft", "sealed": "??"},
        {"id": str(UUID(int=1)), "kind": "draft"},
    ],
)
def test_what_is_no_sealed_item_is_said_to_be_none(cast: Cast, item: Any) -> None:
    answer = ask_open(client_of(cast.mentor), [item])

    assert answer.status_code == 200
    assert answer.json()[0]["message"]
    assert "body" not in answer.json()[0]


def test_opening_is_bounded_and_for_people_signed_in(cast: Cast) -> None:
    assert ask_open(client_of(cast.mentor), [{}] * 501).json()["code"] == "too_many"
    assert ask_open(Client(), [{}]).status_code == 401
    assert ask_open(client_of(cast.executive), [{}]).status_code == 403


def test_opening_without_end_is_slowed_down(cast: Cast) -> None:
    client = client_of(cast.second_mentor)

    said = [ask_open(client, []).status_code for _number in range(125)]

    assert said[:120] == [200] * 120
    assert set(said[120:]) == {429}
    assert ask_open(client, []).json()["code"] == "too_often"


# --------------------------------------------------------------------------------------------------- the file


def photo_line(upload: Upload, actor: Actor) -> dict[str, Any]:
    """As the phone writes it: what belongs to the photo is sealed beside it."""
    about = {name: upload.announced[name] for name in ("household", "taken_at")}
    sealed = boxed(actor, about, item_id=upload.id)["sealed"]
    return {
        "id": str(upload.id),
        "visit": str(upload.visit),
        "size": len(upload.sent),
        "sha256": upload.announced["sha256"],
        "sealed": base64.b64encode(upload.sent).decode(),
        "about": sealed,
    }


def outbox(cast: Cast, household: Household) -> dict[str, Any]:
    """The file of a phone with a visit, its photo and a changed fact."""
    sent = body(household, visited_at=noon(days_ago(1)))
    upload = Upload(client_of(cast.mentor), cast.mentor, household, jpeg(), visit=str(sent["id"]))
    fact = {"household": str(household.pk), "field": "phone", "value": "0812345678", "base_version": 0}
    return {
        "format": "povertyops-outbox",
        "version": 1,
        "user_id": cast.mentor.user_id,
        "made_at": noon(days_ago(0)),
        "clock_skew_s": 7,
        "items": [
            boxed(cast.mentor, fact, kind="facts"),
            {"kind": "visit", **seal(cast.mentor, sent)},
        ],
        "photos": [photo_line(upload, cast.mentor)],
    }


def bring(client: Client, content: Any) -> Any:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    file = BytesIO(data)
    file.name = "povertyops-outbox.json"
    return client.post(FILE, {"file": file})


def states(answer: Any) -> list[str]:
    return [result.state for result in answer.context["results"]]


def test_file_of_a_phone_is_stored_and_each_item_told(cast: Cast, household: Household) -> None:
    answer = bring(client_of(cast.mentor), outbox(cast, household))

    visit, photo = Visit.objects.get(), Photo.objects.get()
    assert (answer.status_code, states(answer)) == (200, ["stored"] * 3)
    assert (photo.owner_id, photo.state, visit.clock_skew_s) == (visit.pk, "stored", 7)
    assert Correction.objects.get().value == "0812345678"
    assert "เลขรับ" in text_of(answer)
    assert AccessEntry.objects.filter(kind="sealed_file").count() == 1


def test_file_may_be_brought_in_twice(cast: Cast, household: Household) -> None:
    file, client = outbox(cast, household), client_of(cast.mentor)
    bring(client, file)

    answer = bring(client, file)

    assert states(answer) == ["same"] * 3
    assert (Visit.objects.count(), Photo.objects.count()) == (1, 1)


def test_file_in_lines_with_plain_words_about_a_photo(cast: Cast, household: Household) -> None:
    file = outbox(cast, household)
    photo = {**file["photos"][0], "kind": "photo", "household": str(household.pk)}
    del photo["about"]
    head = {"povertyops": 1, "user_id": cast.mentor.user_id, "made_at": file["made_at"]}
    lines = "\r\n".join(json.dumps(line) for line in [head, *file["items"], photo])

    answer = bring(client_of(cast.mentor), b"\xef\xbb\xbf" + lines.encode())

    assert states(answer) == ["stored"] * 3


def test_file_of_somebody_else_is_refused_with_a_sentence(cast: Cast, household: Household) -> None:
    answer = bring(client_of(cast.second_mentor), outbox(cast, household))

    assert answer.status_code == 422
    assert "ปิดผนึกโดยผู้ใช้อื่น" in text_of(answer)
    assert Visit.objects.count() == 0


def test_claiming_a_file_opens_nothing(cast: Cast, household: Household) -> None:
    stolen = {**outbox(cast, household), "user_id": cast.second_mentor.user_id}

    answer = bring(client_of(cast.second_mentor), stolen)

    assert states(answer) == ["refused"] * 3
    assert (Visit.objects.count(), Photo.objects.count(), Correction.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\xff",
        b"{",
        b"[]",
        b"7",
        b'{"povertyops": 2}',
        b"[" * 100_000,
        b'{"format": "povertyops-outbox"}',
    ],
)
def test_other_files_are_refused_with_a_sentence(cast: Cast, data: bytes) -> None:
    answer = bring(client_of(cast.mentor), data)

    assert answer.status_code == 422
    assert "ไม่ใช่ไฟล์รายการรอส่ง" in text_of(answer)


def test_empty_or_missing_file_is_asked_for(cast: Cast) -> None:
    client = client_of(cast.mentor)

    assert "ไฟล์นี้ว่างเปล่า" in text_of(bring(client, b""))
    assert client.post(FILE, {}).status_code == 422
    assert client.get(FILE).status_code == 200


def test_odd_items_harm_no_other(cast: Cast, household: Household) -> None:
    file = outbox(cast, household)
    odd = [7, None, {}, {"kind": "draft"}, {"kind": "visit", "id": "?"}, {"kind": "photo", "id": "?"}]
    file["items"] = [*odd, *file["items"]]
    file["photos"] += [{"visit": "?"}, {**file["photos"][0], "id": str(uuid7()), "sealed": "??"}]

    answer = bring(client_of(cast.mentor), file)

    assert sorted(states(answer)) == ["refused"] * 6 + ["stored"] * 3
    assert "ไม่รู้จักรายการชนิดนี้" in text_of(answer)


def test_file_is_bounded(cast: Cast, settings: Any) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_sealed_file(actor=cast.mentor, data=b" " * (60 * 1024 * 1024 + 1))
    assert refusal.value.code == "file_too_big"
    head = {"povertyops": 1, "user_id": cast.mentor.user_id, "items": [{}] * 1_001}
    with pytest.raises(InvalidInput) as refusal:
        read_sealed_file(actor=cast.mentor, data=json.dumps(head).encode())
    assert refusal.value.code == "too_many"


def test_roles_without_records_have_no_such_page(cast: Cast) -> None:
    for actor in (cast.executive, cast.national_viewer, cast.system_admin, cast.nobody):
        assert client_of(actor).get(FILE).status_code == 403
