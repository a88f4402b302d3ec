"""The queue of stages that wait for approval, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext

from dimensions.enums import Stage
from dimensions.reasons import because, why
from dimensions.rules import StageResult
from households.access import can_write
from povertyops.accounts.actor import Actor
from povertyops.accounts.models import User
from povertyops.areas.queries import address_labels
from povertyops.common.thai import format_thai_date

from ..access import visible_cases
from ..models import Case
from ..queries.facts import load_facts
from ..queries.yardstick import LoadedYardstick
from ..rules import APPROVING_ROLES
from ..services.stages import judge


@dataclass(frozen=True, slots=True)
class ProposalCard:
    """One proposed stage: what it rests on, who recorded that, and why this person could not approve it."""

    case: Case
    place: str
    stage: Stage
    met: list[tuple[str, str]]
    missing: list[str]
    recorders: str
    is_own: bool
    is_read_only: bool

    @property
    def may_tick(self) -> bool:
        return not (self.is_own or self.is_read_only)


def approval_tabs(actor: Actor, current: str) -> list[dict[str, Any]]:
    """The three queues of a meeting, for whoever approves; without counts, so that they cost nothing."""
    if actor.role not in APPROVING_ROLES:
        return []
    places = (
        ("approvals", gettext("ขึ้นขั้น"), "ladder"),
        ("plan_queue", gettext("แผนครัวเรือน"), "plan"),
        ("care_queue", gettext("ดูแลต่อเนื่อง"), "care"),
    )
    return [
        {"label": label, "url": reverse(name), "icon": icon, "current": name == current}
        for name, label, icon in places
    ]


def proposals(actor: Actor) -> QuerySet[Case]:
    """Visible open cases with a proposed stage."""
    return (
        visible_cases(actor)
        .filter(proposed_stage__isnull=False, closed_on=None)
        .select_related("household__scope")
    )


def cards_of(actor: Actor, cases: Sequence[Case]) -> list[ProposalCard]:
    """The cases judged as of today: a handful of queries for any number."""
    facts = {found.household_id: found for found in load_facts(case.household_id for case in cases)}
    yardstick = LoadedYardstick()
    results = {case.pk: judge(facts[case.household_id], yardstick, actor.today()) for case in cases}
    names = _names(results.values())
    places = address_labels(case.household.area_code for case in cases)
    return [_card(actor, case, results[case.pk], places[case.household.area_code], names) for case in cases]


def _card(actor: Actor, case: Case, result: StageResult, place: str, names: dict[int, str]) -> ProposalCard:
    stage = Stage(case.proposed_stage or 0)
    return ProposalCard(
        case=case,
        place=place,
        stage=stage,
        met=[
            (str(because(has)), format_thai_date(has.on, "short"))
            for has in result.met
            if Stage.SURVIVE < has.stage <= stage
        ],
        missing=[str(why(lack)) for lack in result.missing if lack.stage <= stage],
        recorders=" ".join(names[pk] for pk in sorted(result.decisive_recorders) if pk in names),
        is_own=actor.user_id in result.decisive_recorders,
        is_read_only=not can_write(actor, case.household.scope),
    )


def _names(results: Iterable[StageResult]) -> dict[int, str]:
    ids = {pk for result in results for pk in result.decisive_recorders}
    return {user.pk: user.display_name for user in User.objects.filter(pk__in=ids)}


def household_names(cases: Iterable[UUID], actor: Actor) -> dict[UUID, str]:
    """Case -> head of its household, for messages."""
    rows = visible_cases(actor).filter(pk__in=list(cases))
    return dict(rows.values_list("pk", "household__head_name"))
