"""Opening balances: past helps and stages out of a file, their preview, writing them, taking them back."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone
from openpyxl import load_workbook

from casework.models import CarryOver, CarryOverLine, Help, StageEvent
from casework.services.after import after_write
from casework.services.carry_over import (
    continue_carry_over,
    receive_carry_over,
    request_apply,
    request_undo,
)
from casework.services.cohort import expected_states, stored_states
from casework.services.helps import amend_help
from casework.tasks.nightly import forget_sheets
from dimensions.enums import Stage
from dimensions.services import load_yardstick
from dimensions.source import read_source
from households.models import Household, HouseholdScope
from povertyops.accounts.actor import Actor, system_actor
from povertyops.common.audit import SYSTEM
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.models import AccessEntry, AuditEntry
from tests.casework.work import START, an_item, case_of, in_care, state_of
from tests.cast import FAR_VILLAGE, MUEANG_VILLAGE, Cast, centre_of, client_of

HELP_HEAD = ("วันที่ให้", "มูลค่า (บาท)", "รหัสประจำบ้าน", "รหัสหมู่บ้าน", "บ้านเลขที่", "ชื่อ-สกุล", "เลขบัตรประชาชน")
HELP_HEAD += ("รายการ", "มิติ", "หน่วยงาน", "หนังสือเลขที่", "รายละเอียด")
STAGE_HEAD = ("รหัสประจำบ้าน", "ขั้น", "วันที่ถึงขั้น")


@pytest.fixture(autouse=True)
def _yardstick(db: None) -> None:
    load_yardstick(actor=SYSTEM, source=read_source())


def table(*rows: tuple[Any, ...]) -> bytes:
    target = io.StringIO()
    csv.writer(target).writerows(rows)
    return target.getvalue().encode("utf-8-sig")


def help_row(day: str, baht: str, *, code: str = "", **values: str) -> tuple[str, ...]:
    names = ("village", "house_no", "head", "pin", "item", "dimension", "agency", "letter", "detail")
    return (day, baht, code, *(values.get(name, "") for name in names))


def received(actor: Actor, body: bytes, kind: str = "helps", **values: str) -> CarryOver:
    return receive_carry_over(actor=actor, kind=kind, file_name="old.csv", pieces=lambda: [body], **values)


def written(actor: Actor, row: CarryOver) -> CarryOver:
    request_apply(actor=actor, carry_over_id=row.pk)
    assert continue_carry_over(row.pk)
    row.refresh_from_db()
    return row


def faults(row: CarryOver) -> dict[int, str]:
    return dict(CarryOverLine.objects.filter(carry_over=row).exclude(fault="").values_list("row", "fault"))


def coded(cast: Cast, code: str, **values: Any) -> Household:
    household = in_care(cast, **values)
    Household.objects.filter(pk=household.pk).update(house_code=code)
    household.refresh_from_db()
    return household


def test_past_helps_are_found_checked_written_once_and_taken_back(cast: Cast) -> None:
    home = coded(cast, "90070000001")
    other = coded(cast, "90070000002")
    hidden = coded(cast, "40010000001", village=FAR_VILLAGE, team=cast.far_mentor_team)
    item = an_item(name="ซ่อมแซมบ้าน", code="repair")
    body = table(
        ("ความช่วยเหลือก่อนใช้ระบบ",),
        HELP_HEAD,
        help_row("10 มี.ค. 2568", "๓,๐๐๐.00", code=home.house_code, item="ซ่อมแซมบ้าน", agency="พมจ.สงขลา"),
        help_row("1/2/2566", "500", code=home.house_code, item="REPAIR"),
        help_row(
            "11/03/2568",
            "200",
            village=other.area_code,
            house_no=other.house_no,
            head=other.head_name,
            item="เลี้ยงผึ้ง",
            dimension="ด้านรายได้",
        ),
        help_row("10/03/2568", "3000", code=hidden.house_code, item="repair"),
        help_row("31/02/2568", "-5", code=home.house_code, item="ซ่อมแซมบ้า"),
        help_row("10/03/2568", "1", code=home.house_code, item="ซ่อมแซมบ้า"),
        help_row("10/03/2568", "3000", code=home.house_code, item="repair"),
        help_row("10/03/2568", "1", item="repair", pin="1234567890123"),
    )

    row = received(cast.officer, body)

    assert (row.rows, row.good, row.unchanged, row.faults) == (8, 3, 0, 5)
    assert not Help.objects.exists()
    found = ["unknown_household", "bad_amount", "unknown_item_near", "twice", "bad_pin"]
    assert faults(row) == dict(enumerate(found, start=6))
    kept = str(list(CarryOverLine.objects.filter(carry_over=row).values_list("value", "data")))
    assert "1234567890123" not in kept
    page = client_of(cast.officer).get(f"/carry-over/{row.pk}/").content.decode()
    assert "1 รายการมีวันที่ก่อนครัวเรือนเข้าบัญชี" in page
    page = client_of(cast.officer).get(f"/carry-over/{row.pk}/?show=faults").content.decode()
    assert "ซ่อมแซมบ้าน&quot; หรือไม่" in page

    written(cast.officer, row)
    again = written_helps = list(Help.objects.filter(carry_over=row).order_by("given_on"))

    assert [(each.given_on, each.amount_baht) for each in written_helps] == [
        (date(2023, 2, 1), Decimal(500)),
        (date(2025, 3, 10), Decimal(3000)),
        (date(2025, 3, 11), Decimal(200)),
    ]
    assert (written_helps[2].relieves, written_helps[2].detail) == (False, "เลี้ยงผึ้ง")
    assert state_of(home).stage == Stage.SURVIVE
    assert state_of(other).stage == Stage.WAITING
    assert (state_of(home).helps, state_of(home).baht) == (1, Decimal(3000))
    second = received(cast.officer, body)
    assert (second.good, second.unchanged) == (0, 3)

    request_undo(actor=cast.officer, carry_over_id=row.pk, reason="ส่งผิดไฟล์")
    continue_carry_over(row.pk)

    row.refresh_from_db()
    assert (row.status, Help.objects.filter(is_void=True).count(), len(again)) == ("undone", 3, 3)
    assert (state_of(home).stage, state_of(home).baht) == (Stage.WAITING, Decimal(0))
    ids = [home.pk, other.pk]
    assert expected_states(ids) == stored_states(ids)
    assert item.pk == written_helps[0].item_id


def test_balance_on_which_something_was_built_is_not_taken_back(cast: Cast) -> None:
    home = coded(cast, "90070000001")
    an_item(code="repair")
    body = table(HELP_HEAD, help_row("10/3/2568", "1", code=home.house_code, item="repair"))
    row = written(cast.officer, received(cast.officer, body))
    amend_help(actor=cast.officer, help_id=Help.objects.get().pk, replacement=None, reason="ผิด")

    with pytest.raises(Conflict) as refused:
        request_undo(actor=cast.officer, carry_over_id=row.pk, reason="x")

    assert refused.value.code == "built_on"


@pytest.mark.parametrize("kind", ["helps", "stages"])
def test_balance_of_households_that_went_elsewhere_is_taken_back_by_the_province(
    cast: Cast, kind: str
) -> None:
    home, gone = coded(cast, "90070000001"), coded(cast, "90070000002")
    an_item(code="repair")
    if kind == "helps":
        rows = (help_row("10/3/2568", str(n), code=each.house_code, item="repair")
                for n, each in enumerate((home, gone), start=1))  # fmt: skip
        row = received(cast.officer, table(HELP_HEAD, *rows))
    else:
        body = table(STAGE_HEAD, *((each.house_code, "อยู่รอด", "1/3/2568") for each in (home, gone)))
        row = received(cast.officer, body, kind, document="ที่ประชุม 1/2568", signed_by="นายอำเภอ")
    row = written(cast.second_officer, row)
    assert row.done == 2, faults(row)
    # It moved to the district next door; nobody touched what the balance wrote.
    HouseholdScope.objects.filter(household=gone).update(
        district_code=MUEANG_VILLAGE[:4], subdistrict_code=MUEANG_VILLAGE[:6], area_code=MUEANG_VILLAGE,
        centre=centre_of(cast, MUEANG_VILLAGE),
    )  # fmt: skip

    with pytest.raises(Conflict) as refused:
        request_undo(actor=cast.officer, carry_over_id=row.pk, reason="ส่งผิดไฟล์")
    assert refused.value.code == "out_of_reach"
    assert "1 รายการ (1 ครัวเรือน)" in str(refused.value)
    assert "ฝ่ายเลขานุการจังหวัด" in str(refused.value)
    row.refresh_from_db()
    assert row.status == "applied", "nothing of it is taken back"
    page = client_of(cast.officer).post(f"/carry-over/{row.pk}/undo/", {"reason": "ส่งผิดไฟล์"})
    assert page.status_code == 422
    assert "1 รายการ (1 ครัวเรือน)" in page.content.decode()

    request_undo(actor=cast.secretary, carry_over_id=row.pk, reason="ส่งผิดไฟล์")
    continue_carry_over(row.pk)
    row.refresh_from_db()
    assert row.status == "undone"
    assert Help.objects.filter(is_void=True).count() == (2 if kind == "helps" else 0)
    assert {state_of(home).stage, state_of(gone).stage} == {Stage.WAITING}


def test_stages_rest_on_a_document_need_a_second_person_and_are_shown_apart(cast: Cast) -> None:
    home = coded(cast, "90070000001")
    up = coded(cast, "90070000002")
    body = table(
        STAGE_HEAD,
        (home.house_code, "พอเพียง", "1/6/2567"),
        (up.house_code, "ขั้นอยู่รอด", "10/3/2568"),
        ("99999999999", "อยู่รอด", "10/3/2568"),
        (home.house_code, "รวย", "10/3/2568"),
    )
    with pytest.raises(InvalidInput):
        received(cast.officer, body, "stages")

    row = received(cast.officer, body, "stages", document="มติ คจพ.จ. 5/2567", signed_by="ผวจ.สงขลา")
    assert (row.good, faults(row)) == (2, {4: "unknown_household", 5: "bad_stage"})
    with pytest.raises(NotAllowed):
        request_apply(actor=cast.officer, carry_over_id=row.pk)
    written(cast.secretary, row)

    event = StageEvent.objects.get(household=home, kind="carried")
    assert (event.document, event.signed_by) == ("มติ คจพ.จ. 5/2567", "ผวจ.สงขลา")
    assert (event.effective_on, event.evidence[0]["on"]) == (START, "2024-06-01")
    assert (state_of(home).stage, state_of(home).is_stage_carried) == (Stage.SUFFICIENT, True)
    page = client_of(cast.officer).get(f"/households/{home.pk}/").content.decode()
    assert page.count("ตาม มติ คจพ.จ. 5/2567 ลงนามโดย ผวจ.สงขลา") >= 2
    assert received(cast.officer, body, "stages", document="x", signed_by="y").unchanged == 2

    request_undo(actor=cast.secretary, carry_over_id=row.pk, reason="ผิดฉบับ")
    continue_carry_over(row.pk)
    assert [case_of(each).stage for each in (home, up)] == [Stage.WAITING, Stage.WAITING]
    assert expected_states([home.pk, up.pk]) == stored_states([home.pk, up.pk])


def test_pages_send_confirm_and_give_back_what_is_to_be_mended(cast: Cast) -> None:
    home = coded(cast, "90070000001")
    an_item(code="repair")
    browser = client_of(cast.officer)
    body = table(
        HELP_HEAD,
        help_row("10/3/2568", "1", code=home.house_code, item="repair"),
        help_row(
            "10/3/2568",
            "1",
            item="repair",
            pin="1234567890123",
            letter="1101700230708",
            detail="=HYPERLINK(1)",
        ),
    )

    nothing = SimpleUploadedFile("a.csv", b"a,b\n1,2\n")
    bad = browser.post("/carry-over/new/", {"kind": "helps", "file": nothing})
    assert (bad.status_code, "หัวตารางขาดคอลัมน์" in bad.content.decode()) == (422, True)
    sent = browser.post("/carry-over/new/", {"kind": "helps", "file": SimpleUploadedFile("a.csv", body)})
    row = CarryOver.objects.get()
    assert sent.headers["Location"] == f"/carry-over/{row.pk}/"
    assert client_of(cast.far_secretary).get(f"/carry-over/{row.pk}/").status_code == 404

    stored = str(list(CarryOverLine.objects.values_list("data", "value", "details")))
    assert not {pin for pin in ("1234567890123", "1101700230708") if pin in stored}
    answer = browser.get(f"/carry-over/{row.pk}/errors.xlsx")
    page = load_workbook(io.BytesIO(answer.content)).active
    cells = [page.cell(row=2, column=column) for column in range(1, 14)]
    assert "1234567890123" in [cell.value for cell in cells]
    assert all(cell.data_type in ("s", "n") for cell in cells)
    assert AccessEntry.objects.filter(kind="carry_over_errors", object_id=str(row.pk)).exists()

    assert browser.post(f"/carry-over/{row.pk}/apply/").status_code == 302
    continue_carry_over(row.pk)
    assert browser.post(f"/carry-over/{row.pk}/undo/", {"reason": ""}).status_code == 422
    assert "บันทึกแล้ว" in browser.get("/carry-over/").content.decode()


def test_rows_of_a_file_go_after_thirty_days(cast: Cast) -> None:
    """All of a balance that nobody confirmed; of one that was written those to mend; of a new one nothing."""
    home = coded(cast, "90070000001")
    an_item(code="repair")
    good = help_row("10/3/2568", "1", code=home.house_code, item="repair")
    bad = help_row("10/3/2568", "1", item="repair", pin="1234567890123", detail="SECRET")
    late, done = (received(cast.officer, table(HELP_HEAD, good, bad)) for _number in range(2))
    written(cast.officer, done)
    CarryOver.objects.update(recorded_at=timezone.now() - timedelta(days=30, hours=1))
    fresh = received(cast.officer, table(HELP_HEAD, bad))
    browser = client_of(cast.officer)
    assert browser.get(f"/carry-over/{late.pk}/errors.xlsx").status_code == 200

    assert [forget_sheets(), forget_sheets()] == [2, 0]
    assert dict(CarryOver.objects.values_list("pk", "status")) == {
        late.pk: "expired",
        done.pk: "applied",
        fresh.pk: "ready",
    }
    assert (late.lines.count(), done.lines.count(), fresh.lines.count()) == (0, 2, 1)
    sealed = CarryOverLine.objects.filter(data__has_key="sealed")
    assert list(sealed.values_list("carry_over", flat=True)) == [fresh.pk]
    for row, said in ((late, "แถวในไฟล์ถูกลบแล้ว"), (done, "แถวที่ต้องแก้ถูกลบตามกำหนด")):
        page = browser.get(f"/carry-over/{row.pk}/").content.decode()
        assert said in page
        assert "errors.xlsx" not in page
        assert browser.get(f"/carry-over/{row.pk}/errors.xlsx").status_code == 409
        audited = AuditEntry.objects.filter(action="carry_over.emptied", object_id=str(row.pk))
        assert audited.count() == 1
    assert "errors.xlsx" in browser.get(f"/carry-over/{fresh.pk}/").content.decode()
    with pytest.raises(Conflict) as refused:
        request_apply(actor=cast.officer, carry_over_id=late.pk)
    assert refused.value.code == "expired"
    request_undo(actor=cast.officer, carry_over_id=done.pk, reason="ผิดไฟล์")  # what was written stays known
    assert continue_carry_over(done.pk)
    assert Help.objects.filter(household=home, is_void=True).count() == 1


def test_command_tells_what_is_to_be_mended_by_its_exit_code(cast: Cast, tmp_path: Any, capsys: Any) -> None:
    home = coded(cast, "90070000001")
    path, report = tmp_path / "old.csv", tmp_path / "report.json"
    path.write_bytes(table(STAGE_HEAD, (home.house_code, "อยู่รอด", "10/3/2568"), ("1", "อยู่รอด", "10/3/2568")))
    given = ["--kind", "stages", "--document", "มติ", "--signed-by", "ผวจ.", "--apply"]
    given += ["--report", str(report)]

    with pytest.raises(SystemExit) as ended:
        call_command("carry_over", str(path), *given)

    assert (ended.value.code, "bad_house_code" in report.read_text()) == (1, True)
    assert case_of(home).stage == Stage.SURVIVE
    with pytest.raises(SystemExit) as refused:
        call_command("carry_over", str(tmp_path / "none.csv"), "--kind", "helps")
    assert refused.value.code == 2
    after_write(actor=system_actor(), household_ids=[home.pk], since=START)
    assert case_of(home).stage == Stage.SURVIVE
