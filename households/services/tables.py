"""Small tables that a person filled in, for the floors above: the reader of target lists, read whole."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from ..imports import limits
from ..imports.faults import UNREADABLE, Unreadable
from ..imports.profile import header_key
from ..imports.reading import Cell, Row, open_table

__all__ = ["UNREADABLE", "Cell", "Row", "Unreadable", "header_key", "read_small_table"]


def read_small_table(
    pieces: Callable[[], Iterable[bytes]], *, accepts: Callable[[Sequence[Row]], bool], most_rows: int
) -> list[list[Cell]]:
    """All rows of the first table that `accepts` likes by its first rows, from the first, also empty ones.

    An XLSX is opened in a process of its own with bounded memory. Raises Unreadable for what is no table, is
    damaged, too big or unpacks too big, and for one of more than `most_rows` rows or too many columns.
    """
    rows: list[list[Cell]] = []
    with open_table(lambda: _bounded(pieces()), accepts) as table:
        for row in table.rows:
            if len(rows) == most_rows:
                raise Unreadable("too_many_rows", most=most_rows)
            if len(row) > limits.MAX_COLUMNS:
                raise Unreadable("too_many_columns", most=limits.MAX_COLUMNS)
            rows.append(list(row))
    return rows


def _bounded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces; raises Unreadable as soon as they are more than a small table has."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > limits.MAX_SMALL_BYTES:
            raise Unreadable("too_big", most=limits.MAX_SMALL_BYTES // limits.MIB)
        yield piece
