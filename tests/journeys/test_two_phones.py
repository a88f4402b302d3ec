"""Two phones without network change one household: neither value disappears, and a person chooses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from casework.models import Assignment, Visit
from households.models import Correction, Household, Membership
from povertyops.accounts.actor import Actor
from tests.casework.pages.families import family
from tests.cast import Cast
from tests.journeys.phone import heading, new_phone, photograph, picture, save, settled, shown
from tests.journeys.steps import DESK, carry_session, faults_of, sign_in_by_hand

pytestmark = pytest.mark.django_db(transaction=True)

HEAD = ("นาง", "ทองดี", "แก้วมณี")
RECEIPT = re.compile(r"เก็บแล้ว \d\d:\d\d น. เลขรับ \w{4}-\w{4}$")


@dataclass
class Phone:
    """A phone in the hands of a person, with the household taken along and no network."""

    page: Page
    context: BrowserContext
    person: Actor

    def connect(self) -> None:
        self.context.set_offline(False)


Hand = Callable[[Actor], Phone]


@pytest.fixture
def household(cast: Cast) -> Household:
    made = family(cast, head=HEAD, mentor=cast.mentor)
    Household.objects.filter(pk=made.pk).update(phone="0800000000")
    return made


@pytest.fixture
def hand(browser: Browser, live_server: LiveServer, household: Household) -> Iterator[Hand]:
    """Gives a person a phone of their own, taken out of the network's reach."""
    contexts: list[BrowserContext] = []

    def give(person: Actor) -> Phone:
        context = new_phone(browser)
        contexts.append(context)
        page = context.new_page()
        sign_in_by_hand(page, live_server, person)
        page.get_by_role("button", name="โหลด", exact=True).click()
        expect(page.locator("[data-take-when]")).to_contain_text("โหลดเมื่อ")
        settled(page)
        context.set_offline(True)
        return Phone(page, context, person)

    yield give
    for context in contexts:
        context.close()


@pytest.fixture
def desk(browser: Browser, live_server: LiveServer, cast: Cast) -> Iterator[Page]:
    """The officer's screen."""
    context = browser.new_context(viewport=DESK, locale="th-TH", timezone_id="Asia/Bangkok")
    carry_session(context, live_server, cast.officer)
    yield context.new_page()
    context.close()


def open_facts(phone: Phone, household: Household) -> None:
    """From the list of the day through the household's page, as a person goes."""
    page = phone.page
    page.get_by_role("link", name=household.head_name, exact=True).click()
    page.wait_for_url(f"**/households/{household.pk}/")
    shown(page)
    page.get_by_role("link", name="แก้ข้อมูล").click()
    page.wait_for_url("**/facts/")
    shown(page)


def change(phone: Phone, household: Household, *, number: str = "", first_name: str = "") -> None:
    """The household's phone number, and the first name of its head."""
    page = phone.page
    open_facts(phone, household)
    if number:
        page.get_by_label("โทรศัพท์").fill(number)
    if first_name:
        page.locator("summary", has_text=household.head_name).click()
        page.get_by_label("ชื่อ", exact=True).first.fill(first_name)
    page.get_by_role("button", name="บันทึก", exact=True).click()
    expect(page.get_by_role("heading", name="บันทึกแล้ว")).to_be_visible()
    edits = bool(number) + bool(first_name)
    expect(page.locator("[data-saved-list] [data-state]")).to_have_text(["อยู่ในเครื่องนี้"] * edits)


def all_stored(phone: Phone, count: int) -> None:
    lines = phone.page.locator("[data-saved-list] [data-state]")
    expect(lines).to_have_text([RECEIPT] * count, timeout=30_000)


def card_of(page: Page, label: str) -> Page:
    return page.locator("li.card", has=page.locator(".card__note", has_text=label))


def who_wrote(person: Actor) -> str:
    assert person.user is not None
    return person.user.display_name


def head_of(household: Household) -> str:
    return Membership.objects.get(household=household, is_head=True).person.first_name


def test_two_people_change_the_same_fields_and_both_values_stay(
    hand: Hand, desk: Page, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    one, other = hand(cast.mentor), hand(cast.second_mentor)
    change(one, household, number="0811111111", first_name="ทองดีศรี")
    change(other, household, number="0822222222", first_name="ทองใบ")
    assert not Correction.objects.filter(household=household).exists()

    one.connect()
    all_stored(one, 2)
    other.connect()
    all_stored(other, 2)
    other.page.locator("[data-outbox-pill]").click()
    other.page.locator("details.fold", has_text="เก็บแล้ว").first.locator("summary").click()
    expect(other.page.get_by_text("ทั้งสองค่ายังอยู่")).to_have_count(2)

    household.refresh_from_db()
    assert (household.phone, head_of(household)) == ("0811111111", "ทองดีศรี")
    waiting = Correction.objects.filter(household=household, state="waiting")
    assert set(waiting.values_list("field", "value")) == {("phone", "0822222222"), ("first_name", "ทองใบ")}

    # Both side by side, with who and when; one is chosen.
    desk.goto(f"{live_server.url}/queues/")
    desk.get_by_role("link", name=re.compile("ขัดกัน")).first.click()
    expect(desk.locator("li.card")).to_have_count(2)
    assert faults_of(desk) == []
    for label, mine, theirs in (("โทรศัพท์", "0811111111", "0822222222"), ("ชื่อ", "ทองดีศรี", "ทองใบ")):
        used, rival = card_of(desk, label).locator(".versus__side").all()
        expect(used).to_contain_text(mine)
        expect(used).to_contain_text(f"ใช้อยู่ · {who_wrote(cast.mentor)}")
        expect(rival).to_contain_text(theirs)
        expect(rival).to_contain_text(who_wrote(cast.second_mentor))
        for side in (used, rival):
            expect(side).to_contain_text("แก้เมื่อ")
            expect(side).to_contain_text("ระบบได้รับ")
    choose(desk, "โทรศัพท์", "0822222222")
    choose(desk, "ชื่อ", "ทองดีศรี")
    expect(desk.get_by_text("ไม่มีข้อมูลขัดกัน", exact=True)).to_be_visible()

    household.refresh_from_db()
    assert (household.phone, head_of(household)) == ("0822222222", "ทองดีศรี")
    history_has(
        desk, live_server, household, "0800000000 → 0811111111", "0811111111 → 0822222222", "ทองดีศรี", "ทองใบ"
    )


def choose(desk: Page, label: str, value: str) -> None:
    card = card_of(desk, label)
    card.locator(".versus__side", has_text=value).click()
    card.get_by_role("button", name="ใช้ค่าที่เลือก").click()
    expect(desk.get_by_text("บันทึกค่าที่เลือกแล้ว").first).to_be_visible()


def history_has(desk: Page, live_server: LiveServer, household: Household, *sentences: str) -> None:
    desk.goto(f"{live_server.url}/households/{household.pk}/facts/?plain=1")
    desk.locator("summary", has_text="ประวัติการแก้ไข").click()
    for sentence in sentences:
        expect(desk.locator(".timeline")).to_contain_text(sentence)


def test_older_edit_that_arrives_later_waits_beside_the_newer(
    hand: Hand, desk: Page, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    early, late = hand(cast.mentor), hand(cast.second_mentor)
    change(early, household, number="0811111111")
    change(late, household, number="0822222222")

    late.connect()
    all_stored(late, 1)
    early.connect()
    all_stored(early, 1)

    household.refresh_from_db()
    assert household.phone == "0822222222"
    rows = {row.value: row for row in Correction.objects.filter(household=household, field="phone")}
    assert rows["0811111111"].made_at < rows["0822222222"].made_at
    assert rows["0811111111"].recorded_at > rows["0822222222"].recorded_at
    desk.goto(f"{live_server.url}/facts/conflicts/")
    used, rival = card_of(desk, "โทรศัพท์").locator(".versus__side").all()
    expect(used).to_contain_text("0822222222")
    expect(rival).to_contain_text("0811111111")


def test_own_older_edit_never_replaces_the_newer_one(hand: Hand, cast: Cast, household: Household) -> None:
    """One person with two phones: what was typed first arrives last."""
    old, new = hand(cast.mentor), hand(cast.mentor)
    change(old, household, number="0811111111")
    change(new, household, number="0822222222")

    new.connect()
    all_stored(new, 1)
    old.connect()
    all_stored(old, 1)

    household.refresh_from_db()
    assert household.phone == "0822222222"
    assert Correction.objects.filter(household=household, value="0811111111").exists()


def test_visit_after_the_assignment_ended_is_taken_marked_and_shown(
    hand: Hand, desk: Page, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    phone = hand(cast.mentor)
    page = phone.page
    page.get_by_role("link", name=f"บันทึกเยี่ยม {household.head_name}").click()
    shown(page)
    page.get_by_label("เห็นอะไร คุยอะไร").fill("ไปพบก่อนรู้ว่าย้ายทีม")
    photograph(page, picture())
    expect(page.locator(".shot__thumb")).to_be_visible()
    save(page)

    give_to_another_team(desk, live_server, cast, household)
    phone.connect()
    expect(page.locator("[data-saved] [data-state]")).to_have_text(RECEIPT, timeout=30_000)
    page.locator("[data-outbox-pill]").click()
    heading(page, "รายการรอส่ง")
    page.locator("details.fold", has_text="เก็บแล้ว").first.locator("summary").click()
    expect(page.locator("[data-item]")).to_contain_text("ย้ายไปให้ผู้อื่นดูแล")

    visit = Visit.objects.get()
    assert (visit.after_assignment, visit.recorded_by) == (True, cast.mentor.user)
    desk.goto(f"{live_server.url}/queues/")
    desk.get_by_role("link", name=re.compile("มาถึงหลังเปลี่ยนผู้ดูแล")).first.click()
    row = desk.get_by_role("row").filter(has=desk.get_by_role("link", name=household.head_name))
    expect(row).to_contain_text(who_wrote(cast.mentor))
    row.locator(f"a[href='/visits/{visit.pk}/']").click()
    expect(desk.locator("img.photo__image")).to_have_count(1)


def give_to_another_team(desk: Page, live_server: LiveServer, cast: Cast, household: Household) -> None:
    desk.goto(f"{live_server.url}/households/")
    desk.get_by_label(f"เลือก {household.head_name}").check()
    desk.get_by_role("button", name="มอบหมายทีม").click()
    desk.get_by_label("ทีมพี่เลี้ยง", exact=True).select_option(str(cast.other_mentor_team.pk))
    desk.get_by_role("button", name="มอบหมาย 1 ครัวเรือน").click()
    expect(desk.get_by_text("มอบหมายแล้ว 1 ครัวเรือน")).to_be_visible()
    assert Assignment.objects.get(household=household, valid_to=None).team_id == cast.other_mentor_team.pk
