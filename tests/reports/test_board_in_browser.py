"""The board in a real browser: fits every width, reads well aloud, leads down to the household."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from reports.services.rollup import drain_marks
from tests.cast import Cast, build_cast, client_of
from tests.journeys.steps import faults_of
from tests.reports.history import ACTS, World

WIDTHS = (390, 1024, 1440, 1920)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast() -> Cast:
    made = build_cast()
    world = World(made, households=12)
    for number, act in enumerate(ACTS * 2):
        if act != "drain":
            world.act(act, number * 7 + 1)
    drain_marks()
    return made


def sign_in(context: BrowserContext, live_server: LiveServer, cast: Cast) -> None:
    session = client_of(cast.secretary).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])


@pytest.mark.parametrize("query", ["table=stages", "table=dimensions&unit=percent"])
def test_a_board_fits_and_axe_finds_nothing(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast, query: str
) -> None:
    sign_in(context, live_server, cast)
    heard: list[ConsoleMessage] = []
    page.on("console", lambda message: heard.append(message))
    page.goto(f"{live_server.url}/board/90/?{query}")
    assert [message.text for message in heard] == []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        found = faults_of(page) if width in (390, 1440) else []
        assert [(width, *fault) for fault in found] == []


def test_the_way_down_from_the_province_to_a_household(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast
) -> None:
    sign_in(context, live_server, cast)
    page.goto(f"{live_server.url}/board/")
    for name in ("อ.ระโนด", "ต.ระโนด"):
        page.locator("#areas").locator("th").get_by_role("link", name=name, exact=True).click()
        expect(page.locator("h1")).to_have_text(name)
    page.locator("#areas").locator("th").get_by_role("link", name=re.compile("บ้านรับแพรก")).click()
    expect(page.locator("h1")).to_have_text(re.compile("บ้านรับแพรก"))
    page.locator("#tile-households .board-tile__value a").click()
    expect(page).to_have_url(re.compile(r"/households/\?area=90070101&fiscal_year=\d{4}"))
    page.locator("main table tbody a").first.click()
    expect(page).to_have_url(re.compile(r"/households/[0-9a-f-]{36}/"))
    for _step in range(3):
        page.go_back()
    expect(page.locator("h1")).to_have_text("ต.ระโนด")
