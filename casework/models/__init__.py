"""Tables of the work, one file per aggregate."""

from .before import (
    CarryOver,
    CarryOverLine,
    SheetReturn,
    SheetReturnLine,
    VerificationSheet,
    YardstickRound,
)
from .case import Case, FollowUpInterval, RemovalRequest, StageEvent, StageRejection
from .cohort import CohortHistory, CohortState, CohortVersion
from .digest import DigestSent, DigestSetting
from .help import Agency, Help, HelpBatch, HelpMenuItem, HiddenMenuItem
from .movement import Device, HandOver, Transfer
from .nomination import Nomination, NominationEvent, NominationPhoto, NominationRule
from .photo import Photo, PhotoBody, PhotoPart
from .plan import ContinuingCare, HouseholdPlan, PlanGoal, PlanStep
from .priority import PriorityWeights, ShareOut
from .referral import Office, Referral, ReferralEvent
from .register import BaselineReview, HouseholdMerge, LeaverDecision, LeaverHousehold, PersonMerge
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
    "BaselineReview",
    "CarryOver",
    "CarryOverLine",
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
    "HouseholdMerge",
    "HouseholdPlan",
    "LeaverDecision",
    "LeaverHousehold",
    "MentorTeam",
    "Nomination",
    "NominationEvent",
    "NominationPhoto",
    "NominationRule",
    "Office",
    "PersonMerge",
    "Photo",
    "PhotoBody",
    "PhotoPart",
    "PlanGoal",
    "PlanStep",
    "PriorityWeights",
    "Referral",
    "ReferralEvent",
    "RemovalRequest",
    "ShareOut",
    "SheetReturn",
    "SheetReturnLine",
    "StageEvent",
    "StageRejection",
    "Transfer",
    "VerificationSheet",
    "Visit",
    "VisitConflict",
    "VisitReceipt",
    "YardstickRound",
]
