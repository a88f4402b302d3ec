"""Columns that nobody named, or named oddly, are guessed by what stands in and over them, with a reason."""

from __future__ import annotations

from datetime import date

import pytest

from households.imports.guess import Guess, Known, Sureness, guess_columns
from tests.lists import HEADER, Sheet, make_households

KNOWN = Known({"900701", "900702"}, date(2026, 11, 22))
PLACE = {header: place for place, header in enumerate(HEADER)}


def rows_of(sheet: Sheet) -> list[list[str | float]]:
    return [
        ["" if cell is None else cell if isinstance(cell, float) else str(cell) for cell in row]
        for row in sheet.rows
    ]


def guessed(headers: list[str], sheet: Sheet | None = None) -> dict[int, Guess]:
    return guess_columns(headers, rows_of(sheet or Sheet(make_households(12))), KNOWN)


def test_content_alone_tells_most_columns() -> None:
    found = {HEADER[place]: guess.name for place, guess in guessed([]).items()}
    assert found == {
        "รหัสตำบล": "subdistrict", "ชื่อหมู่บ้าน": "village_name", "บ้านเลขที่": "house_no",
        "รหัสประจำบ้าน": "house_code",
        "เลขประจำตัวประชาชน": "pin", "คำนำหน้า": "title", "ชื่อ": "first_name", "นามสกุล": "last_name",
        "วันเกิด": "birth",
        "เพศ": "sex", "ความสัมพันธ์": "relation", "โทรศัพท์": "phone", "มิติสุขภาพ": "health",
        "มิติความเป็นอยู่": "living",
        "มิติการศึกษา": "education", "มิติรายได้": "income", "มิติการเข้าถึงบริการภาครัฐ": "access",
        "ตัวชี้วัดที่ไม่ผ่าน": "indicators", "รายได้เฉลี่ยต่อคนต่อปี": "income_baht",
    }  # fmt: skip
    assert all(guess.reason and guess.sureness != Sureness.SURE for guess in guessed([]).values())


@pytest.mark.parametrize(
    ("header", "column", "name"),
    [
        ("เลขประจําตัวประชาชน (13 หลัก)", "เลขประจำตัวประชาชน", "pin"),
        ("เลขประจำตัวประชาชนของหัวหน้าครัวเรือน", "เลขประจำตัวประชาชน", "pin"),
        ("คำนำหนา", "คำนำหน้า", "title"),
        ("นามสกล", "นามสกุล", "last_name"),
        ("วันเดือนปีเกิด (ตามบัตร)", "วันเกิด", "birth"),
        ("เบอร์โทรศัพท์มือถือ", "โทรศัพท์", "phone"),
        ("Tambon Code", "รหัสตำบล", "subdistrict"),
    ],
)
def test_header_in_another_spelling_is_told_with_its_reason(header: str, column: str, name: str) -> None:
    headers = [""] * len(HEADER)
    headers[PLACE[column]] = header
    guess = guessed(headers)[PLACE[column]]
    assert guess.name == name
    assert "หัวคอลัมน์" in guess.reason


def test_header_and_content_together_are_sure() -> None:
    found = guessed(list(HEADER))
    assert {HEADER[place] for place, guess in found.items() if guess.sureness == Sureness.SURE} >= {
        "รหัสตำบล", "เลขประจำตัวประชาชน", "วันเกิด", "ชื่อ", "มิติสุขภาพ",
    }  # fmt: skip


def test_no_field_is_guessed_twice() -> None:
    sheet = Sheet(make_households(6))
    for row in sheet.rows:
        row += [row[PLACE["โทรศัพท์"]], row[PLACE["เลขประจำตัวประชาชน"]]]
    names = [guess.name for guess in guessed([*HEADER, "โทรศัพท์", "เลขบัตร"], sheet).values()]
    assert len(names) == len(set(names))


def test_swapped_columns_are_doubted() -> None:
    headers = list(HEADER)
    pin, phone = PLACE["เลขประจำตัวประชาชน"], PLACE["โทรศัพท์"]
    headers[pin], headers[phone] = headers[phone], headers[pin]
    found = guessed(headers)
    assert (found[pin].name, found[phone].name) == ("pin", "phone")


def test_further_members_keep_their_number() -> None:
    found = guess_columns(["ชื่อสมาชิกคนที่ 2", "เลขประจำตัวประชาชนสมาชิกคนที่ 2"], [], KNOWN)
    assert [guess.name for guess in found.values()] == ["first_name:2", "pin:2"]
