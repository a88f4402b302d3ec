"""The priority of a household in words, and what other weights would make of three real households."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.common.thai import fiscal_year_of

from ..inputs import CohortFilters
from ..models import Case, CohortState, PriorityWeights
from ..priority import Parts, Score, Weights, score
from ..queries.cohort import EVERYONE, cohort_rows
from ..queries.priorities import by_priority, parts_of, score_of, weights_for
from .listing import tidy

URGENT_FROM, PRESSING_FROM = 60, 40
EXAMPLES = 3
VERSIONS_SHOWN = 20
# For those who see no household: one that presses hard, one in between, one that does not.
_INVENTED = (
    Parts(failing_share=450, dimensions=4, fragile=3, days=200, was_visited=False),
    Parts(failing_share=180, dimensions=2, fragile=1, days=60),
    Parts(failing_share=60, dimensions=1, fragile=0, days=10),
)


def tone_of(points: int) -> str:
    """The tone of a badge; the number stands in it in any case."""
    if points >= URGENT_FROM:
        return "bad"
    return "warn" if points >= PRESSING_FROM else ""


@dataclass(frozen=True, slots=True)
class PriorityCard:
    """The score of one household with the version of the weights it was made with."""

    score: Score
    weights: Weights

    @property
    def tone(self) -> str:
        return tone_of(self.score.points)


def priority_card_of(
    state: CohortState | None, case: Case | None, province_code: str, today: date
) -> PriorityCard | None:
    """One query for the weights; None for a household that is not in care."""
    if state is None or case is None or not state.is_open:
        return None
    weights = weights_for(province_code)
    found = score_of(state, case.opened_on, today, weights)
    return PriorityCard(found, weights) if found else None


# --------------------------------------------------------------------------------------------------- weights


@dataclass(frozen=True, slots=True)
class Example:
    """A household under the weights in force and under others."""

    name: str | Promise
    url_of: CohortState | None
    before: Score
    after: Score

    @property
    def moved(self) -> int:
        return self.after.points - self.before.points


def examples_for(actor: Actor, before: Weights, after: Weights) -> list[Example]:
    """The most, a middling and the least pressing household in the person's sight, before and after; made-up
    ones for who sees none."""
    on = actor.today()
    states = _three_households(actor, before, on)
    if not states:
        names = (_("ตัวอย่าง: เร่งด่วนมาก"), _("ตัวอย่าง: ปานกลาง"), _("ตัวอย่าง: ไม่เร่งด่วน"))
        return [
            Example(name, None, score(parts, before), score(parts, after))
            for name, parts in zip(names, _INVENTED, strict=True)
        ]
    opened = dict(
        Case.objects.filter(household__in=[state.household_id for state in states])
        .order_by("opened_on", "recorded_at")
        .values_list("household_id", "opened_on")
    )
    found = []
    for state in states:
        parts = parts_of(state, opened.get(state.household_id), on)
        found.append(Example(state.household.head_name, state, score(parts, before), score(parts, after)))
    return found


def _three_households(actor: Actor, weights: Weights, on: date) -> list[CohortState]:
    rows = open_rows(actor, on)
    total = rows.count()
    if total < EXAMPLES:
        return list(by_priority(rows, weights, on).select_related("household"))
    ordered = by_priority(rows, weights, on).select_related("household")
    return [ordered[place] for place in (0, total // 2, total - 1)]


def open_rows(actor: Actor, on: date) -> QuerySet[CohortState]:
    """Households in care in the person's sight, carried ones too."""
    filters = CohortFilters(fiscal_year=fiscal_year_of(on), membership=EVERYONE)
    return cohort_rows(actor, filters).filter(is_open=True, is_removed=False)


def versions_of(province_code: str) -> list[PriorityWeights]:
    """What was in force for a place, the newest first."""
    rows = PriorityWeights.objects.filter(province_code=province_code).select_related("entered_by")
    return list(rows.order_by("-version")[:VERSIONS_SHOWN])


# ------------------------------------------------------------------------------------------------------ list


def order_tabs(query: QueryDict, *, is_by_priority: bool) -> list[dict[str, Any]]:
    """The two orders of the household list as links that keep its filters."""
    kept = query.copy()
    kept.pop("sort", None)
    by_name = tidy(kept)
    kept["sort"] = "priority"
    return [
        {"label": gettext("เรียงตามชื่อ"), "url": f"?{by_name}", "current": not is_by_priority},
        {"label": gettext("เร่งด่วนก่อน"), "url": f"?{tidy(kept)}", "current": is_by_priority},
    ]
