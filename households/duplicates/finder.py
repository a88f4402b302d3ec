"""Comparing households with the register: refresh the keys, look up, compare, store; a chunk a transaction.

Memory is bounded by the chunk. A run that is stopped goes on where it was: what has been compared says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from povertyops.common.crypto import blind_index, open_sealed
from povertyops.common.ids import uuid7
from povertyops.common.names import split_title

from ..enums import FoundBy, PairKind
from ..models import HouseholdScope, Listing, MatchKey, Membership, NationalId
from .blocking import Couple, Row, candidates, load_families, sharing_a_person
from .grounds import MOST, by_weight, score_of
from .keys import name_keys, split_full_name
from .likeness import Member
from .pairs import Found, kept_apart, store_pairs
from .refresh import REFRESHED_AT_ONCE, chunks, refresh_keys, refresh_missing
from .scoring import Family, Verdict, compare, house_codes

CHUNK = 2_000


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
    """Compare these households with the register of their provinces; how many pairs are new."""
    by_province: dict[str, list[UUID]] = {}
    for part in chunks(sorted(household_ids), REFRESHED_AT_ONCE):
        rows = HouseholdScope.objects.filter(pk__in=part).values_list("province_code", "pk")
        for province, pk in rows:
            by_province.setdefault(province, []).append(pk)
        refresh_keys(part)
    for province in by_province:
        refresh_missing(province)
    return sum(
        compare_chunk(province, part, found_by=found_by, batch_id=batch_id).new
        for province, ids in sorted(by_province.items())
        for part in chunks(ids, CHUNK)
    )


class Compared(NamedTuple):
    """How many persons of a chunk were compared, and how many pairs are new."""

    persons: int
    new: int


def compare_chunk(
    province_code: str,
    household_ids: Sequence[UUID],
    *,
    found_by: FoundBy,
    batch_id: UUID | None = None,
    ahead: bool = False,
) -> Compared:
    """Compare a few thousand households of one province, whose keys are fresh, and store what is alike."""
    with transaction.atomic():
        found = _look(province_code, household_ids, ahead=ahead)
        new = store_pairs(
            found,
            compared=household_ids,
            ahead=ahead,
            province_code=province_code,
            found_by=found_by,
            batch_id=batch_id,
        )
        keys = MatchKey.objects.filter(household_id__in=household_ids)
        persons = keys.update(compared_at=Now())
    return Compared(persons, new)


def waiting_households(province_code: str, since: datetime | None = None) -> list[UUID]:
    """Households with somebody who is new or changed; with `since` also those not compared from then on."""
    rows = MatchKey.objects.filter(province_code=province_code)
    rows = rows.filter(compared_at=None) if since is None else rows.exclude(compared_at__gte=since)
    homes = rows.exclude(household_id=None).values_list("household_id", flat=True)
    return sorted({pk for pk in homes if pk is not None})


def database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def pin_of(member: Member) -> str:
    """The national id of somebody who is compared; it goes no further than the comparison."""
    return "" if member.sealed is None else _opened(*member.sealed, member.person_id)


@lru_cache(maxsize=4_096)
def _opened(key_id: str, sealed: bytes, person_id: UUID) -> str:
    return open_sealed(key_id, sealed, person_id.bytes)


def _look(province_code: str, household_ids: Sequence[UUID], *, ahead: bool) -> list[Found]:
    families, rows = load_families(province_code, household_ids)
    couples = candidates(province_code, rows, families.values(), ahead=ahead)
    shared = sharing_a_person(household_ids)
    if ahead:
        shared = {couple for couple in shared if couple[0] in families}
    couples |= shared
    beyond = {pk for couple in couples for pk in couple} - families.keys()
    apart = kept_apart(household_ids)
    for part in chunks(sorted(beyond), CHUNK):
        families |= load_families(province_code, part)[0]
    return [found for couple in sorted(couples) for found in _compared(couple, families, shared, apart)]


def _compared(
    couple: Couple, families: dict[UUID, Family], shared: set[Couple], apart: set[Couple]
) -> Iterator[Found]:
    left, right = (families.get(pk) for pk in couple)
    if left is None or right is None:
        return
    verdict = compare(
        left,
        right,
        threshold=settings.DUPLICATE_THRESHOLD,
        pin_of=pin_of,
        shared=couple in shared,
        apart=apart,
    )
    yield from _as_found(left, right, verdict)


def _as_found(left: Family, right: Family, verdict: Verdict) -> Iterator[Found]:
    if verdict.score:
        yield Found(
            PairKind.HOUSEHOLD,
            left.household_id,
            right.household_id,
            left.household_id,
            right.household_id,
            verdict.score,
            verdict.grounds or [],
        )
    for pair in verdict.persons:
        sides = (pair.left.person_id, left.household_id), (pair.right.person_id, right.household_id)
        (first, first_home), (second, second_home) = sorted(sides)
        yield Found(PairKind.PERSON, first, second, first_home, second_home, pair.score, pair.grounds)


# ------------------------------------------------------------------------------------------- at a nomination


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
    """(household, score, grounds) of what resembles the household described, the most alike first."""
    found = {pk: (MOST, [{"code": "same_person"}]) for pk in _homes_of_pin(pin)}
    described, rows = _described(
        Family(uuid7(), area_code, house_code, house_no, phone, place),
        [(first_name, last_name, birth_date), (*split_full_name(split_title(head_name)[1]), None)],
        area_code,
    )
    province = area_code[:2]
    refresh_missing(province, most=CHUNK)
    couples = candidates(province, rows, [described], ahead=False) if province else set()
    others = {pk for couple in couples for pk in couple} - {described.household_id}
    families, _rows = load_families(province, others)
    for pk, family in families.items():
        score, grounds = _resemblance(described, family)
        if score >= settings.DUPLICATE_NEAR_THRESHOLD and pk not in found:
            found[pk] = (score, grounds)
    ranked = sorted(found.items(), key=lambda item: (-item[1][0], item[0]))
    return [(pk, score, grounds) for pk, (score, grounds) in ranked[:limit]]


def _homes_of_pin(pin: str) -> list[UUID]:
    if not pin:
        return []
    owners = NationalId.objects.filter(blind_index=blind_index(pin)).values("person_id")
    homes = Membership.objects.filter(person_id__in=owners, valid_to=None, superseded_at=None)
    return list(homes.values_list("household_id", flat=True))


def _described(
    house: Family, people: Iterable[tuple[str, str, date | None]], area_code: str
) -> tuple[Family, list[Row]]:
    """A household that is in no table yet, and its persons as rows to look up."""
    rows: list[Row] = []
    members: list[Member] = []
    for first_name, last_name, birth in people:
        keys = name_keys(first_name, last_name)
        if not keys.first or any(keys.first == member.first for member in members):
            continue
        person = uuid7()
        spelled = (keys.first, keys.last, keys.first_sound, keys.last_sound)
        members.append(Member(person, *spelled, birth, "", is_head=True))
        rows.append(
            Row(house.household_id, person, area_code, *spelled, keys.name_hash, keys.sound_hash, birth)
        )
    return house._replace(members=tuple(members)), rows


def _resemblance(described: Family, family: Family) -> tuple[int, list[dict[str, Any]]]:
    """The best of its persons, or what the two houses have in common."""
    verdict = compare(described, family, threshold=0, pin_of=lambda _member: "")
    best = max(verdict.persons, key=lambda pair: pair.score, default=None)
    if best is not None:
        return best.score, best.grounds
    around = by_weight(house_codes(described, family))
    return score_of(around), [{"code": code} for code in around]
