"""The switch on a phone: pages kept by the phone change too, with network and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from povertyops.accounts.models import User
from tests.casework.pages.families import family
from tests.casework.work import an_item
from tests.cast import Cast
from tests.journeys.phone import begin_day, take_along
from tests.journeys.steps import listen

pytestmark = pytest.mark.django_db(transaction=True)


def test_pages_of_the_phone_change_their_language_with_and_without_network(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast
) -> None:
    an_item("living", name="ซ่อมหลังคา")
    family(cast)
    heard = listen(page)
    begin_day(page, live_server, cast.mentor)
    take_along(page)
    page.goto(f"{live_server.url}/today/")
    assert page.evaluate("document.documentElement.hasAttribute('data-shell')")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Today's work")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"
    assert User.objects.get(pk=cast.mentor.user_id).language == "en"
    context.set_offline(True)
    page.goto(f"{live_server.url}/outbox/")
    expect(page.get_by_role("heading", name="Outbox")).to_be_visible()
    page.get_by_role("button", name="ไทย").click()
    expect(page.get_by_role("heading", name="รายการรอส่ง")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "th"
    assert [line for line in heard if "ERR_INTERNET_DISCONNECTED" not in line] == []
