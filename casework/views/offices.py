"""Offices of a province as its secretary keeps them, and the help that an office gives without a visit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dimensions.enums import Dimension
from households.access import get_household_for_help
from households.models import Household
from povertyops.accounts.access import get_centre_in_sphere
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICE_ROLES
from povertyops.areas.queries import address_labels
from povertyops.common.policies import allow

from ..access import menu_items_for
from ..forms.helps import HelpForm
from ..forms.referrals import OfficeForm
from ..pages.household import failing_now, newest_state
from ..pages.offices import get_office, offices_page, provinces_for
from ..services.guards import own_agency_name
from ..services.helps import record_help
from ..services.offices import OFFICE_KEEPERS, change_office, create_office, make_lead_offices
from .help_batches import bulk_page
from .shared import actor_of, agency_names, attempt, posted, status_of, succeeds

GIVERS = tuple(sorted(OFFICE_ROLES))


@require_safe
@allow(*OFFICE_KEEPERS)
def office_list(request: HttpRequest) -> HttpResponse:
    """The offices of a province and how much waits at each."""
    actor = actor_of(request)
    return render(request, "casework/office_list.html", offices_page(actor, _province(request)))


def _province(request: HttpRequest) -> str:
    """One's own province, or for the administrator the one asked for."""
    provinces = provinces_for(actor_of(request))
    if not provinces:
        return actor_of(request).province_code
    codes = [code for code, _name in provinces]
    wanted = request.GET.get("province", "")
    return wanted if wanted in codes else codes[0]


@require_POST
@allow(*OFFICE_KEEPERS)
def office_defaults(request: HttpRequest) -> HttpResponse:
    """The five lead offices, those that are missing."""
    province = _province(request)
    made = make_lead_offices(actor=actor_of(request), province_code=province)
    if made:
        said = ngettext("เพิ่มหน่วยงานเจ้าภาพ %(count)d แห่ง", "เพิ่มหน่วยงานเจ้าภาพ %(count)d แห่ง", len(made))
        messages.success(request, said % {"count": len(made)})
    else:
        messages.info(request, _("มีหน่วยงานเจ้าภาพครบทุกมิติแล้ว"))
    return redirect(f"{reverse('office_list')}?province={province}")


@require_http_methods(["GET", "POST"])
@allow(*OFFICE_KEEPERS)
def office_new(request: HttpRequest) -> HttpResponse:
    province = _province(request)
    form = OfficeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        actor = actor_of(request)
        office = attempt(
            form, lambda: create_office(actor=actor, province_code=province, office=form.office())
        )
        if office:
            messages.success(request, _("เพิ่ม %(name)s แล้ว") % {"name": office.centre.name})
            return redirect(f"{reverse('office_list')}?province={province}")
    context = {"form": form, "office": None, "agencies": agency_names(province), "province": province}
    return render(request, "casework/office_form.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@allow(*OFFICE_KEEPERS)
def office_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    actor = actor_of(request)
    get_centre_in_sphere(actor, pk)
    office = get_office(pk)
    form = OfficeForm(
        posted(request),
        initial={
            "name": office.centre.name,
            "leads": Dimension.from_mask(office.centre.leads),
            "agency_name": office.agency.name if office.agency else "",
            "answer_days": office.answer_days,
            "finish_days": office.finish_days,
            "phone": office.phone,
            "is_active": office.centre.is_active,
        },
    )
    province = office.centre.province_code
    if request.method == "POST" and form.is_valid():
        changed = attempt(form, lambda: change_office(actor=actor, office_id=pk, office=form.office()))
        if changed:
            messages.success(request, _("บันทึกแล้ว"))
            return redirect(f"{reverse('office_list')}?province={province}")
    context = {"form": form, "office": office, "agencies": agency_names(province), "province": province}
    return render(request, "casework/office_form.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@allow(*GIVERS)
def office_help(request: HttpRequest) -> HttpResponse:
    """Help without a visit in the office's own name: to one household (`?household=`), or to those ticked."""
    actor = actor_of(request)
    if asked := request.GET.get("household", ""):
        return _one(request, actor, asked)
    if request.method == "GET":
        return render(request, "casework/office_help_start.html", {"agency": own_agency_name(actor)})
    return bulk_page(request, actor)


def _one(request: HttpRequest, actor: Actor, asked: str) -> HttpResponse:
    household = get_household_for_help(actor, _uuid(asked))
    form = HelpForm(
        posted(request),
        initial={"given_on": actor.today(), "agency_name": own_agency_name(actor)},
        items=menu_items_for(household.province_code),
        failing=failing_now(newest_state(household.pk)),
    )
    form.fields["agency_name"].disabled = True
    if (
        request.method == "POST"
        and form.is_valid()
        and succeeds(form, lambda: record_help(actor=actor, help=form.help(household.pk)))
    ):
        messages.success(request, _("บันทึกความช่วยเหลือแล้ว"))
        return redirect("household", pk=household.pk)
    return render(request, "casework/help_form.html", _page_of_one(form, household), status=status_of(form))


def _page_of_one(form: HelpForm, household: Household) -> dict[str, Any]:
    place = address_labels([household.area_code])[household.area_code]
    return {
        "form": form,
        "household": household,
        "place": place,
        "agencies": [],
        "draft_key": f"help:{household.pk}",
    }


def _uuid(text: str) -> UUID:
    """An id that nobody has stands for nonsense, so that both are absent."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
