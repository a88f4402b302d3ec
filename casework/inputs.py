"""Clean values that forms, the API and commands hand to the services of the work. No ORM in here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from dimensions.enums import Dimension, Stage

from .enums import Step
from .months import Month


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
class PriorityInput:
    """What the family itself wants to work on, `rank` 1 to 3, and why."""

    rank: int
    dimension: str
    indicator: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitInput:
    """A visit as the phone or the form sends it; `id`, `household_id` and `visited_at` alone are enough.

    `answers` maps indicator numbers of `survey_year` to pass, fail or na, `skipped` others to a SkipReason;
    `is_full`: the whole set was gone through. `amends` names the visit that this one corrects: the corrected
    one no longer counts, its helps stay until they are amended, its answers, findings, priorities and the
    family's contribution are carried over unless this visit brings its own.
    `claimed_at` is the time the phone first gave where that could not be, `time_doubt` why. `clock_skew_s`,
    `sent_latitude` and `sent_longitude` are measured at sending and are no part of what the visit says.
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
    claimed_at: datetime | None = None
    time_doubt: str = ""
    family_contribution: str = ""
    priorities: tuple[PriorityInput, ...] = ()
    skipped: Mapping[int, str] = field(default_factory=dict)
    is_full: bool = False
    sent_latitude: float | None = None
    sent_longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoInput:
    """A photo as a phone announces it before its bytes come; `size` and `sha256` are those of the upload.

    `taken_at` and the place are the camera's moment. With `is_sealed` the bytes are sealed to the server for
    the person who sends them.
    """

    id: UUID
    visit_id: UUID
    household_id: UUID
    size: int
    sha256: bytes
    is_sealed: bool = True
    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: float | None = None
    clock_skew_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncInput:
    """What a phone says of itself when it meets the server; `kit_made_at`: when it took its kit along."""

    device_id: UUID
    phone_time: datetime
    waiting: int = 0
    oldest_at: datetime | None = None
    is_persisted: bool = False
    version: str = ""
    households: int = 0
    kit_made_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepInput:
    """One step of a household plan; `id` names a step of an earlier version that lives on.

    `responsible` is who does it, in words; `budget_source` where its money comes from.
    """

    text: str
    item_id: UUID | None = None
    nature: str = "development"
    dimension: str = ""
    responsible: str = ""
    budget_baht: Decimal | None = None
    budget_source: str = ""
    due_on: date | None = None
    done_on: date | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortFilters:
    """What narrows the lists of households, persons, visits and helps; the same words as in their addresses.

    `as_of` is a past day, by what had been recorded at its end; None: now, or the last day of a year that is
    over.
    Dimensions given together must all hold. `lists` are all kinds of list the household stands on, no more
    and no less. An empty `membership` means the cohort, without carried ones.
    `mentor` is a user, or 0 for households of a team with nobody named. `agency`, or `no_agency` for help for
    which nobody is named, keeps helps of that agency and the households that had one in the year.
    """

    fiscal_year: int
    area: str = ""
    centre: UUID | None = None
    list_kind: str = ""
    lists: tuple[str, ...] = ()
    failing: tuple[Dimension, ...] = ()
    relieved: tuple[Dimension, ...] = ()
    recovered: tuple[Dimension, ...] = ()
    stage: Stage | None = None
    membership: str = ""
    team: UUID | None = None
    mentor: int | None = None
    not_seen_month: Month | None = None
    no_team: bool = False
    overdue: bool = False
    visited_90: bool = False
    helped: bool = False
    removed: bool = False
    verified: bool = False
    checked: bool = False
    proposed: bool = False
    care: bool = False
    passing: bool = False
    slipped: bool = False
    additional: bool = False
    with_team: bool = False
    not_in_tpmap: bool = False
    removed_for: str = ""
    stage_carried: bool = False
    step: Step | None = None
    nature: str = ""
    agency: UUID | None = None
    no_agency: bool = False
    promised: bool = False
    mentor_gone: bool = False
    mentor_leaving: bool = False
    q: str = ""
    as_of: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NominationInput:
    """A household that somebody says was left out. `persons` are JSON values as on `Nomination`, the head
    first; `pin` is the head's national id or empty; `near_said` what the nominator said of near matches
    (household -> why it is another family). `photos` are the bytes of pictures.
    """

    id: UUID
    area_code: str
    persons: tuple[Mapping[str, Any], ...]
    reason: str
    dimensions: int
    house_no: str = ""
    house_code: str = ""
    phone: str = ""
    pin: str = ""
    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: float | None = None
    near_said: Mapping[UUID, str] = field(default_factory=dict)
    photos: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NominationCheck:
    """What the look on the spot found. `village` is the number of the village where it was not known."""

    is_poor: bool
    dimensions: int
    note: str
    village: int | None = None
    photos: tuple[bytes, ...] = ()
