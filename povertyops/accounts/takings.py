"""Rows about people that a page gives away at once, beside the exports.

The floor of exports registers how they are counted: what one account takes in a day has one bound, whichever
door it leaves by.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .actor import Actor


@dataclass(frozen=True, slots=True)
class Taking:
    """What is taken away: a short code, the format of the file, its name in the register, how many rows."""

    kind: str
    format: str
    title: str
    rows: int


Counter = Callable[[Actor, Taking], None]
_counters: list[Counter] = []


def register_takings(counter: Counter) -> Counter:
    """Let the floor above count, or refuse; called once, when its app is ready."""
    if counter not in _counters:
        _counters.append(counter)
    return counter


def count_taking(*, actor: Actor, taking: Taking) -> None:
    """Write down what is about to leave. Raises NotAllowed for an account that has taken too much already."""
    for counter in _counters:
        counter(actor, taking)
