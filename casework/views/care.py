"""Continuing care: proposing it for a dimension, the meeting's queue, its review and end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dimensions.enums import Dimension
from households.access import get_household_for_write
from povertyops.accounts.actor import Actor
from povertyops.common.policies import allow

from ..access import get_care_for
from ..forms.care import CareDecisionForm, CareForm, CareReviewForm
from ..pages.approvals import approval_tabs
from ..pages.care import care_cards, care_to_review, waiting_care
from ..rules import APPROVING_ROLES, CARE_PROPOSING_ROLES
from ..services.care import (
    REVIEW_AFTER,
    decide_care,
    dimensions_open_to_care,
    end_care,
    propose_care,
    review_care,
)
from .shared import actor_of, posted, status_of, succeeds

APPROVERS = tuple(sorted(APPROVING_ROLES))
PROPOSERS = tuple(sorted(CARE_PROPOSING_ROLES))


@require_http_methods(["GET", "POST"])
@allow(*PROPOSERS)
def care_form(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Why a dimension of this household should be cared for without hope of passing."""
    actor = actor_of(request)
    household = get_household_for_write(actor, pk)
    offered = dimensions_open_to_care(pk, actor.today())
    only = {"dimension": offered[0].value} if len(offered) == 1 else {}
    form = CareForm(posted(request), offered=offered, initial=only)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if succeeds(
            form,
            lambda: propose_care(
                actor=actor,
                household_id=pk,
                dimension=Dimension(data["dimension"]),
                ground=data["ground"],
                reason=data["reason"],
            ),
        ):
            messages.success(request, _("เสนอดูแลต่อเนื่องแล้ว คนที่สองจะนำเข้าที่ประชุมพิจารณา"))
            return redirect("household", pk=pk)
    context = {"form": form, "household": household, "offered": offered}
    return render(request, "casework/care_form.html", context, status=status_of(form))


@require_safe
@allow(*APPROVERS)
def care_queue(request: HttpRequest) -> HttpResponse:
    """Proposals that wait, and care whose review is due."""
    return _queue(request)


def _queue(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    actor = actor_of(request)
    today = actor.today()
    context = {
        "waiting": care_cards(actor, waiting_care(actor), "proposed_on"),
        "reviews": care_cards(actor, care_to_review(actor, today), "review_on"),
        "tabs": approval_tabs(actor, "care_queue"),
        "form": CareDecisionForm(initial={"approved_on": today}),
        "review": CareReviewForm(initial={"review_on": today + REVIEW_AFTER, "ended_on": today}),
        **more,
    }
    return render(request, "casework/care_queue.html", context, status=status)


@require_POST
@allow(*APPROVERS)
def care_decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The meeting's answer to a proposal."""
    actor = actor_of(request)
    care = get_care_for(actor, pk)
    form = CareDecisionForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        accept = data["decision"] == "accept"
        if succeeds(
            form,
            lambda: decide_care(
                actor=actor,
                care_id=pk,
                accept=accept,
                minutes_number=data["minutes_number"],
                approved_on=data["approved_on"],
                review_on=data["review_on"],
                note=data["note"],
            ),
        ):
            said = _("เห็นชอบให้ดูแลต่อเนื่องแล้ว") if accept else _("ไม่เห็นชอบ มิตินี้ต้องผ่านเกณฑ์ตามปกติ")
            messages.success(request, f"{care.household.head_name}: {said}")
            return redirect("care_queue")
    return _queue(request, 422, faulty=form, faulty_id=pk)


@require_POST
@allow(*APPROVERS)
def care_review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Care was looked at again: it goes on, or it ends."""
    actor = actor_of(request)
    care = get_care_for(actor, pk)
    form = CareReviewForm(request.POST)
    if form.is_valid() and succeeds(form, lambda: _review(form, actor, pk)):
        ended = form.cleaned_data["decision"] == "end"
        said = _("การดูแลต่อเนื่องสิ้นสุดแล้ว") if ended else _("ทบทวนแล้ว ดูแลต่อ")
        messages.success(request, f"{care.household.head_name}: {said}")
        return redirect("household", pk=care.household_id)
    return _queue(request, 422, faulty=form, faulty_id=pk)


def _review(form: CareReviewForm, actor: Actor, pk: UUID) -> object:
    data = form.cleaned_data
    today = actor.today()
    if data["decision"] == "end":
        return end_care(actor=actor, care_id=pk, ended_on=data["ended_on"] or today, reason=data["note"])
    return review_care(
        actor=actor, care_id=pk, review_on=data["review_on"] or today + REVIEW_AFTER, note=data["note"]
    )
