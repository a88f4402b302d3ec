"""The valid lines of lists as the rules see them: of households, and of persons in whichever household."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from ..models import ListedPerson, Listing


class HouseholdLine(NamedTuple):
    """One valid listing of a household. `content_key` orders lines that nothing else tells apart."""

    household_id: UUID
    kind_code: str
    fiscal_year: int
    area_code: str
    effective_on: date
    raw: dict[str, Any]
    content_key: str


class PersonLine(NamedTuple):
    """A person on a valid listing; `place` orders the persons of one listing."""

    person_id: UUID
    household_id: UUID
    province_code: str
    kind_code: str
    fiscal_year: int
    effective_on: date
    raw: dict[str, Any]
    batch_id: UUID | None
    place: int
    content_key: str

    @property
    def name(self) -> tuple[str, str]:
        return self.raw.get("first_name") or "", self.raw.get("last_name") or ""


def household_lines(ids: Sequence[UUID]) -> dict[UUID, list[HouseholdLine]]:
    """The valid lines of each household that has any."""
    rows = Listing.objects.filter(household_id__in=ids, superseded_at=None).values_list(
        *("household_id", "kind_code", "fiscal_year", "area_code", "target_list__effective_on", "raw"),
        "content_hash",
    )
    lines: dict[UUID, list[HouseholdLine]] = defaultdict(list)
    for *facts, content_hash in rows:
        line = HouseholdLine._make([*facts, _content_key(facts[3], content_hash)])
        lines[line.household_id].append(line)
    return lines


def person_lines(rows: QuerySet[ListedPerson]) -> Iterator[PersonLine]:
    """These persons of listings, in the order in which their lists have them."""
    listing = ("household_id", "province_code", "kind_code", "fiscal_year", "target_list__effective_on")
    found = rows.order_by("pk").values_list(
        "person_id",
        *(f"listing__{name}" for name in listing),
        *("raw", "listing__batch_id", "pk", "listing__area_code", "listing__content_hash"),
    )
    for *facts, area_code, content_hash in found:
        yield PersonLine._make([*facts, _content_key(area_code, content_hash)])


def _content_key(area_code: str, content_hash: bytes) -> str:
    return f"{area_code}{bytes(content_hash).hex()}"
