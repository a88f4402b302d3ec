"""The queue of requests to take households out of the cohort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.areas.queries import address_labels

from ..access import visible_removals
from ..enums import REMOVAL_REASONS, CloseReason, Decision
from ..models import RemovalRequest
from ..services.removal import why_not_decide

SHOWN = 200


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many requests for one reason were agreed to, and how many were not."""

    reason: CloseReason
    accepted: int
    rejected: int


@dataclass(frozen=True, slots=True)
class DecidedRemovals:
    """What was decided in sight of the reader: counts of every reason, and the newest ones of one or all."""

    counts: Sequence[ReasonCount]
    chosen: str
    rows: Sequence[RemovalRequest]
    places: Mapping[str, str]

    @property
    def cards(self) -> list[tuple[RemovalRequest, str]]:
        return [(row, self.places[row.household.area_code]) for row in self.rows]


@dataclass(frozen=True, slots=True)
class RemovalCard:
    """One request; `why_not` says why this person cannot decide it."""

    removal: RemovalRequest
    place: str
    why_not: str | None


def removal_tabs(current: str) -> list[dict[str, object]]:
    """Waiting and decided."""
    address = reverse("removals")
    return [
        {"label": _("รอพิจารณา"), "url": address, "current": current == ""},
        {"label": _("พิจารณาแล้ว"), "url": f"{address}?show=decided", "current": current == "decided"},
    ]


def decided_removals(actor: Actor, reason: str = "") -> DecidedRemovals:
    """Three queries, however many there are."""
    decided = visible_removals(actor).exclude(decision=Decision.PENDING)
    found = decided.values_list("reason").annotate(
        accepted=Count("pk", filter=Q(decision=Decision.ACCEPTED)),
        rejected=Count("pk", filter=Q(decision=Decision.REJECTED)),
    )
    told = {row[0]: row[1:] for row in found.order_by("reason")}
    chosen = reason if reason in REMOVAL_REASONS else ""
    rows = decided.filter(reason=chosen) if chosen else decided
    shown = list(
        rows.select_related("household", "requested_by", "decided_by").order_by("-decided_at", "-pk")[:SHOWN]
    )
    return DecidedRemovals(
        counts=[ReasonCount(each, *told.get(each.value, (0, 0))) for each in REMOVAL_REASONS],
        chosen=chosen,
        rows=shown,
        places=address_labels(row.household.area_code for row in shown),
    )


def pending_removals(actor: Actor) -> list[RemovalCard]:
    rows = list(
        visible_removals(actor)
        .filter(decision=Decision.PENDING)
        .select_related("household__scope", "requested_by")
        .order_by("requested_at", "pk")[:SHOWN]
    )
    places = address_labels(row.household.area_code for row in rows)
    return [RemovalCard(row, places[row.household.area_code], why_not_decide(actor, row)) for row in rows]
