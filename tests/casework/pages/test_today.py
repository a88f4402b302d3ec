"""Whom to see today: grouped by reason, one line each; nobody else's households."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from casework.inputs import StepInput
from casework.models import CohortState, HouseholdPlan
from casework.services.helps import record_help
from casework.services.plans import save_plan
from casework.services.visits import record_visit
from households.models import Household
from tests.casework.pages.families import family, text_of, today
from tests.casework.pages.ready import FOUR_T
from tests.casework.work import a_help, a_visit, an_item
from tests.cast import Cast, client_of

URL = "/today/"


def due(household: Household, days: int) -> None:
    CohortState.objects.filter(household=household).update(due_on=today() + timedelta(days=days))


def seen(cast: Cast, household: Household) -> None:
    record_visit(actor=cast.mentor, visit=a_visit(household, day=today() - timedelta(days=1)))


def groups_of(answer: Any) -> dict[str, list[str]]:
    return {
        group.reason.value: [card.item.household.head_name for card in group.cards]
        for group in answer.context["groups"]
    }


def test_households_stand_under_their_most_pressing_reason(cast: Cast) -> None:
    late, soon, later, promised = family(cast), family(cast), family(cast), family(cast)
    record_help(actor=cast.mentor, help=a_help(an_item(), promised, status="promised", given_on=today()))
    for household, days in ((late, -5), (soon, 3), (later, 20), (promised, 20)):
        seen(cast, household)
        due(household, days)

    answer = client_of(cast.mentor).get(URL)

    assert groups_of(answer) == {
        "promised": [promised.head_name],
        "overdue": [late.head_name],
        "due": [soon.head_name],
        "later": [later.head_name],
    }
    assert answer.context["pressing"] == 3


def test_card_says_why_in_one_line_and_how_to_get_there(cast: Cast) -> None:
    household = family(cast)
    Household.objects.filter(pk=household.pk).update(phone="0812345678", latitude=7.5, longitude=100.25)
    due(household, -5)

    page = text_of(client_of(cast.mentor).get(URL))

    assert "ยังไม่เคยเยี่ยม · ยังไม่ได้ช่วยด้านความเป็นอยู่" in page
    assert "เกิน 5 วัน" in page
    assert "หมู่ 1 บ้านรับแพรก ต.ระโนด" in page
    assert 'href="tel:0812345678"' in page
    assert "destination=7.5,100.25" in page


@pytest.mark.parametrize(("days", "said"), [(0, "รับปากซ่อมบ้านไว้วันนี้"), (5, "รับปากซ่อมบ้านไว้ 5 วันแล้ว")])
def test_promise_says_how_long_it_waits(cast: Cast, days: int, said: str) -> None:
    household = family(cast)
    promised = a_help(an_item(), household, status="promised", given_on=today() - timedelta(days=days))
    record_help(actor=cast.mentor, help=promised)

    assert f"ความเป็นอยู่: {said}" in text_of(client_of(cast.mentor).get(URL))


def test_step_of_the_plan_falls_due_before_the_visit_does(cast: Cast) -> None:
    household = family(cast)
    seen(cast, household)
    due(household, 20)
    step = StepInput(text="ปลูกผักขาย", due_on=today() - timedelta(days=2))
    save_plan(
        actor=cast.mentor,
        household_id=household.pk,
        four_t=FOUR_T,
        goal="มีรายได้",
        steps=[step],
        agreed_on=today() - timedelta(days=9),
    )
    HouseholdPlan.objects.update(status="active", approved_on=today(), decided_at=timezone.now())

    answer = client_of(cast.mentor).get(URL)

    assert groups_of(answer) == {"overdue": [household.head_name]}
    assert "ตามแผน: ปลูกผักขาย ภายใน" in text_of(answer)
    assert "เกิน 2 วัน" in text_of(answer)


def test_field_workers_take_the_list_along_and_officers_do_not(cast: Cast) -> None:
    family(cast)

    assert "data-take" in text_of(client_of(cast.mentor).get(URL))
    assert "data-take" not in text_of(client_of(cast.officer).get(URL))


def test_without_phone_or_place_nothing_is_offered_for_them(cast: Cast) -> None:
    family(cast)

    page = text_of(client_of(cast.mentor).get(URL))

    assert "tel:" not in page
    assert "google.com/maps" not in page


def test_other_teams_are_absent(cast: Cast) -> None:
    family(cast, team=cast.other_mentor_team, head=("นาง", "อื่น", "ใจงาม"))

    page = text_of(client_of(cast.mentor).get(URL))

    assert "นางอื่น" not in page
    assert "ยังไม่มีครัวเรือนในความดูแล" in page


def test_nothing_pressing_is_said(cast: Cast) -> None:
    household = family(cast)
    seen(cast, household)
    due(household, 20)

    assert "วันนี้ไม่มีงานค้าง" in text_of(client_of(cast.mentor).get(URL))


def test_executive_has_no_field_list(cast: Cast) -> None:
    assert client_of(cast.executive).get(URL).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_the_same_queries_for_any_length(
    cast: Cast, django_assert_num_queries: Any, rows: int
) -> None:
    for _ in range(rows):
        family(cast)
    client = client_of(cast.mentor)

    with django_assert_num_queries(10):
        client.get(URL)
