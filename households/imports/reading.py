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


Accepts = Callable[[Sequence[Row]], bool]


@contextmanager
def open_table(pieces: Callable[[], Iterable[bytes]], accepts: Accepts) -> Iterator[Table]:
    """Open the file whose bytes `pieces` gives.

    `accepts` is asked about the first rows under every reading (encoding, delimiter, sheet); where it
    likes none, the first is taken. Raises Unreadable.
    """
    start = _first_bytes(pieces)
    if start.startswith(_ZIP):
        with _open_workbook(b"".join(pieces()), accepts) as table:
            yield table
        return
    refuse_other_kinds(start, pieces)
    yield _open_csv(start, pieces, accepts)


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
    codecs = ("utf-16",) if start.startswith((b"\xff\xfe", b"\xfe\xff")) else _CODECS
    readings = [(codec, delimiter) for codec in codecs for delimiter in _DELIMITERS]
    codec, delimiter = readings[0]
    head = _csv_head(start, codec, delimiter)
    for reading in readings:
        rows = _csv_head(start, *reading)
        if accepts(rows):
            (codec, delimiter), head = reading, rows
            break
    text = io.TextIOWrapper(io.BufferedReader(_Pieces(pieces()), 1 << 18), codec, "replace", newline="")
    return Table(csv.reader(text, delimiter=delimiter), head, "csv", codec=codec.removesuffix("-sig"))


def _csv_head(start: bytes, codec: str, delimiter: str) -> list[Row]:
    reader = csv.reader(io.StringIO(start.decode(codec, "replace"), newline=""), delimiter=delimiter)
    return list(islice(reader, limits.HEADER_ROWS))


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
def _open_workbook(data: bytes, accepts: Accepts) -> Iterator[Table]:
    if len(data) > settings.IMPORT_MAX_WORKBOOK_BYTES:
        raise Unreadable("too_big", most=settings.IMPORT_MAX_WORKBOOK_BYTES // limits.MIB)
    process = _start_workbook_process()
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        _send(process.stdin, len(data).to_bytes(8, "big"), data)
        del data
        sheets = _hear(process.stdout)["sheets"]
        if not sheets:
            raise Unreadable("not_a_table")
        name, head = next((sheet for sheet in sheets if accepts(sheet[1])), sheets[0])
        _send(process.stdin, json.dumps(name).encode() + b"\n")
        yield Table(_workbook_rows(process.stdout), head, "xlsx", sheet=name)
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
        limits.HEADER_ROWS,
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
        raise _refusal(said["problem"])
    return said


def _refusal(code: str) -> Unreadable:
    if code == "too_many_columns":
        return Unreadable(code, most=limits.MAX_COLUMNS)
    return Unreadable(code)


def _workbook_rows(stream: IO[bytes]) -> Iterator[Row]:
    while (rows := _hear(stream)) is not None:
        yield from rows
