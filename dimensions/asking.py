"""How an indicator is asked of a family: its picture, a question to read aloud, and whom to think of.

The words and the mapping stand in `data/asking.json`, so that they change without code; the short name and
the question are edited with their indicator. They never take the place of the indicator's own text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from .source import DATA, read_source

PICTURES = "pictures/indicators"


@dataclass(frozen=True, slots=True)
class Asking:
    """`picture` names a file of `PICTURES`, `alt` tells what it shows; `ages` are (from, to) in full years.

    `name` says in two or three words what it is about.

    An empty `think` is an indicator of the whole household; no `ages`, one that age does not decide.
    """

    picture: str
    alt: str
    ask: str
    name: str
    think: str = ""
    ages: tuple[int, int | None] | None = None

    @property
    def path(self) -> str:
        """The picture among the static files."""
        return f"{PICTURES}/{self.picture}.svg"

    def is_about(self, years: int | None) -> bool:
        """Whether a person of this age is one to think of; an unknown age may be."""
        if self.ages is None or years is None:
            return self.ages is not None
        youngest, oldest = self.ages
        return youngest <= years and (oldest is None or years <= oldest)


UNKNOWN = Asking(picture="unknown", alt="", ask="", name="")


def asking_of(set_code: str) -> Mapping[int, Asking]:
    """Indicator number -> how it is asked, for one set; empty for a set without pictures."""
    return _askings().get(set_code, {})


def asking_for(set_code: str, number: int, text: str, *, name: str = "", ask: str = "") -> Asking:
    """How one indicator is asked: with the short name and question edited for it, else those built in.

    Once its text has been corrected, those that were built in for another text are left out, and the text
    itself is said.
    """
    asking = asking_of(set_code).get(number, UNKNOWN)
    if asking is not UNKNOWN and _texts()[set_code].get(number) != text:
        asking = replace(asking, ask="", name="")
    return replace(asking, ask=ask or asking.ask, name=name or asking.name) if name or ask else asking


def dimension_near(dimension: str, category: str) -> str:
    """The dimension under which an indicator is worked on: its own, else the one of its category."""
    near: str = dimension or _facts()["dimension_of_category"].get(category, "")
    return near


@lru_cache(maxsize=1)
def _facts() -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((DATA / "asking.json").read_text(encoding="utf-8"))
    return facts


@lru_cache(maxsize=1)
def _texts() -> Mapping[str, Mapping[int, str]]:
    """Set -> number -> the text for which the question was written."""
    return {
        found["code"]: {row["number"]: row["text"] for row in found["indicators"]}
        for found in read_source().indicator_sets
    }


@lru_cache(maxsize=1)
def _askings() -> dict[str, dict[int, Asking]]:
    facts = _facts()
    motifs = {motif["code"]: motif for motif in facts["motifs"]}
    return {
        found["code"]: {
            row["number"]: _asking({**motifs[row["motif"]], **row}) for row in found["indicators"]
        }
        for found in facts["sets"]
    }


def _asking(row: Mapping[str, Any]) -> Asking:
    ages = row["ages"]
    return Asking(
        picture=row["motif"],
        alt=row["alt"],
        ask=row["ask"],
        name=row["name"],
        think=row["think"],
        ages=(ages[0], ages[1]) if ages else None,
    )
