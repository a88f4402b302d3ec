"""The yearly review: problems that were found after the list was made and still stand."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import QuerySet

from dimensions.enums import Dimension
from households.access import scope_q
from povertyops.accounts.actor import Actor

from ..models import BaselineReview, CohortState


def to_review(
    actor: Actor, fiscal_year: int, *, district: str = "", dimension: str = ""
) -> QuerySet[CohortState]:
    """Open households of the year in which something fails that is not in their baseline."""
    rows = CohortState.objects.filter(
        scope_q(actor, household="household"), fiscal_year=fiscal_year, is_open=True, additional__gt=0
    )
    if district:
        rows = rows.filter(district_code=district)
    if dimension:
        bit = Dimension(dimension).bit
        rows = rows.filter(additional__in=[mask for mask in range(1, 32) if mask & bit])
    return rows


@dataclass(slots=True)
class ReviewGroup:
    """A district with how many of its households fail later in each dimension."""

    district: str
    households: int = 0
    dimensions: Counter[Dimension] = field(default_factory=Counter)


def review_groups(actor: Actor, fiscal_year: int) -> list[ReviewGroup]:
    found: dict[str, ReviewGroup] = {}
    rows = to_review(actor, fiscal_year).order_by("district_code").values_list("district_code", "additional")
    for district, mask in rows:
        group = found.setdefault(district, ReviewGroup(district))
        group.households += 1
        group.dimensions.update(Dimension.from_mask(mask))
    return list(found.values())


def reviews_made(actor: Actor, fiscal_year: int) -> QuerySet[BaselineReview]:
    """Reviews of the year that stand, the newest first."""
    return (
        BaselineReview.objects.filter(
            scope_q(actor, "household__scope__"), fiscal_year=fiscal_year, superseded_at=None
        )
        .select_related("household", "decided_by")
        .order_by("-recorded_at", "-pk")
    )
