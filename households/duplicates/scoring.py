"""Two households side by side: which of their persons may be one, and whether the households are. Pure."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians
from typing import Any, NamedTuple
from uuid import UUID

from .grounds import MOST, POINTS, by_weight
from .likeness import Likeness, Member, likeness, names_alike

PinOf = Callable[[Member], str]
Grounds = list[dict[str, Any]]
Apart = Container[tuple[UUID, UUID]]
"""Persons of whom somebody said that they are two, the smaller id first."""

METRES_OF_A_DEGREE = 111_320
NEAR_METRES = 50
COMPANION = 420
"""Points from which a person of both households counts as alike when the others are judged."""
EACH_FURTHER = 40


class Family(NamedTuple):
    """A household as compared, with its members of today."""

    household_id: UUID
    area_code: str
    house_code: str = ""
    house_no: str = ""
    phone: str = ""
    place: tuple[float, float] | None = None
    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonPair:
    left: Member
    right: Member
    score: int
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Verdict:
    """What comparing two households found; `score` 0: they are not one household."""

    persons: list[PersonPair]
    score: int = 0
    grounds: Grounds | None = None


def compare(
    left: Family,
    right: Family,
    *,
    threshold: int,
    pin_of: PinOf,
    shared: bool = False,
    apart: Apart = frozenset(),
) -> Verdict:
    """Compare two households; `shared`: lists name one and the same person in both."""
    if left.household_id == right.household_id:
        return Verdict(_within(left, threshold, pin_of, apart))
    around = house_codes(left, right)
    matched = _one_to_one(_alike(left.members, right.members, pin_of, apart))
    companions = sum(one.points >= COMPANION for one in matched)
    persons = []
    for one in matched:
        others = companions - (one.points >= COMPANION)
        beside = ["several_alike"] if others > 1 else ["one_more_alike"] if others else []
        pair = _person_pair(one, [*around, *beside])
        if pair.score >= threshold:
            persons.append(pair)
    return _judge(left, right, persons, around, shared)


def house_codes(left: Family, right: Family) -> list[str]:
    """Grounds of the two houses."""
    codes = []
    if left.house_code and left.house_code == right.house_code:
        codes.append("same_house_code")
    in_village = left.area_code == right.area_code and len(left.area_code) == 8
    if in_village and left.house_no and left.house_no == right.house_no:
        codes.append("same_address")
    elif left.place and right.place and metres(left.place, right.place) <= NEAR_METRES:
        codes.append("near_place")
    if left.phone and left.phone == right.phone:
        codes.append("same_phone")
    if in_village:
        codes.append("same_village")
    elif left.area_code[:6] == right.area_code[:6]:
        codes.append("same_subdistrict")
    return codes


def in_order(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    return (one, other) if one < other else (other, one)


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Between two near points (latitude, longitude)."""
    north = one[0] - other[0]
    east = (one[1] - other[1]) * cos(radians(one[0]))
    return hypot(north, east) * METRES_OF_A_DEGREE


def _alike(left: Sequence[Member], right: Sequence[Member], pin_of: PinOf, apart: Apart) -> list[Likeness]:
    found = []
    for one in left:
        for other in right:
            if not names_alike(one, other) or in_order(one.person_id, other.person_id) in apart:
                continue
            pins = (pin_of(one), pin_of(other)) if one.sealed and other.sealed else ("", "")
            alike = likeness(one, other, pins)
            if alike is not None:
                found.append(alike)
    return found


def _one_to_one(alike: Iterable[Likeness]) -> list[Likeness]:
    """Each person at most once, the most alike first: of twins each is the same as one, not as both."""
    taken: set[UUID] = set()
    kept = []
    for one in sorted(alike, key=lambda found: -found.points):
        pair = {one.left.person_id, one.right.person_id}
        if not pair & taken:
            taken |= pair
            kept.append(one)
    return kept


def _person_pair(one: Likeness, around: Sequence[str]) -> PersonPair:
    score = one.points + sum(POINTS[code] for code in around)
    return PersonPair(
        one.left, one.right, max(0, min(MOST, score)), _stored(by_weight([*one.codes, *around]))
    )


def _stored(codes: Iterable[str]) -> Grounds:
    return [{"code": code} for code in codes]


_TWICE_IN_ONE_HOUSE = frozenset({"first_same", "first_sound", "last_same", "last_sound", "last_missing"})


def _within(family: Family, threshold: int, pin_of: PinOf, apart: Apart) -> list[PersonPair]:
    """Persons written twice into one household: nearly identical ones only, for twins and namesakes live
    together."""
    found = []
    for place, one in enumerate(family.members):
        for other in family.members[place + 1 :]:
            names = names_alike(one, other)
            if in_order(one.person_id, other.person_id) in apart:
                continue
            if not names or not (_TWICE_IN_ONE_HOUSE.issuperset(names) or "name_swapped" in names):
                continue
            pins = (pin_of(one), pin_of(other)) if one.sealed and other.sealed else ("", "")
            alike = likeness(one, other, pins)
            if alike is None or {"birth_differs", "birth_one_year", "id_differs"} & set(alike.codes):
                continue
            pair = _person_pair(alike, ["same_village", "same_address"])
            if pair.score >= threshold:
                found.append(pair)
    return found


def _judge(
    left: Family, right: Family, persons: list[PersonPair], around: list[str], shared: bool
) -> Verdict:
    """Whether the two households are one: the heads are, or half of the smaller family is."""
    smaller = min(len(left.members), len(right.members))
    heads = any(pair.left.is_head and pair.right.is_head for pair in persons)
    same = (heads and 3 * len(persons) >= smaller) or (persons and 2 * len(persons) >= smaller)
    if not (same or shared):
        return Verdict(persons)
    grounds: Grounds = [{"code": "same_person"}] if shared else []
    if persons:
        grounds.append({"code": "persons_alike", "count": len(persons), "of": smaller})
    if heads:
        grounds.append({"code": "heads_alike"})
    best = max((pair.score for pair in persons), default=0)
    score = MOST if shared else min(MOST, best + EACH_FURTHER * (len(persons) - 1))
    return Verdict(persons, score, grounds + _stored(by_weight(around)))
