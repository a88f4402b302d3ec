"""What the address of a board asks for: year, list, day, table. Anything unknown falls back to the usual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from povertyops.common.thai import BadDate, parse_thai_date

from ..definitions import BY_CODE
from .columns import NAME, TABLES, USUAL_TABLE, WORST

NUMBER, PERCENT = "number", "percent"
UNITS = (NUMBER, PERCENT)
WORST_FIRST = f"-{WORST}"


@dataclass(frozen=True, slots=True)
class Asked:
    """`as_of` is a day that is over (None: now), `compare` the other day that the figures stand beside."""

    fiscal_year: int | None = None
    list_kind: str = ""
    table: str = USUAL_TABLE
    sort: str = WORST_FIRST
    as_of: date | None = None
    compare: date | None = None
    unit: str = ""
    map_figure: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str], *, today: date | None = None) -> Asked:
        """`today`: days from it on are the board of now; without it no past day is looked at."""
        year = query.get("fiscal_year", "")
        table, sort, unit = (query.get(name, "") for name in ("table", "sort", "unit"))
        past, other = (_day(query.get(name, "")) for name in ("as_of", "compare"))
        asked = cls(
            int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else None,
            query.get("list", ""),
            table if table in TABLES else USUAL_TABLE,
            sort if sort.removeprefix("-") in (*BY_CODE, NAME, WORST) else WORST_FIRST,
            unit=unit if unit in UNITS else "",
            map_figure=query.get("map", ""),
        )
        if today is None:
            return asked
        past = past if past and past < today else None
        other = min(other, today) if other else None
        return replace(asked, as_of=past, compare=other if other != (past or today) else None)

    @property
    def kept(self) -> dict[str, str]:
        """What stays in the address on the way to another board."""
        return {
            "table": self.table if self.table != USUAL_TABLE else "",
            "unit": self.unit,
            "as_of": self.as_of.isoformat() if self.as_of else "",
            "compare": self.compare.isoformat() if self.compare else "",
            "map": self.map_figure,
        }


def _day(text: str) -> date | None:
    """A day of the address, as 2025-09-30 or as a person types it; None where it names none."""
    if not text:
        return None
    try:
        return parse_thai_date(text)
    except BadDate:
        return None
