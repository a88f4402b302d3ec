"""The work goes on without JavaScript: a visit is written and stored once."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from casework.models import Help, Visit
from tests.casework.pages.families import family
from tests.casework.work import an_item
from tests.cast import Cast
from tests.journeys.steps import PHONE, carry_session, sign_in_by_hand

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plain(browser: Browser) -> Page:
    """A phone whose browser runs no script."""
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="th-TH")
    yield context.new_page()
    context.close()


def test_visit_is_written_and_stored_once(plain: Page, live_server: LiveServer, cast: Cast) -> None:
    household, item = family(cast), an_item("living", name="ซ่อมหลังคา")
    sign_in_by_hand(plain, live_server, cast.mentor)

    plain.get_by_role("link", name=f"บันทึกเยี่ยม {household.head_name}").click()
    plain.get_by_role("link", name="เปิดแบบฟอร์มธรรมดา").click()
    plain.locator("textarea[name=note]").fill("พบยาย")
    plain.locator("select[name=help0-item]").select_option(str(item.pk))
    plain.get_by_text("ตรวจสอบสมาชิก").click()
    plain.get_by_label("ผลการตรวจสอบ").first.select_option("correct")
    plain.get_by_role("button", name="บันทึกการเยี่ยม").dblclick()

    expect(plain.get_by_text("บันทึกแล้ว ข้อมูลถึงระบบเรียบร้อย")).to_be_visible()
    assert (Visit.objects.count(), Help.objects.count()) == (1, 1)


def test_bulk_assignment_works(plain: Page, live_server: LiveServer, cast: Cast) -> None:
    household = family(cast, team=None)
    carry_session(plain.context, live_server, cast.officer)
    plain.goto(f"{live_server.url}/households/?no_team=1")

    plain.get_by_label(f"เลือก {household.head_name}").check()
    plain.get_by_role("button", name="มอบหมายทีม").click()
    plain.locator("select[name=team]").select_option(str(cast.mentor_team.pk))
    plain.get_by_role("button", name="มอบหมาย 1 ครัวเรือน").click()

    expect(plain.get_by_text("มอบหมายแล้ว 1 ครัวเรือน")).to_be_visible()
