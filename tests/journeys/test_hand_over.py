"""A mentor with twenty households leaves: refused until everything is handed over; the sheet prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from casework.models import Assignment, HandOver
from casework.services.transfers import request_transfer
from tests.casework.pages.families import family, today
from tests.cast import MUEANG_VILLAGE, VILLAGE, Cast
from tests.journeys.steps import DESK, PHONE, carry_session, faults_of, listen, sign_in_by_hand

pytestmark = pytest.mark.django_db(transaction=True)


def test_mentor_with_twenty_households_goes_only_after_the_hand_over(
    page: Page, live_server: LiveServer, cast: Cast, tmp_path: Path
) -> None:
    heard = listen(page)
    households = [family(cast, mentor=cast.mentor) for _ in range(20)]
    family(cast, village=VILLAGE, mentor=cast.second_mentor)
    page.set_viewport_size(DESK)
    sign_in_by_hand(page, live_server, cast.officer)

    # Refused, with the count and the way on.
    page.goto(f"{live_server.url}/users/{cast.mentor.user_id}/")
    page.locator("summary", has_text="ปิดบัญชี").click()
    page.get_by_role("button", name="ปิดบัญชี", exact=True).click()
    expect(page.locator("main")).to_contain_text("20 ครัวเรือน")
    cast.mentor.user.refresh_from_db()
    assert cast.mentor.user.is_active
    assert all("409" in line for line in heard)
    heard.clear()

    # The wizard suggests an owner for each, and says why.
    page.get_by_role("link", name="ไปหน้าส่งมอบงาน").click()
    rows = page.locator("main tbody tr")
    expect(rows).to_have_count(20)
    expect(rows.first).to_contain_text("ดูแลหมู่เดียวกันอยู่แล้ว")
    page.get_by_label("เหตุผลของการส่งมอบ").fill("ย้ายไปช่วยราชการที่อำเภออื่น")
    page.get_by_role("button", name=re.compile("ส่งมอบ 20 รายการ")).click()
    expect(page.get_by_text("ไม่มีงานที่จะขาดผู้ดูแลแล้ว", exact=False)).to_be_visible()
    current = Assignment.objects.filter(household__in=households, valid_to=None)
    assert current.count() == 20
    assert not current.filter(mentor=cast.mentor.user).exists()

    # The sheet prints on A4, with room for both to sign.
    sheet = HandOver.objects.get()
    page.goto(f"{live_server.url}/hand-over/sheet/{sheet.pk}/")
    expect(page.locator("tbody tr")).to_have_count(20)
    page.emulate_media(media="print")
    expect(page.locator(".signature").first).to_be_visible()
    printed = tmp_path / "sheet.pdf"
    page.pdf(path=printed, format="A4", prefer_css_page_size=True)
    assert printed.read_bytes().startswith(b"%PDF")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    page.emulate_media(media="screen")

    # Now the account closes.
    page.goto(f"{live_server.url}/hand-over/{cast.mentor.user_id}/")
    page.get_by_role("button", name="ปิดบัญชี", exact=True).click()
    expect(page.get_by_text("ปิดบัญชีแล้ว")).to_be_visible()
    cast.mentor.user.refresh_from_db()
    assert not cast.mentor.user.is_active
    assert heard == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_supervisor_opens_those_not_seen_and_reassigns_them(
    page: Page, live_server: LiveServer, cast: Cast, size: dict[str, int]
) -> None:
    heard = listen(page)
    for _ in range(4):
        family(cast, mentor=cast.mentor)
    page.set_viewport_size(size)  # type: ignore[arg-type]
    sign_in_by_hand(page, live_server, cast.officer)
    page.goto(f"{live_server.url}/supervision/")

    expect(page.locator("main tbody tr")).to_contain_text("0 จาก 4")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.get_by_role("link", name=re.compile("^4 ยังไม่ได้พบ นาย")).click()
    expect(page.locator(".chips")).to_contain_text("ยังไม่ได้พบในเดือน")
    page.get_by_label(re.compile("ใช้กับทั้ง 4 ครัวเรือน")).check()
    page.get_by_role("button", name="มอบหมายทีม").click()
    page.get_by_role("link", name="กลับไปรายชื่อ").click()
    expect(page.get_by_label(re.compile("ใช้กับทั้ง 4 ครัวเรือน"))).to_be_checked()
    expect(page.locator(".chips")).to_contain_text("ยังไม่ได้พบในเดือน")
    page.get_by_role("button", name="มอบหมายทีม").click()
    page.get_by_label("ทีมพี่เลี้ยง", exact=True).select_option(str(cast.mentor_team.pk))
    page.get_by_label("พี่เลี้ยงในทีม").select_option(label=cast.second_mentor.user.display_name)
    page.get_by_role("button", name="มอบหมาย 4 ครัวเรือน").click()

    expect(page.get_by_text("มอบหมายแล้ว 4 ครัวเรือน")).to_be_visible()
    current = Assignment.objects.filter(valid_to=None)
    assert set(current.values_list("mentor", flat=True)) == {cast.second_mentor.user_id}
    assert heard == []


def test_pages_of_the_week_can_be_read_by_everybody(page: Page, live_server: LiveServer, cast: Cast) -> None:
    household = family(cast, mentor=cast.mentor)
    request_transfer(
        actor=cast.secretary,
        household_id=household.pk,
        to_area_code=MUEANG_VILLAGE,
        reason="ย้ายไปอยู่กับลูก",
        effective_on=today(),
    )
    made = HandOver.objects.create(
        province_code="90", leaver=cast.mentor.user, centre=cast.mentor_team, reason="ลาออก",
        effective_on=today(), made_by=cast.officer.user,
        lines=[{
            "kind": "household", "id": str(household.pk), "label": household.head_name, "detail": "1/1",
            "place": "หมู่ 1", "to_name": "นายรับ มอบ",
        }],
    )  # fmt: skip
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    carry_session(page.context, live_server, cast.officer)
    for address in (
        "/supervision/",
        "/transfers/",
        f"/households/{household.pk}/transfer/",
        f"/hand-over/{cast.mentor.user_id}/",
        f"/hand-over/sheet/{made.pk}/",
    ):
        page.goto(f"{live_server.url}{address}")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, address
        assert faults_of(page) == [], address
    carry_session(page.context, live_server, cast.secretary)
    page.goto(f"{live_server.url}/intervals/")
    assert faults_of(page) == []
