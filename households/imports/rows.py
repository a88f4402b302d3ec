"""Row by row through a table: clean values, faults and notices, and which household each person belongs to.

Nothing here touches the database. One pass, in the order of the sheet; what repeats (a household's own
columns, names, days) is cleaned once and remembered. `Reader.read` is the hot path of every import.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from operator import itemgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings

from dimensions.enums import BITS, Dimension
from povertyops.areas.queries import Found, Resolution
from povertyops.areas.rules import same_village_name
from povertyops.common.crypto import indexer, sealer
from povertyops.common.ids import uuid7s
from povertyops.common.names import search_key, sort_key
from povertyops.common.nid import clean_pin, mask, why_bad
from povertyops.common.thai import format_thai_date

from . import cleaning, limits
from .faults import NOTICES, Fault, Unreadable
from .guard import AreaGuard
from .profile import DIMENSION_FIELDS, Layout
from .reading import Cell, Row

HOUSEHOLD_FIELDS = (
    "subdistrict", "village", "moo", "village_name", "house_no", "house_code", "family", "phone",
    "indicators", "income_baht", *DIMENSION_FIELDS,
)  # fmt: skip
PERSON_FIELDS = ("pin", "title", "first_name", "last_name", "full_name", "birth", "sex", "relation")
# A sort key of 240 characters holds both names twice.
TEXT_LIMITS = {
    "village_name": 120, "house_no": 40, "title": 40, "first_name": 58, "last_name": 58, "relation": 60,
    "family": 20,
}  # fmt: skip

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_quoted: Callable[[str], str] = json.encoder.encode_basestring
_REMEMBER = 60_000
_ODD_AGE = 105
_YOUNGEST_HEAD = 12
_WHOLE = 1 << 256


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What the reader must know of the world: see `staging.load_yardstick`.

    `indicators` are the numbers of the set in force, None where none is known; `dimension_of` maps some of
    them.
    """

    today: date
    survey_year: int
    carries_dimensions: bool
    resolutions: Mapping[str, Resolution]
    registrars: frozenset[str]
    guard: AreaGuard
    indicators: frozenset[int] | None = None
    dimension_of: Mapping[int, Dimension] = field(default_factory=dict)


class Stated(NamedTuple):
    """The columns of a household as one row states them, clean, with what is wrong in them."""

    subdistrict: str
    area: str
    moo: int | None
    village_name: str
    house_no: str
    house_code: str
    family: str
    phone: str
    dimensions: int
    indicators: tuple[int, ...]
    income: int | None
    printed: dict[str, str]
    found: tuple[Fault, ...]
    faults: tuple[Fault, ...]

    @property
    def has_place(self) -> bool:
        return bool(self.area)


@dataclass(slots=True)
class StagedHousehold:
    """A household of the file while its rows come in."""

    number: int
    id: UUID
    first_row: int
    stated: Stated
    code: str
    dimensions: int = 0
    indicators: set[int] = field(default_factory=set)
    income: int | None = None
    village_name: str = ""
    phone: str = ""
    persons: int = 0
    has_head: bool = False
    head: tuple[str, str, str] = ("", "", "")
    head_order: str = ""
    is_held: bool = False
    digest: int = 0
    nameless: set[tuple[str, str]] | None = None

    @property
    def content_hash(self) -> bytes:
        """The fingerprint of everything clean that the list says; the order of persons does not matter."""
        stated = self.stated
        said = (
            f"{stated.area}\x1f{self.code}\x1f{stated.house_no}\x1f{self.phone}\x1f{self.dimensions}\x1f"
            f"{sorted(self.indicators)}\x1f{self.income}\x1f{self.persons}\x1f{self.digest % _WHOLE:x}"
        )
        return sha256(said.encode()).digest()


class StagedRow(NamedTuple):
    """A person of the file, as it goes into the staging table."""

    id: UUID
    number: int
    row: int
    position: int
    title: str
    first_name: str
    last_name: str
    search_key: str
    sort_key: str
    birth: str
    sex: str
    relation: str
    is_head: bool
    blind_index: bytes | None
    key_id: str
    sealed: bytes | None
    raw: str


class FoundFault(NamedTuple):
    """A fault where it stands in the sheet."""

    number: int
    row: int
    fault: Fault
    is_notice: bool


class _Birth(NamedTuple):
    iso: str
    age: int
    fault: str
    printed: str
    is_usual: bool


class _Located(NamedTuple):
    area: str
    subdistrict: str
    moo: int | None
    found: tuple[Fault, ...]


class _NamePart(NamedTuple):
    text: str
    key: str
    order: str
    found: tuple[Fault, ...]


class Reader:
    """Reads one table. After `read` has been run to its end, everything else here is complete."""

    def __init__(self, layout: Layout, yardstick: Yardstick) -> None:
        self.layout = layout
        self.rows = 0
        self.persons = 0
        self.households: list[StagedHousehold] = []
        self.faults: list[FoundFault] = []
        self.number_of_row: dict[int, int] = {}
        self._yardstick = yardstick
        self._seal, self._index, self._ids = sealer(), indexer(), uuid7s()
        self._household_cells = _getter(layout, HOUSEHOLD_FIELDS)
        self._person_cells = _getter(layout, PERSON_FIELDS)
        self._by_code: dict[tuple[str, str], StagedHousehold] = {}
        self._by_address: dict[tuple[str, str, str], StagedHousehold] = {}
        self._villages: dict[str, str] = {}
        self._village_names: dict[Cell, str] = {}
        self._other_villages: set[tuple[str, str]] = set()
        self._pins: dict[str, tuple[StagedHousehold, int, str]] = {}
        self._births: dict[Cell, _Birth] = {}
        self._relations: dict[Cell, tuple[str, bool]] = {}
        self._sexes: dict[Cell, str] = {}
        self._places: dict[tuple[Cell, Cell, Cell], _Located] = {}
        self._verdicts: dict[tuple[Cell, ...], tuple[tuple[int, ...], int, tuple[Fault, ...]]] = {}
        self._kept_names: dict[tuple[Cell, Cell], tuple[str, _NamePart]] = {}
        self._family_names: dict[Cell, _NamePart] = {}
        has_dimensions = any(name in layout.columns for name in DIMENSION_FIELDS)
        self._has_dimensions = has_dimensions
        self._compares = has_dimensions and "indicators" in layout.columns and yardstick.carries_dimensions

    def read(self, rows: Iterable[Row]) -> Iterator[StagedRow]:
        """Every person of the table, in order. Raises Unreadable when there are too many rows, or none."""
        with _without_collector():
            yield from self._read(rows)
        if not self.rows:
            raise Unreadable("no_rows")

    def _read(self, rows: Iterable[Row]) -> Iterator[StagedRow]:
        width, header_row, most = len(self.layout.headers), self.layout.header_row, settings.IMPORT_MAX_ROWS
        household_cells, person_cells = self._household_cells, self._person_cells
        last_cells: tuple[Cell, ...] | None = None
        household: StagedHousehold | None = None
        faults: tuple[Fault, ...] = ()
        for number, row in enumerate(rows, start=1):
            if number <= header_row or not any(row):
                continue
            self.rows += 1
            cells = [*row[:width], *[""] * (width + 1 - len(row))]
            broken = _broken_cells(self.layout, cells) if _needs_a_look(row) else ()
            of_household = household_cells(cells)
            if household is None or of_household != last_cells:
                stated = self._state(of_household)
                household = self._place(stated, household, number)
                self._merge(household, stated, number)
                last_cells, found, faults = of_household, stated.found, stated.faults
            else:
                found = faults  # of what a household's rows repeat, a notice is told once
            self.number_of_row[number] = household.number
            if found or broken:
                for fault in (*found, *broken):
                    self._note(household, number, fault)
            person = self._person(household, number, person_cells(cells))
            if person is not None:
                yield person
            if self.rows > most:
                raise Unreadable("too_many_rows", most=most)

    def _note(self, household: StagedHousehold, row: int, fault: Fault) -> None:
        is_notice = fault.code in NOTICES
        self.faults.append(FoundFault(household.number, row, fault, is_notice))
        if not is_notice:
            household.is_held = True

    # ------------------------------------------------------------------------------------------- household

    def _state(self, cells: tuple[Cell, ...]) -> Stated:
        """Clean the columns of a household."""
        (sub, village, moo, village_name, house_no, house_code, family, phone, indicators, income, *marks) = (
            cells
        )
        found: list[Fault] = []
        place = (sub, village, moo)
        located = self._places.get(place) or self._locate(place)
        area, code = located.area, located.subdistrict
        found.extend(located.found)
        clean_code = cleaning.clean_house_code(house_code)
        clean_no = cleaning.clean_house_no(house_no)
        self._check_house(clean_code, clean_no, house_code, code, found)
        clean_phone, whole = cleaning.clean_phone(phone)
        if not whole:
            found.append(Fault("odd_phone", "phone", _shown(phone)))
        verdict = (indicators, *marks)
        failed, dimensions, wrong = self._verdicts.get(verdict) or self._judge(verdict)
        found.extend(wrong)
        return Stated(
            subdistrict=code,
            area=area,
            moo=located.moo,
            village_name=self._village_name(village_name, found),
            house_no=_bounded("house_no", clean_no, found),
            house_code=clean_code or "",
            family=_bounded("family", cleaning.clean_short(family), found) if family else "",
            phone=clean_phone,
            dimensions=dimensions,
            indicators=failed,
            income=_income(income, found),
            printed=_printed(
                ("subdistrict", sub, code), ("house_code", house_code, clean_code or ""),
                ("house_no", house_no, clean_no),
                ("phone", phone, clean_phone), ("village", village, area),
            ),
            found=tuple(found),
            faults=tuple([fault for fault in found if fault.code not in NOTICES]) if found else (),
        )  # fmt: skip

    def _village_name(self, cell: Cell, found: list[Fault]) -> str:
        name = self._village_names.get(cell)
        if name is None:
            name = _bounded("village_name", cleaning.clean_short(cell), found)
            if not found:
                _remember(self._village_names, cell, name)
        return name

    def _locate(self, cells: tuple[Cell, Cell, Cell]) -> _Located:
        """The place that these cells name; remembered."""
        found: list[Fault] = []
        area, code = self._area(*cells, found)
        located = _Located(area, code, cleaning.clean_moo(cells[2]), tuple(found))
        _remember(self._places, cells, located)
        return located

    def _judge(self, cells: tuple[Cell, ...]) -> tuple[tuple[int, ...], int, tuple[Fault, ...]]:
        """Failed indicators and failing dimensions as printed; remembered."""
        found: list[Fault] = []
        failed = self._indicators(cells[0], found)
        verdict = (failed, self._dimensions(cells[1:], failed, found), tuple(found))
        _remember(self._verdicts, cells, verdict)
        return verdict

    def _area(self, sub: Cell, village: Cell, moo: Cell, found: list[Fault]) -> tuple[str, str]:
        """Village code (empty where the place is not known) and current subdistrict code."""
        place = cleaning.clean_place(sub, village, moo)
        column = "subdistrict" if "subdistrict" in self.layout.columns else "village"
        shown = _shown(sub if column == "subdistrict" else village)
        if place.fault in ("missing_subdistrict", "unknown_subdistrict"):
            found.append(Fault(place.fault, column, shown))
            return "", ""
        meant = self._yardstick.resolutions.get(place.subdistrict)
        if meant is None or meant.found is Found.UNKNOWN:
            found.append(Fault("unknown_subdistrict", column, shown))
            return "", ""
        if meant.found is Found.AMBIGUOUS:
            code = "abolished_subdistrict_ambiguous" if meant.candidates else "abolished_subdistrict"
            found.append(Fault(code, column, shown, {"successors": ", ".join(meant.candidates)}))
            return "", ""
        if meant.found is Found.FOLLOWED:
            found.append(Fault("subdistrict_followed", column, shown, {"successor": meant.code}))
        if place.fault:
            found.append(Fault(place.fault, place.field, _shown(moo)))
            return "", meant.code
        area = cleaning.village_of(meant.code, place.moo)
        if not self._yardstick.guard.allows(area):
            found.append(Fault("outside_area", column, shown))
        return area, meant.code

    def _check_house(
        self, clean_code: str | None, clean_no: str, typed: Cell, subdistrict: str, found: list[Fault]
    ) -> None:
        if clean_code is None:
            found.append(Fault("bad_house_code", "house_code", _shown(typed)))
        elif not clean_code and not clean_no:
            found.append(Fault("missing_house", "house_no"))
        elif clean_code and subdistrict and not self._issued_near(clean_code, subdistrict):
            found.append(Fault("house_code_elsewhere", "house_code", _shown(typed)))

    def _issued_near(self, house_code: str, subdistrict: str) -> bool:
        """Whether the house code begins with the district's office or that of a municipality of the
        province."""
        office = house_code[:4]
        if office == subdistrict[:4] or office in self._yardstick.registrars:
            return True
        return office[:2] == subdistrict[:2] and office[2:] > "50"

    def _indicators(self, cell: Cell, found: list[Fault]) -> tuple[int, ...]:
        numbers = cleaning.clean_indicators(cell)
        known = self._yardstick.indicators
        if numbers is None or (known is not None and not known.issuperset(numbers)):
            details = {"survey_year": self._yardstick.survey_year}
            found.append(Fault("bad_indicator", "indicators", _shown(cell), details))
            return ()
        return tuple(numbers)

    def _dimensions(self, marks: tuple[Cell, ...], failed: tuple[int, ...], found: list[Fault]) -> int:
        """The mask of failing dimensions: what the list prints, else what its indicators stand for."""
        meant = cleaning.mask_of_indicators(failed, self._yardstick.dimension_of)
        if not self._has_dimensions:
            return meant if self._yardstick.carries_dimensions else 0
        printed, is_whole = 0, True
        for name, cell in zip(DIMENSION_FIELDS, marks, strict=True):
            failing = cleaning.clean_dimension(cell)
            if failing is None:
                found.append(Fault("bad_dimension", name, _shown(cell)))
                is_whole = False
            elif failing:
                printed |= BITS[Dimension(name)]
        if self._compares and is_whole and failed and meant != printed:
            found.append(Fault("dimension_mismatch", "indicators", ",".join(map(str, failed))))
        return printed

    # ------------------------------------------------------------------------------------- whose row is it

    def _place(self, stated: Stated, above: StagedHousehold | None, row: int) -> StagedHousehold:
        """The household a row belongs to: by house code, else by address.

        A row whose house code or place cannot be used belongs with the row above (or below) at the same
        address, so that a slip of the pen never tears a household apart.
        """
        if stated.house_code:
            key = (stated.house_code, stated.family)
            household = self._by_code.get(key)
            if household is None:
                household = self._adopted(stated, above) or self._begin(stated, row)
                household.code = stated.house_code
                self._by_code[key] = household
            return household
        if not stated.house_no:
            return self._begin(stated, row)
        address = (stated.area or f"?{stated.moo}", stated.house_no, stated.family)
        found = above if above is not None and self._belongs(stated, above.stated) else None
        found = found or self._by_address.get(address) or self._begin(stated, row)
        return self._by_address.setdefault(address, found)

    def _adopted(self, stated: Stated, above: StagedHousehold | None) -> StagedHousehold | None:
        if above is None or above.code or not self._belongs(stated, above.stated):
            return None
        return above

    @staticmethod
    def _belongs(stated: Stated, above: Stated) -> bool:
        """Whether two neighbouring rows, of which one lacks a usable code or place, stand for one
        household."""
        if not stated.house_no or stated.house_no != above.house_no or stated.family != above.family:
            return False
        if stated.moo != above.moo and stated.moo is not None and above.moo is not None:
            return False
        if stated.has_place and above.has_place:
            return stated.subdistrict == above.subdistrict and stated.house_code != above.house_code
        return True

    def _begin(self, stated: Stated, row: int) -> StagedHousehold:
        household = StagedHousehold(len(self.households) + 1, next(self._ids), row, stated, stated.house_code)
        self.households.append(household)
        return household

    def _merge(self, household: StagedHousehold, stated: Stated, row: int) -> None:
        """Take up what this row says of its household; the first word on a field stays."""
        household.dimensions |= stated.dimensions
        household.indicators.update(stated.indicators)
        household.village_name = household.village_name or stated.village_name
        household.phone = household.phone or stated.phone
        if household.income is None:
            household.income = stated.income
        first = household.stated
        if stated is first:
            self._hear_village(household, stated, row)
            return
        other = {"other_row": household.first_row}
        if not first.has_place:
            household.stated = stated._replace(house_no=first.house_no or stated.house_no)
        elif stated.has_place and stated.area != first.area and not stated.faults:
            column = "subdistrict" if stated.subdistrict != first.subdistrict else "moo"
            self._note(household, row, Fault("household_disagrees", column, stated.area, other))
        elif stated.house_no != first.house_no:
            self._note(household, row, Fault("house_no_differs", "house_no", stated.house_no))

    def _hear_village(self, household: StagedHousehold, stated: Stated, row: int) -> None:
        name = stated.village_name
        if not name or not stated.area or stated.area.endswith("00"):
            return
        known = self._villages.setdefault(stated.area, name)
        if (
            known != name
            and not same_village_name(known, name)
            and (stated.area, name) not in self._other_villages
        ):
            self._other_villages.add((stated.area, name))
            self._note(household, row, Fault("village_two_names", "village_name", name, {"other": known}))

    # ---------------------------------------------------------------------------------------------- person

    def _person(self, household: StagedHousehold, row: int, cells: tuple[Cell, ...]) -> StagedRow | None:
        """One person, or None for a row that only repeats one."""
        typed_pin, title, first, last, full, typed_birth, typed_sex, typed_relation = cells
        name, key, order = self._name(household, row, (title, first, last, full))
        birth = self._births.get(typed_birth) or self._birth(typed_birth)
        relation, is_head_word = self._relations.get(typed_relation) or self._relation(typed_relation)
        sex = self._sexes[typed_sex] if typed_sex in self._sexes else self._sex(household, row, typed_sex)
        if birth.fault:
            self._note(household, row, Fault(birth.fault, "birth", birth.printed))
        elif birth.age > _ODD_AGE or (is_head_word and 0 <= birth.age < _YOUNGEST_HEAD):
            self._note(household, row, Fault("odd_age", "birth", birth.printed, {"age": birth.age}))
        pin = clean_pin(typed_pin)
        if not self._check_pin(household, row, pin, key, birth.iso):
            return None
        index = pin_seal = None
        key_id = ""
        person_id = next(self._ids)
        if pin and self._pins.get(pin, (None,))[0] is household:
            index = self._index(pin)
            key_id, pin_seal = self._seal(pin, person_id.bytes)
        is_head = is_head_word and not household.has_head
        if is_head or not household.persons:
            household.head, household.head_order = name, order
            household.has_head = household.has_head or is_head
        position = household.persons
        household.persons += 1
        self.persons += 1
        said = f"{name.title}\x1f{name.first}\x1f{name.last}\x1f{birth.iso}\x1f{sex}\x1f{relation}"
        household.digest += int.from_bytes(sha256((index or b"") + said.encode()).digest(), "big")
        return StagedRow(
            person_id, household.number, row, position, name.title, name.first, name.last, key, order,
            birth.iso, sex, relation, is_head, index, key_id, pin_seal,
            _raw_of_person(cells, name, birth, sex, relation),
        )  # fmt: skip

    def _name(
        self, household: StagedHousehold, row: int, cells: tuple[Cell, Cell, Cell, Cell]
    ) -> tuple[cleaning.Name, str, str]:
        """The clean name with its search key and sort key. Most parts of names come many times."""
        title, first, last, full = cells
        if full and not first:
            name = cleaning.clean_name(title, first, last, full)
            given, family = self._given_name(name.title, name.first), self._family_name(name.last)
            kept = name.title
        else:
            known = self._kept_names.get((title, first))
            if known is None:
                name = cleaning.clean_name(title, first, "", "")
                known = (name.title, self._given_name(name.title, name.first))
                _remember(self._kept_names, (title, first), known)
            kept, given = known
            family = self._family_names.get(last) or self._family_name(last)
        for fault in (*given.found, *family.found):
            self._note(household, row, fault)
        return (
            cleaning.Name(kept[: TEXT_LIMITS["title"]], given.text, family.text),
            given.key + family.key,
            f"{given.order} {family.order} {given.text} {family.text}",
        )

    def _given_name(self, title: str, text: str) -> _NamePart:
        found: list[Fault] = []
        _bounded("title", title, found)
        text = _bounded("first_name", text, found)
        if not text:
            column = "first_name" if "first_name" in self.layout.columns else "full_name"
            found.append(Fault("missing_name", column))
        return _NamePart(text, search_key(text), plain_order(text), tuple(found))

    def _family_name(self, cell: Cell) -> _NamePart:
        found: list[Fault] = []
        text = _bounded("last_name", cleaning.clean_short(cell), found)
        part = _NamePart(text, key_of_family(text), plain_order(text), tuple(found))
        _remember(self._family_names, cell, part)
        return part

    def _birth(self, cell: Cell) -> _Birth:
        born, fault = cleaning.clean_birth(cell, self._yardstick.today)
        age = int((self._yardstick.today - born).days / 365.25) if born else -1
        usual = not born or cell == format_thai_date(born, "numeric")
        found = _Birth(born.isoformat() if born else "", age, fault, _shown(cell), usual)
        _remember(self._births, cell, found)
        return found

    def _relation(self, cell: Cell) -> tuple[str, bool]:
        text = cleaning.clean_short(cell)[: TEXT_LIMITS["relation"]]
        found = (text, text.lower() in cleaning.HEADS)
        _remember(self._relations, cell, found)
        return found

    def _sex(self, household: StagedHousehold, row: int, cell: Cell) -> str:
        sex = cleaning.clean_sex(cell)
        if sex is None:
            self._note(household, row, Fault("unknown_sex", "sex", _shown(cell)))
            return ""
        _remember(self._sexes, cell, sex)
        return sex

    def _check_pin(self, household: StagedHousehold, row: int, pin: str, key: str, birth: str) -> bool:
        """Note what is wrong with the id of a row; False when the row only repeats a person of its
        household."""
        if not pin:
            self._note(household, row, Fault("missing_pin", "pin"))
            if not key:
                return True
            nameless = household.nameless = household.nameless or set()
            if (key, birth) in nameless:
                self._note(
                    household,
                    row,
                    Fault("duplicate_row", "first_name", "", {"other_row": household.first_row}),
                )
                return False
            nameless.add((key, birth))
            return True
        wrong = why_bad(pin)
        if wrong:
            self._note(household, row, Fault(wrong, "pin", mask(pin), {"length": len(pin)}))
            return True
        before = self._pins.get(pin)
        if before is None:
            self._pins[pin] = (household, row, key)
            return True
        return self._check_repeated(household, row, pin, key, before)

    def _check_repeated(
        self,
        household: StagedHousehold,
        row: int,
        pin: str,
        key: str,
        before: tuple[StagedHousehold, int, str],
    ) -> bool:
        other, other_row, other_key = before
        if other is household and other_key == key:
            self._note(household, row, Fault("duplicate_row", "pin", mask(pin), {"other_row": other_row}))
            return False
        if other is household:
            self._note(household, row, Fault("pin_twice", "pin", mask(pin), {"other_row": other_row}))
            return True
        self._note(
            household, row, Fault("pin_in_other_household", "pin", mask(pin), {"other_row": other_row})
        )
        self._note(other, other_row, Fault("pin_in_other_household", "pin", mask(pin), {"other_row": row}))
        return True


def key_of_family(name: str) -> str:
    """The part of a person's search key that a family name makes; nothing in it is taken for a title."""
    return search_key(f"ก {name}")[1:]


def plain_order(part: str) -> str:
    """What a part of a name adds to the front of its sort key."""
    return sort_key(part)[: -len(part) - 1] if part else ""


def raw_of_household(household: StagedHousehold) -> str:
    """What the listing keeps of a household's own columns: clean values, and as printed where that
    differs."""
    stated = household.stated
    title, first, last = household.head
    raw = (
        f'{{"area_code":"{stated.area}","house_code":"{household.code}","house_no":{_quoted(stated.house_no)},'
        f'"phone":{_quoted(household.phone)},"head_title":{_quoted(title)},"head_first_name":{_quoted(first)},'
        f'"head_last_name":{_quoted(last)},"village_name":{_quoted(household.village_name)}'
    )
    if stated.printed:
        raw += f',"printed":{_encode(stated.printed)}'
    return raw + "}"


def _raw_of_person(
    cells: tuple[Cell, ...], name: cleaning.Name, birth: _Birth, sex: str, relation: str
) -> str:
    """What the listing keeps of a person's row, as JSON; never the national id."""
    raw = (
        f'{{"title":{_quoted(name.title)},"first_name":{_quoted(name.first)},"last_name":{_quoted(name.last)},'
        f'"birth":"{birth.iso}","sex":"{sex}","relation":{_quoted(relation)}'
    )
    _, title, first, last, full, typed_birth, typed_sex, typed_relation = cells
    if (title, first, last, typed_relation) != (*name, relation) or full or not birth.is_usual or not sex:
        printed = _printed(
            ("title", title, name.title), ("first_name", first, name.first), ("last_name", last, name.last),
            ("full_name", full, ""), ("birth", "" if birth.is_usual else typed_birth, birth.iso),
            ("relation", typed_relation, relation), ("sex", "" if sex else typed_sex, sex),
        )  # fmt: skip
        if printed:
            raw += f',"printed":{_encode(printed)}'
    return raw + "}"


def _printed(*columns: tuple[str, Cell, str]) -> dict[str, str]:
    """Columns whose cell is not the clean value itself, as printed."""
    return {
        name: (typed if isinstance(typed, str) else cleaning.text_of(typed))[: limits.MAX_CELL].replace(
            "\x00", ""
        )
        for name, typed, clean in columns
        if typed != clean and typed != ""
    }


def _getter(layout: Layout, names: tuple[str, ...]) -> Callable[[list[Cell]], tuple[Cell, ...]]:
    """Takes the cells of these fields out of a padded row; a field without a column gives the empty last
    cell."""
    return itemgetter(*(layout.columns.get(name, -1) for name in names))


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


def _needs_a_look(row: Row) -> bool:
    """Whether a row holds an unreadable character or far too much text."""
    try:
        text = "".join(row)  # type: ignore[arg-type]
    except TypeError:  # numbers out of a workbook
        text = "".join(map(str, row))
    return len(text) > limits.MAX_CELL or "\ufffd" in text or "\x00" in text


def _broken_cells(layout: Layout, cells: list[Cell]) -> list[Fault]:
    """Cells that hold an unreadable character or far too much text; mended in place so that reading goes
    on."""
    found = []
    for name, position in layout.columns.items():
        cell = cells[position]
        if not isinstance(cell, str):
            continue
        if len(cell) > limits.MAX_CELL:
            found.append(Fault("too_long", name, _shown(cell), {"most": limits.MAX_CELL}))
            cells[position] = cell = cell[: TEXT_LIMITS.get(name, limits.MAX_CELL)]
        if "\ufffd" in cell or "\x00" in cell:
            found.append(Fault("bad_character", name, _shown(cell)))
            cells[position] = cell.replace("\ufffd", "").replace("\x00", "")
    return found


def _bounded(name: str, text: str, found: list[Fault]) -> str:
    most = TEXT_LIMITS[name]
    if len(text) <= most:
        return text
    found.append(Fault("too_long", name, _shown(text), {"most": most}))
    return text[:most]


def _income(cell: Cell, found: list[Fault]) -> int | None:
    amount, fault = cleaning.clean_income(cell)
    if fault:
        found.append(Fault(fault, "income_baht", _shown(cell)))
    return amount


def _shown(cell: Cell) -> str:
    """A value as it may stand in a report: short, and without what a terminal or a sheet would act on."""
    text = cleaning.text_of(cell[:200] if isinstance(cell, str) else cell)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _remember(known: dict[Any, Any], key: Any, value: Any) -> None:
    if len(known) >= _REMEMBER:
        known.clear()
    known[key] = value
