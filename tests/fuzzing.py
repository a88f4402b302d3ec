"""Target lists gone bad, made from good ones: every way in which files get spoiled, and some nobody tried.

`spoiled(seed, count)` gives the same files for the same seed. Each is one or two spoilings of a good CSV or
workbook; what they hold otherwise is a list that could go in.
"""

from __future__ import annotations

import gzip
import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import xlsxwriter

from tests.lists import HEADER, Sheet, make_households

Rows = list[list[object]]
FORMULAS = (
    '=HYPERLINK("http://127.0.0.1/","กด")', "=1+1", "+66812345678", "-2+3", "@SUM(A1)",
    "=cmd|' /C calc'!A0", "\t=1", "\r=1", "=IMPORTXML(A1)", "=" * 500,
)  # fmt: skip
STRANGE = (
    "\x00", "ส\x00ม", "\u202eกลับ", "\ufeff", "\u200b\u200b", "ก" * 5_000, "🏚", "a\nb\nc", '"', "'", "\\",
    "NULL", "None", "NaN", "inf", "-inf", "1e400", "1E+12", "0x10", "9" * 400, "<script>alert(1)</script>",
    "%s%n", "{}", "๑๒๓", "1,234.5", " ", "\u00a0", "ํา", "31/02/2520", "2520-13-45", "99999999", "45000.5",
    "#REF!", float("nan"), float("inf"), -1e300,
)  # fmt: skip
DATES = (
    "1 มกราคม 2520", "01-01-2520", "2520/01/01", "25200101", "1/1/20", "1/1/1977", "มค.20", "30/2/2520",
    "44197", "๑/๑/๒๕๒๐", "1977-01-01T00:00:00Z", "ไม่ทราบ", "0/0/0", "1/1/9999", "1/1/0001", "12/31/1977",
)  # fmt: skip

PARTS = ("xl/sharedStrings.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml")


@dataclass(frozen=True)
class Spoiled:
    """One file. `how` names the spoilings, for whoever reads a failure."""

    name: str
    how: str
    data: bytes


def spoiled(seed: int, count: int) -> Iterator[Spoiled]:
    """`count` files; every way of spoiling comes in turn, so that even a few files try each."""
    random = Random(seed)
    turns = [*((way, _as_csv) for way in OF_TABLES), *((way, _as_xlsx) for way in OF_TABLES)]
    turns += [(way, None) for way in (*OF_CSV, *OF_WORKBOOKS, *OF_NOTHING)]
    random.shuffle(turns)
    number = 0
    while number < count:
        for way, written in turns:
            if number >= count:
                return
            number += 1
            yield _spoil(random, number, way, written)


def _spoil(
    random: Random, number: int, way: Callable[..., object], written: Callable[..., bytes] | None
) -> Spoiled:
    how = way.__name__.strip("_")
    if written is None:
        data = way(random)
        assert isinstance(data, bytes)
    else:
        table = _table(random)
        way(random, table)
        if random.random() < 0.3 and len(table) > 3 and min(map(len, table)) > 5:
            second = random.choice(OF_TABLES)
            second(random, table)
            how += f" and {second.__name__.strip('_')}"
        data = written(random, table)
    if random.random() < 0.08 and len(data) > 50:
        data = data[: random.randrange(10, len(data))]
        how += ", truncated"
    ending = "xlsx" if data[:2] == b"PK" or random.random() < 0.1 else "csv"
    return Spoiled(f"{number:05d}.{ending}", how, data)


def _table(random: Random) -> Rows:
    families = make_households(random.randrange(3, 25), seed=random.randrange(10**6))
    sheet = Sheet(families)
    return [list(sheet.header), *sheet.rows]


# -------------------------------------------------------------------------------------------- of the table


def _nothing_wrong(_random: Random, _table: Rows) -> None:
    """A good file goes in; what is compared with must be able to succeed."""


def _strange_cells(random: Random, table: Rows) -> None:
    for _turn in range(random.randrange(1, 30)):
        row = random.choice(table)
        if row:
            row[random.randrange(len(row))] = random.choice(STRANGE)


def _formulas(random: Random, table: Rows) -> None:
    for _turn in range(random.randrange(1, 20)):
        row = random.choice(table[1:])
        row[random.randrange(len(row))] = random.choice(FORMULAS)


def _dates_as_text(random: Random, table: Rows) -> None:
    place = HEADER.index("วันเกิด")
    for row in table[1:]:
        if len(row) > place:
            row[place] = random.choice(DATES)


def _numbers_for_text(random: Random, table: Rows) -> None:
    """Ids and codes as a spreadsheet rounds them."""
    for row in table[1:]:
        for place, cell in enumerate(row):
            if isinstance(cell, str) and cell.isdigit() and random.random() < 0.7:
                row[place] = float(cell)


def _swapped_columns(random: Random, table: Rows) -> None:
    one, other = random.sample(range(len(table[0])), 2)
    for row in table[1:]:
        if len(row) > max(one, other):
            row[one], row[other] = row[other], row[one]


def _shifted_rows(random: Random, table: Rows) -> None:
    for row in table[1:]:
        if random.random() < 0.3:
            row.insert(0, "")


def _ragged_rows(random: Random, table: Rows) -> None:
    for row in table[1:]:
        if random.random() < 0.4:
            del row[random.randrange(len(row) + 1) :]


def _duplicate_headers(random: Random, table: Rows) -> None:
    for _turn in range(random.randrange(1, 5)):
        table[0][random.randrange(len(table[0]))] = random.choice(table[0])


def _strange_headers(random: Random, table: Rows) -> None:
    for _turn in range(random.randrange(1, 8)):
        place = random.randrange(len(table[0]))
        header = str(table[0][place])
        table[0][place] = random.choice(
            (header + " *", f"({header})", header[:3], "", "คอลัมน์", header * 3, "1")
        )


def _no_header(_random: Random, table: Rows) -> None:
    del table[0]


def _only_header(_random: Random, table: Rows) -> None:
    del table[1:]


def _title_lines(random: Random, table: Rows) -> None:
    for _turn in range(random.randrange(1, 25)):
        table.insert(0, [random.choice(("บัญชีครัวเรือน", "", "ข้อมูล ณ วันที่ 1 ม.ค. 2568", "จังหวัดสงขลา"))])


def _blank_rows(random: Random, table: Rows) -> None:
    for _turn in range(random.randrange(5, 400)):
        table.insert(random.randrange(1, len(table) + 1), [""] * random.randrange(0, 30))


def _same_rows_again(random: Random, table: Rows) -> None:
    table.extend([list(row) for row in random.sample(table[1:], min(len(table) - 1, 10))])


def _shuffled_rows(random: Random, table: Rows) -> None:
    rows = table[1:]
    random.shuffle(rows)
    table[1:] = rows


def _missing_columns(random: Random, table: Rows) -> None:
    for place in sorted(random.sample(range(len(table[0])), random.randrange(1, 15)), reverse=True):
        for row in table:
            if len(row) > place:
                del row[place]


def _ten_thousand_columns(random: Random, table: Rows) -> None:
    width = random.choice((201, 1_000, 10_000))
    for row in table[:4]:
        row.extend(["ก"] * width)


def _strange_codes(random: Random, table: Rows) -> None:
    place = HEADER.index("รหัสตำบล")
    for row in table[1:]:
        if len(row) > place:
            row[place] = random.choice(
                ("900751", "110151", "000000", "90", "9007011", "abc", "", "901299", -1, 1.5)
            )


def _huge_cell(random: Random, table: Rows) -> None:
    random.choice(table[1:])[random.randrange(5)] = "ข" * 200_000


OF_TABLES: tuple[Callable[[Random, Rows], None], ...] = (
    _nothing_wrong, _strange_cells, _formulas, _dates_as_text, _numbers_for_text, _swapped_columns,
    _shifted_rows, _ragged_rows, _duplicate_headers, _strange_headers, _no_header, _only_header, _title_lines,
    _blank_rows, _same_rows_again, _shuffled_rows, _missing_columns, _ten_thousand_columns, _strange_codes,
    _huge_cell,
)  # fmt: skip


# ------------------------------------------------------------------------------------------------- as CSV


def _as_csv(random: Random, table: Rows) -> bytes:
    import csv

    text = io.StringIO()
    quoting = random.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    csv.writer(text, delimiter=random.choice((",", ",", ";", "\t", "|")), quoting=quoting).writerows(table)
    codec = random.choice(("utf-8-sig", "utf-8", "cp874", "utf-16", "utf-16-le", "utf-16-be", "latin-1"))
    return text.getvalue().encode(codec, "replace")


def _good_csv(random: Random) -> bytes:
    return _as_csv(random, _table(random))


def _cut_in_a_letter(random: Random) -> bytes:
    data = _good_csv(random)
    return data[: random.randrange(1, len(data))]


def _bytes_turned(random: Random) -> bytes:
    return _turned(random, _good_csv(random))


def _open_quote(random: Random) -> bytes:
    data = bytearray(_good_csv(random))
    data.insert(random.randrange(len(data)), ord('"'))
    return bytes(data)


def _two_encodings(random: Random) -> bytes:
    return "\ufeffรหัสตำบล,ชื่อ\n".encode() + "900701,สมชาย\n".encode("cp874") * random.randrange(1, 50)


def _no_line_ends(random: Random) -> bytes:
    return _good_csv(random).replace(b"\r\n", random.choice((b"", b"\r", b"\x0b", b"\x1e")))


def _very_long_line(random: Random) -> bytes:
    return ",".join(HEADER).encode() + b"\n" + b"x," * random.randrange(10_000, 300_000)


OF_CSV: tuple[Callable[[Random], bytes], ...] = (
    _cut_in_a_letter, _bytes_turned, _open_quote, _two_encodings, _no_line_ends, _very_long_line,
)  # fmt: skip


# ------------------------------------------------------------------------------------------- as a workbook


def _as_xlsx(random: Random, table: Rows, **more: object) -> bytes:
    return _workbook(random, [table], **more)


def _workbook(random: Random, tables: list[Rows], *, hidden: int | None = None, merge: bool = False) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "list.xlsx"
        live = random.random() < 0.3  # formulas as formulas, not as their text
        options = {"strings_to_formulas": live, "strings_to_urls": False, "nan_inf_to_errors": True}
        with xlsxwriter.Workbook(path, options) as book:
            for number, table in enumerate(tables):
                page = book.add_worksheet(f"แผ่น {number + 1}")
                if number == hidden:
                    page.hide()
                for line, row in enumerate(islice(table, 2_000)):
                    for place, cell in enumerate(islice(row, 10_050)):
                        if cell not in ("", None):
                            page.write(line, place, cell if not isinstance(cell, str) else cell[:32_000])
                if merge:
                    top = random.randrange(1, 6)
                    page.merge_range(top, 0, top + random.randrange(1, 4), random.randrange(1, 6), "รวมเซลล์")
            if hidden == 0 and len(tables) > 1:
                book.worksheets()[1].activate()
                book.worksheets()[1].set_first_sheet()
        return path.read_bytes()


def _good_xlsx(random: Random) -> bytes:
    return _as_xlsx(random, _table(random))


def _two_sheets(random: Random) -> bytes:
    return _workbook(random, [_table(random), _table(random)])


def _sheets_of_two_shapes(random: Random) -> bytes:
    return _workbook(random, [[["ลำดับ", "ยอด"], [1, 2]], _table(random), [[]]])


def _hidden_sheet(random: Random) -> bytes:
    return _workbook(random, [_table(random), _table(random)], hidden=random.randrange(2))


def _merged_cells(random: Random) -> bytes:
    return _workbook(random, [_table(random)], merge=True)


def _bytes_of_a_workbook_turned(random: Random) -> bytes:
    return _turned(random, _good_xlsx(random))


def _cut_workbook(random: Random) -> bytes:
    data = _good_xlsx(random)
    return data[: random.randrange(4, len(data))]


def _bomb(random: Random) -> bytes:
    """A sheet of spaces that unpacks to far more than it should; its sizes tell the truth."""
    return _with_part(_good_xlsx(random), "xl/worksheets/sheet1.xml", b" " * 450_000_000)


def _bomb_that_lies(random: Random) -> bytes:
    """The same, smaller, with sizes in the directory that are far too small."""
    data = _with_part(_good_xlsx(random), "xl/worksheets/sheet1.xml", b" " * 60_000_000)
    return _sizes_changed(data, 60_000_000, random.choice((10, 1_000, 0)))


def _external_link(random: Random) -> bytes:
    return _with_part(
        _good_xlsx(random),
        "xl/externalLinks/externalLink1.xml",
        b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<externalBook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
        b' r:id="rId1"/>'
        b"</externalLink>",
    )


def _foreign_entity(random: Random) -> bytes:
    evil = (
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "'
        + b"B" * 1000
        + b'">'
        + b"".join(b'<!ENTITY c%d "%s">' % (n, b"&b;" * 10) for n in range(10))
        + b"]>"
    )
    part = random.choice(PARTS)
    return _changed_part(_good_xlsx(random), part, lambda text: text.replace(b"?>", b"?>" + evil, 1))


def _strange_xml(random: Random) -> bytes:
    part = random.choice(
        ("xl/sharedStrings.xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml")
    )
    return _changed_part(_good_xlsx(random), part, lambda text: _turned(random, text))


def _wide_dimension(random: Random) -> bytes:
    """A sheet that says it is as large as sheets can be."""
    return _changed_part(
        _good_xlsx(random),
        "xl/worksheets/sheet1.xml",
        lambda text: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', text),
    )


def _far_cell(random: Random) -> bytes:
    """One cell far down and far right, as a slip of the hand leaves it."""
    place = random.choice((b"XFD1048576", b"A1048576", b"ZZ500000", b"XFD2"))
    cell = b'<row r="%s"><c r="%s"><v>1</v></c></row></sheetData>' % (re.sub(rb"\D", b"", place), place)
    return _changed_part(
        _good_xlsx(random), "xl/worksheets/sheet1.xml", lambda text: text.replace(b"</sheetData>", cell)
    )


def _missing_part(random: Random) -> bytes:
    gone = random.choice(
        ("xl/workbook.xml", "[Content_Types].xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml")
    )
    return _rewritten(_good_xlsx(random), lambda name, body: None if name == gone else body)


def _many_parts(random: Random) -> bytes:
    data = _good_xlsx(random)
    with io.BytesIO(data) as buffer:
        with zipfile.ZipFile(buffer, "a") as archive:
            for number in range(2_500):
                archive.writestr(f"xl/media/{number}.bin", b"")
        return buffer.getvalue()


def _slipped_path(random: Random) -> bytes:
    return _with_part(_good_xlsx(random), random.choice(("../../etc/cron.d/x", "/etc/x", "C:\\x")), b"x")


def _locked_entry(random: Random) -> bytes:
    """The flag of an encrypted entry set in the directory."""
    data = bytearray(_good_xlsx(random))
    place = data.find(b"PK\x01\x02")
    data[place + 8] |= 1
    return bytes(data)


OF_WORKBOOKS: tuple[Callable[[Random], bytes], ...] = (
    _two_sheets, _sheets_of_two_shapes, _hidden_sheet, _merged_cells, _bytes_of_a_workbook_turned,
    _cut_workbook, _bomb, _bomb_that_lies, _external_link, _foreign_entity, _strange_xml, _wide_dimension,
    _far_cell, _missing_part, _many_parts, _slipped_path, _locked_entry,
)  # fmt: skip


# ------------------------------------------------------------------------------------ what is no list at all


def _png_by_another_name(random: Random) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + random.randbytes(2_000)


def _password(random: Random) -> bytes:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + random.randbytes(1_500)
    return ole + "EncryptedPackage".encode("utf-16-le") + random.randbytes(3_000)


def _old_excel(random: Random) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + random.randbytes(random.randrange(10, 9_000))


def _page_of_the_web(_random: Random) -> bytes:
    return "<html><table><tr><td>รหัสตำบล</td><td>ชื่อ</td></tr></table></html>".encode()


def _noise(random: Random) -> bytes:
    return random.randbytes(random.randrange(1, 200_000))


def _zeros(random: Random) -> bytes:
    return b"\x00" * random.randrange(1, 1_000_000)


def _empty(random: Random) -> bytes:
    return random.choice(
        (b" ", b"\n", b"\xef\xbb\xbf", b"\xff\xfe", b",,,,\n" * 50, b"PK\x03\x04", b"PK\x05\x06")
    )


def _packed_twice(random: Random) -> bytes:
    return gzip.compress(_good_csv(random))


def _other_archive(random: Random) -> bytes:
    with io.BytesIO() as buffer:
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr("content.xml", "<office/>" * random.randrange(1, 100))
        return buffer.getvalue()


OF_NOTHING: tuple[Callable[[Random], bytes], ...] = (
    _png_by_another_name, _password, _old_excel, _page_of_the_web, _noise, _zeros, _empty, _packed_twice,
    _other_archive,
)  # fmt: skip

WAYS = (*OF_TABLES, *OF_CSV, *OF_WORKBOOKS, *OF_NOTHING)


# ------------------------------------------------------------------------------------------------- archives


def _turned(random: Random, data: bytes) -> bytes:
    turned = bytearray(data)
    for _turn in range(random.randrange(1, 30)):
        turned[random.randrange(len(turned))] = random.randrange(256)
    return bytes(turned)


def _rewritten(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    with io.BytesIO() as buffer:
        with (
            zipfile.ZipFile(io.BytesIO(data)) as old,
            zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for entry in old.infolist():
                body = change(entry.filename, old.read(entry))
                if body is not None:
                    new.writestr(entry.filename, body)
        return buffer.getvalue()


def _changed_part(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    return _rewritten(data, lambda name, body: change(body) if name == part else body)


def _with_part(data: bytes, part: str, body: bytes) -> bytes:
    without = _rewritten(data, lambda name, old: None if name == part else old)
    with io.BytesIO(without) as buffer:
        with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(part, body)
        return buffer.getvalue()


def _sizes_changed(data: bytes, size: int, told: int) -> bytes:
    return data.replace(struct.pack("<L", size), struct.pack("<L", told))
