"""A mentor's day on a phone, tapped through on a running demo; yields each page by name as it comes.

The day leaves records behind: two visits, one assessment, an edit that an officer has to choose about.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

PHONE = {"width": 390, "height": 844}
LINE = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36 Line/13.20.0"
NOTE = "พบยายอยู่บ้านกับหลาน หลังคาครัวซ่อมเสร็จแล้ว ยังต้องเดินไปตักน้ำที่บ่อ"

Shots = Iterator[tuple[str, Page]]


def new_phone(browser: Browser, user_agent: str | None = None) -> BrowserContext:
    """A phone in the middle of the district, which may tell where it is."""
    return browser.new_context(
        viewport=PHONE,
        is_mobile=True,
        has_touch=True,
        locale="th-TH",
        timezone_id="Asia/Bangkok",
        geolocation={"latitude": 7.7771, "longitude": 100.3215, "accuracy": 18},
        permissions=["geolocation"],
        user_agent=user_agent,
    )


def line_notice(page: Page, address: str) -> Shots:
    """What a person sees who taps the link inside LINE."""
    page.goto(f"{address}/today/")
    expect(page.locator("[data-field-notice=in-app-line]")).to_be_visible()
    yield "field-line", page


def mentors_day(page: Page, officer: Page, address: str) -> Shots:
    """From taking along to the receipts; the page is signed in as the mentor, `officer` as the district."""
    yield from take_along(page, address)
    first, second, third = households_to_see(page)
    page.context.set_offline(True)
    yield from visit_without_network(page, address, first)
    yield from household_without_network(page, address, second)
    yield from edit_beside_an_officer(page, officer, address, second)
    yield from ask_again(page, address, third)
    page.goto(f"{address}/today/")
    shown(page)
    yield "field-today-unsent", page
    page.goto(f"{address}/board/")
    yield "field-offline", page
    visit_with_a_wrong_day(page, address, third)
    page.goto(f"{address}/outbox/")
    expect(page.locator("[data-item]").first).to_be_visible()
    yield "field-outbox-waiting", page
    yield from back_in_signal(page, address)


def take_along(page: Page, address: str) -> Shots:
    page.goto(f"{address}/today/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.get_by_role("button", name="โหลด", exact=True).click()
    expect(page.locator("[data-take-when]").first).to_contain_text("โหลดเมื่อ", timeout=20_000)
    page.goto(f"{address}/today/")
    shown(page)
    yield "field-today", page


def households_to_see(page: Page) -> list[str]:
    """Three of the list, by the addresses of their visit forms."""
    links = page.locator("main a[href$='/visit/']")
    found = [str(links.nth(number).get_attribute("href")) for number in range(links.count())]
    return [link.removesuffix("visit/") for link in dict.fromkeys(found)][:3]


def visit_without_network(page: Page, address: str, household: str) -> Shots:
    open_form(page, f"{address}{household}visit/")
    yield "field-visit", page
    page.locator(".pick").first.click()
    with page.expect_file_chooser() as chooser:
        page.get_by_text("ถ่ายภาพ", exact=True).click()
    chooser.value.set_files({"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": photo_of_a_house()})
    expect(page.locator(".shot__thumb")).to_have_count(1)
    page.get_by_label("เห็นอะไร คุยอะไร").fill(NOTE)
    to_top(page.locator("#help-title"))
    yield "field-visit-help", page
    to_top(page.locator("#photo-title"))
    yield "field-visit-photo", page
    save_visit(page)
    yield "field-visit-saved", page


def household_without_network(page: Page, address: str, household: str) -> Shots:
    page.goto(f"{address}{household}")
    shown(page)
    yield "field-household", page


def edit_beside_an_officer(page: Page, officer: Page, address: str, household: str) -> Shots:
    """The mentor without network and the officer at the desk change the same telephone number."""
    open_form(page, f"{address}{household}facts/")
    page.get_by_label("โทรศัพท์", exact=True).fill("0891112233")
    page.get_by_label("ทราบจากใคร").fill("ลูกสาวบอกเบอร์ใหม่")
    page.evaluate("scrollTo(0, 0)")
    yield "field-facts", page
    page.get_by_role("button", name="บันทึก", exact=True).click()
    expect(page.get_by_role("heading", name="บันทึกแล้ว")).to_be_visible()
    yield "field-facts-saved", page
    officer.goto(f"{address}{household}facts/?plain=1")
    officer.locator("input[name=phone]").fill("0894445566")
    officer.get_by_role("button", name="บันทึกข้อมูล").click()
    officer.wait_for_load_state("networkidle")


def ask_again(page: Page, address: str, household: str) -> Shots:
    """The re-assessment: one question a screen, a skip with its reason, what the family chooses."""
    open_form(page, f"{address}{household}assess/")
    yield "field-assess", page
    page.get_by_role("button", name=re.compile("ถามข้อที่ตกเกณฑ์")).click()
    expect(page.locator("[data-screen=question]")).to_be_visible()
    yield "field-assess-question", page
    page.get_by_role("button", name="ข้ามข้อนี้").click()
    yield "field-assess-skip", page
    page.get_by_role("button", name="ไม่ข้าม กลับไปตอบ").click()
    for _question in range(40):
        if page.get_by_role("heading", name="สรุปคำตอบ").is_visible():
            break
        page.locator(".answer--fail").click()
        page.wait_for_timeout(450)
    yield "field-assess-summary", page
    page.get_by_role("button", name="ให้ครัวเรือนเลือก").click()
    page.locator("[data-wishes] .wish__button").first.click()
    page.evaluate("scrollTo(0, 0)")
    yield "field-assess-wishes", page
    page.get_by_role("button", name="บันทึกผลประเมิน").click()
    expect(page.get_by_role("heading", name="บันทึกผลประเมินแล้ว")).to_be_visible()
    yield "field-assess-saved", page


def visit_with_a_wrong_day(page: Page, address: str, household: str) -> None:
    """A day before the household was on any list: the server will ask."""
    open_form(page, f"{address}{household}visit/")
    page.get_by_text("วันเวลาและสถานที่").click()
    page.get_by_label("วันที่เยี่ยม").fill("1/1/2560")
    save_visit(page)


def back_in_signal(page: Page, address: str) -> Shots:
    page.context.set_offline(False)
    page.goto(f"{address}/outbox/")
    needs = page.get_by_text("ต้องให้ท่านดู", exact=True).first
    expect(needs).to_be_visible(timeout=60_000)
    stored = page.locator("details.fold", has_text="เก็บแล้ว").first
    expect(stored).to_be_visible(timeout=60_000)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(3000)
    yield "field-outbox-needs-you", page
    mend = page.locator("[data-mend]").first.get_attribute("href")
    stored.locator("summary").click()
    to_top(stored)
    yield "field-outbox-stored", page
    open_form(page, f"{address}{mend}")
    page.evaluate("scrollTo(0, 0)")
    yield "field-visit-mend", page


# ---------------------------------------------------------------------------------------------------- helpers


def shown(page: Page) -> None:
    expect(page.locator("html[data-shown]")).to_be_attached(timeout=15_000)


def open_form(page: Page, address: str) -> None:
    page.goto(address)
    shown(page)


def save_visit(page: Page) -> None:
    page.get_by_role("button", name="บันทึกการเยี่ยม").click()
    expect(page.get_by_role("heading", name="บันทึกแล้ว")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")


def to_top(part: Locator) -> None:
    """Scroll so that this part stands below the header."""
    part.evaluate("(node) => scrollTo(0, node.getBoundingClientRect().top + scrollY - 90)")


def photo_of_a_house() -> bytes:
    """An invented house under a hill, as large as phones make them."""
    image = Image.new("RGB", (1600, 1200), "#a9cfe6")
    draw = ImageDraw.Draw(image)
    draw.ellipse((-300, 420, 1200, 1500), fill="#7fa36b")
    draw.rectangle((0, 860, 1600, 1200), fill="#9c8a63")
    draw.rectangle((520, 560, 1180, 900), fill="#c9a578")
    draw.polygon(((440, 580), (850, 300), (1260, 580)), fill="#8a4b38")
    draw.rectangle((640, 660, 770, 900), fill="#5d4634")
    draw.rectangle((900, 660, 1060, 790), fill="#e8e2cf")
    for post in (540, 830, 1140):
        draw.rectangle((post, 890, post + 28, 990), fill="#5d4634")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()
