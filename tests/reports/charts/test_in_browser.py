"""chart.js in a real browser: drawn when seen, no policy broken, marks open lists by mouse and by key."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from reports.services.rollup import drain_marks
from tests.cast import build_cast
from tests.journeys.steps import carry_session
from tests.reports.history import ACTS, World

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_chart_is_drawn_when_it_comes_into_sight_and_opens_a_list(
    page: Page, context: BrowserContext, live_server: LiveServer
) -> None:
    cast = build_cast()
    world = World(cast, households=10)
    for number, act in enumerate(act for act in ACTS if act != "drain"):
        world.act(act, number * 5 + 2)
    drain_marks()
    carry_session(context, live_server, cast.secretary)
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda fault: heard.append(str(fault)))
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{live_server.url}/board/90/")

    chart = page.locator("[data-chart]").first
    chart.scroll_into_view_if_needed()
    expect(chart).to_have_attribute("data-chart-drawn", "yes")
    surface = chart.locator("[data-chart-surface]")
    expect(surface.locator("canvas")).to_be_visible()
    assert surface.get_attribute("aria-label")
    narrow = surface.locator("canvas").bounding_box()
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(surface.locator("canvas")).not_to_have_attribute("width", str(int(narrow["width"])))
    assert page.evaluate("document.documentElement.scrollWidth") <= 1440
    assert heard == []

    surface.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/(households|helps|visits)/\?"))
    assert heard == []
