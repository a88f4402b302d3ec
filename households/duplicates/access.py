"""The road from a request to a pair: what of its two sides the actor may see."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES

from ..access import scope_q
from ..models import DuplicatePair, HouseholdScope


def visible_pairs(actor: Actor | None) -> QuerySet[DuplicatePair]:
    """Pairs of which the officer sees at least one side, with `sees_left` and `sees_right` on each row.

    Whose other side is out of sight learns that it exists, no more: the province decides such a pair.
    """
    rows = DuplicatePair.objects.annotate(
        sees_left=Exists(_seen(actor, "left_household_id")),
        sees_right=Exists(_seen(actor, "right_household_id")),
    )
    if actor is None or not (actor.is_system or actor.role in OFFICER_ROLES):
        return rows.none()
    if not actor.is_system:
        rows = rows.filter(province_code=actor.province_code)
    return rows.filter(Q(sees_left=True) | Q(sees_right=True))


def decidable_pairs(actor: Actor | None) -> QuerySet[DuplicatePair]:
    """Pairs of which the officer sees both sides."""
    both = Exists(_seen(actor, "left_household_id")) & Exists(_seen(actor, "right_household_id"))
    return visible_pairs(actor).filter(both)


def get_pair_for(actor: Actor | None, pk: UUID, *, lock: bool = False) -> DuplicatePair:
    """One pair both of whose sides the actor sees; 404 when absent or out of sight, without a difference."""
    rows = decidable_pairs(actor)
    if lock:
        rows = rows.select_for_update(of=("self",))
    pair = rows.filter(pk=pk).first()
    if pair is None:
        raise Http404
    return pair


def pairs_of_household(actor: Actor | None, household_id: UUID) -> QuerySet[DuplicatePair]:
    """Visible pairs that touch one household, those within it left out."""
    touching = Q(left_household_id=household_id) | Q(right_household_id=household_id)
    return decidable_pairs(actor).filter(touching).exclude(left_household_id=F("right_household_id"))


def _seen(actor: Actor | None, column: str) -> QuerySet[HouseholdScope]:
    return HouseholdScope.objects.filter(scope_q(actor), household_id=OuterRef(column))
