"""The household page: why it is on a list, where it stands, what is missing next, who looks after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from dimensions.enums import Dimension, Stage
from dimensions.reasons import because, why
from dimensions.rules import StageResult
from households.access import can_write
from households.models import Household, HouseholdScope, Listing
from povertyops.accounts.actor import Actor
from povertyops.accounts.models import User
from povertyops.areas.models import Area, Centre
from povertyops.areas.queries import path_of

from ..enums import Decision, PlanStatus, StageEventKind
from ..models import Assignment, Case, CohortState, HouseholdPlan, PlanStep, RemovalRequest, StageEvent
from ..queries.leavers import checks_asked, is_to_check
from ..services.stages import explain
from .indicators import IndicatorText, indicator_texts
from .story import document_of


@dataclass(frozen=True, slots=True)
class ListLine:
    """One list the household stands on, with the reasons it prints."""

    kind_name: str
    fiscal_year: int
    survey_year: int
    dimensions: int
    failed: list[IndicatorText]
    income: int | None
    persons: int


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a stage in words; `detail` tells since when it holds."""

    text: str
    met: bool
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """A stage above the present one with its conditions, missing ones first."""

    stage: Stage
    conditions: list[Condition]

    @property
    def missing(self) -> int:
        return sum(not condition.met for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Care:
    """Who looks after the household."""

    team: Centre | None
    phone: str
    mentor: User | None
    since: date | None


@dataclass(frozen=True, slots=True)
class HouseholdStory:
    """All of the page except members and timeline."""

    household: Household
    scope: HouseholdScope
    path: list[Area]
    may_write: bool
    lists: list[ListLine]
    state: CohortState | None
    case: Case | None
    stage: StageResult
    stage_dates: dict[str, date]
    care: Care
    plan: HouseholdPlan | None
    steps: list[PlanStep]
    removal: RemovalRequest | None
    left_on: date | None = None
    carried: StageEvent | None = None

    @property
    def carried_by(self) -> str:
        """The document and signer of a stage that was carried over and still holds."""
        return document_of(self.carried) if self.carried else ""

    @property
    def stage_now(self) -> Stage:
        return Stage(self.case.stage if self.case else Stage.WAITING)

    @property
    def rungs(self) -> list[Rung]:
        return rungs_of(self.stage, self.stage_now)

    @property
    def next_missing(self) -> str:
        return next_missing(self.stage)

    @property
    def is_closed(self) -> bool:
        return self.case is not None and self.case.closed_on is not None


def next_missing(stage: StageResult) -> str:
    return str(why(stage.missing[0])) if stage.missing else ""


def rungs_of(result: StageResult, now: Stage) -> list[Rung]:
    """The stages above the present one, the next first."""
    return [Rung(stage, _conditions(result, stage)) for stage in Stage if stage > now]


def _conditions(result: StageResult, stage: Stage) -> list[Condition]:
    missing = [Condition(str(why(lack)), met=False) for lack in result.missing if lack.stage == stage]
    met = [Condition(str(because(has)), met=True, since=has.on) for has in result.met if has.stage == stage]
    return missing + met


def story_for(actor: Actor, household: Household) -> HouseholdStory:
    """Everything the page tells; `household` comes through access with its scope row."""
    scope = household.scope
    plan, steps = active_plan(household.pk)
    state = newest_state(household.pk)
    left_on = checks_asked([household.pk]).get(household.pk)
    return HouseholdStory(
        household=household,
        scope=scope,
        path=path_of(household.area_code),
        may_write=can_write(actor, scope),
        lists=lists_of(household.pk),
        state=state,
        carried=carried_stage(household.pk) if state and state.is_stage_carried else None,
        left_on=left_on if is_to_check(left_on, state.last_visit_on if state else None) else None,
        case=newest_case(household.pk),
        stage=explain(household.pk, actor.today()),
        stage_dates=stage_dates(household.pk),
        care=care_of(household.pk),
        plan=plan,
        steps=steps,
        removal=RemovalRequest.objects.filter(household=household, decision=Decision.PENDING)
        .select_related("requested_by")
        .first(),
    )


def active_plan(household_id: UUID) -> tuple[HouseholdPlan | None, list[PlanStep]]:
    plan = HouseholdPlan.objects.filter(household_id=household_id, status=PlanStatus.ACTIVE).first()
    return plan, list(plan.steps.all()) if plan else []


def newest_state(household_id: UUID) -> CohortState | None:
    return CohortState.objects.filter(household_id=household_id).order_by("-fiscal_year").first()


def newest_case(household_id: UUID) -> Case | None:
    """The open case, else the last one."""
    return Case.objects.filter(household_id=household_id).order_by("-opened_on", "-recorded_at").first()


def current_listings(household_id: UUID) -> list[Listing]:
    rows = Listing.objects.filter(household_id=household_id, superseded_at=None)
    return list(rows.select_related("target_list__kind").order_by("-fiscal_year", "target_list__kind__rank"))


def lists_of(household_id: UUID) -> list[ListLine]:
    """The valid lists, the newest first."""
    listings = current_listings(household_id)
    texts = indicator_texts({row.target_list.survey_year for row in listings})
    return [_line(row, texts[row.target_list.survey_year]) for row in listings]


def _line(row: Listing, texts: Mapping[int, IndicatorText]) -> ListLine:
    return ListLine(
        kind_name=str(row.target_list.kind),
        fiscal_year=row.fiscal_year,
        survey_year=row.target_list.survey_year,
        dimensions=row.dimensions,
        failed=[texts[number] for number in row.failed_indicators if number in texts],
        income=row.income,
        persons=row.persons,
    )


def failing_now(state: CohortState | None) -> int:
    """Mask of what is still to be worked: baseline and problems found later, without what has recovered."""
    return (state.baseline | state.additional) & ~state.recovered if state else 0


def stage_dates(household_id: UUID) -> dict[str, date]:
    """Stage code -> since when it was last reached."""
    events = StageEvent.objects.filter(household_id=household_id).order_by("effective_on", "recorded_at")
    return {Stage(event.to_stage).code: event.effective_on for event in events}


def carried_stage(household_id: UUID) -> StageEvent | None:
    """The newest stage that was taken over from before the system."""
    rows = StageEvent.objects.filter(household_id=household_id, kind=StageEventKind.CARRIED)
    return rows.order_by("effective_on", "recorded_at").last()


def care_of(household_id: UUID) -> Care:
    row = (
        Assignment.objects.filter(household_id=household_id, valid_to=None)
        .select_related("team__centre", "mentor")
        .first()
    )
    if row is None:
        return Care(team=None, phone="", mentor=None, since=None)
    return Care(row.team.centre, row.team.phone, row.mentor, row.valid_from)


def dimension_labels(mask: int) -> list[str]:
    return [str(dimension.label) for dimension in Dimension.from_mask(mask)]
