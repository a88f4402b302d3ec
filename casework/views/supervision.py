"""The supervisor's sheet."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from povertyops.common.policies import allow
from povertyops.common.thai import format_thai_month

from ..months import month_of, read_month
from ..pages.supervision import districts_to_choose, months_to_choose, sheet_for
from ..rules import ASSIGNING_ROLES, INTERVAL_ROLES
from .shared import actor_of

SUPERVISORS = tuple(sorted(ASSIGNING_ROLES))


@require_safe
@allow(*SUPERVISORS)
def supervision(request: HttpRequest) -> HttpResponse:
    """Who was seen in a month: a line per mentor or per team, the lowest first."""
    actor = actor_of(request)
    today = actor.today()
    month = read_month(request.GET.get("month", ""), today) or month_of(today)
    by = "team" if request.GET.get("by") == "team" else "mentor"
    districts = districts_to_choose(actor)
    area = request.GET.get("area", "")
    area = area if area in dict(districts) else ""
    page = request.GET.get("page", "1")
    sheet = sheet_for(
        actor, month=month, by=by, area=area, page=int(page) if page.isdecimal() and len(page) < 6 else 1
    )
    kept = {"month": str(month), "area": area}
    context = {
        "sheet": sheet,
        "month": month,
        "months": months_to_choose(today),
        "districts": districts,
        "area": area,
        "by": by,
        "is_now": month == month_of(today),
        "month_label": format_thai_month(month.first_day),
        "tabs": [
            {"label": label, "url": f"?{urlencode({**kept, 'by': key})}", "current": by == key}
            for key, label in (("mentor", _("รายพี่เลี้ยง")), ("team", _("รายทีม")))
        ],
        "page_query": urlencode({**kept, "by": by}),
        "page_numbers": range(1, sheet.pages + 1),
        "may_set_intervals": actor.role in INTERVAL_ROLES,
        "today": today,
    }
    return render(request, "casework/supervision.html", context)
