"""What an export is, and the two ways to write one in constant memory: a CSV stream, an XLSX file."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import IO, Any

import xlsxwriter
from django.db import transaction
from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.functional import Promise

Cell = str | int | float | Decimal | None
Row = Sequence[Cell]
Text = str | Promise

ROWS_AT_ONCE = 2_000
BOM = "\ufeff"
# A spreadsheet takes a cell that begins like this for a formula, also in the wide forms.
FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
BUDDHIST_OFFSET = 543


@dataclass(frozen=True)
class Sheet:
    """One export ready to be written: `rows` runs when it is read, `about` says what it holds.

    Text that people typed goes through `safe` where a row is made; the product's own words need not.
    """

    name: str
    heads: Sequence[Text]
    rows: Callable[[], Iterator[Row]]
    about: Sequence[tuple[Text, Text]] = field(default_factory=tuple)


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in FORMULA_STARTS and text else text


@cache
def thai_day(day: date | None) -> str:
    """21/11/2568."""
    return f"{day.day:02d}/{day.month:02d}/{day.year + BUDDHIST_OFFSET}" if day else ""


def text_of(column: str) -> Cast:
    """A key as text: made by the database, it costs a tenth of what Python asks for a UUID."""
    return Cast(column, TextField())


def in_chunks(rows: QuerySet[Any, Any]) -> Iterator[Any]:
    """The rows through a cursor of the server that lives inside one transaction: the first come at once."""
    with transaction.atomic():
        yield from rows.iterator(chunk_size=ROWS_AT_ONCE)


def csv_stream(sheet: Sheet) -> Iterator[bytes]:
    """The export as CSV in UTF-8 with a byte order mark, a few thousand rows at a time."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write(BOM)
    writer.writerow([str(head) for head in sheet.heads])
    rows = sheet.rows()
    while some := list(islice(rows, ROWS_AT_ONCE)):
        writer.writerows(some)
        yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def xlsx_file(sheet: Sheet) -> IO[bytes]:
    """The export as a workbook in a temporary file that vanishes when it is closed."""
    target = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - closed by the response
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "bottom"})
    page = book.add_worksheet(sheet.name)
    page.freeze_panes(1, 1)
    page.set_column(0, len(sheet.heads) - 1, 16)
    _write(page, 0, [str(head) for head in sheet.heads], bold)
    for number, row in enumerate(sheet.rows(), start=1):
        _write(page, number, row)
    _write_about(book, sheet.about, bold)
    book.close()
    target.seek(0)
    return target


def _write(page: Any, number: int, row: Iterable[Cell], look: Any = None) -> None:
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
