"""Asking that a household leave the cohort, and the queue in which a second person decides."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from households.access import get_household_for_write
from povertyops.common.policies import allow

from ..access import get_removal_for
from ..enums import CloseReason
from ..forms.removals import ClosingForm, DecisionForm, RemovalForm
from ..pages.removals import decided_removals, pending_removals, removal_tabs
from ..rules import DECIDING_ROLES
from ..services.removal import close_case, decide_removal, request_removal
from .shared import WRITING_ROLES, actor_of, posted, status_of, succeeds

DECIDERS = tuple(sorted(DECIDING_ROLES))


@require_http_methods(["GET", "POST"])
@allow(*WRITING_ROLES)
def removal_form(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Why this household should leave the cohort."""
    actor = actor_of(request)
    household = get_household_for_write(actor, pk)
    form = RemovalForm(posted(request), initial={"effective_on": actor.today()})
    if (
        request.method == "POST"
        and form.is_valid()
        and succeeds(form, lambda: request_removal(actor=actor, household_id=pk, **form.cleaned_data))
    ):
        messages.success(request, _("ส่งคำขอแล้ว เจ้าหน้าที่คนที่สองจะเป็นผู้พิจารณา"))
        return redirect("household", pk=pk)
    context = {"form": form, "household": household}
    return render(request, "casework/removal_form.html", context, status=status_of(form))


@require_safe
@allow(*DECIDERS)
def removals(request: HttpRequest) -> HttpResponse:
    """Requests that wait for a decision, the oldest first; or what was decided, by reason."""
    actor = actor_of(request)
    if request.GET.get("show") == "decided":
        book = decided_removals(actor, request.GET.get("reason", ""))
        return render(
            request, "casework/removals_decided.html", {"book": book, "tabs": removal_tabs("decided")}
        )
    context = {"cards": pending_removals(actor), "tabs": removal_tabs("")}
    return render(request, "casework/removals.html", context)


@require_POST
@allow(*DECIDERS)
def removal_decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The second person's decision."""
    actor = actor_of(request)
    removal = get_removal_for(actor, pk)
    form = DecisionForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        accept = data["decision"] == "accept"
        if succeeds(
            form, lambda: decide_removal(actor=actor, removal_id=pk, accept=accept, note=data["note"])
        ):
            said = _("เห็นชอบให้นำออกแล้ว") if accept else _("ไม่เห็นชอบ ครัวเรือนยังอยู่ในเป้าหมาย")
            messages.success(request, f"{removal.household.head_name}: {said}")
            return redirect("removals")
    cards = pending_removals(actor)
    context = {"cards": cards, "faulty": form, "faulty_id": pk, "tabs": removal_tabs("")}
    return render(request, "casework/removals.html", context, status=422)


@require_http_methods(["GET", "POST"])
@allow(*DECIDERS)
def case_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Care ends because the household left poverty; only from the stage sustainable."""
    actor = actor_of(request)
    household = get_household_for_write(actor, pk)
    form = ClosingForm(posted(request), initial={"effective_on": actor.today()})
    if (
        request.method == "POST"
        and form.is_valid()
        and succeeds(
            form,
            lambda: close_case(
                actor=actor, household_id=pk, reason=CloseReason.LEFT_POVERTY, **form.cleaned_data
            ),
        )
    ):
        messages.success(request, _("ยุติการดูแลแล้ว ครัวเรือนพ้นจากความยากจน"))
        return redirect("household", pk=pk)
    context = {"form": form, "household": household}
    return render(request, "casework/case_close.html", context, status=status_of(form))
