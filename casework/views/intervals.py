"""The page where a province sets how often each stage is followed up."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dimensions.enums import Stage
from povertyops.common.policies import allow

from ..forms.intervals import IntervalsForm
from ..rules import INTERVAL_ROLES
from ..services.intervals import days_everywhere, own_days, set_intervals
from .shared import actor_of, attempt, posted, status_of


@require_http_methods(["GET", "POST"])
@allow(*sorted(INTERVAL_ROLES))
def intervals(request: HttpRequest) -> HttpResponse:
    """Days per stage; saving moves every due day that follows from them."""
    actor = actor_of(request)
    province = actor.province_code
    everywhere = {stage: days_everywhere(stage) for stage in Stage}
    initial = {stage.code: days for stage, days in own_days(province).items()}
    form = IntervalsForm(posted(request), initial=initial, everywhere=everywhere)
    if request.method == "POST" and form.is_valid():
        moved = attempt(form, lambda: set_intervals(actor=actor, province_code=province, days=form.days))
        if moved is not None:
            messages.success(
                request, _("บันทึกรอบการติดตามแล้ว วันครบกำหนดเปลี่ยน %(count)d ครัวเรือน") % {"count": moved}
            )
            return redirect("intervals")
    return render(request, "casework/intervals.html", {"form": form}, status=status_of(form))
