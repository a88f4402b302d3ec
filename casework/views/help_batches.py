"""The same help for many households under one letter; likely repeats are shown before anything is kept."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from households.models import Household
from povertyops.accounts.actor import Actor
from povertyops.common.errors import Conflict
from povertyops.common.policies import allow

from ..access import menu_items_for
from ..forms.helps import HelpBatchForm
from ..models import HelpBatch
from ..pages.chosen import changed_meanwhile, chosen_households
from ..rules import BULK_HELP_ROLES
from ..services.guards import own_agency_name
from ..services.helps import Repeat, record_help_batch
from .shared import actor_of, agency_names, attempt, status_of

HELPERS = tuple(sorted(BULK_HELP_ROLES))


@require_http_methods(["GET", "POST"])
@allow(*HELPERS)
def help_bulk(request: HttpRequest) -> HttpResponse:
    """From a list: fill in once, see how many and who has it already, confirm."""
    if request.method == "GET":
        return render(request, "casework/help_bulk_start.html")
    return bulk_page(request, actor_of(request))


def bulk_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What was sent from a list; an office gives in its own name."""
    chosen = chosen_households(request, actor, today=actor.today())
    if not chosen.count:
        messages.warning(request, _("ยังไม่ได้เลือกครัวเรือนที่บันทึกได้ เลือกจากรายการก่อน"))
        return redirect("household_list")
    applies = request.POST.get("step") == "apply"
    form = HelpBatchForm(
        request.POST if applies else None,
        initial={"given_on": actor.today(), "agency_name": own_agency_name(actor)},
        items=menu_items_for(actor.province_code),
    )
    form.fields["agency_name"].disabled = actor.reach.office_id is not None
    repeats: list[Repeat] = []
    if applies and (change := changed_meanwhile(request, chosen)):
        form.add_error(None, change)
    if applies and form.is_valid():
        try:
            batch = attempt(form, lambda: _record(actor, chosen.ids, form.cleaned_data))
        except _LikelyRepeat as found:
            batch, repeats = None, found.repeats
        if batch:
            messages.success(request, _batch_said(batch))
            return redirect(f"{reverse('household_list')}?{request.GET.urlencode()}")
    context = {
        "form": form,
        "chosen": chosen,
        "repeats": _repeat_rows(repeats),
        "repeat_count": len({repeat.household_id for repeat in repeats}),
        "query": request.GET.urlencode(),
        "agencies": agency_names(actor.province_code),
    }
    status = 409 if repeats else status_of(form) if applies else 200
    return render(request, "casework/help_bulk.html", context, status=status)


class _LikelyRepeat(Exception):
    """The same help seems to be there already; the page shows where before asking again."""

    def __init__(self, repeats: list[Repeat]) -> None:
        super().__init__()
        self.repeats = repeats


def _record(actor: Actor, ids: list[UUID], data: dict[str, Any]) -> HelpBatch:
    facts = {name: value for name, value in data.items() if name != "item"}
    try:
        return record_help_batch(actor=actor, household_ids=ids, item_id=data["item"], **facts)
    except Conflict as refusal:
        if refusal.code == "likely_repeat":
            raise _LikelyRepeat(refusal.details["repeats"]) from refusal
        raise


def _batch_said(batch: HelpBatch) -> str:
    return _("บันทึกความช่วยเหลือ %(count)d ครัวเรือน ครัวเรือนละ %(amount)s บาท หนังสือ %(letter)s") % {
        "count": batch.households,
        "amount": f"{batch.amount_baht:,.0f}",
        "letter": batch.letter_number,
    }


def _repeat_rows(repeats: list[Repeat]) -> list[dict[str, Any]]:
    shown = repeats[:50]
    names = dict(
        Household.objects.filter(pk__in=[each.household_id for each in shown]).values_list("pk", "head_name")
    )
    return [{"repeat": each, "name": names.get(each.household_id, "")} for each in shown]
