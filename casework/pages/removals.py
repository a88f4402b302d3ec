"""The queue of requests to take households out of the cohort."""

from __future__ import annotations

from dataclasses import dataclass

from povertyops.accounts.actor import Actor
from povertyops.areas.queries import address_labels

from ..access import visible_removals
from ..enums import Decision
from ..models import RemovalRequest
from ..services.removal import why_not_decide

SHOWN = 200


@dataclass(frozen=True, slots=True)
class RemovalCard:
    """One request; `why_not` says why this person cannot decide it."""

    removal: RemovalRequest
    place: str
    why_not: str | None


def pending_removals(actor: Actor) -> list[RemovalCard]:
    rows = list(
        visible_removals(actor)
        .filter(decision=Decision.PENDING)
        .select_related("household__scope", "requested_by")
        .order_by("requested_at", "pk")[:SHOWN]
    )
    places = address_labels(row.household.area_code for row in rows)
    return [RemovalCard(row, places[row.household.area_code], why_not_decide(actor, row)) for row in rows]
