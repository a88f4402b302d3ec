"""Who was seen in a month: the filters behind the supervisor's sheet and the sheet itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from casework.filters import CohortFilterForm
from casework.inputs import CohortFilters
from casework.models import Assignment, Device, Visit
from casework.months import Month, month_of, read_month
from casework.pages.supervision import sheet_for
from casework.queries.cohort import cohort_list
from casework.services.after import after_write
from povertyops.accounts.actor import system_actor
from povertyops.accounts.models import Appointment
from povertyops.common.ids import uuid7
from tests.casework.pages.families import family, text_of, this_year, today
from tests.cast import CITY_VILLAGE, FAR_VILLAGE, Cast, client_of


def seen(household, *, on: date | None = None, outcome: str = "met") -> Visit:
    day = on or today()
    visit = Visit.objects.create(
        id=uuid7(),
        household=household,
        province_code=household.province_code,
        area_code=household.area_code,
        visited_at=timezone.now().replace(year=day.year, month=day.month, day=day.day),
        visited_on=day,
        outcome=outcome,
    )
    after_write(actor=system_actor(), household_ids=[household.pk], since=day)
    return visit


def listed(cast: Cast, actor=None, **values) -> list[str]:
    form = CohortFilterForm({"membership": "all", **values}, today=today())
    assert form.is_valid(), form.errors
    rows = cohort_list(actor or cast.officer, form.cohort_filters)
    return sorted(row.household.head_name for row in rows)


def sheet(cast: Cast, actor=None, *, by: str = "mentor", month: Month | None = None):
    return sheet_for(actor or cast.officer, month=month or month_of(today()), by=by, area="", page=1)


def names(*households) -> list[str]:
    return sorted(each.head_name for each in households)


def test_months_are_read_and_never_in_the_future() -> None:
    day = date(2026, 11, 22)
    assert read_month("2569-11", day) == Month(2569, 11) == read_month("1", day)
    assert read_month("1", day, fiscal_year=2568) == Month(2568, 9)
    assert [read_month(text, day) for text in ("2569-12", "2569-13", "พ.ย.", "2026-11", "2569-00")] == [
        None
    ] * 5
    assert Month(2570, 1).before == Month(2569, 12)
    assert Month(2569, 10).fiscal_year == 2570


def test_line_counts_the_seen_and_its_link_opens_exactly_the_others(cast: Cast) -> None:
    met, away, never = (family(cast, mentor=cast.mentor) for _ in range(3))
    seen(met)
    seen(away, outcome="not_at_home")
    other = family(cast, mentor=cast.second_mentor)

    lines = sheet(cast).lines

    assert [(line.mentor_id, line.seen, line.total) for line in lines] == [
        (cast.second_mentor.user_id, 0, 1),
        (cast.mentor.user_id, 1, 3),
    ]
    page = text_of(client_of(cast.officer).get(lines[1].unseen_url))
    assert all(each.head_name in page for each in (away, never))
    assert f"/households/{met.pk}/" not in page
    assert f"/households/{other.pk}/" not in page
    assert cast.mentor.user.display_name in page


def test_taken_back_visit_does_not_count(cast: Cast) -> None:
    household = family(cast, mentor=cast.mentor)
    visit = seen(household)
    Visit.objects.create(
        id=uuid7(), household=household, province_code="90", area_code=household.area_code,
        visited_at=visit.visited_at, visited_on=visit.visited_on, amends=visit, is_void=True,
    )  # fmt: skip

    assert sheet(cast).seen == 0


def test_households_without_a_named_mentor_stand_under_their_team(cast: Cast) -> None:
    together, named = family(cast), family(cast, mentor=cast.mentor)

    lines = {line.mentor_id: line for line in sheet(cast).lines}

    assert lines[None].total == lines[cast.mentor.user_id].total == 1
    assert listed(cast, team=str(cast.mentor_team.pk), mentor="none") == names(together)
    assert listed(cast, mentor=str(cast.mentor.user_id)) == names(named)
    (team,) = sheet(cast, by="team").lines
    assert (team.total, team.whole_team) == (2, True)


def test_month_before_counts_only_hands_of_that_time(cast: Cast) -> None:
    last = month_of(today()).before
    old, new = family(cast, mentor=cast.mentor), family(cast, mentor=cast.mentor)
    Assignment.objects.filter(household=new).update(valid_from=today().replace(day=1))
    after_write(actor=system_actor(), household_ids=[new.pk], since=today())
    # In the first month of a fiscal year the month before belongs to a year without these lists.
    expected = [old] if last.fiscal_year == this_year() else []

    shown = sheet(cast, month=last)

    assert shown.total == len(expected)
    assert listed(cast, not_seen_month=str(last), team=str(cast.mentor_team.pk)) == names(*expected)


def test_phones_and_what_waits_on_them(cast: Cast) -> None:
    family(cast, mentor=cast.mentor)
    now = timezone.now()
    for hours, waiting in ((50, 0), (3, 4)):
        Device.objects.create(
            id=uuid7(),
            user=cast.mentor.user,
            last_sync_at=now - timedelta(hours=hours),
            waiting=waiting,
            oldest_at=now - timedelta(days=6) if waiting else None,
        )

    (line,) = sheet(cast).lines
    page = text_of(client_of(cast.officer).get("/supervision/"))

    assert (line.sync.waiting, line.oldest_days) == (4, 6)
    assert line.sync.last_at == now - timedelta(hours=3)
    assert "ยังรอส่งในเครื่อง 4 รายการ" in page
    assert "ตัวเลขนี้ยังไม่ครบ" in page


def test_everybody_sees_the_own_area_only(cast: Cast) -> None:
    near = family(cast, mentor=cast.mentor)
    family(cast, village=FAR_VILLAGE, team=cast.far_mentor_team, mentor=cast.far_mentor)
    city = family(cast, village=CITY_VILLAGE, team=cast.municipal_mentor_team, mentor=cast.municipal_mentor)

    totals = {
        name: sheet(cast, getattr(cast, name)).total
        for name in (
            "officer",
            "secretary",
            "team_leader",
            "municipal_officer",
            "other_officer",
            "far_officer",
        )
    }

    assert totals == {
        "officer": 1,
        "secretary": 2,
        "team_leader": 1,
        "municipal_officer": 1,
        "other_officer": 1,
        "far_officer": 1,
    }
    answer = client_of(cast.far_officer).get(f"/households/?membership=all&mentor={cast.mentor.user_id}")
    assert cast.mentor.user.display_name not in text_of(answer)
    assert near.head_name not in text_of(answer)
    assert city


@pytest.mark.parametrize("number", [1, 4])
def test_sheet_takes_the_same_queries_for_any_number(cast: Cast, number: int) -> None:
    for _ in range(number):
        family(cast, mentor=cast.mentor)
        family(cast, mentor=cast.second_mentor)
        family(cast, team=cast.other_mentor_team, mentor=cast.other_mentor)
    family(cast)

    with CaptureQueriesContext(connection) as captured:
        sheet(cast)

    assert len(captured) == 8


def test_mentor_whose_appointment_is_over_leaves_no_owner(cast: Cast) -> None:
    gone, kept, together = (
        family(cast, mentor=cast.mentor),
        family(cast, mentor=cast.second_mentor),
        family(cast),
    )
    assert listed(cast, mentor_gone="1") == []

    Appointment.objects.filter(pk=cast.mentor.appointment.pk).update(valid_to=today() + timedelta(days=10))
    assert listed(cast, mentor_gone="1") == []
    assert listed(cast, mentor_leaving="1") == names(gone)

    Appointment.objects.filter(pk=cast.mentor.appointment.pk).update(valid_to=today() - timedelta(days=1))
    assert listed(cast, mentor_gone="1") == names(gone)

    Appointment.objects.filter(pk=cast.second_mentor.appointment.pk).update(
        valid_to=today() - timedelta(days=1)
    )
    assert listed(cast, mentor_gone="1") == names(gone, kept, together)
    page = text_of(client_of(cast.officer).get("/queues/"))
    assert "ครัวเรือนที่พี่เลี้ยงพ้นตำแหน่ง" in page
    assert "mentor_gone=1" in page


@pytest.mark.parametrize(
    ("name", "value"), [("not_seen_month", "2599-01"), ("mentor", "x"), ("mentor", "-1")]
)
def test_wrong_values_are_faults_of_the_form(cast: Cast, name: str, value: str) -> None:
    form = CohortFilterForm({name: value}, today=today())
    assert name in form.errors
    assert isinstance(form.cohort_filters, CohortFilters)


def test_api_takes_the_same_filters(cast: Cast) -> None:
    met, unseen = family(cast, mentor=cast.mentor), family(cast, mentor=cast.mentor)
    seen(met)

    answer = client_of(cast.officer).get(
        f"/api/v1/households/?membership=all&mentor={cast.mentor.user_id}&not_seen_month=1"
    )

    assert [row["id"] for row in answer.json()["results"]] == [str(unseen.pk)]


def test_team_member_sees_the_teams_at_work_but_gives_nothing(cast: Cast) -> None:
    household = family(cast)
    client = client_of(cast.team_member)

    page = text_of(client.get("/teams/"))

    assert "ทีมพี่เลี้ยงรับแพรก" in page
    assert "ทีมพี่เลี้ยงหัวเปลว" not in page
    assert "สร้างทีม" not in page
    assert client.get(f"/teams/{cast.mentor_team.pk}/").status_code == 200
    assert client.post("/assign/", {"household": [str(household.pk)]}).status_code == 403
    assert client.get("/supervision/").status_code == 403
