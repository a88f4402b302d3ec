"""How the lists of a year overlap: every combination of lists with its number of distinct households."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from povertyops.accounts.actor import Actor

from ..inputs import CohortFilters
from .cohort import cohort_rows


@dataclass(frozen=True, slots=True)
class Combination:
    """Households that stand on exactly these lists."""

    kinds: tuple[str, ...]
    households: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """The combinations of a place and year, the most lists first; every household is in exactly one."""

    combinations: Sequence[Combination]

    @property
    def households(self) -> int:
        """Distinct households: the combinations added up."""
        return sum(each.households for each in self.combinations)

    @property
    def several(self) -> int:
        """Households that more than one list names."""
        return sum(each.households for each in self.combinations if len(each.kinds) > 1)

    def on(self, kind: str) -> int:
        """Households on a list: the combinations with it added up."""
        return sum(each.households for each in self.combinations if kind in each.kinds)

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(kind for each in self.combinations for kind in each.kinds)


def overlap_of(actor: Actor, filters: CohortFilters) -> Overlap:
    """The cohort of a place in a year by the lists it stands on, within the actor's scope; one query."""
    rows = cohort_rows(actor, filters).order_by().values_list("list_kinds").annotate(households=Count("pk"))
    found = [Combination(tuple(kinds), households) for kinds, households in rows]
    return Overlap(sorted(found, key=lambda each: (-len(each.kinds), -each.households, each.kinds)))
