"""Pages of centres: by province, a new municipal centre or team, changing one, many from a CSV file."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from povertyops.areas.enums import CentreKind, Extent
from povertyops.areas.models import Area, Centre
from povertyops.areas.queries import centres_of_province, subdistricts_by_district
from povertyops.areas.rules import ENTERED_KINDS, PARENT_KINDS
from povertyops.areas.services import CentreChange, CentreDraft
from povertyops.common.csv_table import decode
from povertyops.common.errors import DomainError
from povertyops.common.names import sort_key
from povertyops.common.policies import allow

from ..access import get_centre_in_sphere, parents_for
from ..enums import Role
from ..forms import ApplyForm, CentreChangeForm, CentreForm, FileForm, add_domain_error
from ..requests import ActorRequest
from ..services import change_centre, check_centres, create_centre, import_centres
from ..services.centres import COLUMNS, IMPORTED_KINDS
from .shared import example_csv, provinces_for, status_of, uploaded_bytes

KEEPERS = (Role.PROVINCIAL_SECRETARY, Role.SYSTEM_ADMIN)
NEW_KINDS = tuple(kind for kind in ENTERED_KINDS if kind in IMPORTED_KINDS)
EXAMPLE_ROW = ("ทีมปฏิบัติการตำบล", "ทีมปฏิบัติการตำบลระโนด", "ศจพ.อ.ระโนด", "900701", "", "")


@require_safe
@allow(*KEEPERS)
def centre_list(request: ActorRequest) -> HttpResponse:
    """The centres of a province by kind, with what each covers."""
    provinces = provinces_for(request.actor)
    province = _province(request, provinces)
    kinds = [k for k in CentreKind if k is not CentreKind.NATIONAL]
    by_kind: dict[str, list[Centre]] = {kind: [] for kind in kinds}
    for centre in sorted(centres_of_province(province), key=lambda centre: sort_key(centre.name)):
        by_kind[centre.kind].append(centre)
    context = {
        "provinces": provinces,
        "province": province,
        "groups": [(kind, by_kind[kind]) for kind in kinds if by_kind[kind]],
        "new_kinds": NEW_KINDS,
        "entered": ENTERED_KINDS,
    }
    return render(request, "areas/centre_list.html", context)


def _province(request: ActorRequest, provinces: list[tuple[str, str]]) -> str:
    """The province shown: one's own, or for the administrator the one asked for."""
    if not provinces:
        return str(request.actor.province_code)
    codes = [code for code, _name in provinces]
    wanted = request.GET.get("province", "")
    return wanted if wanted in codes else codes[0]


@require_http_methods(["GET", "POST"])
@allow(*KEEPERS)
def centre_new(request: ActorRequest, kind: str) -> HttpResponse:
    """A municipal centre or a subdistrict team with the areas it covers."""
    if kind not in NEW_KINDS:
        raise Http404
    wanted = CentreKind(kind)
    parents = parents_for(request.actor, wanted, PARENT_KINDS[wanted])
    form = CentreForm(request.POST or None, parents=list(parents))
    if form.is_valid():
        data = form.cleaned_data
        draft = CentreDraft(wanted, data["name"], data["parent"], form.coverage(), data["registrar_code"])
        try:
            centre = create_centre(actor=request.actor, draft=draft)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("เพิ่ม %(name)s แล้ว") % {"name": centre.name})
            return redirect(f"/centres/?province={centre.province_code}")
    return render(
        request,
        "areas/centre_form.html",
        {"form": form, "kind": wanted, "centre": None, "codes": _codes(request.actor.province_code)},
        status=status_of(form),
    )


@require_http_methods(["GET", "POST"])
@allow(*KEEPERS)
def centre_edit(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Change the name and coverage of a municipal centre or team."""
    centre = get_centre_in_sphere(request.actor, pk)
    if CentreKind(centre.kind) not in NEW_KINDS:
        raise Http404
    form = CentreChangeForm(request.POST or None, parents=None, initial=_values(centre))
    if form.is_valid():
        data = form.cleaned_data
        change = CentreChange(data["name"], form.coverage(), data["registrar_code"], data["is_active"])
        try:
            change_centre(actor=request.actor, centre_id=pk, change=change)
        except DomainError as error:
            add_domain_error(form, error)
        else:
            messages.success(request, _("บันทึกแล้ว"))
            return redirect(f"/centres/?province={centre.province_code}")
    codes = _codes(centre.province_code)
    context = {"form": form, "kind": CentreKind(centre.kind), "centre": centre, "codes": codes}
    return render(request, "areas/centre_form.html", context, status=status_of(form))


def _codes(province: str) -> list[tuple[Area, list[Area]]]:
    """The codes of a province to look up beside the form."""
    return subdistricts_by_district(province) if province else []


def _values(centre: Centre) -> dict[str, object]:
    rows = list(centre.coverage.order_by("area_id"))
    return {
        "name": centre.name,
        "registrar_code": centre.registrar_code,
        "is_active": centre.is_active,
        "full": " ".join(row.area_id for row in rows if row.extent == Extent.FULL),
        "part": " ".join(row.area_id for row in rows if row.extent == Extent.PART),
    }


@require_http_methods(["GET", "POST"])
@allow(*KEEPERS)
def centre_import(request: ActorRequest) -> HttpResponse:
    """Many centres from a CSV file: first what it would do, then, sent again, done."""
    if "text" in request.POST:
        return _apply(request)
    form = FileForm(request.POST or None, request.FILES or None)
    context = {"form": form, "columns": COLUMNS}
    if form.is_valid():
        try:
            text = decode(uploaded_bytes(form))
            context["check"] = check_centres(actor=request.actor, text=text)
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            context["apply_form"] = ApplyForm(initial={"text": text})
    return render(request, "areas/centre_import.html", context, status=status_of(form))


def _apply(request: ActorRequest) -> HttpResponse:
    form = ApplyForm(request.POST)
    if form.is_valid():
        result = import_centres(actor=request.actor, text=form.cleaned_data["text"])
        done = _("เพิ่มศูนย์และทีม %(created)s แห่ง มีอยู่แล้ว %(known)s แห่ง")
        messages.success(request, done % {"created": result.created, "known": result.known})
    return redirect("centre_list")


@require_safe
@allow(*KEEPERS)
def centre_example(request: ActorRequest) -> HttpResponse:
    """An empty file of centres with its heads and one example row."""
    return example_csv("centres.csv", COLUMNS, EXAMPLE_ROW)
