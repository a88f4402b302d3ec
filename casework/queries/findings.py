"""What the field check found about persons: the finding that counts, and findings that contradict it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from households.access import visible_households
from households.enums import STILL_TARGET, VerificationStatus
from households.models import Household, ListedPerson, Membership, Person, Verification
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role

from ..sheet_rules import Standing
from .due import open_states

_NEWEST_FIRST = ("person_id", "-effective_on", "-recorded_at", "-id")
_GONE = tuple(status for status in VerificationStatus if status not in STILL_TARGET)
_HERE = (VerificationStatus.CORRECT, VerificationStatus.CORRECTED)


def latest_findings(person_ids: Collection[UUID]) -> dict[UUID, Verification]:
    """Person -> the finding that counts; one query."""
    rows = Verification.objects.filter(person__in=person_ids)
    return {row.person_id: row for row in rows.order_by(*_NEWEST_FIRST).distinct("person_id")}


def standing_of(person_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """Person -> status and note that count; persons without a finding are left out."""
    found = latest_findings(person_ids)
    return {pk: Standing(row.status, row.note) for pk, row in found.items()}


def standing_for(actor: Actor, person_ids: Collection[UUID]) -> dict[UUID, Standing]:
    """The same as far as the actor may see: all about those who live in a household in sight now, of others
    what was written down at a household in sight; one query."""
    seen = visible_households(actor).values("pk")
    here = Membership.objects.filter(
        person=OuterRef("person"), household__in=seen, valid_to=None, superseded_at=None
    )
    rows = Verification.objects.filter(Q(household__in=seen) | Exists(here), person__in=person_ids)
    newest = rows.order_by(*_NEWEST_FIRST).distinct("person_id")
    return {row.person_id: Standing(row.status, row.note) for row in newest}


def lives_elsewhere(homes: Mapping[UUID, UUID]) -> set[UUID]:
    """Of person -> household those who live in another one now; who lives nowhere is not among them."""
    rows = Membership.objects.filter(person__in=homes, valid_to=None, superseded_at=None)
    now: dict[UUID, set[UUID]] = defaultdict(set)
    for person_id, household_id in rows.values_list("person_id", "household_id"):
        now[person_id].add(household_id)
    return {person_id for person_id, found in now.items() if homes[person_id] not in found}


def became(person_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Person -> the person they were merged into; the others are left out."""
    rows = Person.objects.filter(pk__in=person_ids, merged_into__isnull=False)
    return dict(rows.values_list("pk", "merged_into_id"))


def findings_before(person_ids: Collection[UUID]) -> dict[UUID, Verification]:
    """Person -> the newest finding that says otherwise than the one that counts whether the person is still
    a target; one query."""
    rows = Verification.objects.filter(person__in=person_ids).exclude(status=VerificationStatus.NOT_YET)
    latest: dict[UUID, Verification] = {}
    other: dict[UUID, Verification] = {}
    for row in rows.order_by(*_NEWEST_FIRST).select_related("recorded_by"):
        first = latest.setdefault(row.person_id, row)
        if (row.status in STILL_TARGET) != (first.status in STILL_TARGET):
            other.setdefault(row.person_id, row)
    return other


def to_check(actor: Actor, area: str = "") -> QuerySet[Household]:
    """Open households of an area (or of the whole reach) whose members the actor may check."""
    rows = visible_households(actor).filter(scope__is_open=True)
    if area:
        rows = rows.filter(scope__area_code__startswith=area)
    if actor.role is Role.DISTRICT_OFFICER:
        rows = rows.filter(scope__is_municipal=False)
    return rows


def unchecked(actor: Actor, households: QuerySet[Household]) -> QuerySet[Household]:
    """Those in which a target person was not checked yet."""
    left = open_states(actor, actor.today()).filter(checked_persons__lt=F("persons"))
    return households.filter(pk__in=left.order_by().values("household_id"))


def contradicting(households: QuerySet[Household]) -> QuerySet[Household]:
    """Those with a person found to be a target by one finding and none by another."""
    gone = Verification.objects.filter(person=OuterRef("person"), status__in=_GONE)
    both = Verification.objects.filter(Exists(gone), household=OuterRef("pk"), status__in=_HERE)
    return households.filter(Exists(both))


def members_of(household_ids: Iterable[UUID]) -> list[Membership]:
    """Who lives there now, the head of each household first; one query."""
    rows = Membership.objects.filter(household__in=household_ids, valid_to=None, superseded_at=None)
    return list(rows.select_related("person").order_by("household_id", "position", "person__sort_key"))


def targets_among(household_ids: Iterable[UUID]) -> set[UUID]:
    """Persons that a valid list of these households names; one query."""
    rows = ListedPerson.objects.filter(listing__household__in=household_ids, listing__superseded_at=None)
    return set(rows.values_list("person_id", flat=True))
