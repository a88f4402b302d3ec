"""What is not in TPMAP yet: visits that took place and help that stands, oldest first.

Help given at a visit that waits itself goes with that visit; only when help alone is asked for (by kind or by
agency) does it stand by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from povertyops.accounts.actor import Actor

from ..access import visible_helps, visible_visits
from ..models import Help, Visit
from .lists import standing

VISIT, HELP = "visit", "help"
VISIT_ORDER = ("visited_on", "id")
HELP_ORDER = ("given_on", "id")
COUNTED = 1000


@dataclass(frozen=True, slots=True)
class TpmapFilters:
    """What narrows the queue; an agency asks for help only."""

    area: str = ""
    kind: str = ""
    agency: UUID | None = None

    @property
    def only_helps(self) -> bool:
        return self.kind == HELP or self.agency is not None


def waiting_visits(actor: Actor, filters: TpmapFilters) -> QuerySet[Visit]:
    if filters.only_helps:
        return Visit.objects.none()
    rows = visible_visits(actor).filter(_near(actor, filters), standing(Visit), tpmap_marked_at=None)
    return rows.order_by(*VISIT_ORDER)


def waiting_helps(actor: Actor, filters: TpmapFilters) -> QuerySet[Help]:
    if filters.kind == VISIT:
        return Help.objects.none()
    rows = visible_helps(actor).filter(_near(actor, filters), standing(Help), tpmap_marked_at=None)
    if filters.agency is not None:
        rows = rows.filter(agency=filters.agency)
    if not filters.only_helps:
        rows = rows.filter(without_waiting_visit())
    return rows.order_by(*HELP_ORDER)


def without_waiting_visit() -> Q:
    """Help outside a visit, or at one that is in TPMAP already."""
    waits = Visit.objects.filter(pk=OuterRef("visit"), tpmap_marked_at=None)
    return Q(visit=None) | Q(~Exists(waits))


def _near(actor: Actor, filters: TpmapFilters) -> Q:
    """The province, which leads into the partial index and which no household ever leaves; and the area.

    A record keeps the village it was made in; whose it is now, the scope of its household says.
    """
    found = Q(province_code=actor.province_code) if actor.province_code else Q()
    if filters.area:
        found &= Q(
            household__scope__area_code__gte=filters.area,
            household__scope__area_code__lt=f"{filters.area}:",
        )
    return found


def count_up_to(rows: QuerySet[Any], most: int) -> int:
    """How many rows there are, counted no further than this."""
    return rows.order_by()[:most].count()


EVERYTHING = TpmapFilters()


def count_waiting(actor: Actor, filters: TpmapFilters = EVERYTHING) -> int:
    """How many wait; one more than `COUNTED` stands for "more than that"."""
    visits = count_up_to(waiting_visits(actor, filters), COUNTED + 1)
    if visits > COUNTED:
        return visits
    return visits + count_up_to(waiting_helps(actor, filters), COUNTED + 1 - visits)
