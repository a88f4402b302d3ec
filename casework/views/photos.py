"""Stored photos, for whoever may see what they belong to; never kept by browsers or proxies."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from povertyops.common.policies import allow

from ..access import get_photo_for
from ..services.photos import open_photo
from .shared import READING_ROLES, actor_of

_HEADERS = {
    "Content-Disposition": 'inline; filename="photo.jpg"',
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store, private",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@require_safe
@allow(*READING_ROLES)
def photo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A photo, at most 1,600 pixels an edge."""
    return _jpeg(request, pk, thumb=False)


@require_safe
@allow(*READING_ROLES)
def photo_thumb(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same, at most 320 pixels an edge."""
    return _jpeg(request, pk, thumb=True)


def _jpeg(request: HttpRequest, pk: UUID, *, thumb: bool) -> HttpResponse:
    row = get_photo_for(actor_of(request), pk)
    return HttpResponse(open_photo(row, thumb=thumb), content_type="image/jpeg", headers=_HEADERS)
