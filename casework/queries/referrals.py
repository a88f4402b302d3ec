"""Referrals as lists: the queue of an office, what waits for an officer, the status a household shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Case, Count, F, Q, QuerySet, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from povertyops.accounts.actor import Actor

from ..access import visible_referrals
from ..enums import ReferralStatus
from ..models import Referral, ReferralEvent
from ..referral_rules import OPEN_STATUSES, open_clock

SENT, ACCEPTED = ReferralStatus.SENT, ReferralStatus.ACCEPTED
QUEUE_ORDER: Final = ("clock", "pk")
_LAST_DAY = date(9999, 1, 1)

OPEN_Q = Q(status__in=OPEN_STATUSES)
ESCALATED_Q = Q(status=SENT, answer_escalated_at__isnull=False) | Q(
    status=ACCEPTED, finish_escalated_at__isnull=False
)
SENT_BACK_Q = Q(status=ReferralStatus.RETURNED, resent_as=None)


@dataclass(frozen=True, slots=True)
class ReferralLine:
    """A referral as its household shows it: how it stands, with whom, since when, awaited until when."""

    id: UUID
    household_id: UUID
    dimension: str
    status: str
    office: str
    subject: str
    since: date
    due_on: date | None
    is_escalated: bool
    was_resent: bool

    def is_late(self, today: date) -> bool:
        return self.due_on is not None and self.due_on < today

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES


def overdue_q(today: date) -> Q:
    """Awaited by a day that is over."""
    return Q(status=SENT, answer_due_on__lt=today) | Q(status=ACCEPTED, finish_due_on__lt=today)


def shows(today: date) -> dict[str, Q]:
    """What a list of referrals can be narrowed to, by its word in the address."""
    return {
        "open": OPEN_Q,
        "waiting": Q(status=SENT),
        "accepted": Q(status=ACCEPTED),
        "overdue": overdue_q(today),
        "escalated": ESCALATED_Q,
        "returned": SENT_BACK_Q,
        "done": Q(status=ReferralStatus.DONE),
        "all": Q(),
    }


def referral_queue(actor: Actor | None, show: str, *, today: date, whose: str = "") -> QuerySet[Referral]:
    """Referrals the actor may see, the most overdue first (`QUEUE_ORDER` for keyset paging).

    `whose` for a lead office: "mine" sent to it, "overseen" sent to another office in its dimension.
    """
    clock = Case(When(status=SENT, then=F("answer_due_on")), When(status=ACCEPTED, then=F("finish_due_on")))
    rows = visible_referrals(actor).filter(shows(today)[show], _whose_q(actor, whose))
    rows = rows.annotate(clock=Coalesce(clock, "finished_on", _LAST_DAY))
    return rows.select_related("household", "office__centre", "resent_as").order_by(*QUEUE_ORDER)


def referral_counts(actor: Actor | None, *, today: date, whose: str = "") -> dict[str, int]:
    """How many each of `shows` has; one query."""
    rows = visible_referrals(actor).filter(_whose_q(actor, whose)).order_by()
    return rows.aggregate(**{name: Count("pk", filter=wanted) for name, wanted in shows(today).items()})


def _whose_q(actor: Actor | None, whose: str) -> Q:
    office = actor.reach.office_id if actor else None
    if office is None or whose not in ("mine", "overseen"):
        return Q()
    return Q(office=office) if whose == "mine" else ~Q(office=office)


def awaiting_office(actor: Actor) -> int:
    """How many referrals wait for the actor's own office."""
    return Referral.objects.filter(OPEN_Q, office=actor.reach.office_id).count()


def sent_back(actor: Actor | None) -> QuerySet[Referral]:
    """Returned with a reason, neither sent elsewhere nor withdrawn."""
    return visible_referrals(actor).filter(SENT_BACK_Q)


def escalated(actor: Actor | None) -> QuerySet[Referral]:
    """Open with a missed deadline that was escalated."""
    return visible_referrals(actor).filter(ESCALATED_Q)


def referrals_of(
    household_ids: Collection[UUID], *, actor: Actor | None = None, today: date | None = None
) -> dict[UUID, list[ReferralLine]]:
    """Household -> its referrals, the most pressing first; one query.

    With `actor` only those it may open.
    """
    rows = visible_referrals(actor) if actor else Referral.objects.all()
    day = today or timezone.localdate()
    found: dict[UUID, list[ReferralLine]] = defaultdict(list)
    chosen = rows.filter(household__in=household_ids).select_related("office__centre", "resent_as")
    for row in chosen:
        found[row.household_id].append(_line(row))
    return {pk: sorted(lines, key=lambda line: _pressing(line, day)) for pk, lines in found.items()}


def _line(row: Referral) -> ReferralLine:
    return ReferralLine(
        id=row.pk,
        household_id=row.household_id,
        dimension=row.dimension,
        status=row.status,
        office=row.office.centre.name,
        subject=row.subject,
        since=since(row),
        due_on=open_clock(row.status, row.answer_due_on, row.finish_due_on),
        is_escalated=is_escalated(row),
        was_resent=hasattr(row, "resent_as"),
    )


def since(row: Referral) -> date:
    """The day from which it stands as it does."""
    if row.status == SENT:
        return row.sent_on
    return (row.answered_on if row.status == ACCEPTED else row.finished_on) or row.sent_on


def is_escalated(row: Referral) -> bool:
    marks = {SENT: row.answer_escalated_at, ACCEPTED: row.finish_escalated_at}
    return marks.get(ReferralStatus(row.status)) is not None


def _pressing(line: ReferralLine, today: date) -> tuple[int, timedelta]:
    """Late, then sent back, then open by what is left of its time, then what is over, newest first."""
    if line.due_on is not None:
        return (0 if line.due_on < today else 2), line.due_on - today
    waits = line.status == ReferralStatus.RETURNED and not line.was_resent
    return (1 if waits else 3), today - line.since


def events_of(referral_id: UUID) -> QuerySet[ReferralEvent]:
    """The steps of one referral, the newest first."""
    rows = ReferralEvent.objects.filter(referral=referral_id).select_related("actor", "centre")
    return rows.order_by("-recorded_at", "-pk")
