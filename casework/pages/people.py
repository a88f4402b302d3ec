"""The members of a household as its pages show them: ids masked, each with the latest check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext

from households.enums import Sex, VerificationStatus
from households.models import ListedPerson, Membership, Person, Verification
from households.services.national_ids import masked_ids

TONES: Mapping[str, str] = {
    VerificationStatus.CORRECT: "good",
    VerificationStatus.CORRECTED: "good",
    VerificationStatus.NOT_YET: "",
}


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a household; `masked` is empty where no id is known."""

    person: Person
    is_head: bool
    is_target: bool
    facts: list[str]
    masked: str
    status: str
    note: str
    checked_on: date | None

    @property
    def name(self) -> str:
        return self.person.full_name

    @property
    def status_label(self) -> str | Promise:
        return VerificationStatus(self.status).label

    @property
    def tone(self) -> str:
        return TONES.get(self.status, "warn")


def members_of(household_id: UUID, *, today: date, masks: bool = True) -> list[Member]:
    """Who lives there now, the head first. `masks` opens the ids to mask them: only for one household."""
    rows = list(current_memberships([household_id]))
    people = [row.person_id for row in rows]
    targets = target_persons([household_id])
    checks = latest_checks(people)
    masked = masked_ids(people) if masks else {}
    return [
        _member(
            row, today, row.person_id in targets, checks.get(row.person_id), masked.get(row.person_id, "")
        )
        for row in rows
    ]


def current_memberships(household_ids: Iterable[UUID]) -> Iterable[Membership]:
    return (
        Membership.objects.filter(household_id__in=household_ids, valid_to=None, superseded_at=None)
        .select_related("person")
        .order_by("household_id", "position", "person__sort_key")
    )


def target_persons(household_ids: Iterable[UUID]) -> set[UUID]:
    """Persons that a valid list names."""
    rows = ListedPerson.objects.filter(listing__household_id__in=household_ids, listing__superseded_at=None)
    return set(rows.values_list("person_id", flat=True))


def latest_checks(person_ids: Sequence[UUID]) -> dict[UUID, Verification]:
    """Person -> the finding that counts."""
    rows = Verification.objects.filter(person_id__in=person_ids)
    rows = rows.order_by("person_id", "-effective_on", "-recorded_at", "-id").distinct("person_id")
    return {row.person_id: row for row in rows}


def _member(row: Membership, today: date, is_target: bool, check: Verification | None, masked: str) -> Member:
    return Member(
        person=row.person,
        is_head=row.is_head,
        is_target=is_target,
        facts=_facts(row, today),
        masked=masked,
        status=check.status if check else VerificationStatus.NOT_YET,
        note=check.note if check else "",
        checked_on=check.effective_on if check else None,
    )


def _facts(row: Membership, today: date) -> list[str]:
    person = row.person
    facts = [gettext("หัวหน้าครัวเรือน") if row.is_head else row.relation]
    if person.sex:
        facts.append(str(Sex(person.sex).label))
    if person.birth_date:
        facts.append(gettext("อายุ %(years)d ปี") % {"years": age_on(person.birth_date, today)})
    return [fact for fact in facts if fact]


def age_on(born: date, day: date) -> int:
    """Full years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
