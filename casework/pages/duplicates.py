"""The queue of pairs that may be one and the same, and the hint on a household's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext

from households.enums import FoundBy, PairKind, PairState
from households.models import DuplicatePair, Household, HouseholdScope, Membership, Person
from households.services.duplicates import (
    pairs_of_household,
    sentence,
    speaks_against,
    visible_pairs,
)
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.areas.models import Area
from povertyops.areas.queries import address_labels

from ..forms.duplicates import PairFilters

OPEN, DECIDED = "open", "decided"
COUNTED = 1_000
HINTS = 5
Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Side:
    """One side in a short line; empty where the actor does not see it."""

    household_id: UUID
    name: str
    place: str
    house: str
    members: int
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class GroundLine:
    """A ground in words."""

    text: str
    against: bool


@dataclass(frozen=True, slots=True)
class PairLine:
    """A pair with what of it the actor may see; `grounds` only where both sides are visible."""

    pair: DuplicatePair
    left: Side | None
    right: Side | None
    grounds: Sequence[GroundLine]

    @property
    def sees_both(self) -> bool:
        return self.left is not None and self.right is not None

    @property
    def reason(self) -> str:
        """Why it was decided so; of a side elsewhere nothing is told, and what merged has one side left."""
        is_one = self.pair.kind == PairKind.HOUSEHOLD and self.pair.state == PairState.MERGED
        return self.pair.reason if self.sees_both or is_one else ""

    @property
    def sides(self) -> tuple[Side | None, Side | None]:
        """What is seen comes first."""
        return (self.left, self.right) if self.left is not None else (self.right, self.left)


@dataclass(frozen=True, slots=True)
class Hint:
    """Another household of which this one may be the second writing."""

    pair_id: UUID
    name: str
    place: str
    grounds: Sequence[GroundLine]


def queued_pairs(actor: Actor, filters: PairFilters, tab: str) -> QuerySet[DuplicatePair]:
    """Pairs of the tab under the filter. Persons of two households that are a pair themselves stand there."""
    rows = visible_pairs(actor).select_related("decided_by")
    states = (PairState.OPEN,) if tab == OPEN else (PairState.NOT_SAME, PairState.MERGED)
    rows = rows.filter(state__in=states)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    else:
        rows = rows.exclude(Q(kind=PairKind.PERSON) & Q(Exists(_households_of(states))))
    if filters.found_by:
        rows = rows.filter(found_by=filters.found_by)
    if filters.score:
        rows = rows.filter(score__gte=filters.score)
    if filters.district:
        rows = rows.filter(
            Q(Exists(_in_district(filters.district, "left_household_id")), sees_left=True)
            | Q(Exists(_in_district(filters.district, "right_household_id")), sees_right=True)
        )
    return rows


def _households_of(states: Iterable[PairState]) -> QuerySet[DuplicatePair]:
    """The pair of the two households of a pair of persons."""
    left, right = OuterRef("left_household_id"), OuterRef("right_household_id")
    return DuplicatePair.objects.filter(
        kind=PairKind.HOUSEHOLD, left_id=Least(left, right), right_id=Greatest(left, right), state__in=states
    )


def _in_district(district: str, column: str) -> QuerySet[HouseholdScope]:
    return HouseholdScope.objects.filter(district_code=district, household_id=OuterRef(column))


def count_pairs(rows: QuerySet[DuplicatePair]) -> int:
    """How many there are, counted to a thousand and one."""
    return rows.order_by()[: COUNTED + 1].count()


def pair_lines(rows: Sequence[DuplicatePair]) -> list[PairLine]:
    """Rows of `visible_pairs` as lines of the queue; the same number of queries for any number of rows."""
    sides = _sides(rows)
    return [_line(row, sides) for row in rows]


def _line(row: DuplicatePair, sides: Mapping[tuple[str, UUID], Side]) -> PairLine:
    left = sides.get((row.kind, row.left_id)) if row.sees_left else None  # type: ignore[attr-defined]
    right = sides.get((row.kind, row.right_id)) if row.sees_right else None  # type: ignore[attr-defined]
    return PairLine(row, left, right, grounds_of(row) if left and right else ())


def grounds_of(row: DuplicatePair) -> list[GroundLine]:
    lines = (GroundLine(sentence(one), speaks_against(one)) for one in row.grounds)
    return [line for line in lines if line.text]


def _sides(rows: Sequence[DuplicatePair]) -> dict[tuple[str, UUID], Side]:
    home_ids = {pk for row in rows for pk in (row.left_household_id, row.right_household_id) if pk}
    homes = Household.objects.in_bulk(home_ids)
    members = _members(home_ids)
    places = address_labels({home.area_code for home in homes.values()})
    found = {}
    for home in homes.values():
        house = (home.house_no, members.get(home.pk, 0))
        found[PairKind.HOUSEHOLD.value, home.pk] = Side(
            home.pk, home.head_name, places[home.area_code], *house
        )
    people = {row.left_id: row.left_household_id for row in rows if row.kind == PairKind.PERSON}
    people |= {row.right_id: row.right_household_id for row in rows if row.kind == PairKind.PERSON}
    for person in Person.objects.filter(pk__in=people):
        home_id = people[person.pk]
        if home_id in homes:
            home = homes[home_id]
            found[PairKind.PERSON.value, person.pk] = Side(
                home.pk,
                person.full_name,
                places[home.area_code],
                home.house_no,
                members.get(home.pk, 0),
                person.birth_date,
            )
    return found


def _members(home_ids: Iterable[UUID]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    rows = Membership.objects.filter(household_id__in=home_ids, valid_to=None, superseded_at=None)
    for home_id in rows.values_list("household_id", flat=True):
        found[home_id] = found.get(home_id, 0) + 1
    return found


def district_choices(actor: Actor) -> Choices:
    """Districts of the province, for those who see more than one."""
    if not (actor.is_system or actor.role is Role.PROVINCIAL_SECRETARY):
        return []
    rows = Area.objects.filter(parent_id=actor.province_code, is_current=True).order_by("sort_key", "code")
    return [(area.code, area.label) for area in rows]


def chips_of(filters: PairFilters, districts: Mapping[str, str], tab: str) -> list[dict[str, str]]:
    """The filters in force, each with the address without it."""
    values = {
        "district": filters.district,
        "kind": filters.kind,
        "found_by": filters.found_by,
        "score": str(filters.score or ""),
    }
    labels = {
        "district": districts.get(filters.district, filters.district),
        "kind": str(PairKind(filters.kind).label) if filters.kind else "",
        "found_by": str(FoundBy(filters.found_by).label) if filters.found_by else "",
        "score": gettext("คะแนนตั้งแต่ %(score)s") % {"score": filters.score},
    }
    in_force = {name: value for name, value in values.items() if value}
    chips = []
    for name in in_force:
        kept = {"tab": tab} | {other: value for other, value in in_force.items() if other != name}
        chips.append({"label": labels[name], "remove_url": f"?{urlencode(kept)}"})
    return chips


def hints_for(actor: Actor, household_id: UUID) -> list[Hint]:
    """Households of which this one may be the second writing, the likeliest first."""
    rows = pairs_of_household(actor, household_id).filter(kind=PairKind.HOUSEHOLD, state=PairState.OPEN)
    found = list(rows.order_by("-score", "pk")[:HINTS])
    if not found:
        return []
    others = {_other(row, household_id): row for row in found}
    homes = Household.objects.in_bulk(others)
    places = address_labels({home.area_code for home in homes.values()})
    return [
        Hint(row.pk, homes[pk].head_name, places[homes[pk].area_code], grounds_of(row))
        for pk, row in others.items()
        if pk in homes
    ]


def _other(row: DuplicatePair, household_id: UUID) -> UUID:
    return row.right_id if row.left_id == household_id else row.left_id
