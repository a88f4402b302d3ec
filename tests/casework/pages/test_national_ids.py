"""National ids on pages: masked, searched for by POST, shown in full after a reason."""

from __future__ import annotations

from casework.forms.households import NationalIdForm
from households.models import Membership
from povertyops.common.models import AccessEntry
from povertyops.common.nid import format_pin, mask
from tests.casework.pages.families import family, text_of
from tests.cast import FAR_VILLAGE, Cast, client_of, demo_pin


def first_person(household):
    return Membership.objects.get(household=household, position=0).person


def test_search_by_id_opens_the_household_and_is_logged(cast: Cast) -> None:
    household = family(cast)
    pin = demo_pin(first_person(household))

    answer = client_of(cast.officer).post("/households/search/", {"national_id": format_pin(pin)})

    assert answer.url == f"/households/{household.pk}/"
    entry = AccessEntry.objects.get(kind="search_id")
    assert entry.household_id == household.pk
    assert pin not in str(entry.details) + entry.reason


def test_id_of_another_area_is_not_found(cast: Cast) -> None:
    far = family(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)
    pin = demo_pin(first_person(far))

    answer = client_of(cast.officer).post("/households/search/", {"national_id": pin})

    assert answer.status_code == 422
    assert "ไม่พบเลขนี้ในครัวเรือนที่ท่านดูแล" in text_of(answer)
    assert not AccessEntry.objects.exists()


def test_wrong_id_says_what_is_wrong() -> None:
    short = NationalIdForm({"national_id": "12345"})
    wrong = NationalIdForm({"national_id": "1234567890123"})

    assert short.errors["national_id"] == ["เลขประจำตัวประชาชนต้องมี 13 หลัก โปรดตรวจว่าพิมพ์ครบ"]
    assert wrong.errors["national_id"] == ["เลขประจำตัวประชาชนนี้ไม่ถูกต้อง โปรดตรวจทีละหลัก"]


def test_search_by_id_is_not_a_get(cast: Cast) -> None:
    assert client_of(cast.officer).get("/households/search/").status_code == 405


def test_page_masks_ids(cast: Cast) -> None:
    household = family(cast)
    pin = demo_pin(first_person(household))

    page = text_of(client_of(cast.officer).get(f"/households/{household.pk}/"))

    assert mask(pin) in page
    assert format_pin(pin) not in page
    assert pin not in page


def test_id_is_shown_after_a_reason_and_logged(cast: Cast) -> None:
    household = family(cast)
    person = first_person(household)
    url = f"/households/{household.pk}/reveal/{person.pk}/"
    client = client_of(cast.mentor)

    assert format_pin(demo_pin(person)) not in text_of(client.get(url))
    without = client.post(url, {})
    shown = client.post(url, {"reason": "verify", "detail": "ดูบัตรตัวจริง"})

    assert without.status_code == 422
    assert format_pin(demo_pin(person)) in text_of(shown)
    entry = AccessEntry.objects.get(kind="reveal_id")
    assert (entry.object_id, entry.household_id) == (str(person.pk), household.pk)
    assert entry.reason == "ตรวจสอบตัวบุคคลกับเอกสาร: ดูบัตรตัวจริง"


def test_other_reason_needs_words(cast: Cast) -> None:
    household = family(cast)
    url = f"/households/{household.pk}/reveal/{first_person(household).pk}/"

    answer = client_of(cast.mentor).post(url, {"reason": "other"})

    assert answer.status_code == 422
    assert "เหตุอื่น โปรดเขียนว่าเหตุใด" in text_of(answer)
    assert not AccessEntry.objects.exists()


def test_person_of_another_household_is_not_shown_through_ones_own(cast: Cast) -> None:
    mine, other = family(cast), family(cast, team=cast.other_mentor_team)
    url = f"/households/{mine.pk}/reveal/{first_person(other).pk}/"

    assert client_of(cast.mentor).post(url, {"reason": "verify"}).status_code == 404


def test_executive_sees_masks_only(cast: Cast) -> None:
    household = family(cast)
    client = client_of(cast.executive)

    assert "ดูเลข" not in text_of(client.get(f"/households/{household.pk}/"))
    url = f"/households/{household.pk}/reveal/{first_person(household).pk}/"
    assert client.post(url, {"reason": "verify"}).status_code == 403
