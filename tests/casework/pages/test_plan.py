"""The household plan: ticks and own words, a goal, steps that live on from version to version."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.models import HouseholdPlan, PlanStep
from households.models import Household
from tests.casework.pages.families import family, text_of, today, typed
from tests.casework.work import an_item
from tests.cast import Cast, client_of


def body(**values: Any) -> dict[str, Any]:
    return {
        "goal": "ขายไข่พอส่งหลานเรียน",
        "agreed_on": typed(today()),
        "attitude": ["loves_work"],
        "skills_own": "ทำขนม, เย็บผ้า",
        "resources": ["own_house", "no_capital"],
        "way_out": ["capital"],
        "step0-text": "สร้างโรงเรือนไก่",
        "step0-nature": "development",
        "step0-due_on": typed(today() + timedelta(days=10)),
        **values,
    }


def url_of(household: Household) -> str:
    return f"/households/{household.pk}/plan/"


def test_plan_is_saved_with_ticks_and_own_words(cast: Cast) -> None:
    household = family(cast)

    client_of(cast.mentor).post(url_of(household), body())

    plan = HouseholdPlan.objects.get()
    assert plan.four_t == {
        "attitude": ["loves_work"],
        "skills": ["ทำขนม", "เย็บผ้า"],
        "resources": ["own_house", "no_capital"],
        "way_out": ["capital"],
    }
    assert [(step.text, step.nature) for step in plan.steps.all()] == [("สร้างโรงเรือนไก่", "development")]


def test_saved_plan_opens_as_it_was_and_becomes_the_next_version(cast: Cast) -> None:
    household = family(cast)
    client = client_of(cast.mentor)
    client.post(url_of(household), body())
    step = PlanStep.objects.get()
    client.post(f"/steps/{step.pk}/done/", {"done_on": typed(today())})

    page = text_of(client.get(url_of(household)))
    client.post(url_of(household), body(**{"step0-id": str(step.pk), "step1-text": "อบรมการตลาด"}))

    assert "ขายไข่พอส่งหลานเรียน" in page
    assert "ทำขนม, เย็บผ้า" in page
    plan = HouseholdPlan.objects.get(version=2)
    assert [(each.text, each.done_on) for each in plan.steps.all()] == [
        ("สร้างโรงเรือนไก่", today()),
        ("อบรมการตลาด", None),
    ]


def test_step_is_done_on_a_day(cast: Cast) -> None:
    household = family(cast)
    client = client_of(cast.mentor)
    client.post(url_of(household), body())
    step = PlanStep.objects.get()

    wrong = client.post(f"/steps/{step.pk}/done/", {"done_on": "เมื่อวาน"}, follow=True)
    right = client.post(f"/steps/{step.pk}/done/", {"done_on": typed(today())}, follow=True)

    assert "วันที่ต้องเป็น วัน/เดือน/ปี พ.ศ." in text_of(wrong)
    assert "บันทึกว่าทำแล้ว: สร้างโรงเรือนไก่" in text_of(right)
    step.refresh_from_db()
    assert step.done_on == today()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"goal": ""}, "โปรดเขียนเป้าหมายของครัวเรือน"),
        ({"agreed_on": typed(today() + timedelta(days=3))}, "วันที่ตกลงต้องไม่อยู่ในอนาคต"),
        ({"attitude": ["wealthy"]}, "wealthy"),
        ({"step0-due_on": "พรุ่งนี้"}, "วันที่ต้องเป็น วัน/เดือน/ปี พ.ศ."),
    ],
)
def test_bad_input_explains_itself_and_keeps_the_text(cast: Cast, wrong: dict[str, Any], said: str) -> None:
    household = family(cast)

    answer = client_of(cast.mentor).post(url_of(household), body(**wrong))

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "สร้างโรงเรือนไก่" in text_of(answer)
    assert not HouseholdPlan.objects.exists()


def test_step_may_come_from_the_menu(cast: Cast) -> None:
    household, item = family(cast), an_item("income", name="ไก่ไข่")

    client_of(cast.mentor).post(url_of(household), body(**{"step0-item": str(item.pk)}))

    assert PlanStep.objects.get().item == item


def test_plan_and_steps_out_of_sight_are_not_found(cast: Cast) -> None:
    household = family(cast)
    client_of(cast.mentor).post(url_of(household), body())
    stranger = client_of(cast.other_mentor)

    assert stranger.get(url_of(household)).status_code == 404
    done = stranger.post(f"/steps/{PlanStep.objects.get().pk}/done/", {"done_on": typed(today())})
    assert done.status_code == 404


def test_executive_is_refused(cast: Cast) -> None:
    assert client_of(cast.executive).get(url_of(family(cast))).status_code == 403
