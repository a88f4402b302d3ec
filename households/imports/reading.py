"""From the bytes of a file to rows of plain cells, whatever its format; refuses what is no table in one
sentence.

A CSV is read as a stream; a workbook is opened by `workbook` in a process of its own with bounded memory.
Row numbers are the sheet's own, from 1.
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.conf import settings

from . import limits
from .faults import Unreadable

Cell = str | float
Row = Sequence[Cell]

csv.field_size_limit(limits.MAX_FILE_BYTES)

_WORKBOOK_SCRIPT = Path(__file__).with_name("workbook.py")
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_KINDS = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF",
    b"{\\rtf",
    b"Rar!",
    b"7z\xbc\xaf",
    b"<!DOCTYPE",
    b"<html",
)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_HEAD_BYTES = 64 * 1024
_DELIMITERS = (",", ";", "\t", "|")
_CODECS = ("utf-8-sig", "cp874")


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file. `rows` yields every row from the first, also empty ones; it can be taken once.

    A workbook may have several `sheets` of one shape: their rows come one after the other, each later sheet
    begins with a `NewSheet` in the place of a row. `hidden` and `others` name the sheets that are not read.
    `merges` are the merged cells of the first rows.
    """

    rows: Iterator[Row]
    head: Sequence[Row]
    format: str
    sheet: str = ""
    codec: str = ""
    merges: Sequence[tuple[int, int, int, int]] = ()
    sheets: Sequence[str] = ()
    hidden: Sequence[str] = ()
    others: Sequence[str] = ()


class NewSheet(tuple[Cell, ...]):
    """Stands, empty, in the stream of rows where the next sheet begins: its place among `Table.sheets` and
    the row with which its header ends."""

    place: int
    header_row: int

    @classmethod
    def at(cls, place: int, header_row: int) -> NewSheet:
        marker = cls()
        marker.place, marker.header_row = place, header_row
        return marker


@dataclass(frozen=True, slots=True)
class SheetHead:
    """The first rows of a sheet of a workbook, and which of their cells are merged."""

    name: str
    rows: Sequence[Row]
    merges: Sequence[tuple[int, int, int, int]] = ()
    is_hidden: bool = False
    is_wide: bool = False

    @property
    def is_blank(self) -> bool:
        return not self.is_wide and not any(any(row) for row in self.rows)


@dataclass(frozen=True, slots=True)
class FileHead:
    """What can be said of a file from its first rows alone; a CSV is one sheet without a name."""

    format: str
    sheets: Sequence[SheetHead]
    codec: str = ""


Accepts = Callable[[Sequence[Row]], bool]
Choose = Callable[[Sequence[SheetHead]], Sequence[tuple[int, int]]]
"""Which sheets to read, each with the row its header ends with; the first one is the pattern."""


@contextmanager
def open_table(
    pieces: Callable[[], Iterable[bytes]], accepts: Accepts, choose: Choose | None = None
) -> Iterator[Table]:
    """Open the file whose bytes `pieces` gives.

    `accepts` is asked about the first rows under every reading (encoding, delimiter, sheet); where it likes
    none, the one that looks most like a table is taken. `choose` may take several sheets of a workbook.
    Raises Unreadable.
    """
    start = _first_bytes(pieces)
    if start.startswith(_ZIP):
        with _open_workbook(b"".join(pieces()), choose or _first_liked(accepts)) as table:
            yield table
        return
    refuse_other_kinds(start, pieces)
    yield _open_csv(start, pieces, accepts)


def head_of(pieces: Callable[[], Iterable[bytes]], accepts: Accepts) -> FileHead:
    """The first rows of every sheet of a file. Raises Unreadable."""
    start = _first_bytes(pieces)
    if start.startswith(_ZIP):
        with _workbook_process(b"".join(pieces())) as (_process, sheets):
            return FileHead("xlsx", sheets)
    refuse_other_kinds(start, pieces)
    codec, delimiter = _csv_reading(start, accepts)
    rows = _csv_head(start, codec, delimiter, limits.HEAD_ROWS)
    return FileHead("csv", [SheetHead("", rows)], codec.removesuffix("-sig"))


def _first_liked(accepts: Accepts) -> Choose:
    def choose(sheets: Sequence[SheetHead]) -> Sequence[tuple[int, int]]:
        visible = [place for place, sheet in enumerate(sheets) if not sheet.is_hidden]
        liked = (place for place in visible if accepts(sheets[place].rows[: limits.HEADER_ROWS]))
        return [(next(liked, visible[0]), 0)] if visible else []

    return choose


def refuse_other_kinds(start: bytes, pieces: Callable[[], Iterable[bytes]]) -> None:
    """Raise Unreadable for what is certainly neither a workbook nor text."""
    if not start.strip(b"\x00\r\n\t ,;\xef\xbb\xbf"):
        raise Unreadable("empty_file")
    if start.startswith(_OLE):
        raise Unreadable("password" if any(_ENCRYPTED in piece for piece in pieces()) else "old_excel")
    if start.startswith(_OTHER_KINDS):
        raise Unreadable("not_a_table")


def _first_bytes(pieces: Callable[[], Iterable[bytes]]) -> bytes:
    start = b""
    for piece in pieces():
        start += piece
        if len(start) >= _HEAD_BYTES:
            break
    return start[:_HEAD_BYTES]


# ------------------------------------------------------------------------------------------------------ CSV


def _open_csv(start: bytes, pieces: Callable[[], Iterable[bytes]], accepts: Accepts) -> Table:
    codec, delimiter = _csv_reading(start, accepts)
    head = _csv_head(start, codec, delimiter, limits.HEADER_ROWS)
    text = io.TextIOWrapper(io.BufferedReader(_Pieces(pieces()), 1 << 18), codec, "replace", newline="")
    return Table(csv.reader(text, delimiter=delimiter), head, "csv", codec=codec.removesuffix("-sig"))


def _csv_reading(start: bytes, accepts: Accepts) -> tuple[str, str]:
    """Encoding and delimiter: the first under which the header is understood, else those that give the most
    columns and no broken characters."""
    codecs = ("utf-16",) if start.startswith((b"\xff\xfe", b"\xfe\xff")) else _CODECS
    readings = [(codec, delimiter) for codec in codecs for delimiter in _DELIMITERS]
    best, most = readings[0], (False, 0)
    for reading in readings:
        rows = _csv_head(start, *reading, limits.HEADER_ROWS)
        if accepts(rows):
            return reading
        whole = not any("\ufffd" in str(cell) for row in rows[:-1] for cell in row)
        looks = (whole, max((len(row) for row in rows), default=0))
        if looks > most:
            best, most = reading, looks
    return best


def _csv_head(start: bytes, codec: str, delimiter: str, count: int) -> list[Row]:
    reader = csv.reader(io.StringIO(start.decode(codec, "replace"), newline=""), delimiter=delimiter)
    return list(islice(reader, count))


class _Pieces(io.RawIOBase):
    """An iterable of bytes as a raw stream."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        taken = min(len(buffer), len(self._rest))
        buffer[:taken] = self._rest[:taken]
        self._rest = self._rest[taken:]
        return taken


# ------------------------------------------------------------------------------------------------ workbook


@contextmanager
def _open_workbook(data: bytes, choose: Choose) -> Iterator[Table]:
    with _workbook_process(data) as (process, sheets):
        del data
        chosen = choose(sheets)
        if not chosen:
            raise Unreadable("not_a_table")
        if any(sheets[place].is_wide for place, _header_row in chosen):
            raise Unreadable("too_many_columns", most=limits.MAX_COLUMNS)
        assert process.stdin is not None
        assert process.stdout is not None
        _send(process.stdin, json.dumps([place for place, _header_row in chosen]).encode() + b"\n")
        first, read = sheets[chosen[0][0]], {place for place, _header_row in chosen}
        yield Table(
            _workbook_rows(process.stdout, [header_row for _place, header_row in chosen]),
            first.rows[: limits.HEADER_ROWS],
            "xlsx",
            sheet=first.name,
            merges=first.merges,
            sheets=[sheets[place].name for place, _header_row in chosen],
            hidden=[s.name for place, s in enumerate(sheets) if s.is_hidden and place not in read],
            others=[
                sheet.name
                for place, sheet in enumerate(sheets)
                if not sheet.is_hidden and not sheet.is_blank and place not in read
            ],
        )


@contextmanager
def _workbook_process(data: bytes) -> Iterator[tuple[subprocess.Popen[bytes], list[SheetHead]]]:
    """The process that has opened the workbook, and the heads of its sheets."""
    if len(data) > settings.IMPORT_MAX_WORKBOOK_BYTES:
        raise Unreadable("too_big", most=settings.IMPORT_MAX_WORKBOOK_BYTES // limits.MIB)
    process = _start_workbook_process()
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        _send(process.stdin, len(data).to_bytes(8, "big"), data)
        del data
        told = _hear(process.stdout)["sheets"]
        yield (
            process,
            [
                SheetHead(
                    each["name"],
                    each["rows"],
                    [(top, left, bottom, right) for top, left, bottom, right in each["merges"]],
                    each["hidden"],
                    each["wide"],
                )
                for each in told
            ],
        )
    finally:
        process.kill()
        for stream in (process.stdin, process.stdout):
            _close(stream)
        process.wait()


def _start_workbook_process() -> subprocess.Popen[bytes]:
    bounds = (
        limits.WORKBOOK_MEMORY_BYTES,
        limits.WORKBOOK_SECONDS,
        limits.MAX_UNPACKED_BYTES,
        limits.MAX_COLUMNS,
        limits.HEAD_ROWS,
    )
    return subprocess.Popen(
        [sys.executable, "-I", str(_WORKBOOK_SCRIPT), *map(str, bounds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"LANG": "C.UTF-8"},  # no keys, no passwords
        cwd="/",
    )


def _send(stream: IO[bytes], *parts: bytes) -> None:
    try:
        for part in parts:
            stream.write(part)
        stream.flush()
    except BrokenPipeError:
        raise Unreadable("broken") from None


def _close(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except BrokenPipeError:
        return


def _hear(stream: IO[bytes]) -> Any:
    """The next line of the other process; a process that died could not open the file within its bounds."""
    line = stream.readline()
    if not line.endswith(b"\n"):
        raise Unreadable("unpacks_too_big")
    said = json.loads(line)
    if isinstance(said, dict) and "problem" in said:
        raise Unreadable(said["problem"])
    return said


def _workbook_rows(stream: IO[bytes], header_rows: Sequence[int]) -> Iterator[Row]:
    """The rows of the chosen sheets, with a marker between two of them."""
    place = -1
    while (said := _hear(stream)) is not None:
        if isinstance(said, list):
            yield from said
            continue
        place += 1
        if place:
            yield NewSheet.at(place, header_rows[place])


def located(rows: Iterable[Row]) -> Iterator[tuple[int, int, Row]]:
    """Every row with the place of its sheet and its number there, from 1."""
    sheet = number = 0
    for row in rows:
        if isinstance(row, NewSheet):
            sheet, number = row.place, 0
            continue
        number += 1
        yield sheet, number, row
