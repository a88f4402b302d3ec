"""The approval queue: evidence shown, approved under minutes, own evidence left to others, or turned down."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.models import Case, StageEvent, StageRejection
from dimensions.enums import Stage
from tests.casework.pages.families import text_of, today, typed
from tests.casework.pages.ready import ready
from tests.cast import Cast, client_of

URL = "/approvals/"


def body(*cases: Case, **values: Any) -> dict[str, Any]:
    return {
        "case": [str(case.pk) for case in cases],
        "minutes_number": "3/2569",
        "effective_on": typed(today()),
        **values,
    }


def test_proposal_shows_what_it_rests_on(cast: Cast) -> None:
    case = ready(cast)

    answer = client_of(cast.officer).get(URL)

    (card,) = answer.context["cards"]
    assert (card.case, card.stage, card.may_tick) == (case, Stage.SUFFICIENT, True)
    page = text_of(answer)
    for said in ("ผ่านเกณฑ์ด้านความเป็นอยู่แล้ว", "มีกิจกรรมพัฒนาในแผนที่ทำเสร็จแล้ว", cast.mentor.user.display_name):
        assert said in page


def test_ticked_cases_are_approved_under_the_minutes(cast: Cast) -> None:
    first, second = ready(cast), ready(cast)

    answer = client_of(cast.officer).post(URL, body(first, second), follow=True)

    assert "อนุมัติแล้ว 2 ครัวเรือน" in text_of(answer)
    events = StageEvent.objects.filter(kind="approved")
    assert {event.minutes_number for event in events} == {"3/2569"}
    first.refresh_from_db()
    assert first.stage == Stage.SUFFICIENT


def test_own_evidence_is_left_to_others(cast: Cast) -> None:
    case = ready(cast, cast.officer)

    page = client_of(cast.officer).get(URL)
    forced = client_of(cast.officer).post(URL, body(case), follow=True)

    assert not page.context["cards"][0].may_tick
    assert "ท่านเป็นผู้บันทึกหลักฐานของครัวเรือนนี้" in text_of(forced)
    case.refresh_from_db()
    assert case.stage < Stage.SUFFICIENT
    client_of(cast.second_officer).post(URL, body(case))
    case.refresh_from_db()
    assert case.stage == Stage.SUFFICIENT


def test_evidence_after_the_meeting_is_refused_by_name(cast: Cast) -> None:
    case = ready(cast, head=("นาง", "ทองดี", "ใจงาม"))
    early = typed(today() - timedelta(days=10))

    answer = client_of(cast.officer).post(URL, body(case, effective_on=early), follow=True)

    assert "นางทองดี ใจงาม: ณ วันประชุม" in text_of(answer)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"minutes_number": ""}, "โปรดใส่เลขที่รายงานการประชุม"),
        ({"effective_on": typed(today() + timedelta(days=1))}, "วันที่ประชุมต้องไม่อยู่ในอนาคต"),
        ({"case": []}, "ยังไม่ได้เลือกครัวเรือน"),
        ({"case": ["x"]}, "รายการที่เลือกไม่ถูกต้อง"),
    ],
)
def test_bad_input_explains_itself(cast: Cast, wrong: dict[str, Any], said: str) -> None:
    case = ready(cast)

    answer = client_of(cast.officer).post(URL, body(case) | wrong)

    assert answer.status_code == 422
    assert said in text_of(answer)


def test_proposal_is_turned_down_with_a_reason(cast: Cast) -> None:
    case = ready(cast)
    client = client_of(cast.officer)

    without = client.post("/approvals/reject/", {"case": str(case.pk), "reason": ""})
    client.post("/approvals/reject/", {"case": str(case.pk), "reason": "ขอดูบัญชีรายรับก่อน"})

    assert without.status_code == 422
    assert "โปรดเขียนเหตุผลที่ไม่อนุมัติ" in text_of(without)
    assert StageRejection.objects.get().note == "ขอดูบัญชีรายรับก่อน"
    assert "ไม่มีครัวเรือนรออนุมัติ" in text_of(client.get(URL))


def test_another_district_sees_and_approves_nothing(cast: Cast) -> None:
    case = ready(cast)
    client = client_of(cast.other_officer)

    assert client.get(URL).context["cards"] == []
    answer = client.post(URL, body(case), follow=True)

    assert "ไม่พบครัวเรือนนี้ในรายการรออนุมัติของท่าน" in text_of(answer)
    case.refresh_from_db()
    assert case.stage < Stage.SUFFICIENT


@pytest.mark.parametrize("wrong_role", ["mentor", "team_leader", "executive"])
def test_roles_that_do_not_approve_are_refused(cast: Cast, wrong_role: str) -> None:
    assert client_of(getattr(cast, wrong_role)).get(URL).status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_queue_takes_the_same_queries_for_any_length(
    cast: Cast, django_assert_num_queries: Any, rows: int
) -> None:
    for _ in range(rows):
        ready(cast)
    client = client_of(cast.officer)

    with django_assert_num_queries(11):
        client.get(URL)
