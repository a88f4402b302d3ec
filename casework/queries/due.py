"""Whom to see today: the households of a field worker, each with the reason that comes first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import models
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from households.access import scope_q
from households.models import Household
from povertyops.accounts.actor import Actor
from povertyops.common.thai import fiscal_year_of

from ..enums import HelpStatus, StageEventKind
from ..inputs import CohortFilters
from ..models import CohortState, Help, StageEvent
from .cohort import place_q
from .leavers import checks_asked, is_to_check
from .lists import standing
from .plans import DueStep, steps_due
from .priorities import by_day, points_on

SOON_DAYS = 7
LONGEST_LIST = 300


class Reason(models.TextChoices):
    """Why a household is on today's list, most urgent first."""

    PROMISED = "promised", _("มีความช่วยเหลือที่รับปากไว้ยังไม่ได้ส่งมอบ")
    OVERDUE = "overdue", _("เกินกำหนดเยี่ยม")
    LEFT = "left", _("พ้นบัญชีปีนี้ ต้องตรวจ")
    DUE = "due", _("ถึงกำหนดเยี่ยม")
    NEW = "new", _("รับเข้าดูแลใหม่ ยังไม่เคยเยี่ยม")
    SLIPPED = "slipped", _("ขั้นลดลง")
    LATER = "later", _("ยังไม่ถึงกำหนด")


@dataclass(frozen=True, slots=True)
class DueItem:
    """One household of the list. `promises` counts help promised and not yet delivered; `slipped_on` is
    the day its stage fell, where no visit followed; `step` is the most pressing one of its plan;
    `left_on` the
    day on which a look was asked for, since it left its list, where none followed. `points` say which of
    two that fall on one day comes first."""

    state: CohortState
    reason: Reason
    promises: int
    slipped_on: date | None
    step: DueStep | None = None
    left_on: date | None = None
    points: int = 0

    @property
    def household(self) -> Household:
        return self.state.household

    @property
    def is_new(self) -> bool:
        return self.state.last_visit_on is None

    @property
    def due_on(self) -> date | None:
        """The earliest of the visit's day, the step's, and the day a look was asked for."""
        return min(filter(None, (due_day(self.state, self.step), self.left_on)), default=None)

    def days_over(self, today: date) -> int:
        """Days past the due day; negative when there is time left."""
        return (today - self.due_on).days if self.due_on else 0


def due_list(actor: Actor, *, limit: int = LONGEST_LIST, mine: bool = False) -> list[DueItem]:
    """Open households of the actor's reach, the most urgent first: five queries for any number.

    The reason goes first, then the day, then the score. Of more than `limit` those due later stay away, of
    one day those with the lower score. `mine` keeps those assigned to the actor in person.
    """
    today = actor.today()
    rows = by_day(open_states(actor, today), actor.province_code, today)
    if mine:
        rows = rows.filter(mentor_id=actor.user_id)
    states = list(rows.select_related("household")[:limit])
    ids = [state.household_id for state in states]
    promises = open_promises(ids)
    slips = recent_slips(ids)
    steps = steps_due(ids, today, soon_days=SOON_DAYS)
    checks = checks_asked(ids)
    items = [_item(state, promises, slips, steps, checks, today) for state in states]
    order = list(Reason)
    return sorted(
        items,
        key=lambda item: (
            order.index(item.reason),
            item.due_on or date.max,
            -item.points,
            item.state.sort_key,
        ),
    )


def open_states(actor: Actor, today: date) -> QuerySet[CohortState]:
    """The rows of the current year of households in care, carried ones too."""
    year = fiscal_year_of(today)
    hint = place_q(actor, CohortFilters(fiscal_year=year))
    return CohortState.objects.filter(
        scope_q(actor, household="household"), hint, fiscal_year=year, is_open=True
    )


def open_promises(household_ids: list[UUID]) -> Mapping[UUID, int]:
    """Household -> how many promised helps nobody has delivered or taken back."""
    kept = Help.objects.filter(standing(Help), fulfils=OuterRef("pk"))
    rows = Help.objects.filter(
        standing(Help), ~Exists(kept), household__in=household_ids, status=HelpStatus.PROMISED
    )
    return dict(rows.order_by().values_list("household").annotate(Count("pk")))


def recent_slips(household_ids: list[UUID]) -> Mapping[UUID, date]:
    """Household -> the day its stage fell, where nothing has raised it since."""
    later = StageEvent.objects.filter(
        ~Q(kind=StageEventKind.SLIPPED), case=OuterRef("case"), effective_on__gt=OuterRef("effective_on")
    )
    rows = StageEvent.objects.filter(
        ~Exists(later), household__in=household_ids, kind=StageEventKind.SLIPPED, case__closed_on=None
    )
    return dict(rows.order_by().values_list("household").annotate(Max("effective_on")))


def due_day(state: CohortState, step: DueStep | None) -> date | None:
    return min(filter(None, (state.due_on, step.due_on if step else None)), default=None)


def _item(
    state: CohortState,
    promises: Mapping[UUID, int],
    slips: Mapping[UUID, date],
    steps: Mapping[UUID, list[DueStep]],
    checks: Mapping[UUID, date],
    today: date,
) -> DueItem:
    promised = promises.get(state.household_id, 0)
    step = next(iter(steps.get(state.household_id, ())), None)
    slipped = slips.get(state.household_id)
    if slipped and state.last_visit_on and state.last_visit_on > slipped:
        slipped = None
    asked = checks.get(state.household_id)
    left_on = asked if is_to_check(asked, state.last_visit_on) else None
    reason = _reason(state, promised, slipped is not None, due_day(state, step), today)
    if left_on is not None and reason not in (Reason.PROMISED, Reason.OVERDUE):
        reason = Reason.LEFT
    return DueItem(state, reason, promised, slipped, step, left_on, points_on(state, today))


def _reason(state: CohortState, promised: int, slipped: bool, due_on: date | None, today: date) -> Reason:
    if promised:
        return Reason.PROMISED
    if due_on is not None and due_on < today:
        return Reason.OVERDUE
    if due_on is not None and due_on <= today + timedelta(days=SOON_DAYS):
        return Reason.DUE
    if state.last_visit_on is None:
        return Reason.NEW
    if slipped:
        return Reason.SLIPPED
    return Reason.LATER
