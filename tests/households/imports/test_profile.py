"""Columns are found whatever their order, spacing and spelling."""

from __future__ import annotations

import pytest

from households.imports.profile import MARK_HEADER, REASON_HEADER, find_layout
from tests.lists import HEADER


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("รหัสตำบล", "subdistrict"),
        (" รหัส ตำบล ", "subdistrict"),
        ("รหัส\u200bตำบล", "subdistrict"),
        ("เลขประจำตัวประชาชน (13 หลัก)", "pin"),
        ("เลขประจำตัวประชาชน ๑๓ หลัก", "pin"),
        ("NID", "pin"),
        ("ว/ด/ป เกิด", "birth"),
        ("มิติด้านรายได้", "income"),
        ("รายได้เฉลี่ย (บาท/คน/ปี)", "income_baht"),
        ("ตัวชี้วัด จปฐ.ที่ไม่ผ่าน", "indicators"),
    ],
)
def test_header_is_known_in_other_spellings(header: str, field: str) -> None:
    layout = find_layout([["ชื่อ", header]])
    assert layout is None or field in layout.columns
    layout = find_layout([["รหัสตำบล", "ชื่อ", "นามสกุล", header]])
    assert layout is not None
    assert field in layout.columns


def test_order_and_extra_columns_do_not_matter() -> None:
    mixed = ["หมายเหตุของอำเภอ", *reversed(HEADER), ""]
    layout = find_layout([mixed])
    assert layout is not None
    assert not layout.missing
    assert layout.headers[layout.columns["pin"]] == "เลขประจำตัวประชาชน"
    assert set(layout.unread) == {"หมายเหตุของอำเภอ", "ลำดับ", "จังหวัด"}


def test_second_column_of_a_name_is_not_taken() -> None:
    layout = find_layout([["รหัสตำบล", "ชื่อ", "ชื่อ"]])
    assert layout is not None
    assert layout.columns["first_name"] == 1


def test_name_of_the_family_beside_a_first_name() -> None:
    layout = find_layout([["รหัสตำบล", "ชื่อ", "ชื่อสกุล"]])
    assert layout is not None
    assert layout.columns["last_name"] == 2
    whole = find_layout([["รหัสตำบล", "ชื่อ-สกุล"]])
    assert whole is not None
    assert whole.columns["full_name"] == 1


def test_missing_columns_are_named() -> None:
    layout = find_layout([["หมู่ที่", "บ้านเลขที่", "นามสกุล", "วันเกิด"]])
    assert layout is not None
    assert layout.missing == ["รหัสตำบล", "ชื่อ"]


def test_village_code_stands_in_for_the_subdistrict() -> None:
    layout = find_layout([["รหัสหมู่บ้าน", "ชื่อ"]])
    assert layout is not None
    assert not layout.missing


def test_prose_is_no_header() -> None:
    assert find_layout([["บัญชีครัวเรือนเป้าหมาย ปี 2568"], ["จัดทำโดย อำเภอ"]]) is None


@pytest.mark.parametrize("mark", [REASON_HEADER, MARK_HEADER])
def test_own_error_file_is_known_by_its_marks(mark: str) -> None:
    layout = find_layout([["รหัสตำบล", "ชื่อ", mark]])
    assert layout is not None
    assert layout.is_mended
