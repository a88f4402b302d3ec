"""The poverty measures, and for the secretary their yardstick and the surveyed population."""

from __future__ import annotations

import csv
import io

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from povertyops.accounts.enums import Role
from povertyops.areas.enums import Level
from povertyops.areas.models import Area
from povertyops.areas.queries import children_of
from povertyops.common.answering import posted, status_of
from povertyops.common.csv_table import MAX_BYTES, decode
from povertyops.common.errors import InvalidInput
from povertyops.common.policies import allow
from povertyops.common.thai import fiscal_year_of

from ..access import AGGREGATE_ROLES, highest_area, visible_area
from ..exports.base import BOM, safe
from ..forms.measures import MeasureForm, PopulationForm
from ..models import AreaProgress, MeasureSetting
from ..pages.measures import line_of, measures_view
from ..services.measures import (
    COLUMNS,
    import_population,
    read_population,
    set_measure,
    setting_of,
    yardstick,
    yardstick_of,
)
from .board import actor_of

READERS = (Role.PROVINCIAL_SECRETARY, Role.EXECUTIVE, Role.DISTRICT_OFFICER, Role.NATIONAL_VIEWER)


@require_safe
@allow(*READERS)
def measures_home(request: HttpRequest) -> HttpResponse:
    """To the person's own area."""
    return redirect("measures", highest_area(actor_of(request)))


@require_safe
@allow(*READERS)
def measures(request: HttpRequest, code: str) -> HttpResponse:
    """H, A and M0 of an area and of those right below it."""
    actor = actor_of(request)
    area = visible_area(actor, code)
    if area.level > Level.DISTRICT:
        raise Http404
    rows = AreaProgress.objects.filter(code=code, list_kind="").order_by("-fiscal_year")
    years = list(rows.values_list("fiscal_year", flat=True))
    year = _year(request, years)
    view = measures_view(area, year, top=highest_area(actor), aggregates_only=actor.role in AGGREGATE_ROLES)
    here = reverse("measures", args=[code])
    context = {
        "view": view,
        "years": [(each, f"{here}?fiscal_year={each}") for each in years],
        "keeps": actor.role is Role.PROVINCIAL_SECRETARY,
    }
    return render(request, "reports/measures/page.html", context)


@require_http_methods(["GET", "POST"])
@allow(Role.PROVINCIAL_SECRETARY)
def measures_settings(request: HttpRequest) -> HttpResponse:
    """A new version of cut-off and weights: looked at first, then put in force."""
    actor = actor_of(request)
    year = fiscal_year_of(timezone.localdate())
    setting = setting_of(actor.province_code, year)
    standing = yardstick_of(setting)
    start = {d.value: f"{float(weight):g}" for d, weight in standing.weights.items()}
    form = MeasureForm(
        posted(request), initial={"from_year": year, "cutoff": f"{float(standing.cutoff):g}", **start}
    )
    compared = None
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        if request.POST.get("step") == "apply":
            set_measure(
                actor=actor,
                from_year=values["from_year"],
                cutoff=values["cutoff"],
                weights=form.weights,
                note=values["note"],
            )
            messages.success(request, _("บันทึกเกณฑ์ฉบับใหม่แล้ว"))
            return redirect("measures_settings")
        area = Area.objects.get(code=actor.province_code)
        compared = (
            line_of(area, year, standing),
            line_of(area, year, yardstick(values["cutoff"], form.weights)),
        )
    versions = MeasureSetting.objects.filter(province_code=actor.province_code).select_related("set_by")
    context = {
        "form": form,
        "compared": compared,
        "versions": [(each, yardstick_of(each)) for each in versions.order_by("-version")],
        "setting": setting,
        "year": year,
    }
    return render(request, "reports/measures/settings.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@allow(Role.PROVINCIAL_SECRETARY)
def measures_population(request: HttpRequest) -> HttpResponse:
    """The surveyed population as a small CSV: what is wrong is said first, then the rest goes in."""
    actor = actor_of(request)
    form = PopulationForm(posted(request), request.FILES or None)
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            text = _text(form)
            rows, faults = read_population(text, actor.province_code)
        except InvalidInput as refusal:
            form.add_error("file", str(refusal))
        else:
            if request.POST.get("step") == "apply" and rows and not faults:
                fresh = import_population(actor=actor, rows=rows)
                messages.success(request, _("นำเข้าแล้ว %(count)s แถวที่ใหม่หรือเปลี่ยน") % {"count": f"{fresh:,}"})
                return redirect("measures", actor.province_code)
            context |= {"rows": rows, "faults": faults, "text": text, "read": True}
    return render(request, "reports/measures/population.html", context, status=status_of(form))


@require_safe
@allow(Role.PROVINCIAL_SECRETARY)
def measures_template(request: HttpRequest) -> HttpResponse:
    """The CSV to fill in: the province and its districts, with the year before the present one."""
    code = actor_of(request).province_code
    year = fiscal_year_of(timezone.localdate()) - 1
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*(column.head for column in COLUMNS), _("พื้นที่")])
    for area in [Area.objects.get(code=code), *children_of(code)]:
        writer.writerow([area.code, year, "", "", "", safe(area.label)])
    return HttpResponse(
        (BOM + out.getvalue()).encode(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="population-{code}-{year}.csv"'},
    )


def _text(form: PopulationForm) -> str:
    """The file that was sent, or what was read from one before."""
    upload = form.cleaned_data.get("file")
    if upload is not None:
        return decode(upload.read(MAX_BYTES + 1))
    text: str = form.cleaned_data["text"]
    if not text:
        raise InvalidInput("no_file", _("โปรดเลือกไฟล์"))
    return text


def _year(request: HttpRequest, years: list[int]) -> int:
    asked = request.GET.get("fiscal_year", "")
    if asked.isdecimal() and len(asked) == 4 and int(asked) in years:
        return int(asked)
    now = fiscal_year_of(timezone.localdate())
    return now if now in years or not years else years[0]
