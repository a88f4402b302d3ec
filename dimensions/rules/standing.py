"""How one dimension of a household stands on a day: its last failure, its relief, its recovery."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import inf
from typing import NamedTuple

from ..enums import Dimension
from .evidence import Answer, DimensionEvidence, DimensionFact, DimensionMap, StageEvidence
from .result import Ref, RefKind

_Moment = tuple[date, float]
_BEFORE_THE_ANSWERS_OF_THE_DAY = -inf


class Standing(NamedTuple):
    """``needed`` are the indicators that ever failed, by a list or an answer: all of them must pass again."""

    dimension: Dimension
    failed_on: date
    relief: tuple[Ref, ...]
    recovery: tuple[Ref, ...]
    care: Ref | None
    was_relieved: bool
    fails_by_answer: bool
    needed: frozenset[int]


def judge(
    dimension: Dimension,
    failures: Sequence[DimensionEvidence],
    answers: Sequence[Answer],
    evidence: StageEvidence,
    on: date,
) -> Standing:
    """A baseline dimension at the end of the day ``on``; ``answers`` are its own, up to that day."""
    last_failure = _last_failures(_listed(dimension, failures, evidence.mapping), answers)
    passes = _first_passes(last_failure, answers)
    lacking = last_failure.keys() - passes.keys()
    recovery = refs_of_answers(passes.values()) if last_failure and not lacking else ()
    failed_on = max(
        max(failure.failed_on for failure in failures),
        max((day for day, _ in last_failure.values()), default=date.min),
    )
    facts = _facts("help", evidence.relieving_helps, dimension, on)
    facts += _facts("self_solved", evidence.self_solved, dimension, on)
    care = _facts("care", evidence.continuing_care, dimension, on)
    return Standing(
        dimension=dimension,
        failed_on=failed_on,
        relief=_first_relief([fact for fact in facts if fact.on >= failed_on], recovery),
        recovery=recovery,
        care=first_ref(care),
        was_relieved=bool(facts),
        fails_by_answer=any(last_failure[i][1] != _BEFORE_THE_ANSWERS_OF_THE_DAY for i in lacking),
        needed=frozenset(last_failure),
    )


def still_fails(answers: Sequence[Answer]) -> bool:
    """Whether any indicator's latest answer fails."""
    last_failure = _last_failures({}, answers)
    return bool(last_failure.keys() - _first_passes(last_failure, answers).keys())


def refs_of_answers(answers: Iterable[Answer]) -> tuple[Ref, ...]:
    """The assessments behind some answers, once each, earliest first."""
    refs = {Ref("assessment", answer.ref, answer.on, answer.recorded_by) for answer in answers}
    return tuple(sorted(refs, key=_ref_order))


def first_ref(refs: Iterable[Ref]) -> Ref | None:
    """The earliest, and always the same one of several of a day."""
    return min(refs, key=_ref_order, default=None)


def _ref_order(ref: Ref) -> tuple[date, str, str, int]:
    return (ref.on, ref.kind, str(ref.id), ref.recorded_by or 0)


def _listed(
    dimension: Dimension, failures: Sequence[DimensionEvidence], mapping: DimensionMap
) -> dict[int, _Moment]:
    """Indicator -> when a list last called it failing; all of the dimension where a list printed none."""
    failed: dict[int, _Moment] = {}
    for failure in failures:
        printed = [number for number in failure.failed_indicators if mapping.get(number) == dimension]
        moment = (failure.failed_on, _BEFORE_THE_ANSWERS_OF_THE_DAY)
        for number in printed or [number for number, mapped in mapping.items() if mapped == dimension]:
            failed[number] = max(failed.get(number, moment), moment)
    return failed


def _last_failures(listed: Mapping[int, _Moment], answers: Sequence[Answer]) -> dict[int, _Moment]:
    """Indicator -> its latest failure, by list or answer."""
    last = dict(listed)
    for answer in answers:
        if answer.fails:
            moment = (answer.on, answer.order)
            last[answer.indicator] = max(last.get(answer.indicator, moment), moment)
    return last


def _first_passes(last_failure: Mapping[int, _Moment], answers: Sequence[Answer]) -> dict[int, Answer]:
    """Indicator -> the first answer after its latest failure; where there is one, the latest answer passes.

    Of two answers at one moment the failing one stands.
    """
    first: dict[int, Answer] = {}
    for answer in answers:
        failure = last_failure.get(answer.indicator)
        if failure is None or (answer.on, answer.order) <= failure:
            continue
        known = first.get(answer.indicator)
        if known is None or _comes_before(answer, known):
            first[answer.indicator] = answer
    return first


def _comes_before(answer: Answer, known: Answer) -> bool:
    if (answer.on, answer.order) != (known.on, known.order):
        return (answer.on, answer.order) < (known.on, known.order)
    return (str(answer.ref), answer.recorded_by or 0) < (str(known.ref), known.recorded_by or 0)


def _facts(kind: RefKind, facts: Iterable[DimensionFact], dimension: Dimension, on: date) -> list[Ref]:
    return [
        Ref(kind, fact.ref, fact.on, fact.recorded_by)
        for fact in facts
        if fact.dimension == dimension and fact.on <= on
    ]


def _first_relief(facts: list[Ref], recovery: tuple[Ref, ...]) -> tuple[Ref, ...]:
    """What relieved first since the latest failure: a help, the family itself, or the answers that pass."""
    first = first_ref(facts)
    if first is None or (recovery and recovery[-1].on < first.on):
        return recovery
    return (first,)
