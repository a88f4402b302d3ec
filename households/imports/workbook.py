"""Opens an XLSX file in a process of its own, with bounded memory and time, and passes its rows on as JSON
lines.

Run as a script by `reading`; it knows nothing of Django, keys or the database. A sheet that would fill the
memory is cut between its rows into pieces, each parsed as a workbook of its own.

Protocol: eight bytes of length and the file come in; out goes one line with the first rows and the merged
cells of every sheet; in comes a JSON list of the places of the sheets to read, as a line; out go, for each, a
line {"sheet": place} and its rows, some hundreds a line, and at the very end a line `null`. Anything wrong is
one line {"problem": code}.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import IO, Any, NoReturn
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

ROWS_PER_LINE = 400
PIECE = 1 << 20
MOST_SHEETS = 80
MOST_ENTRIES = 2_000
MOST_MERGES = 2_000
MOST_ERRORS = 20_000
LONGEST_HEAD_CELL = 1_200
AT_ONCE = 12 << 20
"""Bytes of a sheet that are parsed at once: some 15,000 rows of a target list."""
START_OF_SHEET = 2 << 20
MOST_ROWS = 1 << 20
USUAL_UNPACKED, MOST_TIMES = 64 << 20, 100
"""What nobody asks about, and above it how many times its size an archive may unpack to."""

ERROR_MARK = b't="e"'
ERROR_CELL = re.compile(r'<c ([^>]*t="e"[^>/]*)>((?:(?!</c>).)*)</c>', re.DOTALL)
REFERENCE = re.compile(r'r="([A-Z]{1,3})(\d{1,7})"')
VALUE = re.compile(r"<v>(#[^<]{1,20})</v>")

MERGE = re.compile(rb'mergeCell [^>]{0,40}?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
LONGEST_MERGE = 100
ROOT = re.compile(rb"<(?:\w+:)?worksheet\b[^>]*>")
SHEET_DATA = re.compile(rb"<(\w+:)?sheetData\s*>")

Errors = dict[int, list[tuple[int, str]]]
"""For each row, from 0, the columns that hold an error value, which calamine gives as an empty cell."""
Merge = tuple[int, int, int, int]
"""Top, left, bottom and right of merged cells, from 0."""


def main(
    memory: int, seconds: int, unpacked: int, columns: int, head_rows: int, at_once: int = AT_ONCE
) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what is in memory must not end up on a disk
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    source = sys.stdin.buffer
    data = source.read(int.from_bytes(source.read(8), "big"))
    seen = check_archive(data, unpacked, at_once)
    try:
        errors = errors_by_sheet(data, {part for part in seen.with_errors if part not in seen.big})
        sheets = Sheets(data, errors, big_sheets(data, seen))
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

    def __init__(self, data: bytes, errors: dict[str, Errors], big: dict[str, BigSheet]) -> None:
        self.data = data
        self.errors = errors
        self.big = big
        self.workbook: CalamineWorkbook | None = None
        self.last: tuple[int, CalamineSheet] | None = None
        self.found = [
            (sheet.name, sheet.visible != SheetVisibleEnum.Visible)
            for sheet in self.opened().sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet
        ][:MOST_SHEETS]

    def opened(self) -> CalamineWorkbook:
        if self.workbook is None:
            self.workbook = CalamineWorkbook.from_filelike(io.BytesIO(self.data))
        return self.workbook

    def sheet(self, place: int) -> CalamineSheet:
        if self.last is None or self.last[0] != place:
            self.last = None
            self.last = place, self.opened().get_sheet_by_name(self.found[place][0])
        return self.last[1]

    def big_sheet(self, place: int) -> BigSheet | None:
        """A big sheet, with room made for it: the workbook as a whole is closed until it is wanted again."""
        big = self.big.get(self.found[place][0])
        if big:
            self.workbook = self.last = None
        return big

    def head(self, place: int, columns: int, count: int) -> dict[str, Any]:
        """Name, first rows and what is merged in them; no rows of a sheet that is far too wide."""
        if big := self.big_sheet(place):
            return big.head(self.found[place][1], columns, count)
        sheet, (name, is_hidden) = self.sheet(place), self.found[place]
        left, is_wide = self.left(sheet), False
        if sheet.end and sheet.start and sheet.end[1] - sheet.start[1] >= columns:
            is_wide = True
        rows: list[list[Any]] = []
        for number, row in enumerate(() if is_wide else sheet.iter_rows()):
            cells = [plain(cell) for cell in row]
            overlay(self.errors.get(name, {}), number, cells, left)
            rows.append(shortened(cells))
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

    def pass_on(self, place: int, columns: int) -> None:
        if big := self.big_sheet(place):
            say_rows(big.rows(columns))
        else:
            say_rows(self.rows(place, columns))

    def rows(self, place: int, columns: int) -> Iterator[list[Any]]:
        sheet = self.sheet(place)
        wrong, left = self.errors.get(self.found[place][0]), self.left(sheet)
        for number, row in enumerate(sheet.iter_rows()):
            cells = [cell if type(cell) in (str, float) else plain(cell) for cell in row[:columns]]
            if wrong and number in wrong:
                overlay(wrong, number, cells, left)
            yield cells


def overlay(errors: Errors, number: int, cells: list[Any], left: int) -> None:
    for column, value in errors.get(number, ()):
        if 0 <= column - left < len(cells):
            cells[column - left] = value


def shortened(cells: list[Any]) -> list[Any]:
    return [cell[:LONGEST_HEAD_CELL] if isinstance(cell, str) else cell for cell in cells]


def say_rows(rows: Iterable[list[Any]]) -> None:
    lines: list[list[Any]] = []
    for cells in rows:
        lines.append(cells)
        if len(lines) == ROWS_PER_LINE:
            say(lines)
            lines = []
    if lines:
        say(lines)


@dataclass
class BigSheet:
    """A sheet read piece by piece. `frame` is the workbook without its sheets, as an archive; every piece is
    put into a copy of it. `at_once` is how many bytes a piece may have. Columns are counted from A."""

    at_once: int
    name: str
    part: str
    data: bytes
    frame: bytes
    merges: list[Merge]
    last_column: int = 0

    def head(self, is_hidden: bool, columns: int, count: int) -> dict[str, Any]:
        rows = [shortened(row) for row in islice(self.rows(columns), count)]
        is_wide = self.last_column >= columns
        merges = [merge for merge in self.merges if merge[0] < count]
        shown = [] if is_wide else rows
        return {"name": self.name, "hidden": is_hidden, "wide": is_wide, "rows": shown, "merges": merges}

    def rows(self, columns: int) -> Iterator[list[Any]]:
        """Every row from the first of the sheet, empty ones too."""
        said = 0
        for sheet, xml in self.pieces():
            if sheet.start is None or sheet.end is None:
                continue
            self.last_column = max(self.last_column, sheet.end[1])
            # A piece whose rows do not say their numbers begins anew.
            first = sheet.start[0] if sheet.start[0] >= said else said + sheet.start[0]
            shift = first - sheet.start[0]
            if first >= MOST_ROWS:
                refuse("unpacks_too_big")
            for _blank in range(said, first):
                yield []
            wrong = errors_in(xml.decode("utf-8", "replace")) if ERROR_MARK in xml else {}
            del xml
            margin = [""] * sheet.start[1]
            rows = sheet.to_python(skip_empty_area=True)
            for said, row in enumerate(rows, first):
                cells = [cell if type(cell) in (str, float) else plain(cell) for cell in row]
                cells = [*margin, *cells][:columns]
                if wrong:
                    overlay(wrong, said - shift, cells, 0)
                yield cells
            said += 1

    def pieces(self) -> Iterator[tuple[CalamineSheet, bytes]]:
        """Each piece parsed, with its XML."""
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive, archive.open(self.part) as source:
            for xml in pieces_of(source, self.at_once):
                with io.BytesIO(self.frame) as book:
                    with zipfile.ZipFile(book, "a") as framed:
                        framed.writestr(self.part, xml)
                    book.seek(0)
                    yield CalamineWorkbook.from_filelike(book).get_sheet_by_name(self.name), xml


def pieces_of(source: IO[bytes], at_once: int) -> Iterator[bytes]:
    """The XML of a sheet, cut between rows into sheets with nothing but rows."""
    text = source.read(START_OF_SHEET)
    root, rows = ROOT.search(text), SHEET_DATA.search(text)
    if root is None or rows is None:
        refuse("broken")
    prefix = rows[1] or b""
    opening = root[0] + rows[0]
    closing = b"</%ssheetData></%sworksheet>" % (prefix, prefix)
    end_of_row, end_of_rows = b"</%srow>" % prefix, b"</%ssheetData>" % prefix
    text = text[rows.end() :]
    while True:
        text += source.read(max(at_once - len(text), 0))
        end = text.find(end_of_rows, 0, at_once)
        if end >= 0:
            yield opening + text[:end] + closing
            return
        cut = text.rfind(end_of_row, 0, at_once) + len(end_of_row)
        if cut < len(end_of_row):
            refuse("unpacks_too_big")
        yield opening + text[:cut] + closing
        text = text[cut:]


def big_sheets(data: bytes, seen: Seen) -> dict[str, BigSheet]:
    """The sheets that are read piece by piece, by name."""
    if not seen.big:
        return {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        frame = frame_of(archive)
        return {
            name: BigSheet(seen.at_once, name, part, data, frame, seen.big[part])
            for name, part in sheet_parts(archive)
            if part in seen.big
        }


def frame_of(archive: zipfile.ZipFile) -> bytes:
    """The parts that every sheet needs: the list of sheets, formats and shared text."""
    with io.BytesIO() as frame:
        with zipfile.ZipFile(frame, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as framed:
            for entry in archive.infolist():
                folder, _slash, name = entry.filename.rpartition("/")
                if folder in ("", "_rels", "xl", "xl/_rels") and name.endswith((".xml", ".rels")):
                    framed.writestr(entry.filename, archive.read(entry))
        return frame.getvalue()


def errors_by_sheet(data: bytes, parts: set[str]) -> dict[str, Errors]:
    """Where the sheets of these parts hold an error value (#REF! and its like), by the name of the sheet."""
    found: dict[str, Errors] = {}
    if not parts:
        return found
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


@dataclass
class Seen:
    """What was met while an archive was unpacked to measure it: the sheets that hold error values, and those
    of more than `at_once` bytes with the merged cells of each."""

    at_once: int
    with_errors: set[str] = field(default_factory=set)
    big: dict[str, list[Merge]] = field(default_factory=dict)


def check_archive(data: bytes, most: int, at_once: int) -> Seen:
    """Refuse an archive whose parts unpack to more than `most` bytes, to far more than lists of people do,
    or to more than its directory says."""
    seen = Seen(at_once)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            most = min(most, max(USUAL_UNPACKED, MOST_TIMES * len(data)))
            if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > most:
                refuse("unpacks_too_big")
            if any(entry.flag_bits & 1 for entry in entries):
                refuse("password")
            if "[Content_Types].xml" not in names or not any(n.startswith("xl/workbook") for n in names):
                refuse("not_a_table")
            for entry in entries:
                check_entry(data, entry, seen)
    except (zipfile.BadZipFile, zlib.error, IndexError, ValueError):
        refuse("broken")
    return seen


def check_entry(data: bytes, entry: zipfile.ZipInfo, seen: Seen) -> None:
    """Unpack one part piece by piece and stop as soon as it holds more than declared."""
    header = entry.header_offset
    names = int.from_bytes(data[header + 26 : header + 28], "little")
    extra = int.from_bytes(data[header + 28 : header + 30], "little")
    start = header + 30 + names + extra
    packed = memoryview(data)[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        if len(packed) != entry.file_size:
            refuse("broken")
        if is_sheet(entry):
            look_at(entry, [bytes(packed)], seen)
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        refuse("broken")
    unpacked = unpacked_pieces(packed, entry.file_size)
    if is_sheet(entry):
        look_at(entry, unpacked, seen)
    else:
        for _piece in unpacked:
            pass


def unpacked_pieces(packed: memoryview, declared: int) -> Iterator[bytes]:
    """A part piece by piece; ends the process where it holds more, or other, than declared."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    size = 0
    rest: bytes | memoryview = packed
    while not unpacker.eof:
        piece = unpacker.decompress(rest, PIECE)
        rest = unpacker.unconsumed_tail
        size += len(piece)
        if size > declared:
            refuse("unpacks_too_big")
        if not piece and not rest:
            break
        yield piece
    if not unpacker.eof or size != declared:
        refuse("broken")


def look_at(entry: zipfile.ZipInfo, pieces: Iterable[bytes], seen: Seen) -> None:
    """Whether a sheet holds error values, and of a big one the merged cells, which stand behind its rows."""
    is_big = entry.file_size > seen.at_once
    merges = seen.big.setdefault(entry.filename, []) if is_big else None
    tail = b""
    for piece in pieces:
        text = tail + piece
        if entry.filename not in seen.with_errors and ERROR_MARK in text:
            seen.with_errors.add(entry.filename)
        if merges is not None and b"mergeCell " in text and len(merges) < MOST_MERGES:
            merges += merges_in(text, len(text) - LONGEST_MERGE)
        tail = text[-LONGEST_MERGE:]
    if merges is not None:
        merges += merges_in(tail, LONGEST_MERGE)


def merges_in(text: bytes, end: int) -> list[Merge]:
    """The merged cells of a sheet that are named before the place `end` of its text."""
    found = [match.groups() for match in MERGE.finditer(text) if match.start() < end]
    return [
        (int(top) - 1, column_number(left.decode()), int(bottom) - 1, column_number(right.decode()))
        for left, top, right, bottom in found
    ]


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
