"""From a number to exactly the list that makes it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from urllib.parse import urlencode

from django.urls import reverse

from povertyops.areas.enums import NATION

from .definitions import Figure
from .models.progress import CENTRE_LEVEL, Figures


@dataclass(frozen=True, slots=True)
class Place:
    """What a list is narrowed to: an area code, or the uuid of a municipal centre."""

    code: str
    is_centre: bool = False

    @classmethod
    def of(cls, row: Figures) -> Place:
        return cls(row.code, row.level == CENTRE_LEVEL)

    @property
    def query(self) -> dict[str, str]:
        if self.is_centre:
            return {"centre": self.code}
        return {} if self.code == NATION else {"area": self.code}


def list_url(
    figure: Figure, place: Place, fiscal_year: int, list_kind: str, as_of: date | None = None
) -> str:
    """Address of the list behind a figure; `as_of` where it is that of a past day."""
    return _page_of(figure) + _narrowed(place, fiscal_year, list_kind, as_of) + _filter_of(figure)


# A board holds hundreds of addresses that share their parts.
@cache
def _page_of(figure: Figure) -> str:
    return f"{reverse(figure.page)}?"


@lru_cache(maxsize=1024)
def _filter_of(figure: Figure) -> str:
    return f"&{urlencode(figure.query)}" if figure.query else ""


@lru_cache(maxsize=1024)
def _narrowed(place: Place, fiscal_year: int, list_kind: str, as_of: date | None) -> str:
    narrowed = {"list": list_kind} if list_kind else {}
    day = {"as_of": as_of.isoformat()} if as_of else {}
    return urlencode({**place.query, "fiscal_year": str(fiscal_year), **narrowed, **day})


def board_url(
    place: Place,
    fiscal_year: int,
    list_kind: str = "",
    table: str = "",
    *,
    page: str = "board",
    **more: str,
) -> str:
    """Address of a board, or of a page below it; `table` picks the figures its table shows.

    `more`: what else stands in the address (`as_of`, `compare`, `unit`); what is empty is left out.
    """
    name = f"{page}_centre" if place.is_centre else page
    query = {"fiscal_year": str(fiscal_year), "list": list_kind, "table": table, **more}
    shown = {key: value for key, value in query.items() if value}
    return f"{reverse(name, args=[place.code])}?{urlencode(shown)}"


def board_query(
    place: Place, fiscal_year: int, list_kind: str = "", as_of: date | None = None
) -> dict[str, str]:
    """The same board for an address that names the place in its query."""
    where = {"centre": place.code} if place.is_centre else {"area": place.code}
    narrowed = {"list": list_kind} if list_kind else {}
    day = {"as_of": as_of.isoformat()} if as_of else {}
    return {**where, "fiscal_year": str(fiscal_year), **narrowed, **day}
