"""The rows a visit leaves: itself, its helps, the checks of persons, what the family solved, its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from dimensions.enums import Dimension
from households.models import Verification
from povertyops.accounts.actor import Actor
from povertyops.common.bulk import insert_rows
from povertyops.common.ids import uuid7

from ..access import Workable
from ..inputs import PriorityInput, VisitInput
from ..models import Assessment, AssessmentAnswer, DimensionFinding, FamilyPriority, Help, Visit
from ..rules import visit_day
from .held import Held
from .helping import HelpContext, help_row


@dataclass(slots=True)
class VisitWork:
    """What a batch of visits refers to, loaded once for all of them.

    `held` names the visits whose household is out of the actor's sight by now, and who held it then.
    """

    actor: Actor
    households: Mapping[UUID, Workable]
    helps: HelpContext
    members: Mapping[UUID, set[UUID]] = field(default_factory=dict)
    amended: Mapping[UUID, Visit] = field(default_factory=dict)
    amended_already: set[UUID] = field(default_factory=set)
    held: Mapping[UUID, Held] = field(default_factory=dict)


_NAMES = [field.attname for field in Visit._meta.concrete_fields]


def insert_visits(actor: Actor, rows: Sequence[dict[str, Any]]) -> list[Visit]:
    """Store the rows of visits; as visits they carry the recorded time, which is the database's."""
    if actor.recorded_at:
        rows = [{**row, "recorded_at": actor.recorded_at} for row in rows]
    first = rows[0]
    varying = [name for name in first if any(row[name] != first[name] for row in rows)]
    stored = insert_rows(
        Visit,
        varying,
        [{name: row[name] for name in varying} for row in rows],
        returning=("recorded_at",),
        same={name: value for name, value in first.items() if name not in varying},
    )
    alias, found = connection.alias, []
    for row, (moment,) in zip(rows, stored, strict=True):
        row["recorded_at"] = moment
        found.append(Visit.from_db(alias, _NAMES, [row[name] for name in _NAMES]))
    return found


def visit_row(work: VisitWork, visit: VisitInput) -> dict[str, Any]:
    """The columns of a visit but for the time it is recorded at."""
    target = work.households[visit.household_id]
    held = work.held.get(visit.id)
    return {
        "id": visit.id,
        "household_id": visit.household_id,
        "province_code": target.household.province_code,
        "area_code": target.scope.area_code,
        "team_id": (held and held.team_id) or target.scope.team_id,
        "visited_at": visit.visited_at,
        "visited_on": visit_day(visit.visited_at, visit.clock_skew_s),
        "outcome": visit.outcome,
        "note": visit.note,
        "next_visit_on": visit.next_visit_on,
        "notice_version": visit.notice_version,
        "latitude": visit.latitude,
        "longitude": visit.longitude,
        "accuracy_m": visit.accuracy_m,
        "clock_skew_s": visit.clock_skew_s,
        "sent_latitude": visit.sent_latitude,
        "sent_longitude": visit.sent_longitude,
        "claimed_at": visit.claimed_at,
        "time_doubt": visit.time_doubt,
        "after_assignment": held is not None and held.is_over,
        "family_contribution": visit.family_contribution or _contribution_before(work, visit),
        "tpmap_marked_at": None,
        "tpmap_marked_by_id": None,
        "amends_id": visit.amends,
        "is_void": False,
        "recorded_by_id": work.actor.user_id,
    }


def _contribution_before(work: VisitWork, visit: VisitInput) -> str:
    before = work.amended.get(visit.amends) if visit.amends else None
    return before.family_contribution if before else ""


def store_helps(work: VisitWork, visits: Sequence[VisitInput]) -> None:
    agencies = work.helps.agencies_of(help_ for visit in visits for help_ in visit.helps)
    rows = [
        help_row(
            work.actor,
            help_,
            item=work.helps.items[help_.item_id],
            agency_id=agencies.get(help_.agency_name),
            household_id=visit.household_id,
            province_code=work.households[visit.household_id].household.province_code,
            area_code=work.households[visit.household_id].scope.area_code,
            visit_id=visit.id,
        )
        for visit in visits
        for help_ in visit.helps
    ]
    if rows:
        Help.objects.bulk_create(rows)


def store_findings(work: VisitWork, visits: Sequence[VisitInput]) -> None:
    checked = [
        Verification(
            household_id=visit.household_id,
            person_id=finding.person_id,
            status=finding.status,
            note=finding.note,
            visit_id=visit.id,
            effective_on=visit_day(visit.visited_at, visit.clock_skew_s),
            recorded_by=work.actor.user,
            recorded_at=work.actor.stamp,
        )
        for visit in visits
        for finding in visit.verifications
    ]
    if checked:
        Verification.objects.bulk_create(checked)
    solved = [
        DimensionFinding(
            household_id=visit.household_id,
            province_code=work.households[visit.household_id].household.province_code,
            visit_id=visit.id,
            dimension=dimension,
            found_on=visit_day(visit.visited_at, visit.clock_skew_s),
            recorded_by=work.actor.user,
            recorded_at=work.actor.stamp,
        )
        for visit in visits
        for dimension in _solved(visit)
    ]
    if solved:
        DimensionFinding.objects.bulk_create(solved)


def _solved(visit: VisitInput) -> list[Dimension]:
    if visit.self_solved or visit.amends is None:
        return sorted(set(visit.self_solved))
    kept = DimensionFinding.objects.filter(visit=visit.amends).values_list("dimension", flat=True)
    return [Dimension(dimension) for dimension in kept]


def store_priorities(work: VisitWork, visits: Sequence[VisitInput]) -> None:
    rows = [
        FamilyPriority(
            id=uuid7(),
            visit_id=visit.id,
            household_id=visit.household_id,
            province_code=work.households[visit.household_id].household.province_code,
            rank=priority.rank,
            dimension=priority.dimension,
            indicator=priority.indicator,
            reason=priority.reason,
            recorded_by=work.actor.user,
            recorded_at=work.actor.stamp,
        )
        for visit in visits
        for priority in _priorities(visit)
    ]
    if rows:
        FamilyPriority.objects.bulk_create(rows)


def _priorities(visit: VisitInput) -> Sequence[PriorityInput]:
    if visit.priorities or visit.amends is None:
        return visit.priorities
    kept = FamilyPriority.objects.filter(visit=visit.amends)
    return [
        PriorityInput(rank=row.rank, dimension=row.dimension, indicator=row.indicator, reason=row.reason)
        for row in kept
    ]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One assessment as it will be stored."""

    survey_year: int
    answers: Mapping[int, str]
    skipped: Mapping[str, str]
    is_full: bool


def store_assessments(work: VisitWork, visits: Sequence[VisitInput]) -> None:
    rows: list[tuple[Assessment, Mapping[int, str]]] = []
    for visit in visits:
        for sheet in _sheets(visit):
            assessment = Assessment(
                id=uuid7(),
                household_id=visit.household_id,
                province_code=work.households[visit.household_id].household.province_code,
                visit_id=visit.id,
                survey_year=sheet.survey_year,
                assessed_on=visit_day(visit.visited_at, visit.clock_skew_s),
                is_full=sheet.is_full,
                skipped=dict(sheet.skipped),
                recorded_by=work.actor.user,
                recorded_at=work.actor.stamp,
            )
            rows.append((assessment, sheet.answers))
    if not rows:
        return
    Assessment.objects.bulk_create([assessment for assessment, _answers_ in rows])
    AssessmentAnswer.objects.bulk_create(
        [
            AssessmentAnswer(assessment=assessment, indicator=number, value=value)
            for assessment, answers in rows
            for number, value in answers.items()
        ]
    )


def _sheets(visit: VisitInput) -> list[_Sheet]:
    """The assessments of a visit; a correction without answers keeps those of the visit it corrects."""
    if (visit.answers or visit.skipped) and visit.survey_year is not None:
        skipped = {str(number): str(why) for number, why in visit.skipped.items()}
        left = {number: why for number, why in skipped.items() if int(number) not in visit.answers}
        return [_Sheet(visit.survey_year, visit.answers, left, visit.is_full)]
    if visit.amends is None:
        return []
    kept = Assessment.objects.filter(visit=visit.amends).prefetch_related("answers")
    return [
        _Sheet(
            row.survey_year,
            {answer.indicator: answer.value for answer in row.answers.all()},
            row.skipped,
            row.is_full,
        )
        for row in kept
    ]
