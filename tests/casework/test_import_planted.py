"""A bad file to a good end: thirty planted faults, thirty messages, the mended file, both lists undone."""

# ruff: noqa: E501 - a sentence a line reads best

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest
from django.core.management import call_command

from casework.models import Case
from households.models import Household, ImportBatch
from households.services.target_lists import open_error_file
from povertyops.accounts.actor import system_actor
from tests.casework.batches import assert_all_agree, copies, figures, register
from tests.cast import Cast
from tests.import_work import bring_in, world
from tests.lists import Sheet

__all__ = ["world"]

PIN, NAME, CODE, BIRTH = "เลขประจำตัวประชาชน", "ชื่อ", "รหัสตำบล", "วันเกิด"
INDICATORS, INCOME, MOO, HOUSE = "ตัวชี้วัดที่ไม่ผ่าน", "รายได้เฉลี่ยต่อคนต่อปี", "หมู่ที่", "รหัสประจำบ้าน"
OF_BIRTH = "วันเกิดไม่ใช่วันที่ในปฏิทิน เขียนเป็น วัน/เดือน/ปี พ.ศ. เช่น 21/11/2520"
OF_SET = "ไม่มีตัวชี้วัดเลขนี้ในชุดที่ใช้กับปีสำรวจ 2567 ใส่เลขข้อคั่นด้วยจุลภาค เช่น 13,29"

# code, column, two values, the sentence
PLANTED = (
    ("short_pin", PIN, ("300792872122", "300792872123"), "เลขประจำตัวประชาชนมีเพียง 12 หลัก ต้องมี 13 หลัก ตรวจจากบัตรแล้วแก้"),
    ("long_pin", PIN, ("30079287212255", "30079287212266"), "เลขประจำตัวประชาชนมี 14 หลัก ต้องมี 13 หลัก ตรวจจากบัตรแล้วแก้"),
    ("not_digits", PIN, ("30079287212AB", "ABC9287212255"), "เลขประจำตัวประชาชนมีตัวอักษรปน ต้องเป็นตัวเลข 13 หลัก"),
    ("bad_first_digit", PIN, ("9001234567890", "9001234567891"), "เลขประจำตัวประชาชนขึ้นต้นด้วยเลขที่ไม่มีใช้ ตรวจจากบัตรแล้วแก้"),
    ("bad_check_digit", PIN, ("5006429245553", "5006429245554"), "เลขประจำตัวประชาชนผิดอย่างน้อยหนึ่งหลัก (หลักตรวจสอบไม่ตรง) ตรวจจากบัตรแล้วแก้"),
    ("missing_name", NAME, (None, " - "), "ไม่มีชื่อ เติมชื่อของบุคคลในแถวนี้"),
    ("missing_subdistrict", CODE, (None, ""), "ไม่มีรหัสตำบล เติมรหัสตำบล 6 หลัก"),
    ("unknown_subdistrict", CODE, ("759701", "ระโนด"), "ไม่มีตำบลรหัสนี้ ตรวจรหัสตำบล 6 หลักกับทะเบียนของกรมการปกครองแล้วแก้"),
    ("bad_moo", MOO, ("ท่าข้าม", 120), "หมู่ที่ต้องเป็นตัวเลข 1 ถึง 99 หรือเว้นว่างถ้าไม่ทราบ"),
    ("bad_house_code", HOUSE, ("9007000001", "900700"), "รหัสประจำบ้านต้องมี 11 หลัก ตรวจจากทะเบียนบ้านแล้วแก้ หรือเว้นว่างถ้าไม่ทราบ"),
    ("bad_birth", BIRTH, ("31/02/2520", "2520"), OF_BIRTH),
    ("future_birth", BIRTH, ("22/11/2669", "1/1/2670"), "วันเกิดอยู่หลังวันนี้ ตรวจปี พ.ศ. แล้วแก้"),
    ("bad_dimension", "มิติรายได้", ("อาจจะ", "ไม่แน่"), "ช่องมิติต้องเป็น ผ่าน หรือ ไม่ผ่าน"),
    ("bad_indicator", INDICATORS, ("99", "สิบสาม"), OF_SET),
    ("negative_income", INCOME, (-5, "-12,000"), "รายได้ติดลบ ใส่จำนวนบาทต่อคนต่อปีที่ไม่ต่ำกว่า 0"),
)  # fmt: skip
HOUSEHOLDS, CLEAN, MEMBERS = 36, 6, 3


def run(command: str, *arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        call_command(command, *map(str, arguments))
    return int(str(ended.value.code))


def spoil(sheet: Sheet) -> list[tuple[int, str, str, str]]:
    """Plant a fault into the second person of each of thirty households; (row, column, code, sentence)."""
    places = iter(range(CLEAN, HOUSEHOLDS))
    told = []
    for code, column, values, sentence in PLANTED:
        for value in values:
            row = next(places) * MEMBERS + 1
            sheet.set(row, column, value)
            told.append((row + 2, column, code, sentence))
    return told


def mend(path: Path, good: Sheet) -> None:
    """Put the right values into the file to be mended, where its hidden column says which row it was."""
    book = openpyxl.load_workbook(path)
    page = book.active
    heads = [cell.value for cell in page[1]]
    for cells in page.iter_rows(min_row=2):
        row = int(cells[-1].value) - 2
        for cell, head in zip(cells, heads, strict=True):
            if head in good.header and str(cell.value or "") != str(good.get(row, head)):
                cell.value = good.get(row, head)
    book.save(path)


def test_thirty_faults_thirty_messages_mended_file_in_and_both_undone(world: Cast, tmp_path: Path) -> None:
    families, same = copies(HOUSEHOLDS, persons=MEMBERS, subdistricts=["900701"])
    bring_in(Sheet(families[:8]), fiscal_year=2567)
    assert_all_agree(2567, 2568)
    before, numbers = register(), figures()
    good, bad = Sheet(same), Sheet(same)
    planted = spoil(bad)
    assert len(planted) == 30
    assert len({code for _row, _column, code, _sentence in planted}) == 15

    options = ("--list", "tpmap", "--fiscal-year", 2568, "--apply", "--report", tmp_path / "report.json")
    assert run("import_targets", bad.xlsx(tmp_path / "list.xlsx"), *options) == 1
    told = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert [
        (each["row"], each["column"], each["code"], each["message"]) for each in told["faults"]
    ] == planted
    assert (told["households"], told["held_back_households"], told["new"], told["known"]) == (36, 30, 0, 6)
    first = ImportBatch.objects.get(pk=told["id"])

    mended = tmp_path / "errors.xlsx"
    mended.write_bytes(b"".join(open_error_file(actor=system_actor(), batch=first)))
    mend(mended, good)
    assert run("import_targets", mended, *options) == 0
    told = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert told["faults"] == []
    assert (told["households"], told["new"], told["known"], told["held_back_households"]) == (30, 28, 2, 0)
    assert Household.objects.count() == Case.objects.filter(closed_on=None).count() == HOUSEHOLDS
    assert_all_agree(2567, 2568)

    assert run("undo_import", told["id"], "--reason", "ส่งผิดปี") == 0
    assert Household.objects.count() == 8
    assert run("undo_import", first.pk) == 0
    after = register()
    assert {name: after[name] for name in after if after[name] != before[name]} == {}
    assert figures() == numbers
    assert_all_agree(2567, 2568)
