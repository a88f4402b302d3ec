"""What the reader works with and what it makes: the yardstick, a household of the file, a person, a fault."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from dimensions.enums import Dimension
from povertyops.areas.queries import Resolution

from ..faults import Fault
from ..guard import AreaGuard
from .cells import encode, quoted

_WHOLE = 1 << 256
NOT_TOLD = -1


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
    """The columns of a household as one row states them, clean, with what is wrong in them.

    `centre` is the municipal centre that a municipal code stands for; `members` the number of members.
    """

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
    centre: UUID | None = None
    members: int = 0

    @property
    def has_place(self) -> bool:
        return bool(self.area)


class NamePart(NamedTuple):
    """A given name or a family name with its share of the search key and of the sort key."""

    text: str
    key: str
    order: str
    found: tuple[Fault, ...]


NO_NAME = NamePart("", "", "", ())


@dataclass(slots=True)
class StagedHousehold:
    """A household of the file while its rows come in. There may be hundreds of thousands: what many share
    (names, places, verdicts) is kept as a reference to the one answer."""

    number: int
    first_row: int
    sheet: int
    stated: Stated
    code: str
    family: str = ""
    dimensions: int = 0
    indicators: tuple[int, ...] = ()
    income: int | None = None
    village_name: str = ""
    phone: str = ""
    persons: int = 0
    has_head: bool = False
    head_title: str = ""
    head_given: NamePart = NO_NAME
    head_last: NamePart = NO_NAME
    is_held: bool = False
    digest: int = 0
    nameless: set[tuple[str, str]] | None = None

    def take_digest(self, part: bytes) -> None:
        self.digest = (self.digest + int.from_bytes(part, "big")) % _WHOLE

    @property
    def head_name(self) -> str:
        return f"{self.head_title}{self.head_given.text} {self.head_last.text}".strip()

    @property
    def head_order(self) -> str:
        """The sort key of the head."""
        if self.head_given is NO_NAME:
            return ""
        return order_of(self.head_given, self.head_last)

    @property
    def content_hash(self) -> bytes:
        """The fingerprint of everything clean that the list says; the order of persons does not matter."""
        stated = self.stated
        said = (
            f"{stated.area}\x1f{self.code}\x1f{stated.house_no}\x1f{self.phone}\x1f{self.dimensions}\x1f"
            f"{list(self.indicators)}\x1f{self.income}\x1f{self.persons}\x1f{self.digest:x}"
        )
        if stated.centre:
            said += f"\x1f{stated.centre}"
        return sha256(said.encode()).digest()


def order_of(given: NamePart, last: NamePart) -> str:
    """The sort key of a person."""
    return f"{given.order} {last.order} {given.text} {last.text}"


class StagedRow(NamedTuple):
    """A person of the file, as it goes into the staging table."""

    id: UUID
    number: int
    sheet: int
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
    """A fault where it stands: household, row of the sheet, and the sheet where that is known."""

    number: int
    row: int
    fault: Fault
    is_notice: bool
    sheet: int = NOT_TOLD


class RowNumbers:
    """The household (by its number in the file) of every row of every sheet; four bytes a row."""

    def __init__(self) -> None:
        self._sheets: list[array[int]] = []

    def sheet(self, place: int) -> array[int]:
        """The numbers of a sheet by its rows; row 0 is nobody's. Append one for every row read."""
        while len(self._sheets) <= place:
            self._sheets.append(array("I", [0]))
        return self._sheets[place]

    def put(self, place: int, row: int, number: int) -> None:
        numbers = self.sheet(place)
        if row >= len(numbers):
            numbers.extend([0] * (row + 1 - len(numbers)))
        numbers[row] = number

    def get(self, place: int, row: int) -> int:
        """The household's number, 0 for a row that belongs to none."""
        numbers = self.sheet(place)
        return numbers[row] if row < len(numbers) else 0


def raw_of_household(household: StagedHousehold) -> str:
    """What the listing keeps of a household's own columns: clean values, and as printed where that differs.

    `centre` is the municipal centre a municipal code stood for, `family` the family within the house,
    `members` the number of members that the list states.
    """
    stated = household.stated
    raw = (
        f'{{"area_code":"{stated.area}","house_code":"{household.code}","house_no":{quoted(stated.house_no)},'
        f'"phone":{quoted(household.phone)},"head_title":{quoted(household.head_title)},'
        f'"head_first_name":{quoted(household.head_given.text)},'
        f'"head_last_name":{quoted(household.head_last.text)},"village_name":{quoted(household.village_name)}'
    )
    if stated.centre:
        raw += f',"centre":"{stated.centre}"'
    if household.family:
        raw += f',"family":{quoted(household.family)}'
    if stated.members:
        raw += f',"members":{stated.members}'
    if stated.printed:
        raw += f',"printed":{encode(stated.printed)}'
    return raw + "}"
