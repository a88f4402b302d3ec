"""Continuing care as its pages show it: on the household's page, and the queue of a meeting."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from dimensions.rules import StageResult
from households.access import can_write
from povertyops.accounts.actor import Actor
from povertyops.areas.queries import address_labels

from ..access import visible_care
from ..enums import Decision
from ..models import ContinuingCare
from ..rules import CARE_PROPOSING_ROLES
from ..services.care import why_not_decide_care
from ..services.second_person import centres_without_officer_but

REVIEW_SOON = timedelta(days=30)
SHOWN = 200
READ_ONLY = _("อยู่ในความรับผิดชอบของเทศบาล ท่านดูได้อย่างเดียว")


@dataclass(frozen=True, slots=True)
class CareCard:
    """Continuing care of one household: what holds, what waits, what was, and what may be proposed."""

    current: list[ContinuingCare]
    waiting: list[ContinuingCare]
    past: list[ContinuingCare]
    open_to: list[Dimension]
    may_propose: bool

    @property
    def is_empty(self) -> bool:
        return not (self.current or self.waiting or self.past)


def care_card_of(actor: Actor, household_id: UUID, stage: StageResult, *, may_write: bool) -> CareCard:
    """One query; `stage` tells which dimensions fail."""
    rows = list(
        visible_care(actor)
        .filter(household_id=household_id)
        .select_related("proposed_by", "decided_by")
        .order_by("-proposed_on", "pk")
    )
    current = [row for row in rows if row.decision == Decision.ACCEPTED and row.ended_on is None]
    waiting = [row for row in rows if row.decision == Decision.PENDING]
    taken = Dimension.mask_of(Dimension(row.dimension) for row in (*current, *waiting))
    open_to = Dimension.from_mask(stage.baseline_mask & ~stage.recovered_mask & ~taken)
    return CareCard(
        current=current,
        waiting=waiting,
        past=[row for row in rows if row not in current and row not in waiting],
        open_to=open_to,
        may_propose=may_write and bool(open_to) and actor.role in CARE_PROPOSING_ROLES,
    )


@dataclass(frozen=True, slots=True)
class CareQueueCard:
    """One row of the queue; `why_not` says why this person cannot decide it."""

    care: ContinuingCare
    place: str
    why_not: str
    is_late: bool


def waiting_care(actor: Actor) -> QuerySet[ContinuingCare]:
    """Proposals that wait for a meeting."""
    return visible_care(actor).filter(decision=Decision.PENDING)


def care_to_review(actor: Actor, today: date) -> QuerySet[ContinuingCare]:
    """Approved care whose review falls due within a month or is past."""
    rows = visible_care(actor).filter(decision=Decision.ACCEPTED, ended_on=None)
    return rows.filter(review_on__lte=today + REVIEW_SOON)


def care_cards(actor: Actor, rows: QuerySet[ContinuingCare], order: str) -> list[CareQueueCard]:
    """The first rows of a queue, the oldest first: three queries for any number."""
    found = list(
        rows.select_related("household__scope", "proposed_by", "decided_by").order_by(order, "pk")[:SHOWN]
    )
    places = address_labels(row.household.area_code for row in found)
    alone = _alone(actor, found)
    today = actor.today()
    return [
        CareQueueCard(
            care=row,
            place=places[row.household.area_code],
            why_not=_why_not(actor, row, alone),
            is_late=row.review_on is not None and row.review_on < today,
        )
        for row in found
    ]


def _alone(actor: Actor, rows: Sequence[ContinuingCare]) -> set[UUID]:
    centres = {row.household.scope.centre_id for row in rows}
    return centres_without_officer_but(actor, centres) if centres else set()


def _why_not(actor: Actor, row: ContinuingCare, alone: Collection[UUID]) -> str:
    scope = row.household.scope
    if not can_write(actor, scope):
        return str(READ_ONLY)
    if row.decision != Decision.PENDING:
        return ""
    return why_not_decide_care(actor, row, scope.centre_id, alone) or ""
