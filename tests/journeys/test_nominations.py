"""A family that no list knows, from doorstep to board: named on a phone, checked, accepted, counted."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from casework.models import Nomination
from households.enums import FoundBy
from households.models import Household, ListKind
from households.services.duplicates import propose_pairs
from ops.processes import Child
from povertyops.accounts.actor import Actor
from reports.services.rollup import full_rollup
from tests.casework.pages.families import family, this_year
from tests.cast import Cast
from tests.journeys.phone import HOUSE, picture, wait_until
from tests.journeys.steps import DESK, PHONE, carry_session, faults_of, listen, too_wide, unfold

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def known(cast: Cast) -> Household:
    """The family that resembles the new one, and the board as it stood."""
    ListKind.objects.create(code="survey", name="สำรวจพบเพิ่มเติม", counts_as_found=True)
    household = family(cast, head=("นาง", "ปราณี", "คงแก้ว"), house_no="4/5")
    propose_pairs(household_ids=[household.pk], found_by=FoundBy.NIGHTLY)
    full_rollup(this_year())
    return household


def browse(browser: Browser, server: LiveServer, actor: Actor, size: dict[str, int]) -> Page:
    context = browser.new_context(
        viewport=size, geolocation=HOUSE, permissions=["geolocation"], locale="th-TH"
    )
    carry_session(context, server, actor)
    return context.new_page()


def found_on_board(page: Page, server: LiveServer) -> str:
    """The number of households that the survey found, as the district's board tells it."""
    page.goto(f"{server.url}/board/9007/")
    row = page.locator("#found tr", has=page.get_by_role("rowheader", name=re.compile("^สำรวจพบ")))
    return row.locator("td").first.inner_text().strip()


def looked_at(page: Page) -> None:
    unfold(page)
    assert (too_wide(page), faults_of(page)) == (0, [])


def test_family_is_named_checked_accepted_and_moves_the_board(
    browser: Browser, live_server: LiveServer, cast: Cast, known: Household, celery_process: Child
) -> None:
    desk = browse(browser, live_server, cast.officer, DESK)
    heard = listen(desk)
    assert found_on_board(desk, live_server) == "0"

    phone = browse(browser, live_server, cast.team_member, PHONE)
    heard_on_phone = listen(phone)
    phone.goto(f"{live_server.url}/nominations/new/")
    expect(phone.locator("form[data-draft-ready]")).to_be_attached()
    phone.get_by_label("หมู่ที่หรือชุมชนที่").fill("1")
    phone.get_by_label("บ้านเลขที่").fill("4/6")
    phone.get_by_label("ชื่อหัวหน้าครัวเรือน").fill("ปราณี")
    phone.get_by_label("นามสกุล").first.fill("คงแก้ว")
    looked_at(phone)
    phone.get_by_role("button", name="ค้นว่ามีอยู่แล้วหรือไม่").click()
    expect(phone.get_by_role("link", name="ใช่ ครัวเรือนนี้มีอยู่แล้ว")).to_be_visible()
    expect(phone.locator("form[data-draft-ready]")).to_be_attached()
    phone.get_by_text("ชื่อคล้ายกัน แต่คนละคน").click()
    phone.get_by_text("ความเป็นอยู่: บ้านทรุดโทรม").click()
    phone.get_by_label("เล่าให้ผู้ตรวจฟัง").fill("อยู่เพิงพัก ไม่มีไฟ")
    phone.get_by_role("button", name="ใช้ตำแหน่งตอนนี้").click()
    expect(phone.get_by_text("ได้ตำแหน่งแล้ว")).to_be_visible()
    phone.locator("input[type=file]").set_input_files(
        {"name": "house.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    )
    looked_at(phone)
    phone.get_by_role("button", name="ส่งให้ทีมลงตรวจ").click()
    expect(phone.get_by_role("heading", name="ปราณี คงแก้ว", level=1)).to_be_visible()
    looked_at(phone)
    row = Nomination.objects.get()
    assert (row.latitude, row.near[0]["said"]) == (HOUSE["latitude"], "other_person")

    checker = browse(browser, live_server, cast.team_leader, PHONE)
    checker.goto(f"{live_server.url}/nominations/")
    checker.get_by_role("link", name="ปราณี คงแก้ว").click()
    checker.get_by_text("ยากจนจริง ควรรับเข้าดูแล").click()
    checker.get_by_label("พบอะไรที่บ้าน").fill("หลังคารั่ว ไม่มีไฟฟ้า")
    looked_at(checker)
    checker.get_by_role("button", name="บันทึกผลการตรวจ").click()
    expect(checker.get_by_text("รอเจ้าหน้าที่ของศูนย์ที่รับผิดชอบพิจารณา")).to_be_visible()

    desk.goto(f"{live_server.url}/nominations/?tab=decide&area=9007")
    looked_at(desk)
    desk.get_by_role("link", name="ปราณี คงแก้ว").click()
    expect(desk.get_by_text("ผู้เสนอบอกว่า: ชื่อคล้ายกัน แต่คนละคน")).to_be_visible()
    desk.get_by_text("รับเข้าดูแล นับเป็นสำรวจพบเพิ่มเติม").click()
    desk.get_by_label("เหตุผลของการพิจารณา").fill("ตรวจแล้วคนละครอบครัวและยากจนจริง")
    looked_at(desk)
    desk.get_by_role("button", name="บันทึกการพิจารณา").click()
    desk.get_by_role("link", name="ปราณี คงแก้ว", exact=True).click()
    expect(desk.get_by_role("heading", name="ปราณี คงแก้ว", level=1)).to_be_visible()

    wait_until(desk, lambda: found_on_board(desk, live_server) == "1")
    assert not heard
    assert not heard_on_phone

    secretary = browse(browser, live_server, cast.secretary, PHONE)
    secretary.goto(f"{live_server.url}/nominations/rule/")
    secretary.get_by_text("เปิดรับเรื่องจากประชาชน").click()
    looked_at(secretary)
    secretary.get_by_role("button", name="บันทึกกติกา").click()
    outside = browser.new_context(viewport=PHONE, locale="th-TH").new_page()
    heard_outside = listen(outside)
    for address in ("/nominate/", "/nominate/?province=90", "/nominate/track/"):
        outside.goto(f"{live_server.url}{address}")
        looked_at(outside)
    assert not heard_outside
