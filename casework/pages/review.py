"""The page of the yearly review: districts with counts, the households chosen, reviews that stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from households.access import can_write
from households.models import HouseholdScope
from povertyops.accounts.actor import Actor
from povertyops.areas.queries import areas_by_code

from ..models import BaselineReview, CohortState
from ..queries.review import ReviewGroup
from .today import short_places


@dataclass(frozen=True, slots=True)
class ReviewCard:
    """A household with what was found later. `may_tick`: the actor may change it."""

    state: CohortState
    place: str
    may_tick: bool


def group_lines(groups: Sequence[ReviewGroup]) -> list[dict[str, Any]]:
    """Districts, each with its count and the counts per dimension, all with the list behind them."""
    names = areas_by_code({group.district for group in groups})
    return [
        {
            "district": names[group.district].label if group.district in names else group.district,
            "count": group.households,
            "url": _url(district=group.district),
            "dimensions": [
                {
                    "dimension": dimension,
                    "count": group.dimensions[dimension],
                    "url": _url(district=group.district, dimension=dimension.value),
                }
                for dimension in Dimension
                if group.dimensions[dimension]
            ],
        }
        for group in groups
    ]


def _url(**query: str) -> str:
    return f"{reverse('yearly_review')}?{urlencode(query)}#households"


def cards_of(actor: Actor, states: Sequence[CohortState]) -> list[ReviewCard]:
    places = short_places({state.area_code for state in states})
    scopes = HouseholdScope.objects.in_bulk([state.household_id for state in states])
    return [
        ReviewCard(state, places.get(state.area_code, ""), can_write(actor, scopes[state.household_id]))
        for state in states
        if state.household_id in scopes
    ]


def made_lines(reviews: Sequence[BaselineReview]) -> list[dict[str, Any]]:
    return [{"review": review, "dimensions": Dimension.from_mask(review.dimensions)} for review in reviews]


TABS: dict[str, Promise | str] = {"": _("รอทบทวน"), "made": _("ทบทวนแล้ว")}
