"""Households that left a list: the province decides, group by group, what becomes of their open cases."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from households.access import get_import_for, visible_households
from households.models import ImportBatch
from povertyops.accounts.actor import Actor
from povertyops.common.paging import page_of_request
from povertyops.common.policies import allow

from ..forms.import_acts import LeaverForm
from ..pages.import_leavers import ACTS, chosen_of, group_cards
from ..pages.today import short_places
from ..queries.leavers import group_lines, leavers_of
from ..services.leavers import LEAVER_ROLES, decide_leavers
from .imports import IMPORTERS
from .shared import actor_of, attempt, posted, status_of

AT_ONCE = 50


@require_http_methods(["GET", "POST"])
@allow(*IMPORTERS)
def import_leavers(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Groups by district, stage and help; the secretary decides, others read."""
    actor = actor_of(request)
    batch = get_import_for(actor, pk)
    form = LeaverForm(posted(request))
    if request.method == "POST" and form.is_valid():
        decision = attempt(form, lambda: decide_leavers(actor=actor, batch_id=pk, **form.cleaned_data))
        if decision is not None:
            told = {"act": decision.get_act_display(), "count": decision.decided.count()}
            messages.success(request, _("บันทึกแล้ว: %(act)s %(count)d ครัวเรือน") % told)
            return redirect("import_leavers", pk=pk)
    context = {"form": form, "batch": batch, "may_decide": actor.role in LEAVER_ROLES}
    context |= _groups(request, actor, batch)
    return render(request, "casework/imports/leavers.html", context, status=status_of(form))


def _groups(request: HttpRequest, actor: Actor, batch: ImportBatch) -> dict[str, Any]:
    leavers = leavers_of(actor, batch)
    group, act = chosen_of(request.GET)
    told: dict[str, Any] = {"cards": group_cards(batch, group_lines(leavers)), "count": len(leavers)}
    if group is None:
        return told
    ids = [each.household_id for each in leavers if each.group == group and each.act == act]
    page, urls = page_of_request(
        request, visible_households(actor).filter(pk__in=ids), ("sort_key", "pk"), AT_ONCE
    )
    places = short_places({each.area_code for each in page.rows})
    return {
        **told,
        **urls,
        "group": group,
        "act": ACTS[act],
        "households": [(each, places.get(each.area_code, "")) for each in page.rows],
        "shown": len(ids),
    }
