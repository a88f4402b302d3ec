"""Tables of the register, one file per aggregate."""

from .duplicates import DuplicatePair, MatchKey
from .household import Household, HouseholdLink, HouseholdPlacement, HouseholdScope
from .imports import (
    ImportBatch,
    ImportFault,
    ImportFile,
    ImportHousehold,
    ImportRow,
    ImportRule,
    MappingProfile,
)
from .lists import Derivation, ListedPerson, Listing, ListKind, SourceRule, TargetList
from .person import JoinedPerson, Membership, NationalId, Person
from .verification import Correction, Verification

__all__ = [
    "Correction",
    "Derivation",
    "DuplicatePair",
    "Household",
    "HouseholdLink",
    "HouseholdPlacement",
    "HouseholdScope",
    "ImportBatch",
    "ImportFault",
    "ImportFile",
    "ImportHousehold",
    "ImportRow",
    "ImportRule",
    "JoinedPerson",
    "ListKind",
    "ListedPerson",
    "Listing",
    "MappingProfile",
    "MatchKey",
    "Membership",
    "NationalId",
    "Person",
    "SourceRule",
    "TargetList",
    "Verification",
]
