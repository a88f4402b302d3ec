"""Help without a visit: given, promised and kept, corrected, taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.models import Help
from casework.services.helps import record_help
from households.models import Household
from povertyops.common.ids import uuid7
from tests.casework.pages.families import family, text_of, this_year, today, typed
from tests.casework.work import a_help, an_item, state_of
from tests.cast import Cast, client_of


def body(item: Any, **values: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "item": str(item.pk),
        "status": "delivered",
        "agency_name": "พมจ.สงขลา",
        "given_on": typed(today()),
        "amount_baht": "3,000",
        "detail": "",
        "letter_number": "สข 0005/1",
        **values,
    }


def url_of(household: Household) -> str:
    return f"/households/{household.pk}/help/"


def test_help_is_recorded_without_a_visit(cast: Cast) -> None:
    household, item = family(cast), an_item("living")

    answer = client_of(cast.officer).post(url_of(household), body(item))

    assert answer.url == f"/households/{household.pk}/"
    row = Help.objects.get()
    assert (row.visit, row.amount_baht, row.letter_number) == (None, 3000, "สข 0005/1")
    assert state_of(household, this_year()).helps == 1


def test_sent_twice_is_stored_once(cast: Cast) -> None:
    household, item = family(cast), an_item()
    client, sent = client_of(cast.officer), body(item)

    client.post(url_of(household), sent)
    client.post(url_of(household), sent)

    assert Help.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"item": ""}, "โปรดเลือกรายการช่วยเหลือ"),
        ({"amount_baht": "-5"}, "มากกว่าหรือเท่ากับ 0"),
        ({"given_on": "วานนี้"}, "วันที่ต้องเป็น วัน/เดือน/ปี พ.ศ."),
        ({"given_on": typed(today() + timedelta(days=2))}, "วันที่ให้ความช่วยเหลืออยู่ในอนาคต"),
    ],
)
def test_bad_input_explains_itself(cast: Cast, wrong: dict[str, str], said: str) -> None:
    household, item = family(cast), an_item()

    answer = client_of(cast.officer).post(url_of(household), {**body(item, detail="พิมพ์ไว้แล้ว"), **wrong})

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "พิมพ์ไว้แล้ว" in text_of(answer)
    assert not Help.objects.exists()


def test_promise_is_kept_by_a_new_row(cast: Cast) -> None:
    household = family(cast)
    promise = record_help(
        actor=cast.mentor, help=a_help(an_item("living"), household, status="promised", given_on=today())
    )
    url = f"/helps/{promise.pk}/deliver/"
    client = client_of(cast.mentor)

    assert "ส่งมอบตามที่รับปาก" in text_of(client.get(url))
    client.post(
        url, {"id": str(uuid7()), "given_on": typed(today()), "amount_baht": "2500", "detail": "ไก่ 18 ตัว"}
    )

    kept = Help.objects.get(fulfils=promise)
    assert (kept.status, kept.amount_baht, kept.detail) == ("delivered", 2500, "ไก่ 18 ตัว")
    promise.refresh_from_db()
    assert promise.status == "promised"


def test_correction_replaces_without_erasing(cast: Cast) -> None:
    household, item = family(cast), an_item()
    wrong = record_help(actor=cast.mentor, help=a_help(item, household, given_on=today()))
    client = client_of(cast.mentor)
    url = f"/helps/{wrong.pk}/amend/"

    without = client.post(url, body(item, amount_baht="300"))
    client.post(url, body(item, amount_baht="300", reason="พิมพ์ศูนย์เกิน"))

    assert "โปรดบอกเหตุผลที่แก้ไข" in text_of(without)
    assert Help.objects.get(amends=wrong).amount_baht == 300
    assert state_of(household, this_year()).baht == 300


def test_help_that_never_was_is_taken_back(cast: Cast) -> None:
    household = family(cast)
    wrong = record_help(actor=cast.mentor, help=a_help(an_item(), household, given_on=today()))
    client = client_of(cast.mentor)

    client.post(f"/helps/{wrong.pk}/void/", {"void-note": ""})
    assert not Help.objects.filter(amends=wrong).exists()
    client.post(f"/helps/{wrong.pk}/void/", {"void-note": "คนละครัวเรือน"})

    assert Help.objects.get(amends=wrong).is_void
    assert state_of(household, this_year()).helps == 0


def test_help_of_another_area_is_not_found(cast: Cast) -> None:
    household = family(cast)
    row = record_help(actor=cast.mentor, help=a_help(an_item(), household, given_on=today()))
    client = client_of(cast.far_officer)

    for url in (url_of(household), f"/helps/{row.pk}/amend/", f"/helps/{row.pk}/deliver/"):
        assert client.get(url).status_code == 404


def test_executive_is_refused(cast: Cast) -> None:
    assert client_of(cast.executive).get(url_of(family(cast))).status_code == 403
