"""The district's approval queue: stages approved under a meeting's minutes, or turned down with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from povertyops.accounts.actor import Actor
from povertyops.common.paging import page_of_request
from povertyops.common.policies import allow

from ..forms.approvals import ApprovalForm, RejectionForm
from ..pages.approvals import approval_tabs, cards_of, household_names, proposals
from ..rules import APPROVING_ROLES
from ..services.stages import Approval, approve_stages, reject_stages
from .shared import actor_of, attempt, posted, status_of

APPROVERS = tuple(sorted(APPROVING_ROLES))
ORDER = ("household__sort_key", "pk")


@require_http_methods(["GET", "POST"])
@allow(*APPROVERS)
def approvals(request: HttpRequest) -> HttpResponse:
    """Proposed stages; those ticked are approved under one meeting's minutes."""
    actor = actor_of(request)
    form = ApprovalForm(posted(request), initial={"effective_on": actor.today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        result = attempt(
            form,
            lambda: approve_stages(
                actor=actor,
                case_ids=data["case"],
                minutes_number=data["minutes_number"],
                effective_on=data["effective_on"],
            ),
        )
        if result:
            return _answer(request, actor, result)
    return render(request, "casework/approvals.html", _context(request, form), status=status_of(form))


def _answer(request: HttpRequest, actor: Actor, result: Approval) -> HttpResponse:
    if result.approved:
        messages.success(request, _("อนุมัติแล้ว %(count)d ครัวเรือน") % {"count": len(result.approved)})
    names = household_names([refusal.case_id for refusal in result.refused], actor)
    for refusal in result.refused:
        name = names.get(refusal.case_id, _("ครัวเรือนที่เลือก"))
        messages.warning(request, f"{name}: {refusal.reason}")
    return redirect("approvals")


def _context(request: HttpRequest, form: ApprovalForm, **more: Any) -> dict[str, Any]:
    actor = actor_of(request)
    waiting = proposals(actor)
    page, urls = page_of_request(request, waiting, ORDER)
    return {
        "form": form,
        "rejection": RejectionForm(),
        "cards": cards_of(actor, page.rows),
        "count": waiting.count(),
        "tabs": approval_tabs(actor, "approvals"),
        "ticked": set(request.POST.getlist("case")),
        **urls,
        **more,
    }


@require_POST
@allow(*APPROVERS)
def approval_reject(request: HttpRequest) -> HttpResponse:
    """A proposed stage is turned down; newer evidence proposes it again."""
    form = RejectionForm(request.POST)
    actor = actor_of(request)
    if form.is_valid():
        data = form.cleaned_data
        rows = attempt(
            form,
            lambda: reject_stages(actor=actor, case_ids=[data["case"]], note=data["reason"]),
        )
        if rows is not None:
            messages.success(request, _("บันทึกว่าไม่อนุมัติแล้ว เมื่อมีหลักฐานใหม่ระบบจะเสนออีกครั้ง"))
            return redirect("approvals")
    blank = ApprovalForm(initial={"effective_on": actor.today()})
    context = _context(request, blank, rejection=form)
    return render(request, "casework/approvals.html", context, status=422)
