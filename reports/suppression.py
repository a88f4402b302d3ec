"""Which numbers of a table may be shown so that no small one can be worked back. Pure: no ORM, no clock.

A table has a whole (a province) and its parts (districts); each holds households in a few classes that add up
to all of them. A grouping says which classes are only told together. Safety is proved by witnesses: for every
hidden number, other worlds of whole households are found that show exactly the same and in which it differs
by at least `PROTECTION` in all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

SMALL = 5
PROTECTION = 5
LEAST_SHOWN = 10
ALIKE_BELOW = 20
_WHOLE = ""
_EVERYTHING = 2**31

Counts = tuple[int, ...]
Grouping = tuple[frozenset[int], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Households per class of a whole and of its parts, which add up to it.

    `floors` are numbers of a part that follow from what other tables show, so that no other world may go
    below them. `joined` parts stand for several small ones.
    """

    whole: Counts
    parts: Mapping[str, Counts] = field(default_factory=dict)
    floors: Mapping[str, Counts] = field(default_factory=dict)
    joined: frozenset[str] = frozenset()

    @property
    def classes(self) -> range:
        return range(len(self.whole))

    def spare(self, code: str, number: int) -> int:
        """How many could leave a class of a part."""
        floor = self.floors[code][number] if code in self.floors else 0
        return max(0, self.parts[code][number] - floor)


@dataclass(frozen=True, slots=True)
class Shown:
    """The groupings under which a table is shown."""

    whole: Grouping
    parts: Mapping[str, Grouping] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edition:
    """A table as it was, or is about to be, shown."""

    table: Table
    shown: Shown


def tells(grouping: Grouping, classes: Iterable[int]) -> bool:
    """Whether the sum of these classes can be read off the grouping."""
    wanted = frozenset(classes)
    return all(group <= wanted or not group & wanted for group in grouping)


def join_small(households: Mapping[str, int], joined_before: Iterable[str] = ()) -> list[list[str]]:
    """Parts in the order given, those under `LEAST_SHOWN` households joined with each other or the next
    smallest.

    Parts without households are left out; what was joined before stays joined.
    """
    present = {code: count for code, count in households.items() if count}
    by_size = sorted(present, key=lambda code: (present[code], code))
    kept = set(joined_before)
    joined = [code for code in by_size if present[code] < LEAST_SHOWN or code in kept]
    if joined:
        rest = [code for code in by_size if code not in joined]
        while rest and (len(joined) < 2 or sum(present[code] for code in joined) < LEAST_SHOWN):
            joined.append(rest.pop(0))
    alone = [[code] for code in present if code not in joined]
    return [*alone, [code for code in present if code in joined]] if joined else alone


def protect(table: Table, before: Edition | None = None) -> Shown | None:
    """Groupings under which the table may be shown, or None where it may not follow the edition before.

    What was hidden once stays hidden, and a part that did not change keeps its grouping: else its old number
    would fill the gap in the new table.
    """
    shown = _attempt(table, before)
    if shown is None or faults(Edition(table, shown), before):
        return None
    return shown


def protect_whole(counts: Counts, neighbours: bool = False) -> Grouping:
    """The grouping of a row by itself. With `neighbours` only classes beside each other are told together."""
    grouping = _single(counts)
    while (small := _smallest(counts, grouping)) is not None:
        others = [
            group for group in grouping if group != small and (neighbours or any(counts[i] for i in group))
        ]
        if neighbours:
            others = [group for group in others if _touch(small, group)]
        if not others:
            return grouping
        grouping = _merge(
            grouping, small, min(others, key=lambda group: (_sum(counts, group), sorted(group)))
        )
    return grouping


def faults(edition: Edition, before: Edition | None = None) -> list[str]:
    """What could be worked back from an edition, with the one before in hand; empty when nothing can."""
    pair = _Pair(edition, before)
    found = [f"now {code}" for code in _small_sums(edition)]
    for at, each in enumerate(pair.editions):
        live = _live(each.table)
        for code, grouping in each.shown.parts.items():
            hidden = (number for group in grouping if len(group) > 1 for number in sorted(group & live))
            found += [
                f"{'now' if at == 0 else 'before'} {code} {number}"
                for number in hidden
                if pair.width(at, code, number) < PROTECTION
            ]
    return found


def hide_rows(rows: Mapping[str, Counts]) -> frozenset[str]:
    """Rows that may not be shown at all: those with a small number in any of their cells, and enough others.

    Hidden rows are at least two, and no cell of them all together is a small number either, so that neither
    the sum of the table nor the rows that are shown tell them. Where that cannot be had, nothing is shown.
    """
    hidden = {code for code, counts in rows.items() if any(rests_small(count) for count in counts)}
    rest = sorted((code for code in rows if code not in hidden), key=lambda code: (sum(rows[code]), code))
    while hidden and rest and (len(hidden) < 2 or _told_small(rows, hidden)):
        hidden.add(rest.pop(0))
    return frozenset(hidden)


def _told_small(rows: Mapping[str, Counts], codes: Iterable[str]) -> bool:
    return any(rests_small(sum(column)) for column in zip(*(rows[code] for code in codes), strict=True))


def rests_small(value: int) -> bool:
    """Whether a number by itself is too small to be shown."""
    return 0 < value < SMALL


# ----------------------------------------------------------------------------------------- finding groupings


def _attempt(table: Table, before: Edition | None) -> Shown | None:
    whole = protect_whole(table.whole)
    tied = _tied(table, before)
    if len(whole) < len(table.whole):
        return _covered(table, whole, before, tied)
    parts: dict[str, Grouping] = {}
    for code, counts in table.parts.items():
        start = _start(table, code, before)
        parts[code] = start if code in tied else _own(table, code, counts, start)
    found = _with_partners(table, Shown(whole, parts), before, tied)
    return found or _covered(table, whole, before, tied)


def _start(table: Table, code: str, before: Edition | None) -> Grouping:
    known = before.shown.parts.get(code) if before else None
    return known or _single(table.whole)


def _covered(table: Table, whole: Grouping, before: Edition | None, tied: frozenset[str]) -> Shown | None:
    """Parts that tell only how many households they have."""
    live = _live(table)
    parts = {code: _together(table.classes, live) for code in table.parts}
    for code in tied:
        parts[code] = _start(table, code, before)
    for grouping in (whole, _together(table.classes, live)):
        shown = Shown(grouping, parts)
        if not faults(Edition(table, shown), before):
            return shown
    return None


def _own(table: Table, code: str, counts: Counts, grouping: Grouping) -> Grouping:
    """Merge until neither a small sum nor, in a small part, everybody in one class is told."""
    live = _live(table)
    while (bad := _bad(counts, grouping, code in table.joined)) is not None:
        others = [group for group in grouping if group != bad and group & live]
        if not others:
            return grouping
        grouping = _merge(grouping, bad, min(others, key=lambda group: _cost(counts, group)))
    return grouping


def _with_partners(table: Table, shown: Shown, before: Edition | None, tied: frozenset[str]) -> Shown | None:
    """Merge classes of further parts until every hidden number has room; None where that cannot be had."""
    while True:
        narrow = _first_narrow(Edition(table, shown), before)
        if narrow is None:
            return shown
        merged = _best_partner(table, shown, tied, *narrow)
        if merged is None:
            return None
        code, grouping = merged
        shown = Shown(shown.whole, {**shown.parts, code: grouping})


def _first_narrow(edition: Edition, before: Edition | None) -> tuple[str, int] | None:
    pair = _Pair(edition, before)
    live = _live(edition.table)
    for code, grouping in edition.shown.parts.items():
        for group in grouping:
            for number in sorted(group & live) if len(group) > 1 else ():
                if pair.width(0, code, number) < PROTECTION:
                    return code, number
    return None


def _best_partner(
    table: Table, shown: Shown, tied: frozenset[str], code: str, number: int
) -> tuple[str, Grouping] | None:
    """Another part in which two classes are told together now: enough room first, then little lost."""
    best: tuple[tuple[bool, int, str, int], str, Grouping] | None = None
    group = _group_of(shown.parts[code], number)
    for other in sorted(group - {number}):
        for partner, grouping in shown.parts.items():
            if partner in tied or partner == code or _same(grouping, number, other):
                continue
            room = min(table.spare(code, other), table.spare(partner, number))
            room += min(table.spare(code, number), table.spare(partner, other))
            if not room:
                continue
            merged = _merge(grouping, _group_of(grouping, number), _group_of(grouping, other))
            merged = _own(table, partner, table.parts[partner], merged)
            lost = table.parts[partner][number] + table.parts[partner][other]
            key = (room < PROTECTION, lost if room >= PROTECTION else -room, partner, other)
            if best is None or key < best[0]:
                best = (key, partner, merged)
    return (best[1], best[2]) if best else None


# --------------------------------------------------------------------------------------------- the witnesses


class _Pair:
    """Room for hidden numbers, now (0) and in the edition before (1) together.

    A household more in one class of a part is one less in another; somewhere else the opposite happens, so
    that every sum that is shown stays. A part that stood still between the editions moves in both or in
    neither.
    """

    def __init__(self, now: Edition, before: Edition | None) -> None:
        self.editions = (now,) if before is None else (now, before)
        self.tied = _tied(now.table, before)

    def width(self, at: int, code: str, number: int) -> int:
        """The least by which worlds that show the same differ in this number."""
        group = sorted(_group_of(self.editions[at].shown.parts[code], number) - {number})
        up = self._moved(at, code, [(number, other) for other in group], _EVERYTHING)
        down = self._moved(
            at, code, [(other, number) for other in group], self.editions[at].table.spare(code, number)
        )
        return up + down

    def _moved(self, at: int, code: str, moves: Sequence[tuple[int, int]], most: int) -> int:
        """How many may move (into, out of) classes of a part, each answered elsewhere by the opposite."""
        pools: dict[tuple[int, str, int], int] = {}
        moved = 0
        for into, out_of in moves:
            own = min(self.editions[at].table.spare(code, out_of), most - moved)
            moved += self._answered(at, code, into, out_of, own, pools)
        return moved

    def _answered(
        self, at: int, code: str, into: int, out_of: int, wanted: int, pools: dict[tuple[int, str, int], int]
    ) -> int:
        """Take what others can answer out of the pools; how much that was."""
        if code not in self.tied:
            return self._take(at, self._answering(at, code, into, out_of, tied=False), into, wanted, pools)
        taken = self._take(at, self._answering(at, code, into, out_of, tied=True), into, wanted, pools)
        loose = [self._answering(each, code, into, out_of, tied=False) for each in range(len(self.editions))]
        rest = min(
            self._take(each, names, into, wanted - taken, dict(pools)) for each, names in enumerate(loose)
        )
        for each, names in enumerate(loose):
            self._take(each, names, into, rest, pools)
        return taken + rest

    def _answering(self, at: int, code: str, into: int, out_of: int, *, tied: bool) -> list[str]:
        """Parts that may do the opposite; the whole itself ("") where it does not tell the two apart."""
        shown = self.editions[at].shown
        if not tied and _same(shown.whole, into, out_of):
            return [_WHOLE]
        return [
            other
            for other, grouping in shown.parts.items()
            if other != code and (other in self.tied) == tied and _same(grouping, into, out_of)
        ]

    def _take(
        self, at: int, names: Sequence[str], number: int, wanted: int, pools: dict[tuple[int, str, int], int]
    ) -> int:
        table = self.editions[at].table
        taken = 0
        for name in names:
            key = (at, name, number)
            left = pools.get(key, _EVERYTHING if name == _WHOLE else table.spare(name, number))
            some = min(left, wanted - taken)
            pools[key] = left - some
            taken += some
        return taken


def _tied(table: Table, before: Edition | None) -> frozenset[str]:
    if before is None:
        return frozenset()
    return frozenset(code for code, counts in table.parts.items() if before.table.parts.get(code) == counts)


def _small_sums(edition: Edition) -> list[str]:
    """Sums that are told and must not be."""
    table, shown = edition.table, edition.shown
    found = [f"{code} sum" for code, grouping in shown.parts.items()
             if _bad(table.parts[code], grouping, code in table.joined) is not None
             and len([group for group in grouping if group & _live(table)]) > 1]  # fmt: skip
    small = _smallest(table.whole, shown.whole)
    if small is not None and len([group for group in shown.whole if group & _live(table)]) > 1:
        found.append("whole sum")
    return found


# --------------------------------------------------------------------------------------------- small helpers


def _live(table: Table) -> frozenset[int]:
    """Classes that hold somebody at all; that a class is empty everywhere may be said."""
    return frozenset(number for number, count in enumerate(table.whole) if count)


def _single(counts: Sequence[int]) -> Grouping:
    return tuple(frozenset({number}) for number in range(len(counts)))


def _together(classes: Iterable[int], live: frozenset[int]) -> Grouping:
    empty = tuple(frozenset({number}) for number in classes if number not in live)
    return (live, *empty) if live else empty


def _merge(grouping: Grouping, one: frozenset[int], two: frozenset[int]) -> Grouping:
    return (*(group for group in grouping if group not in (one, two)), one | two)


def _group_of(grouping: Grouping, number: int) -> frozenset[int]:
    return next(group for group in grouping if number in group)


def _same(grouping: Grouping, one: int, two: int) -> bool:
    return two in _group_of(grouping, one)


def _sum(counts: Counts, group: Iterable[int]) -> int:
    return sum(counts[number] for number in group)


def _cost(counts: Counts, group: frozenset[int]) -> tuple[bool, int, list[int]]:
    """Groups with somebody in them first, then the smallest."""
    total = _sum(counts, group)
    return (total == 0, total, sorted(group))


def _smallest(counts: Counts, grouping: Grouping) -> frozenset[int] | None:
    small = [group for group in grouping if rests_small(_sum(counts, group))]
    return min(small, key=lambda group: (_sum(counts, group), sorted(group))) if small else None


def _bad(counts: Counts, grouping: Grouping, joined: bool) -> frozenset[int] | None:
    small = _smallest(counts, grouping)
    if small is not None:
        return small
    everyone = sum(counts)
    if everyone and (joined or everyone < ALIKE_BELOW):
        return next((group for group in grouping if _sum(counts, group) == everyone), None)
    return None


def _touch(one: frozenset[int], two: frozenset[int]) -> bool:
    return max(one) + 1 == min(two) or max(two) + 1 == min(one)
