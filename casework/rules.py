"""Rules of the work as plain functions: days that count, who may do what, when a household is due."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from dimensions.enums import AnswerValue
from povertyops.accounts.enums import OFFICE_ROLES, Role
from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of

from .enums import Decision, Membership

VISITED_WITHIN_DAYS = 90
FOLLOW_UP_DAYS = 30
REPEAT_WITHIN_DAYS = 30
CLOCK_TOLERANCE = timedelta(minutes=15)
BATCH_LIMIT = 100
COHORT_MEMBERSHIPS = (Membership.LISTED, Membership.FOUND)

ASSIGNING_ROLES = frozenset(
    {Role.TEAM_LEADER, Role.DISTRICT_OFFICER, Role.MUNICIPAL_OFFICER, Role.PROVINCIAL_SECRETARY}
)
VERIFYING_ROLES = ASSIGNING_ROLES | {Role.TEAM_MEMBER, Role.MENTOR}
APPROVING_ROLES = frozenset({Role.DISTRICT_OFFICER, Role.MUNICIPAL_OFFICER, Role.PROVINCIAL_SECRETARY})
DECIDING_ROLES = APPROVING_ROLES
HANDING_OVER_ROLES = APPROVING_ROLES
TRANSFER_DECIDING_ROLES = APPROVING_ROLES
INTERVAL_ROLES = frozenset({Role.PROVINCIAL_SECRETARY})
BULK_HELP_ROLES = APPROVING_ROLES | OFFICE_ROLES
MENU_KEEPERS = frozenset({Role.PROVINCIAL_SECRETARY, Role.SYSTEM_ADMIN})
REQUESTING_ROLES = VERIFYING_ROLES
PLANNING_ROLES = VERIFYING_ROLES
CARE_PROPOSING_ROLES = ASSIGNING_ROLES | {Role.TEAM_MEMBER}

REMOVAL_TRANSITIONS: dict[Decision, frozenset[Decision]] = {
    Decision.PENDING: frozenset({Decision.ACCEPTED, Decision.REJECTED}),
    Decision.ACCEPTED: frozenset(),
    Decision.REJECTED: frozenset(),
}


def stands_at(fiscal_year: int, today: date) -> date:
    """The day at which a fiscal year's board stands: the earlier of today and its last day."""
    return min(today, fiscal_year_bounds(fiscal_year)[1])


def visited_from(as_of: date) -> date:
    """First day of the ninety that end on `as_of`."""
    return as_of - timedelta(days=VISITED_WITHIN_DAYS)


def due_day(
    *,
    last_visit_on: date | None,
    next_visit_on: date | None,
    assigned_on: date | None,
    opened_on: date,
    days: int = FOLLOW_UP_DAYS,
) -> date:
    """When a household is due: the appointed day of its last visit, else the interval after that visit,
    else after the later of its assignment and the opening of its case."""
    if next_visit_on is not None:
        return next_visit_on
    return (last_visit_on or max(assigned_on or opened_on, opened_on)) + timedelta(days=days)


def follow_up_days(rows: Iterable[tuple[str, int, int]], province_code: str, stage: int) -> int:
    """Interval of a stage from (province, stage, days) rows; a province's own row goes first."""
    found: Mapping[str, int] = {code: days for code, of_stage, days in rows if of_stage == stage}
    return found.get(province_code) or found.get("") or FOLLOW_UP_DAYS


@dataclass(frozen=True, slots=True)
class AssessmentDue:
    """The whole set is still to be asked in a fiscal year."""

    fiscal_year: int
    last_full_on: date | None


def assessment_due(*, full_on: date | None, today: date) -> AssessmentDue | None:
    """Whether the yearly assessment of the whole set is missing; None once it was done this fiscal year."""
    year = fiscal_year_of(today)
    if full_on is not None and full_on >= fiscal_year_bounds(year)[0]:
        return None
    return AssessmentDue(year, full_on)


class Round(NamedTuple):
    """In which order indicators are asked: `first` failed, `again` were passed over last time."""

    first: tuple[int, ...]
    again: tuple[int, ...]
    rest: tuple[int, ...]


def asking_round(
    numbers: Iterable[int],
    *,
    listed: Collection[int],
    latest: Mapping[int, str],
    skipped: Collection[int],
) -> Round:
    """Failed by the baseline lists or by the latest answer first, and of those what has not passed since
    before what has; then what was skipped last time; then all others."""
    known = list(numbers)
    failed = [number for number in known if number in listed or latest.get(number) == AnswerValue.FAIL]
    passed = {AnswerValue.PASS, AnswerValue.NOT_APPLICABLE}
    first = sorted(failed, key=lambda number: (latest.get(number) in passed, number))
    again = [number for number in known if number in skipped and number not in failed]
    asked = {*first, *again}
    return Round(tuple(first), tuple(again), tuple(number for number in known if number not in asked))


def true_time(visited_at: datetime, clock_skew_s: int | None) -> datetime:
    """When a visit took place by the server's clock; the skew is how far the phone's clock runs ahead."""
    return visited_at - timedelta(seconds=clock_skew_s or 0)


def visit_day(visited_at: datetime, clock_skew_s: int | None) -> date:
    return true_time(visited_at, clock_skew_s).astimezone(timezone.get_default_timezone()).date()


def may_decide_removal(decision: str, to: Decision) -> bool:
    return to in REMOVAL_TRANSITIONS[Decision(decision)]
