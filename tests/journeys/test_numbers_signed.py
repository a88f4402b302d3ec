"""Numbers a governor can sign: from the province to one household and back, past days, a frozen meeting."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from openpyxl import load_workbook
from playwright.sync_api import BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from casework.inputs import HelpInput
from casework.models import HelpMenuItem
from casework.services.after import after_write
from casework.services.visits import record_visit
from households.models import Household
from ops.processes import Child
from povertyops.accounts.actor import Actor, system_actor
from povertyops.common.ids import uuid7
from reports.models import FrozenProgress, Meeting
from reports.services.rollup import full_rollup
from tests.casework.work import LIVING, START, YEAR, a_visit, an_item, moment
from tests.cast import (
    MUEANG_SONGKHLA,
    MUEANG_VILLAGE,
    NEXT_VILLAGE,
    RANOT,
    SONGKHLA,
    SUBDISTRICT,
    VILLAGE,
    Cast,
    client_of,
    make_case,
    make_household,
    make_listing,
)
from tests.journeys.phone import heading, wait_until
from tests.journeys.steps import DESK, carry_session, listen
from tests.reports.boundaries import draw

pytestmark = pytest.mark.django_db(transaction=True)

LISTED_ON, HELPED_ON, LATE = date(2025, 1, 15), date(2025, 3, 11), date(2025, 9, 10)
BETWEEN = "1/2/2568"
BAHT = Decimal(12_345)
TONGDEE = "นางทองดี แก้วมณี"


@pytest.fixture
def item() -> HelpMenuItem:
    return an_item("living", name="ซ่อมหลังคา")


@pytest.fixture
def households(cast: Cast, item: HelpMenuItem) -> list[Household]:
    """Three in one village, two of them helped in March; one beside it; two in the other district."""
    made = [
        _listed(cast, VILLAGE, head=("นาง", "ทองดี", "แก้วมณี"), team=cast.mentor_team),
        *(_listed(cast, place) for place in (VILLAGE, VILLAGE, NEXT_VILLAGE, MUEANG_VILLAGE, MUEANG_VILLAGE)),
    ]
    for household in made[1:3]:
        _help(cast.officer, household, item)
    full_rollup(YEAR)
    return made


def _listed(cast: Cast, village: str, **values: object) -> Household:
    household = make_household(cast, village=village, **values)  # type: ignore[arg-type]
    make_listing(household, fiscal_year=YEAR, dimensions=LIVING)
    make_case(household, opened_on=START)
    then = system_actor(moment(LISTED_ON))
    after_write(actor=then, household_ids=[household.pk], since=START)
    return household


def _help(actor: Actor, household: Household, item: HelpMenuItem) -> None:
    """What brings the household to *survive*, told on the day itself."""
    given = HelpInput(id=uuid7(), item_id=item.pk, given_on=HELPED_ON, amount_baht=BAHT)
    then = replace(actor, recorded_at=moment(HELPED_ON))
    record_visit(actor=then, visit=a_visit(household, day=HELPED_ON, helps=(given,)))


@pytest.fixture
def desk(page: Page, context: BrowserContext, live_server: LiveServer, cast: Cast) -> Page:
    """The provincial secretary at a desk."""
    page.set_viewport_size(DESK)
    carry_session(context, live_server, cast.secretary)
    return page


def _board(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/board/{SONGKHLA}/?fiscal_year={YEAR}")
    heading(page, "จ.สงขลา")


def _stage(page: Page, code: str) -> Locator:
    """The figure of a stage on the board."""
    step = page.locator("#stages li").filter(has=page.locator(f".swatch--{code}"))
    return step.locator(".board-stages__value")


def _number(place: Locator) -> int:
    return int(re.sub(r"\D.*", "", place.inner_text().replace(",", ""), flags=re.DOTALL))


def _opens(page: Page, link: Locator) -> int:
    """Open the list behind a number: it says the same number."""
    number = _number(link)
    link.click()
    expect(page.locator(".pager__count b").first).to_have_text(str(number))
    return number


def _by_keyboard(page: Page, area: str) -> None:
    """Go to a shape of the map and open its board."""
    expect(page.locator("[data-map-ready]")).to_be_attached()
    page.locator("[data-map-sheet]").focus()
    shape = page.locator(f"path[data-shape='{area}']")
    for _shape in range(page.locator("path[role=link]").count()):
        page.keyboard.press("Tab")
        if shape.evaluate("shape => shape === document.activeElement"):
            break
    expect(shape).to_be_focused()
    page.keyboard.press("Enter")


def _ask_for_days(page: Page, **days: str) -> None:
    fold = page.locator("details[data-keep-open=board-days]")
    page.wait_for_load_state("load")
    fold.evaluate("fold => { fold.open = true; }")
    for name in ("as_of", "compare"):
        page.locator(f"form.board-days [name={name}]").fill(days.get(name, ""))
    page.get_by_role("button", name="ดูตามวันนี้").click()


def test_down_the_map_to_one_household_and_back_then_to_a_past_day(
    desk: Page, live_server: LiveServer, households: list[Household]
) -> None:
    page, heard = desk, listen(desk)
    draw(RANOT, MUEANG_SONGKHLA, SUBDISTRICT)

    _board(page, live_server)
    _by_keyboard(page, RANOT)
    heading(page, "อ.ระโนด")
    _by_keyboard(page, SUBDISTRICT)
    heading(page, "ต.ระโนด")
    page.locator(f"#map a[data-area='{VILLAGE}']").click()
    heading(page, "หมู่ 1 บ้านรับแพรก")
    assert _opens(page, page.locator("#tile-households .board-tile__value a")) == 3
    page.get_by_role("link", name=TONGDEE).click()
    heading(page, TONGDEE)

    page.go_back()
    page.go_back()
    heading(page, "หมู่ 1 บ้านรับแพรก")
    for name in ("ต.ระโนด", "อ.ระโนด", "จ.สงขลา"):
        page.locator(".crumbs").get_by_role("link", name=name, exact=True).click()
        heading(page, name)
    assert (_number(_stage(page, "waiting")), _number(_stage(page, "survive"))) == (4, 2)

    _ask_for_days(page, as_of=BETWEEN)
    expect(page.get_by_text("ข้อมูลย้อนหลัง ณ วันที่ 1 กุมภาพันธ์ 2568")).to_be_visible()
    assert (_number(_stage(page, "waiting")), _number(_stage(page, "survive"))) == (6, 0)
    assert _opens(page, _stage(page, "waiting").locator("a")) == 6
    expect(page.locator("main tbody tr")).to_have_count(6)

    page.go_back()
    page.get_by_role("link", name="กลับไปดูกระดานของวันนี้").click()
    expect(_stage(page, "survive").locator("a")).to_be_visible()
    _ask_for_days(page, compare=BETWEEN)
    moves = page.locator("#compare .board-moves__line")
    expect(moves).to_have_count(1)
    expect(moves).to_contain_text("เลื่อนขึ้น")
    assert _number(moves.locator("b")) == 2
    moves.locator("a").click()
    heading(page, "ครัวเรือนที่เปลี่ยนขั้น")
    expect(page.locator("main tbody tr")).to_have_count(2)
    name = page.locator("main tbody th a").first.inner_text()
    assert name in {household.head_name for household in households[1:3]}
    page.locator("main tbody th a").first.click()
    heading(page, name)
    assert heard == []


def _plan(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/meetings/")
    page.get_by_role("link", name="เตรียมการประชุม").first.click()
    typed = {"number": "1", "year": str(YEAR), "held_on": "30/9/2568", "fiscal_year": str(YEAR)}
    for name, text in {**typed, "place": "ศาลากลางจังหวัดสงขลา"}.items():
        page.locator(f"main [name={name}]").fill(text)
    page.get_by_role("button", name="บันทึก", exact=True).click()
    heading(page, "การประชุม คจพ.จ. ครั้งที่ 1/2568")


def _part(page: Page, code: str) -> None:
    page.locator(f".meeting-tabs a[href*='part={code}']").click()
    page.wait_for_url(re.compile(f"part={code}"))


def _draw(page: Page) -> None:
    """The sample of the two households at *survive*."""
    _part(page, "checks")
    page.locator("summary", has_text="สุ่มครัวเรือน").click()
    page.get_by_role("button", name="สุ่มตอนนี้").click()
    drawn = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="ระโนด"))
    expect(drawn.locator("td").first).to_have_text("2")


def _freeze(page: Page) -> str:
    """The id of what was frozen, as the page says it once the worker has made the pack."""
    _part(page, "pack")
    page.get_by_role("link", name="ดูสิ่งที่จะตรึง").click()
    expect(page.get_by_text("สุ่มตรวจยังรออยู่ 2 จาก 2 ครัวเรือน")).to_be_visible()
    page.get_by_role("button", name="ตรึงตัวเลข แก้ไม่ได้อีก").click()
    expect(page.locator(".files__link").first).to_be_visible(timeout=90_000)
    return page.locator("main dd.num").last.inner_text()


def _downloads(page: Page) -> dict[str, bytes]:
    """Every file of the pack that the page offers, by its name."""
    found = {}
    for link in page.locator(".files__link").all():
        with page.expect_download() as waiting:
            link.click()
        found[waiting.value.suggested_filename] = Path(waiting.value.path()).read_bytes()
    return found


def _text_of(body: bytes) -> list[str]:
    pages = pypdfium2.PdfDocument(body)
    return [pages[place].get_textpage().get_text_range() for place in range(len(pages))]


def _cells_of(body: bytes) -> set[object]:
    book = load_workbook(BytesIO(body), read_only=True)
    return {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}


def _sync_late(cast: Cast, household: Household, item: HelpMenuItem) -> None:
    """What a mentor's phone has kept since before the day of the figures."""
    given = {"id": str(uuid7()), "item": str(item.pk), "given_on": LATE.isoformat(), "amount_baht": "1000"}
    body = {
        "id": str(uuid7()),
        "household": str(household.pk),
        "visited_at": moment(LATE).isoformat(),
        "helps": [given],
    }
    client = client_of(cast.mentor)
    answer = client.post("/api/v1/visits/", json.dumps([body]), content_type="application/json")
    assert [each["status"] for each in answer.json()] == [201]


def test_meeting_is_frozen_printed_and_stays_while_today_moves_on(
    desk: Page,
    live_server: LiveServer,
    cast: Cast,
    item: HelpMenuItem,
    households: list[Household],
    celery_process: Child,
) -> None:
    page, heard = desk, listen(desk)
    _board(page, live_server)
    baht = f"{2 * BAHT:,}"
    expect(page.locator("#tile-helped_households")).to_contain_text(baht)
    _plan(page, live_server)
    _draw(page)
    snapshot = _freeze(page)
    meeting = Meeting.objects.get()
    assert snapshot == meeting.snapshot_id
    pack_url = page.url

    files = _downloads(page)
    pdfs = {name: body for name, body in files.items() if name.endswith(".pdf")}
    assert len(pdfs) == 2
    assert all(body.startswith(b"%PDF") for body in pdfs.values())
    assert all(snapshot in name for name in files)
    texts = max((_text_of(body) for body in pdfs.values()), key=len)
    assert [place for place, text in enumerate(texts, start=1) if snapshot not in text] == []
    assert baht in "".join(texts)
    (sheets,) = (body for name, body in files.items() if name.endswith(".xlsx"))
    assert 2 * BAHT in _cells_of(sheets)

    _sync_late(cast, households[0], item)

    def moved_on() -> bool:
        _board(page, live_server)
        return _number(_stage(page, "survive")) == 3

    wait_until(page, moved_on)
    step = page.locator("#stages li").filter(has=page.locator(".swatch--survive"))
    expect(step.locator(".change")).to_contain_text("+1")
    expect(step.locator(".change")).to_contain_text("จากการประชุม 1/2568")
    page.goto(pack_url)
    expect(page.get_by_text("มีการเยี่ยม 1 ครั้งที่เกิดก่อนวันของตัวเลขแต่ส่งเข้ามาทีหลัง")).to_be_visible()
    assert _downloads(page) == files
    frozen = FrozenProgress.objects.get(meeting=meeting, code=SONGKHLA, list_kind="")
    assert (frozen.survive, frozen.visits) == (2, 2)
    assert heard == []
