"""Opens an XLSX file in a process of its own, with bounded memory and time, and passes its rows on as JSON
lines.

Run as a script by `reading`; it knows nothing of Django, keys or the database. Protocol: eight bytes of
length and the file come in; out goes one line with the first rows and the merged cells of every sheet; in
comes a JSON list of the places of the sheets to read, as a line; out go, for each, a line {"sheet": place}
and its rows, some hundreds a line, and at the very end a line `null`. Anything wrong is one line
{"problem": code}.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, NoReturn
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

ROWS_PER_LINE = 400
PIECE = 1 << 20
MOST_SHEETS = 80
MOST_ENTRIES = 2_000
MOST_MERGES = 2_000
MOST_ERRORS = 20_000
LONGEST_HEAD_CELL = 1_200

ERROR_MARK = b't="e"'
ERROR_CELL = re.compile(r'<c ([^>]*t="e"[^>/]*)>((?:(?!</c>).)*)</c>', re.DOTALL)
REFERENCE = re.compile(r'r="([A-Z]{1,3})(\d{1,7})"')
VALUE = re.compile(r"<v>(#[^<]{1,20})</v>")

Errors = dict[int, list[tuple[int, str]]]
"""For each row, from 0, the columns that hold an error value, which calamine gives as an empty cell."""


def main(memory: int, seconds: int, unpacked: int, columns: int, head_rows: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    source = sys.stdin.buffer
    data = source.read(int.from_bytes(source.read(8), "big"))
    flagged = check_archive(data, unpacked)
    try:
        errors = errors_by_sheet(data, flagged) if flagged else {}
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = Sheets(workbook, errors)
        say({"sheets": [sheets.head(place, columns, head_rows) for place in range(len(sheets.found))]})
        for place in json.loads(source.readline() or b"[]"):
            say({"sheet": place})
            sheets.pass_on(place, columns)
        say(None)
    except CalamineError:
        refuse("broken")
    except MemoryError:
        refuse("unpacks_too_big")


class Sheets:
    """The work sheets of a file; the one looked at last stays parsed, so a file of one is parsed once."""

    def __init__(self, workbook: CalamineWorkbook, errors: dict[str, Errors]) -> None:
        self.workbook = workbook
        self.errors = errors
        self.found = [
            (sheet.name, sheet.visible != SheetVisibleEnum.Visible)
            for sheet in workbook.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet
        ][:MOST_SHEETS]
        self.last: tuple[int, CalamineSheet] | None = None

    def sheet(self, place: int) -> CalamineSheet:
        if self.last is None or self.last[0] != place:
            self.last = None
            self.last = place, self.workbook.get_sheet_by_name(self.found[place][0])
        return self.last[1]

    def head(self, place: int, columns: int, count: int) -> dict[str, Any]:
        """Name, first rows and what is merged in them; no rows of a sheet that is far too wide."""
        sheet, (name, is_hidden) = self.sheet(place), self.found[place]
        left, is_wide = self.left(sheet), False
        if sheet.end and sheet.start and sheet.end[1] - sheet.start[1] >= columns:
            is_wide = True
        rows: list[list[Any]] = []
        for number, row in enumerate(() if is_wide else sheet.iter_rows()):
            cells = [plain(cell) for cell in row]
            self.overlay(name, number, cells, left)
            rows.append([cell[:LONGEST_HEAD_CELL] if isinstance(cell, str) else cell for cell in cells])
            if len(rows) == count:
                break
        merges = [
            (top, first - left, bottom, last - left)
            for (top, first), (bottom, last) in (sheet.merged_cell_ranges or [])[:MOST_MERGES]
            if top < count and first >= left
        ]
        return {"name": name, "hidden": is_hidden, "wide": is_wide, "rows": rows, "merges": merges}

    @staticmethod
    def left(sheet: CalamineSheet) -> int:
        return sheet.start[1] if sheet.start else 0

    def overlay(self, name: str, number: int, cells: list[Any], left: int) -> None:
        for column, value in self.errors.get(name, {}).get(number, ()):
            if 0 <= column - left < len(cells):
                cells[column - left] = value

    def pass_on(self, place: int, columns: int) -> None:
        sheet, name = self.sheet(place), self.found[place][0]
        wrong, left = self.errors.get(name), self.left(sheet)
        lines: list[list[Any]] = []
        for number, row in enumerate(sheet.iter_rows()):
            cells = [cell if type(cell) in (str, float) else plain(cell) for cell in row[:columns]]
            if wrong and number in wrong:
                self.overlay(name, number, cells, left)
            lines.append(cells)
            if len(lines) == ROWS_PER_LINE:
                say(lines)
                lines = []
        if lines:
            say(lines)


def errors_by_sheet(data: bytes, parts: set[str]) -> dict[str, Errors]:
    """Where the sheets of these parts hold an error value (#REF! and its like), by the name of the sheet."""
    found: dict[str, Errors] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name, part in sheet_parts(archive):
            if part in parts:
                found[name] = errors_in(archive.read(part).decode("utf-8", "replace"))
    return found


def sheet_parts(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """Name and part of every sheet."""
    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - in a bounded process
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except (ElementTree.ParseError, KeyError):
        return []
    targets = {link.get("Id", ""): link.get("Target", "") for link in links}
    sheets = []
    for sheet in book.iter():
        if not sheet.tag.endswith("}sheet"):
            continue
        link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
        part = targets.get(link, "")
        sheets.append((sheet.get("name", ""), part[1:] if part.startswith("/") else f"xl/{part}"))
    return sheets


def errors_in(text: str) -> Errors:
    found: Errors = {}
    for cell in islice(ERROR_CELL.finditer(text), MOST_ERRORS):
        place, value = REFERENCE.search(cell[1]), VALUE.search(cell[2])
        if place and value:
            found.setdefault(int(place[2]) - 1, []).append((column_number(place[1]), value[1]))
    return found


def column_number(letters: str) -> int:
    """A is 0, Z is 25, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def check_archive(data: bytes, most: int) -> set[str]:
    """Refuse an archive whose parts unpack to more than `most` bytes, or to more than its directory says.

    Returns the sheets that hold error values.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > most:
                refuse("unpacks_too_big")
            if any(entry.flag_bits & 1 for entry in entries):
                refuse("password")
            if "[Content_Types].xml" not in names or not any(n.startswith("xl/workbook") for n in names):
                refuse("not_a_table")
            return {entry.filename for entry in entries if check_entry(data, entry)}
    except (zipfile.BadZipFile, zlib.error, IndexError, ValueError):
        refuse("broken")


def check_entry(data: bytes, entry: zipfile.ZipInfo) -> bool:
    """Unpack one part piece by piece and stop as soon as it holds more than declared; whether it is a sheet
    with error values."""
    header = entry.header_offset
    names = int.from_bytes(data[header + 26 : header + 28], "little")
    extra = int.from_bytes(data[header + 28 : header + 30], "little")
    start = header + 30 + names + extra
    packed = memoryview(data)[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        if len(packed) != entry.file_size:
            refuse("broken")
        return is_sheet(entry) and ERROR_MARK in bytes(packed)
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        refuse("broken")
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    size, has_errors, tail = 0, False, b""
    looks = is_sheet(entry)
    rest: bytes | memoryview = packed
    while not unpacker.eof:
        piece = unpacker.decompress(rest, PIECE)
        rest = unpacker.unconsumed_tail
        size += len(piece)
        if looks and not has_errors:
            has_errors = ERROR_MARK in tail + piece
            tail = piece[-len(ERROR_MARK) :]
        if size > entry.file_size:
            refuse("unpacks_too_big")
        if not piece and not rest:
            break
    if not unpacker.eof or size != entry.file_size:
        refuse("broken")
    return has_errors


def is_sheet(entry: zipfile.ZipInfo) -> bool:
    return entry.filename.startswith("xl/worksheets/")


def plain(cell: Any) -> str | float:
    """The cell as text or number. Days become ISO text, which every reader of dates here understands."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, str | float):
        return cell
    if isinstance(cell, int):
        return float(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return "" if cell is None else str(cell)


def say(line: Any) -> None:
    sys.stdout.buffer.write(json.dumps(line, ensure_ascii=False, check_circular=False).encode() + b"\n")
    sys.stdout.buffer.flush()


def refuse(code: str) -> NoReturn:
    say({"problem": code})
    sys.exit(0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
