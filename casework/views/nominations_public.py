"""The public door: report a family, follow the report by its number. Nothing of the register passes it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from povertyops.areas.models import Area
from povertyops.common.policies import public
from povertyops.common.rates import is_too_often

from ..forms.nominations_public import PublicNominationForm, TrackForm, new_ticket
from ..models import NominationRule
from ..nomination_rules import shown_tracking_number
from ..pages.nominations import subdistrict_choices_of
from ..pages.nominations_public import track_line
from ..services.nominations import nominate_publicly, tracked
from .shared import attempt, posted, status_of

TOO_MANY = 429


@require_http_methods(["GET", "POST"])
@never_cache
@public
def public_nominate(request: HttpRequest) -> HttpResponse:
    """Choose a province that has opened its door, then report a family."""
    code = request.GET.get("province", "")
    province = _open_provinces().filter(code=code).first() if code else None
    if code and province is None:
        raise Http404
    if province is None:
        return render(request, "casework/nominations/public_start.html", {"provinces": _open_provinces()})
    form = PublicNominationForm(
        posted(request),
        request.FILES if request.method == "POST" else None,
        initial={"ticket": new_ticket()},
        subdistricts=subdistrict_choices_of(province.code),
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        if is_too_often(request, "nominate", limit=settings.PUBLIC_NOMINATIONS["per_address_hour"]):
            form.add_error(None, _("ส่งเรื่องจากที่นี่บ่อยเกินไป โปรดลองใหม่ภายหลัง หรือโทรแจ้ง ศจพ. อำเภอ"))
            status = TOO_MANY
        else:
            made = attempt(form, lambda: nominate_publicly(nomination=form.nomination, contact=form.contact))
            if made:
                context = {"number": shown_tracking_number(made.tracking_number), "row": made}
                return render(request, "casework/nominations/public_done.html", context)
    _renew_ticket(form)
    context = {"form": form, "province": province}
    status = max(status, status_of(form)) if status == 200 else status
    return render(request, "casework/nominations/public_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@never_cache
@public
def public_track(request: HttpRequest) -> HttpResponse:
    """Where a report stands, by its number alone; an unknown one gets the answer of every unknown one."""
    form = TrackForm(posted(request))
    context: dict[str, Any] = {"form": form, "asked": False}
    status = 200
    if request.method == "POST" and form.is_valid():
        if is_too_often(request, "track", limit=settings.PUBLIC_NOMINATIONS["looks_per_address_hour"]):
            form.add_error(None, _("ค้นบ่อยเกินไป โปรดลองใหม่ภายหลัง"))
            status = TOO_MANY
        else:
            row = tracked(form.cleaned_data["number"])
            context |= {"asked": True, "line": track_line(row) if row else None}
    if status == 200:
        status = status_of(form)
    return render(request, "casework/nominations/public_track.html", context, status=status)


def _open_provinces() -> QuerySet[Area]:
    open_ones = NominationRule.objects.filter(is_public_open=True).values("pk")
    return Area.objects.filter(code__in=open_ones).order_by("sort_key", "code")


def _renew_ticket(form: PublicNominationForm) -> None:
    """A form that came back because of its ticket gets a new one, and keeps what was typed."""
    if form.is_bound and "ticket" in form.errors and isinstance(form.data, QueryDict):
        data = form.data.copy()
        data["ticket"] = new_ticket()
        form.data = data
