"""The household plan, and saying that a step of it was done."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from households.access import get_household_for_write
from povertyops.common.policies import allow

from ..access import get_step_for, menu_items_for
from ..forms.plans import PlanPage, StepDoneForm
from ..models import PlanStep
from ..pages.household import active_plan, failing_now, newest_state
from ..services.plans import complete_step, save_plan
from .shared import WRITING_ROLES, actor_of, attempt, posted, status_of


@require_http_methods(["GET", "POST"])
@allow(*WRITING_ROLES)
def plan_form(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The plan as it stands, to be changed into its next version."""
    actor = actor_of(request)
    household = get_household_for_write(actor, pk)
    plan, steps = active_plan(pk)
    failing = failing_now(newest_state(pk))
    page = PlanPage(
        posted(request),
        plan=plan,
        steps=steps,
        items=menu_items_for(household.province_code),
        failing=failing,
        today=actor.today(),
    )
    if request.method == "POST" and page.is_valid():
        data = page.form.cleaned_data
        saved = attempt(
            page.form,
            lambda: save_plan(
                actor=actor,
                household_id=pk,
                four_t=page.form.four_t,
                goal=data["goal"],
                steps=page.step_inputs(),
                agreed_on=data["agreed_on"],
            ),
        )
        if saved:
            messages.success(request, _("บันทึกแผนครัวเรือนแล้ว"))
            return redirect("household", pk=pk)
    context = {
        "page": page,
        "household": household,
        "plan": plan,
        "failing": failing,
        "open_steps": [(step, _done_form(step, actor.today())) for step in steps if not step.done_on],
        "draft_key": f"plan:{pk}",
    }
    return render(request, "casework/plan_form.html", context, status=status_of(page))


def _done_form(step: PlanStep, today: date) -> StepDoneForm:
    """Several stand on one page, each with ids of its own."""
    return StepDoneForm(initial={"done_on": today}, auto_id=f"id_{step.pk}_%s")


@require_POST
@allow(*WRITING_ROLES)
def step_done(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A step of the plan was done on a day."""
    actor = actor_of(request)
    step = get_step_for(actor, pk)
    form = StepDoneForm(request.POST)
    if form.is_valid():
        complete_step(actor=actor, step_id=pk, done_on=form.cleaned_data["done_on"])
        messages.success(request, _("บันทึกว่าทำแล้ว: %(step)s") % {"step": step.text})
    else:
        messages.error(request, str(form.errors["done_on"][0]))
    return redirect("household", pk=step.plan.household_id)
