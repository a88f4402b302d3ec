"""Whom a change of the yardstick touches. Households live on a floor above, which registers how they are
counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Touch:
    """Households of a province ("": of every one without its own criteria, or of all), on lists of some
    survey years where years are given."""

    province_code: str = ""
    first_year: int | None = None
    last_year: int | None = None
    without: tuple[str, ...] = ()


Counter = Callable[[Touch], int]
_counters: list[Counter] = []


def register_touched(counter: Counter) -> Counter:
    """Let the floor above count; called once, when its app is ready."""
    if counter not in _counters:
        _counters.append(counter)
    return counter


def households_touched(touch: Touch) -> int:
    """How many households in care are judged by what changes."""
    return sum(counter(touch) for counter in _counters)
