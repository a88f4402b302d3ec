"""Reads with a join, an annotation or more than one caller."""

from .cohort import ORDER, MaskOfList, as_of, cohort_count, cohort_list, cohort_rows, household_ids
from .due import DueItem, Reason, due_list, open_promises, open_states, recent_slips
from .lists import HELP_ORDER, PERSON_ORDER, VISIT_ORDER, helps_list, persons_list, standing, visits_list

__all__ = [
    "HELP_ORDER",
    "ORDER",
    "PERSON_ORDER",
    "VISIT_ORDER",
    "DueItem",
    "MaskOfList",
    "Reason",
    "as_of",
    "cohort_count",
    "cohort_list",
    "cohort_rows",
    "due_list",
    "helps_list",
    "household_ids",
    "open_promises",
    "open_states",
    "persons_list",
    "recent_slips",
    "standing",
    "visits_list",
]
