"""Household plans: a new version replaces the old one; steps are done one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit
from povertyops.common.errors import Conflict, InvalidInput
from povertyops.common.names import clean_text

from ..access import get_step_for, menu_items_for
from ..enums import PlanStatus
from ..inputs import StepInput
from ..models import HouseholdPlan, PlanStep
from ..validators import check_nature
from .after import after_write
from .guards import require_workable
from .judging import FOUR_T

LONGEST_WORD = 200
MOST_STEPS = 50


def save_plan(
    *,
    actor: Actor,
    household_id: UUID,
    four_t: Mapping[str, Sequence[str]],
    goal: str,
    steps: Sequence[StepInput],
    agreed_on: date,
) -> HouseholdPlan:
    """Put a new version of the plan in place of the active one. A step named by id keeps that it was done.

    Side effects: the version before becomes history, audit row, `after_write`.
    """
    words = _clean_four_t(four_t)
    _check_plan(goal, steps, agreed_on, actor.today())
    with transaction.atomic():
        target = require_workable(actor, household_id)
        province = target.household.province_code
        before = HouseholdPlan.objects.filter(household=household_id).order_by("-version").first()
        _check_items(steps, province)
        done = _done_steps(household_id, steps)
        HouseholdPlan.objects.filter(household=household_id, status=PlanStatus.ACTIVE).update(
            status=PlanStatus.REPLACED, replaced_at=actor.recorded_at or timezone.now()
        )
        plan = HouseholdPlan.objects.create(
            household_id=household_id,
            province_code=province,
            version=before.version + 1 if before else 1,
            four_t=words,
            goal=goal.strip(),
            agreed_on=agreed_on,
            recorded_by=actor.user,
            recorded_at=actor.stamp,
        )
        PlanStep.objects.bulk_create(
            [_step_row(actor, plan, place, step, done) for place, step in enumerate(steps)]
        )
        audit(
            actor,
            "plan.save",
            object_type="plan",
            object_id=plan.pk,
            household_id=household_id,
            province_code=province,
            changes={"version": plan.version, "steps": len(steps)},
        )
        after_write(actor=actor, household_ids=[household_id], since=agreed_on)
    return plan


def complete_step(*, actor: Actor, step_id: UUID, done_on: date) -> PlanStep:
    """Say that a step of the active plan was done. Said again with the same day it changes nothing."""
    if done_on > actor.today():
        raise InvalidInput("future_day", _("วันที่ทำเสร็จต้องไม่อยู่ในอนาคต"), field="done_on")
    with transaction.atomic():
        step = get_step_for(actor, step_id)
        plan = step.plan
        require_workable(actor, plan.household_id)
        step = PlanStep.objects.select_for_update().get(pk=step.pk)
        if plan.status != PlanStatus.ACTIVE:
            raise Conflict("plan_replaced", _("แผนนี้มีฉบับใหม่แล้ว โปรดเปิดแผนฉบับล่าสุด"))
        if step.done_on == done_on:
            return step
        if step.done_on is not None:
            raise Conflict("step_done", _("ขั้นตอนนี้ทำเสร็จไปแล้ว"))
        step.done_on = done_on
        step.done_by = actor.user
        step.done_recorded_at = actor.recorded_at or timezone.now()
        step.save(update_fields=["done_on", "done_by", "done_recorded_at"])
        audit(
            actor,
            "plan.step_done",
            object_type="plan_step",
            object_id=step.pk,
            household_id=plan.household_id,
            province_code=plan.province_code,
            changes={"done_on": done_on.isoformat()},
        )
        after_write(actor=actor, household_ids=[plan.household_id], since=done_on)
    return step


def _clean_four_t(four_t: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    unknown = set(four_t) - set(FOUR_T)
    if unknown:
        raise InvalidInput("bad_four_t", _("หัวข้อ 4ท ไม่ถูกต้อง"), field="four_t")
    words = {part: [clean_text(word) for word in four_t.get(part, ())] for part in FOUR_T}
    if any(len(word) > LONGEST_WORD for part in words.values() for word in part):
        raise InvalidInput("long_four_t", _("ข้อความใน 4ท ยาวเกินไป โปรดย่อ"), field="four_t")
    return {part: list(dict.fromkeys(word for word in found if word)) for part, found in words.items()}


def _check_plan(goal: str, steps: Sequence[StepInput], agreed_on: date, today: date) -> None:
    if not goal.strip():
        raise InvalidInput("goal_needed", _("โปรดเขียนเป้าหมายของครัวเรือน"), field="goal")
    if agreed_on > today:
        raise InvalidInput("future_day", _("วันที่ตกลงต้องไม่อยู่ในอนาคต"), field="agreed_on")
    if len(steps) > MOST_STEPS:
        raise InvalidInput("many_steps", _("แผนหนึ่งมีได้ไม่เกิน 50 ขั้นตอน"), field="steps")
    for step in steps:
        check_nature(step.nature)
        if not step.text.strip():
            raise InvalidInput("step_text_needed", _("โปรดเขียนสิ่งที่จะทำในทุกขั้นตอน"), field="steps")
        if step.done_on is not None and step.done_on > today:
            raise InvalidInput("future_day", _("วันที่ทำเสร็จต้องไม่อยู่ในอนาคต"), field="done_on")


def _check_items(steps: Sequence[StepInput], province_code: str) -> None:
    wanted = {step.item_id for step in steps if step.item_id is not None}
    if wanted and menu_items_for(province_code).filter(pk__in=wanted).count() != len(wanted):
        raise InvalidInput("unknown_item", _("ไม่พบรายการช่วยเหลือนี้ในเมนู โปรดเลือกรายการใหม่"), field="item")


def _done_steps(household_id: UUID, steps: Sequence[StepInput]) -> dict[UUID, PlanStep]:
    """The done steps of this household that live on in the new version, by their old id."""
    named = [step.id for step in steps if step.id is not None]
    rows = PlanStep.objects.filter(plan__household=household_id, pk__in=named, done_on__isnull=False)
    return {row.pk: row for row in rows} if named else {}


def _step_row(
    actor: Actor, plan: HouseholdPlan, place: int, step: StepInput, done: Mapping[UUID, PlanStep]
) -> PlanStep:
    row = PlanStep(
        plan=plan,
        position=place,
        text=clean_text(step.text)[:300],
        item_id=step.item_id,
        nature=step.nature,
        due_on=step.due_on,
    )
    before = done.get(step.id) if step.id is not None else None
    if before is not None:
        row.done_on, row.done_by_id = before.done_on, before.done_by_id
        row.done_recorded_at = before.done_recorded_at
    elif step.done_on is not None:
        row.done_on, row.done_by = step.done_on, actor.user
        row.done_recorded_at = actor.recorded_at or timezone.now()
    return row
