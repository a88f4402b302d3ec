"""Household plans and their steps."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import Http404

from casework.inputs import StepInput
from casework.models import HouseholdPlan, PlanStep
from casework.services.plans import complete_step, save_plan
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.ids import uuid7
from tests.casework.work import MARCH, an_item, in_care
from tests.cast import FAR_VILLAGE, Cast

FOUR_T = {
    "attitude": ["confident"],
    "skills": ["farming"],
    "resources": ["land"],
    "way_out": [" ทุน ", "ทุน", ""],
}


def plan_for(actor, household, **values) -> HouseholdPlan:
    return save_plan(
        **{
            "actor": actor,
            "household_id": household.pk,
            "four_t": FOUR_T,
            "goal": "เลี้ยงไก่ให้พอส่งลูกเรียน",
            "steps": [StepInput(text="ฝึกเลี้ยงไก่")],
            "agreed_on": MARCH,
            **values,
        }
    )


def test_plan_is_stored_with_its_steps_and_cleaned_words(cast: Cast) -> None:
    plan = plan_for(cast.mentor, in_care(cast))

    assert (plan.version, plan.status, plan.four_t["way_out"]) == (1, "active", ["ทุน"])
    assert [step.text for step in plan.steps.all()] == ["ฝึกเลี้ยงไก่"]


def test_new_version_replaces_the_old_and_keeps_what_was_done(cast: Cast) -> None:
    household = in_care(cast)
    step = plan_for(cast.mentor, household).steps.get()
    complete_step(actor=cast.mentor, step_id=step.pk, done_on=MARCH)

    new = plan_for(cast.officer, household, steps=[StepInput(text="ขายไข่"), StepInput(text="ฝึก", id=step.pk)])

    assert (new.version, HouseholdPlan.objects.filter(status="active").count()) == (2, 1)
    assert [row.done_on for row in new.steps.all()] == [None, MARCH]
    assert new.steps.last().done_by == cast.mentor.user


def test_step_of_a_replaced_plan_cannot_be_done(cast: Cast) -> None:
    household = in_care(cast)
    step = plan_for(cast.mentor, household).steps.get()
    plan_for(cast.mentor, household)
    with pytest.raises(Conflict):
        complete_step(actor=cast.mentor, step_id=step.pk, done_on=MARCH)


def test_step_is_done_once(cast: Cast) -> None:
    step = plan_for(cast.mentor, in_care(cast)).steps.get()
    complete_step(actor=cast.mentor, step_id=step.pk, done_on=MARCH)
    complete_step(actor=cast.mentor, step_id=step.pk, done_on=MARCH)
    with pytest.raises(Conflict):
        complete_step(actor=cast.mentor, step_id=step.pk, done_on=MARCH + timedelta(days=1))
    assert PlanStep.objects.get().done_by == cast.mentor.user


def test_out_of_area_is_not_found_and_readers_are_refused(cast: Cast) -> None:
    near, far = in_care(cast), in_care(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)
    step = plan_for(cast.far_mentor, far).steps.get()
    with pytest.raises(Http404):
        plan_for(cast.officer, far)
    with pytest.raises(Http404):
        complete_step(actor=cast.officer, step_id=step.pk, done_on=MARCH)
    with pytest.raises(NotAllowed):
        plan_for(cast.executive, near)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"goal": " "}, "goal_needed"),
        ({"four_t": {"luck": ["x"]}}, "bad_four_t"),
        ({"four_t": {"skills": ["x" * 300]}}, "long_four_t"),
        ({"steps": [StepInput(text=" ")]}, "step_text_needed"),
        ({"steps": [StepInput(text="x", nature="magic")]}, "bad_nature"),
        ({"steps": [StepInput(text="x", item_id=uuid7())]}, "unknown_item"),
        ({"steps": [StepInput(text="x")] * 51}, "many_steps"),
        ({"agreed_on": MARCH + timedelta(days=5000)}, "future_day"),
    ],
)
def test_impossible_plan_explains_itself(cast: Cast, change: dict, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        plan_for(cast.mentor, in_care(cast), **change)
    assert refusal.value.code == code
    assert HouseholdPlan.objects.count() == 0


def test_step_may_come_from_the_menu(cast: Cast) -> None:
    item = an_item("income", nature="development")
    plan = plan_for(cast.mentor, in_care(cast), steps=[StepInput(text="ฝึกอาชีพ", item_id=item.pk)])
    assert plan.steps.get().item == item
