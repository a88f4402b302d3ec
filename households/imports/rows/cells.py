"""Small help with cells: short forms for reports, bounds, what was printed, and what a spreadsheet broke."""

from __future__ import annotations

import json
from collections.abc import Callable
from operator import itemgetter
from typing import Any

from .. import cleaning, limits
from ..faults import Fault
from ..reading import Cell, Row

# A sort key of 240 characters holds both names twice.
TEXT_LIMITS = {
    "village_name": 120, "house_no": 40, "title": 40, "first_name": 58, "last_name": 58, "relation": 60,
    "family": 20,
}  # fmt: skip

encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
quoted: Callable[[str], str] = json.encoder.encode_basestring
NOTHING_PRINTED: dict[str, str] = {}
_REMEMBER = 60_000


def shown(cell: Cell) -> str:
    """A value as it may stand in a report: short, and without what a terminal or a sheet would act on."""
    text = cleaning.text_of(cell[:200] if isinstance(cell, str) else cell)
    return text if len(text) <= 80 else f"{text[:79]}…"


def bounded(name: str, text: str, found: list[Fault]) -> str:
    """The text, cut where it is longer than the field; that is a fault."""
    most = TEXT_LIMITS[name]
    if len(text) <= most:
        return text
    found.append(Fault("too_long", name, shown(text), {"most": most}))
    return text[:most]


def printed(*columns: tuple[str, Cell, str]) -> dict[str, str]:
    """Columns whose cell is not the clean value itself, as printed."""
    found = {
        name: (typed if isinstance(typed, str) else cleaning.text_of(typed))[: limits.MAX_CELL].replace(
            "\x00", ""
        )
        for name, typed, clean in columns
        if typed != clean and typed != ""
    }
    return found or NOTHING_PRINTED


def getter(columns: dict[str, int], names: tuple[str, ...]) -> Callable[[list[Cell]], tuple[Cell, ...]]:
    """Takes the cells of these fields out of a padded row; a field without a column gives the empty last
    cell."""
    return itemgetter(*(columns.get(name, -1) for name in names))


def needs_a_look(row: Row) -> bool:
    """Whether a row holds an unreadable character, maybe an error value, or far too much text."""
    try:
        text = "".join(row)  # type: ignore[arg-type]
    except TypeError:  # numbers out of a workbook
        text = "".join(map(str, row))
    return len(text) > limits.MAX_CELL or "\ufffd" in text or "\x00" in text or "#" in text


def broken_cells(positions: dict[str, int], cells: list[Cell]) -> list[Fault]:
    """Cells that hold an unreadable character, an error value or far too much text; mended in place so that
    reading goes on."""
    found = []
    for name, position in positions.items():
        cell = cells[position]
        if not isinstance(cell, str):
            continue
        if cell[:1] == "#" and cell.strip().upper() in cleaning.ERROR_VALUES:
            found.append(Fault("cell_error", name, shown(cell), {"error": cell.strip()}))
            cells[position] = ""
            continue
        if len(cell) > limits.MAX_CELL:
            found.append(Fault("too_long", name, shown(cell), {"most": limits.MAX_CELL}))
            most = TEXT_LIMITS.get(name.partition(":")[0], limits.MAX_CELL)
            cells[position] = cell = cell[:most]
        if "\ufffd" in cell or "\x00" in cell:
            found.append(Fault("bad_character", name, shown(cell)))
            cells[position] = cell.replace("\ufffd", "").replace("\x00", "")
    return found


def remember(known: dict[Any, Any], key: Any, value: Any) -> None:
    """Keep an answer; a memory that has grown too large starts anew."""
    if len(known) >= _REMEMBER:
        known.clear()
    known[key] = value
