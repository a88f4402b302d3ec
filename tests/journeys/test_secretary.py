"""A secretary's way from a number on the board to the households behind it and into one of them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from reports.services.rollup import full_rollup
from tests.casework.pages.families import family, this_year
from tests.casework.work import INCOME
from tests.cast import Cast
from tests.journeys.steps import DESK, listen, sign_in_by_hand

pytestmark = pytest.mark.django_db(transaction=True)


def test_number_opens_exactly_its_list(
    page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast
) -> None:
    poor = [family(cast, dimensions=INCOME) for _ in range(3)]
    family(cast)
    full_rollup(this_year())
    page.set_viewport_size(DESK)
    heard = listen(page)

    sign_in_by_hand(page, live_server, cast.secretary)
    expect(page).to_have_url(re.compile(r"/board/"))
    row = page.locator("table.chart-table--dims tr").filter(has_text="รายได้")
    row.get_by_role("link", name="3", exact=True).first.click()

    expect(page).to_have_url(re.compile(r"/households/\?.*failing=income"))
    expect(page.locator("tbody tr")).to_have_count(len(poor))
    expect(page.locator(".pager__count")).to_contain_text("ทั้งหมด 3 ครัวเรือน")
    page.get_by_role("link", name=poor[0].head_name, exact=True).first.click()
    expect(page.get_by_role("heading", name="อยู่ในบัญชีเพราะ")).to_be_visible()
    assert heard == []
