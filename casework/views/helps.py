"""Help without a visit: one, many at once, a promise kept, a mistake corrected."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from households.access import get_household_for_help, get_household_for_write
from povertyops.areas.queries import address_labels
from povertyops.common.policies import allow

from ..access import get_help_for, menu_items_for
from ..enums import HelpStatus
from ..forms.helps import AmendHelpForm, DeliverForm, HelpForm
from ..forms.visits import VoidForm
from ..inputs import HelpInput
from ..models import Help, HelpMenuItem
from ..pages.household import failing_now, newest_state
from ..pages.suggestions import suggested
from ..services.helps import amend_help, record_help
from .shared import GIVING_ROLES, WRITING_ROLES, actor_of, agency_names, posted, status_of, succeeds


@require_http_methods(["GET", "POST"])
@allow(*WRITING_ROLES)
def help_form(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Help given or promised to one household, outside a visit."""
    actor = actor_of(request)
    household = get_household_for_write(actor, pk)
    suggestions = suggested([pk], today=actor.today())[pk]
    form = HelpForm(
        posted(request),
        initial={"given_on": actor.today()},
        items=menu_items_for(household.province_code),
        failing=failing_now(newest_state(pk)),
        suggestions=suggestions,
    )
    if (
        request.method == "POST"
        and form.is_valid()
        and succeeds(form, lambda: record_help(actor=actor, help=form.help(pk)))
    ):
        messages.success(request, _("บันทึกความช่วยเหลือแล้ว"))
        return redirect("household", pk=pk)
    context = {
        "form": form,
        "household": household,
        "place": address_labels([household.area_code])[household.area_code],
        "agencies": agency_names(household.province_code),
        "draft_key": f"help:{pk}",
        "suggestions": suggestions,
    }
    return render(request, "casework/help_form.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@allow(*WRITING_ROLES)
def help_deliver(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A promise that was kept."""
    actor = actor_of(request)
    promise = get_help_for(actor, pk)
    household = get_household_for_write(actor, promise.household_id)
    initial = {"given_on": actor.today(), "amount_baht": promise.amount_baht, "detail": promise.detail}
    form = DeliverForm(posted(request), initial=initial)
    if (
        request.method == "POST"
        and form.is_valid()
        and succeeds(form, lambda: record_help(actor=actor, help=_delivered(promise, form.cleaned_data)))
    ):
        messages.success(request, _("บันทึกว่าส่งมอบแล้ว"))
        return redirect("household", pk=household.pk)
    context = {"form": form, "promise": promise, "household": household}
    return render(request, "casework/help_deliver.html", context, status=status_of(form))


def _delivered(promise: Help, data: dict[str, Any]) -> HelpInput:
    return HelpInput(
        id=data["id"],
        household_id=promise.household_id,
        item_id=promise.item_id,
        agency_name=promise.agency.name if promise.agency else "",
        given_on=data["given_on"],
        amount_baht=data["amount_baht"],
        detail=data["detail"].strip(),
        status=HelpStatus.DELIVERED,
        letter_number=promise.letter_number,
        fulfils=promise.pk,
    )


@require_http_methods(["GET", "POST"])
@allow(*GIVING_ROLES)
def help_amend(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new row in the place of a wrong one; the wrong one stays as history."""
    actor = actor_of(request)
    wrong = get_help_for(actor, pk)
    household = get_household_for_help(actor, wrong.household_id)
    form = AmendHelpForm(
        posted(request),
        initial=_values_of(wrong),
        items=_items_with(wrong, household.province_code),
        failing=0,
    )
    form.fields["agency_name"].disabled = actor.reach.office_id is not None
    if request.method == "POST" and form.is_valid():
        corrected = replace(form.help(household.pk), fulfils=wrong.fulfils_id)
        reason = form.cleaned_data["reason"]
        if succeeds(form, lambda: amend_help(actor=actor, help_id=pk, replacement=corrected, reason=reason)):
            messages.success(request, _("บันทึกฉบับแก้ไขแล้ว รายการเดิมยังอยู่ในประวัติ"))
            return redirect("household", pk=household.pk)
    context = {
        "form": form,
        "wrong": wrong,
        "household": household,
        "void_form": VoidForm(prefix="void"),
        "agencies": agency_names(household.province_code),
    }
    return render(request, "casework/help_amend.html", context, status=status_of(form))


@require_POST
@allow(*GIVING_ROLES)
def help_void(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take back a help that was recorded by mistake."""
    actor = actor_of(request)
    wrong = get_help_for(actor, pk)
    form = VoidForm(request.POST, prefix="void")
    if form.is_valid():
        amend_help(actor=actor, help_id=pk, replacement=None, reason=form.cleaned_data["note"])
        messages.success(request, _("ยกเลิกรายการแล้ว รายการเดิมยังอยู่ในประวัติ"))
        return redirect("household", pk=wrong.household_id)
    messages.error(request, _("โปรดบอกเหตุผลที่ยกเลิก"))
    return redirect("help_amend", pk=pk)


def _items_with(row: Help, province_code: str) -> list[HelpMenuItem]:
    """The menu, and the item of the help itself where it left the menu meanwhile."""
    items = list(menu_items_for(province_code))
    return items if row.item in items else [*items, row.item]


def _values_of(row: Help) -> dict[str, Any]:
    return {
        "item": row.item_id,
        "status": row.status,
        "agency_name": row.agency.name if row.agency else "",
        "given_on": row.given_on,
        "amount_baht": row.amount_baht,
        "detail": row.detail,
        "letter_number": row.letter_number,
    }
