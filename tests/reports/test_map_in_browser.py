"""The map in a real browser: by keyboard from the province to the district, with the row of the table lit."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from reports.services.rollup import full_rollup
from tests.cast import MUEANG_SONGKHLA, MUEANG_VILLAGE, RANOT, SONGKHLA, VILLAGE, Cast
from tests.journeys.steps import carry_session
from tests.reports.boundaries import draw
from tests.reports.world import YEAR, make_state

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"

pytestmark = pytest.mark.django_db(transaction=True)


def test_by_keyboard_through_the_map_to_the_district(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast
) -> None:
    for number in range(3):
        make_state(cast, village=VILLAGE, stage=number < 2)
        make_state(cast, village=MUEANG_VILLAGE)
    full_rollup(YEAR)
    draw(RANOT, MUEANG_SONGKHLA, "900701")
    carry_session(context, live_server, cast.secretary)
    heard: list[ConsoleMessage] = []
    page.on("console", lambda message: heard.append(message))

    for width, height in ((390, 844), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{live_server.url}/board/{SONGKHLA}/?fiscal_year={YEAR}")
        expect(page.locator("[data-map-ready]")).to_be_attached()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        expect(page.locator("path[role=link]")).to_have_count(2)

    # Both ways: a row lights its area, an area its row.
    page.locator(f"#areas tr[data-area='{RANOT}'] th a").hover()
    expect(page.locator(f".map__area[data-area='{RANOT}']")).to_have_class("map__area is-lit")

    # Shapes follow each other as the rows do: the worst first.
    page.locator("[data-map-sheet]").focus()
    page.keyboard.press("Tab")
    shape = page.locator("path:focus")
    expect(shape).to_have_attribute("aria-label", "อ.เมืองสงขลา 100% (3 ครัวเรือน) ชั้น 2 จาก 2")
    page.keyboard.press("Tab")
    expect(shape).to_have_attribute("aria-label", "อ.ระโนด 33.3% (1 ครัวเรือน) ชั้น 1 จาก 2")
    expect(page.locator("#areas tr.is-lit th")).to_have_text("อ.ระโนด")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("อ.ระโนด")
    expect(page.locator("path[role=link]")).to_have_count(1)

    page.get_by_role("button", name="ช่อง").click()
    expect(page.locator("a[data-area='900701']")).to_be_visible()
    assert [message.text for message in heard] == []

    page.get_by_role("button", name="แผนที่", exact=True).click()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    faults = page.evaluate("axe.run('#map')")["violations"]
    assert [(fault["id"], fault["nodes"][0]["target"]) for fault in faults] == []
