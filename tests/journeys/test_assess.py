"""A family asked again on a phone without network: kept at every tap, resumed, sent once."""

from __future__ import annotations

import re

import pytest
from django.core.management import call_command
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from casework.models import Assessment, FamilyPriority, Visit
from dimensions.enums import Dimension
from dimensions.queries import indicator_set_for, indicators_of
from households.models import Household, Listing
from tests.casework.pages.families import family, this_year
from tests.casework.work import INCOME, LIVING, state_of
from tests.cast import Cast
from tests.journeys.phone import all_written, begin_day, items, sent, sync, take_along
from tests.journeys.steps import PHONE, faults_of, listen

pytestmark = pytest.mark.django_db(transaction=True)

FAILED = [13, 18, 25, 29]


@pytest.fixture
def household(cast: Cast) -> Household:
    call_command("load_yardstick", verbosity=0)
    made = family(cast, head=("นาง", "ทองดี", "แก้วมณี"), dimensions=LIVING | INCOME | Dimension.EDUCATION.bit)
    Listing.objects.filter(household=made).update(failed_indicators=FAILED)
    return made


def open_survey(page: Page, server: LiveServer, household: Household) -> None:
    page.goto(f"{server.url}/households/{household.pk}/assess/")
    page.wait_for_selector("html[data-shown]")


def begin(page: Page, round_name: str) -> None:
    page.get_by_role("button", name=re.compile(round_name)).click()
    expect(page.locator("[data-screen=question]")).to_be_visible()


def at_question(page: Page, place: int, of: int) -> None:
    expect(page.locator("[data-count]")).to_have_text(f"{place} จาก {of}")


def say(page: Page, answer: str) -> None:
    page.locator(f".answer--{answer}").click()


def test_round_without_network_resumes_and_reaches_the_server_once(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    heard = listen(page)
    begin_day(page, live_server, cast.mentor)
    assert take_along(page)["households"] == 1
    context.set_offline(True)

    open_survey(page, live_server, household)
    begin(page, "ถามข้อที่ตกเกณฑ์")
    at_question(page, 1, 4)
    expect(page.get_by_role("img", name=re.compile("บ้านไม้ยกพื้น"))).to_be_visible()
    expect(page.get_by_role("heading", level=2)).to_be_focused()
    say(page, "fail")
    at_question(page, 2, 4)
    page.get_by_role("button", name="ข้ามข้อนี้").click()
    page.get_by_text("ยังไม่แน่ใจ ขอตรวจหลักฐานก่อน").click()
    at_question(page, 3, 4)
    question = page.locator("[data-question]").inner_text()

    all_written(page)
    page.reload()
    page.wait_for_selector("html[data-shown]")

    at_question(page, 3, 4)
    expect(page.locator("[data-question]")).to_have_text(question)
    expect(page.get_by_text("ทำต่อจากที่ค้างไว้")).to_be_visible()
    say(page, "pass")
    at_question(page, 4, 4)
    page.go_back()
    at_question(page, 3, 4)
    expect(page.get_by_role("radio", name="ผ่าน", exact=True)).to_be_checked()
    page.get_by_role("button", name="ต่อไป").click()
    say(page, "pass")

    expect(page.get_by_role("heading", name="สรุปคำตอบ")).to_be_visible()
    expect(page.get_by_text("ผ่าน 2 · ไม่ผ่าน 1 · ไม่เกี่ยวข้อง 0 · ข้าม 1")).to_be_visible()
    page.get_by_role("button", name="ให้ครัวเรือนเลือก").click()
    wishes = page.locator("[data-wishes] .wish__button")
    expect(wishes).to_have_count(2)
    wishes.nth(1).click()
    wishes.nth(0).click()
    page.locator("[data-number='13'] input").fill("หน้าฝนหลังคารั่ว")
    page.locator("[data-more-wishes] summary").click()
    page.get_by_role("button", name=re.compile("การออมเงิน")).click()
    page.get_by_label("ครัวเรือนจะลงแรงหรือทำอะไรเอง").fill("ลูกชายช่วยมุงหลังคา")
    page.get_by_role("button", name="บันทึกผลประเมิน").click()

    expect(page.get_by_role("heading", name="บันทึกผลประเมินแล้ว")).to_be_visible()
    expect(page.locator("[data-state]")).to_have_text("อยู่ในเครื่องนี้")
    assert Visit.objects.count() == 0
    [item] = items(page)
    assert item["state"] == "waiting"

    context.set_offline(False)
    sync(page)
    sent(page)
    expect(page.locator("[data-state]")).to_contain_text("เก็บแล้ว")
    sync(page)

    visit = Visit.objects.get()
    assert visit.family_contribution == "ลูกชายช่วยมุงหลังคา"
    assessment = Assessment.objects.get()
    assert assessment.visit_id == visit.pk
    assert dict(assessment.answers.values_list("indicator", "value")) == {13: "fail", 25: "pass", 29: "pass"}
    assert assessment.skipped == {"18": "unsure"}
    assert not assessment.is_full
    rows = FamilyPriority.objects.values_list("rank", "dimension", "indicator", "reason")
    assert list(rows) == [(1, "living", 18, ""), (2, "living", 13, "หน้าฝนหลังคารั่ว"), (3, "income", 30, "")]
    open_survey(page, live_server, household)
    expect(page.get_by_role("heading", name="จะถามครัวเรือนนี้กี่ข้อ")).to_be_visible()
    assert [line for line in heard if "ERR_INTERNET_DISCONNECTED" not in line] == []


def test_stage_lights_change_when_all_failed_pass(
    page: Page, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    begin_day(page, live_server, cast.mentor)
    open_survey(page, live_server, household)
    begin(page, "ถามข้อที่ตกเกณฑ์")

    for place, _number in enumerate(FAILED, start=1):
        at_question(page, place, len(FAILED))
        say(page, "pass")
    page.get_by_role("button", name="ให้ครัวเรือนเลือก").click()
    page.get_by_role("button", name="บันทึกผลประเมิน").click()
    sent(page)

    state = state_of(household, this_year())
    assert state.recovered == state.baseline
    page.goto(f"{live_server.url}/households/{household.pk}/")
    expect(page.locator(".light--recovered")).to_have_count(3)
    expect(page.locator("h1 ~ p .stage--survive")).to_be_visible()
    expect(page.locator(".proof:visible", has_text="เห็นที่บ้าน").first).to_be_visible()


def test_whole_set_goes_on_after_the_failed_and_counts_for_the_year(
    page: Page, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    numbers = [
        row.number for row in indicators_of(indicator_set_for(this_year() - 1).indicator_set) if row.text
    ]
    begin_day(page, live_server, cast.mentor)
    open_survey(page, live_server, household)
    expect(page.get_by_text("ยังไม่เคยประเมินครบทุกข้อ")).to_be_visible()
    begin(page, "ถามข้อที่ตกเกณฑ์")
    say(page, "fail")
    at_question(page, 2, len(FAILED))
    page.go_back()
    page.go_back()
    expect(page.get_by_role("heading", name="จะถามครัวเรือนนี้กี่ข้อ")).to_be_visible()

    begin(page, "ทำครบทุกข้อ")
    for place in range(2, len(numbers) + 1):
        at_question(page, place, len(numbers))
        say(page, "na" if place % 4 == 0 else "pass")
    page.get_by_role("button", name="ให้ครัวเรือนเลือก").click()
    page.get_by_role("button", name="บันทึกผลประเมิน").click()
    sent(page)

    assessment = Assessment.objects.get()
    assert assessment.is_full
    assert assessment.answers.count() == len(numbers)
    assert assessment.answers.get(indicator=13).value == "fail"


def test_keyboard_alone_is_enough(
    page: Page, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    begin_day(page, live_server, cast.mentor)
    open_survey(page, live_server, household)
    page.get_by_role("button", name=re.compile("ถามข้อที่ตกเกณฑ์")).press("Enter")
    at_question(page, 1, 4)

    page.get_by_role("radio", name="ผ่าน", exact=True).focus()
    page.keyboard.press("ArrowRight")
    # Longer than the page shows an answer before it goes on by itself.
    page.evaluate("new Promise((done) => setTimeout(done, 600))")
    at_question(page, 1, 4)
    expect(page.get_by_role("radio", name="ไม่ผ่าน")).to_be_checked()
    page.get_by_role("button", name="ต่อไป").press("Enter")

    at_question(page, 2, 4)
    expect(page.locator("[data-said]")).to_have_text("ข้อ 2 จาก 4")
    expect(page.get_by_role("heading", level=2)).to_be_focused()
    page.get_by_role("button", name="ข้ามข้อนี้").press("Enter")
    expect(page.get_by_text("ข้ามข้อนี้ เพราะอะไร")).to_be_focused()


def test_every_screen_is_clean_for_axe_and_fits_the_phone(
    page: Page, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    begin_day(page, live_server, cast.mentor)
    page.set_viewport_size(PHONE)
    open_survey(page, live_server, household)
    seen = {"start": faults_of(page)}
    begin(page, "ถามข้อที่ตกเกณฑ์")
    seen["question"] = faults_of(page)
    page.get_by_role("button", name="ข้ามข้อนี้").click()
    seen["skip"] = faults_of(page)
    page.get_by_role("button", name="ไม่ข้าม กลับไปตอบ").click()
    for place, answer in enumerate(("fail", "pass", "na", "fail"), start=1):
        at_question(page, place, len(FAILED))
        say(page, answer)
    expect(page.get_by_role("heading", name="สรุปคำตอบ")).to_be_visible()
    seen["summary"] = faults_of(page)
    page.get_by_role("button", name="ให้ครัวเรือนเลือก").click()
    page.locator("[data-wishes] .wish__button").first.click()
    seen["wishes"] = faults_of(page)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.get_by_role("button", name="บันทึกผลประเมิน").click()
    expect(page.get_by_role("heading", name="บันทึกผลประเมินแล้ว")).to_be_visible()
    seen["saved"] = faults_of(page)
    page.goto(f"{live_server.url}/households/{household.pk}/assess/?plain=1")
    seen["plain"] = faults_of(page)

    assert {name: faults for name, faults in seen.items() if faults} == {}
