"""What the stage rule is given: plain values, each with the day it took effect and who recorded it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from ..enums import AnswerValue, Dimension

RefId = str | UUID | int
DimensionMap = Mapping[int, Dimension]


class Answer(NamedTuple):
    """One indicator's answer on a day. ``ref`` is its assessment; ``order`` ranks the answers of one day.

    ``official`` marks a result of the yearly survey: its failures count, its passes are only shown beside.
    """

    indicator: int
    value: str
    on: date
    recorded_by: int | None = None
    ref: RefId = ""
    official: bool = False
    order: float = 0.0

    @property
    def fails(self) -> bool:
        return self.value == AnswerValue.FAIL


class DimensionFact(NamedTuple):
    """What happened in a dimension: a relieving help delivered, solved by the family, care approved."""

    dimension: Dimension
    on: date
    recorded_by: int | None = None
    ref: RefId = ""


class StepDone(NamedTuple):
    """A development step of the plan that was done."""

    on: date
    recorded_by: int | None = None
    ref: RefId = ""


class PlanFacts(NamedTuple):
    """The household's plan: since when active (None while a draft), and whether all of 4ท is filled in."""

    active_since: date | None
    four_t_complete: bool = False
    recorded_by: int | None = None
    ref: RefId = ""


class DimensionEvidence(NamedTuple):
    """A dimension of the baseline: failing by a list, since ``failed_on``.

    ``failed_indicators`` are the numbers printed in the list; those of other dimensions are passed over.
    Without any, every indicator of the dimension needs an answer. A dimension may come from several lists.
    """

    dimension: Dimension
    failed_on: date
    failed_indicators: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class StageEvidence:
    """All that the stage of one household depends on; the order inside a sequence never matters.

    Indicator numbers are those of one indicator set, the one ``mapping`` belongs to. An empty ``baseline`` is
    a list without dimensions: the first answers that find something failing then give the baseline.
    ``sufficient_since`` is the day since which an approved *sufficient* holds, without a slip back after it.
    """

    mapping: DimensionMap
    baseline: Sequence[DimensionEvidence] = ()
    answers: Sequence[Answer] = ()
    relieving_helps: Sequence[DimensionFact] = ()
    self_solved: Sequence[DimensionFact] = ()
    continuing_care: Sequence[DimensionFact] = ()
    plan: PlanFacts | None = None
    development_steps: Sequence[StepDone] = ()
    sufficient_since: date | None = None


@dataclass(frozen=True, slots=True)
class StageRule:
    """The criteria that a province can change; ``version`` is written into every stage event."""

    version: int = 1
    sufficient_days: int = 365
    assessments_gap_days: int = 180
    passing_assessments: int = 2
    needs_development_step: bool = True
