"""Exports, one file per kind; a new kind is a file and a line in `sheets.LISTS`."""

from .sheets import LISTS, list_sheet, rows_sheet

__all__ = ["LISTS", "list_sheet", "rows_sheet"]
