"""A mentor's whole day, tapped on a phone: out without network, back with all of it, seen by the officer."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from casework.models import Help, Photo, Visit
from casework.services.photos import open_photo
from households.models import Household
from reports.queries import progress_of
from reports.services.rollup import drain_marks, full_rollup
from tests.casework.pages.families import family, this_year
from tests.casework.work import an_item
from tests.cast import VILLAGE, Cast
from tests.journeys.phone import (
    HOUSE,
    dump,
    heading,
    kept,
    new_phone,
    photograph,
    picture,
    save,
    settled,
    shown,
    wait_for,
    wait_until,
)
from tests.journeys.steps import DESK, carry_session, listen, sign_in_by_hand

pytestmark = pytest.mark.django_db(transaction=True)

OFFICE = {"latitude": 7.2001, "longitude": 100.5952, "accuracy": 30}
PRESSING = "[data-group]:not([data-group=later]) .visitee__name"
NOTE = "ยายเล่าว่าหลังคารั่วตั้งแต่ต้นปี"
HEADS = (
    ("นาง", "ทองดี", "แก้วมณี"),
    ("นาย", "บุญมี", "ใจงาม"),
    ("นาย", "ประเสริฐ", "หนูคง"),
    ("นางสาว", "ละเอียด", "ทองสุข"),
)


@pytest.fixture
def households(cast: Cast) -> list[Household]:
    """Four to see, the first lives in a bad house; the boards of the year are drawn."""
    an_item("living", name="ซ่อมหลังคา", agency_name="อบต.ระโนด", usual_baht=3500)
    made = [family(cast, head=head) for head in HEADS]
    full_rollup(this_year())
    return made


@pytest.fixture
def phone(browser: Browser) -> BrowserContext:
    context = new_phone(browser)
    yield context
    context.close()


@pytest.fixture
def desk(browser: Browser, live_server: LiveServer, cast: Cast) -> Page:
    """The officer's screen."""
    context = browser.new_context(viewport=DESK, locale="th-TH", timezone_id="Asia/Bangkok")
    carry_session(context, live_server, cast.officer)
    yield context.new_page()
    context.close()


def test_day_of_a_mentor_reaches_the_officer_and_the_board(
    phone: BrowserContext, desk: Page, live_server: LiveServer, cast: Cast, households: list[Household]
) -> None:
    assert visits_on_board(desk, live_server) == "0"
    page = phone.new_page()
    heard = listen(page)
    first, second, third, _unseen = households

    take_along_by_hand(page, live_server, cast)
    phone.set_offline(True)
    visit_with_help(page, first)
    visit_that_is_interrupted(page, second)
    visit_next_from_the_sheet(page, third)
    leave_for_the_day(page, households)
    phone.set_geolocation(OFFICE)
    phone.set_offline(False)
    come_back(page, live_server, cast)

    assert stored_is_what_was_seen(first)
    officer_sees_them(desk, live_server, households[:3])
    assert drain_marks() > 0
    assert visits_on_board(desk, live_server) == "3"
    progress = progress_of(this_year(), VILLAGE)
    assert progress is not None
    assert (progress.visits, progress.helped_households) == (3, 1)
    light_has_changed(desk, live_server, first, second)
    tomorrow_is_shorter(page, households)
    assert [line for line in heard if "ERR_INTERNET_DISCONNECTED" not in line and "401" not in line] == []


# ---------------------------------------------------------------------------------------------- the morning


def take_along_by_hand(page: Page, live_server: LiveServer, cast: Cast) -> None:
    sign_in_by_hand(page, live_server, cast.mentor)
    heading(page, "งานวันนี้")
    expect(page.locator(".visitee")).to_have_count(4)
    take = page.locator("[data-take]", has=page.get_by_role("heading", name="โหลดไว้ในเครื่อง"))
    take.get_by_role("button", name="โหลด").click()
    expect(take).to_contain_text("โหลดเมื่อ")
    expect(take).to_contain_text("4 ครัวเรือน")
    settled(page)


# --------------------------------------------------------------------------------------------- three visits


def tap_visit(page: Page, household: Household) -> None:
    page.get_by_role("link", name=f"บันทึกเยี่ยม {household.head_name}").click()
    page.wait_for_url(f"**/households/{household.pk}/visit/")
    shown(page)
    expect(page.locator(".page-head")).to_contain_text(household.head_name)
    expect(page.get_by_text("จับตำแหน่งแล้ว")).to_be_visible()


def take_photo(page: Page) -> None:
    photograph(page, picture())
    expect(page.locator(".shot__thumb")).to_have_count(1)


def keep_it(page: Page) -> None:
    save(page)
    expect(page.get_by_text("อยู่ในเครื่องนี้", exact=True)).to_be_visible()


def visit_with_help(page: Page, household: Household) -> None:
    tap_visit(page, household)
    page.get_by_role("button", name=re.compile("ซ่อมหลังคา")).click()
    take_photo(page)
    keep_it(page)
    page.get_by_role("link", name="กลับไปงานวันนี้").click()
    shown(page)
    expect(page.locator("[data-unsent]")).to_contain_text("รายการรอส่ง 1")


def visit_that_is_interrupted(page: Page, household: Household) -> None:
    """The hardware's Back, and a page that is loaded anew, in the middle of writing."""
    tap_visit(page, household)
    page.get_by_label("เห็นอะไร คุยอะไร").fill(NOTE)
    page.get_by_text("14 วัน", exact=True).click()
    take_photo(page)
    kept(page)
    page.go_back()
    heading(page, "งานวันนี้")
    shown(page)
    tap_visit(page, household)
    nothing_is_lost(page)
    page.reload()
    shown(page)
    nothing_is_lost(page)
    keep_it(page)


def nothing_is_lost(page: Page) -> None:
    expect(page.get_by_text("มีร่างที่ยังไม่ได้ส่ง")).to_be_visible()
    expect(page.get_by_label("เห็นอะไร คุยอะไร")).to_have_value(NOTE)
    expect(page.get_by_label("14 วัน")).to_be_checked()
    expect(page.locator(".shot__thumb")).to_have_count(1)


def visit_next_from_the_sheet(page: Page, household: Household) -> None:
    """The sheet after saving offers whom to see next."""
    sheet = page.locator("[data-saved]")
    expect(sheet.get_by_role("heading", name="ครัวเรือนถัดไป")).to_be_visible()
    tap_visit(page, household)
    expect(page.get_by_label("เห็นอะไร คุยอะไร")).to_have_value("")
    take_photo(page)
    keep_it(page)


# --------------------------------------------------------------------------------- signing out, coming back


def leave_for_the_day(page: Page, households: list[Household]) -> None:
    """Signed out without network: everything waits, nothing can be read."""
    page.get_by_role("link", name="กลับไปงานวันนี้").click()
    shown(page)
    expect(page.locator("[data-unsent]")).to_contain_text("รายการรอส่ง 3")
    expect(page.locator(PRESSING)).to_have_text([households[3].head_name])
    page.locator("details.who summary").click()
    page.get_by_role("button", name="ออกจากระบบ").click()
    page.wait_for_url("**/outbox/")
    expect(page.locator("[data-item]")).to_have_count(3)
    left = dump(page)
    for secret in (NOTE, *(household.head_name for household in households)):
        assert secret not in left
    assert "key false" not in left
    assert Visit.objects.count() == 0


def come_back(page: Page, live_server: LiveServer, cast: Cast) -> None:
    """The network alone sends nothing, another person neither; the mentor's signing in sends it all."""
    wait_until(page, lambda: Session.objects.count() == 1)  # the officer's
    expect(page.get_by_role("link", name="เข้าสู่ระบบ").first).to_be_visible()
    assert Visit.objects.count() == 0

    sign_in_by_hand(page, live_server, cast.second_mentor)
    page.locator("[data-outbox-pill]").click()
    expect(page.get_by_text("ระบบจะไม่ส่งแทนกัน").first).to_be_visible()
    page.locator("details.who summary").click()
    page.get_by_role("button", name="ออกจากระบบ").click()
    page.wait_for_url("**/sign-in/**")
    assert Visit.objects.count() == 0

    sign_in_by_hand(page, live_server, cast.mentor)
    page.locator("[data-outbox-pill]").click()
    heading(page, "รายการรอส่ง")
    receipts = page.locator("[data-item] [data-state]")
    fold = page.locator("details.fold", has_text="เก็บแล้ว").first
    expect(fold).to_contain_text("3 รายการ", timeout=30_000)
    fold.locator("summary").click()
    expect(receipts).to_have_text([re.compile(r"เก็บแล้ว \d\d:\d\d น. เลขรับ \w{4}-\w{4}$")] * 3, timeout=30_000)
    expect(page.locator("[data-lead]")).to_have_text("ทุกอย่างเก็บแล้ว")
    expect(page.locator("[data-outbox-count]")).to_have_text("0")


# ---------------------------------------------------------------------------------------------- the officer


def stored_is_what_was_seen(first: Household) -> bool:
    """Where and when the visit was, apart from where and when it was sent."""
    visits = list(Visit.objects.all())
    assert len(visits) == 3
    for visit in visits:
        assert (visit.latitude, visit.longitude) == (HOUSE["latitude"], HOUSE["longitude"])
        assert (visit.sent_latitude, visit.sent_longitude) == pytest.approx((7.2, 100.6), abs=0.05)
        assert visit.visited_at < visit.recorded_at
        assert abs(visit.clock_skew_s) < 60
    assert Help.objects.get().household == first
    assert Visit.objects.get(note=NOTE).next_visit_on == timezone.localdate() + timedelta(days=14)
    photos = list(Photo.objects.filter(state="stored"))
    assert {photo.owner_id for photo in photos} == {visit.pk for visit in visits}
    for photo in photos:
        assert (photo.latitude, photo.longitude) == (HOUSE["latitude"], HOUSE["longitude"])
        assert photo.taken_at < photo.stored_at
        image = Image.open(io.BytesIO(open_photo(photo)))
        assert (image.format, dict(image.getexif()), "exif" in image.info) == ("JPEG", {}, False)
    return True


def officer_sees_them(desk: Page, live_server: LiveServer, households: list[Household]) -> None:
    for household in households:
        visit = Visit.objects.get(household=household)
        desk.goto(f"{live_server.url}/visits/")
        row = desk.get_by_role("row").filter(has=desk.get_by_role("link", name=household.head_name))
        row.locator(f"a[href='/visits/{visit.pk}/']").click()
        expect(desk.locator(".page-head")).to_contain_text(household.head_name)
        shot = desk.locator("img.photo__image")
        expect(shot).to_have_count(1)
        shot.scroll_into_view_if_needed()
        wait_for(desk, "() => document.querySelector('img.photo__image').naturalWidth > 0")
        expect(desk.locator(".photo__facts")).to_contain_text("มีพิกัดที่ถ่าย")


def visits_on_board(desk: Page, live_server: LiveServer) -> str:
    desk.goto(f"{live_server.url}/board/{VILLAGE[:4]}/?fiscal_year={this_year()}")
    part = desk.locator(".board-tile__parts div", has=desk.get_by_text("การลงพื้นที่", exact=True))
    return part.locator("dd").inner_text().split()[0]


def light_has_changed(desk: Page, live_server: LiveServer, helped: Household, other: Household) -> None:
    desk.goto(f"{live_server.url}/households/{helped.pk}/")
    expect(desk.locator(".light--relieved")).to_have_count(1)
    expect(desk.locator("h1 ~ p .stage--survive")).to_be_visible()
    desk.goto(f"{live_server.url}/households/{other.pk}/")
    expect(desk.locator(".light--failing")).to_have_count(1)
    expect(desk.locator("h1 ~ p .stage--survive")).to_have_count(0)


def tomorrow_is_shorter(page: Page, households: list[Household]) -> None:
    page.get_by_role("link", name="งานวันนี้").first.click()
    heading(page, "งานวันนี้")
    expect(page.locator(PRESSING)).to_have_text([households[3].head_name])
    expect(page.locator("[data-group=later] .visitee")).to_have_count(3)
