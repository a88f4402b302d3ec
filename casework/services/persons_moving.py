"""A person who moves from one household to another: lives there from a day on, and keeps what was before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from households.enums import LinkKind
from households.models import (
    Correction,
    Household,
    HouseholdLink,
    MatchKey,
    Membership,
    Person,
)
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES
from povertyops.common.audit import audit
from povertyops.common.errors import Conflict, InvalidInput
from povertyops.common.names import sort_key

from ..access import Workable, households_to_work_on
from .after import after_write
from .guards import require_role, require_writable

HEAD_FIELDS = ("head_name", "sort_key")


def move_person(
    *,
    actor: Actor,
    person_id: UUID,
    from_household_id: UUID,
    to_household_id: UUID,
    on: date,
    reason: str,
    new_head_id: UUID | None = None,
) -> Membership:
    """End a person's days in one household and begin them in another, on the same day.

    Lines of lists, checks and help stay where they were recorded: both households' stories tell of the move.
    A head who leaves others behind needs `new_head_id`, one of them. Side effects: memberships, a
    HouseholdLink, audit rows, `after_write` for both. Raises Http404, InvalidInput, Conflict.
    """
    require_role(actor, OFFICER_ROLES)
    check_move(reason, on, actor.today())
    if from_household_id == to_household_id:
        raise InvalidInput("same_household", _("คนนี้อยู่ครัวเรือนนี้อยู่แล้ว"), field="to_household")
    with transaction.atomic():
        homes = two_homes(actor, from_household_id, to_household_id)
        there = homes[to_household_id].household
        rows = leave(
            actor=actor,
            household_id=from_household_id,
            person_ids=[person_id],
            on=on,
            new_head_id=new_head_id,
        )
        moved = settle_in(actor=actor, household_id=there.pk, rows=rows, on=on)
        link_homes(
            actor=actor,
            household_id=from_household_id,
            other_id=there.pk,
            kind=LinkKind.MOVED,
            person_ids=[person_id],
            on=on,
            reason=reason,
        )
        for household_id in (from_household_id, to_household_id):
            audit(
                actor,
                "person.moved",
                object_type="person",
                object_id=person_id,
                household_id=household_id,
                province_code=there.province_code,
                changes={
                    "from": str(from_household_id),
                    "to": str(to_household_id),
                    "on": on.isoformat(),
                    "reason": reason.strip(),
                },
            )
        after_write(actor=actor, household_ids=[from_household_id, to_household_id], since=on)
    return moved[0]


def link_same_house(*, actor: Actor, household_id: UUID, other_id: UUID, reason: str) -> HouseholdLink:
    """Two families under one roof: two households for good, each page names the other. Audit rows on both."""
    require_role(actor, OFFICER_ROLES)
    if not reason.strip():
        raise InvalidInput("reason_needed", _("โปรดบอกว่าทราบได้อย่างไรว่าเป็นคนละครอบครัว"), field="reason")
    with transaction.atomic():
        two_homes(actor, household_id, other_id)
        link = link_homes(
            actor=actor,
            household_id=household_id,
            other_id=other_id,
            kind=LinkKind.SAME_HOUSE,
            person_ids=[],
            on=actor.today(),
            reason=reason,
        )
        province = Household.objects.values_list("province_code", flat=True).get(pk=household_id)
        for one, two in ((household_id, other_id), (other_id, household_id)):
            audit(
                actor,
                "household.same_house",
                object_type="household",
                object_id=one,
                household_id=one,
                province_code=province,
                changes={"other": str(two), "reason": reason.strip()},
            )
    return link


# -------------------------------------------------------------------------------------- pieces for splitting


def check_move(reason: str, on: date, today: date) -> None:
    if not reason.strip():
        raise InvalidInput("reason_needed", _("โปรดบอกเหตุผลของการย้าย"), field="reason")
    if on > today:
        raise InvalidInput("future_day", _("วันที่ย้ายต้องไม่อยู่ในอนาคต"), field="on")


def two_homes(actor: Actor, one: UUID, other: UUID) -> dict[UUID, Workable]:
    """Both households, locked in the order of their ids. Raises Http404 out of sight, NotAllowed."""
    homes = households_to_work_on(actor, {one, other})
    if len(homes) < 2:
        raise Http404
    for home in homes.values():
        require_writable(actor, home)
    first, second = homes.values()
    if first.household.province_code != second.household.province_code:
        raise Conflict("other_province", _("สองครัวเรือนต้องอยู่จังหวัดเดียวกัน"))
    return homes


def leave(
    *,
    actor: Actor,
    household_id: UUID,
    person_ids: Collection[UUID],
    on: date,
    new_head_id: UUID | None,
) -> list[Membership]:
    """End the days of these persons in a household; who stays there has a head. The rows that ended."""
    rows = Membership.objects.filter(household=household_id, valid_to=None, superseded_at=None)
    members = {row.person_id: row for row in rows.select_related("person").order_by("position")}
    if not person_ids or set(person_ids) - members.keys():
        raise InvalidInput("unknown_person", _("ไม่พบสมาชิกคนนี้ในครัวเรือน"), field="person")
    leaving = [members.pop(person_id) for person_id in dict.fromkeys(person_ids)]
    if early := [row for row in leaving if row.valid_from > on]:
        message = _("%(name)s เข้ามาอยู่หลังวันที่นี้") % {"name": early[0].person.full_name}
        raise InvalidInput("too_early", message, field="on")
    if not members:
        raise Conflict("last_person", _("ย้ายคนสุดท้ายออกไม่ได้ ถ้าทั้งบ้านไปอยู่ครัวเรือนอื่น ให้รวมครัวเรือนแทน"))
    if any(row.is_head for row in leaving):
        _new_head(actor, household_id, members, new_head_id)
    Membership.objects.filter(pk__in=[row.pk for row in leaving]).update(valid_to=on)
    return leaving


def _new_head(
    actor: Actor, household_id: UUID, members: dict[UUID, Membership], new_head_id: UUID | None
) -> None:
    """Who stays is called after somebody who stays, whatever lists say."""
    head = members.get(new_head_id) if new_head_id else None
    if head is None:
        raise InvalidInput("head_needed", _("หัวหน้าครัวเรือนย้ายออก โปรดเลือกหัวหน้าคนใหม่"), field="new_head")
    Membership.objects.filter(household=household_id, is_head=True, valid_to=None).update(is_head=False)
    Membership.objects.filter(pk=head.pk).update(is_head=True)
    name_after(actor, household_id, head.person)


def name_after(actor: Actor, household_id: UUID, person: Person) -> None:
    """The household's name and its place in lists follow its head; by hand, so that no list changes it."""
    household = Household.objects.get(pk=household_id)
    values = (person.full_name, sort_key(person.first_name, person.last_name))
    for name, value in zip(HEAD_FIELDS, values, strict=True):
        Correction.objects.create(
            household=household,
            field=name,
            value=value,
            previous=getattr(household, name),
            version=Correction.objects.filter(household=household, person=None, field=name).count() + 1,
            recorded_by=actor.user,
            recorded_at=actor.stamp,
        )
    Household.objects.filter(pk=household_id).update(**dict(zip(HEAD_FIELDS, values, strict=True)))


def settle_in(*, actor: Actor, household_id: UUID, rows: Sequence[Membership], on: date) -> list[Membership]:
    """Begin the days of these persons in a household that has its head."""
    others = Membership.objects.filter(household=household_id, valid_to=None, superseded_at=None).count()
    MatchKey.objects.filter(person__in=[row.person_id for row in rows]).update(household_id=household_id)
    return [
        Membership.objects.create(
            household_id=household_id,
            person_id=row.person_id,
            relation="" if row.is_head else row.relation,
            position=others + place,
            valid_from=on,
            recorded_at=actor.stamp,
        )
        for place, row in enumerate(rows)
    ]


def link_homes(
    *,
    actor: Actor,
    household_id: UUID,
    other_id: UUID,
    kind: LinkKind,
    person_ids: Collection[UUID],
    on: date,
    reason: str,
) -> HouseholdLink:
    return HouseholdLink.objects.create(
        household_id=household_id,
        other_id=other_id,
        kind=kind,
        person_ids=list(person_ids),
        effective_on=on,
        reason=reason.strip()[:500],
        recorded_by=actor.user,
        recorded_at=actor.stamp,
    )
