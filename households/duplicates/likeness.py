"""Two persons side by side: their names, birthdays, ids. Pure; every answer is codes of `grounds`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from .distance import edits
from .grounds import POINTS

ERA = 543
CHILD = 15
SLIP = 2
RARE, COMMON = 2, 6
"""So many persons of one name in a province at most, or at least: the name says more, or less."""


class Member(NamedTuple):
    """A person as compared. `pin` is the national id or ""; `namesakes` those of one sounding in the
    province."""

    person_id: UUID
    first: str
    last: str
    first_sound: str
    last_sound: str
    birth: date | None
    sex: str
    is_head: bool = False
    sealed: tuple[str, bytes] | None = None
    namesakes: int = 1


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two persons that may be one: grounds and their sum, before what stands around them is looked at."""

    left: Member
    right: Member
    codes: tuple[str, ...]
    points: int


def names_alike(left: Member, right: Member) -> tuple[str, ...]:
    """Grounds of the names; nothing where they are not alike at all."""
    straight = _straight(left, right)
    if straight:
        return straight
    if not (left.last and right.last):
        return ()
    crossed = (
        part_alike(left.first, left.first_sound, right.last, right.last_sound),
        part_alike(left.last, left.last_sound, right.first, right.first_sound),
    )
    return ("name_swapped",) if all(crossed) else ()


def _straight(left: Member, right: Member) -> tuple[str, ...]:
    first = part_alike(left.first, left.first_sound, right.first, right.first_sound)
    if not first:
        return ("first_same", "last_same") if _parted_elsewhere(left, right) else ()
    if not (left.last and right.last):
        return (f"first_{first}", "last_missing")
    last = part_alike(left.last, left.last_sound, right.last, right.last_sound)
    if last:
        return (f"first_{first}", f"last_{last}")
    # Whoever spelled the first name otherwise, too, is somebody else.
    if first == "near":
        return ()
    return (f"first_{first}", "last_changed" if "m" not in (left.sex, right.sex) else "last_differs")


def _parted_elsewhere(left: Member, right: Member) -> bool:
    """The same letters, parted into first and family name at another place."""
    return left.first[:1] == right.first[:1] and left.first + left.last == right.first + right.last


def part_alike(one: str, one_sound: str, other: str, other_sound: str) -> str:
    """How alike two first (or family) names are: "same", "sound", "near" or ""."""
    if one == other:
        return "same"
    if one_sound == other_sound:
        return "sound" if one_sound else ""
    if abs(len(one) - len(other)) > 2:
        return ""
    return "near" if _near(one, other) or _near_sound(one_sound, other_sound) else ""


@lru_cache(maxsize=200_000)
def _near(one: str, other: str) -> bool:
    """One letter apart, two in long names. Of short names another letter makes another name; one that is
    missing may be a slip."""
    shorter, longer = sorted((len(one), len(other)))
    most = 0 if longer < 4 else 1 if shorter < 8 else 2
    return most > 0 and edits(one, other, most) <= most


@lru_cache(maxsize=200_000)
def _near_sound(one: str, other: str) -> bool:
    """One sound apart, where there are at least four."""
    return min(len(one), len(other)) >= 4 and edits(one, other, 1) <= 1


def birth_ground(left: date | None, right: date | None) -> str | None:
    """The ground of two birthdays; None where one is not known."""
    if left is None or right is None:
        return None
    if left == right:
        return "birth_same"
    swapped = (left.month, left.day) == (right.day, right.month)
    if (left.month, left.day) == (right.month, right.day):
        return "birth_era" if abs(left.year - right.year) == ERA else "birth_year"
    if left.year != right.year:
        close = abs((left - right).days) <= 1 or (swapped and abs(left.year - right.year) <= SLIP)
        return "birth_part" if close else "birth_differs"
    if swapped:
        return "birth_swapped"
    if left.month == right.month or left.day == right.day:
        return "birth_part"
    # 1 January is what a register writes where only the year is known.
    known_by_year = (1, 1) in ((left.month, left.day), (right.month, right.day))
    return "birth_unknown_day" if known_by_year else "birth_one_year"


def id_ground(one: str, other: str) -> str:
    """The ground of two ids, which are never the same: a digit changed or two neighbours swapped, once or
    twice. The check digit follows from the others and does not count."""
    apart = edits(one[:12], other[:12], 2)
    return "id_near" if apart <= 1 else "id_close" if apart == 2 else "id_differs"


def likeness(left: Member, right: Member, pins: tuple[str, str]) -> Likeness | None:
    """What speaks for two persons being one, by themselves; None where their names are not alike."""
    names = names_alike(left, right)
    if not names:
        return None
    codes = list(names)
    birth = birth_ground(left.birth, right.birth)
    if birth:
        codes.append(birth)
    if "name_swapped" not in names and max(left.namesakes, right.namesakes) <= RARE:
        codes.append("rare_name")
    elif birth != "birth_same" and left.namesakes >= COMMON:
        codes.append("common_name")
    if left.sex and right.sex and left.sex != right.sex:
        codes.append("sex_differs")
    if all(pins):
        codes.append(id_ground(*pins))
    return Likeness(left, right, tuple(codes), sum(map(POINTS.__getitem__, codes)))
