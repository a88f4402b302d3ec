"""What of a name is compared: its spelling without marks, its sound, and one number for the two names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from povertyops.common.names import search_key

from .sounds import LENGTH, sound_key

_IN_BRACKETS = re.compile(r"[(\[（][^)\]）]*[)\]）]?")
NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class NameKeys:
    """`first` and `last` without title, marks and spaces, and how they sound.

    `name_hash` and `sound_hash` are equal for two names in either order, so that swapped names meet.
    """

    first: str
    last: str
    first_sound: str
    last_sound: str
    name_hash: int
    sound_hash: int


@lru_cache(maxsize=50_000)
def name_keys(first_name: str, last_name: str) -> NameKeys:
    """Keys of a name; a nickname in brackets is left out, a family name typed behind the first is parted."""
    first, last = _without_brackets(first_name), _without_brackets(last_name)
    if not last and " " in first:
        first, _space, last = first.rpartition(" ")
    spelled = search_key(first)[:NAME_LENGTH], search_key(last)[:NAME_LENGTH]
    # A name in other letters has no Thai sound: its spelling stands in for it.
    sounds = (
        sound_key(first) or spelled[0][:LENGTH],
        sound_key(last) or spelled[1][:LENGTH],
    )
    return NameKeys(*spelled, *sounds, _number(spelled), _number(sounds))


def split_full_name(full_name: str) -> tuple[str, str]:
    """(first, last) of a name typed in one field."""
    first, _space, last = " ".join(full_name.split()).partition(" ")
    return first, last


def _without_brackets(name: str) -> str:
    return _IN_BRACKETS.sub(" ", name).strip() or name.strip()


def _number(names: tuple[str, str]) -> int:
    digest = blake2b("|".join(sorted(names)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
