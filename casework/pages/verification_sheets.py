"""A returned sheet as its preview shows it: what changes, what clashes, what is to be mended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise

from households.access import visible_households
from households.enums import VerificationStatus
from households.models import Person
from povertyops.accounts.actor import Actor

from ..enums import SheetStatus
from ..models import SheetReturn, SheetReturnLine
from ..queries.findings import lives_elsewhere
from ..sheet_rules import FAULTS, Kind

TONES = {
    SheetStatus.READY: "warn",
    SheetStatus.APPLIED: "good",
    SheetStatus.UNREADABLE: "bad",
    SheetStatus.EXPIRED: "",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A finding in words."""

    status: str | Promise
    note: str


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """A row of the sheet: a person with what stands and what the sheet says, or a fault with its sentence."""

    line: SheetReturnLine
    name: str
    now: Said | None = None
    found: Said | None = None
    on: date | None = None
    column: str = ""
    message: str = ""


def tone_of_return(returned: SheetReturn) -> str:
    return TONES[SheetStatus(returned.status)]


def changes_of(returned: SheetReturn, kind: Kind) -> QuerySet[SheetReturnLine]:
    """The good rows of a kind, in the order of the sheet."""
    return SheetReturnLine.objects.filter(sheet_return=returned, fault="", data__kind=kind.value)


def faults_of(returned: SheetReturn) -> QuerySet[SheetReturnLine]:
    return SheetReturnLine.objects.filter(sheet_return=returned).exclude(fault="")


def lines_for(actor: Actor, lines: Iterable[SheetReturnLine]) -> list[ReturnLine]:
    """The lines in words, three queries for any number.

    Of a household that is out of sight now, or a person who lives elsewhere now, nothing but what the sheet
    itself said.
    """
    rows = list(lines)
    names = _names(actor, rows)
    return [_line(row, names) for row in rows]


def _names(actor: Actor, rows: Iterable[SheetReturnLine]) -> dict[UUID, str]:
    known = [(row.household_id, UUID(row.data["person"])) for row in rows if "person" in row.data]
    seen = set(
        visible_households(actor).filter(pk__in={pk for pk, _person in known}).values_list("pk", flat=True)
    )
    here = {person: pk for pk, person in known if pk in seen}
    people = Person.objects.in_bulk(set(here) - lives_elsewhere(here))
    return {pk: person.full_name for pk, person in people.items()}


def _line(row: SheetReturnLine, names: dict[UUID, str]) -> ReturnLine:
    person = row.data.get("person")
    name = names.get(UUID(person), "") if person else ""
    if row.fault:
        message = str(FAULTS[row.fault]) % row.details
        return ReturnLine(row, name, column=row.column, message=message)
    return ReturnLine(
        row,
        name,
        now=_said(row.data["now"]) if name else None,
        found=_said(row.data["found"]),
        on=date.fromisoformat(row.data["on"]),
    )


def _said(found: list[str]) -> Said:
    status, note = found
    return Said(VerificationStatus(status).label, note)
