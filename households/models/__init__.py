"""Tables of the register, one file per aggregate."""

from .household import Household, HouseholdPlacement, HouseholdScope
from .imports import ImportBatch, ImportFault, ImportFile, ImportHousehold, ImportRow
from .lists import ListedPerson, Listing, ListKind, TargetList
from .person import Membership, NationalId, Person
from .verification import Correction, Verification

__all__ = [
    "Correction",
    "Household",
    "HouseholdPlacement",
    "HouseholdScope",
    "ImportBatch",
    "ImportFault",
    "ImportFile",
    "ImportHousehold",
    "ImportRow",
    "ListKind",
    "ListedPerson",
    "Listing",
    "Membership",
    "NationalId",
    "Person",
    "TargetList",
    "Verification",
]
