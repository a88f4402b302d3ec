"""The officer's queues: each box counts what its list shows; visits in two versions are settled."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from casework.models import CohortState, VisitConflict
from casework.services.removal import request_removal
from casework.services.visits import record_visit
from tests.casework.pages.families import family, text_of, today
from tests.casework.work import a_visit
from tests.cast import Cast, client_of


def counts_of(answer: Any) -> dict[str, int]:
    return {box.url: box.count for box in answer.context["boxes"]}


def a_conflict(cast: Cast) -> VisitConflict:
    visit = a_visit(family(cast), day=today() - timedelta(days=1))
    record_visit(actor=cast.mentor, visit=visit)
    record_visit(actor=cast.mentor, visit=dataclasses.replace(visit, note="ฉบับที่สอง"))
    return VisitConflict.objects.get()


def test_each_box_counts_what_its_list_shows(cast: Cast) -> None:
    late, teamless = family(cast), family(cast, team=None)
    CohortState.objects.filter(household=late).update(due_on=today() - timedelta(days=1))
    CohortState.objects.filter(household=teamless).update(due_on=today())
    request_removal(actor=cast.mentor, household_id=late.pk, reason="moved", note="ย้าย", effective_on=today())
    client = client_of(cast.officer)

    counts = counts_of(client.get("/queues/"))

    assert counts["/removals/"] == 1
    assert counts["/approvals/"] == 0
    for url in (
        "/households/?no_team=1&membership=all&sort=priority",
        "/households/?overdue=1&membership=all&sort=priority",
    ):
        assert counts[url] == 1 == client.get(url).context["count"]


def test_nothing_waiting_is_said(cast: Cast) -> None:
    page = text_of(client_of(cast.officer).get("/queues/"))

    assert page.count("ไม่มีงานค้าง") >= 7


def test_two_versions_stand_side_by_side_until_settled(cast: Cast) -> None:
    conflict = a_conflict(cast)
    client = client_of(cast.officer)

    page = text_of(client.get("/conflicts/"))
    client.post(f"/conflicts/{conflict.pk}/settle/")

    assert "ฉบับที่สอง" in page
    assert "พบยาย" in page
    conflict.refresh_from_db()
    assert conflict.settled_at is not None
    assert "ไม่มีข้อมูลขัดกัน" in text_of(client.get("/conflicts/"))


def test_conflict_of_another_area_is_not_found(cast: Cast) -> None:
    conflict = a_conflict(cast)

    assert "ไม่มีข้อมูลขัดกัน" in text_of(client_of(cast.far_officer).get("/conflicts/"))
    assert client_of(cast.far_officer).post(f"/conflicts/{conflict.pk}/settle/").status_code == 404


@pytest.mark.parametrize("wrong_role", ["mentor", "team_member", "executive"])
def test_roles_without_queues_are_refused(cast: Cast, wrong_role: str) -> None:
    client = client_of(getattr(cast, wrong_role))

    assert client.get("/queues/").status_code == 403
    assert client.get("/conflicts/").status_code == 403
