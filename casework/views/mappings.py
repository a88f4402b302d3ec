"""Saying how a file is to be read: its columns with a live preview, profiles, and what codes mean."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from households.access import get_import_for
from households.enums import ImportStatus, RowUnit
from households.models import ImportBatch
from households.services.codes import CHOOSING_ROLES, choose_code, get_code_for, visible_meanings
from households.services.mappings import (
    Draft,
    FileHead,
    Layout,
    change_profile,
    draft_by_guess,
    draft_by_profile,
    first_draft,
    first_rows,
    get_profile_for,
    guesses_for,
    header_keys,
    headers_of,
    layout_of_draft,
    offered_for,
    read_draft,
    retire_profile,
    save_mapping,
)
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES
from povertyops.areas.models import AbolishedArea
from povertyops.areas.rules import is_municipal_code
from povertyops.common.errors import Conflict, DomainError
from povertyops.common.policies import allow

from ..forms.mappings import CodeForm, MappingForm, ProfileForm, initial_of, members_of
from ..pages.mappings import (
    code_rows,
    column_lines,
    preview_page,
    profile_headers,
    profile_rows,
    sheet_choices,
    sheet_lines,
)
from ..tasks.imports import start_import
from .shared import actor_of, attempt, status_of, succeeds

IMPORTERS = tuple(sorted(OFFICER_ROLES))
CHOOSERS = tuple(sorted(CHOOSING_ROLES))


@require_http_methods(["GET", "POST"])
@allow(*IMPORTERS)
def import_mapping(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What each column of a file is taken for. Asked by htmx it answers the preview alone; `act` is "headers"
    to look for the columns again, "save" to read the file so."""
    actor = actor_of(request)
    batch = get_import_for(actor, pk)
    if batch.status not in ImportStatus.of_rereading():
        raise Conflict("not_waiting", _("บัญชีนี้กำลังทำงานอยู่ หรือนำเข้าไปแล้ว จึงแก้การจับคู่คอลัมน์ไม่ได้"))
    head = first_rows(batch)
    if request.method != "POST":
        taken_over = _taken_over(request, batch, head)
        draft = taken_over or first_draft(batch, head)
        form = _form(batch, head, draft)
        context = _context(batch, head, draft, form)
        if taken_over is None:
            context["offered"] = offered_for(batch, head)
        return render(request, "casework/mapping/mapping.html", context)
    return _answer(request, actor, batch, head)


def _taken_over(request: HttpRequest, batch: ImportBatch, head: FileHead) -> Draft | None:
    """The draft as another centre's profile says that one chose to begin with."""
    try:
        chosen = UUID(request.GET.get("profile", ""))
    except ValueError:
        return None
    return draft_by_profile(batch, head, chosen)


def _answer(request: HttpRequest, actor: Actor, batch: ImportBatch, head: FileHead) -> HttpResponse:
    form = _form(batch, head, None, request.POST)
    draft = form.draft() if form.is_valid() else None
    act = request.POST.get("act", "")
    if "HX-Request" in request.headers:
        return render(request, "casework/mapping/preview.html", _preview(batch, head, draft, form))
    if act == "headers":
        draft = _draft_anew(batch, head, form)
        form = _form(batch, head, draft)
        return render(request, "casework/mapping/mapping.html", _context(batch, head, draft, form))
    if act == "save" and draft is not None and succeeds(form, lambda: _save(actor, batch, form, draft)):
        start_import(batch.pk)
        return redirect("import_batch", pk=batch.pk)
    context = _context(batch, head, draft, form)
    return render(request, "casework/mapping/mapping.html", context, status=status_of(form))


def _save(actor: Actor, batch: ImportBatch, form: MappingForm, draft: Draft) -> ImportBatch:
    data = form.cleaned_data
    return save_mapping(
        actor=actor,
        batch_id=batch.pk,
        draft=draft,
        profile_name=data["name"],
        only_this_kind=data["only_this_kind"],
    )


def _draft_anew(batch: ImportBatch, head: FileHead, form: MappingForm) -> Draft:
    """A draft by guesses for the header rows and sheets that were typed, as far as they are any."""
    data = getattr(form, "cleaned_data", {})
    first, last = data.get("first_row"), data.get("last_row")
    sheets = tuple(data.get("sheets") or (min(form.sheet_names, default=0),))
    if first is None or last is None:
        return first_draft(batch, head)
    draft = draft_by_guess(batch, head, sheets, first, last)
    if data.get("unit") == RowUnit.HOUSEHOLD:
        return Draft(draft.columns, first, last, RowUnit.HOUSEHOLD, sheets, data["fails"], data["passes"])
    return draft


def _form(batch: ImportBatch, head: FileHead, draft: Draft | None, data: Any = None) -> MappingForm:
    width = max((len(row) for sheet in head.sheets for row in sheet.rows), default=0)
    sheets = sheet_lines(head, layout_of_draft(head, draft) if draft else None)
    if draft is not None:
        members = members_of(draft.columns, draft.unit)
        initial = {**initial_of(draft), "name": _name_for(batch), "only_this_kind": True}
    else:
        chosen = [data.get(f"c{place}", "") for place in range(width)]
        members, initial = members_of(dict.fromkeys(chosen), data.get("unit", "")), {}
    headers = headers_of(head, draft.sheets[0], draft.first_row, draft.last_row) if draft else ()
    labels = [headers[place] if place < len(headers) else "" for place in range(width)]
    return MappingForm(data, initial=initial, columns=labels, members=members, sheets=sheet_choices(sheets))


def _name_for(batch: ImportBatch) -> str:
    return batch.profile.name if batch.profile else ""


def _context(batch: ImportBatch, head: FileHead, draft: Draft | None, form: MappingForm) -> dict[str, Any]:
    shown = draft or first_draft(batch, head)
    guesses = guesses_for(batch, head, shown.sheets, shown.first_row, shown.last_row)
    pattern = head.sheets[shown.sheets[0]]
    headers = headers_of(head, shown.sheets[0], shown.first_row, shown.last_row)
    sheets = sheet_lines(head, layout_of_draft(head, shown))
    return {
        "batch": batch,
        "form": form,
        "lines": column_lines(form, headers, pattern.rows[shown.last_row :], guesses),
        "hidden": [sheet.name for sheet in sheets if sheet.is_hidden],
        **_preview(batch, head, draft, form),
    }


def _preview(batch: ImportBatch, head: FileHead, draft: Draft | None, form: MappingForm) -> dict[str, Any]:
    """The preview of a draft, or why there is none."""
    if draft is None:
        problems = [str(error) for errors in form.errors.values() for error in errors]
        return {"page": None, "problem": " ".join(problems)}
    try:
        layout: Layout = read_draft(head, draft)
    except DomainError as refusal:
        return {"page": None, "problem": str(refusal)}
    return {"page": preview_page(batch, head, draft, layout), "problem": ""}


# ------------------------------------------------------------------------------------------------- profiles


@require_safe
@allow(*IMPORTERS)
def mapping_profiles(request: HttpRequest) -> HttpResponse:
    """The profiles by which later files are read."""
    return render(request, "casework/mapping/profiles.html", {"rows": profile_rows(actor_of(request))})


@require_http_methods(["GET", "POST"])
@allow(*IMPORTERS)
def mapping_profile(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a profile; that makes a new version."""
    actor = actor_of(request)
    profile = get_profile_for(actor, pk)
    headers = profile_headers(profile)
    keys = header_keys(headers)
    columns = {name: keys.index(key) for name, key in profile.columns.items() if key in keys}
    initial = {f"c{place}": name for name, place in columns.items()} | {
        "unit": profile.unit,
        "fails": tuple(profile.options.get("fails", ())),
        "passes": tuple(profile.options.get("passes", ())),
    }
    data = request.POST if request.method == "POST" else None
    form = ProfileForm(data, initial=initial, columns=headers, members=members_of(columns, profile.unit))
    if form.is_valid():
        chosen = {name: keys[place] for name, place in form.cleaned_data["chosen"].items()}
        done = attempt(
            form,
            lambda: change_profile(
                actor=actor,
                profile_id=profile.pk,
                columns=chosen,
                unit=RowUnit(form.cleaned_data["unit"]),
                fails=form.cleaned_data["fails"],
                passes=form.cleaned_data["passes"],
            ),
        )
        if done:
            messages.success(request, _("บันทึกแม่แบบฉบับใหม่แล้ว ไฟล์ต่อไปจะอ่านตามนี้"))
            return redirect("mapping_profiles")
    context = {"profile": profile, "form": form, "lines": column_lines(form, headers, (), {})}
    return render(request, "casework/mapping/profile.html", context, status=status_of(form))


@require_POST
@allow(*IMPORTERS)
def mapping_profile_retire(request: HttpRequest, pk: UUID) -> HttpResponse:
    """No later file is read by this profile."""
    retire_profile(actor=actor_of(request), profile_id=pk)
    messages.success(request, _("เลิกใช้แม่แบบแล้ว"))
    return redirect("mapping_profiles")


# ---------------------------------------------------------------------------------------------------- codes


@require_safe
@allow(*IMPORTERS)
def code_meanings(request: HttpRequest) -> HttpResponse:
    """What codes of lists mean that are no current area, as somebody chose once."""
    return render(request, "casework/mapping/meanings.html", {"rows": code_rows(actor_of(request))})


@require_http_methods(["GET", "POST"])
@allow(*CHOOSERS)
def code_meaning(request: HttpRequest, code: str) -> HttpResponse:
    """Choose what a code means, for every list to come; `batch` is the list one came from."""
    actor = actor_of(request)
    code = get_code_for(actor, code)
    abolished = AbolishedArea.objects.filter(pk=code).first()
    is_municipal = abolished is None and is_municipal_code(code)
    current = visible_meanings(actor).filter(code=code).first()
    batch = _batch_of(request, actor)
    form = CodeForm(
        request.POST if request.method == "POST" else None,
        initial={"area_code": current.area_id, "centre_id": current.centre_id} if current else {},
        code=code,
        districts=actor.reach.districts,
        is_municipal=is_municipal,
    )
    if form.is_valid() and succeeds(form, lambda: choose_code(actor=actor, code=code, **form.cleaned_data)):
        messages.success(request, _("จำความหมายของรหัส %(code)s แล้ว ใช้กับทุกไฟล์ต่อจากนี้") % {"code": code})
        return redirect("import_batch", pk=batch.pk) if batch else redirect("code_meanings")
    context = {
        "code": code,
        "form": form,
        "batch": batch,
        "current": current,
        "abolished": abolished,
        "is_municipal": is_municipal,
    }
    return render(request, "casework/mapping/meaning.html", context, status=status_of(form))


def _batch_of(request: HttpRequest, actor: Actor) -> ImportBatch | None:
    try:
        pk = UUID(request.GET.get("batch", ""))
    except ValueError:
        return None
    return get_import_for(actor, pk)
