"""Small CSV files that a person typed in a spreadsheet: found by their Thai heads, read row by row.

Bounded before anything is kept; for lists of hundreds of rows, not for target lists.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .errors import InvalidInput
from .names import clean_text

MAX_BYTES = 1_000_000
MAX_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its head on the sheet; `aliases` are other heads people use."""

    key: str
    head: str
    aliases: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class TableRow:
    """`number` is the row's own number on the sheet; the head is row 1."""

    number: int
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in a row, where, and how to mend it. `column` is the head as the person sees it."""

    row: int
    column: str
    code: str
    value: str
    message: str | Promise


def decode(data: bytes) -> str:
    """UTF-8, with or without its mark, else the Thai code page of Windows. Raises InvalidInput."""
    if len(data) > MAX_BYTES:
        raise InvalidInput("file_too_big", _("ไฟล์ใหญ่เกิน 1 MB แบ่งเป็นหลายไฟล์แล้วนำเข้าใหม่"))
    for encoding in ("utf-8-sig", "cp874"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise InvalidInput("not_text", _("อ่านไฟล์ไม่ได้ บันทึกจาก Excel เป็นชนิด CSV UTF-8 แล้วลองใหม่"))


def read_table(text: str, columns: Sequence[Column]) -> list[TableRow]:
    """The rows below the head, values cleaned, empty rows left out. Columns may come in any order.

    Raises InvalidInput when a required column is missing or there are too many rows.
    """
    lines = csv.reader(io.StringIO(text), delimiter=_delimiter(text), strict=True)
    try:
        heads = next(lines, [])
        places = _places(heads, columns)
        rows = []
        for cells in lines:
            values = {key: clean_text(cells[at]) if at < len(cells) else "" for key, at in places.items()}
            if any(values.values()):
                rows.append(TableRow(lines.line_num, {c.key: values.get(c.key, "") for c in columns}))
            if len(rows) > MAX_ROWS:
                raise InvalidInput("too_many_rows", _("มีเกิน 2,000 แถว แบ่งเป็นหลายไฟล์แล้วนำเข้าใหม่"))
    except csv.Error as error:
        raise InvalidInput("not_csv", _("อ่านไฟล์ไม่ได้ ตรวจเครื่องหมายคำพูดที่เปิดแล้วไม่ปิด")) from error
    return rows


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max((",", ";", "\t"), key=head.count)


def _places(heads: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    found = {_plain(head): place for place, head in reversed(list(enumerate(heads)))}
    places = {}
    for column in columns:
        names = (column.head, column.key, *column.aliases)
        place = next((found[_plain(name)] for name in names if _plain(name) in found), None)
        if place is not None:
            places[column.key] = place
    missing = [column.head for column in columns if column.required and column.key not in places]
    if missing:
        message = _("ไม่พบหัวคอลัมน์ %(heads)s ในแถวแรก") % {"heads": ", ".join(missing)}
        raise InvalidInput("missing_column", message, heads=missing)
    return places


def _plain(head: str) -> str:
    return clean_text(head).replace(" ", "").replace("_", "").lower()
