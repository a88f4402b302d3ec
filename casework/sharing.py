"""Sharing out waiting households to teams, as plain functions: the most pressing first, each to the team that
covers its place and has the least in hand, nobody above the most."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID


class Place(NamedTuple):
    """A village and, where a municipal centre answers for it, that centre."""

    village: str
    centre_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A household without a team; `order` breaks ties between equal points (its name)."""

    household_id: UUID
    points: int
    place: Place
    order: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """A team: how many households it has in hand, and what it covers.

    A team of a municipal centre covers the households of that centre, any other those of its areas.
    """

    team_id: UUID
    load: int
    areas: tuple[str, ...] = ()
    centre_id: UUID | None = None

    def covers(self, place: Place) -> bool:
        if self.centre_id != place.centre_id:
            return False
        return self.centre_id is not None or place.village.startswith(self.areas)


@dataclass(slots=True)
class Shared:
    """What came of it. `uncovered` have no team for their place, `full` only teams that hold the most."""

    given: dict[UUID, list[Waiting]] = field(default_factory=dict)
    uncovered: list[Waiting] = field(default_factory=list)
    full: list[Waiting] = field(default_factory=list)


def share_out(waiting: Iterable[Waiting], rooms: Sequence[Room], *, most: int) -> Shared:
    """Give each household to a team.

    A household given to a team may pass on to another one that covers it, to make room or to even out: so a
    less pressing one is left only where nobody who covers it has room, and loads differ by no more than
    coverage forces.
    """
    sharing = _Sharing(rooms, most)
    shared = Shared()
    for household in sorted(waiting, key=lambda each: (-each.points, each.order, each.household_id)):
        if not sharing.covering(household.place):
            shared.uncovered.append(household)
        elif not sharing.give(household):
            shared.full.append(household)
    sharing.even_out()
    shared.given = sharing.given()
    return shared


Way = Mapping[int, tuple[int, Place] | None]
"""Team -> the team before it and the place whose household passes on; None where the way begins."""


class _Sharing:
    """Teams are named by their place in `rooms`."""

    def __init__(self, rooms: Sequence[Room], most: int) -> None:
        self._rooms = rooms
        self._most = most
        self._loads = [room.load for room in rooms]
        self._held: list[dict[Place, list[Waiting]]] = [defaultdict(list) for _room in rooms]
        self._covering: dict[Place, list[int]] = {}

    def covering(self, place: Place) -> list[int]:
        """The teams that cover a place."""
        if place not in self._covering:
            self._covering[place] = [team for team, room in enumerate(self._rooms) if room.covers(place)]
        return self._covering[place]

    def give(self, household: Waiting) -> bool:
        """Give it to the covering team with the least in hand; where all are full, one of them first passes
        another household on to a team with room."""
        teams = sorted(self.covering(household.place), key=lambda team: (self._loads[team], team))
        taker = teams[0]
        if self._loads[taker] >= self._most:
            way, end = self._find_way(teams, self._most - 1)
            if end is None:
                return False
            taker = self._pass_on(way, end)
        self._held[taker][household.place].append(household)
        self._loads[taker] += 1
        return True

    def even_out(self) -> None:
        """Pass households on as long as a team has two more in hand than one they can be passed to."""
        while self._even_once():
            continue

    def _even_once(self) -> bool:
        for team in sorted(range(len(self._rooms)), key=lambda each: (-self._loads[each], each)):
            way, end = self._find_way([team], self._loads[team] - 2)
            if end is not None:
                self._pass_on(way, end)
                return True
        return False

    def _find_way(self, starts: Iterable[int], load: int) -> tuple[Way, int | None]:
        """The shortest way from one of these teams to one with at most `load` in hand, over teams that can
        pass on a household of this sharing to the next."""
        way: dict[int, tuple[int, Place] | None] = dict.fromkeys(starts)
        waiting = deque(way)
        while waiting:
            team = waiting.popleft()
            if self._loads[team] <= load:
                return way, team
            for place, held in self._held[team].items():
                if not held:
                    continue
                for other in self.covering(place):
                    if other not in way:
                        way[other] = (team, place)
                        waiting.append(other)
        return way, None

    def _pass_on(self, way: Way, end: int) -> int:
        """Let each team of the way pass its least pressing household of the place on to the next; the first
        team of the way."""
        team = end
        while (step := way[team]) is not None:
            before, place = step
            household = min(self._held[before][place], key=lambda each: (each.points, each.household_id))
            self._held[before][place].remove(household)
            self._held[team][place].append(household)
            self._loads[before] -= 1
            self._loads[team] += 1
            team = before
        return team

    def given(self) -> dict[UUID, list[Waiting]]:
        """Team -> what it was given, the most pressing first; teams without any are left out."""
        found = {}
        for room, held in zip(self._rooms, self._held, strict=True):
            rows = [household for households in held.values() for household in households]
            if rows:
                found[room.team_id] = sorted(
                    rows, key=lambda each: (-each.points, each.order, each.household_id)
                )
        return found
