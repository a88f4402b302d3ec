"""The field check of persons, one by one or a whole village at once. The latest finding counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from households.enums import VerificationStatus
from households.models import ListedPerson, Membership, Verification
from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit_many
from povertyops.common.errors import Conflict, InvalidInput

from ..access import households_to_work_on
from ..inputs import FindingInput
from ..rules import VERIFYING_ROLES
from ..validators import check_finding
from .after import after_write
from .guards import require_role, require_writable


def verify_persons(
    *,
    actor: Actor,
    household_id: UUID,
    findings: Sequence[FindingInput],
    effective_on: date,
    visit_id: UUID | None = None,
) -> list[Verification]:
    """Write down what was found about persons of one household. Side effects: audit row, `after_write`."""
    return verify_households(
        actor=actor, findings={household_id: findings}, effective_on=effective_on, visit_id=visit_id
    )


def verify_households(
    *,
    actor: Actor,
    findings: Mapping[UUID, Sequence[FindingInput]],
    effective_on: date,
    visit_id: UUID | None = None,
) -> list[Verification]:
    """The same for a table of many households, in a constant number of statements; all of it or nothing."""
    require_role(actor, VERIFYING_ROLES)
    if effective_on > actor.today():
        raise InvalidInput("future_day", _("วันที่ตรวจสอบต้องไม่อยู่ในอนาคต"), field="effective_on")
    wanted = {pk: rows for pk, rows in findings.items() if rows}
    if not wanted:
        raise InvalidInput("no_findings", _("ยังไม่ได้เลือกผลการตรวจสอบของบุคคลใด"))
    with transaction.atomic():
        targets = households_to_work_on(actor, wanted)
        if len(targets) != len(wanted):
            raise Http404
        for target in targets.values():
            require_writable(actor, target)
        _check(wanted)
        rows = [
            Verification(
                household_id=household_id,
                person_id=finding.person_id,
                status=finding.status,
                note=finding.note.strip(),
                visit_id=visit_id,
                effective_on=effective_on,
                recorded_by=actor.user,
                recorded_at=actor.stamp,
            )
            for household_id, found in wanted.items()
            for finding in found
        ]
        Verification.objects.bulk_create(rows, batch_size=2_000)
        audit_many(
            actor,
            "person.verify",
            object_type="household",
            rows=[
                (pk, pk, targets[pk].household.province_code, _audited(found)) for pk, found in wanted.items()
            ],
        )
        after_write(actor=actor, household_ids=wanted, since=effective_on)
    return rows


def take_back_finding(*, actor: Actor, finding_id: UUID) -> Verification:
    """Undo the finding that counts about a person by a new one that says what stood before it.

    Nothing is deleted. Raises Http404 out of sight, Conflict when somebody found something else meanwhile.
    """
    finding = Verification.objects.filter(pk=finding_id).first()
    if finding is None or finding.household_id not in households_to_work_on(actor, [finding.household_id]):
        raise Http404
    rows = Verification.objects.filter(person=finding.person_id)
    newest = list(rows.order_by("-effective_on", "-recorded_at", "-id")[:2])
    if newest[0].pk != finding.pk:
        raise Conflict("not_the_latest", _("มีผู้บันทึกผลใหม่ของบุคคลนี้แล้ว โปรดดูผลล่าสุดก่อน"))
    before = newest[1] if len(newest) > 1 else None
    stood = FindingInput(
        person_id=finding.person_id,
        status=before.status if before else VerificationStatus.NOT_YET,
        note=before.note if before else "",
    )
    (made,) = verify_persons(
        actor=actor, household_id=finding.household_id, findings=[stood], effective_on=actor.today()
    )
    return made


def persons_of(household_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Household -> persons who live there, lived there or stand on its lists: one query."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    living = Membership.objects.filter(household__in=household_ids, superseded_at=None)
    listed = ListedPerson.objects.filter(listing__household__in=household_ids, listing__superseded_at=None)
    for household_id, person_id in living.values_list("household_id", "person_id").union(
        listed.values_list("listing__household_id", "person_id")
    ):
        found[household_id].add(person_id)
    return found


def _check(findings: Mapping[UUID, Sequence[FindingInput]]) -> None:
    persons = persons_of(list(findings))
    for household_id, rows in findings.items():
        for finding in rows:
            check_finding(finding)
            require_person(finding.person_id, persons.get(household_id, set()))


def require_person(person_id: UUID, persons: set[UUID]) -> None:
    if person_id not in persons:
        raise InvalidInput(
            "person_elsewhere",
            _("บุคคลนี้ไม่ได้อยู่ในครัวเรือนนี้ โปรดเปิดครัวเรือนใหม่แล้วเลือกอีกครั้ง"),
            field="verifications",
        )


def _audited(findings: Sequence[FindingInput]) -> dict[str, str]:
    return {str(finding.person_id): str(finding.status) for finding in findings}
