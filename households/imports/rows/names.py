"""Names as the reader needs them: clean, with search key and sort key; most parts come many times."""

from __future__ import annotations

from povertyops.common.names import search_key, sort_key

from .. import cleaning
from ..faults import Fault
from ..reading import Cell
from .cells import TEXT_LIMITS, bounded, remember
from .staged import NamePart


class Names:
    """Takes the name of a person apart and remembers the parts."""

    def __init__(self, has_first_name: bool) -> None:
        self._nameless = Fault("missing_name", "first_name" if has_first_name else "full_name")
        self._kept: dict[tuple[Cell, Cell], tuple[str, NamePart]] = {}
        self._families: dict[Cell, NamePart] = {}

    def of(self, title: Cell, first: Cell, last: Cell, full: Cell) -> tuple[str, NamePart, NamePart]:
        """Title, given name and family name."""
        if full and not first:
            name = cleaning.clean_name(title, first, last, full)
            given, family = self._given(name.title, name.first), self._family(name.last)
            return name.title[: TEXT_LIMITS["title"]], given, family
        known = self._kept.get((title, first))
        if known is None:
            name = cleaning.clean_name(title, first, "", "")
            known = (name.title[: TEXT_LIMITS["title"]], self._given(name.title, name.first))
            remember(self._kept, (title, first), known)
        return (*known, self._families.get(last) or self._family(last))

    def _given(self, title: str, text: str) -> NamePart:
        found: list[Fault] = []
        bounded("title", title, found)
        text = bounded("first_name", text, found)
        if not text:
            found.append(self._nameless)
        return NamePart(text, search_key(text), plain_order(text), tuple(found))

    def _family(self, cell: Cell) -> NamePart:
        found: list[Fault] = []
        text = bounded("last_name", cleaning.clean_short(cell), found)
        part = NamePart(text, key_of_family(text), plain_order(text), tuple(found))
        remember(self._families, cell, part)
        return part


def key_of_family(name: str) -> str:
    """The part of a person's search key that a family name makes; nothing in it is taken for a title."""
    return search_key(f"ก {name}")[1:]


def plain_order(part: str) -> str:
    """What a part of a name adds to the front of its sort key."""
    return sort_key(part)[: -len(part) - 1] if part else ""
