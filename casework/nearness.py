"""Who should take over a household: near to what they have in hand already, and not too much. Pure."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)

KM_PER_DEGREE = 111.2
KM_PER_HOUSEHOLD = 1.0
KM_OF_THE_TEAM = 3.0
POINTS_KEPT = 60


class Near(IntEnum):
    """How near a candidate's nearest household is, where no distance is known."""

    VILLAGE = 1
    SUBDISTRICT = 2
    DISTRICT = 3
    FAR = 4


# What each is worth in kilometres, to weigh it against distances and loads.
KM_OF: dict[Near, float] = {Near.VILLAGE: 0.5, Near.SUBDISTRICT: 4.0, Near.DISTRICT: 15.0, Near.FAR: 60.0}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a household is: its village, and its coordinates when they are known."""

    area_code: str
    latitude: float | None = None
    longitude: float | None = None

    @property
    def point(self) -> tuple[float, float] | None:
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude


@dataclass(slots=True)
class Taker(Generic[Key]):
    """Somebody who could take over: what they have in hand, and whether they are of the leaver's team.

    `load` grows with what is suggested to them, `held` stays what they have today.
    """

    key: Key
    load: int = 0
    held: int = 0
    same_team: bool = False
    areas: set[str] = field(default_factory=set)
    points: list[tuple[float, float]] = field(default_factory=list)

    def holds(self, spots: Iterable[Spot]) -> None:
        """Put households into the hands of this person."""
        for spot in spots:
            self.areas.update(spot.area_code[:length] for length in (4, 6, 8))
            if (point := spot.point) and len(self.points) < POINTS_KEPT:
                self.points.append(point)


@dataclass(frozen=True, slots=True)
class Offer(Generic[Key]):
    """One candidate for one household, with what speaks for it; `km` where both places are known."""

    key: Key
    score: float
    near: Near
    km: float | None
    held: int
    same_team: bool


def km_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Distance over a few dozen kilometres, flat enough."""
    across = (one[1] - other[1]) * math.cos(math.radians((one[0] + other[0]) / 2))
    return KM_PER_DEGREE * math.hypot(one[0] - other[0], across)


def offer(spot: Spot, taker: Taker[Key]) -> Offer[Key]:
    near = _near(spot.area_code, taker.areas)
    km = None
    if (point := spot.point) and taker.points:
        km = min(km_between(point, other) for other in taker.points)
    away = KM_OF[near] if km is None else km
    score = away + KM_PER_HOUSEHOLD * taker.load - (KM_OF_THE_TEAM if taker.same_team else 0)
    return Offer(taker.key, score, near, km, taker.held, taker.same_team)


def _near(code: str, areas: set[str]) -> Near:
    for length, near in ((8, Near.VILLAGE), (6, Near.SUBDISTRICT), (4, Near.DISTRICT)):
        if code[:length] in areas:
            return near
    return Near.FAR


def suggest(spots: Sequence[Spot], takers: Sequence[Taker[Key]], *, keep: int) -> list[list[Offer[Key]]]:
    """For each household its best offers, the first one taken: loads grow as households are given out.

    Villages are given out together, so that one person gets neighbours.
    """
    found: list[list[Offer[Key]]] = [[] for _ in spots]
    by_key = {taker.key: taker for taker in takers}
    for place in sorted(range(len(spots)), key=lambda number: spots[number].area_code):
        offers = sorted((offer(spots[place], taker) for taker in takers), key=lambda each: each.score)
        found[place] = offers[:keep]
        if offers:
            taken = by_key[offers[0].key]
            taken.load += 1
            taken.holds([spots[place]])
    return found
