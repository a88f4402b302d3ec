"""What follows from the yardstick: answers give failing dimensions; evidence and a day give a stage.

Pure functions on plain values. No database, clock or settings; nothing dated after the day that is asked
about counts, so any past day can be judged again.
"""

from .evidence import (
    Answer,
    DimensionEvidence,
    DimensionFact,
    DimensionMap,
    PlanFacts,
    StageEvidence,
    StageRule,
    StepDone,
)
from .result import Met, MetCode, Missing, MissingCode, Ref, StageResult
from .scoring import failing_mask
from .stage import evaluate_stage

__all__ = [
    "Answer",
    "DimensionEvidence",
    "DimensionFact",
    "DimensionMap",
    "Met",
    "MetCode",
    "Missing",
    "MissingCode",
    "PlanFacts",
    "Ref",
    "StageEvidence",
    "StageResult",
    "StageRule",
    "StepDone",
    "evaluate_stage",
    "failing_mask",
]
