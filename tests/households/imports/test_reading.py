"""Any table can be read; whatever is none, or too much, is refused in one Thai sentence."""

from __future__ import annotations

import io
import json
import re
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from households.imports import limits
from households.imports.faults import Unreadable
from households.imports.profile import Layout, find_layout
from households.imports.reading import Row, open_table
from households.services.tables import read_small_table
from tests.lists import Sheet, make_households


def read(data: bytes | Path) -> tuple[Layout | None, list[Row], str]:
    """Layout, all rows, and the encoding or sheet that was read."""
    content = data.read_bytes() if isinstance(data, Path) else data

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(content), 1000):
            yield content[start : start + 1000]

    def accepts(rows: object) -> bool:
        layout = find_layout(list(rows))  # type: ignore[call-overload]
        return layout is not None and not layout.missing

    with open_table(pieces, accepts) as table:
        return find_layout(table.head), list(table.rows), table.codec or table.sheet


def refusal(data: bytes | Path) -> Unreadable:
    with pytest.raises(Unreadable) as refused:
        read(data)
    assert str(refused.value)
    return refused.value


@pytest.fixture
def sheet() -> Sheet:
    return Sheet(make_households(4))


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp874", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_every_encoding_and_delimiter(
    sheet: Sheet, tmp_path: Path, codec: str, delimiter: str
) -> None:
    layout, rows, _codec = read(sheet.csv(tmp_path / "list.csv", codec=codec, delimiter=delimiter))
    assert layout is not None
    assert layout.header_row == 1
    assert rows[1] == [str(value) for value in sheet.rows[0]]
    assert len(rows) == len(sheet.rows) + 1


def test_encoding_is_named(sheet: Sheet, tmp_path: Path) -> None:
    assert read(sheet.csv(tmp_path / "a.csv", codec="cp874"))[2] == "cp874"
    assert read(sheet.csv(tmp_path / "b.csv", codec="utf-8"))[2] == "utf-8"


@pytest.mark.parametrize("lines", [0, 1, 19])
def test_header_is_found_under_titles(sheet: Sheet, tmp_path: Path, lines: int) -> None:
    title = ["บัญชีครัวเรือนเป้าหมาย"] * lines
    for path in (
        sheet.csv(tmp_path / "list.csv", title=title),
        sheet.xlsx(tmp_path / "list.xlsx", title=title),
    ):
        layout, rows, _ = read(path)
        assert layout is not None
        assert layout.header_row == lines + 1
        assert len(rows) == lines + 1 + len(sheet.rows)


def test_header_below_the_twentieth_row_is_not_looked_for(sheet: Sheet, tmp_path: Path) -> None:
    layout, _rows, _ = read(sheet.xlsx(tmp_path / "list.xlsx", title=["ชื่อบัญชี"] * 20))
    assert layout is None


def test_sheet_with_the_table_is_found_behind_others(sheet: Sheet, tmp_path: Path) -> None:
    _layout, rows, name = read(sheet.xlsx(tmp_path / "list.xlsx", before=["ปก", "คำอธิบาย"], sheet="รายชื่อ"))
    assert name == "รายชื่อ"
    assert len(rows) == len(sheet.rows) + 1


def test_empty_rows_keep_their_numbers(sheet: Sheet, tmp_path: Path) -> None:
    sheet.rows.insert(1, [None] * len(sheet.header))
    for path in (sheet.csv(tmp_path / "list.csv"), sheet.xlsx(tmp_path / "list.xlsx")):
        _layout, rows, _ = read(path)
        assert not any(rows[2])
        assert rows[3][7] == sheet.get(2, "เลขประจำตัวประชาชน")


def test_line_break_within_a_cell_is_no_new_row(sheet: Sheet, tmp_path: Path) -> None:
    sheet.set(0, "บ้านเลขที่", "1/2\nซอย 3")
    _layout, rows, _ = read(sheet.csv(tmp_path / "list.csv"))
    assert len(rows) == len(sheet.rows) + 1


def test_nul_byte_in_csv_is_read_on(sheet: Sheet, tmp_path: Path) -> None:
    sheet.set(1, "ชื่อ", "สม\x00ชาย")
    _layout, rows, _ = read(sheet.csv(tmp_path / "list.csv"))
    assert len(rows) == len(sheet.rows) + 1


def test_huge_cell_is_read_on(sheet: Sheet, tmp_path: Path) -> None:
    sheet.set(1, "ชื่อ", "ก" * 1_000_000)
    _layout, rows, _ = read(sheet.csv(tmp_path / "list.csv"))
    assert len(rows) == len(sheet.rows) + 1


@pytest.mark.parametrize("content", [b"", b"\n\n\r\n", b"\xef\xbb\xbf", b" , ,, \n"])
def test_empty_file_is_refused(content: bytes) -> None:
    assert refusal(content).code == "empty_file"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(500), "not_a_table"),
        (b"%PDF-1.7 " + b"x" * 500, "not_a_table"),
        (b"\xff\xd8\xff\xe0" + bytes(500), "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000), "old_excel"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(999) + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
        (b"PK\x03\x04" + b"x" * 500, "broken"),
    ],
)
def test_other_kinds_of_file_are_refused(content: bytes, code: str) -> None:
    assert refusal(content).code == code


def test_truncated_workbook_is_refused(sheet: Sheet, tmp_path: Path) -> None:
    whole = sheet.xlsx(tmp_path / "list.xlsx").read_bytes()
    assert refusal(whole[: len(whole) // 2]).code == "broken"


def test_archive_without_a_workbook_is_refused() -> None:
    assert refusal(archive({"word/document.xml": b"<x/>"})).code == "not_a_table"


def test_broken_part_of_a_workbook_is_refused(sheet: Sheet, tmp_path: Path) -> None:
    assert (
        refusal(rewritten(sheet.xlsx(tmp_path / "list.xlsx"), "xl/workbook.xml", b"<workbook")).code
        == "broken"
    )


def test_bomb_is_refused_by_its_directory() -> None:
    bomb = archive({"[Content_Types].xml": b"", "xl/workbook.xml": bytes(65 * limits.MIB)})
    assert len(bomb) < limits.MIB
    assert refusal(bomb).code == "unpacks_too_big"


def test_bomb_that_lies_about_its_size_is_refused(sheet: Sheet, tmp_path: Path) -> None:
    content = rewritten(sheet.xlsx(tmp_path / "list.xlsx"), "xl/workbook.xml", bytes(30 * limits.MIB))
    assert refusal(with_declared_size(content, "xl/workbook.xml", 1_000)).code == "unpacks_too_big"


def test_string_repeated_into_gigabytes_dies_in_its_own_process(tmp_path: Path) -> None:
    path = tmp_path / "wide.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        for row in range(6_000):
            for column in range(20):
                page.write_string(row, column, "ก" * 32_000)
    assert path.stat().st_size < 2 * limits.MIB
    assert refusal(path).code in {"unpacks_too_big", "too_many_columns"}


@pytest.mark.parametrize("numbered", [True, False])
def test_big_sheet_is_read_in_pieces_as_it_would_be_whole(tmp_path: Path, numbered: bool) -> None:
    """Gaps, error values, merged cells behind the rows, and rows that do not say their numbers."""
    path, list_rows = tmp_path / "big.xlsx", Sheet(make_households(200)).rows
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("บัญชี")
        page.merge_range(0, 2, 1, 5, "มิติ")
        for number, row in enumerate(list_rows):
            at = number + 2 + 5 * (number // 100) * numbered
            for place, value in enumerate(row):
                page.write(at, place, value)
            if number % 70 == 0:
                page.write_formula(at, 3, "=1/0", None, "#DIV/0!")
    if not numbered:
        with zipfile.ZipFile(path) as book:
            plain = re.sub(rb' r="[A-Z]*\d+"', b"", book.read("xl/worksheets/sheet1.xml"))
        path.write_bytes(rewritten(path, "xl/worksheets/sheet1.xml", plain))

    whole, pieces = (told_of(path, at_once) for at_once in (limits.MAX_FILE_BYTES, 20_000))

    rows = [row for lines in whole if isinstance(lines, list) for row in lines]
    assert [row for lines in pieces if isinstance(lines, list) for row in lines] == rows
    assert len(rows) > 500
    assert pieces[0] == whole[0]
    assert pieces[0]["sheets"][0]["merges"] == [[0, 2, 1, 5]]
    assert sum("#DIV/0!" in row for row in rows) == (len(list_rows) + 69) // 70 * numbered


def told_of(path: Path, at_once: int) -> list[Any]:
    """What the process that opens a workbook says, with sheets cut into pieces of `at_once` bytes."""
    data = path.read_bytes()
    bounds = (limits.WORKBOOK_MEMORY_BYTES, 60, limits.MAX_UNPACKED_BYTES, 200, 60, at_once)
    done = subprocess.run(
        [sys.executable, "-I", str(Path(limits.__file__).with_name("workbook.py")), *map(str, bounds)],
        input=len(data).to_bytes(8, "big") + data + b"[0]\n",
        stdout=subprocess.PIPE,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "wide.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_string(0, 0, "ชื่อ")
        page.write_string(3, 500, "ไกล")
    assert refusal(path).code == "too_many_columns"


def test_workbook_bigger_than_allowed_is_refused_before_opening(settings) -> None:
    settings.IMPORT_MAX_WORKBOOK_BYTES = 100
    assert refusal(archive({"[Content_Types].xml": b"", "xl/workbook.xml": b"x" * 1000})).code == "too_big"


def archive(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as written:
        for name, content in parts.items():
            written.writestr(name, content)
    return buffer.getvalue()


def rewritten(path: Path, part: str, content: bytes) -> bytes:
    """The workbook with one part replaced."""
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    return archive({**parts, part: content})


def with_declared_size(content: bytes, part: str, size: int) -> bytes:
    """The archive whose directory calls one part smaller than it is."""
    changed = bytearray(content)
    name = part.encode()
    place = changed.rfind(name)
    entry = changed.rfind(b"PK\x01\x02", 0, place)
    struct.pack_into("<I", changed, entry + 24, size)
    return bytes(changed)


def test_small_table_is_refused_before_it_fills_the_memory() -> None:
    """Rows of commas cost far more than their bytes."""

    def refused(piece: bytes, times: int) -> str:
        with pytest.raises(Unreadable) as refusal:
            read_small_table(lambda: iter([piece] * times), accepts=bool, most_rows=100)
        return refusal.value.code

    assert refused(b"a," * limits.MIB, 1) == "too_many_columns"
    assert refused(b"a,b\n" + b"c" * limits.MIB, limits.MAX_SMALL_BYTES // limits.MIB + 1) == "too_big"
