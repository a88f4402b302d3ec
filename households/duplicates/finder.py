"""Comparing households with the register, and storing what is alike."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from povertyops.common.crypto import blind_index
from povertyops.common.names import search_key

from ..enums import FoundBy, PairKind
from ..models import DuplicatePair, Listing, Membership, NationalId, Person


def households_named(households: Iterable[UUID], persons: Iterable[UUID], batch_id: UUID | None) -> set[UUID]:
    """These households, the homes of these persons, and the households of an import."""
    found = set(households)
    homes = Membership.objects.filter(person_id__in=list(persons), valid_to=None, superseded_at=None)
    found.update(homes.values_list("household_id", flat=True))
    if batch_id is not None:
        found.update(Listing.objects.filter(batch_id=batch_id).values_list("household_id", flat=True))
    return found


def compare_households(
    household_ids: Collection[UUID], *, found_by: FoundBy, batch_id: UUID | None = None
) -> int:
    """Persons with one name and one birthday, in two households of a province."""
    homes = Membership.objects.filter(household_id__in=household_ids, valid_to=None, superseded_at=None)
    made = 0
    for home in homes.select_related("person"):
        person = home.person
        twins = Membership.objects.filter(
            person__province_code=person.province_code,
            person__search_key=person.search_key,
            person__birth_date=person.birth_date,
            valid_to=None,
            superseded_at=None,
        ).exclude(household_id=home.household_id)
        for other in twins:
            (left, left_home), (right, right_home) = sorted(
                [(person.pk, home.household_id), (other.person_id, other.household_id)]
            )
            _pair, is_new = DuplicatePair.objects.get_or_create(
                kind=PairKind.PERSON,
                left_id=left,
                right_id=right,
                defaults={
                    "province_code": person.province_code,
                    "left_household_id": left_home,
                    "right_household_id": right_home,
                    "score": 800,
                    "grounds": [{"code": "name_same"}, {"code": "birth_same"}],
                    "found_by": found_by,
                    "batch_id": batch_id,
                },
            )
            made += is_new
    return made


def resembling(
    *,
    head_name: str,
    first_name: str,
    last_name: str,
    birth_date: date | None,
    house_no: str,
    house_code: str,
    phone: str,
    area_code: str,
    pin: str,
    place: tuple[float, float] | None,
    limit: int,
) -> list[tuple[UUID, int, list[dict[str, Any]]]]:
    """(household, score, grounds) of what resembles the household described, best first."""
    found: dict[UUID, tuple[int, list[dict[str, Any]]]] = {}
    homes = Membership.objects.filter(valid_to=None, superseded_at=None)
    names = {search_key(name) for name in (head_name, f"{first_name} {last_name}") if name.strip()}
    persons = Person.objects.filter(province_code=area_code[:2], search_key__in=names)
    for home in homes.filter(person__in=persons)[:limit]:
        found[home.household_id] = (700, [{"code": "name_same"}])
    if pin:
        owner = NationalId.objects.filter(blind_index=blind_index(pin)).values("person_id")
        for home in homes.filter(person_id__in=owner):
            found[home.household_id] = (1000, [{"code": "same_person"}])
    return sorted(((pk, score, grounds) for pk, (score, grounds) in found.items()), key=lambda row: -row[1])[
        :limit
    ]
