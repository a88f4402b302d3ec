"""From a number to exactly the list that makes it up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import urlencode

from django.urls import reverse

from povertyops.areas.enums import NATION

from .definitions import Figure
from .models import AreaProgress
from .models.progress import CENTRE_LEVEL


@dataclass(frozen=True, slots=True)
class Place:
    """What a list is narrowed to: an area code, or the uuid of a municipal centre."""

    code: str
    is_centre: bool = False

    @classmethod
    def of(cls, row: AreaProgress) -> Place:
        return cls(row.code, row.level == CENTRE_LEVEL)

    @property
    def query(self) -> dict[str, str]:
        if self.is_centre:
            return {"centre": self.code}
        return {} if self.code == NATION else {"area": self.code}


def list_url(figure: Figure, place: Place, fiscal_year: int, list_kind: str) -> str:
    """Address of the list behind a figure."""
    return _page_of(figure) + _narrowed(place, fiscal_year, list_kind) + _filter_of(figure)


# A board holds hundreds of addresses that share their parts.
@cache
def _page_of(figure: Figure) -> str:
    return f"{reverse(figure.page)}?"


@cache
def _filter_of(figure: Figure) -> str:
    return f"&{urlencode(figure.query)}" if figure.query else ""


@lru_cache(maxsize=1024)
def _narrowed(place: Place, fiscal_year: int, list_kind: str) -> str:
    narrowed = {"list": list_kind} if list_kind else {}
    return urlencode({**place.query, "fiscal_year": str(fiscal_year), **narrowed})


def board_url(place: Place, fiscal_year: int, list_kind: str = "", table: str = "") -> str:
    """Address of a board; `table` picks the figures its table shows."""
    name = "board_centre" if place.is_centre else "board"
    query = {"fiscal_year": str(fiscal_year), "list": list_kind, "table": table}
    shown = {key: value for key, value in query.items() if value}
    return f"{reverse(name, args=[place.code])}?{urlencode(shown)}"


def board_query(place: Place, fiscal_year: int, list_kind: str = "") -> dict[str, str]:
    """The same board for an address that names the place in its query."""
    where = {"centre": place.code} if place.is_centre else {"area": place.code}
    return {**where, "fiscal_year": str(fiscal_year), **({"list": list_kind} if list_kind else {})}
