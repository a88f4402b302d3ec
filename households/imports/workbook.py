"""Opens an XLSX file in a process of its own, with bounded memory and time, and passes its rows on as JSON
lines.

Run as a script by `reading`; it knows nothing of Django, keys or the database. Protocol: eight bytes of
length and the file come in; out goes one line with the first rows of every visible sheet; in comes the name
of
one sheet as a JSON line; out go its rows, some hundreds a line, and a last line `null`. Anything wrong is one
line {"problem": code}.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from typing import Any, NoReturn

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

ROWS_PER_LINE = 400
PIECE = 1 << 20
MOST_SHEETS = 20
MOST_ENTRIES = 2_000


def main(memory: int, seconds: int, unpacked: int, columns: int, header_rows: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    source = sys.stdin.buffer
    data = source.read(int.from_bytes(source.read(8), "big"))
    check_archive(data, unpacked)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = visible_sheets(workbook)
        say(
            {
                "sheets": [
                    [name, heads(workbook.get_sheet_by_name(name), columns, header_rows)] for name in sheets
                ]
            }
        )
        chosen = json.loads(source.readline() or b"null")
        if chosen is not None:
            pass_on(workbook.get_sheet_by_name(chosen), columns)
    except CalamineError:
        refuse("broken")
    except MemoryError:
        refuse("unpacks_too_big")


def check_archive(data: bytes, most: int) -> None:
    """Refuse an archive whose parts unpack to more than `most` bytes, or to more than its directory says."""
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
            for entry in entries:
                check_entry(data, entry)
    except (zipfile.BadZipFile, zlib.error, IndexError, ValueError):
        refuse("broken")


def check_entry(data: bytes, entry: zipfile.ZipInfo) -> None:
    """Unpack one part piece by piece and stop as soon as it holds more than declared."""
    header = entry.header_offset
    names = int.from_bytes(data[header + 26 : header + 28], "little")
    extra = int.from_bytes(data[header + 28 : header + 30], "little")
    start = header + 30 + names + extra
    packed = memoryview(data)[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        if len(packed) != entry.file_size:
            refuse("broken")
        return
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        refuse("broken")
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    size = 0
    rest: bytes | memoryview = packed
    while not unpacker.eof:
        piece = unpacker.decompress(rest, PIECE)
        rest = unpacker.unconsumed_tail
        size += len(piece)
        if size > entry.file_size:
            refuse("unpacks_too_big")
        if not piece and not rest:
            break
    if not unpacker.eof or size != entry.file_size:
        refuse("broken")


def visible_sheets(workbook: CalamineWorkbook) -> list[str]:
    found = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    return found[:MOST_SHEETS]


def heads(sheet: CalamineSheet, columns: int, count: int) -> list[list[Any]]:
    if sheet.end and sheet.start and sheet.end[1] - sheet.start[1] >= columns:
        refuse("too_many_columns")
    rows: list[list[Any]] = []
    for row in sheet.iter_rows():
        rows.append([plain(cell) for cell in row])
        if len(rows) == count:
            break
    return rows


def pass_on(sheet: CalamineSheet, columns: int) -> None:
    lines: list[list[Any]] = []
    for row in sheet.iter_rows():
        lines.append([cell if type(cell) in (str, float) else plain(cell) for cell in row[:columns]])
        if len(lines) == ROWS_PER_LINE:
            say(lines)
            lines = []
    if lines:
        say(lines)
    say(None)


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
