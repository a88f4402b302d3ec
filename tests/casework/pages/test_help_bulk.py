"""The same help for many households: chosen, counted, warned about, confirmed, stored once."""

from __future__ import annotations

from typing import Any

import pytest

from casework.models import Help, HelpBatch
from casework.services.helps import record_help
from povertyops.common.ids import uuid7
from tests.casework.pages.families import family, text_of, today, typed
from tests.casework.work import INCOME, LIVING, a_help, an_item
from tests.cast import CITY_VILLAGE, FAR_VILLAGE, Cast, client_of

URL = "/help/bulk/"


def body(item: Any, households: list[Any], **values: Any) -> dict[str, Any]:
    return {
        "step": "apply",
        "batch_id": str(uuid7()),
        "household": [str(household.pk) for household in households],
        "item": str(item.pk),
        "agency_name": "เหล่ากาชาดจังหวัดสงขลา",
        "amount_baht": "3000",
        "given_on": typed(today()),
        "letter_number": "สข 0017/360",
        **values,
    }


def test_ticked_households_are_counted_before_anything_is_stored(cast: Cast) -> None:
    households = [family(cast) for _ in range(3)]

    answer = client_of(cast.officer).post(URL, {"household": [str(each.pk) for each in households]})

    assert answer.status_code == 200
    assert answer.context["chosen"].count == 3
    assert "บันทึกให้ 3 ครัวเรือน" in text_of(answer)
    assert not Help.objects.exists()


def test_batch_is_stored_once_under_one_letter(cast: Cast) -> None:
    households, item = [family(cast) for _ in range(3)], an_item("income")
    client, sent = client_of(cast.officer), body(item, households)

    client.post(URL, sent)
    client.post(URL, sent)

    batch = HelpBatch.objects.get()
    assert (batch.households, batch.amount_baht) == (3, 3000)
    assert Help.objects.filter(batch=batch, letter_number="สข 0017/360").count() == 3


def test_everything_means_the_filter_and_not_the_page(cast: Cast) -> None:
    poor = [family(cast, dimensions=INCOME) for _ in range(2)]
    family(cast, dimensions=LIVING)
    sent = body(an_item("income"), [], everything="1", expected="2")

    client_of(cast.officer).post(f"{URL}?failing=income", sent)

    assert set(Help.objects.values_list("household", flat=True)) == {each.pk for each in poor}


def test_filter_that_finds_others_meanwhile_asks_again(cast: Cast) -> None:
    family(cast)
    sent = body(an_item(), [], everything="1", expected="5")

    answer = client_of(cast.officer).post(URL, sent)

    assert answer.status_code == 422
    assert "จาก 5 เป็น 1 ครัวเรือน" in text_of(answer)
    assert not Help.objects.exists()


def test_likely_repeat_is_shown_and_waits_for_a_tick(cast: Cast) -> None:
    households, item = [family(cast) for _ in range(2)], an_item("income")
    record_help(actor=cast.mentor, help=a_help(item, households[0], given_on=today()))
    client, sent = client_of(cast.officer), body(item, households)

    warned = client.post(URL, sent)

    assert warned.status_code == 409
    assert "1 ครัวเรือนมีความช่วยเหลือแบบเดียวกันอยู่แล้ว" in text_of(warned)
    assert households[0].head_name in text_of(warned)
    assert Help.objects.count() == 1

    client.post(URL, {**sent, "allow_repeat": "on"})

    assert Help.objects.count() == 3


def test_municipal_households_are_left_out_and_said(cast: Cast) -> None:
    own = family(cast, village="90010301", team=None)
    municipal = family(cast, village=CITY_VILLAGE, team=cast.municipal_mentor_team)

    answer = client_of(cast.other_officer).post(URL, {"household": [str(own.pk), str(municipal.pk)]})

    assert (answer.context["chosen"].count, answer.context["chosen"].read_only) == (1, 1)
    assert "อีก 1 ครัวเรือนอยู่ในความรับผิดชอบของเทศบาล" in text_of(answer)


def test_households_of_another_area_are_dropped(cast: Cast) -> None:
    far = family(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)

    answer = client_of(cast.officer).post(URL, body(an_item(), [far]))

    assert answer.url == "/households/"
    assert not Help.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"letter_number": ""}, "การช่วยเหลือเป็นชุดต้องมีเลขที่หนังสือ"),
        ({"item": ""}, "โปรดเลือกรายการช่วยเหลือ"),
        ({"given_on": ""}, "โปรดใส่วันที่"),
    ],
)
def test_bad_input_explains_itself(cast: Cast, wrong: dict[str, str], said: str) -> None:
    household = family(cast)

    answer = client_of(cast.officer).post(URL, {**body(an_item(), [household]), **wrong})

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Help.objects.exists()


def test_broken_choice_is_refused_with_a_sentence(cast: Cast) -> None:
    answer = client_of(cast.officer).post(URL, {"household": ["not-a-key"]})

    assert answer.status_code == 400
    assert "รายการที่เลือกไม่ถูกต้อง" in text_of(answer)


def test_page_opened_by_itself_leads_to_the_list(cast: Cast) -> None:
    assert "เริ่มจากเลือกครัวเรือน" in text_of(client_of(cast.officer).get(URL))


@pytest.mark.parametrize("wrong_role", ["mentor", "team_leader", "executive"])
def test_field_workers_are_refused(cast: Cast, wrong_role: str) -> None:
    assert client_of(getattr(cast, wrong_role)).post(URL, {}).status_code == 403
