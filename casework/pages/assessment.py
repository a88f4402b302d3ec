"""The re-assessment of a household: its questions with pictures, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from dimensions.asking import Asking, asking_for, dimension_near
from dimensions.enums import AnswerValue, Dimension, IndicatorUnit
from dimensions.models import Indicator, IndicatorSet
from dimensions.queries import income_thresholds, indicator_sets, indicators_of
from households.models import Household
from povertyops.areas.queries import address_labels

from ..models import FamilyPriority
from ..queries.assessments import (
    AssessmentState,
    LastAnswer,
    assessment_states,
    due_reason,
    full_dates,
    newest_assessment,
    newest_priorities,
    set_of_year,
    survey_year_of,
)
from .indicators import indicator_texts_on
from .people import Member, age_on, members_of


@dataclass(frozen=True, slots=True)
class Question:
    """One indicator as it is put to a family; `people` are the names of those to think of."""

    indicator: Indicator
    asking: Asking
    near: Dimension | None
    last: LastAnswer | None
    people: tuple[str, ...]

    @property
    def number(self) -> int:
        return self.indicator.number

    @property
    def text(self) -> str:
        return self.indicator.text

    @property
    def heading(self) -> str:
        """What is read aloud; the indicator's own text where no question was written for it."""
        return self.asking.ask or self.indicator.text

    @property
    def name(self) -> str:
        """What it is about, in short."""
        return self.asking.name or self.indicator.text

    @property
    def last_label(self) -> str:
        return str(AnswerValue(self.last.value).label) if self.last else ""


@dataclass(frozen=True, slots=True)
class AssessmentDesk:
    """Everything laid out for one assessment: the quick round first, then the rest of the set."""

    household: Household
    place: str
    survey_year: int
    quick: list[Question]
    rest: list[Question]
    threshold: int | None
    due: str

    @property
    def questions(self) -> list[Question]:
        return [*self.quick, *self.rest]


def assessment_desk(household: Household, *, today: date) -> AssessmentDesk:
    state = assessment_states([household.pk], today=today)[household.pk]
    members = members_of(household.pk, today=today, masks=False)
    questions = {question.number: question for question in _questions(state, members, today)}
    asked = state.round
    return AssessmentDesk(
        household=household,
        place=address_labels([household.area_code])[household.area_code],
        survey_year=state.survey_year,
        quick=[questions[number] for number in (*asked.first, *asked.again)],
        rest=[questions[number] for number in asked.rest],
        threshold=_thresholds(state.survey_year, state.survey_year).get(state.survey_year),
        due=due_reason(state.full_on, today),
    )


def _questions(state: AssessmentState, members: Sequence[Member], today: date) -> Iterable[Question]:
    if state.indicator_set is None:
        return
    for row in indicators_of(state.indicator_set):
        asking = _asking(state.indicator_set, row)
        near = dimension_near(row.dimension, row.category)
        yield Question(
            indicator=row,
            asking=asking,
            near=Dimension(near) if near else None,
            last=state.latest.get(row.number),
            people=_people(asking, members, today),
        )


def _asking(found: IndicatorSet, row: Indicator) -> Asking:
    return asking_for(found.code, row.number, row.text, name=row.name, ask=row.ask)


def _people(asking: Asking, members: Sequence[Member], today: date) -> tuple[str, ...]:
    if asking.ages is None:
        return ()
    ages = (
        (member.name, age_on(member.person.birth_date, today) if member.person.birth_date else None)
        for member in members
    )
    return tuple(name for name, years in ages if asking.is_about(years))


def _thresholds(first: int, last: int) -> dict[int, int]:
    """Survey year -> income threshold of these years, each the newest that was set by then."""
    rows = income_thresholds()
    found: dict[int, int] = {}
    for year in range(first, last + 1):
        begun = [row for row in rows if row.survey_year <= year]
        if begun:
            found[year] = max(begun, key=lambda row: row.survey_year).baht
    return found


# ----------------------------------------------------------------------------------- what a phone takes along


def indicators_piece(survey_years: Collection[int]) -> list[dict[str, Any]]:
    """The sets of these survey years with what is shown and said of each indicator."""
    sets = indicator_sets()
    wanted = {found.pk: found for year in survey_years if (found := set_of_year(sets, year))}
    return [_set_piece(found, survey_years) for found in wanted.values()]


def _set_piece(found: IndicatorSet, survey_years: Collection[int]) -> dict[str, Any]:
    return {
        "code": found.code,
        "valid_from": found.valid_from,
        "thresholds": _thresholds(min(survey_years), max(survey_years)),
        "indicators": [
            _indicator_piece(row, _asking(found, row)) for row in indicators_of(found) if row.text
        ],
    }


def _indicator_piece(row: Indicator, asking: Asking) -> dict[str, Any]:
    piece = {
        "number": row.number,
        "text": row.text,
        "dimension": row.dimension,
        "near": dimension_near(row.dimension, row.category),
        "person": row.unit == IndicatorUnit.PERSON,
        "picture": asking.picture,
        "alt": asking.alt,
        "ask": asking.ask,
        "name": asking.name,
    }
    return {**piece, "think": asking.think, "ages": asking.ages} if asking.think else piece


def assessment_pieces(household_ids: Collection[UUID], *, today: date) -> dict[UUID, dict[str, Any]]:
    """Household -> what a phone needs to ask: what to ask first and again, the last answers, what is due."""
    states = assessment_states(household_ids, today=today)
    return {pk: _household_piece(state, today) for pk, state in states.items()}


def _household_piece(state: AssessmentState, today: date) -> dict[str, Any]:
    answered: dict[str, list[int]] = {}
    for number, answer in state.latest.items():
        answered.setdefault(answer.on.isoformat(), []).append(number)
    return {
        "survey_year": state.survey_year,
        "failed": list(state.round.first),
        "look_again": list(state.round.again),
        "answers": {str(number): answer.value for number, answer in state.latest.items()},
        "answered": answered,
        "full_on": state.full_on.isoformat() if state.full_on else None,
        "assess_due": due_reason(state.full_on, today),
    }


# ---------------------------------------------------------------------------------------- what a family chose


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing the family wants to work on first."""

    rank: int
    dimension: Dimension
    indicator: str
    reason: str


@dataclass(frozen=True, slots=True)
class Assessed:
    """The newest assessment in the field in figures, and what the family chose and does itself."""

    last_on: date | None
    passed: int
    failed: int
    skipped: int
    is_full: bool
    due: str
    choices: list[Choice]
    contribution: str


def assessed(household_id: UUID, *, today: date) -> Assessed:
    row = newest_assessment(household_id)
    values = [answer.value for answer in row.answers.all()] if row else []
    priorities = newest_priorities(household_id)
    chosen_at = priorities[0].visit if priorities else row.visit if row else None
    survey_year = (survey_year_of(priorities[0].visit_id) if priorities else None) or 0
    full_on = full_dates([household_id]).get(household_id)
    return Assessed(
        last_on=row.assessed_on if row else None,
        passed=sum(value != AnswerValue.FAIL for value in values),
        failed=values.count(AnswerValue.FAIL),
        skipped=len(row.skipped) if row else 0,
        is_full=row.is_full if row else False,
        due=due_reason(full_on, today),
        choices=choices_in_words(priorities, chosen_at.visited_on, survey_year) if chosen_at else [],
        contribution=chosen_at.family_contribution if chosen_at else "",
    )


def choices_in_words(rows: Sequence[FamilyPriority], day: date, survey_year: int) -> list[Choice]:
    """With the indicators as they were worded on the day the family chose."""
    if not rows:
        return []
    texts = indicator_texts_on(day, [survey_year])[survey_year]
    return [
        Choice(
            rank=row.rank,
            dimension=Dimension(row.dimension),
            indicator=gettext("ข้อ %(number)d %(text)s")
            % {"number": row.indicator, "text": texts[row.indicator].text if row.indicator in texts else ""}
            if row.indicator
            else "",
            reason=row.reason,
        )
        for row in rows
    ]
