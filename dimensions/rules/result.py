"""What the stage rule answers: the stage, the conditions met with their evidence, the missing as codes."""

from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from ..enums import Dimension, Stage
from .evidence import RefId

RefKind = Literal["help", "self_solved", "assessment", "care", "plan", "step"]
MetCode = Literal[
    "relieved",
    "recovered",
    "continuing_care",
    "active_plan",
    "four_t",
    "development_step",
    "sufficient_approved",
    "sufficient_long_enough",
    "passing_assessments",
]
MissingCode = Literal[
    "needs_assessment",
    "fails_nothing",
    "not_relieved",
    "failed_again",
    "not_reassessed",
    "still_failing",
    "no_active_plan",
    "four_t_incomplete",
    "no_development_step",
    "sufficient_not_approved",
    "sufficient_too_short",
    "too_few_assessments",
]


class Ref(NamedTuple):
    """A piece of evidence, for the page that explains and the event that remembers."""

    kind: RefKind
    id: RefId
    on: date
    recorded_by: int | None


class Met(NamedTuple):
    """A condition of ``stage`` that holds since ``on``, with the evidence that first made it hold."""

    code: MetCode
    stage: Stage
    on: date
    dimension: Dimension | None = None
    evidence: tuple[Ref, ...] = ()


class Missing(NamedTuple):
    """A condition of ``stage`` that does not hold; ``number`` is how many days or assessments are lacking."""

    code: MissingCode
    stage: Stage
    dimension: Dimension | None = None
    number: int = 0


@dataclass(frozen=True, slots=True)
class StageResult:
    """The stage on the day, why, and what is missing for the steps above it, next first.

    ``since`` is the day on which the last condition of the stage came to hold; for a household that waits,
    the day of its latest failure without relief. ``failed_on`` is the latest failure in the baseline, whether
    relieved or not. ``additional_mask`` holds problems found later: shown and worked, never a reason to lower
    a stage. Sufficient and sustainable are what the rule finds; they hold once a person who is not among
    ``decisive_recorders`` has approved them.
    """

    stage: Stage
    version: int
    met: tuple[Met, ...] = ()
    missing: tuple[Missing, ...] = ()
    baseline_mask: int = 0
    relieved_mask: int = 0
    recovered_mask: int = 0
    care_mask: int = 0
    additional_mask: int = 0
    since: date | None = None
    failed_on: date | None = None
    decisive_recorders: frozenset[int] = frozenset()
