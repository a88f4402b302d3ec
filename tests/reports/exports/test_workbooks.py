"""A workbook of any size: what does not fit on one sheet goes on on the next."""

from __future__ import annotations

import io
from typing import Any

import openpyxl

from reports.exports.progress import Progress
from reports.exports.sheets import rows_sheet
from reports.exports.writing import write_workbook


def test_rows_beyond_a_sheet_go_on_on_the_next(settings: Any) -> None:
    settings.EXPORT_SHEET_ROWS = 3
    rows = 5
    target, progress = io.BytesIO(), Progress()
    write_workbook(rows_sheet("visit", ["ลำดับ"], lambda: ([n] for n in range(rows)), (), progress), target)
    target.seek(0)
    book = openpyxl.load_workbook(target, read_only=True)
    assert book.sheetnames == ["visit", "visit-2"]
    assert [cells[0] for cells in book["visit-2"].iter_rows(values_only=True)] == ["ลำดับ", rows - 2, rows - 1]
    assert book["visit"].max_row == 4
    assert progress.rows == rows
