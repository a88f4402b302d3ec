"""The boundaries of the areas right below one, for the map of its board. Figures are the board's."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from povertyops.accounts.enums import BOARD_ROLES
from povertyops.areas.models import Area, Boundary
from povertyops.common.policies import allow

from ..access import sees_below, visible_area
from .board import actor_of

# The address carries the stamp of the load, so what it answered stays true.
KEPT_SECONDS = 30 * 24 * 3600


@require_safe
@gzip_page
@allow(*BOARD_ROLES)
def board_map_shapes(request: HttpRequest, code: str) -> HttpResponse:
    """A FeatureCollection; each feature has the code and the label of its area."""
    actor = actor_of(request)
    area = visible_area(actor, code)
    if not sees_below(actor, area.level):
        raise Http404
    rows = Boundary.objects.filter(area__parent_id=code, area__is_current=True)
    stamps = list(rows.order_by("area_id").values_list("area_id", "loaded_at"))
    etag = _etag(code, stamps)
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(_collection(rows.select_related("area")), "application/geo+json")
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    return response


def _etag(code: str, stamps: list[tuple[str, datetime]]) -> str:
    newest = max((int(moment.timestamp() * 1000) for _code, moment in stamps), default=0)
    return f'"{code}-{len(stamps)}-{newest}"'


def _collection(rows: Any) -> str:
    features = [_feature(row.area, row) for row in rows.order_by("area_id")]
    return json.dumps(
        {"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":")
    )


def _feature(area: Area, row: Boundary) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"code": area.code, "label": area.label},
        "bbox": row.bbox,
        "geometry": row.geometry,
    }
