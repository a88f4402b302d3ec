"""Sorting values into at most five classes of about equal size, for colours of a map. Pure.

Equal values never part: where many areas share one value there are fewer areas in the next class, not two
colours for one number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

MOST = 5
# Where a fifth of the areas or more stand at nothing, nothing is a class of its own.
MANY_ZEROS = 5
# Shades 1 (light) to 5 (dark), spread over the scale when there are fewer classes; 0 is the shade of nothing.
SHADES: Mapping[int, tuple[int, ...]] = {
    0: (),
    1: (3,),
    2: (2, 4),
    3: (1, 3, 5),
    4: (1, 2, 4, 5),
    5: (1, 2, 3, 4, 5),
}
NOTHING = 0


@dataclass(frozen=True, slots=True)
class MapClass:
    """The values from `low` to `high`, both inside; `number` counts from 1, the smallest values."""

    number: int
    shade: int
    low: float
    high: float
    count: int


def classes_of(values: Sequence[float], most: int = MOST) -> list[MapClass]:
    """The classes of these values, lowest first; as many as there are different values, at most `most`."""
    zeros = [value for value in values if value == 0]
    apart = bool(zeros) and len(zeros) * MANY_ZEROS >= len(values)
    rest = sorted(value for value in values if value != 0 or not apart)
    groups = [zeros] * apart + _groups(rest, most - apart)
    return [
        MapClass(number, shade, group[0], group[-1], len(group))
        for number, (group, shade) in enumerate(zip(groups, _shades(groups), strict=True), start=1)
    ]


def _shades(groups: Sequence[Sequence[float]]) -> tuple[int, ...]:
    """A class of nothing alone has the shade of nothing; the others share the scale."""
    nothing = bool(groups) and groups[0][-1] == 0
    return (NOTHING,) * nothing + SHADES[len(groups) - nothing]


def class_of(value: float, classes: Sequence[MapClass]) -> MapClass:
    """The class a value belongs to; it must be one of those the classes were made of."""
    return next(one for one in classes if one.low <= value <= one.high)


def _groups(ordered: Sequence[float], most: int) -> list[list[float]]:
    """Sorted values in groups: about equal in size, and always as many as there are different values."""
    groups: list[list[float]] = []
    rest = list(ordered)
    while rest:
        left = most - len(groups)
        different = sorted(set(rest))
        # Each later group must find a value of its own.
        last = different[max(len(different) - left, 0)]
        high = min(rest[ceil(len(rest) / left) - 1], last)
        if len(different) <= left:
            high = different[0]
        groups.append([value for value in rest if value <= high])
        rest = rest[len(groups[-1]) :]
    return groups
