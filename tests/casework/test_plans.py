"""Household plans: proposed, put in force by a second person or returned, never overwritten; their steps."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from casework.inputs import StepInput
from casework.models import HouseholdPlan, Photo, PhotoBody, PlanGoal, PlanStep
from casework.queries.facts import load_facts
from casework.queries.plans import helps_for_steps, open_steps, returned_plans, steps_due, steps_of
from casework.queries.yardstick import LoadedYardstick
from casework.services.helps import record_help
from casework.services.plans import approve_plans, complete_step, return_plan, save_plan
from casework.services.stages import judge
from povertyops.accounts.actor import Actor, system_actor
from povertyops.common.errors import Conflict, DomainError, InvalidInput, NotAllowed
from povertyops.common.ids import uuid7
from povertyops.common.models import AuditEntry
from tests.casework.work import MARCH, a_help, an_item, in_care, in_force
from tests.cast import CITY_VILLAGE, FAR_VILLAGE, Cast

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


def approve(actor, *plans: HouseholdPlan, on: date = MARCH) -> Any:
    return approve_plans(actor=actor, plan_ids=[plan.pk for plan in plans], approved_on=on)


def code_of(decision) -> str:
    (refusal,) = decision.refused
    return refusal.code


# --------------------------------------------------------------------------------------------- proposing


def test_plan_waits_with_its_steps_and_cleaned_words(cast: Cast) -> None:
    plan = plan_for(cast.mentor, in_care(cast))

    assert (plan.version, plan.status, plan.four_t["way_out"]) == (1, "proposed", ["ทุน"])
    assert [step.text for step in plan.steps.all()] == ["ฝึกเลี้ยงไก่"]
    assert AuditEntry.objects.filter(action="plan.save", object_id=str(plan.pk)).exists()


def test_goals_responsible_budget_and_its_source_are_kept(cast: Cast) -> None:
    step = StepInput(
        text="ทำโรงเรือน",
        dimension="income",
        responsible="ลุงแดง",
        budget_baht=Decimal(4500),
        budget_source="กองทุนหมู่บ้าน",
        due_on=MARCH,
    )
    plan = plan_for(
        cast.mentor,
        in_care(cast),
        steps=[step],
        goals={"income": " ขายไข่ ", "health": " "},
        agreed_with="ยายมี",
    )

    assert list(PlanGoal.objects.values_list("dimension", "text")) == [("income", "ขายไข่")]
    row = plan.steps.get()
    assert (row.dimension, row.responsible, row.budget_source) == ("income", "ลุงแดง", "กองทุนหมู่บ้าน")
    assert (int(row.budget_baht), plan.agreed_with) == (4500, "ยายมี")


def test_item_of_the_menu_gives_words_nature_and_dimension(cast: Cast) -> None:
    item = an_item("living", nature="relief", name="ซ่อมหลังคา")
    plan = plan_for(cast.mentor, in_care(cast), steps=[StepInput(text="", item_id=item.pk)])

    step = plan.steps.get()
    assert (step.text, step.nature, step.dimension, step.item) == ("ซ่อมหลังคา", "relief", "living", item)


def test_item_that_left_the_menu_stays_with_its_step(cast: Cast) -> None:
    household, item = in_care(cast), an_item("income", nature="development")
    step = plan_for(cast.mentor, household, steps=[StepInput(text="", item_id=item.pk)]).steps.get()
    item.is_active = False
    item.save()

    kept = plan_for(cast.mentor, household, steps=[StepInput(text="", item_id=item.pk, id=step.pk)])

    assert kept.steps.get().item == item
    with pytest.raises(InvalidInput):
        plan_for(cast.mentor, household, steps=[StepInput(text="", item_id=item.pk)])


def test_same_key_again_is_the_same_plan(cast: Cast) -> None:
    household, other, key = in_care(cast), in_care(cast), uuid7()
    first = plan_for(cast.mentor, household, plan_id=key)
    again = plan_for(cast.mentor, household, plan_id=key, goal="อย่างอื่น", base_version=0)

    assert (again.pk, again.goal, HouseholdPlan.objects.count()) == (first.pk, first.goal, 1)
    with pytest.raises(Conflict):
        plan_for(cast.mentor, other, plan_id=key)


def test_version_written_meanwhile_is_not_passed_over(cast: Cast) -> None:
    household = in_care(cast)
    plan_for(cast.mentor, household, base_version=0)
    with pytest.raises(Conflict) as refusal:
        plan_for(cast.team_member, household, base_version=0)
    assert (refusal.value.code, refusal.value.details["newest"]) == ("plan_changed", 1)
    assert plan_for(cast.team_member, household, base_version=1).version == 2


def test_waiting_version_is_overtaken_and_stays_in_history(cast: Cast) -> None:
    household = in_care(cast)
    first = plan_for(cast.mentor, household)
    plan_for(cast.mentor, household, goal="ใหม่กว่า")

    first.refresh_from_db()
    assert (first.status, first.approved_on, first.goal) == ("replaced", None, "เลี้ยงไก่ให้พอส่งลูกเรียน")
    assert code_of(approve(cast.officer, first)) == "not_waiting"


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "PNG")
    return out.getvalue()


def test_signature_is_drawn_anew_and_sealed(cast: Cast) -> None:
    plan = plan_for(cast.mentor, in_care(cast), signature=picture())

    photo = Photo.objects.get()
    assert (plan.signature, photo.kind, photo.state, photo.owner_id) == (
        photo,
        "signature",
        "stored",
        plan.pk,
    )
    assert (photo.width, photo.height) == (40, 30)
    assert not bytes(PhotoBody.objects.get().sealed).startswith(b"\xff\xd8")


def test_what_is_no_photo_is_refused_and_nothing_stored(cast: Cast) -> None:
    with pytest.raises(InvalidInput) as refusal:
        plan_for(cast.mentor, in_care(cast), signature=b"GIF89a polyglot")
    assert refusal.value.details["field"] == "signature"
    assert not HouseholdPlan.objects.exists()


def test_out_of_area_is_not_found_and_readers_are_refused(cast: Cast) -> None:
    near, far = in_care(cast), in_care(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)
    plan = plan_for(cast.far_mentor, far)
    step = plan.steps.get()
    with pytest.raises(Http404):
        plan_for(cast.officer, far)
    with pytest.raises(Http404):
        complete_step(actor=cast.officer, step_id=step.pk, done_on=MARCH)
    with pytest.raises(Http404):
        return_plan(actor=cast.officer, plan_id=plan.pk, note="x")
    assert code_of(approve(cast.officer, plan)) == "not_found"
    with pytest.raises(NotAllowed):
        plan_for(cast.executive, near)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"goal": " "}, "goal_needed"),
        ({"four_t": {"luck": ["x"]}}, "bad_four_t"),
        ({"four_t": {"skills": ["x" * 300]}}, "long_four_t"),
        ({"goals": {"luck": "x"}}, "bad_dimension"),
        ({"goals": {"income": "x" * 501}}, "long_goal"),
        ({"steps": [StepInput(text=" ")]}, "step_text_needed"),
        ({"steps": [StepInput(text="x", nature="magic")]}, "bad_nature"),
        ({"steps": [StepInput(text="x", dimension="luck")]}, "bad_dimension"),
        ({"steps": [StepInput(text="x", budget_baht=Decimal(-1))]}, "bad_amount"),
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


# ---------------------------------------------------------------------------------------------- deciding


def test_approved_version_takes_the_place_of_the_one_in_force(cast: Cast) -> None:
    household = in_care(cast)
    first = in_force(plan_for(cast.mentor, household))
    second = plan_for(cast.mentor, household, goal="ขายไข่")
    first.refresh_from_db()
    assert first.status == "active"

    decision = approve(cast.officer, second, on=MARCH + timedelta(days=3))

    (approved,) = decision.approved
    first.refresh_from_db()
    assert (first.status, first.goal, approved.status) == ("replaced", "เลี้ยงไก่ให้พอส่งลูกเรียน", "active")
    assert (approved.decided_by, approved.approved_on) == (cast.officer.user, MARCH + timedelta(days=3))


def test_many_plans_are_approved_at_once_and_refusals_say_why(cast: Cast) -> None:
    good = [plan_for(cast.mentor, in_care(cast)) for _ in range(2)]
    own = plan_for(cast.officer, in_care(cast))

    decision = approve(cast.officer, *good, own)

    assert {plan.pk for plan in decision.approved} == {plan.pk for plan in good}
    assert code_of(decision) == "own_plan"


def test_officer_cannot_approve_a_plan_of_his_own_but_his_colleague_can(cast: Cast) -> None:
    plan = plan_for(cast.officer, in_care(cast))
    assert code_of(approve(cast.officer, plan)) == "own_plan"
    with pytest.raises(Conflict):
        return_plan(actor=cast.officer, plan_id=plan.pk, note="แก้")
    assert approve(cast.second_officer, plan).approved


def test_province_stands_in_where_the_centre_has_no_second_person(cast: Cast) -> None:
    plan = plan_for(cast.secretary, in_care(cast))
    assert code_of(approve(cast.secretary, plan)) == "own_plan"
    for officer in (cast.officer, cast.second_officer):
        officer.appointment.valid_to = date(2021, 1, 1)
        officer.appointment.save()
    assert approve(cast.secretary, plan).approved


def test_district_reads_the_plans_of_a_municipality(cast: Cast) -> None:
    household = in_care(cast, village=CITY_VILLAGE, team=cast.municipal_mentor_team)
    plan = plan_for(cast.municipal_mentor, household)
    assert code_of(approve(cast.other_officer, plan)) == "read_only"
    assert approve(cast.municipal_officer, plan).approved


@pytest.mark.parametrize("role", ["mentor", "team_member", "team_leader", "executive"])
def test_roles_that_do_not_approve_are_refused(cast: Cast, role: str) -> None:
    plan = plan_for(cast.mentor, in_care(cast))
    with pytest.raises((NotAllowed, Http404)):
        approve(getattr(cast, role), plan)
    with pytest.raises((NotAllowed, Http404)):
        return_plan(actor=getattr(cast, role), plan_id=plan.pk, note="แก้")


def test_approval_cannot_be_before_the_agreement_or_the_former_approval(cast: Cast) -> None:
    household = in_care(cast)
    first = plan_for(cast.mentor, household)
    assert code_of(approve(cast.officer, first, on=MARCH - timedelta(days=1))) == "too_early"
    approve(cast.officer, first, on=MARCH + timedelta(days=9))
    second = plan_for(cast.mentor, household)
    assert code_of(approve(cast.officer, second, on=MARCH + timedelta(days=8))) == "too_early"
    with pytest.raises(InvalidInput):
        approve(cast.officer, second, on=MARCH + timedelta(days=5000))


def test_returned_plan_says_why_and_is_written_anew(cast: Cast) -> None:
    household = in_care(cast)
    plan = plan_for(cast.mentor, household)
    with pytest.raises(InvalidInput):
        return_plan(actor=cast.officer, plan_id=plan.pk, note=" ")

    returned = return_plan(actor=cast.officer, plan_id=plan.pk, note="ขอให้ระบุงบประมาณ")

    assert (returned.status, returned.decision_note) == ("returned", "ขอให้ระบุงบประมาณ")
    assert returned_plans([household.pk]) == {household.pk: returned}
    assert code_of(approve(cast.officer, plan)) == "not_waiting"
    again = plan_for(cast.mentor, household)
    returned.refresh_from_db()
    assert (again.version, returned.status, returned_plans([household.pk])) == (2, "returned", {})


def test_plan_is_in_force_at_once_only_when_it_is_carried_over(cast: Cast) -> None:
    household = in_care(cast)
    with pytest.raises(NotAllowed):
        plan_for(cast.officer, household, approve=True)
    told = Actor(user=cast.officer.user, appointment=cast.officer.appointment, recorded_at=cast.officer.now())

    plan = plan_for(told, household, approve=True)

    plan.refresh_from_db()
    assert (plan.status, plan.approved_on, plan.decided_by) == ("active", MARCH, None)


# ------------------------------------------------------------------------------------- what the stage counts


def codes_on(household, on: date) -> set[str]:
    facts = load_facts([household.pk])
    result = judge(facts[0], LoadedYardstick(facts), on)
    return {met.code for met in result.met} | {lack.code for lack in result.missing}


def test_only_an_approved_plan_counts_and_only_from_its_day(cast: Cast) -> None:
    household, later = in_care(cast), MARCH + timedelta(days=20)
    plan = plan_for(cast.mentor, household, steps=[StepInput(text="ฝึก", done_on=MARCH)])
    assert {"no_active_plan", "no_development_step"} <= codes_on(household, later)

    approve(cast.officer, plan, on=later)

    assert {"active_plan", "four_t", "development_step"} <= codes_on(household, later)
    assert {"no_active_plan", "no_development_step"} <= codes_on(household, later - timedelta(days=1))


def test_former_version_counts_until_the_next_is_approved(cast: Cast) -> None:
    household, later = in_care(cast), MARCH + timedelta(days=20)
    in_force(plan_for(cast.mentor, household))
    thin = plan_for(cast.mentor, household, four_t={"skills": ["farming"]})
    assert "four_t" in codes_on(household, later)

    approve(cast.officer, thin, on=later)

    assert "four_t_incomplete" in codes_on(household, later)
    assert "four_t" in codes_on(household, later - timedelta(days=1))


# ----------------------------------------------------------------------------------------------------- steps


def test_new_version_keeps_what_was_done(cast: Cast) -> None:
    household = in_care(cast)
    step = in_force(plan_for(cast.mentor, household)).steps.get()
    complete_step(actor=cast.mentor, step_id=step.pk, done_on=MARCH)

    new = plan_for(cast.officer, household, steps=[StepInput(text="ขายไข่"), StepInput(text="ฝึก", id=step.pk)])

    assert [row.done_on for row in new.steps.all()] == [None, MARCH]
    assert (new.steps.last().done_by, new.steps.last().origin) == (cast.mentor.user, step.pk)


def test_step_done_while_the_next_version_waits_is_done_there_too(cast: Cast) -> None:
    household = in_care(cast)
    step = in_force(plan_for(cast.mentor, household)).steps.get()
    waiting = plan_for(cast.mentor, household, steps=[StepInput(text="ฝึกเลี้ยงไก่ไข่", id=step.pk)])
    complete_step(actor=cast.second_mentor, step_id=step.pk, done_on=MARCH)

    approve(cast.officer, waiting)

    row = waiting.steps.get()
    assert (row.done_on, row.done_by) == (MARCH, cast.second_mentor.user)


def test_step_of_a_plan_not_in_force_cannot_be_done(cast: Cast) -> None:
    household = in_care(cast)
    plan = plan_for(cast.mentor, household)
    step = plan.steps.get()
    with pytest.raises(Conflict) as refusal:
        complete_step(actor=cast.mentor, step_id=step.pk, done_on=MARCH)
    assert refusal.value.code == "plan_waits"
    in_force(plan)
    in_force(plan_for(cast.mentor, household))
    with pytest.raises(Conflict) as refusal:
        complete_step(actor=cast.mentor, step_id=step.pk, done_on=MARCH)
    assert refusal.value.code == "plan_replaced"


def test_step_is_done_once(cast: Cast) -> None:
    step = in_force(plan_for(cast.mentor, in_care(cast))).steps.get()
    complete_step(actor=cast.mentor, step_id=step.pk, done_on=MARCH)
    complete_step(actor=cast.mentor, step_id=step.pk, done_on=MARCH)
    with pytest.raises(Conflict):
        complete_step(actor=cast.mentor, step_id=step.pk, done_on=MARCH + timedelta(days=1))
    assert PlanStep.objects.get().done_by == cast.mentor.user


def test_steps_due_are_those_of_the_plan_in_force(cast: Cast) -> None:
    household, other = in_care(cast), in_care(cast)
    in_force(
        plan_for(
            cast.mentor,
            household,
            steps=[
                StepInput(text="สัปดาห์หน้า", due_on=MARCH + timedelta(days=5)),
                StepInput(text="เลยแล้ว", due_on=MARCH - timedelta(days=2)),
                StepInput(text="ปีหน้า", due_on=MARCH + timedelta(days=300)),
                StepInput(text="เสร็จแล้ว", due_on=MARCH, done_on=MARCH),
                StepInput(text="ไม่กำหนด"),
            ],
        )
    )
    plan_for(cast.mentor, other, steps=[StepInput(text="ยังไม่อนุมัติ", due_on=MARCH)])

    with CaptureQueriesContext(connection) as captured:
        due = steps_due([household.pk, other.pk], MARCH)

    assert len(captured) == 1
    assert [(step.text, step.days, step.is_late) for step in due.pop(household.pk)] == [
        ("เลยแล้ว", 2, True),
        ("สัปดาห์หน้า", -5, False),
    ]
    assert not due
    assert len(steps_of([household.pk, other.pk])[household.pk]) == 5
    assert [step.text for step in open_steps([household.pk])][-1] == "ไม่กำหนด"


def test_help_with_the_same_item_offers_to_tick_its_step(cast: Cast) -> None:
    household, item = in_care(cast), an_item("income", nature="development")
    record_help(actor=cast.mentor, help=a_help(item, household, given_on=MARCH - timedelta(days=1)))
    in_force(
        plan_for(cast.mentor, household, steps=[StepInput(text="", item_id=item.pk), StepInput(text="ก")])
    )
    assert helps_for_steps(steps_of([household.pk])[household.pk]) == {}

    given_now = record_help(actor=cast.mentor, help=a_help(item, household))

    steps = steps_of([household.pk])[household.pk]
    assert {step: row.pk for step, row in helps_for_steps(steps).items()} == {steps[0].pk: given_now.pk}


# --------------------------------------------------------------------------------------- whatever happens


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["save", "save", "approve", "return", "done"]),
        st.integers(0, 4),
        st.integers(0, 40),
    ),
    max_size=14,
)


@settings(max_examples=25)
@given(acts=ACTS)
def test_versions_are_never_overwritten(cast: Cast, acts: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        household, written, approved = in_care(cast), {}, []
        for act, which, days in acts:
            plans = list(HouseholdPlan.objects.filter(household=household).order_by("version"))
            chosen = plans[which % len(plans)] if plans else None
            day = MARCH + timedelta(days=days)
            try:
                with transaction.atomic():
                    if act == "save":
                        steps = [StepInput(text="ฝึก", id=s.pk) for p in plans[-1:] for s in p.steps.all()]
                        plan = plan_for(
                            cast.mentor,
                            household,
                            goal=f"{which}-{days}",
                            agreed_on=day,
                            steps=steps or [StepInput(text="ฝึก")],
                        )
                        written[plan.pk] = (plan.version, plan.goal, plan.agreed_on, plan.four_t)
                    elif chosen is None:
                        continue
                    elif act == "approve":
                        approved += [p.pk for p in approve(cast.officer, chosen, on=day).approved]
                    elif act == "return":
                        return_plan(actor=cast.officer, plan_id=chosen.pk, note="แก้")
                    else:
                        complete_step(actor=cast.mentor, step_id=chosen.steps.first().pk, done_on=day)
            except DomainError:
                pass
        plans = list(HouseholdPlan.objects.filter(household=household).order_by("version"))
        assert [plan.version for plan in plans] == list(range(1, len(plans) + 1))
        assert {p.pk: (p.version, p.goal, p.agreed_on, p.four_t) for p in plans} == written
        statuses = [plan.status for plan in plans]
        assert statuses.count("proposed") <= 1
        assert [p.pk for p in plans if p.status == "active"] == approved[-1:]
        assert [p.pk for p in plans if p.approved_on] == approved
        facts = load_facts([household.pk])[0]
        assert [plan.id for plan in facts.plans] == [str(pk) for pk in approved]
        transaction.set_rollback(True)


def test_system_may_approve(cast: Cast) -> None:
    assert approve(system_actor(), plan_for(cast.mentor, in_care(cast))).approved
