"""The page on which a province, or the nation, sets the weights of the priority."""

from __future__ import annotations

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from povertyops.common.policies import allow

from ..forms.priorities import WeightsForm
from ..pages.priorities import examples_for, versions_of
from ..queries.priorities import weights_for
from ..services.priorities import WEIGHING_ROLES, set_weights
from .shared import actor_of, attempt, posted, status_of


@require_http_methods(["GET", "POST"])
@allow(*sorted(WEIGHING_ROLES))
def priority_weights(request: HttpRequest) -> HttpResponse:
    """Weights with three households before and after; nothing is written before `save`."""
    actor = actor_of(request)
    province = actor.province_code
    before = weights_for(province)
    form = WeightsForm(posted(request), initial=asdict(before))
    after = form.weights if form.is_bound and form.is_valid() else before
    if "save" in request.POST and form.is_valid():
        reason = form.cleaned_data["reason"]
        saved = attempt(
            form,
            lambda: set_weights(actor=actor, province_code=province, weights=form.weights, reason=reason),
        )
        if saved:
            messages.success(request, _("ใช้น้ำหนักฉบับที่ %(version)d แล้ว") % {"version": saved.version})
            return redirect("priority_weights")
    context = {
        "form": form,
        "before": before,
        "examples": examples_for(actor, before, after),
        "tries": form.is_bound and form.is_valid(),
        "versions": versions_of(province),
        "is_nation": not province,
    }
    return render(request, "casework/priority/weights.html", context, status=status_of(form))
