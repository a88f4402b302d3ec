"""Teams: made, compared by load, given households one by one, ticked, or by the whole filter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.models import Assignment, CohortState, MentorTeam
from tests.casework.pages.families import family, text_of, today, typed
from tests.casework.work import INCOME, LIVING
from tests.cast import FAR_VILLAGE, Cast, client_of


def body(team: Any, households: list[Any], **values: Any) -> dict[str, Any]:
    return {
        "step": "apply",
        "household": [str(household.pk) for household in households],
        "team": str(team.pk),
        "valid_from": typed(today()),
        **values,
    }


def teams_of(household: Any) -> list[str]:
    rows = Assignment.objects.filter(household=household, valid_to=None)
    return [row.team.centre.name for row in rows.select_related("team__centre")]


def test_ticked_households_see_the_count_then_go_to_the_team(cast: Cast) -> None:
    households = [family(cast, team=None) for _ in range(2)]
    client = client_of(cast.officer)

    preview = client.post("/assign/", {"household": [str(each.pk) for each in households]})
    client.post("/assign/", body(cast.mentor_team, households))

    assert "มอบหมาย 2 ครัวเรือน" in text_of(preview)
    assert all(teams_of(each) == ["ทีมพี่เลี้ยงรับแพรก"] for each in households)


def test_whole_filter_is_assigned_and_leads_back_to_it(cast: Cast) -> None:
    wanted = [family(cast, team=None, dimensions=INCOME) for _ in range(2)]
    other = family(cast, team=None, dimensions=LIVING)
    sent = body(cast.mentor_team, [], everything="1", expected="2")

    answer = client_of(cast.officer).post("/assign/?failing=income&no_team=1", sent)

    assert answer.url == "/households/?failing=income&no_team=1"
    assert all(teams_of(each) for each in wanted)
    assert not teams_of(other)


def test_mentors_of_the_chosen_team_are_offered(cast: Cast) -> None:
    household = family(cast, team=None)
    sent = body(cast.mentor_team, [household], step="choose")
    client = client_of(cast.officer)

    page = text_of(client.post("/assign/", sent))
    client.post("/assign/", body(cast.mentor_team, [household], mentor=str(cast.mentor.user_id)))

    assert cast.mentor.user.display_name in page
    assert cast.other_mentor.user.display_name not in page
    assert Assignment.objects.get(household=household).mentor_id == cast.mentor.user_id


def test_household_already_there_stays(cast: Cast) -> None:
    there, new = family(cast), family(cast, team=None)
    before = Assignment.objects.get(household=there).pk

    answer = client_of(cast.officer).post("/assign/", body(cast.mentor_team, [there, new]), follow=True)

    assert "มอบหมายแล้ว 1 ครัวเรือน อีก 1 อยู่กับทีมนี้อยู่แล้ว" in text_of(answer)
    assert Assignment.objects.get(household=there, valid_to=None).pk == before


def test_households_are_taken_back(cast: Cast) -> None:
    household = family(cast)

    client_of(cast.officer).post("/unassign/", {"household": [str(household.pk)]})

    assert not teams_of(household)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"team": ""}, "โปรดเลือกทีม"),
        ({"valid_from": typed(today() + timedelta(days=1))}, "วันที่มอบหมายต้องไม่อยู่ในอนาคต"),
    ],
)
def test_bad_input_explains_itself(cast: Cast, wrong: dict[str, str], said: str) -> None:
    household = family(cast, team=None)

    answer = client_of(cast.officer).post("/assign/", {**body(cast.mentor_team, [household]), **wrong})

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not teams_of(household)


def test_team_of_another_province_is_no_choice(cast: Cast) -> None:
    household = family(cast, team=None)

    answer = client_of(cast.officer).post("/assign/", body(cast.far_mentor_team, [household]))

    assert answer.status_code == 422
    assert "ไม่มีทีมนี้ในพื้นที่ของท่าน" in text_of(answer)


def test_households_of_another_area_are_dropped(cast: Cast) -> None:
    far = family(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)

    client_of(cast.officer).post("/assign/", body(cast.mentor_team, [far]))

    assert teams_of(far) == ["ทีมพี่เลี้ยงหนองแวง"]


@pytest.mark.parametrize("wrong_role", ["mentor", "team_member", "executive"])
def test_roles_that_do_not_assign_are_refused(cast: Cast, wrong_role: str) -> None:
    assert client_of(getattr(cast, wrong_role)).post("/assign/", {}).status_code == 403


def test_teams_stand_by_what_is_overdue(cast: Cast) -> None:
    family(cast, team=cast.mentor_team)
    late = family(cast, team=cast.other_mentor_team)
    CohortState.objects.update(due_on=today())
    CohortState.objects.filter(household=late).update(due_on=today() - timedelta(days=3))

    loads = client_of(cast.officer).get("/teams/").context["loads"]

    assert [(load.centre.name, load.households, load.overdue) for load in loads] == [
        ("ทีมพี่เลี้ยงหัวเปลว", 1, 1),
        ("ทีมพี่เลี้ยงรับแพรก", 1, 0),
    ]
    assert [mentor.username for mentor in loads[1].mentors] == ["mentor", "second.mentor"]


@pytest.mark.parametrize("number", [1, 3])
def test_team_list_takes_the_same_queries_for_any_number(
    cast: Cast, django_assert_num_queries: Any, number: int
) -> None:
    client = client_of(cast.officer)
    for place in range(number):
        client.post("/teams/new/", {"name": f"ทีม {place}", "parent": str(cast.district_centre.pk)})

    with django_assert_num_queries(8):
        client.get("/teams/")


def test_team_page_tells_who_and_how_much(cast: Cast) -> None:
    family(cast)

    page = text_of(client_of(cast.officer).get(f"/teams/{cast.mentor_team.pk}/"))

    assert cast.mentor.user.display_name in page
    assert f"?membership=all&amp;team={cast.mentor_team.pk}" in page


def test_team_of_another_centre_is_not_found(cast: Cast) -> None:
    assert client_of(cast.officer).get(f"/teams/{cast.far_mentor_team.pk}/").status_code == 404
    assert client_of(cast.other_officer).get(f"/teams/{cast.mentor_team.pk}/").status_code == 404


def test_officer_makes_a_team(cast: Cast) -> None:
    sent = {"name": "ทีมวัดรับแพรก", "parent": str(cast.district_centre.pk), "organisation": "วัดรับแพรก"}

    answer = client_of(cast.officer).post("/teams/new/", sent)

    team = MentorTeam.objects.get(organisation="วัดรับแพรก")
    assert answer.url == f"/teams/{team.pk}/"


def test_team_name_is_asked_for_and_unique(cast: Cast) -> None:
    client = client_of(cast.officer)
    parent = str(cast.district_centre.pk)

    nameless = client.post("/teams/new/", {"name": " ", "parent": parent})
    twice = client.post("/teams/new/", {"name": "ทีมพี่เลี้ยงรับแพรก", "parent": parent})

    assert (nameless.status_code, twice.status_code) == (422, 422)
    assert "โปรดใส่ชื่อทีม" in text_of(nameless)
    assert "มีทีมชื่อนี้อยู่แล้วในศูนย์เดียวกัน" in text_of(twice)


def test_way_back_keeps_filter_page_and_ticks(cast: Cast) -> None:
    ticked, other = family(cast, team=None), family(cast, team=None)
    client = client_of(cast.officer)

    form = text_of(client.post("/assign/?no_team=1&membership=all", {"household": [str(ticked.pk)]}))
    back = f"/households/?no_team=1&amp;membership=all&amp;household={ticked.pk}"
    assert back in form
    page = text_of(client.get(back.replace("&amp;", "&")))

    assert f'value="{ticked.pk}" checked' in page
    assert f'value="{other.pk}" checked' not in page
    assert f"household={ticked.pk}" not in page.split("<tbody>")[0].split("chips")[-1]


def test_tick_on_another_page_travels_unseen(cast: Cast) -> None:
    shown, elsewhere = family(cast, team=None), family(cast)

    page = text_of(
        client_of(cast.officer).get(f"/households/?no_team=1&household={elsewhere.pk}&household={shown.pk}")
    )

    assert f'<input type="hidden" name="household" value="{elsewhere.pk}">' in page
    assert '<b class="num" data-checked-count="household">2</b>' in page


def test_whole_filter_stays_ticked_on_the_way_back(cast: Cast) -> None:
    family(cast, team=None)
    client = client_of(cast.officer)

    form = text_of(client.post("/assign/?no_team=1", {"everything": "1"}))

    assert "/households/?no_team=1&amp;everything=1" in form
    page = text_of(client.get("/households/?no_team=1&everything=1"))
    assert 'name="everything" value="1" checked' in page


def test_refused_form_keeps_the_choice(cast: Cast) -> None:
    household = family(cast, team=None)
    late = body(cast.mentor_team, [household], valid_from=typed(today() + timedelta(days=1)))

    answer = client_of(cast.officer).post("/assign/?no_team=1", late)

    assert answer.status_code == 422
    assert f'name="household" value="{household.pk}"' in text_of(answer)
    assert 'action="?no_team=1"' in text_of(answer)


def test_closed_account_is_given_nothing(cast: Cast) -> None:
    household = family(cast, team=None)
    cast.mentor.user.is_active = False
    cast.mentor.user.save(update_fields=["is_active"])
    sent = body(cast.mentor_team, [household], mentor=str(cast.mentor.user_id))

    assert client_of(cast.officer).post("/assign/", sent).status_code == 422
    assert not teams_of(household)
