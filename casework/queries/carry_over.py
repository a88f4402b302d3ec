"""Opening balances, for those who may see them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from households.access import can_give_help, can_write
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role

from ..access import households_to_work_on
from ..enums import CarryKind
from ..models import CarryOver, CarryOverLine, Help, StageEvent
from ..rules import APPROVING_ROLES
from .built_on import Obstacle

BUILT_ON, OUT_OF_REACH = "built_on", "out_of_reach"


def carry_overs_of(actor: Actor) -> QuerySet[CarryOver]:
    """What was sent to the acting centre; the province's secretary sees all of the province."""
    rows = CarryOver.objects.order_by("-id")
    if actor.is_system:
        return rows
    if actor.appointment is None or actor.role not in APPROVING_ROLES:
        return rows.none()
    if actor.role is Role.PROVINCIAL_SECRETARY:
        return rows.filter(province_code=actor.province_code)
    return rows.filter(centre=actor.appointment.centre)


def get_carry_over_for(actor: Actor, pk: UUID) -> CarryOver:
    found = carry_overs_of(actor).select_related("user", "applied_by", "undone_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def obstacles_to_undo(actor: Actor, row: CarryOver) -> list[Obstacle]:
    """What keeps the actor from taking a balance back: what was built on it, and what it wrote to households
    that are not the actor's to change any more, because they moved or were merged away."""
    homes = _homes_of(row)
    built = [homes[pk] for pk in _built_on(row, list(homes))]
    targets = households_to_work_on(actor, set(homes.values()), lock=False)
    may_change = can_give_help if row.kind == CarryKind.HELPS else can_write
    beyond = [
        home for home in homes.values() if home not in targets or not may_change(actor, targets[home].scope)
    ]
    found = (
        (BUILT_ON, _("รายการที่มีการแก้หรือบันทึกต่อแล้ว"), built),
        (OUT_OF_REACH, _("รายการของครัวเรือนที่ไม่ได้อยู่ในความดูแลของท่านแล้ว"), beyond),
    )
    return [Obstacle(code, label, len(rows), len(set(rows))) for code, label, rows in found if rows]


def _homes_of(row: CarryOver) -> dict[UUID, UUID]:
    """What the balance wrote and still stands -> the household on which it stands now."""
    if row.kind == CarryKind.HELPS:
        helps = Help.objects.filter(carry_over=row, is_void=False, household__isnull=False)
        return {pk: home for pk, home in helps.values_list("pk", "household_id") if home}
    lines = CarryOverLine.objects.filter(carry_over=row, made_id__isnull=False)
    events = StageEvent.objects.filter(pk__in=lines.values("made_id"))
    return dict(events.values_list("pk", "case__household_id"))


def _built_on(row: CarryOver, made: list[UUID]) -> list[UUID]:
    """Of these helps the amended ones, of these stages those that another change followed."""
    if row.kind == CarryKind.HELPS:
        amended = Help.objects.filter(pk__in=made, amendments__isnull=False)
        return list(amended.values_list("pk", flat=True).distinct())
    later = StageEvent.objects.filter(case=OuterRef("case"), recorded_at__gt=OuterRef("recorded_at"))
    moved = StageEvent.objects.filter(Exists(later), pk__in=made)
    return list(moved.values_list("pk", flat=True))
