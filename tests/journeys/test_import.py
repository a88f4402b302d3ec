"""An officer brings in a target list in a real browser: send, watch, mend, receipt; also without scripts."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from households.models import Household, ImportBatch
from ops.processes import Child
from tests.cast import Cast
from tests.import_work import check, load_world
from tests.journeys.steps import DESK, PHONE, carry_session, faults_of, listen, too_wide
from tests.lists import Sheet, make_households

pytestmark = pytest.mark.django_db(transaction=True)

PIN = "เลขประจำตัวประชาชน"


@pytest.fixture
def officer(context: BrowserContext, live_server: LiveServer, cast: Cast) -> Cast:
    load_world()
    carry_session(context, live_server, cast.officer)
    return cast


def send(page: Page, server: LiveServer, path: Path) -> None:
    page.goto(f"{server.url}/imports/new/")
    page.get_by_label("ชนิดบัญชี").select_option("tpmap")
    page.get_by_label("ปีงบประมาณ", exact=True).select_option("2568")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="ส่งไปตรวจ").click()


def test_list_goes_from_file_to_receipt_and_back_mended(
    page: Page, live_server: LiveServer, officer: Cast, celery_process: Child, tmp_path: Path
) -> None:
    heard = listen(page)
    page.set_viewport_size(DESK)
    families = make_households(6, persons=2)
    good = families[2].persons[0].pin
    sheet = Sheet(families).set(4, PIN, "300792872122")
    send(page, live_server, sheet.xlsx(tmp_path / "list.xlsx", title=["บัญชีครัวเรือนเป้าหมาย"]))

    button = page.get_by_role("button", name="นำเข้า 5 ครัวเรือน")
    expect(button).to_be_visible(timeout=30_000)
    expect(page.get_by_role("cell", name="xxxxxxxxxxxx")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="ไฟล์สำหรับแก้").click()
    mended = tmp_path / "errors.xlsx"
    download.value.save_as(mended)
    button.click()
    expect(page.get_by_text("นำเข้าเรียบร้อย")).to_be_visible(timeout=30_000)
    assert Household.objects.count() == 5

    book = openpyxl.load_workbook(mended)
    book.active.cell(2, sheet.column(PIN) + 1).value = good
    book.save(mended)
    send(page, live_server, mended)
    page.get_by_role("button", name="นำเข้า 1 ครัวเรือน").click(timeout=30_000)
    expect(page.get_by_text("นำเข้าเรียบร้อย")).to_be_visible(timeout=30_000)
    assert Household.objects.count() == 6
    assert not heard


def test_list_goes_in_without_scripts(
    browser: Browser, live_server: LiveServer, cast: Cast, celery_process: Child, tmp_path: Path
) -> None:
    load_world()
    context = browser.new_context(java_script_enabled=False)
    carry_session(context, live_server, cast.officer)
    page = context.new_page()
    send(page, live_server, Sheet(make_households(2)).csv(tmp_path / "list.csv"))
    button = page.get_by_role("button", name="นำเข้า 2 ครัวเรือน")
    reload_until(page, button)
    button.click()
    reload_until(page, page.get_by_text("นำเข้าเรียบร้อย"))
    assert Household.objects.count() == 2
    context.close()


def reload_until(page: Page, found: object) -> None:
    for _turn in range(100):
        if found.count():  # type: ignore[attr-defined]
            return
        page.wait_for_timeout(300)
        page.reload()
    pytest.fail(page.content())


def test_pages_of_imports_are_accessible(page: Page, live_server: LiveServer, officer: Cast) -> None:
    check(Sheet(make_households(4)).set(0, PIN, "1").set(3, PIN, ""), actor=officer.officer)
    heard = listen(page)
    batch = ImportBatch.objects.get()
    for address in ("/imports/", "/imports/new/", f"/imports/{batch.pk}/"):
        page.goto(live_server.url + address)
        for size in (PHONE, DESK):
            page.set_viewport_size(size)
            assert too_wide(page) == 0, (address, size)
            assert faults_of(page) == [], (address, size)
    assert not heard
