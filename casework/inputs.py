"""Clean values that forms, the API and commands hand to the services of the work. No ORM in here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from dimensions.enums import Dimension, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpInput:
    """One help. `household_id` may be left out inside a visit; `fulfils` names the promise it keeps."""

    id: UUID
    item_id: UUID
    given_on: date
    household_id: UUID | None = None
    agency_name: str = ""
    amount_baht: Decimal = Decimal(0)
    detail: str = ""
    status: str = "delivered"
    letter_number: str = ""
    fulfils: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingInput:
    """What the field check found about one person."""

    person_id: UUID
    status: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitInput:
    """A visit as the phone or the form sends it; `id`, `household_id` and `visited_at` alone are enough.

    `answers` maps indicator numbers of `survey_year` to pass, fail or na. `amends` names the visit that
    this one corrects: the corrected one no longer counts, its helps stay until they are amended, its
    answers and findings are carried over unless this visit brings its own.
    """

    id: UUID
    household_id: UUID
    visited_at: datetime
    outcome: str = "met"
    note: str = ""
    next_visit_on: date | None = None
    notice_version: str = ""
    helps: tuple[HelpInput, ...] = ()
    verifications: tuple[FindingInput, ...] = ()
    answers: Mapping[int, str] = field(default_factory=dict)
    survey_year: int | None = None
    self_solved: tuple[Dimension, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: float | None = None
    clock_skew_s: int | None = None
    amends: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepInput:
    """One step of a household plan; `id` names a step of the version before that lives on."""

    text: str
    item_id: UUID | None = None
    nature: str = "development"
    due_on: date | None = None
    done_on: date | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortFilters:
    """What narrows the lists of households, persons, visits and helps; the same words as in their addresses.

    `as_of` is the day the list stands at; None: the earlier of today and the last day of the fiscal year.
    Dimensions given together must all hold. An empty `membership` means the cohort, without carried ones.
    """

    fiscal_year: int
    area: str = ""
    centre: UUID | None = None
    list_kind: str = ""
    failing: tuple[Dimension, ...] = ()
    relieved: tuple[Dimension, ...] = ()
    recovered: tuple[Dimension, ...] = ()
    stage: Stage | None = None
    membership: str = ""
    team: UUID | None = None
    no_team: bool = False
    overdue: bool = False
    visited_90: bool = False
    helped: bool = False
    removed: bool = False
    verified: bool = False
    checked: bool = False
    proposed: bool = False
    q: str = ""
    as_of: date | None = None
