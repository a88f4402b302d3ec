"""Sharing out waiting households: the plain rule, the proposal, and its confirmation."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.models import Assignment, CohortState, ShareOut
from casework.services.assignment import assign_households
from casework.services.removal import decide_removal, request_removal
from casework.services.sharing import Share, share_households
from casework.sharing import Place, Room, Waiting, share_out
from povertyops.common.errors import InvalidInput, NotAllowed
from povertyops.common.models import AuditEntry
from tests.casework.pages.families import family, today
from tests.cast import (
    CITY_VILLAGE,
    FAR_VILLAGE,
    MUEANG_VILLAGE,
    NEXT_SUBDISTRICT_VILLAGE,
    VILLAGE,
    Cast,
    client_of,
)

URL = "/share-out/"
PLACES = [Place("90070101"), Place("90070201"), Place("90010101", UUID(int=99)), Place("40010101")]
COVER = [("9007",), ("900701",), ("900702",), (), ("90",)]


def households(points: list[tuple[int, int]]) -> list[Waiting]:
    return [
        Waiting(UUID(int=number + 1), score, PLACES[place], f"{number:03d}")
        for number, (score, place) in enumerate(points)
    ]


def rooms_from(drawn: list[tuple[int, int, bool]]) -> list[Room]:
    return [
        Room(UUID(int=500 + number), load, COVER[cover], UUID(int=99) if municipal else None)
        for number, (load, cover, municipal) in enumerate(drawn)
    ]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 3)), max_size=25),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4), st.booleans()), max_size=6),
    st.integers(1, 9),
)
def test_sharing_is_fair(
    points: list[tuple[int, int]], drawn: list[tuple[int, int, bool]], most: int
) -> None:
    waiting, rooms = households(points), rooms_from(drawn)

    shared = share_out(waiting, rooms, most=most)

    by_team = {room.team_id: room for room in rooms}
    loads = {room.team_id: room.load for room in rooms}
    for team, given_to in shared.given.items():
        loads[team] += len(given_to)
        assert all(by_team[team].covers(each.place) for each in given_to)
        assert loads[team] <= max(most, by_team[team].load)
    told = [each for rows in shared.given.values() for each in rows] + shared.full + shared.uncovered
    assert sorted(told, key=lambda each: each.household_id) == waiting
    assert all(not any(room.covers(each.place) for room in rooms) for each in shared.uncovered)
    for left in shared.full:
        covering = [room.team_id for room in rooms if room.covers(left.place)]
        assert all(loads[team] >= most for team in covering)
        held = [each for team in covering for each in shared.given.get(team, [])]
        assert all(each.points >= left.points for each in held if each.place == left.place)
    # Nobody holds two more than a team that covers one of the households it was given.
    for team, given_to in shared.given.items():
        for each in given_to:
            for room in rooms:
                if room.covers(each.place):
                    assert loads[team] - loads[room.team_id] <= 1


def test_a_team_of_two_villages_makes_room_for_the_one_only_it_covers() -> None:
    everywhere, one_village = Room(UUID(int=1), 0, ("9007",)), Room(UUID(int=2), 0, ("900701",))
    waiting = households([(90, 0), (80, 0), (10, 1), (5, 1)])

    shared = share_out(waiting, [everywhere, one_village], most=2)

    assert {team: [each.points for each in rows] for team, rows in shared.given.items()} == {
        everywhere.team_id: [10, 5],
        one_village.team_id: [90, 80],
    }


def test_teams_differ_by_one_and_the_most_pressing_go_first() -> None:
    rooms = [Room(UUID(int=500 + number), number % 2, ("90",)) for number in range(3)]
    waiting = households([(score, 0) for score in range(40)])

    shared = share_out(waiting, rooms, most=10)

    assert sorted(room.load + len(shared.given[room.team_id]) for room in rooms) == [10, 10, 10]
    given_points = sorted((each.points for rows in shared.given.values() for each in rows), reverse=True)
    assert given_points == list(range(39, 10, -1))


# -------------------------------------------------------------------------------------------------- service


def share(actor: Any, shares: list[Share], most: int = 10) -> Any:
    return share_households(actor=actor, shares=shares, most=most, asked={"most": most})


def test_what_changed_since_the_preview_is_left_out_and_told(cast: Cast) -> None:
    free, taken, gone, beyond = (family(cast, team=None) for _ in range(4))
    far = family(cast, village=FAR_VILLAGE, team=None)
    city = family(cast, village=CITY_VILLAGE, team=None)
    assign_households(actor=cast.officer, household_ids=[taken.pk], team_id=cast.other_mentor_team.pk)
    request = request_removal(
        actor=cast.officer, household_id=gone.pk, reason="moved", note="ย้าย", effective_on=today()
    )
    decide_removal(actor=cast.second_officer, removal_id=request.pk, accept=True, note="")
    ids = (free.pk, taken.pk, gone.pk, far.pk, city.pk, beyond.pk)

    done = share(cast.officer, [Share(cast.mentor_team.pk, ids)], most=1)

    assert (done.row.households, done.taken, done.no_room) == (1, [taken.pk], [beyond.pk])
    assert set(done.gone) == {gone.pk, far.pk, city.pk}
    assert Assignment.objects.get(household=free, valid_to=None).team_id == cast.mentor_team.pk
    assert Assignment.objects.get(household=taken, valid_to=None).team_id == cast.other_mentor_team.pk
    (kept,) = ShareOut.objects.get().shares
    assert (kept["before"], kept["given"], kept["household_ids"]) == (0, 1, [str(free.pk)])
    assert AuditEntry.objects.get(action="share_out.apply").changes["left_out"] == 5

    again = share(cast.officer, [Share(cast.mentor_team.pk, (free.pk,))])
    assert (again.row.households, again.taken) == (0, [free.pk])


def test_closed_team_and_impossible_plan(cast: Cast) -> None:
    household = family(cast, team=None)
    cast.mentor_team.is_active = False
    cast.mentor_team.save()

    assert share(cast.officer, [Share(cast.mentor_team.pk, (household.pk,))]).no_room == [household.pk]
    for plan in ([], [Share(cast.mentor_team.pk, (household.pk, household.pk))]):
        with pytest.raises(InvalidInput):
            share(cast.officer, plan)
    with pytest.raises(NotAllowed):
        share(cast.team_member, [Share(cast.mentor_team.pk, (household.pk,))])


# ----------------------------------------------------------------------------------------------------- page


def plan_in(page: Any) -> str:
    found = re.search(r'name="plan" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def test_preview_is_applied_as_it_was_shown(cast: Cast) -> None:
    near = [family(cast, team=None) for _ in range(3)]
    next_door = family(cast, team=None, village=NEXT_SUBDISTRICT_VILLAGE)
    family(cast, village=FAR_VILLAGE, team=None, head=("นาง", "ซ่อนเร้น", "ลับ"))
    CohortState.objects.filter(household=near[2]).update(failing_share=900, fragile=3)
    client = client_of(cast.officer)

    page = client.get(URL)
    proposal = page.context["proposal"]
    assert (proposal.waiting, proposal.proposed, proposal.taking) == (4, 4, 2)
    assert [line.after for line in proposal.teams] == [2, 2]
    assert "ซ่อนเร้น" not in page.content.decode()
    assert not Assignment.objects.filter(household__in=[each.pk for each in near]).exists()

    late = family(cast, team=None)
    answer = client.post(URL, {"plan": plan_in(page)}, follow=True)

    assert "แบ่งแล้ว 4 ครัวเรือน ให้ 2 ทีม" in answer.content.decode()
    assert Assignment.objects.filter(valid_to=None, household__in=[*near, next_door]).count() == 4
    assert not Assignment.objects.filter(household=late).exists()

    first = client.get(f"{URL}?count=1&least=1").context["proposal"]
    assert (first.waiting, first.proposed) == (1, 1)


def test_plan_of_another_or_a_spoilt_one_does_nothing(cast: Cast) -> None:
    household = family(cast, team=None)
    plan = plan_in(client_of(cast.officer).get(URL))

    for actor, sent in ((cast.second_officer, plan), (cast.far_officer, plan), (cast.officer, plan[:-2])):
        answer = client_of(actor).post(URL, {"plan": sent}, follow=True)
        assert "โปรดดูตัวอย่างใหม่" in answer.content.decode()
    assert not Assignment.objects.filter(household=household).exists()


def test_each_role_shares_what_it_may_and_the_uncovered_are_told(cast: Cast) -> None:
    family(cast, team=None, village=VILLAGE)
    family(cast, team=None, village=NEXT_SUBDISTRICT_VILLAGE)
    family(cast, team=None, village=CITY_VILLAGE)
    family(cast, team=None, village=MUEANG_VILLAGE)

    whole = client_of(cast.secretary).get(URL).context["proposal"]
    assert (whole.waiting, whole.proposed, len(whole.shared.uncovered)) == (4, 3, 1)
    lines = {line.area.code: line for line in whole.districts}
    assert (lines["9001"].waiting, lines["9001"].proposed, lines["9001"].uncovered) == (2, 1, 1)
    assert "ยังไม่มีทีมที่ครอบคลุม 1 ครัวเรือน" in client_of(cast.secretary).get(URL).content.decode()
    counts = {
        name: client_of(getattr(cast, name)).get(URL).context["proposal"].waiting
        for name in ("officer", "team_leader", "municipal_officer", "other_officer", "far_secretary")
    }
    assert counts == {
        "officer": 2,
        "team_leader": 1,
        "municipal_officer": 1,
        "other_officer": 1,
        "far_secretary": 0,
    }
    assert client_of(cast.mentor).get(URL).status_code == 403
    assert client_of(cast.officer).get(f"{URL}?count=x&area=40").status_code == 422
