"""Filled-in sheets that came back, for those who sent them."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from povertyops.accounts.actor import Actor

from ..models import SheetReturn


def returns_of(actor: Actor) -> QuerySet[SheetReturn]:
    """What the person sent back under the acting centre, the newest first: nobody reads another's notes."""
    if actor.user is None or actor.appointment is None:
        return SheetReturn.objects.none()
    rows = SheetReturn.objects.filter(user=actor.user, centre=actor.appointment.centre)
    return rows.order_by("-id")


def get_return_for(actor: Actor, pk: UUID) -> SheetReturn:
    found = returns_of(actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
