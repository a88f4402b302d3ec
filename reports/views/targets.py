"""Targets of a province: read by its province and districts, set and shared out by the secretary."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.common.answering import attempt, posted, status_of
from povertyops.common.policies import allow
from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of

from ..forms.targets import ShareForm, TargetForm
from ..models import AreaProgress, Target
from ..pages.targets import target_views
from ..services.targets import correct_share, set_target, share_again
from .board import actor_of

READERS = (Role.PROVINCIAL_SECRETARY, Role.EXECUTIVE, Role.DISTRICT_OFFICER)


@require_safe
@allow(*READERS)
def targets_home(request: HttpRequest) -> HttpResponse:
    """The targets of a fiscal year, with the form where the secretary looks."""
    actor = actor_of(request)
    years = _years(actor)
    year = _year(request, years)
    form = _form(request, year) if actor.role is Role.PROVINCIAL_SECRETARY else None
    return _home(request, years, year, form)


@require_POST
@allow(Role.PROVINCIAL_SECRETARY)
def target_set(request: HttpRequest) -> HttpResponse:
    """A target of the province set, or its form again with what is wrong."""
    actor = actor_of(request)
    years = _years(actor)
    year = _year(request, years)
    form = _form(request, year)
    made = (
        attempt(form, lambda: set_target(actor=actor, target=form.target(year))) if form.is_valid() else None
    )
    if made is not None:
        messages.success(request, _("ตั้งเป้าหมายและแบ่งให้อำเภอแล้ว"))
        return redirect(_address(year))
    return _home(request, years, year, form)


def _form(request: HttpRequest, year: int) -> TargetForm:
    return TargetForm(posted(request), initial={"due_on": fiscal_year_bounds(year)[1], "percent": 90})


def _home(request: HttpRequest, years: list[int], year: int, form: TargetForm | None) -> HttpResponse:
    actor = actor_of(request)
    context = {
        "form": form,
        "set_url": f"{reverse('target_set')}?{urlencode({'fiscal_year': year})}",
        "year": year,
        "years": [(each, _address(each)) for each in years],
        "targets": target_views(actor, year),
    }
    return render(request, "reports/targets/home.html", context, status=status_of(form) if form else 200)


@require_http_methods(["GET", "POST"])
@allow(Role.PROVINCIAL_SECRETARY)
def target_share(request: HttpRequest, pk: UUID, district: str) -> HttpResponse:
    """One district's share, by hand with a reason or by the key."""
    actor = actor_of(request)
    target = _target(actor, pk)
    view = next((one for one in target_views(actor, target.fiscal_year) if one.target.pk == pk), None)
    line = next((one for one in view.lines if one.code == district), None) if view else None
    if view is None or line is None:
        raise Http404
    share = line.share
    start = {"households": share.households, "note": share.note} if share and share.is_manual else {}
    form = ShareForm(posted(request), initial=start)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        changed = attempt(
            form,
            lambda: correct_share(
                actor=actor,
                target_id=pk,
                district_code=district,
                households=values["households"],
                note=values["note"],
            ),
        )
        if changed:
            messages.success(request, _("บันทึกแล้ว"))
            return redirect(_address(target.fiscal_year))
    context = {"form": form, "view": view, "line": line, "back_url": _address(target.fiscal_year)}
    return render(request, "reports/targets/share.html", context, status=status_of(form))


@require_POST
@allow(Role.PROVINCIAL_SECRETARY)
def target_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Share out anew over the present households."""
    actor = actor_of(request)
    target = _target(actor, pk)
    share_again(actor=actor, target_id=pk)
    messages.success(request, _("แบ่งเป้าหมายใหม่แล้ว อำเภอที่ปรับด้วยมือคงเดิม"))
    return redirect(_address(target.fiscal_year))


def _target(actor: Actor, pk: UUID) -> Target:
    target = Target.objects.filter(pk=pk, province_code=actor.province_code).first()
    if target is None:
        raise Http404
    return target


def _years(actor: Actor) -> list[int]:
    """Years with households, newest first, and the present one."""
    rows = AreaProgress.objects.filter(code=actor.province_code, list_kind="")
    years = set(rows.values_list("fiscal_year", flat=True))
    return sorted(years | {fiscal_year_of(timezone.localdate())}, reverse=True)


def _year(request: HttpRequest, years: list[int]) -> int:
    asked = request.GET.get("fiscal_year", "")
    now = fiscal_year_of(timezone.localdate())
    return int(asked) if asked.isdecimal() and len(asked) == 4 and int(asked) in years else now


def _address(year: int) -> str:
    return f"{reverse('targets_home')}?{urlencode({'fiscal_year': year})}"
