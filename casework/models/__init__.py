"""Tables of the work, one file per aggregate."""

from .case import Case, FollowUpInterval, RemovalRequest, StageEvent, StageRejection
from .cohort import CohortHistory, CohortState, CohortVersion
from .digest import DigestSent, DigestSetting
from .help import Agency, Help, HelpBatch, HelpMenuItem, HiddenMenuItem
from .movement import Device, HandOver, Transfer
from .photo import Photo, PhotoBody, PhotoPart
from .plan import ContinuingCare, HouseholdPlan, PlanGoal, PlanStep
from .referral import Office, Referral, ReferralEvent
from .team import Assignment, MentorTeam
from .visit import (
    Assessment,
    AssessmentAnswer,
    DimensionFinding,
    FamilyPriority,
    Visit,
    VisitConflict,
    VisitReceipt,
)

__all__ = [
    "Agency",
    "Assessment",
    "AssessmentAnswer",
    "Assignment",
    "Case",
    "CohortHistory",
    "CohortState",
    "CohortVersion",
    "ContinuingCare",
    "Device",
    "DigestSent",
    "DigestSetting",
    "DimensionFinding",
    "FamilyPriority",
    "FollowUpInterval",
    "HandOver",
    "Help",
    "HelpBatch",
    "HelpMenuItem",
    "HiddenMenuItem",
    "HouseholdPlan",
    "MentorTeam",
    "Office",
    "Photo",
    "PhotoBody",
    "PhotoPart",
    "PlanGoal",
    "PlanStep",
    "Referral",
    "ReferralEvent",
    "RemovalRequest",
    "StageEvent",
    "StageRejection",
    "Transfer",
    "Visit",
    "VisitConflict",
    "VisitReceipt",
]
