"""Primary keys made in Python: UUID version 7 of RFC 9562, so that rows made later sort later."""

import os
import struct
import threading
import time
from collections.abc import Iterator
from uuid import UUID

_SUB_MILLISECOND_STEPS = 4096
_NANOSECONDS_PER_MILLISECOND = 1_000_000
_VERSION_AND_VARIANT = (0x7 << 76) | (0b10 << 62)
_RANDOM_62_BITS = (1 << 62) - 1
_AT_ONCE = 256

_lock = threading.Lock()
_last_tick = 0


def uuid7() -> UUID:
    """A new key; within one process every key is greater than the one before it.

    RFC 9562 section 6.2, method 3: the 12 bits after the version hold the fraction of the millisecond.
    """
    random = int.from_bytes(os.urandom(8), "big") & _RANDOM_62_BITS
    tick = _next_tick()
    milliseconds, fraction = divmod(tick, _SUB_MILLISECOND_STEPS)
    return UUID(int=(milliseconds << 80) | (fraction << 64) | _VERSION_AND_VARIANT | random)


def uuid7s() -> Iterator[UUID]:
    """Endless new keys in order, for bulk work: clock and randomness are asked for some hundreds at once."""
    while True:
        first = _next_tick(_AT_ONCE)
        randoms = struct.unpack(f">{_AT_ONCE}Q", os.urandom(8 * _AT_ONCE))
        for tick, random in enumerate(randoms, start=first):
            milliseconds, fraction = divmod(tick, _SUB_MILLISECOND_STEPS)
            tail = (fraction << 64) | _VERSION_AND_VARIANT | (random & _RANDOM_62_BITS)
            yield UUID(int=(milliseconds << 80) | tail)


def _next_tick(count: int = 1) -> int:
    """The first of `count` steps that nobody else gets: the time in 1/4096 of a millisecond, moved on where
    the clock stood still or went back."""
    global _last_tick
    now = time.time_ns() * _SUB_MILLISECOND_STEPS // _NANOSECONDS_PER_MILLISECOND
    with _lock:
        first = max(now, _last_tick + 1)
        _last_tick = first + count - 1
        return first
