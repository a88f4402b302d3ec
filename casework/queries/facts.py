"""Everything the state of a household depends on, for any number of households in one query.

Rows that no longer stand (superseded, amended, void) are left out here, once, for every reader above.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from dimensions.rules import StageResult
from povertyops.common.prepared import fetch_prepared

from ..enums import CloseReason, Decision, HelpStatus

FEW = 100


class ScopeFact(NamedTuple):
    area_code: str
    centre_id: UUID
    is_municipal: bool
    team_id: UUID | None
    dimensions: int
    is_open: bool


class PlacementFact(NamedTuple):
    area_code: str
    centre_id: UUID
    is_municipal: bool
    valid_from: date
    valid_to: date | None


class ListingFact(NamedTuple):
    fiscal_year: int
    kind_code: str
    counts_as_found: bool
    survey_year: int
    effective_on: date
    dimensions: int
    failed_indicators: frozenset[int]
    births: dict[str, date | None]

    @property
    def person_ids(self) -> Iterable[str]:
        """The persons of the line, once each."""
        return self.births


class ReviewFact(NamedTuple):
    """Dimensions that a yearly review took into the baseline of a fiscal year."""

    fiscal_year: int
    dimensions: int
    failed_indicators: frozenset[int]
    effective_on: date


class VerificationFact(NamedTuple):
    person_id: str
    status: str
    on: date


class VisitFact(NamedTuple):
    on: date
    next_on: date | None
    in_tpmap: bool


class HelpFact(NamedTuple):
    id: str
    dimension: str
    relieves: bool
    on: date
    baht: Decimal
    is_development: bool
    in_tpmap: bool
    recorded_by: int | None
    recorded: float


class AssessmentFact(NamedTuple):
    id: str
    on: date
    survey_year: int
    is_official: bool
    recorded_by: int | None
    recorded: float
    answers: dict[str, str]


class SelfSolvedFact(NamedTuple):
    id: str
    dimension: str
    on: date
    recorded_by: int | None
    recorded: float


class PlanFact(NamedTuple):
    """An approved version; `recorded` is when its approval was."""

    id: str
    approved_on: date
    four_t: dict[str, Any]
    recorded_by: int | None
    recorded: float


class StepFact(NamedTuple):
    """A development step that was done; it counts once its version is approved."""

    id: str
    done_on: date
    approved_on: date
    done_by: int | None
    recorded: float


class CareFact(NamedTuple):
    """Approved continuing care; `recorded` is when its approval was."""

    id: str
    dimension: str
    approved_on: date
    ended_on: date | None
    proposed_by: int | None
    recorded: float


class AssignmentFact(NamedTuple):
    team_id: UUID
    mentor_id: int | None
    valid_from: date
    valid_to: date | None


class EventFact(NamedTuple):
    case_id: UUID
    kind: str
    to_stage: int
    on: date


class RejectionFact(NamedTuple):
    stage: int
    recorded: float


class CaseFact(NamedTuple):
    id: UUID
    opened_on: date
    closed_on: date | None
    is_removed: bool
    close_reason: str
    stage: int
    stage_since: date
    proposed_stage: int | None

    def is_open_on(self, day: date) -> bool:
        return self.opened_on <= day and (self.closed_on is None or self.closed_on > day)


@dataclass(slots=True)
class Facts:
    """One household's facts, each kind in the order of days; see the columns of `_COLUMNS`.

    `criteria`, `intervals` and `sets` are the JSON of small tables, the same for every household.
    `judged` holds results of the stage rule by (fiscal year, day), so that one write judges each day once.
    """

    household_id: UUID
    province_code: str
    sort_key: str
    scope: ScopeFact
    placements: list[PlacementFact]
    listings: list[ListingFact]
    reviews: list[ReviewFact]
    verifications: list[VerificationFact]
    visits: list[VisitFact]
    helps: list[HelpFact]
    assessments: list[AssessmentFact]
    self_solved: list[SelfSolvedFact]
    plans: list[PlanFact]
    steps: list[StepFact]
    care: list[CareFact]
    assignments: list[AssignmentFact]
    cases: list[CaseFact]
    events: list[EventFact]
    rejections: list[RejectionFact]
    has_pending_removal: bool
    closing_refused: float
    stored_states: list[dict[str, Any]]
    criteria: str
    intervals: str
    sets: str
    judged: dict[tuple[int, date], StageResult] = field(default_factory=dict)

    @property
    def open_case(self) -> CaseFact | None:
        return next((case for case in self.cases if case.closed_on is None), None)

    @property
    def newest_record(self) -> float:
        """When the newest piece of evidence was written down, in seconds since 1970; 0 without any."""
        groups: tuple[Sequence[Any], ...] = (
            self.helps,
            self.assessments,
            self.self_solved,
            self.plans,
            self.steps,
            self.care,
        )
        return max((fact.recorded for group in groups for fact in group), default=0.0)


_STANDING_VISIT = """
    NOT v.is_void AND NOT EXISTS (SELECT FROM casework_visit later WHERE later.amends_id = v.id)
"""
_STANDING_HELP = """
    NOT p.is_void AND NOT EXISTS (SELECT FROM casework_help later WHERE later.amends_id = p.id)
"""
_OF_STANDING_VISIT = f"""
    (f.visit_id IS NULL
     OR EXISTS (SELECT FROM casework_visit v WHERE v.id = f.visit_id AND {_STANDING_VISIT}))
"""

# Column -> (values of a fact, tables and condition, order). Dates arrive as ISO text inside JSON.
_COLUMNS: dict[str, tuple[str, str, str]] = {
    "placements": (
        "f.area_code, f.centre_id, c.kind LIKE '%%municipality', f.valid_from, f.valid_to",
        """households_householdplacement f JOIN areas_centre c ON c.id = f.centre_id
           WHERE f.household_id = h.id AND f.superseded_at IS NULL""",
        "f.valid_from, f.recorded_at, f.id",
    ),
    "listings": (
        """f.fiscal_year, f.kind_code, k.counts_as_found, t.survey_year, t.effective_on, f.dimensions,
           f.failed_indicators,
           (SELECT json_object_agg(p.person_id, q.birth_date) FROM households_listedperson p
            JOIN households_person q ON q.id = p.person_id WHERE p.listing_id = f.id)""",
        """households_listing f JOIN households_targetlist t ON t.id = f.target_list_id
           JOIN households_listkind k ON k.code = t.kind_id
           WHERE f.household_id = h.id AND f.superseded_at IS NULL""",
        "f.fiscal_year, f.kind_code",
    ),
    "reviews": (
        "f.fiscal_year, f.dimensions, f.failed_indicators, f.effective_on",
        "casework_baselinereview f WHERE f.household_id = h.id AND f.superseded_at IS NULL",
        "f.fiscal_year",
    ),
    "verifications": (
        "f.person_id, f.status, f.effective_on",
        "households_verification f WHERE f.household_id = h.id",
        "f.effective_on, f.recorded_at, f.id",
    ),
    "visits": (
        "v.visited_on, v.next_visit_on, v.tpmap_marked_at IS NOT NULL",
        f"casework_visit v WHERE v.household_id = h.id AND {_STANDING_VISIT}",
        "v.visited_on, v.visited_at, v.recorded_at, v.id",
    ),
    "helps": (
        """p.id, p.dimension, p.relieves, p.given_on, p.amount_baht::text,
           p.nature = 'development', p.tpmap_marked_at IS NOT NULL, p.recorded_by_id,
           extract(epoch FROM p.recorded_at)""",
        f"""casework_help p WHERE p.household_id = h.id AND p.status = '{HelpStatus.DELIVERED.value}'
            AND {_STANDING_HELP}""",
        "p.given_on, p.recorded_at, p.id",
    ),
    "assessments": (
        """f.id, f.assessed_on, f.survey_year, f.is_official, f.recorded_by_id,
           extract(epoch FROM f.recorded_at),
           (SELECT json_object_agg(a.indicator, a.value) FROM casework_assessmentanswer a
            WHERE a.assessment_id = f.id)""",
        f"casework_assessment f WHERE f.household_id = h.id AND {_OF_STANDING_VISIT}",
        "f.assessed_on, f.recorded_at, f.id",
    ),
    "self_solved": (
        "f.id, f.dimension, f.found_on, f.recorded_by_id, extract(epoch FROM f.recorded_at)",
        f"casework_dimensionfinding f WHERE f.household_id = h.id AND {_OF_STANDING_VISIT}",
        "f.found_on, f.recorded_at, f.id",
    ),
    "plans": (
        "f.id, f.approved_on, f.four_t, f.recorded_by_id, extract(epoch FROM f.decided_at)",
        "casework_householdplan f WHERE f.household_id = h.id AND f.approved_on IS NOT NULL",
        "f.version",
    ),
    "steps": (
        "s.id, s.done_on, f.approved_on, s.done_by_id, extract(epoch FROM s.done_recorded_at)",
        """casework_planstep s JOIN casework_householdplan f ON f.id = s.plan_id
           WHERE f.household_id = h.id AND s.nature = 'development' AND s.done_on IS NOT NULL
             AND f.approved_on IS NOT NULL""",
        "s.done_on, s.id",
    ),
    "care": (
        """f.id, f.dimension, f.approved_on, f.ended_on, f.proposed_by_id,
           extract(epoch FROM f.decided_at)""",
        f"""casework_continuingcare f
            WHERE f.household_id = h.id AND f.decision = '{Decision.ACCEPTED.value}'""",
        "f.approved_on, f.id",
    ),
    "assignments": (
        "f.team_id, f.mentor_id, f.valid_from, f.valid_to",
        "casework_assignment f WHERE f.household_id = h.id",
        "f.valid_from, f.recorded_at, f.id",
    ),
    "cases": (
        """f.id, f.opened_on, f.closed_on,
           EXISTS (SELECT FROM casework_removalrequest r
                   WHERE r.case_id = f.id AND r.decision = 'accepted'),
           f.close_reason, f.stage, f.stage_since, f.proposed_stage""",
        "casework_case f WHERE f.household_id = h.id",
        "f.opened_on, f.recorded_at, f.id",
    ),
    "events": (
        "f.case_id, f.kind, f.to_stage, f.effective_on",
        "casework_stageevent f WHERE f.household_id = h.id",
        "f.effective_on, f.recorded_at, f.id",
    ),
    "rejections": (
        "f.stage, extract(epoch FROM f.recorded_at)",
        "casework_stagerejection f WHERE f.household_id = h.id",
        "f.recorded_at, f.id",
    ),
}


def _aggregate(values: str, tables: str, order: str) -> str:
    return f"(SELECT json_agg(json_build_array({values}) ORDER BY {order}) FROM {tables})"  # noqa: S608


# Small tables that hold for all households: read once beside the facts, parsed by `LoadedYardstick`.
_CRITERIA = """
    (SELECT json_agg(json_build_object(
         'version', version, 'province_code', province_code, 'effective_from', effective_from,
         'sufficient_days', sufficient_days, 'assessments_gap_days', assessments_gap_days,
         'passing_assessments', passing_assessments, 'needs_development_step', needs_development_step
     ) ORDER BY effective_from, version)::text FROM dimensions_stagecriteria)
"""
_INTERVALS = """
    (SELECT json_agg(json_build_array(province_code, stage, days))::text FROM casework_followupinterval)
"""
# The times are UTC; a version counts from the day on which it was saved in Thailand.
_SETS = """
    (SELECT json_agg(json_build_array(
         s.id, s.code, s.valid_from, (s.recorded_at AT TIME ZONE 'Asia/Bangkok')::date,
         (SELECT count(*) FROM dimensions_indicator i WHERE i.indicator_set_id = s.id)
     ) ORDER BY s.code, s.version)::text FROM dimensions_indicatorset s)
"""


def _query(states: str) -> str:
    return f"""
        SELECT h.id, h.province_code, h.sort_key,
               json_build_array(s.area_code, s.centre_id, s.is_municipal, s.team_id, s.dimensions, s.is_open),
               {", ".join(_aggregate(*column) for column in _COLUMNS.values())},
               EXISTS (SELECT FROM casework_removalrequest r
                       WHERE r.household_id = h.id AND r.decision = '{Decision.PENDING.value}'),
               coalesce((SELECT extract(epoch FROM max(r.decided_at)) FROM casework_removalrequest r
                         WHERE r.household_id = h.id AND r.decision = '{Decision.REJECTED.value}'
                           AND r.reason = '{CloseReason.NOT_POOR.value}'), 0),
               {states},
               {_CRITERIA},
               {_INTERVALS},
               {_SETS}
        FROM households_household h
        JOIN households_householdscope s ON s.household_id = h.id
        WHERE h.id = ANY(%s)
        ORDER BY h.id
    """  # noqa: S608 - built from the constants above


_FACTS = _query("NULL::json")
_FACTS_AND_STATES = _query("(SELECT json_agg(c) FROM casework_cohortstate c WHERE c.household_id = h.id)")


def load_facts(household_ids: Iterable[UUID], *, with_states: bool = False) -> list[Facts]:
    """The facts of these households in the order of their ids: one query, however many there are.

    `with_states` adds the rows of CohortState as they are stored, to compare with what they should be.
    """
    ids = sorted(set(household_ids))
    if not ids:
        return []
    statement = _FACTS_AND_STATES if with_states else _FACTS
    # Planning costs more than the facts of a few; a plan for many must see how large the tables have grown.
    rows = fetch_prepared(statement, [ids]) if len(ids) <= FEW else _fetch(statement, ids)
    return [_facts_of(row) for row in rows]


def _fetch(statement: str, ids: list[UUID]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids])
        return cursor.fetchall()


@lru_cache(maxsize=10_000)
def uuid_of(text: str) -> UUID:
    """A UUID out of JSON; centres, teams and households come again and again."""
    return UUID(text)


def _births(persons: dict[str, str | None] | None) -> dict[str, date | None]:
    return {pk: _day(born) for pk, born in (persons or {}).items()}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _facts_of(row: tuple[Any, ...]) -> Facts:
    (
        household_id,
        province_code,
        sort_key,
        scope,
        *columns,
        pending,
        refused,
        states,
        criteria,
        intervals,
        sets,
    ) = row
    found = dict(zip(_COLUMNS, columns, strict=True))
    day = date.fromisoformat
    return Facts(
        household_id=household_id,
        province_code=province_code,
        sort_key=sort_key,
        scope=ScopeFact(
            scope[0], uuid_of(scope[1]), scope[2], uuid_of(scope[3]) if scope[3] else None, *scope[4:]
        ),
        placements=[
            PlacementFact(area, uuid_of(centre), municipal, day(start), _day(end))
            for area, centre, municipal, start, end in found["placements"] or ()
        ],
        listings=[
            ListingFact(year, kind, is_found, survey, day(on), mask, frozenset(failed), _births(persons))
            for year, kind, is_found, survey, on, mask, failed, persons in found["listings"] or ()
        ],
        reviews=[
            ReviewFact(year, mask, frozenset(failed), day(on))
            for year, mask, failed, on in found["reviews"] or ()
        ],
        verifications=[
            VerificationFact(who, what, day(on)) for who, what, on in found["verifications"] or ()
        ],
        visits=[VisitFact(day(on), _day(then), known) for on, then, known in found["visits"] or ()],
        helps=[
            HelpFact(pk, dimension, relieves, day(on), Decimal(baht), develops, known, who, recorded)
            for pk, dimension, relieves, on, baht, develops, known, who, recorded in found["helps"] or ()
        ],
        assessments=[
            AssessmentFact(pk, day(on), survey, official, who, recorded, answers or {})
            for pk, on, survey, official, who, recorded, answers in found["assessments"] or ()
        ],
        self_solved=[
            SelfSolvedFact(pk, dimension, day(on), who, recorded)
            for pk, dimension, on, who, recorded in found["self_solved"] or ()
        ],
        plans=[
            PlanFact(pk, day(on), four_t, who, recorded)
            for pk, on, four_t, who, recorded in found["plans"] or ()
        ],
        steps=[
            StepFact(pk, day(on), day(approved), who, recorded or 0.0)
            for pk, on, approved, who, recorded in found["steps"] or ()
        ],
        care=[
            CareFact(pk, dimension, day(on), _day(until), who, recorded)
            for pk, dimension, on, until, who, recorded in found["care"] or ()
        ],
        assignments=[
            AssignmentFact(uuid_of(team), mentor, day(start), _day(end))
            for team, mentor, start, end in found["assignments"] or ()
        ],
        cases=[
            CaseFact(uuid_of(pk), day(start), _day(end), removed, reason, stage, day(since), proposed)
            for pk, start, end, removed, reason, stage, since, proposed in found["cases"] or ()
        ],
        events=[EventFact(uuid_of(case), kind, to, day(on)) for case, kind, to, on in found["events"] or ()],
        rejections=[RejectionFact(stage, recorded) for stage, recorded in found["rejections"] or ()],
        has_pending_removal=pending,
        closing_refused=float(refused),
        stored_states=states or [],
        criteria=criteria or "[]",
        intervals=intervals or "[]",
        sets=sets or "[]",
    )
