"""Households that were on last year's list and are not in this year's file, and what was decided for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import TruncDate

from dimensions.enums import Stage
from households.access import scope_q
from households.models import ImportBatch
from households.services.target_lists import left_lines
from povertyops.accounts.actor import Actor

from ..enums import HelpStatus, LeaverAct
from ..models import Case, Help, LeaverHousehold
from .standing import standing

UNDECIDED = ""


class LeaverGroup(NamedTuple):
    """What is decided together: the open cases of a district at one stage, helped or not."""

    district: str
    stage: Stage
    helped: bool


@dataclass(slots=True)
class GroupLine:
    """A group with how many households it has, by what was decided for them ("" nothing yet)."""

    group: LeaverGroup
    acts: Counter[str] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        return self.acts.total()

    @property
    def undecided(self) -> int:
        return self.acts[UNDECIDED]


class _Leaver(NamedTuple):
    household_id: UUID
    group: LeaverGroup
    act: str


def leavers_of(actor: Actor, batch: ImportBatch) -> list[_Leaver]:
    """Every household with an open case that left, as far as visible, and what was decided last."""
    open_case = Case.objects.filter(household=OuterRef("household"), closed_on=None)
    helped = Help.objects.filter(standing(Help), household=OuterRef("household"), status=HelpStatus.DELIVERED)
    decided = LeaverHousehold.objects.filter(household=OuterRef("household"), decision__batch=batch).order_by(
        "-pk"
    )
    rows = (
        left_lines(batch)
        .filter(scope_q(actor, "household__scope__"))
        .annotate(
            stage=Subquery(open_case.values("stage")[:1]),
            helped=Exists(helped),
            act=Subquery(decided.values("act")[:1]),
        )
        .filter(stage__isnull=False)
        .order_by("household__sort_key", "household_id")
        .values_list("household_id", "household__scope__district_code", "stage", "helped", "act")
    )
    return [
        _Leaver(pk, LeaverGroup(district, Stage(stage), is_helped), act or UNDECIDED)
        for pk, district, stage, is_helped, act in rows
    ]


def group_lines(leavers: Sequence[_Leaver]) -> list[GroupLine]:
    """The groups in the order of districts, then stages."""
    found: dict[LeaverGroup, GroupLine] = {}
    for leaver in leavers:
        found.setdefault(leaver.group, GroupLine(leaver.group)).acts[leaver.act] += 1
    return [found[group] for group in sorted(found)]


def checks_asked(household_ids: Collection[UUID]) -> dict[UUID, date]:
    """Household -> the day since when a team is to look whether it is still poor; without those whose last
    decision was another. Whoever knows the last visit leaves out what was looked at since."""
    rows = (
        LeaverHousehold.objects.filter(household_id__in=household_ids)
        .order_by("household_id", "-pk")
        .distinct("household_id")
        .annotate(since=TruncDate("recorded_at"))
        .values_list("household_id", "act", "since")
    )
    return {pk: since for pk, act, since in rows if act == LeaverAct.CHECK}


def is_to_check(since: date | None, last_visit_on: date | None) -> bool:
    """Whether the look at a household that left a list is still to come."""
    return since is not None and (last_visit_on is None or last_visit_on < since)
