"""Rows of the list of target persons: the latest finding of each, ids masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise

from households.enums import VerificationStatus
from households.models import Household, ListedPerson
from households.services.national_ids import masked_ids

from .people import TONES, age_on


@dataclass(frozen=True, slots=True)
class PersonRow:
    name: str
    masked: str
    age: int | None
    household: Household
    status_label: str | Promise
    tone: str


def person_rows(rows: Sequence[ListedPerson], *, today: date) -> list[PersonRow]:
    """`rows` come from `persons_list`, which annotates the latest status."""
    masked = masked_ids([row.person_id for row in rows])
    return [_row(row, masked.get(row.person_id, ""), today) for row in rows]


def _row(row: ListedPerson, masked: str, today: date) -> PersonRow:
    status = VerificationStatus(row.status)  # type: ignore[attr-defined]
    born = row.person.birth_date
    return PersonRow(
        name=row.person.full_name,
        masked=masked,
        age=age_on(born, today) if born else None,
        household=row.listing.household,
        status_label=status.label,
        tone=TONES.get(status, "warn"),
    )
