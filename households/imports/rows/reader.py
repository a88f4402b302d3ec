"""The loop over the rows of a file: one pass, in the order of the sheets; the hot path of every import.

What repeats (a household's own columns, names, days) is cleaned once and remembered.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.conf import settings

from ..faults import Fault, Unreadable
from ..profile import FIRST_MEMBER, Layout
from ..reading import Cell, NewSheet, Row
from .cells import broken_cells, getter, needs_a_look
from .homes import Homes
from .household import HOUSEHOLD_FIELDS, Statements
from .notes import Notes
from .person import PERSON_FIELDS, People
from .staged import FoundFault, RowNumbers, StagedHousehold, StagedRow, Stated, Yardstick

Cells = tuple[Cell, ...]


class Reader:
    """Reads one table. After `read` has been run to its end, everything else here is complete."""

    def __init__(self, layout: Layout, yardstick: Yardstick) -> None:
        self.layout = layout
        self.rows = 0
        self.number_of_row = RowNumbers()
        self._notes = Notes()
        self._homes = Homes(self._notes)
        self._people = People(layout, yardstick, self._homes, self._notes)
        self._statements = Statements(layout, yardstick)
        self._household_cells = getter(layout.columns, HOUSEHOLD_FIELDS)
        self._person_cells = getter(layout.columns, PERSON_FIELDS)
        self._member_cells = [getter(member, PERSON_FIELDS) for member in layout.members]
        self._positions = layout.positions

    @property
    def households(self) -> list[StagedHousehold]:
        return self._homes.households

    @property
    def persons(self) -> int:
        return self._people.count

    @property
    def faults(self) -> list[FoundFault]:
        return self._notes.found

    def read(self, rows: Iterable[Row]) -> Iterator[StagedRow]:
        """Every person of the table, in order. Raises Unreadable when there are too many rows, or none."""
        with _without_collector():
            yield from self._households(rows) if self.layout.is_of_households else self._persons(rows)
        if not self.rows:
            raise Unreadable("no_rows")

    def _numbered(self, rows: Iterable[Row]) -> Iterator[tuple[int, Row, list[Cell]]]:
        """Every row with something in it below the header, with its number and its cells padded."""
        width, header_row, most = len(self.layout.headers), self.layout.header_row, settings.IMPORT_MAX_ROWS
        number, notes = 0, self._notes
        numbers = self.number_of_row.sheet(0)
        for row in rows:
            number += 1
            if number <= header_row or not any(row):
                if isinstance(row, NewSheet):
                    notes.sheet, header_row, number = row.place, row.header_row, 0
                    numbers = self.number_of_row.sheet(row.place)
                continue
            self.rows += 1
            if self.rows > most:
                raise Unreadable("too_many_rows", most=most)
            missing = number - len(numbers)
            if missing:
                numbers.extend([0] * missing)
            yield number, row, [*row[:width], *[""] * (width + 1 - len(row))]

    def _persons(self, rows: Iterable[Row]) -> Iterator[StagedRow]:
        household_cells, person_cells = self._household_cells, self._person_cells
        last_cells: Cells | None = None
        household: StagedHousehold | None = None
        faults: tuple[Fault, ...] = ()
        notes, homes, one_person = self._notes, self._homes, self._people.of
        for number, row, cells in self._numbered(rows):
            broken = self._broken(cells) if needs_a_look(row) else ()
            of_household = household_cells(cells)
            if household is None or of_household != last_cells:
                stated = self._statements.of(of_household)
                household = homes.of(stated, household, number)
                homes.merge(household, stated, number)
                last_cells, found, faults = of_household, stated.found, stated.faults
            else:
                found = faults  # of what a household's rows repeat, a notice is told once
            self.number_of_row.sheet(notes.sheet).append(household.number)
            if found or broken:
                for fault in (*found, *broken):
                    notes.take(household, number, fault)
            person = one_person(household, number, person_cells(cells))
            if person is not None:
                yield person
            if broken:
                notes.silent = frozenset()

    def _households(self, rows: Iterable[Row]) -> Iterator[StagedRow]:
        """Where one row is one household: its head, then the members that the row names."""
        notes, homes = self._notes, self._homes
        for number, row, cells in self._numbered(rows):
            broken = self._broken(cells) if needs_a_look(row) else ()
            head = self._person_cells(cells)
            stated = self._statements.of(self._household_cells(cells))
            household = homes.of_family(stated, self._people.key_of(head), number)
            homes.merge(household, stated, number)
            self.number_of_row.sheet(notes.sheet).append(household.number)
            for fault in (*stated.found, *broken):
                notes.take(household, number, fault)
            yield from self._members(household, stated, number, head, cells)
            notes.silent = frozenset()

    def _members(
        self, household: StagedHousehold, stated: Stated, number: int, head: Cells, cells: list[Cell]
    ) -> Iterator[StagedRow]:
        before = household.persons
        person = self._people.of(household, number, head, heads=True)
        if person is not None:
            yield person
        for turn, of_member in enumerate(self._member_cells, start=FIRST_MEMBER):
            member = of_member(cells)
            if not any(member):
                continue
            self._notes.member = f":{turn}"
            person = self._people.of(household, number, member)
            self._notes.member = ""
            if person is not None:
                yield person
        named = household.persons - before
        if self._member_cells and stated.members and named and stated.members != named:
            said = {"said": stated.members, "named": named}
            self._notes.take(household, number, Fault("members_differ", "members", str(stated.members), said))

    def _broken(self, cells: list[Cell]) -> list[Fault]:
        broken = broken_cells(self._positions, cells)
        self._notes.silent = frozenset(fault.field for fault in broken if fault.code == "cell_error")
        return broken


@contextmanager
def _without_collector() -> Iterator[None]:
    """Everything read lives until the end, so that looking for garbage in it only costs time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
