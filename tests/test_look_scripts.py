"""The small scripts in a real browser, on the gallery page: drafts, UUIDs, keyboard tables, one sending."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from povertyops.common.thai import format_thai_date
from tests.cast import Cast
from tests.journeys.phone import draft_kept
from tests.journeys.steps import carry_session, faults_of

FRAMES = ("app", "board", "field", "field_form")
READ_BY_AXE = {("app", 390), ("field_form", 390), ("board", 1440)}

pytestmark = pytest.mark.django_db(transaction=True)


def shown(page: Page, live_server: LiveServer, query: str = "") -> Page:
    page.goto(f"{live_server.url}/gallery/{query}")
    return page


def test_page_breaks_no_policy_and_logs_nothing(page: Page, live_server: LiveServer) -> None:
    heard: list[ConsoleMessage] = []
    page.on("console", lambda message: heard.append(message))

    shown(page, live_server)
    page.wait_for_load_state("networkidle")

    assert [message.text for message in heard] == []


def test_every_frame_fits_its_window_and_axe_finds_nothing(page: Page, live_server: LiveServer) -> None:
    sideways, faults = [], []
    for frame in FRAMES:
        shown(page, live_server, f"?frame={frame}")
        for width in (390, 1440, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                sideways.append((frame, width))
            found = faults_of(page) if (frame, width) in READ_BY_AXE else []
            faults += [(frame, width, *fault) for fault in found]

    assert sideways == []
    assert faults == []


def test_typed_text_survives_a_reload_and_can_be_dropped(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast
) -> None:
    carry_session(context, live_server, cast.officer)
    form = shown(page, live_server).locator("#gallery-form[data-draft-ready]")
    form.get_by_label("บันทึก").fill("หลังคารั่ว")
    form.get_by_label("ซ่อมบ้าน").check()
    draft_kept(page)
    uuid = form.locator("[data-client-uuid]").input_value()

    page.reload()

    expect(form.get_by_label("บันทึก")).to_have_value("หลังคารั่ว")
    expect(form.get_by_label("ซ่อมบ้าน")).to_be_checked()
    expect(form.locator("[data-draft-sign]")).to_be_visible()
    assert form.locator("[data-client-uuid]").input_value() == uuid

    form.locator("[data-draft-drop]").click()
    expect(form.locator("[data-draft-sign]")).to_be_hidden()
    expect(form.get_by_label("บันทึก")).to_have_value("")


def test_date_is_filled_in_the_buddhist_era(page: Page, live_server: LiveServer) -> None:
    form = shown(page, live_server).locator("#gallery-form")

    form.get_by_role("button", name="เมื่อวาน").click()

    yesterday = timezone.localdate() - timedelta(days=1)
    expect(form.get_by_label("วันที่ลงพื้นที่")).to_have_value(format_thai_date(yesterday, "numeric"))


def test_rows_are_answered_by_keys(page: Page, live_server: LiveServer) -> None:
    rows = shown(page, live_server).locator("[data-keygrid] tbody tr")
    rows.nth(0).focus()

    page.keyboard.press("2")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("3")

    expect(rows.nth(0).get_by_label("ย้ายออก")).to_be_checked()
    expect(rows.nth(2).get_by_label("เสียชีวิต")).to_be_checked()
    expect(rows.nth(1).get_by_label("เสียชีวิต")).not_to_be_checked()

    # A note and Enter lead to the next row; h answers what is left of the household.
    rows.nth(0).focus()
    page.keyboard.press("n")
    page.keyboard.type("3 ปี")
    page.keyboard.press("Enter")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("h")
    expect(rows.nth(0).get_by_label("หมายเหตุ")).to_have_value("3 ปี")
    expect(rows.nth(0).get_by_label("ย้ายออก")).to_be_checked()
    expect(rows.nth(1).get_by_label("ถูกต้อง")).to_be_checked()
    expect(rows.nth(2).get_by_label("เสียชีวิต")).to_be_checked()


def test_menu_closes_by_escape(page: Page, live_server: LiveServer) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    shown(page, live_server)
    page.get_by_text("ทั้งหมด", exact=True).click()
    expect(page.locator(".thumb__sheet")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.locator(".thumb__sheet")).to_be_hidden()


def test_second_tap_sends_nothing(page: Page, live_server: LiveServer) -> None:
    shown(page, live_server, "?frame=field_form")
    page.evaluate(
        """() => {
          window.sent = 0;
          document.querySelector("#gallery-form").noValidate = true;
          document.addEventListener("submit", (event) => {
            if (!event.defaultPrevented) window.sent += 1;
            event.preventDefault();
          });
        }"""
    )

    save = page.get_by_role("region", name="ปุ่มของหน้านี้").get_by_role("button")
    save.dblclick()

    assert page.evaluate("window.sent") == 1
    expect(save).to_have_attribute("aria-busy", "true")


def test_page_is_whole_without_scripts(browser, live_server: LiveServer) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = shown(context.new_page(), live_server)

    page.get_by_text("ทั้งหมด", exact=True).click()

    expect(page.locator(".thumb__sheet").get_by_role("link", name="ทีมพี่เลี้ยง")).to_be_visible()
    expect(page.locator("[data-print]")).to_be_hidden()
    context.close()
