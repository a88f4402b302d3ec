"""From the facts of a household to its row of each fiscal year and the changes of its stage. No queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple, Protocol
from uuid import UUID

from dimensions.enums import Dimension, Stage
from dimensions.rules import (
    Answer,
    DimensionEvidence,
    DimensionFact,
    DimensionMap,
    PlanFacts,
    StageEvidence,
    StageResult,
    StageRule,
    StepDone,
    evaluate_stage,
)
from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of

from ..enums import Membership, StageEventKind, Step
from ..models.cohort import LONG_AGO
from ..queries.facts import AssignmentFact, CaseFact, EventFact, Facts, ListingFact, ReviewFact
from ..rules import due_day, stands_at
from .state_parts import ListedPersons, failing_share

FOUR_T = ("attitude", "skills", "resources", "way_out")


class Yardstick(Protocol):
    """What the judgement needs of indicator sets, criteria and intervals; loaded once for many households."""

    def mapping(self, survey_year: int, on: date) -> DimensionMap: ...
    def same_set(self, survey_year: int, other: int, on: date) -> bool: ...
    def rule(self, province_code: str, on: date) -> StageRule: ...
    def follow_up_days(self, province_code: str, stage: int) -> int: ...
    def set_size(self, survey_year: int, on: date) -> int: ...


class StateRow(NamedTuple):
    """A row of CohortState without its own key; the fields are its columns, in the order of writing."""

    household_id: UUID
    fiscal_year: int
    membership: int
    province_code: str
    district_code: str
    subdistrict_code: str
    area_code: str
    centre_id: UUID
    is_municipal: bool
    team_id: UUID | None
    mentor_id: int | None
    sort_key: str
    list_kinds: list[str]
    list_dimensions: list[int]
    list_persons: list[int]
    list_verified_persons: list[int]
    list_checked_persons: list[int]
    baseline: int
    additional: int
    relieved: int
    recovered: int
    in_care: int
    stage: int
    proposed_stage: int | None
    is_open: bool
    is_removed: bool
    persons: int
    verified_persons: int
    checked_persons: int
    last_visit_on: date | None
    due_on: date | None
    visits: int
    helps: int
    baht: Decimal
    development_helps: int
    development_baht: Decimal
    step: int
    step_since: date
    slips: int
    not_in_tpmap: int
    is_stage_carried: bool
    removed_for: str
    failing_share: int
    fragile: int


class NewEvent(NamedTuple):
    """A change of stage that the evidence makes; a person approves the others."""

    case_id: UUID
    kind: StageEventKind
    from_stage: Stage
    to_stage: Stage
    effective_on: date
    result: StageResult


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the evidence of a household changes today: events, the stage it then has, and what to propose."""

    events: tuple[NewEvent, ...]
    stage: int
    stage_since: date
    proposed_stage: int | None
    propose_closing: bool


# ------------------------------------------------------------------------------------------------- evidence


def listings_of(facts: Facts, fiscal_year: int) -> list[ListingFact]:
    """The listings that give the baseline of a year: those of the newest year up to it that has any."""
    years = [listing.fiscal_year for listing in facts.listings if listing.fiscal_year <= fiscal_year]
    newest = max(years, default=None)
    return [listing for listing in facts.listings if listing.fiscal_year == newest]


def reviews_of(facts: Facts, fiscal_year: int, on: date) -> list[ReviewFact]:
    """The yearly reviews that add to the baseline of a year: not older than the lists that give it."""
    newest = max((listing.fiscal_year for listing in listings_of(facts, fiscal_year)), default=None)
    if newest is None:
        return []
    return [
        review
        for review in facts.reviews
        if newest <= review.fiscal_year <= fiscal_year and review.effective_on <= on
    ]


def evidence_of(
    facts: Facts, fiscal_year: int, on: date, yardstick: Yardstick, events: Sequence[EventFact]
) -> StageEvidence:
    """The evidence the stage rule asks for, with the baseline of the fiscal year."""
    listings = listings_of(facts, fiscal_year)
    baseline = [
        DimensionEvidence(dimension, listing.effective_on, listing.failed_indicators)
        for listing in listings
        for dimension in Dimension.from_mask(listing.dimensions)
    ] + [
        DimensionEvidence(dimension, review.effective_on, review.failed_indicators)
        for review in reviews_of(facts, fiscal_year, on)
        for dimension in Dimension.from_mask(review.dimensions)
    ]
    if not (facts.helps or facts.assessments or facts.self_solved or facts.plans or facts.care or events):
        return StageEvidence(mapping={}, baseline=baseline)
    survey_year = max((listing.survey_year for listing in listings), default=0)
    return StageEvidence(
        mapping=yardstick.mapping(survey_year, on) if facts.assessments else {},
        baseline=baseline,
        answers=[
            Answer(
                int(number), value, found.on, found.recorded_by, found.id, found.is_official, found.recorded
            )
            for found in facts.assessments
            if yardstick.same_set(found.survey_year, survey_year, on)
            for number, value in found.answers.items()
        ],
        relieving_helps=[
            DimensionFact(Dimension(help_.dimension), help_.on, help_.recorded_by, help_.id)
            for help_ in facts.helps
            if help_.relieves
        ],
        self_solved=[
            DimensionFact(Dimension(found.dimension), found.on, found.recorded_by, found.id)
            for found in facts.self_solved
        ],
        continuing_care=[
            DimensionFact(Dimension(care.dimension), care.approved_on, care.proposed_by, care.id)
            for care in facts.care
            if care.ended_on is None or care.ended_on > on
        ],
        plan=_plan_on(facts, on),
        development_steps=[
            StepDone(step.done_on, step.done_by, step.id) for step in facts.steps if step.approved_on <= on
        ],
        sufficient_since=sufficient_since(events, on),
    )


def _plan_on(facts: Facts, on: date) -> PlanFacts | None:
    """The last version approved by that day; it holds until the next one is approved."""
    approved = [plan for plan in facts.plans if plan.approved_on <= on]
    if not approved:
        return None
    plan = approved[-1]
    complete = all(plan.four_t.get(part) for part in FOUR_T)
    return PlanFacts(plan.approved_on, complete, plan.recorded_by, plan.id)


# ---------------------------------------------------------------------------------------------------- events


def stage_on(events: Iterable[EventFact], on: date) -> tuple[Stage, EventFact | None]:
    """The stage at the end of the day, and the event that gave it (None: waiting from the opening)."""
    last = None
    for event in events:
        if event.on <= on:
            last = event
    return (Stage(last.to_stage), last) if last else (Stage.WAITING, None)


def sufficient_since(events: Iterable[EventFact], on: date) -> date | None:
    """Since when *sufficient* or more has been held without a fall below it."""
    since = None
    for event in events:
        if event.on > on:
            break
        if event.to_stage < Stage.SUFFICIENT:
            since = None
        elif since is None:
            since = event.on
    return since


def latest_failure(evidence: StageEvidence, baseline_mask: int, on: date) -> date:
    """The last day on which a list or an answer called a baseline dimension failing."""
    listed = (failure.failed_on for failure in evidence.baseline if failure.failed_on <= on)
    answered = (
        answer.on
        for answer in evidence.answers
        if answer.fails
        and answer.on <= on
        and answer.indicator in evidence.mapping
        and evidence.mapping[answer.indicator].bit & baseline_mask
    )
    return max((*listed, *answered), default=date.min)


def change_of_stage(
    case: CaseFact, current: EventFact | None, result: StageResult, failed_on: date
) -> NewEvent | None:
    """The event the evidence makes by itself: up to survive, down by failing evidence, or a correction.

    Silence and missing papers never lower a stage. A survive that was computed from a record since corrected
    is taken back as of its own day; a stage that a person gave or carried over is not.
    """
    stage = Stage(current.to_stage) if current else Stage.WAITING
    if stage == Stage.WAITING and result.stage >= Stage.SURVIVE:
        relieved = max(met.on for met in result.met if met.stage == Stage.SURVIVE)
        on = max(relieved, case.opened_on, current.on if current else relieved)
        return NewEvent(case.id, StageEventKind.COMPUTED, stage, Stage.SURVIVE, on, result)
    if current is None or result.stage >= stage:
        return None
    if failed_on > current.on:
        return NewEvent(case.id, StageEventKind.SLIPPED, stage, result.stage, failed_on, result)
    if stage == Stage.SURVIVE and current.kind == StageEventKind.COMPUTED:
        return NewEvent(case.id, StageEventKind.CORRECTED, stage, result.stage, current.on, result)
    return None


def settle(facts: Facts, yardstick: Yardstick, *, today: date, since: date) -> Settlement | None:
    """Judge the open case at the end of every fiscal year from `since` on, and today; None without one.

    What only the yardstick of a later year makes of older evidence counts from the first day of that year.
    """
    case = facts.open_case
    if case is None:
        return None
    known = [event for event in facts.events if event.case_id == case.id]
    made: list[NewEvent] = []
    first = fiscal_year_of(max(since, case.opened_on))
    result = None
    for year in range(min(first, fiscal_year_of(today)), fiscal_year_of(today) + 1):
        on = stands_at(year, today)
        evidence = evidence_of(facts, year, on, yardstick, known)
        result = evaluate_stage(evidence, on, yardstick.rule(facts.province_code, on))
        if case_on(facts, on) is case:
            facts.judged[year, on] = result
        failed_on = latest_failure(evidence, result.baseline_mask, on)
        event = change_of_stage(case, stage_on(known, on)[1], result, failed_on)
        if event is not None:
            event = event._replace(effective_on=max(event.effective_on, fiscal_year_bounds(year)[0]))
            facts.judged.clear()
            made.append(event)
            known.append(EventFact(case.id, event.kind, event.to_stage, event.effective_on))
            known.sort(key=lambda fact: fact.on)
    assert result is not None
    stage, current = stage_on(known, date.max)
    fails_nothing = any(missing.code == "fails_nothing" for missing in result.missing)
    return Settlement(
        events=tuple(made),
        stage=stage,
        stage_since=current.on if current else case.opened_on,
        proposed_stage=_proposal(facts, stage, result),
        propose_closing=fails_nothing
        and not facts.has_pending_removal
        and not facts.closing_refused >= facts.newest_record,
    )


def _proposal(facts: Facts, stage: Stage, result: StageResult) -> int | None:
    if result.stage < Stage.SUFFICIENT or result.stage <= stage:
        return None
    return None if _was_refused(facts, result.stage) else result.stage


def _was_refused(facts: Facts, stage: int) -> bool:
    """Whether this stage was turned down and nothing new has been written down since."""
    refused = [refusal.recorded for refusal in facts.rejections if refusal.stage == stage]
    return bool(refused) and max(refused) >= facts.newest_record


# ------------------------------------------------------------------------------------------------- state rows


def years_of(facts: Facts, today: date) -> list[tuple[int, bool]]:
    """(fiscal year, carried) of every row the household has, earliest first."""
    listed = {listing.fiscal_year for listing in facts.listings}
    if not listed:
        return []
    years = []
    for year in range(min(listed), max(fiscal_year_of(today), *listed) + 1):
        if year in listed:
            years.append((year, False))
        elif any(case.is_open_on(fiscal_year_bounds(year)[0]) for case in facts.cases):
            years.append((year, True))
    return years


def state_rows(
    facts: Facts,
    yardstick: Yardstick,
    *,
    today: date,
    since: date | None = None,
    only_year: int | None = None,
) -> list[StateRow]:
    """The rows of the fiscal years that end on or after `since`, each as of today or its last day."""
    return [
        _state_row(facts, yardstick, year, carried, today)
        for year, carried in years_of(facts, today)
        if (since is None or fiscal_year_bounds(year)[1] >= since) and only_year in (None, year)
    ]


def _state_row(facts: Facts, yardstick: Yardstick, year: int, carried: bool, today: date) -> StateRow:
    first_day, last_day = fiscal_year_bounds(year)
    on = stands_at(year, today)
    listings = listings_of(facts, year)
    case = case_on(facts, on)
    events = [event for event in facts.events if case is not None and event.case_id == case.id]
    stage, event = stage_on(events, on)
    result = facts.judged.get((year, on)) or evaluate_stage(
        evidence_of(facts, year, on, yardstick, events), on, yardstick.rule(facts.province_code, on)
    )
    place = _place_on(facts, on)
    assignment = assignment_on(facts.assignments, on)
    persons = ListedPersons(facts, on)
    is_open = case is not None and case.is_open_on(on)
    is_removed = case is not None and case.is_removed and not is_open and case.opened_on <= on
    helps = [help_ for help_ in facts.helps if first_day <= help_.on <= on]
    visits = [visit for visit in facts.visits if first_day <= visit.on <= on]
    developing = [help_ for help_ in helps if help_.is_development]
    kinds = [] if carried else listings
    masks = [listing.dimensions for listing in kinds]
    if len(kinds) == 1:
        masks = [result.baseline_mask & ~_only_reviewed(facts, year, on, listings)]
    everyone = frozenset(pk for listing in listings for pk in listing.person_ids)
    step, step_since = _step_on(facts, case, event, assignment, persons.all_checked_on(everyone), on)
    return StateRow(
        household_id=facts.household_id,
        fiscal_year=year,
        membership=_membership(listings, carried),
        province_code=facts.province_code,
        district_code=place[0][:4],
        subdistrict_code=place[0][:6],
        area_code=place[0],
        centre_id=place[1],
        is_municipal=place[2],
        team_id=assignment.team_id if assignment else None,
        mentor_id=assignment.mentor_id if assignment else None,
        sort_key=facts.sort_key,
        list_kinds=[listing.kind_code for listing in kinds],
        list_dimensions=masks,
        list_persons=[len(set(listing.person_ids)) for listing in kinds],
        list_verified_persons=[persons.verified(listing.person_ids) for listing in kinds],
        list_checked_persons=[persons.checked(listing.person_ids) for listing in kinds],
        baseline=result.baseline_mask,
        additional=result.additional_mask,
        relieved=result.relieved_mask,
        recovered=result.recovered_mask,
        in_care=result.care_mask,
        stage=stage,
        proposed_stage=case.proposed_stage if case and case.closed_on is None and last_day >= today else None,
        is_open=is_open,
        is_removed=is_removed,
        persons=len(everyone),
        verified_persons=persons.verified(everyone),
        checked_persons=persons.checked(everyone),
        last_visit_on=max((visit.on for visit in facts.visits if visit.on <= on), default=None),
        due_on=_due_on(facts, yardstick, case, assignment, stage, on) if case and is_open else None,
        visits=len(visits),
        helps=len(helps),
        baht=sum((help_.baht for help_ in helps), Decimal(0)),
        development_helps=len(developing),
        development_baht=sum((help_.baht for help_ in developing), Decimal(0)),
        step=step,
        step_since=step_since,
        slips=sum(1 for fell in events if fell.kind == StageEventKind.SLIPPED and first_day <= fell.on <= on),
        not_in_tpmap=sum(not visit.in_tpmap for visit in visits) + sum(not given.in_tpmap for given in helps),
        is_stage_carried=event is not None and event.kind == StageEventKind.CARRIED,
        removed_for=case.close_reason if case is not None and is_removed else "",
        failing_share=_share_of_indicators(facts, year, result, yardstick, on),
        fragile=persons.fragile(listings, first_day),
    )


def _share_of_indicators(facts: Facts, year: int, result: StageResult, yardstick: Yardstick, on: date) -> int:
    listings = listings_of(facts, year)
    reviews = reviews_of(facts, year, on)
    answers = evidence_of(facts, year, on, yardstick, ()).answers if facts.assessments else ()
    mask = result.baseline_mask & ~result.recovered_mask | result.additional_mask
    size = yardstick.set_size(max((listing.survey_year for listing in listings), default=0), on)
    return failing_share(mask, (*listings, *reviews), answers, size, on)


def _only_reviewed(facts: Facts, year: int, on: date, listings: Sequence[ListingFact]) -> int:
    """The dimensions that stand in the baseline by a review alone."""
    added = listed = 0
    for review in reviews_of(facts, year, on):
        added |= review.dimensions
    for listing in listings:
        listed |= listing.dimensions
    return added & ~listed


def _step_on(
    facts: Facts,
    case: CaseFact | None,
    event: EventFact | None,
    assignment: AssignmentFact | None,
    checked_on: date | None,
    on: date,
) -> tuple[Step, date]:
    """How far the case had come on a day, and since when; the furthest step counts, whatever was left out."""
    if case is None:
        return Step.CLOSED, LONG_AGO
    if not case.is_open_on(on):
        return Step.CLOSED, case.closed_on or case.opened_on
    if event is not None and event.to_stage >= Stage.SURVIVE:
        return Step(Step.SURVIVE + event.to_stage - Stage.SURVIVE), event.on
    first_visit = min((visit.on for visit in facts.visits if case.opened_on <= visit.on <= on), default=None)
    if first_visit is not None:
        return Step.VISITED, first_visit
    if assignment is not None:
        return Step.ASSIGNED, max(assignment.valid_from, case.opened_on)
    if checked_on is not None:
        return Step.CHECKED, max(checked_on, case.opened_on)
    return Step.LISTED, case.opened_on


def case_on(facts: Facts, on: date) -> CaseFact | None:
    """The case the household had on a day: the last one opened by then, else its first."""
    opened = [case for case in facts.cases if case.opened_on <= on]
    return opened[-1] if opened else next(iter(facts.cases), None)


def assignment_on(assignments: Iterable[AssignmentFact], on: date) -> AssignmentFact | None:
    """The assignment that holds on a day; it ends before the day it is ended on."""
    holding = [
        row for row in assignments if row.valid_from <= on and (row.valid_to is None or row.valid_to > on)
    ]
    return holding[-1] if holding else None


def _membership(listings: list[ListingFact], carried: bool) -> Membership:
    if carried:
        return Membership.CARRIED
    return Membership.FOUND if all(listing.counts_as_found for listing in listings) else Membership.LISTED


def _place_on(facts: Facts, on: date) -> tuple[str, UUID, bool]:
    """Area, responsible centre and whether that is a municipality; before the first placement, that one."""
    begun = [place for place in facts.placements if place.valid_from <= on]
    place = begun[-1] if begun else next(iter(facts.placements), None)
    source = place or facts.scope
    return source.area_code, source.centre_id, source.is_municipal


def _due_on(
    facts: Facts,
    yardstick: Yardstick,
    case: CaseFact,
    assignment: AssignmentFact | None,
    stage: Stage,
    on: date,
) -> date:
    visits = [visit for visit in facts.visits if visit.on <= on]
    last = visits[-1] if visits else None
    return due_day(
        last_visit_on=last.on if last else None,
        next_visit_on=last.next_on if last else None,
        assigned_on=assignment.valid_from if assignment else None,
        opened_on=case.opened_on,
        days=yardstick.follow_up_days(facts.province_code, stage),
    )
