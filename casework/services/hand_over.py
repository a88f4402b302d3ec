"""Handing everything that somebody owns to others, in one transaction, with the lines to print and sign."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from households.access import visible_households
from households.models import Household
from povertyops.accounts.access import get_user_for, visible_appointments
from povertyops.accounts.actor import Actor
from povertyops.accounts.duties import Leaving
from povertyops.accounts.enums import Role
from povertyops.accounts.models import Appointment, User
from povertyops.areas.models import Centre
from povertyops.areas.queries import address_labels
from povertyops.common.audit import audit, audit_many
from povertyops.common.errors import Conflict, InvalidInput
from povertyops.common.languages import kept_in_thai

from ..access import visible_transfers
from ..models import HandOver, PlanStep, Referral, ReferralEvent
from ..queries.duties import Belongings, Waiting
from ..rules import APPROVING_ROLES, HANDING_OVER_ROLES
from .assignment import assign_households
from .guards import require_role

HOUSEHOLD, STEP, REFERRAL = "household", "step", "referral"
Key = tuple[str, UUID]


@dataclass(frozen=True, slots=True)
class Owned:
    """One thing that the leaver owns; `label` says what, `household_id` where."""

    kind: str
    id: UUID
    household_id: UUID
    label: str

    @property
    def key(self) -> Key:
        return self.kind, self.id

    @property
    def is_tied_to_post(self) -> bool:
        """Whether only somebody with a post of their own can take it: a decision."""
        return self.kind not in (HOUSEHOLD, STEP, REFERRAL)


@dataclass(frozen=True, slots=True)
class NewOwner:
    """Who takes a thing over; households need the team as well."""

    user_id: int
    team_id: UUID | None = None


def owned_by(actor: Actor, leaver: User) -> list[Owned]:
    """Everything within the actor's reach that the leaver would leave without an owner, place by place."""
    owned = Belongings(Leaving(leaver.pk, actor.today()))
    within = _writable(actor)
    held = owned.assignments().filter(household__in=within)
    households = [Owned(HOUSEHOLD, pk, pk, "") for pk in held.values_list("household_id", flat=True)]
    steps = [
        Owned(STEP, pk, household, text)
        for pk, household, text in owned.steps()
        .filter(plan__household__in=within)
        .values_list("pk", "plan__household_id", "text")
    ]
    referrals = [
        Owned(REFERRAL, pk, household, subject)
        for pk, household, subject in owned.referrals()
        .filter(household__in=within)
        .values_list("pk", "household_id", "subject")
    ]
    approvals = [
        Owned(each.kind, each.id, each.household_id, "")
        for each in _in_reach(actor, owned.approvals(), within)
    ]
    return [*households, *steps, *approvals, *referrals]


def _in_reach(actor: Actor, waiting: Sequence[Waiting], within: QuerySet[Household, Any]) -> list[Waiting]:
    """Decisions of households within, and on transfers that the actor sees: the leaver may also decide
    elsewhere, and whose families wait there is nobody's business here."""
    if not waiting:
        return []
    asked = [each.household_id for each in waiting]
    inside = set(within.filter(pk__in=asked).values_list("pk", flat=True))
    moving = [each.id for each in waiting if each.kind == "transfer"]
    seen = set(visible_transfers(actor).filter(pk__in=moving).values_list("pk", flat=True))
    return [each for each in waiting if each.household_id in inside or each.id in seen]


def hand_over(
    *,
    actor: Actor,
    leaver_id: int,
    owners: Mapping[Key, NewOwner],
    reason: str,
    effective_on: date | None = None,
    partly: bool = False,
) -> HandOver:
    """Give each thing of the leaver to its new owner, all or nothing, and write the lines down.

    Raises Http404 for a leaver out of sight, InvalidInput when something has no new owner, Conflict when what
    the leaver owns changed meanwhile. `partly`: what has no new owner stays for another time (a caseload too
    long for one page). Side effects: assignments, plan steps, referrals, audit rows.
    """
    require_role(actor, HANDING_OVER_ROLES)
    leaver = get_user_for(actor, leaver_id)
    on = effective_on or actor.today()
    _check(actor, leaver, reason, on)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=leaver.pk)
        things = owned_by(actor, leaver)
        if partly:
            things = [thing for thing in things if thing.key in owners]
        _check_complete(things, owners)
        takers = _takers(actor, leaver, things, owners)
        lines = _lines(things, owners, takers)
        _give_households(actor, things, owners, on)
        _give_steps(actor, things, owners, takers, leaver)
        _give_referrals(actor, things, owners, takers, leaver)
        made = HandOver.objects.create(
            province_code=actor.province_code,
            leaver=leaver,
            centre=_centre_of(actor, leaver),
            reason=reason.strip(),
            effective_on=on,
            lines=lines,
            made_by=actor.user,
            recorded_at=actor.stamp,
        )
        audit(
            actor,
            "hand_over.made",
            object_type="user",
            object_id=leaver.pk,
            province_code=actor.province_code,
            changes={"hand_over": str(made.pk), "things": len(lines), "on": on.isoformat()},
        )
    return made


def _check(actor: Actor, leaver: User, reason: str, on: date) -> None:
    if not reason.strip():
        raise InvalidInput("reason_needed", _("โปรดบอกเหตุผลของการส่งมอบ"), field="reason")
    if on > actor.today():
        raise InvalidInput("future_day", _("วันที่ส่งมอบต้องไม่อยู่ในอนาคต"), field="effective_on")
    if leaver.pk == actor.user_id:
        raise InvalidInput("self", _("ส่งมอบงานของตนเองไม่ได้ ให้เจ้าหน้าที่คนอื่นเป็นผู้บันทึก"))


def _check_complete(things: Sequence[Owned], owners: Mapping[Key, NewOwner]) -> None:
    if not things:
        raise Conflict("nothing_left", _("ไม่มีงานค้างให้ส่งมอบแล้ว"))
    known = {thing.key for thing in things}
    if set(owners) - known:
        raise Conflict("changed_meanwhile", _("งานที่ต้องส่งมอบเปลี่ยนไประหว่างนี้ โปรดตรวจตารางอีกครั้ง"))
    if missing := len(known - set(owners)):
        raise InvalidInput("no_owner", _("ยังไม่ได้เลือกผู้รับมอบ %(count)d รายการ") % {"count": missing})


def _takers(
    actor: Actor, leaver: User, things: Sequence[Owned], owners: Mapping[Key, NewOwner]
) -> dict[int, User]:
    """The new owners, each with a valid appointment in the province; of approvals, an approver's."""
    ids = {owner.user_id for owner in owners.values()}
    if leaver.pk in ids:
        raise InvalidInput("same_person", _("ผู้รับมอบต้องไม่ใช่คนเดียวกับผู้ส่งมอบ"))
    posts = Appointment.objects.valid_on(actor.today()).filter(user__in=ids, user__is_active=True)
    valid = list(posts.filter(centre__province_code=actor.province_code))
    deciding = {post.user_id for post in valid if post.role in APPROVING_ROLES}
    if ids - {post.user_id for post in valid}:
        raise InvalidInput("no_appointment", _("ผู้รับมอบบางคนไม่มีคำสั่งแต่งตั้งที่มีผลวันนี้"))
    approvals = {owners[thing.key].user_id for thing in things if thing.is_tied_to_post}
    if approvals - deciding:
        raise InvalidInput("not_an_approver", _("เรื่องรออนุมัติต้องมอบให้ผู้มีอำนาจพิจารณา"))
    return User.objects.in_bulk(ids)


def _writable(actor: Actor) -> QuerySet[Household, Any]:
    """Households that the actor may change; a district only reads those of a municipality."""
    rows = visible_households(actor)
    if actor.role is Role.DISTRICT_OFFICER:
        rows = rows.filter(scope__is_municipal=False)
    return rows.values("pk")


def _centre_of(actor: Actor, leaver: User) -> Centre:
    """The leaver's newest centre that the actor looks after."""
    posts = visible_appointments(actor).filter(user=leaver).select_related("centre")
    post = posts.order_by("-valid_from", "-id").first()
    if post is not None:
        return post.centre
    assert actor.appointment is not None
    return actor.appointment.centre


# ------------------------------------------------------------------------------------------------ giving


def _give_households(actor: Actor, things: Sequence[Owned], owners: Mapping[Key, NewOwner], on: date) -> None:
    groups: dict[NewOwner, list[UUID]] = defaultdict(list)
    for thing in things:
        if thing.kind == HOUSEHOLD:
            groups[owners[thing.key]].append(thing.household_id)
    for owner, ids in groups.items():
        if owner.team_id is None:
            raise InvalidInput("no_team", _("ครัวเรือนต้องมอบให้พี่เลี้ยงในทีมใดทีมหนึ่ง"))
        assign_households(
            actor=actor, household_ids=ids, team_id=owner.team_id, mentor_id=owner.user_id, valid_from=on
        )


def _give_steps(
    actor: Actor,
    things: Sequence[Owned],
    owners: Mapping[Key, NewOwner],
    takers: Mapping[int, User],
    leaver: User,
) -> None:
    """Name the new owner in the plan's step; who it was stays in the audit and in the hand-over."""
    for user_id, group in _by_taker(things, owners, STEP).items():
        name = takers[user_id].display_name
        PlanStep.objects.filter(pk__in=[thing.id for thing in group]).update(responsible=name)
        _audit_group(actor, "plan.step_handed_over", "plan_step", group, [leaver.display_name, name])


def _give_referrals(
    actor: Actor,
    things: Sequence[Owned],
    owners: Mapping[Key, NewOwner],
    takers: Mapping[int, User],
    leaver: User,
) -> None:
    """Answers now go to the new owner; the referral's own story says from whom."""
    for user_id, group in _by_taker(things, owners, REFERRAL).items():
        taker = takers[user_id]
        rows = list(Referral.objects.select_for_update().filter(pk__in=[thing.id for thing in group]))
        Referral.objects.filter(pk__in=[row.pk for row in rows], sent_by=leaver).update(sent_by=taker)
        with kept_in_thai():
            said = gettext("ส่งมอบงานจาก %(leaver)s ให้ %(taker)s")
        said %= {"leaver": leaver.display_name, "taker": taker.display_name}
        ReferralEvent.objects.bulk_create(
            ReferralEvent(
                referral=row,
                status=row.status,
                note=said,
                actor=actor.user,
                centre=actor.appointment.centre if actor.appointment else None,
                recorded_at=actor.stamp,
            )
            for row in rows
        )
        change = [leaver.display_name, taker.display_name]
        _audit_group(actor, "referral.handed_over", "referral", group, change)


def _by_taker(things: Sequence[Owned], owners: Mapping[Key, NewOwner], kind: str) -> dict[int, list[Owned]]:
    groups: dict[int, list[Owned]] = defaultdict(list)
    for thing in things:
        if thing.kind == kind:
            groups[owners[thing.key].user_id].append(thing)
    return groups


def _audit_group(actor: Actor, action: str, kind: str, group: Sequence[Owned], change: list[str]) -> None:
    audit_many(
        actor,
        action,
        object_type=kind,
        rows=[(thing.id, thing.household_id, actor.province_code, {"owner": change}) for thing in group],
    )


def _lines(
    things: Sequence[Owned], owners: Mapping[Key, NewOwner], takers: Mapping[int, User]
) -> list[dict[str, Any]]:
    """What is printed: per thing its household, place and new owner."""
    households = Household.objects.in_bulk({thing.household_id for thing in things})
    with kept_in_thai():
        places = address_labels(household.area_code for household in households.values())
    lines = []
    for thing in things:
        household, owner = households[thing.household_id], owners[thing.key]
        lines.append(
            {
                "kind": thing.kind,
                "id": str(thing.id),
                "household": str(household.pk),
                "label": household.head_name,
                "detail": thing.label or household.house_no,
                "place": places[household.area_code],
                "to_user": owner.user_id,
                "to_team": str(owner.team_id or ""),
                "to_name": takers[owner.user_id].display_name,
            }
        )
    return sorted(lines, key=lambda line: (line["to_name"], line["kind"] != HOUSEHOLD, line["place"]))
