"""Lists and boards as sheets: the same rows whether they become CSV or a workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from casework.inputs import CohortFilters
from povertyops.accounts.actor import Actor

from . import helps, households, persons, visits
from .base import Row, Sheet, Text
from .columns import Column, Source
from .copying import copy_chunks
from .progress import Progress
from .select import NOTHING, query_of
from .writing import cells_of, csv_lines

LISTS: Mapping[str, Source] = {
    "household": households.SOURCE,
    "person": persons.SOURCE,
    "visit": visits.SOURCE,
    "help": helps.SOURCE,
}
About = Sequence[tuple[Text, Text]]


def list_sheet(
    kind: str,
    actor: Actor,
    filters: CohortFilters,
    columns: Sequence[Column],
    *,
    about: About = (),
    shows_ids: bool = False,
    progress: Progress,
) -> Sheet:
    """The rows of a list that the actor may see, in the chosen columns."""
    query = query_of(LISTS[kind], columns, actor, filters)
    chunks: Callable[[], Iterator[bytes]] = partial(_chunks, query, progress)
    opened = partial(_opened, chunks, columns, shows_ids)
    sealed = any(column.sealed for column in columns)
    return Sheet(
        kind,
        [column.head for column in columns],
        partial(_csv, opened) if sealed else chunks,
        partial(_typed, opened, columns),
        about,
        b"\r\n" if sealed else b"\n",
    )


def rows_sheet(
    name: str,
    heads: Sequence[Text],
    rows: Callable[[], Iterator[Row]],
    about: About,
    progress: Progress,
) -> Sheet:
    """A sheet of rows that are made in Python; a board has a few dozen."""
    counted = partial(_counted, rows, progress)
    return Sheet(name, heads, partial(_csv, counted), counted, about)


def _counted(rows: Callable[[], Iterator[Row]], progress: Progress) -> Iterator[Row]:
    for row in rows():
        progress.rows += 1
        yield row


def _chunks(query: str, progress: Progress) -> Iterator[bytes]:
    return iter(()) if query == NOTHING else copy_chunks(query, progress)


def _csv(rows: Callable[[], Iterator[Row]]) -> Iterator[bytes]:
    return csv_lines(rows())


def _opened(
    chunks: Callable[[], Iterator[bytes]], columns: Sequence[Column], shows_ids: bool
) -> Iterator[list[str]]:
    """Rows as PostgreSQL wrote them, with sealed cells opened."""
    sealed = [place for place, column in enumerate(columns) if column.sealed]
    opened = persons.opener(shows_ids=shows_ids)
    for row in cells_of(chunks()):
        for place in sealed:
            row[place] = opened(row[place])
        yield row


def _typed(rows: Callable[[], Iterator[list[str]]], columns: Sequence[Column]) -> Iterator[Row]:
    """Rows with numbers where a column holds them, and nothing where it says nothing."""
    numbers = [column.number for column in columns]
    for row in rows():
        yield [
            None if not cell else float(cell) if number else cell
            for cell, number in zip(row, numbers, strict=True)
        ]
