"""The overlap of lists in words, with the list behind every number; and the same as a table to take along."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext

from households.models import ListKind, TargetList
from povertyops.accounts.actor import Actor
from povertyops.areas.enums import Level
from povertyops.areas.models import Area
from povertyops.common.thai import fiscal_year_of

from ..inputs import CohortFilters
from ..queries.overlap import Overlap, overlap_of

FORMULA_STARTS = "=+-@\t\r"
BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class ListRow:
    """A list of the year: how many households, how many that no other list names."""

    kind: ListKind
    households: int
    alone: int
    url: str
    alone_url: str

    @property
    def shared(self) -> int:
        return self.households - self.alone


@dataclass(frozen=True, slots=True)
class CombinationRow:
    """A combination; `marks` says for each list of the page whether it is in it."""

    names: Sequence[str]
    marks: Sequence[bool]
    households: int
    url: str


@dataclass(frozen=True, slots=True)
class OverlapPage:
    """All of the page."""

    filters: CohortFilters
    lists: Sequence[ListRow]
    combinations: Sequence[CombinationRow]
    households: int
    several: int
    url: str


def overlap_page(actor: Actor, filters: CohortFilters) -> OverlapPage:
    """The lists of a year in a place, and every combination of them."""
    found = overlap_of(actor, filters)
    kinds = list(ListKind.objects.filter(pk__in=found.kinds))
    names = {kind.pk: str(kind) for kind in kinds}
    return OverlapPage(
        filters=filters,
        lists=[_list_row(found, kind, filters) for kind in kinds],
        combinations=[
            CombinationRow(
                names=[names[kind.pk] for kind in kinds if kind.pk in each.kinds],
                marks=[kind.pk in each.kinds for kind in kinds],
                households=each.households,
                url=_url(filters, lists=",".join(each.kinds)),
            )
            for each in found.combinations
        ],
        households=found.households,
        several=found.several,
        url=_url(filters),
    )


def _list_row(found: Overlap, kind: ListKind, filters: CohortFilters) -> ListRow:
    alone = next((each.households for each in found.combinations if each.kinds == (kind.pk,)), 0)
    return ListRow(kind, found.on(kind.pk), alone, _url(filters, list=kind.pk), _url(filters, lists=kind.pk))


def _url(filters: CohortFilters, **more: str) -> str:
    asked: dict[str, Any] = {"fiscal_year": filters.fiscal_year, **more}
    if filters.area:
        asked["area"] = filters.area
    return f"{reverse('household_list')}?{urlencode(asked)}"


def years_for(actor: Actor) -> list[int]:
    """Years of which the province has lists, and the current one; the newest first."""
    years = TargetList.objects.filter(province_code=actor.province_code).values_list("fiscal_year", flat=True)
    return sorted({*years.distinct(), fiscal_year_of(actor.today())}, reverse=True)


def areas_for(actor: Actor) -> list[tuple[str, str]]:
    """Districts to choose from; for whoever sees a whole province only."""
    if not actor.reach.provinces:
        return []
    rows = Area.objects.filter(level=Level.DISTRICT, is_current=True, parent_id__in=actor.reach.provinces)
    return [(area.code, str(area)) for area in rows.order_by("sort_key", "code")]


def overlap_csv(page: OverlapPage) -> bytes:
    """The combinations as CSV: a column a list, 1 where it is in the combination; the sums below."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerows([[_safe(cell) for cell in row] for row in _csv_rows(page)])
    return f"{BOM}{buffer.getvalue()}".encode()


def _csv_rows(page: OverlapPage) -> Iterator[list[str]]:
    yield [*(str(row.kind) for row in page.lists), gettext("ครัวเรือน")]
    for each in page.combinations:
        yield [*("1" if mark else "" for mark in each.marks), str(each.households)]
    yield [*(str(row.households) for row in page.lists), str(page.households)]


def _safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] and text[0] in FORMULA_STARTS else text
