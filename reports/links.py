"""From a number to exactly the list that makes it up."""

from __future__ import annotations

from dataclasses import dataclass
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
    narrowed = {"list": list_kind} if list_kind else {}
    query = {**place.query, "fiscal_year": str(fiscal_year), **narrowed, **figure.query}
    return f"{reverse(figure.page)}?{urlencode(query)}"


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
