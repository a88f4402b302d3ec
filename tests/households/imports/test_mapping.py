"""Headers of several rows, several sheets, one row for a household: how a file is understood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import xlsxwriter

from households.enums import RowUnit
from households.imports.mapping import column_name, layout_of_mapping
from households.imports.profile import Layout, find_layout, keys_of, signature_of
from households.imports.reading import NewSheet, Row, SheetHead, located, open_table
from tests.households.imports.test_rows import Everywhere, Reader, told, yardstick
from tests.lists import Sheet, make_households

assert Everywhere  # the guard that `yardstick` uses

TOP = ["รหัสตำบล", "ชื่อ", "นามสกุล", "มิติ", "", "", "", ""]
BELOW = ["", "", "", "สุขภาพ", "ความเป็นอยู่", "การศึกษา", "รายได้", "การเข้าถึงบริการภาครัฐ"]
DIMENSIONS = {"health": 3, "living": 4, "education": 5, "income": 6, "access": 7}


def test_heading_over_several_columns_is_read_with_the_row_below() -> None:
    data = ["900701", "สมชาย", "ใจดี", "ผ่าน", "ผ่าน", "ผ่าน", "ไม่ผ่าน", "ผ่าน"]
    for merges in ([], [(1, 3, 1, 7), (1, 0, 2, 0)]):
        layout = find_layout([["บัญชีปี 2568"], TOP, BELOW, data], merges)
        assert layout is not None
        assert layout.header_rows == (2, 3)
        assert {name: layout.columns[name] for name in DIMENSIONS} == DIMENSIONS
        assert layout.headers[3] == "มิติ สุขภาพ"
        assert layout.headers[0] == "รหัสตำบล"


def test_data_below_one_row_of_headers_is_no_header() -> None:
    layout = find_layout([["รหัสตำบล", "ชื่อ", "หมายเหตุ"], ["900701", "สมชาย", "สุขภาพ"], ["900701", "", ""]])
    assert layout is not None
    assert (layout.header_rows, layout.unit) == ((1, 1), RowUnit.PERSON)


HOUSEHOLD = [
    "รหัสตำบล", "รหัสประจำบ้าน", "บ้านเลขที่", "ชื่อหัวหน้าครัวเรือน", "เลขประจำตัวประชาชนหัวหน้าครัวเรือน", "จำนวนสมาชิก",
    "ชื่อสมาชิกคนที่ 2", "เลขประจำตัวประชาชนสมาชิกคนที่ 2", "ชื่อสมาชิกคนที่ 3", "เลขประจำตัวประชาชนสมาชิกคนที่ 3",
]  # fmt: skip


def household_rows(pins: Sequence[str]) -> list[Row]:
    return [
        [
            "900701",
            "90070000001",
            "1",
            "นายสมชาย ใจดี",
            pins[0],
            "3",
            "นางสมศรี ใจดี",
            pins[1],
            "ด.ช.เล็ก ใจดี",
            pins[2],
        ],
        ["900701", "90070000001", "1", "นายอื่น แก้วมณี", pins[3], "2", "นางแดง แก้วมณี", "", "", ""],
        ["900701", "90070000001", "1", "นายสมชาย ใจดี", pins[0], "3", "", "", "", ""],
        [
            "900701",
            "90070000002",
            "2",
            "นางเดี่ยว คนเดียว",
            pins[4],
            "4",
            "",
            "",
            "นายห้า ผิดเลข",
            "1234567890123",
        ],
    ]


def read_rows(rows: Sequence[Row]) -> tuple[Reader, list[tuple[int, int, str, str, bool]]]:
    layout = find_layout(rows)
    assert layout is not None
    reader = Reader(layout, yardstick())
    people = reader.read(rows)
    return reader, [(p.number, p.position, p.first_name, p.last_name, p.is_head) for p in people]


def test_row_of_a_household_gives_its_head_and_its_members() -> None:
    pins = [person.pin for home in make_households(2, persons=3) for person in home.persons]
    reader, people = read_rows([HOUSEHOLD, *household_rows(pins)])
    assert reader.layout.unit == RowUnit.HOUSEHOLD
    assert [sorted(member) for member in reader.layout.members] == [
        ["full_name", "pin"],
        ["full_name", "pin"],
    ]
    assert people == [
        (1, 0, "สมชาย", "ใจดี", True), (1, 1, "สมศรี", "ใจดี", False), (1, 2, "เล็ก", "ใจดี", False),
        (2, 0, "อื่น", "แก้วมณี", True), (2, 1, "แดง", "แก้วมณี", False),
        (3, 0, "เดี่ยว", "คนเดียว", True), (3, 1, "ห้า", "ผิดเลข", False),
    ]  # fmt: skip
    assert [household.family for household in reader.households] == ["", "2", ""]
    assert [household.stated.members for household in reader.households] == [3, 2, 4]
    assert told(reader) == [
        (3, "เลขประจำตัวประชาชนสมาชิกคนที่ 2", "missing_pin"),
        (4, "เลขประจำตัวประชาชนหัวหน้าครัวเรือน", "duplicate_row"),
        (5, "เลขประจำตัวประชาชนสมาชิกคนที่ 3", "bad_check_digit"),
        (5, "จำนวนสมาชิก", "members_differ"),
    ]


def test_order_of_the_rows_does_not_change_what_a_family_says() -> None:
    pins = [person.pin for home in make_households(2, persons=3) for person in home.persons]
    rows = household_rows(pins)
    there, _people = read_rows([HOUSEHOLD, rows[0], rows[1]])
    back, _people = read_rows([HOUSEHOLD, rows[1], rows[0]])
    assert {h.content_hash for h in there.households} == {h.content_hash for h in back.households}


def test_profile_finds_headers_again_in_any_order_and_beside_the_marks_of_our_own_file() -> None:
    headers = ["รหัส ต.", "ชื่อคน", "ชื่อคน", ""]
    assert keys_of(headers) == ["รหัสต", "ชื่อคน", "ชื่อคน#2", ""]
    assert signature_of(headers) == signature_of(
        ["ชื่อคน", "รหัส ต.", "ชื่อคน", "เหตุผลที่ยังไม่นำเข้า", "povertyops-mended-file"]
    )
    assert signature_of(headers) != signature_of(["ชื่อคน", "รหัส ต."])


def test_mapping_by_hand_holds_without_any_header_and_with_own_words() -> None:
    rows = [["900701", "สมชาย", "x"], ["900702", "สมศรี", "0"]]
    layout = layout_of_mapping(
        {"columns": {"subdistrict": 0, "first_name": 1, "income": 2}, "header_rows": [0, 0], "unit": "person",
         "fails": ["x"], "passes": ["0"]},
        rows,
    )  # fmt: skip
    reader = Reader(layout, yardstick())
    assert [person.row for person in reader.read(rows)] == [1, 2]
    assert [household.dimensions for household in reader.households] == [8, 0]
    assert layout.headers == ("A", "B", "C")
    assert [column_name(place) for place in (25, 26, 701)] == ["Z", "AA", "ZZ"]


def workbook(path: Path, parts: Sequence[tuple[str, Sequence[Row], bool]]) -> bytes:
    with xlsxwriter.Workbook(path) as book:
        for name, rows, is_hidden in parts:
            page = book.add_worksheet(name)
            if is_hidden:
                page.hide()
            for number, row in enumerate(rows):
                page.write_row(number, 0, list(row))
        book.worksheets()[0].write_formula(3, 2, "=B1/0", None, "#DIV/0!")
    return path.read_bytes()


def test_sheets_of_one_shape_are_read_one_after_the_other(tmp_path: Path) -> None:
    header: Row = ["รหัสตำบล", "ชื่อ", "นามสกุล"]
    data = workbook(
        tmp_path / "list.xlsx",
        [
            (
                "ระโนด",
                [header, ["900701", "สมชาย", "ใจดี"], ["900701", "สมศรี", "ใจดี"], ["900701", "ดำ", "ขาว"]],
                False,
            ),
            ("สรุป", [["อำเภอ", "จำนวน"], ["ระโนด", 3]], False),
            ("สทิงพระ", [["อำเภอสทิงพระ", ""], header, ["900702", "แดง", "เขียว"]], False),
            ("ซ่อน", [header, ["900701", "ลับ", "ลับ"]], True),
        ],
    )

    def choose(sheets: Sequence[SheetHead]) -> list[tuple[int, int]]:
        assert [sheet.is_hidden for sheet in sheets] == [False, False, False, True]
        return [(0, 1), (2, 2)]

    def pieces() -> Iterator[bytes]:
        yield data

    with open_table(pieces, lambda rows: True, choose) as table:
        assert (list(table.sheets), list(table.hidden), list(table.others)) == (
            ["ระโนด", "สทิงพระ"],
            ["ซ่อน"],
            ["สรุป"],
        )
        rows = list(table.rows)
    assert [isinstance(row, NewSheet) for row in rows].count(True) == 1
    assert [(sheet, number) for sheet, number, _row in located(rows)] == [
        (0, 1),
        (0, 2),
        (0, 3),
        (0, 4),
        (1, 1),
        (1, 2),
        (1, 3),
    ]
    layout = find_layout(rows)
    assert isinstance(layout, Layout)
    reader = Reader(layout, yardstick())
    assert [(p.sheet, p.row, p.first_name) for p in reader.read(rows)] == [
        (0, 2, "สมชาย"), (0, 3, "สมศรี"), (0, 4, "ดำ"), (1, 3, "แดง"),
    ]  # fmt: skip
    error = next(each for each in reader.faults if each.fault.code == "cell_error")
    assert (error.sheet, error.row, error.fault.value) == (0, 4, "#DIV/0!")
    assert reader.number_of_row.get(1, 3) == 2


def test_id_twice_on_two_sheets_names_the_sheet() -> None:
    sheet = Sheet(make_households(2, persons=1))
    first, second = ([str(cell or "") for cell in row] for row in sheet.rows)
    second[7] = first[7]
    header = list(map(str, sheet.header))
    layout = find_layout([header])
    assert layout is not None
    reader = Reader(layout, yardstick())
    list(reader.read([header, first, NewSheet.at(1, 1), header, second]))
    assert [(each.sheet, each.row, each.fault.details) for each in reader.faults] == [
        (1, 2, {"other_row": 2, "other_sheet": 1}),
        (0, 2, {"other_row": 2, "other_sheet": 2}),
    ]
