"""A mentor's visits on a phone without network: few taps, nothing typed is lost, receipts later."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from casework.models import CohortState, Help, Photo, Visit
from casework.services.helps import record_help
from casework.services.visits import record_visit
from households.models import Correction, Household
from tests.casework.pages.families import family, today, typed
from tests.casework.work import a_help, a_visit, an_item
from tests.cast import Cast
from tests.journeys.phone import (
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
from tests.journeys.steps import carry_session, faults_of, too_wide, unfold

pytestmark = pytest.mark.django_db(transaction=True)

TAPS = """
addEventListener("pointerdown", (event) => {
  if (!event.isTrusted) return;
  localStorage.setItem("taps", Number(localStorage.getItem("taps") || 0) + 1);
  performance.mark("tapped");
}, true);
"""
# From the last tap to the drawn sheet, by the phone's own clock.
TOOK = """() => {
  const at = (name) => performance.getEntriesByName(name).at(-1)?.startTime;
  return at("visit:saved") - at("tapped");
}"""
# Outside the page: the camera's shutter and its "use this picture".
CAMERA_TAPS = 2
STATES = """async () => {
  const { items } = await import("/static/js/field/outbox.js");
  return (await items()).map((item) => item.state);
}"""


@pytest.fixture
def phone(browser: Browser, live_server: LiveServer, cast: Cast) -> BrowserContext:
    """A phone on which the mentor is signed in and may use the place."""
    context = new_phone(browser)
    carry_session(context, live_server, cast.mentor)
    yield context
    context.close()


def taken_along(phone: BrowserContext, live_server: LiveServer) -> Page:
    """The households are on the phone, the service worker keeps the pages, the network is gone."""
    page = phone.new_page()
    page.goto(f"{live_server.url}/today/")
    page.get_by_role("button", name="โหลด", exact=True).click()
    expect(page.locator("[data-take-when]")).to_contain_text("โหลดเมื่อ")
    settled(page)
    phone.set_offline(True)
    page.goto(f"{live_server.url}/today/")
    expect(page.locator("html[data-shown]")).to_be_attached()
    return page


def open_visit(page: Page, live_server: LiveServer, household: Household) -> None:
    page.goto(f"{live_server.url}/households/{household.pk}/visit/")
    shown(page)


@pytest.fixture
def household(cast: Cast) -> Household:
    item = an_item("living", name="ซ่อมหลังคา", agency_name="อบต.ระโนด", usual_baht=3500)
    made = family(cast, head=("นาง", "ทองดี", "แก้วมณี"))
    last = a_help(item, given_on=today() - timedelta(days=40), amount_baht=Decimal(1200))
    record_visit(actor=cast.mentor, visit=a_visit(made, day=today() - timedelta(days=40), helps=(last,)))
    return made


def test_routine_visit_takes_few_taps_and_arrives_with_help_photo_and_place(
    phone: BrowserContext, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    page = taken_along(phone, live_server)
    page.add_init_script(TAPS)
    page.reload()
    shown(page)
    page.evaluate("localStorage.setItem('taps', 0)")

    page.get_by_role("link", name="บันทึกเยี่ยม นางทองดี แก้วมณี").click()
    shown(page)
    page.get_by_role("button", name=re.compile("ซ่อมหลังคา.*เหมือนครั้งก่อน")).click()
    photograph(page, picture())
    expect(page.locator(".shot__thumb")).to_be_visible()
    expect(page.get_by_text("จับตำแหน่งแล้ว")).to_be_visible()
    save(page)

    wait_for(page, "() => performance.getEntriesByName('visit:saved').length", 1)
    assert page.evaluate(TOOK) < 2000
    taps = int(page.evaluate("localStorage.getItem('taps')")) + CAMERA_TAPS
    assert taps <= 8
    expect(page.get_by_text("อยู่ในเครื่องนี้", exact=True)).to_be_visible()
    assert Visit.objects.count() == 1

    phone.set_offline(False)
    expect(page.get_by_text(re.compile(r"เก็บแล้ว \d\d:\d\d น. เลขรับ \S+$"))).to_be_visible(timeout=20_000)
    visit = Visit.objects.exclude(visited_on=today() - timedelta(days=40)).get()
    help_ = Help.objects.get(visit=visit)
    assert (visit.latitude, visit.longitude, visit.accuracy_m) == (7.7771, 100.3215, 18)
    assert (help_.item.name, help_.agency.name, help_.amount_baht) == ("ซ่อมหลังคา", "พมจ.สงขลา", 1200)
    photo = Photo.objects.get()
    assert (photo.owner_id, photo.state) == (visit.pk, "stored")
    assert (photo.width, photo.height) == (1200, 1600)


def test_form_survives_reload_back_and_another_household(
    phone: BrowserContext, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    other = family(cast, head=("นาย", "บุญมี", "ใจงาม"))
    page = taken_along(phone, live_server)
    open_visit(page, live_server, household)
    note = page.get_by_label("เห็นอะไร คุยอะไร")
    note.fill("ยายเล่าเรื่องหลานยาวมาก")
    page.get_by_role("button", name=re.compile("ซ่อมหลังคา.*เหมือนครั้งก่อน")).click()
    photograph(page, picture())
    expect(page.locator(".shot__thumb")).to_be_visible()
    kept(page)

    page.reload()
    shown(page)
    expect(note).to_have_value("ยายเล่าเรื่องหลานยาวมาก")
    expect(page.locator(".help-line")).to_have_count(1)
    expect(page.locator(".shot__thumb")).to_be_visible()
    expect(page.get_by_text("มีร่างที่ยังไม่ได้ส่ง")).to_be_visible()

    open_visit(page, live_server, other)
    expect(note).to_have_value("")
    note.fill("บ้านลุงบุญมี")
    kept(page)
    page.go_back()
    shown(page)
    expect(note).to_have_value("ยายเล่าเรื่องหลานยาวมาก")
    page.close()

    page = phone.new_page()
    open_visit(page, live_server, other)
    expect(page.get_by_label("เห็นอะไร คุยอะไร")).to_have_value("บ้านลุงบุญมี")
    page.get_by_role("button", name="ทิ้งร่าง").click()
    expect(page.get_by_text("มีร่างที่ยังไม่ได้ส่ง")).to_be_hidden()
    shown(page)
    expect(page.get_by_label("เห็นอะไร คุยอะไร")).to_have_value("")
    open_visit(page, live_server, household)
    expect(page.get_by_label("เห็นอะไร คุยอะไร")).to_have_value("ยายเล่าเรื่องหลานยาวมาก")


def test_wrong_values_and_wrong_photos_are_said_at_their_place(
    phone: BrowserContext, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    page = taken_along(phone, live_server)
    open_visit(page, live_server, household)
    page.get_by_label("เห็นอะไร คุยอะไร").fill("พบยาย")
    photograph(page, b"%PDF-1.4", "order.pdf", "application/pdf")
    expect(page.get_by_text("order.pdf: ไม่ใช่ไฟล์ภาพ เลือกภาพอื่น")).to_be_visible()
    photograph(page, b"\xff\xd8\xff\xe0 not a picture", "broken.jpg")
    expect(page.get_by_text("broken.jpg: เปิดภาพนี้ไม่ได้ ลองถ่ายใหม่")).to_be_visible()
    page.get_by_text("กำหนดวัน", exact=True).click()
    page.get_by_label("วันนัด วัน/เดือน/ปี พ.ศ.").fill("๑/๑/๒๕๖๐")
    page.get_by_role("button", name=re.compile("ซ่อมหลังคา.*เหมือนครั้งก่อน")).click()
    page.get_by_label("มูลค่า").fill("พันสอง")
    page.get_by_text("วันเวลาและสถานที่").click()
    page.get_by_label("วันที่เยี่ยม").fill(typed(today() + timedelta(days=3)))

    page.get_by_role("button", name="บันทึกการเยี่ยม").click()
    expect(page.get_by_text("มูลค่าต้องเป็นจำนวนบาท เช่น 1500")).to_be_visible()
    expect(page.get_by_text("วันเวลาที่เยี่ยมอยู่ในอนาคต")).to_be_visible()
    expect(page.get_by_text("วันนัดครั้งต่อไปต้องอยู่หลังวันที่เยี่ยม")).to_be_visible()
    assert faults_of(page) == []

    page.get_by_label("มูลค่า").fill("๑,๒๐๐")
    page.get_by_role("button", name="วันนี้", exact=True).click()
    page.get_by_text("14 วัน", exact=True).click()
    save(page)
    assert page.evaluate(STATES) == ["waiting"]


def test_promise_delivered_offline_leaves_the_list_and_shows_what_else_there_is(
    phone: BrowserContext, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    tools = an_item("income", name="เครื่องมือทำกิน")
    record_help(actor=cast.mentor, help=a_help(tools, household, status="promised", given_on=today()))
    seed = an_item("income", name="พันธุ์ไก่")
    record_help(actor=cast.mentor, help=a_help(seed, household, status="promised", given_on=today()))
    next_one = family(cast, head=("นาย", "บุญมี", "ใจงาม"))
    page = taken_along(phone, live_server)
    expect(page.locator("[data-group=promised] .visitee")).to_have_count(1)
    open_visit(page, live_server, household)
    page.get_by_text("เครื่องมือทำกิน").first.click()
    save(page)

    sheet = page.locator("[data-saved]")
    expect(sheet.get_by_text("พันธุ์ไก่")).to_be_visible()
    expect(sheet.get_by_text("เครื่องมือทำกิน")).to_have_count(0)
    expect(sheet.get_by_text("ยังไม่มีเบอร์โทรศัพท์")).to_be_visible()
    expect(sheet.get_by_role("link", name=f"บันทึกเยี่ยม {next_one.head_name}")).to_be_visible()
    assert faults_of(page) == []
    page.goto(f"{live_server.url}/today/")
    shown(page)
    expect(page.locator("[data-unsent]")).to_contain_text("รายการรอส่ง 1")
    expect(page.locator(".visitee", has_text="นางทองดี").get_by_text("อยู่ในเครื่องนี้")).to_be_visible()
    page.goto(f"{live_server.url}/households/{household.pk}/")
    shown(page)
    expect(page.get_by_text("รอส่งของครัวเรือนนี้")).to_be_visible()
    expect(page.locator("[data-promises]")).not_to_contain_text("เครื่องมือทำกิน")

    phone.set_offline(False)
    wait_until(page, lambda: Help.objects.filter(fulfils__item=tools, status="delivered").exists())


def test_refused_time_is_asked_again_and_both_times_are_kept(
    phone: BrowserContext, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    page = taken_along(phone, live_server)
    open_visit(page, live_server, household)
    page.get_by_text("วันเวลาและสถานที่").click()
    page.get_by_label("วันที่เยี่ยม").fill("1/1/2560")
    save(page)
    phone.set_offline(False)
    expect(page.get_by_text("ต้องให้ท่านดู", exact=True)).to_be_visible(timeout=20_000)
    item = page.evaluate(
        "async () => (await (await import('/static/js/field/outbox.js')).items())[0].id",
    )

    page.goto(f"{live_server.url}/households/{household.pk}/visit/?mend={item}")
    shown(page)
    expect(page.get_by_role("heading", name="เยี่ยมจริงเมื่อไร")).to_be_visible()
    expect(page.locator("#visited_on")).to_have_value("01/01/2560")
    expect(page.locator(".field--error .field__error")).to_contain_text("วันที่เยี่ยมมาก่อนวันที่ครัวเรือนเข้าบัญชี")
    assert faults_of(page) == []
    day = today()
    page.locator("#visited_on").fill(typed(day))
    page.locator("#visited_time").fill("00:00")
    page.get_by_role("button", name="บันทึกและส่งใหม่").click()
    expect(page.get_by_text(re.compile("เก็บแล้ว"))).to_be_visible(timeout=20_000)

    visit = Visit.objects.get(pk=item)
    assert visit.visited_on == day
    assert visit.claimed_at is not None
    assert (timezone.localdate(visit.claimed_at).year, visit.time_doubt) == (2017, "before_list")


def test_photo_leaves_the_phone_upright_small_and_without_metadata(
    phone: BrowserContext, live_server: LiveServer, cast: Cast
) -> None:
    page = phone.new_page()
    page.goto(f"{live_server.url}/field/shell/offline/")
    told = page.evaluate(
        """async (bytes) => {
          const { shrink } = await import("/static/js/field/photo.js");
          const file = new File([new Uint8Array(bytes)], "IMG.jpg", { type: "image/jpeg" });
          return [...new Uint8Array(await (await shrink(file)).blob.arrayBuffer())];
        }""",
        list(picture()),
    )
    image = Image.open(io.BytesIO(bytes(told)))
    assert (image.format, image.size) == ("JPEG", (1200, 1600))
    assert dict(image.getexif()) == {}


DRAWN = """() => {
  const parts = [".visitee__name", ".visitee__place", ".due", ".visitee__reason"];
  const text = (card, part) => card.querySelector(part).textContent.trim().replace(/\\s+/g, " ");
  return [...document.querySelectorAll("[data-group]")].map((list) => ({
    group: list.dataset.group,
    cards: [...list.children].map((card) => parts.map((part) => text(card, part))),
  }));
}"""


def drawn_day(page: Page) -> list[dict[str, Any]]:
    """The list as it stands: groups, and of each card its name, place, chip and reason."""
    return page.evaluate(DRAWN)


def test_phone_and_server_draw_the_same_day(
    phone: BrowserContext, live_server: LiveServer, cast: Cast
) -> None:
    late, soon, pressing, later, new, promised = (family(cast) for _ in range(6))
    for household, days in (
        *((late, -5), (soon, 3), (pressing, 3)),
        *((later, 20), (new, 20), (promised, 1)),
    ):
        if household is not new:
            record_visit(actor=cast.mentor, visit=a_visit(household, day=today() - timedelta(days=9)))
        CohortState.objects.filter(household=household).update(due_on=today() + timedelta(days=days))
    CohortState.objects.filter(household=pressing).update(failing_share=1000)
    given = today() - timedelta(days=4)
    record_help(actor=cast.mentor, help=a_help(an_item(), promised, status="promised", given_on=given))
    page = phone.new_page()
    page.goto(f"{live_server.url}/today/")
    by_server = drawn_day(page)
    page.close()

    by_phone = drawn_day(taken_along(phone, live_server))

    assert [each["group"] for each in by_server] == ["promised", "overdue", "due", "new", "later"]
    assert by_phone == by_server
    assert new.head_name in str(by_server)
    first, second = (int(card[3].rpartition(" ")[2]) for card in by_server[2]["cards"])
    assert first == second + 30


def test_facts_are_edited_offline_one_by_one(
    phone: BrowserContext, live_server: LiveServer, cast: Cast, household: Household
) -> None:
    page = taken_along(phone, live_server)
    page.goto(f"{live_server.url}/households/{household.pk}/facts/")
    shown(page)
    page.get_by_label("โทรศัพท์").fill("12")
    page.get_by_role("button", name="บันทึก", exact=True).click()
    expect(page.get_by_text("เบอร์โทรศัพท์ต้องมี 9 หรือ 10 หลัก")).to_be_visible()
    assert faults_of(page) == []
    page.get_by_label("โทรศัพท์").fill("๐๘๑-๒๓๔-๕๖๗๘")
    kept(page)
    page.reload()
    shown(page)
    expect(page.get_by_label("โทรศัพท์")).to_have_value("๐๘๑-๒๓๔-๕๖๗๘")
    page.get_by_text("นางทองดี แก้วมณี").last.click()
    page.get_by_label("อาชีพ").first.fill("รับจ้าง")
    page.get_by_role("button", name="เพิ่มสมาชิก").click()
    added = page.locator("[data-added]")
    added.get_by_label("ชื่อ", exact=True).fill("เด็กหญิงน้อย")
    added.get_by_label("นามสกุล").fill("แก้วมณี")
    page.get_by_role("button", name="บันทึก", exact=True).click()
    expect(page.get_by_role("heading", name="บันทึกแล้ว")).to_be_visible()
    expect(page.get_by_text("อยู่ในเครื่องนี้", exact=True)).to_have_count(3)

    phone.set_offline(False)
    wait_until(page, lambda: Correction.objects.filter(household=household).count() == 3)
    household.refresh_from_db()
    assert household.phone == "0812345678"


def test_pages_from_the_phone_fit_and_axe_finds_nothing(
    phone: BrowserContext, live_server: LiveServer, cast: Cast
) -> None:
    head = ("นางสาว", "กัญญารัตน์ประภัสสรสุดา", "ศรีสุวรรณวิจิตรพิพัฒน์วงศ์ ณ นครศรีธรรมราช")
    household = family(cast, head=head, persons=3)
    an_item("living", name="ซ่อมหลังคา")
    Household.objects.filter(pk=household.pk).update(phone="0812345678", latitude=7.5, longitude=100.25)
    page = taken_along(phone, live_server)
    own = f"/households/{household.pk}/"
    found: list[tuple[str, Any]] = []
    for address in ("/today/", own, f"{own}visit/", f"{own}facts/"):
        page.goto(live_server.url + address)
        shown(page)
        unfold(page)
        found += [(address, fault) for fault in (*faults_of(page), too_wide(page)) if fault]

    assert found == []


def test_nearest_first_only_when_asked(phone: BrowserContext, live_server: LiveServer, cast: Cast) -> None:
    far, near = family(cast), family(cast)
    for household, latitude in ((far, 8.5), (near, 7.7781)):
        Household.objects.filter(pk=household.pk).update(latitude=latitude, longitude=100.3215)
    page = taken_along(phone, live_server)
    names = page.locator(".visitee__name")
    expect(page.locator("[data-far]").first).to_be_hidden()

    page.get_by_role("button", name="ใกล้ฉันก่อน").click()

    expect(names.first).to_contain_text(near.head_name)
    expect(page.locator("[data-far]").first).to_have_text("· ราว 100 ม.")
