"""Photos in parts: told of, cut, resumed, checked, drawn anew, seen by those who see the visit."""

from __future__ import annotations

import hashlib
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from casework.enums import PhotoState
from casework.models import Photo, PhotoBody, PhotoPart, Visit
from casework.services.photos import add_part, open_photo
from casework.tasks.nightly import purge_photos
from households.models import Household
from povertyops.common.errors import InvalidInput
from povertyops.common.ids import uuid7
from tests.casework.pages.families import family
from tests.casework.photos import Upload, jpeg
from tests.casework.test_after_assignment import days_ago, end_appointment, moved_away, noon
from tests.casework.test_api_visits import body, post
from tests.casework.test_visits import queries_of
from tests.cast import Cast, build_cast, client_of


@pytest.fixture
def household(cast: Cast) -> Household:
    return family(cast)


@pytest.fixture
def upload(cast: Cast, household: Household) -> Upload:
    return Upload(client_of(cast.mentor), cast.mentor, household, jpeg())


def refused(answer: Any) -> str:
    """Why a photo was refused; it says so in Thai and leaves no parts behind."""
    said = answer.json()
    assert (answer.status_code, said["state"]) == (200, "refused")
    assert said["message"]
    assert PhotoPart.objects.count() == PhotoBody.objects.count() == 0
    return str(said["refusal"])


# ------------------------------------------------------------------------------------- the way of a photo


def test_photo_is_told_of_sent_and_stored(upload: Upload) -> None:
    told, ended = upload.announce(latitude=7.2, longitude=100.6, accuracy_m=12, clock_skew_s=4), upload.send()

    photo = Photo.objects.get()
    assert (told.status_code, told.json()) == (
        201,
        {"id": str(upload.id), "offset": 0, "state": "receiving"},
    )
    assert ended.json() == {"id": str(upload.id), "offset": len(upload.sent), "state": "stored"}
    assert (photo.width, photo.height, photo.latitude, photo.clock_skew_s) == (640, 480, 7.2, 4)
    assert photo.stored_at is not None
    assert PhotoPart.objects.count() == 0


def test_photo_in_many_parts_is_the_same_photo(cast: Cast, household: Household) -> None:
    upload = Upload(client_of(cast.mentor), cast.mentor, household, jpeg(noisy=True))
    upload.announce()

    for start in range(0, len(upload.sent), 9_999):
        said = upload.send(start, start + 9_999).json()

    assert (said["state"], said["offset"]) == ("stored", len(upload.sent))
    assert Image.open(BytesIO(open_photo(Photo.objects.get()))).size == (640, 480)


def test_stored_bytes_are_sealed_and_bound_to_their_row(upload: Upload) -> None:
    upload.whole()
    stored = PhotoBody.objects.get()

    assert b"\xff\xd8\xff" not in bytes(stored.sealed)
    assert bytes(stored.sealed) != bytes(stored.sealed_thumb)
    assert open_photo(Photo.objects.get(), thumb=True).startswith(b"\xff\xd8\xff")


def test_everything_may_be_said_twice(upload: Upload) -> None:
    first, again = upload.announce(), upload.announce(clock_skew_s=900)
    upload.send()
    ended, once_more, asked = upload.send(), upload.announce(), upload.ask()

    assert (first.status_code, again.status_code, once_more.status_code) == (201, 200, 200)
    assert ended.json() == once_more.json() == asked.json()
    assert Photo.objects.count() == PhotoBody.objects.count() == 1


def test_wrong_offset_answers_the_right_one(upload: Upload) -> None:
    upload.announce()
    upload.send(0, 500)

    for offset in (0, 400, 501):
        answer = upload.send_bytes(b"x" * 10, offset)
        assert (answer.status_code, answer.json()["offset"]) == (409, 500)
    assert upload.ask().json()["offset"] == 500


@pytest.mark.parametrize("offset", ["", "-1", "x", "1.5", "๑", "9" * 30])
def test_offsets_that_are_none_are_refused(upload: Upload, offset: str) -> None:
    upload.announce()

    answer = upload.send_bytes(b"x", offset)

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_offset")


def test_parts_are_bounded(upload: Upload) -> None:
    upload.announce(size=2_000_000)

    assert upload.send_bytes(b"x" * (512 * 1024 + 1)).json()["code"] == "long_part"
    assert upload.send_bytes(b"x", content_type="image/jpeg").json()["code"] == "unsupported"
    assert Photo.objects.get().received == 0


def test_a_part_without_bytes_is_refused(cast: Cast, upload: Upload) -> None:
    upload.announce()

    with pytest.raises(InvalidInput) as refusal:
        add_part(actor=cast.mentor, visit_id=upload.visit, photo_id=upload.id, offset=0, data=b"")

    assert refusal.value.code == "empty_part"


def test_more_bytes_than_told_of_are_refused(upload: Upload) -> None:
    upload.announce()

    answer = upload.send_bytes(upload.sent + b"x")

    assert (answer.status_code, answer.json()["code"]) == (400, "too_long")
    assert upload.send().json()["state"] == "stored"


@pytest.mark.parametrize(
    "change",
    [
        {"size": 0},
        {"size": 6 * 1024 * 1024 + 1},
        {"size": "many"},
        {"sha256": "00"},
        {"sha256": "g" * 64},
        {"taken_at": "yesterday"},
        {"latitude": "nan", "longitude": 1},
        {"household": "?"},
    ],
)
def test_impossible_announcements_explain_themselves(upload: Upload, change: dict[str, Any]) -> None:
    answer = upload.announce(**change)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert set(answer.json()["fields_to_mend"]) <= set(change)
    assert answer.json()["message"]


def test_half_a_place_is_refused(upload: Upload) -> None:
    assert upload.announce(latitude=7.0).json()["code"] == "half_place"


def test_other_content_under_the_same_id_is_refused(upload: Upload) -> None:
    upload.announce()

    for change in ({"size": 7}, {"sha256": "0" * 64}, {"sealed": False}):
        answer = upload.announce(**change)
        assert (answer.status_code, answer.json()["code"]) == (400, "photo_id_used")


def test_eleventh_photo_of_a_visit_is_refused(cast: Cast, household: Household) -> None:
    client, visit = client_of(cast.mentor), uuid7()
    uploads = [Upload(client, cast.mentor, household, jpeg(), visit=visit) for _number in range(11)]

    said = [upload.announce() for upload in uploads]

    assert [answer.status_code for answer in said] == [201] * 10 + [400]
    assert said[10].json()["code"] == "too_many_photos"


# ------------------------------------------------------------------------------------- bad photos


def archive() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as file:
        file.writestr("evil.html", "<script>alert(1)</script>")
    return out.getvalue()


def flood() -> bytes:
    out = BytesIO()
    Image.new("1", (10_000, 5_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"GIF89a/*" + b"\0" * 40 + b"*/=1;alert(1)", "not_a_photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not_a_photo"),
        (b"<html><script>alert(1)</script></html>", "not_a_photo"),
        (archive(), "not_a_photo"),
        (jpeg(noisy=True)[:20_000], "broken_photo"),
        (flood(), "too_many_pixels"),
    ],
)
def test_what_is_no_photo_is_refused(
    cast: Cast, household: Household, data: bytes, code: str, sealed: bool
) -> None:
    upload = Upload(client_of(cast.mentor), cast.mentor, household, data, sealed=sealed)

    assert refused(upload.whole()) == code
    assert upload.ask().json()["refusal"] == upload.announce().json()["refusal"] == code


def test_what_hides_in_a_photo_does_not_stay(cast: Cast, household: Household) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretPhoneMaker"
    exif.get_ifd(0x8825).update({1: "N", 2: (7.0, 11.0, 0.0), 3: "E", 4: (100.0, 35.0, 0.0)})
    sent = jpeg(exif=exif, comment=b"<script>") + archive()
    Upload(client_of(cast.mentor), cast.mentor, household, sent).whole()

    for thumb in (False, True):
        data = open_photo(Photo.objects.get(), thumb=thumb)
        assert not Image.open(BytesIO(data)).getexif()
        assert not any(word in data for word in (b"SecretPhoneMaker", b"PK\x03\x04", b"script", b"Exif"))


def test_photo_that_does_not_match_its_fingerprint_may_be_sent_anew(upload: Upload) -> None:
    upload.announce()
    assert refused(upload.send_bytes(b"\0" * len(upload.sent))) == "wrong_sha"

    again = upload.announce()

    assert (again.json()["state"], again.json()["offset"]) == ("receiving", 0)
    assert upload.send().json()["state"] == "stored"


def test_photo_sealed_by_somebody_else_is_refused(cast: Cast, household: Household) -> None:
    upload = Upload(client_of(cast.mentor), cast.second_mentor, household, jpeg())

    assert refused(upload.whole()) == "seal_broken"


# ------------------------------------------------------------------------------------- whose photo, for whom


def url_of(upload: Upload, thumb: bool = False) -> str:
    return f"/photos/{upload.id}/{'thumb/' if thumb else ''}"


@pytest.mark.parametrize("photo_first", [True, False])
def test_photo_and_visit_meet_in_any_order(cast: Cast, household: Household, photo_first: bool) -> None:
    client, sent = client_of(cast.mentor), body(household, visited_at=noon(days_ago(1)))
    upload = Upload(client, cast.mentor, household, jpeg(), visit=sent["id"])

    steps = [upload.whole, lambda: post(client, sent)]
    for step in steps if photo_first else reversed(steps):
        step()

    page = client_of(cast.officer).get(f"/visits/{sent['id']}/").content.decode()
    assert url_of(upload) in page
    assert url_of(upload, thumb=True) in page
    assert "ไม่มีพิกัด" in page


def test_photo_stays_with_the_visit_that_corrects_its_own(cast: Cast, household: Household) -> None:
    client, first = client_of(cast.mentor), body(household, visited_at=noon(days_ago(1)))
    post(client, first)
    upload = Upload(client, cast.mentor, household, jpeg(), visit=first["id"])
    upload.whole()
    second = body(household, visited_at=noon(days_ago(1)), note="แก้", amends=first["id"])
    post(client, second)

    assert url_of(upload) in client.get(f"/visits/{second['id']}/").content.decode()


@pytest.mark.parametrize("thumb", [True, False])
def test_photo_is_served_as_a_picture_that_nobody_keeps(cast: Cast, upload: Upload, thumb: bool) -> None:
    upload.whole()

    answer = upload.client.get(url_of(upload, thumb))

    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"] == 'inline; filename="photo.jpg"'
    assert answer.content.startswith(b"\xff\xd8\xff")


def test_until_its_visit_comes_only_the_sender_sees_it(cast: Cast, household: Household) -> None:
    client, sent = client_of(cast.mentor), body(household, visited_at=noon(days_ago(1)))
    upload = Upload(client, cast.mentor, household, jpeg(), visit=sent["id"])
    upload.whole()

    assert client.get(url_of(upload)).status_code == 200
    assert client_of(cast.officer).get(url_of(upload)).status_code == 404
    post(client, sent)
    assert client_of(cast.officer).get(url_of(upload)).status_code == 200


@pytest.mark.parametrize("name", ["far_officer", "other_mentor", "other_officer", "municipal_officer"])
def test_people_elsewhere_do_not_see_it(cast: Cast, household: Household, name: str) -> None:
    client, sent = client_of(cast.mentor), body(household, visited_at=noon(days_ago(1)))
    upload = Upload(client, cast.mentor, household, jpeg(), visit=sent["id"])
    post(client, sent)
    upload.whole()
    stranger = client_of(cast.people[name])

    assert stranger.get(url_of(upload)).status_code == 404
    assert stranger.get(url_of(upload, thumb=True)).status_code == 404
    assert stranger.get(upload.url).status_code == 404


def test_photo_under_a_visit_of_another_household_shows_nowhere(cast: Cast, household: Household) -> None:
    far, visit = family(cast, village="40010101", team=cast.far_mentor_team), uuid7()
    upload = Upload(client_of(cast.mentor), cast.mentor, household, jpeg(), visit=visit)
    upload.whole()
    post(client_of(cast.far_mentor), {**body(far, visited_at=noon(days_ago(1))), "id": str(visit)})

    assert Visit.objects.get().household_id == far.pk
    assert client_of(cast.far_officer).get(url_of(upload)).status_code == 404
    assert url_of(upload) not in client_of(cast.far_mentor).get(f"/visits/{visit}/").content.decode()


def test_unfinished_and_refused_photos_are_not_served(cast: Cast, household: Household) -> None:
    upload = Upload(client_of(cast.mentor), cast.mentor, household, b"<html>")
    upload.announce()
    assert upload.client.get(url_of(upload)).status_code == 404
    upload.send()
    assert upload.client.get(url_of(upload)).status_code == 404


def test_photo_for_a_household_of_others_is_refused(cast: Cast) -> None:
    far = family(cast, village="40010101", team=cast.far_mentor_team)
    upload = Upload(client_of(cast.mentor), cast.mentor, far, jpeg())

    answer = upload.announce()

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert Photo.objects.count() == 0


def test_photo_for_another_household_than_its_visit_is_refused(cast: Cast, household: Household) -> None:
    other, client = family(cast), client_of(cast.mentor)
    sent = body(household, visited_at=noon(days_ago(1)))
    post(client, sent)

    answer = Upload(client, cast.mentor, other, jpeg(), visit=sent["id"]).announce()

    assert (answer.status_code, answer.json()["code"]) == (400, "photo_elsewhere")


def test_nobody_sends_into_another_persons_upload(cast: Cast, upload: Upload) -> None:
    upload.announce()
    upload.client = client_of(cast.second_mentor)

    assert (upload.ask().status_code, upload.send().status_code) == (404, 404)
    assert upload.announce().json()["code"] == "photo_id_used"
    upload.client = Client()
    assert [upload.ask().status_code, upload.announce().status_code, upload.send().status_code] == [401] * 3


def test_photo_of_a_household_that_left_the_senders_hands_is_taken(cast: Cast) -> None:
    household, client = moved_away(cast), client_of(cast.mentor)
    upload = Upload(client, cast.mentor, household, jpeg(), taken_at=noon(days_ago(2)))

    assert upload.whole().json()["state"] == "stored"
    late = Upload(client, cast.mentor, household, jpeg(), taken_at=noon(days_ago(3_000)))
    assert late.announce().status_code == 404


def test_photo_of_a_visit_that_is_the_senders_needs_no_more(cast: Cast, household: Household) -> None:
    client, sent = client_of(cast.mentor), body(household, visited_at=noon(days_ago(2)))
    post(client, sent)
    end_appointment(cast.mentor, days_ago(1))

    upload = Upload(client, cast.mentor, household, jpeg(), visit=sent["id"], taken_at=None)

    assert upload.whole().json()["state"] == "stored"


# ------------------------------------------------------------------------------------- cuts and crowds


@pytest.mark.django_db(transaction=True)
def test_upload_cut_on_its_way_goes_on_where_it_was_cut(live_server: Any) -> None:
    cast = build_cast()
    client = client_of(cast.mentor)
    upload = Upload(client, cast.mentor, family(cast), jpeg(noisy=True))
    upload.announce()
    whole, cut = len(upload.sent), 20_000

    _send_and_cut(live_server, client, upload, upload.sent[:cut])

    offset = _settled_offset(upload)
    photo = Photo.objects.get()
    assert offset in (0, cut)
    assert (photo.state, photo.received) == (PhotoState.RECEIVING, offset)
    assert PhotoBody.objects.count() == 0
    assert Visit.objects.count() == 0
    assert upload.send(offset).json() == {"id": str(upload.id), "offset": whole, "state": "stored"}
    assert PhotoPart.objects.count() == 0


def _send_and_cut(live_server: Any, client: Client, upload: Upload, data: bytes) -> None:
    """Promise the whole photo, send a part of it, and break the connection."""
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    token = "a" * 32
    head = (
        f"PATCH {upload.url} HTTP/1.1\r\nHost: {live_server.thread.host}\r\n"
        f"Cookie: {cookies}; csrftoken={token}\r\nX-CSRFToken: {token}\r\n"
        f"Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\n"
        f"Content-Length: {len(upload.sent)}\r\n\r\n"
    )
    with socket.create_connection((live_server.thread.host, live_server.thread.port), timeout=10) as wire:
        wire.sendall(head.encode() + data)


def _settled_offset(upload: Upload) -> int:
    """How much had come once the server noticed the cut."""
    deadline = timezone.now() + timedelta(seconds=10)
    while not (offset := upload.ask().json()["offset"]) and timezone.now() < deadline:
        pass
    return int(offset)


@pytest.mark.django_db(transaction=True)
def test_the_same_part_by_ten_at_once_is_stored_once() -> None:
    cast = build_cast()
    upload = Upload(client_of(cast.mentor), cast.mentor, family(cast), jpeg(noisy=True))
    upload.announce()
    half = len(upload.sent) // 2

    def send(_number: int) -> int:
        try:
            return int(upload.send(0, half).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        said = sorted(pool.map(send, range(10)))

    assert said == [200] + [409] * 9
    assert PhotoPart.objects.count() == 1
    assert upload.send(half).json()["state"] == "stored"


@pytest.mark.django_db(transaction=True)
def test_announced_by_ten_at_once_is_one_photo() -> None:
    cast = build_cast()
    upload = Upload(client_of(cast.mentor), cast.mentor, family(cast), jpeg())

    def announce(_number: int) -> int:
        try:
            return int(upload.announce().status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        said = sorted(pool.map(announce, range(10)))

    assert said == [200] * 9 + [201]
    assert Photo.objects.count() == 1


def test_night_forgets_uploads_that_never_ended(cast: Cast, household: Household) -> None:
    client = client_of(cast.mentor)
    old, young, whole = (Upload(client, cast.mentor, household, jpeg()) for _number in range(3))
    old.announce()
    old.send(0, 100)
    young.announce()
    whole.whole()
    Photo.objects.exclude(pk=young.id).update(recorded_at=timezone.now() - timedelta(days=15))

    assert (purge_photos(), purge_photos()) == (1, 0)

    assert set(Photo.objects.values_list("pk", flat=True)) == {young.id, whole.id}
    assert PhotoPart.objects.count() == 0
    assert old.announce().status_code == 201  # the phone still has it


@pytest.mark.parametrize("number", [1, 3])
def test_part_of_a_photo_takes_seven_queries(cast: Cast, household: Household, number: int) -> None:
    client, visit = client_of(cast.mentor), uuid7()
    uploads = [Upload(client, cast.mentor, household, jpeg(), visit=visit) for _number in range(number)]
    for upload in uploads:
        upload.announce()

    with CaptureQueriesContext(connection) as captured:
        uploads[0].send(0, 100)

    assert len(queries_of(captured)) == 7


@pytest.mark.parametrize("number", [1, 3])
def test_photos_add_one_query_to_the_page_of_a_visit(cast: Cast, household: Household, number: int) -> None:
    client, sent = client_of(cast.mentor), body(household, visited_at=noon(days_ago(1)))
    post(client, sent)
    with CaptureQueriesContext(connection) as bare:
        client.get(f"/visits/{sent['id']}/")
    for _number in range(number):
        Upload(client, cast.mentor, household, jpeg(), visit=sent["id"]).whole()

    with CaptureQueriesContext(connection) as captured:
        client.get(f"/visits/{sent['id']}/")

    assert len(captured) == len(bare)


def test_fingerprint_is_of_what_is_sent(upload: Upload) -> None:
    upload.whole()

    assert bytes(Photo.objects.get().sha256) == hashlib.sha256(upload.sent).digest()
    assert UUID(str(Photo.objects.get().owner_id)) == UUID(str(upload.visit))
