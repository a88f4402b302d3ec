"""What is found wrong while rows come in: faults hold their household back, notices only tell."""

from __future__ import annotations

from dataclasses import replace

from ..faults import NOTICES, Fault
from .staged import FoundFault, StagedHousehold

MOST_NOTICES = 20_000


class Notes:
    """Faults and notices in the order in which they were found, of notices the first twenty thousand.

    `sheet` is the sheet being read; `member` goes behind the field's name for the columns of a further
    member; of the fields in `silent` nothing more is said, since their cells could not be read.
    """

    def __init__(self) -> None:
        self.found: list[FoundFault] = []
        self.sheet = 0
        self.member = ""
        self.silent: frozenset[str] = frozenset()
        self._notices = 0

    def take(self, household: StagedHousehold, row: int, fault: Fault) -> None:
        """Note a fault of the row being read."""
        if self.member:
            fault = replace(fault, field=f"{fault.field}{self.member}")
        if self.silent and fault.field in self.silent and fault.code != "cell_error":
            return
        self.take_at(household, self.sheet, row, fault)

    def take_at(self, household: StagedHousehold, sheet: int, row: int, fault: Fault) -> None:
        """Note a fault of a row that was read before."""
        is_notice = fault.code in NOTICES
        if is_notice:
            self._notices += 1
            if self._notices > MOST_NOTICES:
                return
        else:
            household.is_held = True
        self.found.append(FoundFault(household.number, row, fault, is_notice, sheet))
