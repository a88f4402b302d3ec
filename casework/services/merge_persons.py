"""Two persons that were one: lines, checks and the national id of one are the other's from now on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from households.enums import LinkKind, PairKind, PairState
from households.models import (
    DuplicatePair,
    Household,
    ListedPerson,
    MatchKey,
    Membership,
    NationalId,
    Person,
    Verification,
)
from households.services.derive import derive_households
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES
from povertyops.common.crypto import open_sealed, seal
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed

from ..access import households_to_work_on
from ..models import PersonMerge
from .after import after_write
from .guards import require_role, require_writable
from .merge_rows import difference, watch
from .merge_work import why_not_merge
from .neighbours import audit_reached, lock_with_neighbours
from .persons_moving import link_homes


def merge_persons(*, actor: Actor, kept_person_id: UUID, gone_person_id: UUID, reason: str) -> PersonMerge:
    """One person who stood in the register twice, in one household or in two.

    The kept one goes on living where it lives; lines, checks and, where it had none, the national id of the
    other are its own now. Raises Http404, NotAllowed, InvalidInput.
    """
    require_role(actor, OFFICER_ROLES)
    if not reason.strip():
        raise InvalidInput("reason_needed", _("โปรดบอกเหตุผลที่เห็นว่าเป็นคนเดียวกัน"), field="reason")
    if kept_person_id == gone_person_id:
        raise InvalidInput("same_person", _("ต้องเป็นสองรายชื่อที่ต่างกัน"))
    with transaction.atomic():
        homes = _homes_of([kept_person_id, gone_person_id])
        neighbours = _lock_homes(actor, homes)
        if Person.objects.filter(pk__in=[kept_person_id, gone_person_id], merged_into=None).count() < 2:
            raise Conflict("already_merged", _("รายชื่อนี้ถูกรวมไปแล้ว โปรดเปิดหน้าใหม่"))
        home = homes[kept_person_id]
        looked = watch({*homes.values(), *neighbours}, [kept_person_id, gone_person_id])
        before = looked.rows()
        _hand_on_headship(homes, kept_person_id, gone_person_id)
        if home != homes[gone_person_id]:
            # Where the person lives was said by hand: lists of the other household do not move it back.
            link_homes(
                actor=actor,
                household_id=homes[gone_person_id],
                other_id=home,
                kind=LinkKind.MOVED,
                person_ids=[kept_person_id],
                on=actor.today(),
                reason=reason,
            )
        merge_person_rows(actor, kept_person_id, gone_person_id)
        ids = sorted(set(homes.values()))
        touched = sorted({*ids, *derive_households(ids, recorded_at=actor.recorded_at)})
        after_write(actor=actor, household_ids=touched, since=date.min)
        merge = PersonMerge.objects.create(
            province_code=Household.objects.values_list("province_code", flat=True).get(pk=home),
            household_id=home,
            kept_id=kept_person_id,
            gone_id=gone_person_id,
            reason=reason.strip(),
            manifest=difference(before, looked.rows()),
            made_by=actor.user,
            recorded_at=actor.stamp,
        )
        audit_reached(
            actor,
            "person.merge",
            object_type="person_merge",
            object_id=merge.pk,
            household_ids=touched,
            changes={"kept": str(merge.kept_id), "gone": str(merge.gone_id), "reason": merge.reason},
        )
    return merge


def merge_person_rows(actor: Actor, kept_id: UUID, gone_id: UUID) -> None:
    """Everything of one person onto another, inside a merge that writes a manifest."""
    stamp = actor.stamp
    Person.objects.filter(merged_into=gone_id).update(merged_into=kept_id)
    Person.objects.filter(pk=gone_id).update(merged_into=kept_id)
    lives = Q(valid_to=None, superseded_at=None)
    if Membership.objects.filter(lives, person=kept_id).exists():
        Membership.objects.filter(lives, person=gone_id).update(superseded_at=stamp)
    Membership.objects.filter(person=gone_id).exclude(superseded_at__isnull=False).update(person=kept_id)
    ListedPerson.objects.filter(person=gone_id).update(person=kept_id)
    Verification.objects.filter(person=gone_id).update(person=kept_id)
    MatchKey.objects.filter(person__in=[gone_id]).delete()
    if not NationalId.objects.filter(person=kept_id).exists():
        _hand_on_national_id(kept_id, gone_id)
    DuplicatePair.objects.filter(
        kind=PairKind.PERSON, left_id=min(kept_id, gone_id), right_id=max(kept_id, gone_id)
    ).update(state=PairState.MERGED, decided_by=actor.user, decided_at=stamp)


def _hand_on_national_id(kept_id: UUID, gone_id: UUID) -> None:
    """An id opens under the person it was sealed for only: it is sealed anew."""
    row = NationalId.objects.filter(person=gone_id).first()
    if row is None:
        return
    pin = open_sealed(row.key_id, bytes(row.sealed), gone_id.bytes)
    key_id, sealed = seal(pin, kept_id.bytes)
    row.delete()
    NationalId.objects.create(
        person_id=kept_id,
        blind_index=bytes(row.blind_index),
        key_id=key_id,
        sealed=sealed,
        batch_id=row.batch_id,
    )


def _hand_on_headship(homes: Mapping[UUID, UUID], kept_id: UUID, gone_id: UUID) -> None:
    """A household keeps its head: in one house the kept one becomes it; another house must name one first."""
    rows = Membership.objects.filter(valid_to=None, superseded_at=None)
    if not rows.filter(person=gone_id, is_head=True).exists():
        return
    if homes[kept_id] == homes[gone_id]:
        rows.filter(person=kept_id).update(is_head=True)
    elif rows.filter(household=homes[gone_id]).count() > 1:
        message = _("คนนี้เป็นหัวหน้าของครัวเรือนที่มีคนอื่นอยู่ด้วย ให้เลือกเก็บรายชื่อนี้ไว้ หรือรวมครัวเรือนแทน")
        raise InvalidInput("head_leaves", message, field="persons")


def _homes_of(persons: Sequence[UUID]) -> dict[UUID, UUID]:
    rows = Membership.objects.filter(person__in=persons, valid_to=None, superseded_at=None)
    homes: dict[UUID, UUID] = dict(rows.values_list("person_id", "household_id"))
    if len(homes) < len(set(persons)):
        raise Http404
    return homes


def _lock_homes(actor: Actor, homes: Mapping[UUID, UUID]) -> list[UUID]:
    """Lock the homes of these persons, and those whose people may follow; the ids of the latter."""
    wanted = set(homes.values())
    if len(households_to_work_on(actor, wanted, lock=False)) < len(wanted):
        raise Http404
    neighbours = lock_with_neighbours(wanted, list(homes))
    targets = households_to_work_on(actor, wanted)
    if len(targets) < len(wanted):
        raise Http404
    scopes = [target.scope for target in targets.values()]
    for target in targets.values():
        require_writable(actor, target)
    if why := why_not_merge(actor, scopes[0], scopes[-1]):
        raise NotAllowed("province_decides", why)
    return neighbours
