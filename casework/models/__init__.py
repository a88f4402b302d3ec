"""Tables of the work, one file per aggregate."""

from .case import Case, FollowUpInterval, RemovalRequest, StageEvent, StageRejection
from .cohort import CohortState
from .help import Agency, Help, HelpBatch, HelpMenuItem
from .plan import HouseholdPlan, PlanStep
from .team import Assignment, MentorTeam
from .visit import Assessment, AssessmentAnswer, DimensionFinding, Visit, VisitConflict, VisitReceipt

__all__ = [
    "Agency",
    "Assessment",
    "AssessmentAnswer",
    "Assignment",
    "Case",
    "CohortState",
    "DimensionFinding",
    "FollowUpInterval",
    "Help",
    "HelpBatch",
    "HelpMenuItem",
    "HouseholdPlan",
    "MentorTeam",
    "PlanStep",
    "RemovalRequest",
    "StageEvent",
    "StageRejection",
    "Visit",
    "VisitConflict",
    "VisitReceipt",
]
