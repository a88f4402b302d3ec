"""Where a household's values come from."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from households.access import get_household_for
from households.models import Listing
from households.services.provenance import sources_of
from povertyops.areas.queries import address_labels
from povertyops.common.policies import allow

from ..queries.nominations import nominated_among
from ..queries.reviews import reviewed
from .shared import READING_ROLES, actor_of


@require_safe
@allow(*READING_ROLES)
def household_sources(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every value with the list or the person it comes from, and what the other lists say."""
    household = get_household_for(actor_of(request), pk)
    lines = Listing.objects.filter(household=household, superseded_at=None)
    places = address_labels({household.area_code, *lines.values_list("area_code", flat=True)})
    told = sources_of(
        household,
        lambda code: places.get(code, code),
        reviews=reviewed(household.pk),
        nominated=nominated_among,
    )
    return render(request, "casework/lists/sources.html", {"household": household, "told": told})
