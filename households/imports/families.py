"""What one line says of one family, whether it waits in staging or stands in the register, and whether two of
them tell of the same one.

Only families that were merged are looked at here. In doubt two lines tell of two: both words then count,
whichever came first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q

from povertyops.common.names import sort_key

from ..models import Household, ImportBatch, ImportHousehold, ImportRow, ListedPerson, Listing, NationalId
from ..services.joint_lines import Said

Person = frozenset[object]
"""What a person is known by: who it is in the register, and the name with the birthday."""

_CODE, _ADDRESS, _HEAD = 4, 2, 1


@dataclass(frozen=True, slots=True)
class Family:
    """What a line says. `part` is the number of a staged household, or the id of a line of the register."""

    part: str
    said: Said
    house_code: str
    area_code: str
    house_no: str
    sort_key: str
    people: Sequence[Person] = ()
    number: int = 0

    def place(self, gone: Sequence[Household]) -> tuple[Any, ...]:
        """The family that was kept comes first: the one least like any that went."""
        likeness = max((self.likeness(household) for household in gone), default=0)
        said = (self.house_code, self.sort_key, self.area_code, self.house_no, self.said.content_hash)
        return likeness, *said, self.number

    def likeness(self, household: Household) -> int:
        code = bool(self.house_code) and self.house_code == household.house_code
        address = bool(self.house_no) and (self.area_code, self.house_no) == (
            household.area_code,
            household.house_no,
        )
        return _CODE * code + _ADDRESS * address + _HEAD * (self.sort_key == household.sort_key)

    def is_same(self, other: Family, gone: Sequence[Household]) -> bool:
        """Whether both tell of one family, so that the newer word replaces the older.

        Two house codes tell two families apart where one is that of a family that went; without codes the
        address does.
        """
        codes = {self.house_code, other.house_code}
        same_head = bool(self.sort_key) and self.sort_key == other.sort_key
        shared, most = self._shared(other), max(len(self.people), len(other.people))
        alike = same_head or 0 < most <= 2 * shared
        if len(codes) == 1 and "" not in codes:
            return alike
        if "" not in codes:
            return not codes & {each.house_code for each in gone} and same_head and 2 * shared > most
        return self._was(gone) == other._was(gone) and alike

    def _was(self, gone: Sequence[Household]) -> UUID | None:
        """Which of the families that went lived where this one does; none: the one that was kept."""
        best = max(gone, key=lambda each: (self.likeness(each), str(each.pk)), default=None)
        return best.pk if best is not None and self.likeness(best) >= _ADDRESS else None

    def _shared(self, other: Family) -> int:
        known = frozenset().union(*other.people)
        return sum(1 for person in self.people if person & known)


def staged_families(batch: ImportBatch, lines: Iterable[ImportHousehold]) -> dict[int, Family]:
    """Number of a staged household -> what its line says by itself; it is not folded yet."""
    homes = {line.number: line for line in lines}
    people: defaultdict[int, list[Person]] = defaultdict(list)
    rows = list(ImportRow.objects.filter(batch=batch, number__in=homes))
    known = _persons_of({bytes(row.blind_index) for row in rows if row.blind_index})
    for row in rows:
        birth = row.birth_date.isoformat() if row.birth_date else ""
        index = bytes(row.blind_index) if row.blind_index else None
        people[row.number].append(_person(known.get(index), row.first_name, row.last_name, birth))
    return {
        number: Family(
            part=str(number),
            said=said_of(line),
            house_code=line.house_code,
            area_code=line.area_code,
            house_no=line.house_no,
            sort_key=line.sort_key,
            people=people[number],
            number=number,
        )
        for number, line in homes.items()
    }


def listed_families(ids: Collection[UUID]) -> dict[UUID, Family]:
    """Line of the register -> what it says by itself."""
    people: defaultdict[UUID, list[Person]] = defaultdict(list)
    listed = ListedPerson.objects.filter(listing__in=ids)
    for line_id, pk, into, raw in listed.values_list("listing", "person", "person__merged_into", "raw"):
        birth = raw.get("birth") or raw.get("birth_date") or ""
        names = (raw.get("first_name") or "", raw.get("last_name") or "")
        people[line_id].append(_person(into or pk, *names, birth))
    return {
        line.pk: Family(
            part=str(line.pk),
            said=said_of(line),
            house_code=line.raw.get("house_code") or "",
            area_code=line.area_code,
            house_no=line.raw.get("house_no") or "",
            sort_key=_head_of(line.raw),
            people=people[line.pk],
        )
        for line in Listing.objects.filter(pk__in=ids)
    }


def said_of(line: ImportHousehold | Listing) -> Said:
    return Said(line.dimensions, line.failed_indicators, line.income, line.raw, bytes(line.content_hash))


def still_here(family: Family, home: UUID) -> bool:
    """Whether the family is not a household of its own again, since a merge was taken back."""
    where = Q(house_code=family.house_code)
    if not family.house_code:
        where = Q(area_code=family.area_code, house_no=family.house_no)
    others = Household.objects.filter(where, sort_key=family.sort_key, merged_into=None)
    return not others.exclude(pk=home).exists()


def _persons_of(indexes: Collection[bytes]) -> Mapping[bytes | None, UUID]:
    rows = NationalId.objects.filter(blind_index__in=indexes)
    found = rows.values_list("blind_index", "person", "person__merged_into")
    return {bytes(index): into or pk for index, pk, into in found}


def _person(pk: UUID | None, first: str, last: str, birth: str) -> Person:
    return frozenset({(first, last, birth)} | ({pk} if pk else set()))


def _head_of(raw: Mapping[str, Any]) -> str:
    first = raw.get("head_first_name") or ""
    return sort_key(first, raw.get("head_last_name") or "") if first else ""
