"""The stage rule, version 1. Page, approval queue, API and roll-up all ask `evaluate_stage`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from ..enums import BITS, Dimension, Stage
from .evidence import Answer, DimensionEvidence, DimensionMap, StageEvidence, StageRule
from .result import Met, MetCode, Missing, MissingCode, Ref, StageResult
from .standing import Standing, first_ref, judge, refs_of_answers, still_fails


def evaluate_stage(evidence: StageEvidence, on: date, criteria: StageRule) -> StageResult:
    """The stage of a household at the end of the day ``on``.

    A baseline dimension is *relieved* when, on or after the day of its latest failure, a relieving help was
    delivered, the family solved it itself, or it passes; it is *recovered* when the latest answer to each of
    its indicators passes or does not apply. *Survive*: all are relieved. *Sufficient*: also all are recovered
    or in continuing care, and there is an active plan with 4ท and a development step done. *Sustainable*: an
    approved sufficient was held for the days and with the passing assessments of ``criteria``.

    Only failing evidence lowers a stage: an approved sufficient does not ask for its plan again.
    """
    answers = [answer for answer in evidence.answers if answer.on <= on]
    listed = [failure for failure in evidence.baseline if failure.failed_on <= on]
    baseline = listed or _baseline_of_answers(answers, evidence.mapping)
    if not baseline:
        return _without_baseline(answers, evidence.mapping, criteria)

    by_dimension = _by_dimension(answers, evidence.mapping)
    standings = [
        judge(dimension, failures, by_dimension.pop(dimension, ()), evidence, on)
        for dimension, failures in _in_order(baseline)
    ]
    held_since = _held_since(evidence.sufficient_since, standings, on)
    climb = _Climb()
    _ask_survive(climb, standings)
    _ask_sufficient(climb, standings)
    if held_since is None:
        _ask_plan(climb, evidence, on, criteria)
        climb.lacks("sufficient_not_approved", Stage.SUSTAINABLE)
    else:
        _ask_sustainable(climb, standings, answers, on, criteria, held_since)
    return _conclude(climb, standings, by_dimension, criteria)


class _Climb:
    """The conditions met and missing so far, asked from the lowest step up."""

    __slots__ = ("met", "missing")

    def __init__(self) -> None:
        self.met: list[Met] = []
        self.missing: list[Missing] = []

    def has(
        self,
        code: MetCode,
        stage: Stage,
        evidence: tuple[Ref, ...],
        dimension: Dimension | None = None,
        on: date | None = None,
    ) -> None:
        self.met.append(Met(code, stage, on or max(ref.on for ref in evidence), dimension, evidence))

    def lacks(
        self, code: MissingCode, stage: Stage, dimension: Dimension | None = None, number: int = 0
    ) -> None:
        self.missing.append(Missing(code, stage, dimension, number))

    @property
    def stage(self) -> Stage:
        """The step below the first one that lacks something."""
        return _BELOW[self.missing[0].stage] if self.missing else Stage.SUSTAINABLE


_BELOW = {stage: Stage(max(stage - 1, 0)) for stage in Stage}


def _without_baseline(answers: list[Answer], mapping: DimensionMap, criteria: StageRule) -> StageResult:
    """Nothing is known to fail: assessed in full, the case is to be closed; else an assessment is needed."""
    answered = {answer.indicator for answer in answers if not answer.official}
    assessed = bool(mapping) and answered.issuperset(mapping)
    reason = Missing("fails_nothing" if assessed else "needs_assessment", Stage.SURVIVE)
    return StageResult(Stage.WAITING, criteria.version, missing=(reason,))


def _baseline_of_answers(answers: list[Answer], mapping: DimensionMap) -> list[DimensionEvidence]:
    """The baseline of a household whose lists carry no dimensions: what the first failing day found."""
    failures = [answer for answer in answers if answer.fails and answer.indicator in mapping]
    first = min((answer.on for answer in failures), default=None)
    return [
        DimensionEvidence(mapping[answer.indicator], answer.on, frozenset((answer.indicator,)))
        for answer in failures
        if answer.on == first
    ]


def _by_dimension(answers: list[Answer], mapping: DimensionMap) -> dict[Dimension, list[Answer]]:
    """The answers that count, by dimension: those of the field, and the failures of the official survey."""
    grouped: dict[Dimension, list[Answer]] = {}
    for answer in answers:
        dimension = mapping.get(answer.indicator)
        if dimension is not None and (answer.fails or not answer.official):
            grouped.setdefault(dimension, []).append(answer)
    return grouped


def _in_order(baseline: Iterable[DimensionEvidence]) -> Iterator[tuple[Dimension, list[DimensionEvidence]]]:
    grouped: dict[Dimension, list[DimensionEvidence]] = {}
    for failure in baseline:
        grouped.setdefault(failure.dimension, []).append(failure)
    return ((dimension, grouped[dimension]) for dimension in BITS if dimension in grouped)


def _held_since(sufficient_since: date | None, standings: list[Standing], on: date) -> date | None:
    """The day since which *sufficient* is held, unless a failure after it put an end to that."""
    if sufficient_since is None or sufficient_since > on:
        return None
    if any(standing.failed_on > sufficient_since for standing in standings if standing.care is None):
        return None
    return sufficient_since


def _ask_survive(climb: _Climb, standings: list[Standing]) -> None:
    for standing in standings:
        if standing.relief:
            climb.has("relieved", Stage.SURVIVE, standing.relief, standing.dimension)
        else:
            code: MissingCode = "failed_again" if standing.was_relieved else "not_relieved"
            climb.lacks(code, Stage.SURVIVE, standing.dimension)


def _ask_sufficient(climb: _Climb, standings: list[Standing]) -> None:
    for standing in standings:
        if standing.recovery:
            climb.has("recovered", Stage.SUFFICIENT, standing.recovery, standing.dimension)
        elif standing.care:
            climb.has("continuing_care", Stage.SUFFICIENT, (standing.care,), standing.dimension)
        else:
            code: MissingCode = "still_failing" if standing.fails_by_answer else "not_reassessed"
            climb.lacks(code, Stage.SUFFICIENT, standing.dimension)


def _ask_plan(climb: _Climb, evidence: StageEvidence, on: date, criteria: StageRule) -> None:
    plan = evidence.plan
    if plan is None or plan.active_since is None or plan.active_since > on:
        climb.lacks("no_active_plan", Stage.SUFFICIENT)
    else:
        refs = (Ref("plan", plan.ref, plan.active_since, plan.recorded_by),)
        climb.has("active_plan", Stage.SUFFICIENT, refs)
        if plan.four_t_complete:
            climb.has("four_t", Stage.SUFFICIENT, refs)
        else:
            climb.lacks("four_t_incomplete", Stage.SUFFICIENT)
    if criteria.needs_development_step:
        done = (step for step in evidence.development_steps if step.on <= on)
        first = first_ref(Ref("step", step.ref, step.on, step.recorded_by) for step in done)
        if first:
            climb.has("development_step", Stage.SUFFICIENT, (first,))
        else:
            climb.lacks("no_development_step", Stage.SUFFICIENT)


def _ask_sustainable(
    climb: _Climb,
    standings: list[Standing],
    answers: list[Answer],
    on: date,
    criteria: StageRule,
    held_since: date,
) -> None:
    climb.has("sufficient_approved", Stage.SUFFICIENT, (), on=held_since)
    long_enough = held_since + timedelta(days=criteria.sufficient_days)
    if on < long_enough:
        climb.lacks("sufficient_too_short", Stage.SUSTAINABLE, number=(long_enough - on).days)
    else:
        climb.has("sufficient_long_enough", Stage.SUSTAINABLE, (), on=long_enough)

    passing = _passing_assessments(answers, standings, held_since, criteria)
    if len(passing) < criteria.passing_assessments:
        lacking = criteria.passing_assessments - len(passing)
        climb.lacks("too_few_assessments", Stage.SUSTAINABLE, number=lacking)
    else:
        refs = tuple(ref for assessment in passing for ref in assessment)
        climb.has("passing_assessments", Stage.SUSTAINABLE, refs, on=held_since if not refs else None)


def _passing_assessments(
    answers: list[Answer], standings: list[Standing], since: date, criteria: StageRule
) -> list[tuple[Ref, ...]]:
    """The assessments since that day that found every baseline indicator passing, far enough apart.

    An assessment is what was answered on one day. Taking the earliest that is far enough each time gives the
    most there can be.
    """
    asked = [standing for standing in standings if standing.recovery or not standing.care]
    needed = {number for standing in asked for number in standing.needed}
    days: dict[date, list[Answer]] = {}
    for answer in answers:
        if answer.on >= since and not answer.official and answer.indicator in needed:
            days.setdefault(answer.on, []).append(answer)

    chosen: list[tuple[Ref, ...]] = []
    earliest = since
    for day in sorted(days):
        found = days[day]
        complete = {answer.indicator for answer in found} == needed and not still_fails(found)
        if complete and day >= earliest and len(chosen) < criteria.passing_assessments:
            chosen.append(refs_of_answers(found))
            earliest = day + timedelta(days=criteria.assessments_gap_days)
    return chosen


def _conclude(
    climb: _Climb,
    standings: list[Standing],
    other_answers: Mapping[Dimension, Sequence[Answer]],
    criteria: StageRule,
) -> StageResult:
    stage = climb.stage
    supporting = [condition for condition in climb.met if condition.stage <= stage]
    return StageResult(
        stage=stage,
        version=criteria.version,
        met=tuple(climb.met),
        missing=tuple(climb.missing),
        baseline_mask=sum(BITS[standing.dimension] for standing in standings),
        relieved_mask=sum(BITS[standing.dimension] for standing in standings if standing.relief),
        recovered_mask=sum(BITS[standing.dimension] for standing in standings if standing.recovery),
        care_mask=sum(BITS[s.dimension] for s in standings if s.care and not s.recovery),
        additional_mask=sum(BITS[other] for other, answers in other_answers.items() if still_fails(answers)),
        failed_on=max(standing.failed_on for standing in standings),
        since=_since(stage, supporting, standings),
        decisive_recorders=_decisive_recorders(supporting),
    )


def _since(stage: Stage, supporting: list[Met], standings: list[Standing]) -> date:
    if stage == Stage.WAITING:
        return max(standing.failed_on for standing in standings if not standing.relief)
    return max(condition.on for condition in supporting)


def _decisive_recorders(supporting: list[Met]) -> frozenset[int]:
    """Who recorded what the stage rests on. Above survive, a recovery stands in the place of its relief."""
    recovered = {met.dimension for met in supporting if met.code == "recovered"}
    return frozenset(
        ref.recorded_by
        for met in supporting
        if met.code != "relieved" or met.dimension not in recovered
        for ref in met.evidence
        if ref.recorded_by is not None
    )
