"""The lists of a year and how they overlap; the kinds of list; which list is believed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from households.models import ListKind
from households.services.list_kinds import add_list_kind
from households.services.source_rules import KEEPERS, RULED
from povertyops.accounts.enums import OFFICER_ROLES, Role
from povertyops.common.policies import allow
from povertyops.common.thai import fiscal_year_of

from ..forms.list_kinds import ListKindForm, OverlapForm, SourceRuleForm
from ..inputs import CohortFilters
from ..pages.list_kinds import RULE_LABELS, rule_page, values_of
from ..pages.lists_of_targets import areas_for, overlap_csv, overlap_page, years_for
from ..services.rederive import change_kind, change_rule, kind_for, unfinished_derivation
from ..tasks.rules import start_deriving
from .shared import actor_of, attempt, posted, status_of, succeeds

READERS = tuple(sorted(OFFICER_ROLES | {Role.EXECUTIVE}))
KIND_READERS = tuple(sorted(OFFICER_ROLES | {Role.SYSTEM_ADMIN}))
RULE_KEEPERS = tuple(sorted(KEEPERS))


@require_safe
@allow(*READERS)
def list_overlap(request: HttpRequest) -> HttpResponse:
    """Every combination of lists of a year with its number of distinct households."""
    actor = actor_of(request)
    form = OverlapForm(request.GET)
    year = form.value("fiscal_year", fiscal_year_of(actor.today()))
    page = overlap_page(actor, CohortFilters(fiscal_year=year, area=form.value("area", "")))
    if request.GET.get("format") == "csv":
        name = f"lists-{page.filters.area or actor.province_code}-{year}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(overlap_csv(page), content_type="text/csv; charset=utf-8", headers=headers)
    context = {
        "page": page,
        "years": sorted({*years_for(actor), year}, reverse=True),
        "areas": areas_for(actor),
        "keeps_rules": actor.role in KEEPERS,
        "may_import": actor.role in OFFICER_ROLES,
    }
    return render(request, "casework/lists/overlap.html", context)


@require_safe
@allow(*KIND_READERS)
def list_kinds(request: HttpRequest) -> HttpResponse:
    """The kinds of list there are, in the order in which they are believed."""
    keeps = actor_of(request).role is Role.SYSTEM_ADMIN
    context = {"kinds": ListKind.objects.all(), "keeps": keeps, "waiting": unfinished_derivation("")}
    return render(request, "casework/lists/kinds.html", context)


@require_http_methods(["GET", "POST"])
@allow(Role.SYSTEM_ADMIN)
def list_kind_new(request: HttpRequest) -> HttpResponse:
    """A new kind of list."""
    form = ListKindForm(posted(request))
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        made = attempt(form, lambda: add_list_kind(actor=actor_of(request), code=code, draft=form.draft))
        if made:
            messages.success(request, _("เพิ่มชนิดบัญชีแล้ว เลือกได้ในหน้านำเข้าทันที"))
            return redirect("list_kinds")
    return render(request, "casework/lists/kind_form.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "POST"])
@allow(Role.SYSTEM_ADMIN)
def list_kind(request: HttpRequest, code: str) -> HttpResponse:
    """What a kind of list is from now on."""
    kind = kind_for(code)
    form = ListKindForm(posted(request), kind=kind, initial=values_of(kind))
    if (
        request.method == "POST"
        and form.is_valid()
        and succeeds(form, lambda: change_kind(actor=actor_of(request), code=code, draft=form.draft))
    ):
        start_deriving()
        messages.success(request, _("บันทึกชนิดบัญชีแล้ว ถ้าเปลี่ยนลำดับ ระบบกำลังปรับข้อมูลครัวเรือนตามลำดับใหม่"))
        return redirect("list_kinds")
    context = {"form": form, "kind": kind}
    return render(request, "casework/lists/kind_form.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@allow(*RULE_KEEPERS)
def source_rules(request: HttpRequest) -> HttpResponse:
    """For each field which list is believed; the form changes one of them."""
    actor = actor_of(request)
    province = "" if actor.role is Role.SYSTEM_ADMIN else actor.province_code
    name = (request.POST if request.method == "POST" else request.GET).get("field", "")
    page = rule_page(province)
    chosen = page.of(name if name in RULED else "")
    form = SourceRuleForm(
        posted(request),
        initial={"field": chosen.field},
        kinds=page.kinds,
        order=chosen.order,
        own=chosen.is_own,
    )
    if request.method == "POST" and form.is_valid():
        asked = attempt(form, lambda: (change_rule(actor=actor, draft=form.draft),))
        if asked:
            if asked[0] is None:
                messages.info(request, _("กติกาเหมือนเดิม ไม่มีอะไรเปลี่ยน"))
            else:
                start_deriving()
                messages.success(request, _("บันทึกกติกาแล้ว ระบบกำลังปรับข้อมูลของครัวเรือนที่อยู่หลายบัญชี"))
            return redirect("source_rules")
    context = {
        "form": form,
        "page": page,
        "chosen": chosen,
        "labels": RULE_LABELS,
        "waiting": unfinished_derivation(province),
        "is_editing": request.method == "POST" or "field" in request.GET,
    }
    return render(request, "casework/lists/rules.html", context, status=status_of(form))
