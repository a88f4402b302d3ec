"""Continuing care on its pages: the proposal, the meeting's queue, review and end, the light and the list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.models import ContinuingCare
from casework.services.care import propose_care
from dimensions.enums import Dimension
from tests.casework.pages.families import family, text_of, today, typed
from tests.casework.pages.planned import approved, proposal
from tests.cast import Cast, client_of


def test_team_proposes_and_the_household_page_says_that_it_waits(cast: Cast) -> None:
    household = family(cast)
    client = client_of(cast.team_member)

    answer = client.post(
        f"/households/{household.pk}/care/",
        {"dimension": "living", "ground": "bedridden", "reason": "ยายติดเตียง"},
        follow=True,
    )

    care = ContinuingCare.objects.get()
    assert (care.decision, care.proposed_by, care.proposed_on) == ("pending", cast.team_member.user, today())
    assert "รอที่ประชุมพิจารณา" in text_of(answer)
    assert "ไม่มีมิติที่เสนอได้" in text_of(client.get(f"/households/{household.pk}/care/"))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"dimension": "health"}, "เสนอได้เฉพาะมิติที่ตกเกณฑ์"),
        ({"ground": ""}, "โปรดเลือกเหตุ"),
        ({"ground": "other", "reason": " "}, "เมื่อเลือกเหตุอื่น โปรดเขียนเหตุผล"),
    ],
)
def test_bad_proposal_explains_itself(cast: Cast, wrong: dict[str, str], said: str) -> None:
    household = family(cast)
    body = {"dimension": "living", "ground": "bedridden", "reason": "x", **wrong}
    answer = client_of(cast.team_member).post(f"/households/{household.pk}/care/", body)
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_meeting_agrees_and_the_light_changes(cast: Cast) -> None:
    household = family(cast)
    care = proposal(cast, household)
    client = client_of(cast.officer)
    assert "ยายติดเตียงมาสามปี" in text_of(client.get("/care/"))

    without = client.post(f"/care/{care.pk}/decide/", {"decision": "accept"})
    client.post(
        f"/care/{care.pk}/decide/",
        {"decision": "accept", "minutes_number": "3/2568", "approved_on": typed(today())},
    )

    assert without.status_code == 422
    assert "โปรดใส่เลขที่รายงานการประชุม" in text_of(without)
    page = text_of(client.get(f"/households/{household.pk}/"))
    for said in ("light--care", "อยู่ในการดูแลต่อเนื่อง", "รายงานการประชุมที่ 3/2568", "ทบทวนภายใน"):
        assert said in page
    assert "ด้านความเป็นอยู่อยู่ในการดูแลต่อเนื่องที่อนุมัติแล้ว" in page
    listed = client.get("/households/?care=1")
    assert listed.context["count"] == 1
    assert "อยู่ในการดูแลต่อเนื่อง" in text_of(listed)


def test_meeting_declines_with_a_reason(cast: Cast) -> None:
    care = proposal(cast, family(cast))
    client = client_of(cast.officer)
    assert client.post(f"/care/{care.pk}/decide/", {"decision": "reject"}).status_code == 422
    client.post(f"/care/{care.pk}/decide/", {"decision": "reject", "note": "ขอใบรับรองแพทย์"})
    care.refresh_from_db()
    assert (care.decision, care.decision_note) == ("rejected", "ขอใบรับรองแพทย์")


def test_proposer_sees_why_another_has_to_decide(cast: Cast) -> None:
    household = family(cast)
    care = propose_care(
        actor=cast.officer, household_id=household.pk, dimension=Dimension.LIVING, ground="elderly"
    )
    client = client_of(cast.officer)
    (card,) = client.get("/care/").context["waiting"]
    assert "ท่านเป็นผู้เสนอเรื่องนี้" in card.why_not
    forced = client.post(f"/care/{care.pk}/decide/", {"decision": "accept", "minutes_number": "1"})
    assert forced.status_code == 403


def test_review_falls_due_and_keeps_or_ends(cast: Cast) -> None:
    care = approved(cast, family(cast), review_on=today() + timedelta(days=10))
    other = approved(cast, family(cast), review_on=today() + timedelta(days=200))
    client = client_of(cast.officer)
    (card,) = client.get("/care/").context["reviews"]
    assert card.care == care

    bad = client.post(f"/care/{care.pk}/review/", {"decision": "keep", "note": ""})
    client.post(f"/care/{care.pk}/review/", {"decision": "keep", "note": "ยังติดเตียง"})
    client.post(f"/care/{other.pk}/review/", {"decision": "end", "note": "ลูกกลับมาดูแล"})

    assert bad.status_code == 422
    care.refresh_from_db()
    other.refresh_from_db()
    assert care.review_on == today() + timedelta(days=365)
    assert (other.ended_on, other.end_reason) == (today(), "ลูกกลับมาดูแล")
    assert client.get("/care/").context["reviews"] == []


def test_queues_count_what_waits(cast: Cast) -> None:
    proposal(cast, family(cast))
    approved(cast, family(cast), review_on=today() + timedelta(days=1))
    boxes = {box.url: box.count for box in client_of(cast.officer).get("/queues/").context["boxes"]}
    assert (boxes["/care/"], boxes["/care/#reviews"], boxes["/plans/"]) == (1, 1, 0)
    boxes = {box.url: box.count for box in client_of(cast.other_officer).get("/queues/").context["boxes"]}
    assert (boxes["/care/"], boxes["/care/#reviews"]) == (0, 0)


def test_out_of_sight_is_not_found_and_other_roles_are_refused(cast: Cast) -> None:
    household = family(cast)
    care = proposal(cast, household)
    for actor in (cast.other_officer, cast.far_officer, cast.municipal_officer):
        client = client_of(actor)
        assert client.get(f"/households/{household.pk}/care/").status_code == 404
        assert client.post(f"/care/{care.pk}/decide/", {"decision": "accept"}).status_code == 404
        assert client.post(f"/care/{care.pk}/review/", {"decision": "end"}).status_code == 404
    for actor in (cast.mentor, cast.executive):
        assert client_of(actor).get(f"/households/{household.pk}/care/").status_code == 403
        assert client_of(actor).get("/care/").status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_queue_takes_the_same_queries_for_any_length(
    cast: Cast, django_assert_num_queries: Any, rows: int
) -> None:
    for _ in range(rows):
        proposal(cast, family(cast))
        approved(cast, family(cast), review_on=today() + timedelta(days=1))
    client = client_of(cast.officer)

    with django_assert_num_queries(QUEUE_QUERIES):
        client.get("/care/")


QUEUE_QUERIES = 10
