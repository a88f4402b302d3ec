"""Tables of the register, one file per aggregate."""

from .household import Household, HouseholdPlacement, HouseholdScope
from .lists import ListedPerson, Listing, ListKind, TargetList
from .person import Membership, NationalId, Person
from .verification import Correction, Verification

__all__ = [
    "Correction",
    "Household",
    "HouseholdPlacement",
    "HouseholdScope",
    "ListKind",
    "ListedPerson",
    "Listing",
    "Membership",
    "NationalId",
    "Person",
    "TargetList",
    "Verification",
]
