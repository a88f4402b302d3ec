"""The household page: why it is listed, where it stands, what is missing next, its story."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.services.helps import record_help
from casework.services.removal import request_removal
from casework.services.visits import record_visit
from tests.casework.pages.families import family, text_of, today
from tests.casework.work import INCOME, LIVING, a_help, a_visit, an_item
from tests.cast import CITY_VILLAGE, Cast, client_of


def page_of(actor: Any, household: Any, query: str = "") -> str:
    answer = client_of(actor).get(f"/households/{household.pk}/{query}")
    assert answer.status_code == 200
    return text_of(answer)


def test_page_tells_name_place_centre_and_team(cast: Cast) -> None:
    household = family(cast, house_no="12/3")

    page = page_of(cast.mentor, household)

    for said in (household.head_name, "บ้านเลขที่ 12/3", "หมู่ 1 บ้านรับแพรก", "ศจพ.อ.ระโนด", "ทีมพี่เลี้ยงรับแพรก"):
        assert said in page


def test_next_missing_condition_comes_first(cast: Cast) -> None:
    household = family(cast, dimensions=LIVING)
    answer = client_of(cast.mentor).get(f"/households/{household.pk}/")
    story = answer.context["story"]

    assert story.next_missing == "ยังไม่มีความช่วยเหลือที่บรรเทาปัญหาด้านความเป็นอยู่"
    first = story.rungs[0]
    assert (first.stage.code, first.conditions[0].met) == ("survive", False)
    assert first.conditions[0].text == story.next_missing


def test_relieving_help_moves_light_and_stage(cast: Cast) -> None:
    household = family(cast, dimensions=LIVING)
    record_help(actor=cast.mentor, help=a_help(an_item("living"), household, given_on=today()))

    page = page_of(cast.mentor, household)

    assert "light--relieved" in page
    assert "stage--survive" in page
    assert "ขึ้นขั้นอยู่รอด" in page


def test_story_is_newest_first_and_narrows_to_a_dimension(cast: Cast) -> None:
    household = family(cast, dimensions=LIVING | INCOME)
    record_help(
        actor=cast.mentor, help=a_help(an_item("living", name="ซ่อมหลังคา"), household, given_on=today())
    )
    record_help(
        actor=cast.mentor,
        help=a_help(an_item("income", name="ไก่ไข่"), household, given_on=today() - timedelta(days=1)),
    )
    client = client_of(cast.mentor)

    every = [event.title for event in client.get(f"/households/{household.pk}/").context["events"]]
    narrow = client.get(f"/households/{household.pk}/?dimension=income").context["events"]

    assert every.index("ซ่อมหลังคา") < every.index("ไก่ไข่")
    assert "ไก่ไข่" in [event.title for event in narrow]
    assert "ซ่อมหลังคา" not in [event.title for event in narrow]


def test_promise_that_was_kept_is_told_once(cast: Cast) -> None:
    household = family(cast)
    item = an_item("living", name="ซ่อมหลังคา")
    promise = a_help(item, household, given_on=today(), status="promised")
    record_help(actor=cast.mentor, help=promise)
    assert "รับปากไว้: ซ่อมหลังคา" in page_of(cast.mentor, household)

    record_help(actor=cast.mentor, help=a_help(item, household, given_on=today(), fulfils=promise.id))

    page = page_of(cast.mentor, household)
    assert "รับปากไว้: ซ่อมหลังคา" not in page
    assert "รับปากไว้ ยังไม่ส่งมอบ" not in page


def test_unknown_dimension_shows_the_whole_story(cast: Cast) -> None:
    household = family(cast)

    answer = client_of(cast.mentor).get(f"/households/{household.pk}/?dimension=luck")

    assert answer.context["dimension"] is None


def test_municipal_household_is_read_only_for_the_district(cast: Cast) -> None:
    household = family(cast, village=CITY_VILLAGE, team=cast.municipal_mentor_team)

    page = page_of(cast.other_officer, household)

    assert "ดูได้อย่างเดียว" in page
    assert "ศจพ.ทน.สงขลา" in page
    assert f"/households/{household.pk}/visit/" not in page
    assert f"/households/{household.pk}/visit/" in page_of(cast.municipal_officer, household)


def test_executive_reads_and_is_offered_no_act(cast: Cast) -> None:
    household = family(cast)

    page = page_of(cast.executive, household)

    assert "บทบาทของท่านเปิดอ่านได้ แต่บันทึกไม่ได้" in page
    for act in ("visit", "help", "plan", "remove"):
        assert f"/households/{household.pk}/{act}/" not in page


def test_pending_removal_is_announced(cast: Cast) -> None:
    household = family(cast)
    request_removal(
        actor=cast.mentor, household_id=household.pk, reason="moved", note="ไปอยู่กับลูก", effective_on=today()
    )

    page = page_of(cast.officer, household)

    assert "มีคำขอนำออกจากเป้าหมายรอพิจารณา: ย้ายออกนอกพื้นที่" in page
    assert f"/households/{household.pk}/remove/" not in page


@pytest.mark.parametrize("stranger", ["far_officer", "other_officer", "other_mentor", "far_secretary"])
def test_household_out_of_sight_is_not_found(cast: Cast, stranger: str) -> None:
    household = family(cast)

    assert client_of(getattr(cast, stranger)).get(f"/households/{household.pk}/").status_code == 404


@pytest.mark.parametrize("visits", [1, 3])
def test_page_takes_the_same_queries_for_any_story(
    cast: Cast, django_assert_num_queries: Any, visits: int
) -> None:
    household = family(cast)
    for _ in range(visits):
        record_visit(actor=cast.mentor, visit=a_visit(household, day=today() - timedelta(days=1)))
    client = client_of(cast.mentor)

    with django_assert_num_queries(45):
        client.get(f"/households/{household.pk}/")
