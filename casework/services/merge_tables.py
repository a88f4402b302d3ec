"""What becomes of every table that names a household or a person when two of them turn out to be one.

A new reference to a household or a person must be entered here: `tests/casework/test_merging_tables.py` walks
the models and fails otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class Way(Enum):
    """MOVES: the row is the kept one's from now on. SETTLED: merging has an act of its own for it.
    STAYS: it tells of the one that went, and is read from there. REBUILT: the read model follows the facts.
    """

    MOVES = "moves"
    SETTLED = "settled"
    STAYS = "stays"
    REBUILT = "rebuilt"


HOUSEHOLD_COLUMNS: Mapping[str, Way] = {
    "households.Household.merged_into": Way.SETTLED,
    "households.HouseholdScope.household": Way.SETTLED,  # deleted: nobody sees the one that went
    "households.HouseholdPlacement.household": Way.STAYS,  # the kept one lives where it lives
    "households.HouseholdLink.household": Way.SETTLED,
    "households.HouseholdLink.other": Way.SETTLED,
    "households.Membership.household": Way.SETTLED,
    "households.MatchKey.household_id": Way.SETTLED,
    "households.DuplicatePair.left_household_id": Way.SETTLED,
    "households.DuplicatePair.right_household_id": Way.SETTLED,
    "households.Listing.household": Way.SETTLED,
    "households.Verification.household": Way.MOVES,
    "households.Correction.household": Way.SETTLED,
    "casework.Case.household": Way.SETTLED,
    "casework.StageEvent.household": Way.SETTLED,
    "casework.StageRejection.household": Way.SETTLED,
    "casework.RemovalRequest.household": Way.SETTLED,
    "casework.CohortState.household": Way.REBUILT,
    "casework.CohortHistory.household": Way.STAYS,  # what was known on a past day stays known
    "casework.CohortVersion.household": Way.STAYS,
    "casework.Visit.household": Way.MOVES,
    "casework.VisitConflict.household_id": Way.MOVES,
    "casework.Assessment.household": Way.MOVES,
    "casework.DimensionFinding.household": Way.MOVES,
    "casework.FamilyPriority.household": Way.MOVES,
    "casework.Help.household": Way.MOVES,
    "casework.Photo.household": Way.MOVES,
    "casework.HouseholdPlan.household": Way.SETTLED,
    "casework.ContinuingCare.household": Way.SETTLED,
    "casework.Referral.household": Way.MOVES,
    "casework.Transfer.household": Way.SETTLED,
    "casework.Assignment.household": Way.SETTLED,
    "casework.BaselineReview.household": Way.SETTLED,
    "casework.Nomination.household": Way.MOVES,
    "casework.CarryOverLine.household": Way.MOVES,
    "casework.SheetReturnLine.household": Way.MOVES,
    "casework.LeaverHousehold.household": Way.MOVES,
    "casework.HouseholdMerge.kept": Way.STAYS,
    "casework.HouseholdMerge.gone": Way.STAYS,
    "casework.PersonMerge.household": Way.STAYS,
    "reports.SpotCheck.household": Way.STAYS,  # drawn and told for a meeting, as it was
    "reports.MeetingStory.household": Way.STAYS,
    "common.AuditEntry.household_id": Way.STAYS,  # append-only
    "common.AccessEntry.household_id": Way.STAYS,
}

PERSON_COLUMNS: Mapping[str, Way] = {
    "households.Person.merged_into": Way.SETTLED,
    "households.NationalId.person": Way.SETTLED,
    "households.Membership.person": Way.SETTLED,
    "households.MatchKey.person": Way.SETTLED,
    "households.ListedPerson.person": Way.MOVES,
    "households.JoinedPerson.gone": Way.STAYS,  # what an import did, for its undo
    "households.JoinedPerson.kept": Way.STAYS,
    "households.Verification.person": Way.MOVES,
    "households.Correction.person": Way.STAYS,  # what was set by hand on the one that went
    "households.HouseholdLink.person_ids": Way.STAYS,
    "casework.PersonMerge.kept": Way.STAYS,
    "casework.PersonMerge.gone": Way.STAYS,
}

# Beside those that name a household or a person by one of the columns above: what a merge may touch.
WATCHED: Mapping[str, str] = {
    "households_household": "t.id = ANY(%(homes)s) OR t.merged_into_id = ANY(%(homes)s)",
    "households_person": "t.id = ANY(%(people)s) OR t.merged_into_id = ANY(%(people)s)",
    "households_listedperson": """t.person_id = ANY(%(people)s) OR t.listing_id IN (
        SELECT l.id FROM households_listing l WHERE l.household_id = ANY(%(homes)s))""",
    "households_duplicatepair": """t.left_household_id = ANY(%(homes)s)
        OR t.right_household_id = ANY(%(homes)s) OR t.left_id = ANY(%(homes)s || %(people)s)
        OR t.right_id = ANY(%(homes)s || %(people)s)""",
}
UNWATCHED = frozenset({"casework.HouseholdMerge", "casework.PersonMerge"})
