"""What was assessed so far, for any number of households: what to ask first, last answers, what is due."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from dimensions.enums import AnswerValue, Dimension
from dimensions.models import IndicatorSet
from dimensions.queries import dimension_of_indicators, indicator_sets, indicators_of
from households.models import Listing
from povertyops.common.thai import fiscal_year_of, format_thai_date

from ..models import Assessment, AssessmentAnswer, FamilyPriority, Visit
from ..rules import Round, asking_round, assessment_due
from .lists import standing


class LastAnswer(NamedTuple):
    """An answer and the day it was given."""

    value: str
    on: date


@dataclass(frozen=True, slots=True)
class AssessmentState:
    """Where a household stands with the indicators of the set that its newest list was made by."""

    survey_year: int
    indicator_set: IndicatorSet | None
    round: Round
    latest: Mapping[int, LastAnswer]
    full_on: date | None


@dataclass(slots=True)
class _Baseline:
    """The lists of the newest year: their survey year, and per survey year the failures they print."""

    fiscal_year: int
    survey_year: int
    listings: list[tuple[int, frozenset[int]]] = field(default_factory=list)


def standing_assessments() -> Q:
    """Assessments whose visit nobody corrected or took back, and those without a visit."""
    corrected = Visit.objects.filter(amends=OuterRef("visit"))
    return Q(visit=None) | Q(~Exists(corrected), visit__is_void=False)


def full_dates(household_ids: Collection[UUID]) -> dict[UUID, date]:
    """Household -> the day of its latest assessment of the whole set."""
    rows = Assessment.objects.filter(
        standing_assessments(), household__in=household_ids, is_full=True, is_official=False
    )
    return dict(rows.order_by().values_list("household").annotate(Max("assessed_on")))


def assessments_due(household_ids: Collection[UUID], today: date) -> dict[UUID, str]:
    """Household -> why its whole set is to be assessed now, in one line; those that have it are left out."""
    done = full_dates(household_ids)
    reasons = ((pk, due_reason(done.get(pk), today)) for pk in household_ids)
    return {pk: reason for pk, reason in reasons if reason}


def due_reason(full_on: date | None, today: date) -> str:
    """The reason in words; empty when nothing is due."""
    due = assessment_due(full_on=full_on, today=today)
    if due is None:
        return ""
    if due.last_full_on is None:
        return gettext("ยังไม่เคยประเมินครบทุกข้อ")
    said = {"year": due.fiscal_year, "day": format_thai_date(due.last_full_on, "short")}
    return gettext("ปีงบประมาณ %(year)d ยังไม่ได้ประเมินครบทุกข้อ ครั้งล่าสุด %(day)s") % said


def assessment_states(household_ids: Collection[UUID], *, today: date) -> dict[UUID, AssessmentState]:
    """What to ask each household, and what it last said: four queries for any number."""
    sets = indicator_sets()
    baselines = _baselines(household_ids, today)
    answers, skips = _answers(household_ids, sets)
    full = full_dates(household_ids)
    return {
        pk: _state(
            baselines.get(pk) or _Baseline(0, fiscal_year_of(today) - 1),
            sets,
            answers.get(pk, {}),
            skips.get(pk, {}),
            full.get(pk),
        )
        for pk in household_ids
    }


def _state(
    baseline: _Baseline,
    sets: list[IndicatorSet],
    answers: Mapping[int, Mapping[int, LastAnswer]],
    skips: Mapping[int, Collection[int]],
    full_on: date | None,
) -> AssessmentState:
    applied = set_of_year(sets, baseline.survey_year)
    if applied is None:
        return AssessmentState(baseline.survey_year, None, Round((), (), ()), {}, full_on)
    latest = answers.get(applied.pk, {})
    order = asking_round(
        askable(applied.pk),
        listed=_listed(baseline, applied),
        latest={number: answer.value for number, answer in latest.items()},
        skipped=skips.get(applied.pk, ()),
    )
    return AssessmentState(baseline.survey_year, applied, order, latest, full_on)


def set_of_year(sets: Iterable[IndicatorSet], survey_year: int) -> IndicatorSet | None:
    """The set that applies to a survey year."""
    begun = [found for found in sets if found.valid_from <= survey_year]
    return max(begun, key=lambda found: found.valid_from, default=None)


@lru_cache(maxsize=64)
def askable(set_id: int) -> tuple[int, ...]:
    """The numbers of a set whose wording is known, in order; a version of a set never changes."""
    return tuple(row.number for row in indicators_of(IndicatorSet(pk=set_id)) if row.text)


def _listed(baseline: _Baseline, applied: IndicatorSet) -> set[int]:
    """What the lists call failing: the printed numbers; of a dimension without any, all of its indicators."""
    mapping = dimension_of_indicators(applied)
    failed: set[int] = set()
    for mask, printed in baseline.listings:
        failed |= printed
        for dimension in Dimension.from_mask(mask):
            of_it = {number for number, mapped in mapping.items() if mapped == dimension}
            failed |= set() if of_it & printed else of_it
    return failed


def _baselines(household_ids: Collection[UUID], today: date) -> dict[UUID, _Baseline]:
    rows = Listing.objects.filter(
        household__in=household_ids, superseded_at=None, fiscal_year__lte=fiscal_year_of(today)
    )
    found: dict[UUID, _Baseline] = {}
    for pk, year, survey_year, mask, printed in rows.order_by("-fiscal_year").values_list(
        "household", "fiscal_year", "target_list__survey_year", "dimensions", "failed_indicators"
    ):
        baseline = found.setdefault(pk, _Baseline(year, survey_year))
        if baseline.fiscal_year == year:
            baseline.survey_year = max(baseline.survey_year, survey_year)
            baseline.listings.append((mask, frozenset(printed)))
    return found


_Answers = dict[UUID, dict[int, dict[int, LastAnswer]]]
_Skips = dict[UUID, dict[int, set[int]]]


def _answers(household_ids: Collection[UUID], sets: list[IndicatorSet]) -> tuple[_Answers, _Skips]:
    """Household -> set -> number -> its last answer, and the numbers skipped since their last answer."""
    assessments = Assessment.objects.filter(standing_assessments(), household__in=household_ids)
    given: dict[UUID, dict[int, str]] = {}
    rows = AssessmentAnswer.objects.filter(assessment__in=assessments.values("pk"))
    for assessment, number, value in rows.values_list("assessment", "indicator", "value"):
        given.setdefault(assessment, {})[number] = value
    answers: _Answers = {}
    skips: _Skips = {}
    for pk, household, year, on, is_official, skipped in assessments.order_by(
        "assessed_on", "recorded_at"
    ).values_list("pk", "household", "survey_year", "assessed_on", "is_official", "skipped"):
        applied = set_of_year(sets, year)
        if applied is None:
            continue
        last = answers.setdefault(household, {}).setdefault(applied.pk, {})
        passed_over = skips.setdefault(household, {}).setdefault(applied.pk, set())
        for number, value in given.get(pk, {}).items():
            # A pass of the official survey is shown beside, it does not undo a failure found at home.
            if not is_official or value == AnswerValue.FAIL or number not in last:
                last[number] = LastAnswer(value, on)
                passed_over.discard(number)
        passed_over |= {int(number) for number in skipped}
    return answers, skips


def newest_assessment(household_id: UUID) -> Assessment | None:
    """The last assessment in the field that still stands, with its answers and its visit."""
    rows = Assessment.objects.filter(standing_assessments(), household=household_id, is_official=False)
    rows = rows.select_related("visit").prefetch_related("answers")
    return rows.order_by("-assessed_on", "-recorded_at").first()


def survey_year_of(visit_id: UUID) -> int | None:
    """By which survey year's set the indicators of a visit are numbered."""
    return Assessment.objects.filter(visit=visit_id).values_list("survey_year", flat=True).first()


def newest_priorities(household_id: UUID) -> list[FamilyPriority]:
    """What the family chose last, in its order; of a visit that still stands."""
    return list(priorities_of([household_id]).get(household_id, []))


def priorities_of(household_ids: Collection[UUID]) -> dict[UUID, list[FamilyPriority]]:
    """Household -> the priorities of its newest assessment that has any."""
    visits: QuerySet[Visit] = Visit.objects.filter(standing(Visit))
    rows = FamilyPriority.objects.filter(household__in=household_ids, visit__in=visits.values("pk"))
    found: dict[UUID, list[FamilyPriority]] = {}
    for row in rows.select_related("visit", "recorded_by").order_by("-visit__visited_at", "visit", "rank"):
        kept = found.setdefault(row.household_id, [])
        if not kept or kept[0].visit_id == row.visit_id:
            kept.append(row)
    return found
