"""The columns of a person: clean, with the id checked, sealed and counted once in the whole file."""

from __future__ import annotations

from array import array
from hashlib import sha256
from typing import NamedTuple

from povertyops.common.crypto import indexer, sealer
from povertyops.common.ids import uuid7s
from povertyops.common.nid import clean_pin, mask, why_bad
from povertyops.common.thai import format_thai_date

from .. import cleaning
from ..faults import Fault
from ..profile import PERSON_FIELDS, Layout
from ..reading import Cell
from .cells import TEXT_LIMITS, encode, printed, quoted, remember, shown
from .homes import Homes
from .names import Names
from .notes import Notes
from .staged import StagedHousehold, StagedRow, Yardstick, order_of

__all__ = ["PERSON_FIELDS", "People"]

_ODD_AGE = 105
_YOUNGEST_HEAD = 12


class _Birth(NamedTuple):
    iso: str
    age: int
    fault: str
    printed: str
    is_usual: bool


class People:
    """Cleans and checks the columns of persons. Ids are remembered as numbers, persons as places in arrays:
    there may be half a million."""

    def __init__(self, layout: Layout, yardstick: Yardstick, homes: Homes, notes: Notes) -> None:
        self.count = 0
        self._today = yardstick.today
        self._homes, self._notes = homes, notes
        self._names = Names("first_name" in layout.columns)
        self._seal, self._index, self._ids = sealer(), indexer(), uuid7s()
        self._births: dict[Cell, _Birth] = {}
        self._relations: dict[Cell, tuple[str, bool]] = {}
        self._sexes: dict[Cell, str] = {}
        self._seen: dict[int, int] = {}
        self._seen_household, self._seen_row, self._seen_sheet = array("I"), array("I"), array("B")
        self._seen_name = array("q")

    def key_of(self, cells: tuple[Cell, ...]) -> str:
        """The search key of the name that these cells give."""
        _title, given, last = self._names.of(*cells[1:5])
        return given.key + last.key

    def of(
        self, household: StagedHousehold, row: int, cells: tuple[Cell, ...], *, heads: bool = False
    ) -> StagedRow | None:
        """One person, or None for a row that only repeats one; with `heads` this is the head whatever the
        relation says."""
        typed_pin, typed_title, first, last, full, typed_birth, typed_sex, typed_relation = cells
        title, given, family = self._names.of(typed_title, first, last, full)
        if given.found or family.found:
            for fault in (*given.found, *family.found):
                self._notes.take(household, row, fault)
        key = given.key + family.key
        birth = self._births.get(typed_birth) or self._birth(typed_birth)
        relation, is_head_word = self._relations.get(typed_relation) or self._relation(typed_relation)
        is_head_word = is_head_word or heads
        sex = self._sexes[typed_sex] if typed_sex in self._sexes else self._sex(household, row, typed_sex)
        if birth.fault:
            self._notes.take(household, row, Fault(birth.fault, "birth", birth.printed))
        elif birth.age > _ODD_AGE or (is_head_word and 0 <= birth.age < _YOUNGEST_HEAD):
            self._notes.take(household, row, Fault("odd_age", "birth", birth.printed, {"age": birth.age}))
        pin = clean_pin(typed_pin)
        is_told, is_own = self._check_pin(household, row, pin, key, birth.iso)
        if not is_told:
            return None
        index = pin_seal = None
        key_id = ""
        person_id = next(self._ids)
        if is_own:
            index = self._index(pin)
            key_id, pin_seal = self._seal(pin, person_id.bytes)
        is_head = is_head_word and not household.has_head
        if is_head or not household.persons:
            household.head_title, household.head_given, household.head_last = title, given, family
            household.has_head = household.has_head or is_head
        position = household.persons
        household.persons += 1
        self.count += 1
        said = f"{title}\x1f{given.text}\x1f{family.text}\x1f{birth.iso}\x1f{sex}\x1f{relation}"
        household.take_digest(sha256((index or b"") + said.encode()).digest())
        name = cleaning.Name(title, given.text, family.text)
        return StagedRow(
            person_id, household.number, self._notes.sheet, row, position, *name, key,
            order_of(given, family), birth.iso, sex, relation, is_head, index, key_id, pin_seal,
            _raw_of_person(cells, name, birth, sex, relation),
        )  # fmt: skip

    def _birth(self, cell: Cell) -> _Birth:
        born, fault = cleaning.clean_birth(cell, self._today)
        age = int((self._today - born).days / 365.25) if born else -1
        usual = not born or cell == format_thai_date(born, "numeric")
        found = _Birth(born.isoformat() if born else "", age, fault, shown(cell), usual)
        remember(self._births, cell, found)
        return found

    def _relation(self, cell: Cell) -> tuple[str, bool]:
        text = cleaning.clean_short(cell)[: TEXT_LIMITS["relation"]]
        found = (text, text.lower() in cleaning.HEADS)
        remember(self._relations, cell, found)
        return found

    def _sex(self, household: StagedHousehold, row: int, cell: Cell) -> str:
        sex = cleaning.clean_sex(cell)
        if sex is None:
            self._notes.take(household, row, Fault("unknown_sex", "sex", shown(cell)))
            return ""
        remember(self._sexes, cell, sex)
        return sex

    def _check_pin(
        self, household: StagedHousehold, row: int, pin: str, key: str, birth: str
    ) -> tuple[bool, bool]:
        """Note what is wrong with the id of a row. Whether the row tells of a person at all (else it only
        repeats one of its household), and whether the id is right and this household's."""
        if not pin:
            self._notes.take(household, row, Fault("missing_pin", "pin"))
            return self._is_first_nameless(household, row, key, birth), False
        if len(pin) == 13 and pin.isdecimal() and (seen := self._seen.get(int(pin))) is not None:
            return self._check_repeated(household, row, pin, key, seen)
        wrong = why_bad(pin)
        if wrong:
            self._notes.take(household, row, Fault(wrong, "pin", mask(pin), {"length": len(pin)}))
            return True, False
        self._seen[int(pin)] = len(self._seen_row)
        self._seen_household.append(household.number)
        self._seen_row.append(row)
        self._seen_sheet.append(self._notes.sheet)
        self._seen_name.append(hash(key))
        return True, True

    def _is_first_nameless(self, household: StagedHousehold, row: int, key: str, birth: str) -> bool:
        if not key:
            return True
        nameless = household.nameless = household.nameless or set()
        if (key, birth) in nameless:
            other = self._homes.other(household)
            self._notes.take(household, row, Fault("duplicate_row", "first_name", "", other))
            return False
        nameless.add((key, birth))
        return True

    def _check_repeated(
        self, household: StagedHousehold, row: int, pin: str, key: str, seen: int
    ) -> tuple[bool, bool]:
        other = self._homes.households[self._seen_household[seen] - 1]
        sheet, other_row = self._seen_sheet[seen], self._seen_row[seen]
        there = self._homes.other_place(sheet, other_row)
        if other is household and self._seen_name[seen] == hash(key):
            self._notes.take(household, row, Fault("duplicate_row", "pin", mask(pin), there))
            return False, False
        if other is household:
            self._notes.take(household, row, Fault("pin_twice", "pin", mask(pin), there))
            return True, True
        self._notes.take(household, row, Fault("pin_in_other_household", "pin", mask(pin), there))
        here = {**there, "other_row": row}
        if "other_sheet" in here:
            here["other_sheet"] = self._notes.sheet + 1
        self._notes.take_at(other, sheet, other_row, Fault("pin_in_other_household", "pin", mask(pin), here))
        return True, False


def _raw_of_person(
    cells: tuple[Cell, ...], name: cleaning.Name, birth: _Birth, sex: str, relation: str
) -> str:
    """What the listing keeps of a person's row, as JSON; never the national id."""
    raw = (
        f'{{"title":{quoted(name.title)},"first_name":{quoted(name.first)},"last_name":{quoted(name.last)},'
        f'"birth":"{birth.iso}","sex":"{sex}","relation":{quoted(relation)}'
    )
    _, title, first, last, full, typed_birth, typed_sex, typed_relation = cells
    if (title, first, last, typed_relation) != (*name, relation) or full or not birth.is_usual or not sex:
        typed = printed(
            ("title", title, name.title), ("first_name", first, name.first), ("last_name", last, name.last),
            ("full_name", full, ""), ("birth", "" if birth.is_usual else typed_birth, birth.iso),
            ("relation", typed_relation, relation), ("sex", "" if sex else typed_sex, sex),
        )  # fmt: skip
        if typed:
            raw += f',"printed":{encode(typed)}'
    return raw + "}"
