"""The household plan's pages: writing, reading and comparing versions, deciding them, ticking steps."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from casework.inputs import StepInput
from casework.models import FamilyPriority, HouseholdPlan, Photo, PlanStep, Visit
from casework.services.helps import record_help
from casework.services.plans import approve_plans, return_plan
from casework.services.visits import record_visit
from households.models import Household
from tests.casework.pages.families import family, text_of, today, typed
from tests.casework.pages.planned import proposed
from tests.casework.work import a_help, a_visit, an_item, in_force
from tests.cast import Cast, client_of


def body(**values: Any) -> dict[str, Any]:
    return {
        "goal": "ขายไข่พอส่งหลานเรียน",
        "agreed_on": typed(today()),
        "attitude": ["loves_work"],
        "skills_own": "ทำขนม, เย็บผ้า",
        "resources": ["own_house", "no_capital"],
        "way_out": ["capital"],
        "step0-text": "สร้างโรงเรือนไก่",
        "step0-nature": "development",
        "step0-due_on": typed(today() + timedelta(days=10)),
        **values,
    }


def url_of(household: Household) -> str:
    return f"/households/{household.pk}/plan/"


# --------------------------------------------------------------------------------------------------- writing


def test_plan_is_proposed_with_ticks_own_words_goals_and_details(cast: Cast) -> None:
    household = family(cast)

    answer = client_of(cast.mentor).post(
        url_of(household),
        body(
            **{
                "goal_income": "มีรายได้ทุกเดือน",
                "agreed_with": "ยายมี",
                "step0-responsible": "ลุงแดง",
                "step0-budget_baht": "๔,๕๐๐",
                "step0-budget_source": "กองทุนหมู่บ้าน",
                "step0-dimension": "income",
            }
        ),
        follow=True,
    )

    plan = HouseholdPlan.objects.get()
    assert plan.four_t == {
        "attitude": ["loves_work"],
        "skills": ["ทำขนม", "เย็บผ้า"],
        "resources": ["own_house", "no_capital"],
        "way_out": ["capital"],
    }
    assert (plan.status, plan.agreed_with, plan.goals.get().text) == ("proposed", "ยายมี", "มีรายได้ทุกเดือน")
    step = plan.steps.get()
    assert (step.responsible, int(step.budget_baht), step.budget_source) == ("ลุงแดง", 4500, "กองทุนหมู่บ้าน")
    page = text_of(answer)
    for said in ("บันทึกแผนฉบับที่ 1 แล้ว รออำเภออนุมัติ", "4,500", "ลุงแดง", "ทำขนม · เย็บผ้า"):
        assert said in page


def test_saved_plan_opens_as_it_was_and_becomes_the_next_version(cast: Cast) -> None:
    household = family(cast)
    client = client_of(cast.mentor)
    client.post(url_of(household), body())
    in_force(HouseholdPlan.objects.get())
    step = PlanStep.objects.get()
    client.post(f"/steps/{step.pk}/done/", {"done_on": typed(today())})

    page = text_of(client.get(url_of(household)))
    client.post(url_of(household), body(**{"step0-id": str(step.pk), "step1-text": "อบรมการตลาด"}))

    assert "ขายไข่พอส่งหลานเรียน" in page
    assert "ทำขนม, เย็บผ้า" in page
    plan = HouseholdPlan.objects.get(version=2)
    assert [(each.text, each.done_on) for each in plan.steps.all()] == [
        ("สร้างโรงเรือนไก่", today()),
        ("อบรมการตลาด", None),
    ]


def test_more_rows_without_a_script_keep_what_was_typed(cast: Cast) -> None:
    household = family(cast)
    client = client_of(cast.mentor)
    first = client.get(url_of(household)).context["page"].rows

    answer = client.post(url_of(household), body(goal="", more="1", rows=str(first)))

    page = answer.context["page"]
    assert (answer.status_code, page.rows) == (200, first + 3)
    assert "ยังบันทึกไม่ได้" not in text_of(answer)
    assert "สร้างโรงเรือนไก่" in text_of(answer)
    assert page.form["skills_own"].value() == "ทำขนม, เย็บผ้า"
    last = f"step{first + 2}-text"
    client.post(url_of(household), body(**{"rows": str(page.rows), last: "แถวสุดท้าย"}))
    assert [step.text for step in PlanStep.objects.all()] == ["สร้างโรงเรือนไก่", "แถวสุดท้าย"]


def test_step_is_cut_by_its_box(cast: Cast) -> None:
    household = family(cast)
    step = proposed(cast, household).steps.get()
    client_of(cast.mentor).post(
        url_of(household), body(**{"step0-id": str(step.pk), "step0-drop": "on", "step1-text": "ขายไข่"})
    )
    assert [row.text for row in HouseholdPlan.objects.get(version=2).steps.all()] == ["ขายไข่"]


def test_step_may_come_from_the_menu_alone(cast: Cast) -> None:
    household, item = family(cast), an_item("income", name="ไก่ไข่")

    client_of(cast.mentor).post(url_of(household), body(**{"step0-text": "", "step0-item": str(item.pk)}))

    step = PlanStep.objects.get()
    assert (step.item, step.text, step.dimension) == (item, "ไก่ไข่", "income")


def test_priorities_of_the_family_begin_the_plan(cast: Cast) -> None:
    household = family(cast)
    record_visit(actor=cast.mentor, visit=a_visit(household, day=today() - timedelta(days=1)))
    FamilyPriority.objects.create(
        visit=Visit.objects.get(), household=household, province_code="90", rank=1,
        dimension="income", reason="อยากมีรายได้จากขนม",
    )  # fmt: skip
    client = client_of(cast.mentor)

    plain, filled = client.get(url_of(household)), client.get(url_of(household) + "?from=priorities")

    assert "ครัวเรือนเลือกทำก่อน" in text_of(plain)
    assert not plain.context["page"].form["goal_income"].value()
    page = filled.context["page"]
    assert page.form["goal_income"].value() == "อยากมีรายได้จากขนม"
    assert page.steps[0]["dimension"].value() == "income"


def test_version_written_meanwhile_is_told_and_nothing_typed_is_lost(cast: Cast) -> None:
    household = family(cast)
    proposed(cast, household)
    client = client_of(cast.team_member)

    late = client.post(url_of(household), body(base="0"))

    assert late.status_code == 422
    assert "มีผู้บันทึกฉบับที่ 1 แล้ว" in text_of(late)
    assert "สร้างโรงเรือนไก่" in text_of(late)
    assert late.context["base"] == 1
    client.post(url_of(household), body(base="1"))
    assert HouseholdPlan.objects.count() == 2


def a_photo(name: str = "sign.png") -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (60, 20), "white").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def test_photo_of_the_signature_is_shown_to_whoever_sees_the_plan(cast: Cast) -> None:
    household = family(cast)
    answer = client_of(cast.mentor).post(url_of(household), body(signature=a_photo()), follow=True)

    photo = Photo.objects.get()
    assert f"/photos/{photo.pk}/thumb/" in text_of(answer)
    assert client_of(cast.officer).get(f"/photos/{photo.pk}/").status_code == 200
    assert client_of(cast.far_officer).get(f"/photos/{photo.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"goal": ""}, "โปรดเขียนเป้าหมายของครัวเรือน"),
        ({"agreed_on": typed(today() + timedelta(days=3))}, "วันที่ตกลงต้องไม่อยู่ในอนาคต"),
        ({"attitude": ["wealthy"]}, "wealthy"),
        ({"step0-due_on": "พรุ่งนี้"}, "วันที่ต้องเป็น วัน/เดือน/ปี พ.ศ."),
        ({"step0-budget_baht": "มาก"}, "จำนวนเงินต้องเป็นตัวเลข"),
        ({"signature": SimpleUploadedFile("a.gif", b"GIF89a<script>", "image/png")}, "ไฟล์นี้ไม่ใช่ภาพถ่าย"),
    ],
)
def test_bad_input_explains_itself_and_keeps_the_text(cast: Cast, wrong: dict[str, Any], said: str) -> None:
    household = family(cast)

    answer = client_of(cast.mentor).post(url_of(household), body(**wrong))

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "สร้างโรงเรือนไก่" in text_of(answer)
    assert not HouseholdPlan.objects.exists()


def test_plan_and_steps_out_of_sight_are_not_found(cast: Cast) -> None:
    household = family(cast)
    plan = proposed(cast, household)
    stranger = client_of(cast.other_mentor)

    for url in (url_of(household), f"/plans/{plan.pk}/", f"/households/{household.pk}/plans/"):
        assert stranger.get(url).status_code == 404
    done = stranger.post(f"/steps/{PlanStep.objects.get().pk}/done/", {"done_on": typed(today())})
    assert done.status_code == 404


def test_executive_reads_and_writes_nothing(cast: Cast) -> None:
    household = family(cast)
    plan = proposed(cast, household)
    client = client_of(cast.executive)
    assert client.get(url_of(household)).status_code == 403
    assert client.get("/plans/").status_code == 403
    page = client.get(f"/plans/{plan.pk}/")
    assert page.status_code == 200
    assert "อนุมัติแผน</button>" not in text_of(page)


# -------------------------------------------------------------------------------------------------- deciding


def test_queue_approves_the_ticked_ones_and_says_why_not_the_others(cast: Cast) -> None:
    plans = [proposed(cast, family(cast)) for _ in range(2)]
    own = proposed(cast, family(cast, head=("นาง", "ทองดี", "ใจงาม")), actor=cast.officer)
    client = client_of(cast.officer)
    page = client.get("/plans/")
    assert sum(bool(card.why_not) for card in page.context["cards"]) == 1

    answer = client.post(
        "/plans/",
        {"plan": [str(plan.pk) for plan in (*plans, own)], "approved_on": typed(today())},
        follow=True,
    )

    text = text_of(answer)
    assert "อนุมัติแล้ว 2 แผน" in text
    assert "นางทองดี ใจงาม: ท่านเป็นผู้บันทึกแผนนี้" in text
    assert HouseholdPlan.objects.filter(status="active").count() == 2


def test_mentor_sees_the_queue_but_cannot_approve(cast: Cast) -> None:
    plan = proposed(cast, family(cast))
    client = client_of(cast.mentor)
    page = client.get("/plans/")
    assert page.status_code == 200
    assert "อนุมัติที่เลือก" not in text_of(page)
    post = {"plan": [str(plan.pk)], "approved_on": typed(today())}
    assert client.post("/plans/", post).status_code == 403
    assert client.post(f"/plans/{plan.pk}/approve/", post).status_code == 403


def test_one_plan_is_approved_on_its_page(cast: Cast) -> None:
    plan = proposed(cast, family(cast))
    client = client_of(cast.officer)
    early = client.post(f"/plans/{plan.pk}/approve/", {"approved_on": typed(today() - timedelta(days=2))})
    assert early.status_code == 422
    assert "วันที่อนุมัติต้องไม่ก่อน" in text_of(early)

    client.post(f"/plans/{plan.pk}/approve/", {"approved_on": typed(today())})

    plan.refresh_from_db()
    assert (plan.status, plan.decided_by) == ("active", cast.officer.user)


def test_returned_plan_shows_its_note_to_the_author(cast: Cast) -> None:
    household = family(cast)
    plan = proposed(cast, household)
    officer, mentor = client_of(cast.officer), client_of(cast.mentor)
    assert officer.post(f"/plans/{plan.pk}/return/", {"note": " "}).status_code == 422

    officer.post(f"/plans/{plan.pk}/return/", {"note": "ขอให้ระบุงบประมาณ"})

    for url in (f"/households/{household.pk}/", url_of(household), "/plans/?state=returned"):
        assert "ขอให้ระบุงบประมาณ" in text_of(mentor.get(url))
    mentor.post(url_of(household), body(base="1"))
    assert "ขอให้ระบุงบประมาณ" not in text_of(mentor.get(url_of(household)))
    assert "ขอให้ระบุงบประมาณ" in text_of(mentor.get(f"/households/{household.pk}/plans/"))


def test_versions_stand_side_by_side(cast: Cast) -> None:
    household = family(cast)
    first = in_force(proposed(cast, household))
    step = first.steps.get()
    second = proposed(
        cast,
        household,
        goal="ขายไข่",
        steps=[StepInput(text="เลี้ยงไก่ไข่ 20 ตัว", id=step.pk), StepInput(text="เปิดร้าน")],
    )

    answer = client_of(cast.officer).get(f"/plans/{second.pk}/")

    lines = answer.context["changes"] + answer.context["unchanged"]
    kinds = {line.label: line.kind for line in lines}
    assert answer.context["other"] == first
    assert kinds["เป้าหมายของครัวเรือน"] == "changed"
    assert (kinds["ขั้นตอนที่ 1"], kinds["ขั้นตอนที่ 2"], kinds["ทักษะ"]) == ("changed", "added", "same")


def test_history_tells_every_version(cast: Cast) -> None:
    household = family(cast)
    in_force(proposed(cast, household))
    back = proposed(cast, household, goal="สอง")
    return_plan(actor=cast.officer, plan_id=back.pk, note="ยังไม่ชัด")
    proposed(cast, household, goal="สาม")

    page = text_of(client_of(cast.mentor).get(f"/households/{household.pk}/plans/"))

    assert page.index("ฉบับที่ 3") < page.index("ฉบับที่ 2") < page.index("ฉบับที่ 1")
    for said in ("ใช้อยู่", "ส่งกลับให้แก้", "รออำเภออนุมัติ", "ยังไม่ชัด", cast.officer.user.display_name):
        assert said in page


@pytest.mark.parametrize("rows", [1, 3])
def test_queue_takes_the_same_queries_for_any_length(
    cast: Cast, django_assert_num_queries: Any, rows: int
) -> None:
    for _ in range(rows):
        household = family(cast)
        in_force(proposed(cast, household))
        proposed(cast, household, goal="ใหม่")
    client = client_of(cast.officer)

    with django_assert_num_queries(QUEUE_QUERIES):
        client.get("/plans/")


QUEUE_QUERIES = 13


@pytest.mark.parametrize("versions", [1, 3])
def test_page_takes_the_same_queries_for_any_history(
    cast: Cast, django_assert_num_queries: Any, versions: int
) -> None:
    household = family(cast)
    for _ in range(versions):
        plan = proposed(cast, household)
    client = client_of(cast.officer)

    with django_assert_num_queries(PAGE_QUERIES):
        client.get(f"/plans/{plan.pk}/")


PAGE_QUERIES = 9


# ----------------------------------------------------------------------------------------------------- steps


def test_step_is_done_on_a_day(cast: Cast) -> None:
    household = family(cast)
    step = in_force(proposed(cast, household)).steps.get()
    client = client_of(cast.mentor)

    wrong = client.post(f"/steps/{step.pk}/done/", {"done_on": "เมื่อวาน"}, follow=True)
    right = client.post(f"/steps/{step.pk}/done/", {"done_on": typed(today())}, follow=True)

    assert "วันที่ต้องเป็น วัน/เดือน/ปี พ.ศ." in text_of(wrong)
    assert "บันทึกว่าทำแล้ว: เลี้ยงไก่" in text_of(right)
    step.refresh_from_db()
    assert step.done_on == today()


def test_step_of_a_waiting_plan_says_that_it_waits(cast: Cast) -> None:
    step = proposed(cast, family(cast)).steps.get()
    answer = client_of(cast.mentor).post(f"/steps/{step.pk}/done/", {"done_on": typed(today())}, follow=True)
    assert "แผนฉบับนี้ยังไม่ได้รับอนุมัติ" in text_of(answer)


def test_household_page_shows_late_steps_and_offers_to_tick_after_help(cast: Cast) -> None:
    household, item = family(cast), an_item("income", name="พันธุ์ไก่", nature="development")
    day = today() - timedelta(days=20)
    plan = proposed(
        cast,
        household,
        agreed_on=day,
        steps=[
            StepInput(text="", item_id=item.pk),
            StepInput(text="ทำบัญชี", due_on=today() - timedelta(days=3)),
        ],
    )
    approve_plans(actor=cast.officer, plan_ids=[plan.pk], approved_on=day)
    client = client_of(cast.mentor)
    page = text_of(client.get(f"/households/{household.pk}/"))
    assert "เลยกำหนด 1 ขั้นตอน" in page
    assert "ขั้นตอนนี้เสร็จแล้ว" not in page

    given: date = today() - timedelta(days=1)
    record_help(actor=cast.mentor, help=a_help(item, household, given_on=given))

    page = text_of(client.get(f"/households/{household.pk}/"))
    assert "ขั้นตอนนี้เสร็จแล้ว" in page
    assert f'name="done_on" value="{typed(given)}"' in page
