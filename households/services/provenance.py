"""Where every value of a household comes from: the list and year, the person who set it by hand, and what the
other lists say. Reads only; eight queries for any household."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dimensions.enums import Dimension
from povertyops.common.languages import in_language
from povertyops.common.thai import format_thai_date

from ..enums import CorrectionState, ImportStatus, Sex
from ..models import Correction, Household, ImportBatch, ListedPerson, Listing, Membership, Person
from .source_rules import SourceRules, load_rules


class Source(StrEnum):
    """What a value in use rests on."""

    LIST = "list"
    HAND = "hand"
    NOMINATION = "nomination"
    REVIEW = "review"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Said:
    """What one list, or a yearly review, says of a field.

    `printed` is the text of the file where it was cleaned; of a review the number of its minutes.
    """

    list_name: str
    fiscal_year: int
    value: str
    printed: str
    differs: bool
    in_use: bool
    elsewhere: bool = False
    is_review: bool = False


@dataclass(frozen=True, slots=True)
class Reviewed:
    """Dimensions that a meeting took into the baseline of a fiscal year."""

    dimensions: int
    fiscal_year: int
    minutes_number: str


@dataclass(frozen=True, slots=True)
class ByHand:
    """A value that somebody set."""

    value: str
    previous: str
    by: str
    on: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class FieldStory:
    """A field with the value in use, what it rests on, who changed it since and what every list says."""

    label: str | Promise
    value: str
    source: Source
    said: Sequence[Said]
    by_hand: Sequence[ByHand]

    @property
    def winner(self) -> Said | None:
        return next((each for each in self.said if each.in_use), None)

    @property
    def others(self) -> list[Said]:
        return [each for each in self.said if not each.in_use]

    @property
    def disagrees(self) -> bool:
        return any(each.differs for each in self.said)


@dataclass(frozen=True, slots=True)
class PersonStory:
    """One member and the fields of that person."""

    person: Person
    fields: Sequence[FieldStory]


@dataclass(frozen=True, slots=True)
class HouseholdSources:
    """All of a household's values."""

    fields: Sequence[FieldStory]
    dimensions: Sequence[FieldStory]
    persons: Sequence[PersonStory]
    lists: int = 0

    @property
    def disagreeing(self) -> int:
        """How many fields the lists tell differently."""
        every = [*self.fields, *(each for person in self.persons for each in person.fields)]
        return sum(each.disagrees for each in every)


class _Line(NamedTuple):
    """A line, of the household or of one person of it. `is_own`: no file brought it."""

    kind_code: str
    fiscal_year: int
    content_key: str
    list_name: str
    is_own: bool
    raw: Mapping[str, Any]
    area_code: str
    dimensions: int
    household_id: UUID


Show = Callable[[str], str]
Among = Callable[[set[UUID]], set[UUID]]
ValueOf = Callable[[_Line], str | None]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A field: what lists and corrections call it, and the rule by which a list is believed."""

    label: Promise
    rule: str
    value_of: ValueOf
    hand: tuple[str, ...]
    printed: tuple[str, ...] = ()
    show: Show = field(default=str)


def _key(name: str) -> ValueOf:
    return lambda line: str(line.raw[name]) if name in line.raw else None


def _head(line: _Line) -> str | None:
    raw = line.raw
    if not raw.get("head_first_name"):
        return None
    return f"{raw.get('head_title', '')}{raw['head_first_name']} {raw.get('head_last_name', '')}".strip()


def _name(line: _Line) -> str | None:
    raw = line.raw
    if not raw.get("first_name"):
        return None
    return f"{raw.get('title', '')}{raw['first_name']} {raw.get('last_name', '')}".strip()


def _day(value: str) -> str:
    return format_thai_date(date.fromisoformat(value), "short") if value else ""


def _sex(value: str) -> str:
    return str(Sex(value).label) if value else ""


_PERSON = (
    _Asked(gettext_lazy("ชื่อ"), "name", _name, ("title", "first_name", "last_name"),
           ("full_name", "title", "first_name", "last_name")),
    _Asked(gettext_lazy("วันเกิด"), "birth", _key("birth"), ("birth_date",), ("birth",), _day),
    _Asked(gettext_lazy("เพศ"), "sex", _key("sex"), ("sex",), ("sex",), _sex),
)  # fmt: skip


def _nobody(_household_ids: set[UUID]) -> set[UUID]:
    return set()


def sources_of(
    household: Household,
    place: Callable[[str], str],
    *,
    reviews: Sequence[Reviewed] = (),
    nominated: Among = _nobody,
) -> HouseholdSources:
    """Every field of a household and its members; `place` names a village by its code.

    The floor above knows what yearly reviews took in, and which of some households came by a nomination.
    """
    rules = load_rules()
    lines = _household_lines(household)
    people = _people(household)
    person_lines = _person_lines([person.pk for person in people])
    came = _nominated([*lines, *(each for found in person_lines.values() for each in found)], nominated)
    hand = _corrections(household, people)
    asked = (
        _Asked(gettext_lazy("หมู่บ้าน"), "area_code", lambda line: line.area_code, ("area_code",),
               ("village", "subdistrict"), place),
        _Asked(gettext_lazy("รหัสประจำบ้าน"), "house_code", _key("house_code"), ("house_code",),
               ("house_code",)),
        _Asked(gettext_lazy("บ้านเลขที่"), "house_no", _key("house_no"), ("house_no",), ("house_no",)),
        _Asked(gettext_lazy("โทรศัพท์"), "phone", _key("phone"), ("phone",), ("phone",)),
        _Asked(gettext_lazy("หัวหน้าครัวเรือน"), "head", _head, ("head_name",)),
    )  # fmt: skip
    values = {"head": household.head_name}
    told = [
        _story(
            each,
            values.get(each.rule, getattr(household, each.rule, "")),
            lines,
            hand[None],
            rules,
            household,
            came,
        )
        for each in asked
    ]
    return HouseholdSources(
        fields=told,
        dimensions=_dimensions(lines, reviews, came),
        persons=_persons(household, people, hand, rules, person_lines, came),
        lists=len(lines),
    )


def _story(
    asked: _Asked,
    value: str,
    lines: Sequence[_Line],
    hand: Mapping[str, Sequence[ByHand]],
    rules: SourceRules,
    household: Household,
    came: Collection[UUID],
) -> FieldStory:
    ordered = rules.sorted(lines, rules.order(household.province_code, asked.rule))
    set_by = sorted((row for name in asked.hand for row in hand.get(name, ())), key=lambda row: row.on)
    winner = None if set_by else next((line for line in ordered if asked.value_of(line)), None)
    said = [
        Said(
            list_name=line.list_name,
            fiscal_year=line.fiscal_year,
            value=asked.show(stated) if stated else "",
            printed=_printed(line, asked),
            differs=bool(stated) and stated != value,
            in_use=line is winner,
            elsewhere=line.household_id != household.pk,
        )
        for line in ordered
        if (stated := asked.value_of(line)) is not None
    ]
    source = _source(set_by, winner, came)
    return FieldStory(asked.label, asked.show(value) if value else "", source, said, set_by)


def _source(set_by: Sequence[ByHand], winner: _Line | None, came: Collection[UUID]) -> Source:
    if set_by:
        return Source.HAND
    if winner is None:
        return Source.NOTHING
    return _source_of(winner, came)


def _source_of(line: _Line, came: Collection[UUID]) -> Source:
    return Source.NOMINATION if line.is_own and line.household_id in came else Source.LIST


def _nominated(lines: Iterable[_Line], nominated: Among) -> set[UUID]:
    """Households of lines that no file brought and that came by a nomination."""
    own = {line.household_id for line in lines if line.is_own}
    return nominated(own) if own else set()


def _printed(line: _Line, asked: _Asked) -> str:
    printed = line.raw.get("printed") or {}
    return " ".join(str(printed[name]) for name in asked.printed if printed.get(name))


def _dimensions(
    lines: Sequence[_Line], reviews: Sequence[Reviewed], came: Collection[UUID]
) -> list[FieldStory]:
    """For each dimension the lists that call it failing, and the reviews that took it in since.

    The baseline of a year is all of them together; a review holds until a newer list speaks.
    """
    found = []
    ordered = sorted(lines, key=lambda line: (-line.fiscal_year, line.kind_code))
    newest = max((line.fiscal_year for line in ordered), default=0)
    for dimension in Dimension:
        listed = [line for line in ordered if line.dimensions & dimension.bit]
        in_use = [line for line in listed if line.fiscal_year == newest]
        taken_in = [each for each in reviews if each.dimensions & dimension.bit]
        said = [
            Said(line.list_name, line.fiscal_year, _("ตกเกณฑ์"), "", False, line.fiscal_year == newest)
            for line in listed
        ] + [_said_by(each, newest) for each in taken_in]
        if not said:
            continue
        source = Source.NOTHING
        if in_use:
            source = _source_of(in_use[0], came)
        elif any(each.fiscal_year >= newest for each in taken_in):
            source = Source.REVIEW
        value = "" if source is Source.NOTHING else _("ตกเกณฑ์")
        found.append(FieldStory(dimension.label, value, source, said, ()))
    return found


def _said_by(review: Reviewed, newest: int) -> Said:
    return Said(
        list_name=_("ทบทวนเกณฑ์ประจำปี"),
        fiscal_year=review.fiscal_year,
        value=_("ตกเกณฑ์"),
        printed=review.minutes_number,
        differs=False,
        in_use=review.fiscal_year >= newest,
        is_review=True,
    )


def _people(household: Household) -> list[Person]:
    """Who lives there now."""
    members = Membership.objects.filter(household=household, valid_to=None, superseded_at=None)
    return [row.person for row in members.select_related("person").order_by("position", "pk")]


def _persons(
    household: Household,
    people: Sequence[Person],
    hand: Mapping[UUID | None, Mapping[str, Sequence[ByHand]]],
    rules: SourceRules,
    lines: Mapping[UUID, Sequence[_Line]],
    came: Collection[UUID],
) -> list[PersonStory]:
    told = []
    for person in people:
        values = {
            "name": person.full_name,
            "birth": person.birth_date.isoformat() if person.birth_date else "",
            "sex": person.sex,
        }
        stories = [
            _story(each, values[each.rule], lines.get(person.pk, ()), hand[person.pk], rules, household, came)
            for each in _PERSON
        ]
        told.append(PersonStory(person, stories))
    return told


# ----------------------------------------------------------------------------------------------------- rows

_OF_LISTING = (
    "kind_code",
    "fiscal_year",
    "content_hash",
    "target_list__kind__name",
    "target_list__kind__name_en",
)
_AND = ("target_list__kind__counts_as_found", "area_code", "dimensions", "household_id")


def _came_in_a_file(listing: str = "") -> Exists:
    """Of a line that a merge made out of two: an earlier line of the same list came out of a file that was
    not taken back since."""
    undone = ImportBatch.objects.filter(pk=OuterRef("batch_id"), status=ImportStatus.UNDONE)
    return Exists(
        Listing.objects.filter(
            ~Exists(undone),
            household=OuterRef(f"{listing}household"),
            target_list=OuterRef(f"{listing}target_list"),
            batch_id__isnull=False,
        )
    )


def _household_lines(household: Household) -> list[_Line]:
    rows = Listing.objects.filter(household=household, superseded_at=None).annotate(of_file=_came_in_a_file())
    return [_line(facts, raw) for *facts, raw in rows.values_list(*_OF_LISTING, *_AND, "of_file", "raw")]


def _person_lines(ids: Sequence[UUID]) -> defaultdict[UUID, list[_Line]]:
    found: defaultdict[UUID, list[_Line]] = defaultdict(list)
    rows = ListedPerson.objects.filter(person_id__in=ids, listing__superseded_at=None)
    rows = rows.annotate(of_file=_came_in_a_file("listing__"))
    names = [f"listing__{name}" for name in (*_OF_LISTING, *_AND)]
    for *facts, raw, person_id in rows.values_list(*names, "of_file", "raw", "person_id"):
        found[person_id].append(_line(facts, raw))
    return found


def _line(facts: Sequence[Any], raw: Mapping[str, Any]) -> _Line:
    kind, year, content_hash, name, name_en, is_found, area_code, dimensions, household_id, of_file = facts
    return _Line(
        kind_code=kind,
        fiscal_year=year,
        content_key=f"{area_code}{bytes(content_hash).hex()}",
        list_name=in_language(name, name_en),
        is_own=is_found and not of_file,
        raw=raw,
        area_code=area_code,
        dimensions=dimensions,
        household_id=household_id,
    )


def _corrections(
    household: Household, people: Sequence[Person]
) -> defaultdict[UUID | None, defaultdict[str, list[ByHand]]]:
    """Values by hand per person (None: the household) and field, the newest last; those of a person also
    where they were set in the household that the person left."""
    found: defaultdict[UUID | None, defaultdict[str, list[ByHand]]] = defaultdict(lambda: defaultdict(list))
    own = Q(household=household, person=None) | Q(person__in=people)
    rows = Correction.objects.filter(own, state=CorrectionState.APPLIED)
    for row in rows.select_related("recorded_by").order_by("version", "recorded_at", "pk"):
        by = row.recorded_by.display_name if row.recorded_by else _("ระบบ")
        found[row.person_id][row.field].append(
            ByHand(row.value, row.previous, by, row.recorded_at, row.reason)
        )
    return found
