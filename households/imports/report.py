"""What an import tells: the report as JSON, and the file with every row of the households that were held
back."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from ..models import ImportBatch, ImportFault
from .faults import message_of
from .files import PIECE
from .profile import MARK_HEADER, REASON_HEADER, Layout
from .reading import Cell, Row, located
from .rows import RowNumbers

_MARKS = ("reason", "mark")
_WIDEST = 40

Place = tuple[int, int]
"""Sheet (its place among those read) and row."""
Reasons = Mapping[Place, list[str]]


def faults_of(batch: ImportBatch, *, notices: bool = False) -> Iterator[dict[str, Any]]:
    """The faults (or the notices) in the order of the file, each with its Thai sentence; of a file with
    several sheets with the sheet's name."""
    names = batch.layout.get("sheets", ())
    for sheet, row, column, code, value, details in _found(batch, notices):
        yield {
            **({"sheet": names[sheet]} if len(names) > 1 else {}),
            "row": row,
            "column": column,
            "code": code,
            "value": value,
            "message": message_of(code, details),
        }


def _found(batch: ImportBatch, notices: bool) -> Iterator[tuple[int, int, str, str, str, dict[str, Any]]]:
    found = ImportFault.objects.filter(batch=batch, is_notice=notices).order_by("sheet", "row", "id")
    return found.values_list("sheet", "row", "column", "code", "value", "details").iterator()


def report_of(batch: ImportBatch) -> dict[str, Any]:
    """The report that the command writes; `new`, `known`, `changed` and held-back households add up to
    `households`. Where a household goes in with another one of the file, `joined` says how many of the known
    do so."""
    return {
        "id": str(batch.pk),
        "rows": batch.rows,
        "households": batch.households,
        "persons": batch.persons,
        "new": batch.new,
        "known": batch.known,
        **({"joined": batch.joined} if batch.joined else {}),
        "changed": batch.changed,
        "left": batch.left,
        "held_back_households": batch.held_back,
        "notices": batch.notices,
        "faults": list(faults_of(batch)),
    }


def error_file(
    batch: ImportBatch,
    layout: Layout,
    rows: Iterable[Row],
    number_of_row: RowNumbers,
    held: frozenset[int],
) -> Iterator[bytes]:
    """An XLSX of all rows of the held-back households, as they came, with the reason beside; it can be
    imported again.

    Everything is written as text or number, so that no cell is taken for a formula.
    """
    reasons: dict[tuple[int, int], list[str]] = defaultdict(list)
    for sheet, row, column, code, _value, details in _found(batch, False):
        message = message_of(code, details)
        reasons[sheet, row].append(f"{column}: {message}" if column else message)
    with tempfile.TemporaryDirectory(prefix="povertyops-") as folder:
        path = Path(folder) / "errors.xlsx"
        _write(path, folder, layout, reasons, (
            ((sheet, number), row)
            for sheet, number, row in located(rows)
            if number_of_row.get(sheet, number) in held
        ))  # fmt: skip
        with path.open("rb") as written:
            while piece := written.read(PIECE):
                yield piece


def _write(
    path: Path, folder: str, layout: Layout, reasons: Reasons, rows: Iterable[tuple[Place, Row]]
) -> None:
    kept = [place for place, header in enumerate(layout.headers) if place not in _mark_places(layout)]
    with xlsxwriter.Workbook(path, {"constant_memory": True, "tmpdir": folder}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        told = book.add_format({"bg_color": "#FFF4CC", "text_wrap": True, "valign": "top"})
        page = book.add_worksheet(_("แถวที่ต้องแก้"))
        page.freeze_panes(1, 0)
        for column, place in enumerate(kept):
            page.set_column(column, column, min(_WIDEST, 6 + len(layout.headers[place])))
            page.write_string(0, column, layout.headers[place], bold)
        reason, mark = len(kept), len(kept) + 1
        page.set_column(reason, reason, 60)
        page.set_column(mark, mark, None, None, {"hidden": True})
        page.write_string(0, reason, REASON_HEADER, bold)
        page.write_string(0, mark, MARK_HEADER)
        for line, (place_of_row, row) in enumerate(rows, start=1):
            for column, place in enumerate(kept):
                _write_cell(page, line, column, row[place] if place < len(row) else "")
            waits = _("รอแถวอื่นของครัวเรือนเดียวกัน")
            page.write_string(line, reason, "\n".join(reasons.get(place_of_row) or [waits])[:5_000], told)
            page.write_number(line, mark, place_of_row[1])


def _mark_places(layout: Layout) -> set[int]:
    return {layout.columns[name] for name in _MARKS if name in layout.columns}


def _write_cell(page: Any, line: int, column: int, cell: Cell) -> None:
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) >= 1e10:
            page.write_string(line, column, str(int(cell)))  # an id that a sheet would round
        else:
            page.write_number(line, column, cell)
    elif cell:
        page.write_string(line, column, cell[:32_000].replace("\x00", ""))
