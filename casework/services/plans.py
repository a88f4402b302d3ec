"""Household plans: a version is proposed, a second person puts it in force or returns it; steps are done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from households.access import can_write
from households.models import Household
from povertyops.accounts.actor import Actor
from povertyops.accounts.models import User
from povertyops.common.audit import audit, audit_many
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.ids import uuid7
from povertyops.common.names import clean_text
from povertyops.common.thai import format_thai_date

from ..access import (
    Workable,
    get_plan_for,
    get_step_for,
    households_to_work_on,
    menu_items_for,
    visible_plans,
)
from ..enums import PhotoKind, PlanStatus
from ..inputs import StepInput
from ..models import HelpMenuItem, HouseholdPlan, Photo, PlanGoal, PlanStep
from ..rules import APPROVING_ROLES, PLANNING_ROLES
from ..validators import check_amount, check_nature
from .after import after_write
from .guards import require_role, require_workable
from .judging import FOUR_T
from .photos import keep_photo
from .second_person import centres_without_second, may_approve_of

LONGEST_WORD = 200
LONGEST_GOAL = 500
LONGEST_NAME = 160
LONGEST_NOTE = 1_000
MOST_STEPS = 50


@dataclass(frozen=True, slots=True)
class PlanRefusal:
    """A plan that could not be put in force: a code and the Thai sentence that says why."""

    plan_id: UUID
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class PlanDecision:
    """What became of a batch: the plans now in force, and those left as they were."""

    approved: list[HouseholdPlan]
    refused: list[PlanRefusal]


# ------------------------------------------------------------------------------------------------- proposing


def save_plan(
    *,
    actor: Actor,
    household_id: UUID,
    four_t: Mapping[str, Sequence[str]],
    goal: str,
    steps: Sequence[StepInput],
    agreed_on: date,
    goals: Mapping[str, str] | None = None,
    agreed_with: str = "",
    signature: bytes | None = None,
    plan_id: UUID | None = None,
    base_version: int | None = None,
    approve: bool = False,
) -> HouseholdPlan:
    """Propose the next version of the plan; the one in force stays so until a second person approves.

    A version that still waited is overtaken. A step named by id keeps its origin and that it was done.
    `goals` maps dimensions to what the household wants to reach there. `plan_id` is the client's key: sent
    again it answers the stored plan. `base_version` is the newest version the writer saw (0: none); when
    another one came in meanwhile it raises Conflict. `approve` puts the plan in force at once, as of
    `agreed_on`: for seeding and carry-over only. Side effects: audit row, `after_write`.
    """
    if approve and not (actor.is_system or actor.recorded_at):
        raise NotAllowed("needs_second_person", _("แผนใช้ได้เมื่อคนที่สองอนุมัติ"))
    require_role(actor, PLANNING_ROLES)
    words, aims = _clean_four_t(four_t), _clean_goals(goals or {})
    _check_plan(goal, steps, agreed_on, actor.today())
    with transaction.atomic():
        target = require_workable(actor, household_id)
        if plan_id is not None and (stored := _already_stored(household_id, plan_id)):
            return stored
        before = HouseholdPlan.objects.filter(household=household_id).order_by("-version").first()
        _check_base(before, base_version)
        items = _items_of(steps, target.household)
        HouseholdPlan.objects.filter(household=household_id, status=PlanStatus.PROPOSED).update(
            status=PlanStatus.REPLACED, replaced_at=actor.recorded_at or timezone.now()
        )
        plan = HouseholdPlan.objects.create(
            id=plan_id or uuid7(),
            household_id=household_id,
            province_code=target.household.province_code,
            version=before.version + 1 if before else 1,
            four_t=words,
            goal=goal.strip(),
            agreed_on=agreed_on,
            agreed_with=clean_text(agreed_with)[:LONGEST_NAME],
            recorded_by=actor.user,
            recorded_at=actor.stamp,
        )
        if signature is not None:
            plan.signature = _keep_signature(actor, plan, target, signature)
            plan.save(update_fields=["signature"])
        _write_parts(actor, plan, aims, steps, items)
        _audit_plan(actor, "plan.save", plan, {"version": plan.version, "steps": len(steps)})
        if approve:
            _put_in_force(actor, [plan], agreed_on, "", by=None)
        after_write(actor=actor, household_ids=[household_id], since=agreed_on)
    return plan


def _already_stored(household_id: UUID, plan_id: UUID) -> HouseholdPlan | None:
    stored = HouseholdPlan.objects.filter(pk=plan_id).first()
    if stored is not None and stored.household_id != household_id:
        raise Conflict("plan_id_taken", _("รหัสของแผนนี้ใช้กับครัวเรือนอื่นแล้ว โปรดเปิดหน้านี้ใหม่"))
    return stored


def _check_base(before: HouseholdPlan | None, base_version: int | None) -> None:
    newest = before.version if before else 0
    if base_version is None or base_version == newest:
        return
    assert before is not None
    raise Conflict(
        "plan_changed",
        _("ระหว่างที่ท่านเขียน มีผู้บันทึกฉบับที่ %(version)d แล้ว เปิดดูก่อน ถ้ายืนยันของท่านให้กดบันทึกอีกครั้ง")
        % {"version": newest},
        newest=newest,
    )


def _clean_four_t(four_t: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    unknown = set(four_t) - set(FOUR_T)
    if unknown:
        raise InvalidInput("bad_four_t", _("หัวข้อ 4ท ไม่ถูกต้อง"), field="four_t")
    words = {part: [clean_text(word) for word in four_t.get(part, ())] for part in FOUR_T}
    if any(len(word) > LONGEST_WORD for part in words.values() for word in part):
        raise InvalidInput("long_four_t", _("ข้อความใน 4ท ยาวเกินไป โปรดย่อ"), field="four_t")
    return {part: list(dict.fromkeys(word for word in found if word)) for part, found in words.items()}


def _clean_goals(goals: Mapping[str, str]) -> dict[Dimension, str]:
    if not set(goals) <= set(Dimension.values):
        raise InvalidInput("bad_dimension", _("ไม่รู้จักมิตินี้"), field="goals")
    aims = {Dimension(code): clean_text(text) for code, text in goals.items()}
    if any(len(text) > LONGEST_GOAL for text in aims.values()):
        raise InvalidInput("long_goal", _("เป้าหมายรายมิติยาวเกิน 500 ตัวอักษร โปรดย่อ"), field="goals")
    return {dimension: text for dimension, text in aims.items() if text}


def _check_plan(goal: str, steps: Sequence[StepInput], agreed_on: date, today: date) -> None:
    if not goal.strip():
        raise InvalidInput("goal_needed", _("โปรดเขียนเป้าหมายของครัวเรือน"), field="goal")
    if agreed_on > today:
        raise InvalidInput("future_day", _("วันที่ตกลงต้องไม่อยู่ในอนาคต"), field="agreed_on")
    if len(steps) > MOST_STEPS:
        raise InvalidInput("many_steps", _("แผนหนึ่งมีได้ไม่เกิน 50 ขั้นตอน"), field="steps")
    for step in steps:
        _check_step(step, today)


def _check_step(step: StepInput, today: date) -> None:
    check_nature(step.nature)
    if not step.text.strip() and step.item_id is None:
        raise InvalidInput("step_text_needed", _("โปรดเขียนสิ่งที่จะทำในทุกขั้นตอน"), field="steps")
    if step.dimension and step.dimension not in Dimension.values:
        raise InvalidInput("bad_dimension", _("ไม่รู้จักมิตินี้"), field="dimension")
    if step.budget_baht is not None:
        check_amount(step.budget_baht)
    if step.done_on is not None and step.done_on > today:
        raise InvalidInput("future_day", _("วันที่ทำเสร็จต้องไม่อยู่ในอนาคต"), field="done_on")


def _items_of(steps: Sequence[StepInput], household: Household) -> dict[UUID, HelpMenuItem]:
    """The menu items named; one that a kept step of the household carried may have left the menu since."""
    wanted = {step.item_id for step in steps if step.item_id is not None}
    if not wanted:
        return {}
    offered = {item.pk: item for item in menu_items_for(household.province_code).filter(pk__in=wanted)}
    if missing := wanted - offered.keys():
        kept = [step.id for step in steps if step.id is not None and step.item_id in missing]
        carried = PlanStep.objects.filter(plan__household=household, pk__in=kept, item__in=missing)
        carried = carried.select_related("item")
        offered |= {row.item.pk: row.item for row in carried if row.item}
    if wanted - offered.keys():
        raise InvalidInput("unknown_item", _("ไม่พบรายการช่วยเหลือนี้ในเมนู โปรดเลือกรายการใหม่"), field="item")
    return offered


def _keep_signature(actor: Actor, plan: HouseholdPlan, target: Workable, data: bytes) -> Photo:
    try:
        return keep_photo(
            actor=actor,
            kind=PhotoKind.SIGNATURE,
            owner_id=plan.pk,
            target=target,
            photo_id=uuid7(),
            data=data,
        )
    except InvalidInput as refusal:
        raise InvalidInput(refusal.code, str(refusal), field="signature") from None


def _write_parts(
    actor: Actor,
    plan: HouseholdPlan,
    goals: Mapping[Dimension, str],
    steps: Sequence[StepInput],
    items: Mapping[UUID, HelpMenuItem],
) -> None:
    PlanGoal.objects.bulk_create(
        PlanGoal(plan=plan, dimension=dimension, text=text) for dimension, text in goals.items()
    )
    named = [step.id for step in steps if step.id is not None]
    rows = PlanStep.objects.filter(plan__household=plan.household_id, pk__in=named) if named else ()
    known = {row.pk: row for row in rows}
    PlanStep.objects.bulk_create(
        [_step_row(actor, plan, place, step, items, known) for place, step in enumerate(steps)]
    )


def _step_row(
    actor: Actor,
    plan: HouseholdPlan,
    place: int,
    step: StepInput,
    items: Mapping[UUID, HelpMenuItem],
    known: Mapping[UUID, PlanStep],
) -> PlanStep:
    """A step out of the menu has the menu's nature and dimension, whatever was said."""
    item = items.get(step.item_id) if step.item_id else None
    row = PlanStep(
        plan=plan,
        position=place,
        text=(clean_text(step.text) or (item.name if item else ""))[:300],
        item=item,
        nature=item.nature if item else step.nature,
        dimension=item.dimension if item else step.dimension,
        responsible=clean_text(step.responsible)[:LONGEST_NAME],
        budget_baht=step.budget_baht,
        budget_source=clean_text(step.budget_source)[:LONGEST_NAME],
        due_on=step.due_on,
    )
    before = known.get(step.id) if step.id is not None else None
    if before is not None:
        row.origin = before.origin or before.pk
    if before is not None and before.done_on is not None:
        _copy_done(before, row)
    elif step.done_on is not None:
        row.done_on, row.done_by = step.done_on, actor.user
        row.done_recorded_at = actor.recorded_at or timezone.now()
    return row


def _copy_done(source: PlanStep, row: PlanStep) -> None:
    row.done_on, row.done_by_id = source.done_on, source.done_by_id
    row.done_recorded_at = source.done_recorded_at


# -------------------------------------------------------------------------------------------------- deciding


def approve_plans(
    *, actor: Actor, plan_ids: Collection[UUID], approved_on: date, note: str = ""
) -> PlanDecision:
    """Put waiting plans in force as of a day, each in place of the version before.

    Refused with a reason: out of sight or read-only, no longer waiting, a day before it was agreed on or
    before the version in force was approved, and a plan that the approver recorded, unless that is the
    provincial secretary and the responsible centre has no second person.
    Side effects: audit rows, `after_write`.
    """
    require_role(actor, APPROVING_ROLES)
    if approved_on > actor.today():
        raise InvalidInput("future_day", _("วันที่อนุมัติต้องไม่อยู่ในอนาคต"), field="approved_on")
    with transaction.atomic():
        plans, targets = _locked(actor, plan_ids)
        alone = centres_without_second(actor, targets.values())
        former = _approved_days(plan.household_id for plan in plans)
        found = {plan.pk for plan in plans}
        refused = [_absent(pk) for pk in dict.fromkeys(plan_ids) if pk not in found]
        agreed: list[HouseholdPlan] = []
        for plan in plans:
            target = targets[plan.household_id]
            refusal = _why_not(actor, plan, target, approved_on, former.get(plan.household_id), alone)
            if refusal is None:
                agreed.append(plan)
            else:
                refused.append(refusal)
        if agreed:
            _put_in_force(actor, agreed, approved_on, clean_text(note)[:LONGEST_NOTE], by=actor.user)
            after_write(actor=actor, household_ids=[plan.household_id for plan in agreed], since=approved_on)
    return PlanDecision(agreed, refused)


def return_plan(*, actor: Actor, plan_id: UUID, note: str) -> HouseholdPlan:
    """Send a waiting plan back to its author with what to change. Side effect: audit row."""
    require_role(actor, APPROVING_ROLES)
    if not note.strip():
        raise InvalidInput("note_needed", _("โปรดเขียนว่าให้แก้อะไร"), field="note")
    with transaction.atomic():
        seen = get_plan_for(actor, plan_id)
        target = require_workable(actor, seen.household_id)
        plan = HouseholdPlan.objects.select_for_update().get(pk=seen.pk)
        alone = centres_without_second(actor, [target])
        if refusal := _why_not_decide(actor, plan, target, alone):
            raise Conflict(refusal.code, refusal.reason)
        plan.status = PlanStatus.RETURNED
        plan.decided_by = actor.user
        plan.decided_at = actor.recorded_at or timezone.now()
        plan.decision_note = clean_text(note)[:LONGEST_NOTE]
        plan.save(update_fields=["status", "decided_by", "decided_at", "decision_note"])
        _audit_plan(actor, "plan.return", plan, {"version": plan.version, "note": plan.decision_note})
    return plan


def _locked(actor: Actor, plan_ids: Collection[UUID]) -> tuple[list[HouseholdPlan], Mapping[UUID, Workable]]:
    """The visible ones of these plans, with their households locked in one order."""
    wanted = visible_plans(actor).filter(pk__in=set(plan_ids)).values_list("household_id", flat=True)
    targets = households_to_work_on(actor, list(wanted))
    plans = HouseholdPlan.objects.select_for_update().filter(pk__in=set(plan_ids), household__in=targets)
    return list(plans.order_by("pk")), targets


def _approved_days(household_ids: Iterable[UUID]) -> dict[UUID, date]:
    """Household -> when the version now in force was approved."""
    rows = HouseholdPlan.objects.filter(household__in=list(household_ids), status=PlanStatus.ACTIVE)
    return {household: day for household, day in rows.values_list("household_id", "approved_on") if day}


def _absent(plan_id: UUID) -> PlanRefusal:
    return PlanRefusal(plan_id, "not_found", gettext("ไม่พบแผนนี้ในรายการรออนุมัติของท่าน"))


def _why_not(
    actor: Actor,
    plan: HouseholdPlan,
    target: Workable,
    on: date,
    former_on: date | None,
    alone: Collection[UUID],
) -> PlanRefusal | None:
    if refusal := _why_not_decide(actor, plan, target, alone):
        return refusal
    first = max(plan.agreed_on, former_on or plan.agreed_on)
    if on < first:
        day = format_thai_date(first, "short")
        said = gettext("วันที่อนุมัติต้องไม่ก่อน %(day)s ซึ่งเป็นวันที่ตกลงหรือวันที่ฉบับก่อนได้รับอนุมัติ")
        return PlanRefusal(plan.pk, "too_early", said % {"day": day})
    return None


def _why_not_decide(
    actor: Actor, plan: HouseholdPlan, target: Workable, alone: Collection[UUID]
) -> PlanRefusal | None:
    if not can_write(actor, target.scope):
        return PlanRefusal(plan.pk, "read_only", gettext("ครัวเรือนนี้อยู่ในความรับผิดชอบของเทศบาล"))
    if plan.status != PlanStatus.PROPOSED:
        return PlanRefusal(plan.pk, "not_waiting", gettext("แผนฉบับนี้ไม่ได้รออนุมัติแล้ว"))
    if not may_approve_of(actor, plan.recorded_by_id, target.scope.centre_id, alone):
        return PlanRefusal(plan.pk, "own_plan", str(OWN_PLAN))
    return None


OWN_PLAN = _("ท่านเป็นผู้บันทึกแผนนี้ ให้ผู้อื่นของศูนย์หรือฝ่ายเลขานุการจังหวัดอนุมัติ")


def _put_in_force(
    actor: Actor, plans: Sequence[HouseholdPlan], on: date, note: str, *, by: User | None
) -> None:
    """Each plan takes the place of the one in force; what was done on that one meanwhile is done here too."""
    now = actor.recorded_at or timezone.now()
    former = HouseholdPlan.objects.filter(
        household__in=[plan.household_id for plan in plans], status=PlanStatus.ACTIVE
    )
    _carry_done(list(former), plans)
    former.update(status=PlanStatus.REPLACED, replaced_at=now)
    for plan in plans:
        plan.status, plan.approved_on, plan.decision_note = PlanStatus.ACTIVE, on, note
        plan.decided_by, plan.decided_at = by, now
    HouseholdPlan.objects.bulk_update(
        plans, ["status", "approved_on", "decision_note", "decided_by", "decided_at"]
    )
    audit_many(
        actor,
        "plan.approve",
        object_type="plan",
        rows=[
            (
                plan.pk,
                plan.household_id,
                plan.province_code,
                {"version": plan.version, "on": on.isoformat(), "note": note},
            )
            for plan in plans
        ],
    )


def _carry_done(former: Sequence[HouseholdPlan], plans: Sequence[HouseholdPlan]) -> None:
    if not former:
        return
    done = {
        row.origin or row.pk: row for row in PlanStep.objects.filter(plan__in=former, done_on__isnull=False)
    }
    rows = [
        row
        for row in PlanStep.objects.filter(plan__in=plans, done_on=None, origin__isnull=False)
        if row.origin in done
    ]
    for row in rows:
        assert row.origin is not None
        _copy_done(done[row.origin], row)
    PlanStep.objects.bulk_update(rows, ["done_on", "done_by", "done_recorded_at"])


# ----------------------------------------------------------------------------------------------------- steps


def complete_step(*, actor: Actor, step_id: UUID, done_on: date) -> PlanStep:
    """Say that a step of the plan in force was done. Said again with the same day it changes nothing."""
    require_role(actor, PLANNING_ROLES)
    if done_on > actor.today():
        raise InvalidInput("future_day", _("วันที่ทำเสร็จต้องไม่อยู่ในอนาคต"), field="done_on")
    with transaction.atomic():
        step = get_step_for(actor, step_id)
        require_workable(actor, step.plan.household_id)
        plan = HouseholdPlan.objects.get(pk=step.plan_id)
        step = PlanStep.objects.select_for_update().get(pk=step.pk)
        if plan.status != PlanStatus.ACTIVE:
            raise Conflict(*_NOT_IN_FORCE[plan.status != PlanStatus.REPLACED])
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


_NOT_IN_FORCE = {
    False: ("plan_replaced", _("แผนนี้มีฉบับใหม่แล้ว โปรดเปิดแผนฉบับล่าสุด")),
    True: ("plan_waits", _("แผนฉบับนี้ยังไม่ได้รับอนุมัติ บันทึกว่าทำแล้วได้เมื่ออำเภออนุมัติ")),
}


def _audit_plan(actor: Actor, action: str, plan: HouseholdPlan, changes: dict[str, object]) -> None:
    audit(
        actor,
        action,
        object_type="plan",
        object_id=plan.pk,
        household_id=plan.household_id,
        province_code=plan.province_code,
        changes=changes,
    )
