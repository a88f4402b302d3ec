"""Two ways to write an export in constant memory: a CSV stream, a workbook of as many sheets as it takes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import IO, Any

import xlsxwriter
from django.conf import settings
from xlsxwriter.exceptions import FileCreateError

from .base import BOM, Cell, Row, Sheet, Text, safe

ROWS_AT_ONCE = 2_000


def csv_stream(sheet: Sheet) -> Iterator[bytes]:
    """CSV in UTF-8: the byte order mark and the heads at once, then the rows as they come."""
    heads = b"".join(csv_lines([[str(head) for head in sheet.heads]]))
    yield BOM.encode() + heads.removesuffix(b"\r\n") + sheet.newline
    yield from sheet.lines()


def csv_lines(rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """Rows as CSV, a few thousand at a time. The line ends make the writer quote both their characters."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    remaining = iter(rows)
    while some := list(islice(remaining, ROWS_AT_ONCE)):
        writer.writerows(some)
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def cells_of(chunks: Iterable[bytes]) -> Iterator[list[str]]:
    """Rows out of CSV that comes in pieces, cut anywhere."""
    return csv.reader(_text_lines(chunks))


def _text_lines(chunks: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        whole, _newline, rest = (rest + chunk).rpartition(b"\n")
        if whole:
            yield from (f"{line}\n" for line in whole.decode().split("\n"))
        elif _newline:
            yield "\n"
    if rest:
        yield rest.decode()


def write_workbook(
    sheet: Sheet, target: IO[bytes], *, folder: str | None = None, on_write: Callable[[], None] | None = None
) -> None:
    """Write the workbook. What does not fit on a sheet goes on on the next; temporary files lie in `folder`.

    `on_write` is called with every piece that reaches the target. Raises OSError when the disk is full.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "tmpdir": folder,
        "use_zip64": True,
    }
    book = xlsxwriter.Workbook(_Told(target, on_write) if on_write else target, options)
    whole = False
    try:
        _fill(book, sheet)
        book.close()
        whole = True
    except FileCreateError as failure:
        # The library wraps what the disk said.
        raise failure.args[0] from None
    finally:
        if not whole:
            _let_go(book)


def _fill(book: Any, sheet: Sheet) -> None:
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "bottom"})
    heads = [str(head) for head in sheet.heads]
    page = _page(book, sheet.name, heads, bold)
    place, pages = 0, 1
    for row in sheet.rows():
        if place == settings.EXPORT_SHEET_ROWS:
            place, pages = 0, pages + 1
            page = _page(book, f"{sheet.name}-{pages}", heads, bold)
        place += 1
        _write(page, place, row)
    _write_about(book, sheet.about, bold)


def _let_go(book: Any) -> None:
    """Close the temporary files of a workbook that is not finished; what a full disk says was said before."""
    for page in book.worksheets():
        with suppress(OSError):
            page.row_data_fh.close()


class _Told:
    """A file that tells with every piece written that it is still being written."""

    def __init__(self, file: IO[bytes], on_write: Callable[[], None]) -> None:
        self._file, self._on_write = file, on_write

    def write(self, data: bytes) -> int:
        self._on_write()
        return self._file.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _page(book: Any, name: str, heads: Sequence[str], bold: Any) -> Any:
    page = book.add_worksheet(name)
    page.freeze_panes(1, 1)
    page.set_column(0, len(heads) - 1, 16)
    _write(page, 0, heads, bold)
    return page


def _write(page: Any, number: int, row: Row, look: Any = None) -> None:
    for place, cell in enumerate(row):
        if cell.__class__ is str:
            page.write_string(number, place, cell, look)
        elif cell is not None:
            page.write_number(number, place, cell, look)


def _write_about(book: Any, about: Sequence[tuple[Text, Text]], bold: Any) -> None:
    if not about:
        return
    page = book.add_worksheet("about")
    page.set_column(0, 0, 28)
    page.set_column(1, 1, 90)
    for number, (label, said) in enumerate(about):
        page.write_string(number, 0, str(label), bold)
        page.write_string(number, 1, safe(str(said)))
