"""The household plan: writing its next version, reading and comparing versions, deciding, ticking steps."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from households.access import can_write, get_household_for, get_household_for_write
from households.models import Household
from povertyops.accounts.actor import Actor
from povertyops.common.errors import Conflict, DomainError, InvalidInput
from povertyops.common.paging import page_of_request
from povertyops.common.policies import allow

from ..access import get_plan_for, get_step_for, menu_items_for
from ..enums import PlanStatus
from ..forms.plans import PlanApprovalForm, PlanPage, PlanReturnForm, StepDoneForm
from ..models import HouseholdPlan, PlanStep
from ..pages.approvals import approval_tabs
from ..pages.household import failing_now, newest_state
from ..pages.plan import (
    PlanStart,
    StepLine,
    aims_of,
    budget_of,
    differences,
    former_of,
    four_parts,
    is_analysed,
    member_names,
    queue_cards,
    queue_of,
    starting_point,
    step_lines,
    why_not_approve,
    with_parts,
)
from ..rules import APPROVING_ROLES, PLANNING_ROLES
from ..services.plans import PlanDecision, approve_plans, complete_step, return_plan, save_plan
from ..services.second_person import centres_without_officer_but
from .shared import (
    READING_ROLES,
    WRITING_ROLES,
    actor_of,
    agency_names,
    attempt,
    blame,
    posted,
    status_of,
    succeeds,
)

APPROVERS = tuple(sorted(APPROVING_ROLES))
ORDER = ("recorded_at", "pk")


# --------------------------------------------------------------------------------------------------- writing


@require_http_methods(["GET", "POST"])
@allow(*WRITING_ROLES)
def plan_form(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The newest version, to be changed into the next one."""
    actor = actor_of(request)
    household = get_household_for_write(actor, pk)
    start = starting_point(pk, actor.today(), request.GET.get("from", ""))
    failing = failing_now(newest_state(pk))
    page = PlanPage(
        posted(request),
        request.FILES if request.method == "POST" else None,
        values=start.values,
        steps=start.steps,
        items=menu_items_for(household.province_code),
        failing=failing,
    )
    if "more" in request.POST:
        page.ask_more()
        return _form(request, household, page, start, _base(request, start))
    if request.method == "POST" and page.is_valid():
        try:
            plan = _save(actor, household, page, _base(request, start))
        except (InvalidInput, Conflict) as refusal:
            blame(page.form, refusal)
            return _form(request, household, page, start, refusal.details.get("newest", start.base))
        messages.success(
            request,
            _("บันทึกแผนฉบับที่ %(version)d แล้ว รออำเภออนุมัติ") % {"version": plan.version},
        )
        return redirect("plan", pk=plan.pk)
    return _form(request, household, page, start, _base(request, start))


def _base(request: HttpRequest, start: PlanStart) -> int:
    """The newest version the writer saw."""
    text = request.POST.get("base", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else start.base


def _save(actor: Actor, household: Household, page: PlanPage, base: int) -> HouseholdPlan:
    data = page.form.cleaned_data
    return save_plan(
        actor=actor,
        household_id=household.pk,
        four_t=page.form.four_t,
        goal=data["goal"],
        goals=page.form.goals,
        steps=page.step_inputs(),
        agreed_on=data["agreed_on"],
        agreed_with=data["agreed_with"],
        signature=data["signature"],
        plan_id=data["id"],
        base_version=base,
    )


def _form(
    request: HttpRequest, household: Household, page: PlanPage, start: PlanStart, base: int
) -> HttpResponse:
    members = member_names(household.pk)
    context = {
        "page": page,
        "household": household,
        "start": start,
        "base": base,
        "members": members,
        "doers": [*members, actor_of(request).user.display_name],  # type: ignore[union-attr]
        "agencies": agency_names(household.province_code),
        "prefilled": request.GET.get("from", ""),
        "draft_key": draft_key(household.pk, start.base),
    }
    return render(request, "casework/plan_form.html", context, status=status_of(page))


def draft_key(household_id: UUID, base: int) -> str:
    """A draft belongs to one household and to the version it was begun from."""
    return f"plan:{household_id}:{base}"


# --------------------------------------------------------------------------------------------------- reading


@require_safe
@allow(*READING_ROLES)
def plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One version: what it says, what changed, who decided; and to decide it or tick its steps."""
    return _version(request, get_plan_for(actor_of(request), pk), PlanReturnForm())


def _version(
    request: HttpRequest, seen: HouseholdPlan, returning: PlanReturnForm, status: int = 200
) -> HttpResponse:
    actor, household = actor_of(request), seen.household
    versions = list(with_parts(HouseholdPlan.objects.filter(household=household)).order_by("version"))
    shown = next(version for version in versions if version.pk == seen.pk)
    shown.household = household
    other = _compared(request, shown, versions)
    lines = differences(other, shown) if other else []
    alone = centres_without_officer_but(actor, {household.scope.centre_id})
    waits = shown.status == PlanStatus.PROPOSED
    may_write = actor.role in PLANNING_ROLES and can_write(actor, household.scope)
    active = shown.status == PlanStatus.ACTIVE
    steps = list(shown.steps.all())
    for step in steps:
        step.plan = shown
    context = {
        "plan": shown,
        "household": household,
        "versions": versions,
        "aims": aims_of(shown),
        "four": four_parts(shown),
        "analysed": is_analysed(shown),
        "lines": [
            (line, _done_form(line, actor.today()) if active and may_write else None)
            for line in step_lines(steps, actor.today(), offers=active)
        ],
        "budget": budget_of(steps),
        "other": other,
        "changes": [line for line in lines if line.kind != "same"],
        "unchanged": [line for line in lines if line.kind == "same" and line.after],
        "is_newest": shown is versions[-1],
        "may_write": may_write,
        "waits": waits,
        "why_not": why_not_approve(actor, shown, alone) if waits else "",
        "approval": PlanApprovalForm(initial={"approved_on": actor.today()}),
        "returning": returning,
        "draft_done": draft_key(household.pk, shown.version - 1),
    }
    return render(request, "casework/plan.html", context, status=status)


def _compared(
    request: HttpRequest, shown: HouseholdPlan, versions: list[HouseholdPlan]
) -> HouseholdPlan | None:
    """The version asked for by `with`, else the one it was to replace."""
    wanted = request.GET.get("with", "")
    chosen = [other for other in versions if str(other.version) == wanted and other.pk != shown.pk]
    return chosen[0] if chosen else former_of(shown, versions)


@require_safe
@allow(*READING_ROLES)
def plan_history(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All versions with who and when, the newest first."""
    actor = actor_of(request)
    household = get_household_for(actor, pk)
    rows = with_parts(HouseholdPlan.objects.filter(household=household)).order_by("-version")
    may_write = actor.role in PLANNING_ROLES and can_write(actor, household.scope)
    context = {"household": household, "versions": list(rows), "may_write": may_write}
    return render(request, "casework/plan_history.html", context)


# -------------------------------------------------------------------------------------------------- deciding


@require_http_methods(["GET", "POST"])
@allow(*WRITING_ROLES)
def plan_queue(request: HttpRequest) -> HttpResponse:
    """Plans that wait, approved one by one or together; `state=returned` shows those sent back."""
    actor = actor_of(request)
    form = PlanApprovalForm(posted(request), initial={"approved_on": actor.today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        decision = attempt(
            form,
            lambda: approve_plans(actor=actor, plan_ids=data["plan"], approved_on=data["approved_on"]),
        )
        if decision:
            _tell(request, actor, decision)
            return redirect("plan_queue")
    returned = request.GET.get("state") == "returned"
    rows = queue_of(actor, PlanStatus.RETURNED if returned else PlanStatus.PROPOSED)
    page, urls = page_of_request(request, rows, ORDER)
    context = {
        **urls,
        "form": form,
        "cards": queue_cards(actor, page.rows),
        "count": rows.count(),
        "returned": returned,
        "may_approve": actor.role in APPROVING_ROLES,
        "ticked": set(request.POST.getlist("plan")),
        "tabs": approval_tabs(actor, "plan_queue"),
        "states": _states(returned),
    }
    return render(request, "casework/plan_queue.html", context, status=status_of(form))


def _states(returned: bool) -> list[dict[str, Any]]:
    url = reverse("plan_queue")
    return [
        {"label": _("รออนุมัติ"), "url": url, "current": not returned},
        {"label": _("ส่งกลับให้แก้"), "url": f"{url}?state=returned", "current": returned},
    ]


def _tell(request: HttpRequest, actor: Actor, decision: PlanDecision) -> None:
    if decision.approved:
        messages.success(request, _("อนุมัติแล้ว %(count)d แผน") % {"count": len(decision.approved)})
    for refusal in decision.refused:
        messages.warning(request, f"{_name_of(actor, refusal.plan_id)}: {refusal.reason}")


def _name_of(actor: Actor, plan_id: UUID) -> str:
    try:
        return get_plan_for(actor, plan_id).household.head_name
    except Http404:
        return _("แผนที่เลือก")


@require_POST
@allow(*APPROVERS)
def plan_approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One waiting plan is put in force."""
    actor = actor_of(request)
    seen = get_plan_for(actor, pk)
    form = PlanApprovalForm({"approved_on": request.POST.get("approved_on", ""), "plan": [str(pk)]})
    if form.is_valid():
        decision = attempt(
            form,
            lambda: approve_plans(actor=actor, plan_ids=[pk], approved_on=form.cleaned_data["approved_on"]),
        )
        if decision and decision.approved:
            messages.success(request, _("อนุมัติแล้ว แผนฉบับนี้ใช้ตั้งแต่วันนี้เป็นต้นไป"))
            return redirect("plan", pk=pk)
        for refusal in decision.refused if decision else ():
            form.add_error(None, refusal.reason)
    for errors in form.errors.values():
        messages.error(request, str(errors[0]))
    return _version(request, seen, PlanReturnForm(), status=422)


@require_POST
@allow(*APPROVERS)
def plan_return(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One waiting plan goes back to its author with a note."""
    actor = actor_of(request)
    seen = get_plan_for(actor, pk)
    form = PlanReturnForm(request.POST)
    if form.is_valid() and succeeds(
        form, lambda: return_plan(actor=actor, plan_id=pk, note=form.cleaned_data["note"])
    ):
        messages.success(request, _("ส่งแผนกลับให้แก้แล้ว ผู้เขียนจะเห็นข้อความของท่าน"))
        return redirect("plan", pk=pk)
    return _version(request, seen, form, status=422)


# ----------------------------------------------------------------------------------------------------- steps


def _done_form(line: StepLine, today: date) -> StepDoneForm | None:
    """Several stand on one page, each with ids of its own; a help that may have done it gives the day."""
    if line.step.done_on is not None:
        return None
    day = line.help.given_on if line.help else today
    return StepDoneForm(initial={"done_on": day}, auto_id=f"id_{line.step.pk}_%s")


@require_POST
@allow(*WRITING_ROLES)
def step_done(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A step of the plan was done on a day."""
    actor = actor_of(request)
    step: PlanStep = get_step_for(actor, pk)
    form = StepDoneForm(request.POST)
    if form.is_valid():
        try:
            complete_step(actor=actor, step_id=pk, done_on=form.cleaned_data["done_on"])
        except (InvalidInput, Conflict) as refusal:
            _refused(request, refusal)
        else:
            messages.success(request, _("บันทึกว่าทำแล้ว: %(step)s") % {"step": step.text})
    else:
        messages.error(request, str(form.errors["done_on"][0]))
    return redirect("household", pk=step.plan.household_id)


def _refused(request: HttpRequest, refusal: DomainError) -> None:
    messages.error(request, str(refusal))
