"""Opening balances, for those who may see them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role

from ..models import CarryOver
from ..rules import APPROVING_ROLES


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
