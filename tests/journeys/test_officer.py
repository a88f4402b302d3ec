"""A district officer's day at a desk: hand out, check by keyboard, approve, decide."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from casework.models import Assignment, Case
from casework.services.removal import request_removal
from dimensions.enums import Stage
from households.models import Verification
from tests.casework.pages.families import family, today
from tests.casework.pages.ready import ready
from tests.cast import VILLAGE, Cast
from tests.journeys.steps import DESK, carry_session, listen, sign_in_by_hand

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(page: Page) -> Page:
    page.set_viewport_size(DESK)
    return page


def test_from_the_queue_households_go_to_a_team(page: Page, live_server: LiveServer, cast: Cast) -> None:
    heard = listen(page)
    chosen, left = family(cast, team=None), family(cast, team=None)
    sign_in_by_hand(page, live_server, cast.officer)

    expect(page.locator("h1")).to_have_text("คิวงาน")
    page.get_by_role("link", name=re.compile("มอบหมาย ยังไม่มีทีมพี่เลี้ยง")).click()
    expect(page.locator(".chips")).to_contain_text("ยังไม่มีทีมพี่เลี้ยง")
    page.get_by_label(f"เลือก {chosen.head_name}").check()
    expect(page.locator("[data-checked-count=household]")).to_have_text("1")
    page.get_by_role("button", name="มอบหมายทีม").click()
    page.get_by_label("ทีมพี่เลี้ยง", exact=True).select_option(label="ทีมพี่เลี้ยงรับแพรก (ดูแลอยู่ 0 ครัวเรือน)")
    page.get_by_label("พี่เลี้ยงในทีม").select_option(label=cast.mentor.user.display_name)
    page.get_by_role("button", name="มอบหมาย 1 ครัวเรือน").click()

    expect(page.get_by_text("มอบหมายแล้ว 1 ครัวเรือน")).to_be_visible()
    assert list(Assignment.objects.values_list("household", "mentor")) == [(chosen.pk, cast.mentor.user_id)]
    expect(page.get_by_role("link", name=left.head_name)).to_be_visible()
    assert heard == []


@pytest.mark.browser_context_args(service_workers="block")
def test_team_chosen_before_the_scripts_came_still_shows_its_mentors(
    page: Page, live_server: LiveServer, cast: Cast
) -> None:
    family(cast, team=None)
    carry_session(page.context, live_server, cast.officer)
    page.goto(f"{live_server.url}/households/?no_team=1")
    page.get_by_label(re.compile("^เลือก นาง")).check()
    held: list[Route] = []
    page.route("**/htmx*.js", lambda route: held.append(route))
    page.get_by_role("button", name="มอบหมายทีม").click()
    page.get_by_label("ทีมพี่เลี้ยง", exact=True).select_option(str(cast.mentor_team.pk))
    expect(page.get_by_label("พี่เลี้ยงในทีม").locator("option")).to_have_count(1)

    assert len(held) == 1
    held[0].continue_()

    page.get_by_label("พี่เลี้ยงในทีม").select_option(label=cast.mentor.user.display_name)


def test_village_is_checked_by_keyboard_in_one_save(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast
) -> None:
    family(cast, persons=3)
    carry_session(context, live_server, cast.officer)
    page.goto(f"{live_server.url}/verify/{VILLAGE}/")

    page.locator("table[data-keygrid] tbody tr").first.focus()
    for key in ("1", "4", "ArrowUp", "5"):
        page.keyboard.press(key)
    page.get_by_role("button", name="บันทึกที่เปลี่ยน").click()

    expect(page.get_by_text("บันทึกผลตรวจสอบแล้ว 2 คน")).to_be_visible()
    order = Verification.objects.order_by("person__memberships__position")
    assert list(order.values_list("status", flat=True)) == ["correct", "died"]


def test_proposal_is_approved_under_the_minutes(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast
) -> None:
    case = ready(cast, head=("นาง", "ทองดี", "แก้วมณี"))
    carry_session(context, live_server, cast.officer)
    page.goto(f"{live_server.url}/approvals/")

    page.get_by_label("รายงานการประชุมเลขที่").fill("3/2569")
    page.get_by_role("checkbox", name=re.compile("นางทองดี แก้วมณี")).check()
    page.get_by_role("button", name=re.compile("อนุมัติที่เลือก")).click()

    expect(page.get_by_text("อนุมัติแล้ว 1 ครัวเรือน")).to_be_visible()
    case.refresh_from_db()
    assert case.stage == Stage.SUFFICIENT


def test_removal_is_decided_by_the_second_person(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast
) -> None:
    household = family(cast)
    request_removal(
        actor=cast.mentor, household_id=household.pk, reason="moved", note="ไปอยู่กับลูก", effective_on=today()
    )
    carry_session(context, live_server, cast.officer)
    page.goto(f"{live_server.url}/removals/")

    page.get_by_role("button", name="ไม่เห็นชอบ", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("เมื่อไม่เห็นชอบ โปรดเขียนเหตุผล")
    page.get_by_role("button", name="เห็นชอบให้นำออก").click()

    expect(page.get_by_text("เห็นชอบให้นำออกแล้ว")).to_be_visible()
    assert Case.objects.get(household=household).closed_on == today()
