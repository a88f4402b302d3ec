"""Taking a household out: one person asks, another decides, nobody decides for themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.models import Case, RemovalRequest
from casework.services.removal import request_removal
from dimensions.enums import Stage
from tests.casework.pages.families import family, text_of, today, typed
from tests.cast import Cast, client_of


def body(**values: Any) -> dict[str, Any]:
    return {"reason": "moved", "note": "ย้ายไปภูเก็ต", "effective_on": typed(today()), **values}


def asked(cast: Cast, household: Any, actor: Any = None) -> RemovalRequest:
    return request_removal(
        actor=actor or cast.mentor,
        household_id=household.pk,
        reason="moved",
        note="ย้ายไปภูเก็ต",
        effective_on=today(),
    )


def test_mentor_asks_and_nothing_changes_yet(cast: Cast) -> None:
    household = family(cast)

    answer = client_of(cast.mentor).post(f"/households/{household.pk}/remove/", body())

    assert answer.url == f"/households/{household.pk}/"
    assert RemovalRequest.objects.get().decision == "pending"
    assert Case.objects.get(household=household).closed_on is None


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reason": ""}, "โปรดเลือกเหตุผล"),
        ({"note": ""}, "โปรดเขียนข้อเท็จจริงที่พบ"),
        ({"effective_on": typed(today() + timedelta(days=2))}, "วันที่มีผลต้องไม่อยู่ในอนาคต"),
    ],
)
def test_bad_request_explains_itself(cast: Cast, wrong: dict[str, str], said: str) -> None:
    household = family(cast)

    answer = client_of(cast.mentor).post(f"/households/{household.pk}/remove/", body(**wrong))

    assert answer.status_code == 422
    assert said in text_of(answer)


def test_second_request_is_refused_with_a_sentence(cast: Cast) -> None:
    household = family(cast)
    asked(cast, household)

    answer = client_of(cast.mentor).post(f"/households/{household.pk}/remove/", body())

    assert answer.status_code == 422
    assert "มีคำขอนำครัวเรือนนี้ออกรอพิจารณาอยู่แล้ว" in text_of(answer)


def test_second_person_agrees_and_the_case_closes(cast: Cast) -> None:
    removal = asked(cast, family(cast))

    answer = client_of(cast.officer).post(f"/removals/{removal.pk}/", {"decision": "accept"}, follow=True)

    removal.refresh_from_db()
    assert removal.decision == "accepted"
    assert Case.objects.get(pk=removal.case_id).close_reason == "moved"
    assert "เห็นชอบให้นำออกแล้ว" in text_of(answer)


def test_disagreeing_needs_a_reason(cast: Cast) -> None:
    removal = asked(cast, family(cast))
    client = client_of(cast.officer)

    without = client.post(f"/removals/{removal.pk}/", {"decision": "reject", "note": ""})
    client.post(f"/removals/{removal.pk}/", {"decision": "reject", "note": "ยังอยู่บ้านเดิม"})

    assert without.status_code == 422
    assert "เมื่อไม่เห็นชอบ โปรดเขียนเหตุผล" in text_of(without)
    removal.refresh_from_db()
    assert (removal.decision, removal.decision_note) == ("rejected", "ยังอยู่บ้านเดิม")


def test_nobody_decides_their_own_request(cast: Cast) -> None:
    removal = asked(cast, family(cast), cast.officer)

    page = text_of(client_of(cast.officer).get("/removals/"))
    forced = client_of(cast.officer).post(f"/removals/{removal.pk}/", {"decision": "accept"})

    assert "ผู้ขอพิจารณาคำขอของตนเองไม่ได้" in page
    assert forced.status_code == 403
    assert (
        client_of(cast.second_officer).post(f"/removals/{removal.pk}/", {"decision": "accept"}).status_code
        == 302
    )


def test_queue_holds_the_own_area_only(cast: Cast) -> None:
    removal = asked(cast, family(cast, head=("นาง", "ลับ", "เฉพาะ")))

    assert "นางลับ" in text_of(client_of(cast.officer).get("/removals/"))
    assert "ไม่มีคำขอรอพิจารณา" in text_of(client_of(cast.other_officer).get("/removals/"))
    assert (
        client_of(cast.far_officer).post(f"/removals/{removal.pk}/", {"decision": "accept"}).status_code
        == 404
    )


def test_mentor_has_no_queue(cast: Cast) -> None:
    assert client_of(cast.mentor).get("/removals/").status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_queue_takes_the_same_queries_for_any_length(
    cast: Cast, django_assert_num_queries: Any, rows: int
) -> None:
    for _ in range(rows):
        asked(cast, family(cast))
    client = client_of(cast.officer)

    with django_assert_num_queries(6):
        client.get("/removals/")


def test_care_ends_only_after_the_stage_sustainable(cast: Cast) -> None:
    household = family(cast)
    client = client_of(cast.officer)
    url = f"/households/{household.pk}/close/"

    early = client.post(url, {"effective_on": typed(today())})
    Case.objects.filter(household=household).update(stage=Stage.SUSTAINABLE)
    offered = text_of(client.get(f"/households/{household.pk}/"))
    client.post(url, {"effective_on": typed(today())})

    assert early.status_code == 422
    assert "เมื่อครัวเรือนถึงขั้นยั่งยืนแล้ว" in text_of(early)
    assert url in offered
    case = Case.objects.get(household=household)
    assert (case.closed_on, case.close_reason) == (today(), "left_poverty")


def test_mentor_does_not_close_cases(cast: Cast) -> None:
    household = family(cast)

    assert client_of(cast.mentor).get(f"/households/{household.pk}/close/").status_code == 403
    assert client_of(cast.far_officer).get(f"/households/{household.pk}/close/").status_code == 404
