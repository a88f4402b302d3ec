"""The page that shows what households are measured by, and how sure each part of it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from povertyops.common.policies import signed_in

from .pages import yardstick_page


@require_safe
@signed_in
def yardstick(request: HttpRequest) -> HttpResponse:
    """Dimensions, lead offices, indicator sets, thresholds and stage criteria in force."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    page = yardstick_page(province_code=actor.province_code, today=actor.today())
    return render(request, "dimensions/yardstick.html", {"page": page})
