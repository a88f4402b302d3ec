"""What a joint line is made of, written beside it: each family's own line, and everybody in their order.

The line itself and its persons have gone in with the others of the range. Here are few: only households into
which others were merged have such lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from povertyops.common.ids import uuid7

from ..models import ImportHousehold, ImportRow, ListedPerson, Listing
from .joining import alone_values

if TYPE_CHECKING:
    from .merge import Range

_OF_LIST = ("target_list_id", "household_id", "kind_code", "fiscal_year", "province_code", "batch_id")
_SAID = ("area_code", "dimensions", "failed_indicators", "income", "raw", "content_hash")

Named = dict[UUID, dict[str, Any]]
"""Person -> what the line says of them, in the order of the line."""


def write_parts(part: Range) -> None:
    """Keep what each family of a joint line said, so that a later file about one of them leaves the others.

    Such a line of one family never stands by itself: it begins and ends at the moment of the joint one.
    """
    waiting = ImportHousehold.objects.filter(
        batch=part.batch, number__range=(part.first, part.last), alone__isnull=False
    )
    for staged in waiting.filter(is_held=False, is_applied=False).order_by("number"):
        line = Listing.objects.filter(pk=staged.pk).first()
        if line is not None:
            _write(staged, line)


def _write(staged: ImportHousehold, line: Listing) -> None:
    parts: Sequence[str] = (staged.alone or {})["parts"]
    lines = {part: UUID(part) for part in parts if not part.isdigit()}
    named = _named_by_lines(lines)
    named |= _named_by_file(staged)
    for part in parts:
        if part.isdigit():
            lines[part] = _own_line(staged, line, int(part), named[part])
    line.made_of = [lines[part] for part in parts]
    line.area_code = line.raw.get("area_code") or line.area_code
    line.save(update_fields=["made_of", "area_code"])
    everybody: Named = {}
    for part in parts:
        for person_id, raw in named[part].items():
            everybody.setdefault(person_id, raw)
    ListedPerson.objects.filter(listing=line).delete()
    _list_persons(line.pk, everybody)


def _named_by_lines(lines: Mapping[str, UUID]) -> defaultdict[str, Named]:
    """Whom lines of the register name, who was merged since as whom they are now."""
    parts = {pk: part for part, pk in lines.items()}
    named: defaultdict[str, Named] = defaultdict(dict)
    listed = ListedPerson.objects.filter(listing__in=parts).order_by("pk")
    for line_id, pk, into, raw in listed.values_list("listing", "person", "person__merged_into", "raw"):
        named[parts[line_id]].setdefault(into or pk, raw)
    return named


def _named_by_file(staged: ImportHousehold) -> defaultdict[str, Named]:
    """Whom each family of the file names."""
    named: defaultdict[str, Named] = defaultdict(dict)
    rows = ImportRow.objects.filter(batch=staged.batch_id, number=staged.number).order_by("position")
    for row in rows:
        named[str(row.own_number or row.number)].setdefault(row.match_id or row.pk, row.raw)
    return named


def _own_line(staged: ImportHousehold, line: Listing, number: int, persons: Named) -> UUID:
    """What one family of the file said by itself."""
    told = staged
    if number != staged.number:
        told = ImportHousehold.objects.get(batch=staged.batch_id, number=number)
    own = alone_values(staged) if told is staged else {}
    said = {name: own.get(name, getattr(told, name)) for name in _SAID}
    same = {name: getattr(line, name) for name in _OF_LIST}
    moment = line.recorded_at
    new = Listing(id=uuid7(), persons=len(persons), recorded_at=moment, superseded_at=moment, **same, **said)
    new.save(force_insert=True)
    _list_persons(new.pk, persons)
    return new.pk


def _list_persons(listing_id: UUID, persons: Named) -> None:
    ListedPerson.objects.bulk_create(
        ListedPerson(listing_id=listing_id, person_id=person_id, raw=raw)
        for person_id, raw in persons.items()
    )
