"""What the visit form needs before it opens, what a recorded visit holds, and the receipt after saving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from dimensions.enums import AnswerValue, Dimension
from households.models import Household, Verification
from povertyops.areas.queries import address_labels
from povertyops.common.thai import fiscal_year_of

from ..access import menu_items_for
from ..arrival import is_off, receipt_number
from ..enums import PhotoKind, PhotoState, SkipReason
from ..models import (
    Assessment,
    AssessmentAnswer,
    DimensionFinding,
    FamilyPriority,
    Help,
    HelpMenuItem,
    Photo,
    PlanStep,
    Visit,
)
from ..notices import PRIVACY_NOTICE
from ..queries.lists import standing
from ..rules import true_time
from ..services.stages import explain
from .household import current_listings, failing_now, newest_state, next_missing
from .indicators import IndicatorText, indicator_texts, indicator_texts_on
from .people import Member, members_of
from .story import open_promises, standing_visits
from .suggestions import Suggestion, suggested


@dataclass(frozen=True, slots=True)
class VisitDesk:
    """Everything laid out for one visit; `failed_numbers` are the indicators to ask first."""

    household: Household
    place: str
    failing: int
    items: list[HelpMenuItem]
    suggestions: list[Suggestion]
    promises: list[Help]
    members: list[Member]
    survey_year: int
    questions: list[tuple[int, str]]
    failed_numbers: list[int]
    notice_read_on: date | None
    next_missing: str

    @property
    def other_numbers(self) -> list[int]:
        first = set(self.failed_numbers)
        return [number for number, _text in self.questions if number not in first]


def desk_for(household: Household, *, today: date) -> VisitDesk:
    failing = failing_now(newest_state(household.pk))
    listings = current_listings(household.pk)
    survey_year = listings[0].target_list.survey_year if listings else fiscal_year_of(today) - 1
    texts = indicator_texts([survey_year])[survey_year]
    printed = {number for row in listings for number in row.failed_indicators}
    of_failing = [number for number, text in texts.items() if text.dimension and failing & text.dimension.bit]
    failed = [number for number in of_failing if number in printed]
    return VisitDesk(
        household=household,
        place=address_labels([household.area_code])[household.area_code],
        failing=failing,
        items=list(menu_items_for(household.province_code)),
        suggestions=suggested([household.pk], today=today)[household.pk],
        promises=list(open_promises([household.pk])),
        members=members_of(household.pk, today=today, masks=False),
        survey_year=survey_year,
        questions=[(number, f"{number}. {text.text}") for number, text in texts.items()],
        failed_numbers=failed + [number for number in of_failing if number not in printed],
        notice_read_on=_notice_read_on(household.pk),
        next_missing=next_missing(explain(household.pk, today)),
    )


def _notice_read_on(household_id: UUID) -> date | None:
    read = standing_visits(household_id).filter(notice_version=PRIVACY_NOTICE.version)
    return read.order_by("-visited_on").values_list("visited_on", flat=True).first()


@dataclass(frozen=True, slots=True)
class VisitSheet:
    """What was recorded with one visit."""

    helps: list[Help]
    checks: list[Verification]
    answers: list[tuple[str, str, str]]
    solved: list[str]
    amended_by: Visit | None
    number: str
    true_at: datetime
    clock_is_off: bool
    priorities: list[FamilyPriority]
    skipped: list[tuple[str, str]]
    photos: list[Photo]


def sheet_of(visit: Visit) -> VisitSheet:
    helps = Help.objects.filter(standing(Help), visit=visit).select_related("item", "agency")
    checks = Verification.objects.filter(visit_id=visit.pk).select_related("person")
    solved = DimensionFinding.objects.filter(visit=visit).values_list("dimension", flat=True)
    return VisitSheet(
        helps=list(helps.order_by("recorded_at", "pk")),
        checks=list(checks.order_by("person__sort_key")),
        answers=_answers_of(visit),
        solved=[str(Dimension(code).label) for code in solved],
        amended_by=Visit.objects.filter(amends=visit).first(),
        number=receipt_number(visit.pk),
        true_at=true_time(visit.visited_at, visit.clock_skew_s),
        clock_is_off=is_off(visit.clock_skew_s),
        priorities=list(FamilyPriority.objects.filter(visit=visit)),
        skipped=_skipped_of(visit),
        photos=photos_of(visit),
    )


def photos_of(visit: Visit) -> list[Photo]:
    """Stored photos of a visit and of those it corrects, in the order they were taken."""
    owners, before = [visit.pk], visit.amends_id
    while before is not None:
        owners.append(before)
        before = Visit.objects.filter(pk=before).values_list("amends_id", flat=True).first()
    rows = Photo.objects.filter(
        owner_id__in=owners,
        household_id=visit.household_id,
        kind=PhotoKind.VISIT,
        state=PhotoState.STORED,
    )
    return list(rows.order_by("taken_at", "recorded_at", "pk"))


def _skipped_of(visit: Visit) -> list[tuple[str, str]]:
    """(question, why it was not answered)."""
    sheets = [row for row in Assessment.objects.filter(visit=visit) if row.skipped]
    texts = indicator_texts_on(visit.visited_on, {row.survey_year for row in sheets}) if sheets else {}
    return [
        (_question(texts[row.survey_year], int(number)), str(SkipReason(reason).label))
        for row in sheets
        for number, reason in sorted(row.skipped.items(), key=lambda pair: int(pair[0]))
    ]


def _answers_of(visit: Visit) -> list[tuple[str, str, str]]:
    """(question as it was worded that day, answer in words, answer) in the order of the indicators."""
    rows = list(
        AssessmentAnswer.objects.filter(assessment__visit=visit)
        .select_related("assessment")
        .order_by("indicator")
    )
    texts = indicator_texts_on(visit.visited_on, {row.assessment.survey_year for row in rows})
    return [
        (
            _question(texts[row.assessment.survey_year], row.indicator),
            str(AnswerValue(row.value).label),
            row.value,
        )
        for row in rows
    ]


def _question(texts: dict[int, IndicatorText], number: int) -> str:
    return f"{number}. {texts[number].text}" if number in texts else str(number)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the person is told after saving: the number of the record, and what this household also has."""

    number: str
    promises: Sequence[Help]
    steps: Sequence[PlanStep]
    next_missing: str


def receipt_of(visit: Visit, *, today: date) -> Receipt:
    steps = PlanStep.objects.filter(
        plan__household_id=visit.household_id, plan__status="active", done_on=None
    ).order_by("due_on", "position")
    return Receipt(
        number=receipt_number(visit.pk),
        promises=list(open_promises([visit.household_id])),
        steps=list(steps[:3]),
        next_missing=next_missing(explain(visit.household_id, today)),
    )
