"""A mentor's visit on a phone, from the sign-in to the figure on the province board."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from casework.models import Visit
from households.models import Household
from ops.processes import Child
from reports.services.rollup import full_rollup
from tests.casework.pages.families import family, this_year
from tests.casework.work import an_item
from tests.cast import Cast
from tests.journeys.phone import draft_kept, wait_until
from tests.journeys.steps import DESK, PHONE, carry_session, listen, sign_in_by_hand

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def household(cast: Cast) -> Household:
    an_item("living", name="ซ่อมหลังคา")
    made = family(cast, head=("นาง", "ทองดี", "แก้วมณี"))
    full_rollup(this_year())
    return made


def survivors(page: Page, live_server: LiveServer) -> str:
    """How many households the province board shows at the stage survive."""
    page.goto(f"{live_server.url}/board/90/?fiscal_year={this_year()}")
    step = page.locator("#stages li").filter(has=page.locator(".swatch--survive"))
    return step.locator(".board-stages__value").inner_text().split()[0]


def test_visit_with_help_moves_light_stage_and_board(
    page: Page,
    context: BrowserContext,
    live_server: LiveServer,
    cast: Cast,
    household: Household,
    celery_process: Child,
) -> None:
    heard = listen(page)
    page.set_viewport_size(PHONE)
    carry_session(context, live_server, cast.secretary)
    assert survivors(page, live_server) == "0"
    context.clear_cookies()

    sign_in_by_hand(page, live_server, cast.mentor)
    expect(page.locator("h1")).to_have_text("งานวันนี้")
    page.get_by_role("link", name="บันทึกเยี่ยม นางทองดี แก้วมณี").click()
    page.get_by_label("เห็นอะไร คุยอะไร").fill("หลังคารั่ว ช่างมาแล้ว")
    page.get_by_label("รายการอื่น").select_option(label="ซ่อมหลังคา")
    page.get_by_label("มูลค่า").first.fill("๑๒,๐๐๐")
    page.get_by_text("14 วัน", exact=True).click()
    page.get_by_role("button", name="บันทึกการเยี่ยม").click()

    expect(page.get_by_text("ข้อมูลถึงระบบเรียบร้อย")).to_be_visible()
    assert Visit.objects.count() == 1
    page.get_by_role("link", name="เปิดครัวเรือนนี้").click()
    expect(page.locator(".light--relieved")).to_have_count(1)
    expect(page.locator("h1 ~ p .stage--survive")).to_be_visible()
    expect(page.get_by_text("12,000 บาท")).to_be_visible()

    context.clear_cookies()
    carry_session(context, live_server, cast.secretary)
    page.set_viewport_size(DESK)
    wait_until(page, lambda: survivors(page, live_server) == "1")
    # Where the session went away under an open page, its next hello is refused.
    assert [line for line in heard if "401" not in line and "403" not in line] == []


def test_text_survives_a_failed_save_and_a_reload(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    carry_session(context, live_server, cast.mentor)
    url = f"{live_server.url}/households/{household.pk}/visit/?plain=1"
    page.goto(url)
    note = page.get_by_label("บันทึกการเยี่ยม")
    expect(page.locator("form[data-draft-ready]")).to_have_count(1)
    note.fill("ยายเล่าเรื่องหลานยาวมาก")
    draft_kept(page)

    page.reload()
    expect(note).to_have_value("ยายเล่าเรื่องหลานยาวมาก")
    expect(page.get_by_text("นำข้อความที่พิมพ์ค้างไว้กลับมาแล้ว")).to_be_visible()

    page.get_by_label("นัดครั้งต่อไป").fill("1/1/2560")
    page.get_by_role("button", name="บันทึกการเยี่ยม").click()
    expect(page.get_by_role("alert")).to_contain_text("วันนัดครั้งต่อไปต้องอยู่หลังวันที่เยี่ยม")
    expect(note).to_have_value("ยายเล่าเรื่องหลานยาวมาก")

    page.get_by_label("นัดครั้งต่อไป").fill("")
    page.get_by_role("button", name="บันทึกการเยี่ยม").click()
    expect(page.get_by_text("บันทึกแล้ว")).to_be_visible()
    page.goto(url)
    expect(note).to_have_value("")


def test_lost_answer_and_reload_store_one_visit(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    carry_session(context, live_server, cast.mentor)
    url = f"{live_server.url}/households/{household.pk}/visit/?plain=1"
    page.goto(url)
    page.get_by_label("บันทึกการเยี่ยม").fill("พบยาย")

    def lose_the_answer(route, request) -> None:
        if request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort()
        else:
            route.continue_()

    page.route("**/visit/?plain=1", lose_the_answer)
    with page.expect_event("requestfailed", lambda request: request.method == "POST"):
        page.get_by_role("button", name="บันทึกการเยี่ยม").click()
    assert Visit.objects.count() == 1
    page.unroute("**/visit/?plain=1")

    page.goto(url)
    page.get_by_role("button", name="บันทึกการเยี่ยม").click()

    expect(page.get_by_text("บันทึกแล้ว")).to_be_visible()
    assert Visit.objects.count() == 1


def test_place_comes_from_the_phone(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    carry_session(context, live_server, cast.mentor)
    context.grant_permissions(["geolocation"], origin=live_server.url)
    context.set_geolocation({"latitude": 7.7771, "longitude": 100.3215, "accuracy": 18})
    page.goto(f"{live_server.url}/households/{household.pk}/visit/?plain=1")

    page.get_by_text("วันเวลาและสถานที่").click()
    page.get_by_role("button", name="ใช้ตำแหน่งตอนนี้").click()
    expect(page.get_by_text(re.compile("ได้ตำแหน่งแล้ว"))).to_be_visible()
    page.get_by_role("button", name="บันทึกการเยี่ยม").click()
    expect(page.get_by_text("บันทึกแล้ว")).to_be_visible()

    visit = Visit.objects.get()
    assert (visit.latitude, visit.longitude, visit.accuracy_m) == (7.7771, 100.3215, 18)
