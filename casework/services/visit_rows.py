"""The rows a visit leaves: itself, its helps, the checks of persons, what the family solved, its answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from dimensions.enums import Dimension
from households.models import Verification
from povertyops.accounts.actor import Actor
from povertyops.common.bulk import insert_rows
from povertyops.common.ids import uuid7

from ..access import Workable
from ..inputs import VisitInput
from ..models import Assessment, AssessmentAnswer, DimensionFinding, Help, Visit
from ..rules import visit_day
from .helping import HelpContext, help_row


@dataclass(slots=True)
class VisitWork:
    """What a batch of visits refers to, loaded once for all of them."""

    actor: Actor
    households: Mapping[UUID, Workable]
    helps: HelpContext
    members: Mapping[UUID, set[UUID]] = field(default_factory=dict)
    amended: Mapping[UUID, Visit] = field(default_factory=dict)
    amended_already: set[UUID] = field(default_factory=set)


# Every column but `recorded_at`, which is the database's.
_COLUMNS = [str(field.column) for field in Visit._meta.concrete_fields if field.name != "recorded_at"]


def insert_visits(actor: Actor, rows: Sequence[Visit]) -> None:
    """Store visits and put the recorded time on them."""
    columns, values = _COLUMNS, [{name: vars(row)[name] for name in _COLUMNS} for row in rows]
    if actor.recorded_at:
        columns = [*_COLUMNS, "recorded_at"]
        values = [{**row, "recorded_at": actor.recorded_at} for row in values]
    recorded: dict[UUID, datetime] = dict(
        insert_rows(Visit, columns, values, returning=("id", "recorded_at"))
    )
    for row in rows:
        row.recorded_at = recorded[row.pk]
        row._state.adding = False


def visit_row(work: VisitWork, visit: VisitInput) -> Visit:
    target = work.households[visit.household_id]
    return Visit(
        id=visit.id,
        household_id=visit.household_id,
        province_code=target.household.province_code,
        area_code=target.scope.area_code,
        team_id=target.scope.team_id,
        visited_at=visit.visited_at,
        visited_on=visit_day(visit.visited_at, visit.clock_skew_s),
        outcome=visit.outcome,
        note=visit.note,
        next_visit_on=visit.next_visit_on,
        notice_version=visit.notice_version,
        latitude=visit.latitude,
        longitude=visit.longitude,
        accuracy_m=visit.accuracy_m,
        clock_skew_s=visit.clock_skew_s,
        amends_id=visit.amends,
        recorded_by=work.actor.user,
    )


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


def store_assessments(work: VisitWork, visits: Sequence[VisitInput]) -> None:
    rows: list[tuple[Assessment, Mapping[int, str]]] = []
    for visit in visits:
        for survey_year, answers in _answers(visit):
            assessment = Assessment(
                id=uuid7(),
                household_id=visit.household_id,
                province_code=work.households[visit.household_id].household.province_code,
                visit_id=visit.id,
                survey_year=survey_year,
                assessed_on=visit_day(visit.visited_at, visit.clock_skew_s),
                recorded_by=work.actor.user,
                recorded_at=work.actor.stamp,
            )
            rows.append((assessment, answers))
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


def _answers(visit: VisitInput) -> list[tuple[int, Mapping[int, str]]]:
    """The assessments of a visit; a correction without answers keeps those of the visit it corrects."""
    if visit.answers and visit.survey_year is not None:
        return [(visit.survey_year, visit.answers)]
    if visit.amends is None:
        return []
    kept = Assessment.objects.filter(visit=visit.amends).prefetch_related("answers")
    return [
        (row.survey_year, {answer.indicator: answer.value for answer in row.answers.all()}) for row in kept
    ]
