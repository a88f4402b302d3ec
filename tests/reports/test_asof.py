"""Figures of past days: what had been recorded by then, for every kind of place, list and address."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from casework.inputs import CohortFilters
from casework.models import CohortState
from casework.queries import cohort_count
from casework.rules import stands_at
from povertyops.accounts.actor import system_actor
from povertyops.common.errors import InvalidInput
from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of
from reports.definitions import BY_CODE, WAITS
from reports.models import DayProgress, Figures
from reports.services.asof import days_of_trend, figures_on, moved_between, moves_between, trend
from reports.services.days import close_day, close_days
from reports.services.rollup import full_rollup
from tests.cast import (
    CITY_VILLAGE,
    FAR_CITY_VILLAGE,
    FAR_VILLAGE,
    MUEANG_VILLAGE,
    NEXT_VILLAGE,
    SUBDISTRICT,
    VILLAGE,
    Cast,
    client_of,
)
from tests.reports.world import make_state

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
THEN, LATER = TODAY - timedelta(days=5), TODAY - timedelta(days=3)
YEAR = fiscal_year_of(TODAY)


def numbers(row: Figures | None) -> dict[str, Any]:
    assert row is not None
    names = ("code", "level", "parent_code", "list_kind", *BY_CODE, *WAITS)
    return {name: getattr(row, name) for name in names}


def known(cast: Cast, day: date, **values: Any) -> CohortState:
    return make_state(cast, fiscal_year=YEAR, since=day, **values)


def change(state: CohortState, day: date, **values: Any) -> None:
    CohortState.objects.filter(pk=state.pk).update(since=day, **values)


def test_every_place_on_a_past_day_equals_the_board_of_that_day(cast: Cast) -> None:
    """The same states, counted by the roll-up as of now and looked back at from later."""
    day = TODAY - timedelta(days=1)
    for number, village in enumerate(
        (VILLAGE, VILLAGE, NEXT_VILLAGE, CITY_VILLAGE, MUEANG_VILLAGE, FAR_VILLAGE)
    ):
        lists = {"tpmap": 1 + number * 5 % 31, **({"csr": 2 << number % 3} if number % 2 else {})}
        known(cast, THEN, village=village, lists=lists, relieved=number, recovered=1, stage=number % 3,
              step=1 + number % 7, step_since=THEN, visits=number, baht=Decimal("10.50"))  # fmt: skip
    full_rollup(YEAR)
    centre = str(cast.municipality.pk)
    for code in ("TH", "90", "9001", "9007", SUBDISTRICT, VILLAGE, centre):
        for kind in ("", "tpmap", "csr"):
            now, below_now = figures_on(TODAY, YEAR, code, kind)
            then, below_then = figures_on(day, YEAR, code, kind)
            assert numbers(then) == numbers(now), (code, kind)
            assert {row.code: numbers(row) for row in below_then} == {
                row.code: numbers(row) for row in below_now
            }, (code, kind)
    close_days()
    assert DayProgress.objects.filter(level__gt=2).exclude(level=9).count() == 0
    for code in ("TH", "90"):
        then, below_then = figures_on(day, YEAR, code)
        now, below_now = figures_on(TODAY, YEAR, code)
        assert isinstance(then, DayProgress)
        assert [numbers(then), *map(numbers, below_then)] == [numbers(now), *map(numbers, below_now)]


def test_a_past_day_knows_nothing_of_what_came_later(cast: Cast) -> None:
    state = known(cast, THEN, village=VILLAGE, stage=0)
    change(state, LATER, stage=1, visits=2)
    known(cast, LATER, village=VILLAGE)

    before, at_first, at_last = (
        figures_on(day, YEAR, "90", children=False)[0]
        for day in (THEN - timedelta(days=1), LATER - timedelta(days=1), LATER)
    )

    assert before is None
    assert (at_first.households, at_first.waiting, at_first.survive, at_first.visits) == (1, 1, 0, 0)
    assert (at_last.households, at_last.waiting, at_last.survive, at_last.visits) == (2, 1, 1, 2)


def test_a_year_that_is_over_is_told_as_it_was_known_on_any_later_day(cast: Cast) -> None:
    first, last = date(2025, 9, 20), date(2025, 9, 30)
    state = make_state(cast, village=VILLAGE, fiscal_year=2568, since=first, due_on=date(2025, 9, 25))
    CohortState.objects.filter(pk=state.pk).update(since=date(2025, 11, 2), visits=1)

    figures = {
        day: figures_on(day, 2568, VILLAGE)[0] for day in (first, last, date(2025, 11, 1), date(2025, 11, 2))
    }

    assert [row.overdue for row in figures.values()] == [0, 1, 1, 1]
    assert [row.visits for row in figures.values()] == [0, 0, 0, 1]


def test_a_day_to_come_is_refused_and_today_is_now(cast: Cast) -> None:
    known(cast, TODAY, village=VILLAGE)
    full_rollup(YEAR)
    assert figures_on(TODAY, YEAR, VILLAGE)[0].households == 1
    with pytest.raises(InvalidInput, match="ยังมาไม่ถึง"):
        figures_on(TODAY + timedelta(days=1), YEAR, VILLAGE)


def test_closed_days_catch_up_once_and_stay(cast: Cast, django_assert_num_queries: Any) -> None:
    state = known(cast, THEN, village=VILLAGE)
    change(state, LATER, stage=1)

    assert close_days() == 5
    assert close_days() == 0

    days = DayProgress.objects.filter(code="90", list_kind="", fiscal_year=YEAR).order_by("day")
    assert list(days.values_list("survive", flat=True)) == [0, 0, 1, 1, 1]
    full_rollup(YEAR)
    for code in ("90", VILLAGE):
        day, row = trend(YEAR, code)[-1]
        assert (day, row.survive) == (stands_at(YEAR, TODAY), 1)
    known(cast, TODAY - timedelta(days=200), village=CITY_VILLAGE)
    full_rollup(YEAR)
    for code in (CITY_VILLAGE, str(cast.municipality.pk)):
        with django_assert_num_queries(3 if code == CITY_VILLAGE else 4):
            points = trend(YEAR, code)
        assert len(points) == len(days_of_trend(YEAR, TODAY))
        for day, row in points[:-1]:
            assert numbers(row) | {"parent_code": ""} == numbers(
                figures_on(day, YEAR, code, children=False)[0]
            ) | {"parent_code": ""}


def test_a_history_met_for_the_first_time_is_closed_by_the_week_and_then_by_the_day(cast: Cast) -> None:
    known(cast, TODAY - timedelta(days=60), village=VILLAGE)

    close_days()

    days = sorted(set(DayProgress.objects.values_list("day", flat=True)))
    assert [(one - TODAY).days for one in days[:6]] == [-60, -53, -46, -39, -32, -30]
    assert days[-30:] == [TODAY - timedelta(days=ago) for ago in range(30, 0, -1)]
    points = trend(YEAR, "TH", points=5)
    assert {day for day, _row in points} <= {*days, TODAY}
    assert len(points) >= len(days_of_trend(YEAR, TODAY, 5)) - 1


@pytest.mark.parametrize("change_of", ["known", "changed", "due", "visited", "nothing"])
def test_days_put_down_from_the_day_before_are_those_added_up_one_by_one(cast: Cast, change_of: str) -> None:
    """Each reason for a change alone, over the turn of a year, in one province while the other is quiet."""
    random = Random(change_of)
    first = fiscal_year_bounds(YEAR)[0] - timedelta(days=20)
    days = [first + timedelta(days=number) for number in range((TODAY - first).days)]
    everywhere = (VILLAGE, CITY_VILLAGE, MUEANG_VILLAGE, FAR_VILLAGE, FAR_CITY_VILLAGE)
    for number in range(20):
        village = everywhere[number % 5]
        lists = random.choice([{"tpmap": 5}, {"csr": 2}, {"tpmap": 4, "csr": 3}])
        values: dict[str, Any] = {
            "since": first,
            "step": 3,
            "step_since": first,
            "fiscal_year": YEAR - number // 10,
        }
        day = random.choice(days[1:])
        if village in everywhere[:3] or number == 3:
            values |= {
                "known": {"since": day},
                "due": {"due_on": day},
                "visited": {"last_visit_on": day - timedelta(days=90)},
            }.get(change_of, {})
        state = make_state(cast, village=village, lists=lists, **values)
        if change_of == "changed" and number % 5 < 3:
            change(state, day, stage=1 + number % 3, visits=number)

    closed = close_days()

    def put_down() -> list[Any]:
        order = ("day", "fiscal_year", "list_kind", "code")
        return list(
            DayProgress.objects.order_by(*order).values_list(*order, "level", "parent_code", *BY_CODE, *WAITS)
        )

    from_the_day_before = put_down()
    closed_days = sorted({row[0] for row in from_the_day_before})
    DayProgress.objects.all().delete()
    assert len(closed_days) == closed > 20
    assert all(close_day(day) for day in closed_days)
    assert from_the_day_before == put_down()


def test_time_alone_changes_only_what_is_looked_for_when_a_day_is_put_down_from_another() -> None:
    """A figure that asks for the day needs its place in `asof_sql.CHANGES` and in the turn of days."""
    assert {code for code, figure in BY_CODE.items() if "as_of" in figure.sql} == {"visited_90", "overdue"}
    assert not any("as_of" in waits for waits in WAITS.values())


def test_who_moved_between_two_days_explains_the_difference(cast: Cast) -> None:
    up = known(cast, THEN, village=VILLAGE)
    away = known(cast, THEN, village=VILLAGE)
    still = known(cast, THEN, village=VILLAGE)
    new = known(cast, LATER, village=VILLAGE)
    change(up, LATER, stage=1)
    change(still, LATER, visits=1)
    change(away, LATER, area_code=NEXT_VILLAGE)
    filters = CohortFilters(fiscal_year=YEAR, area=VILLAGE)

    moved = moved_between(system_actor(), filters, THEN, TODAY)

    assert {(row.household_id, row.before, row.after) for row in moved} == {
        (up.household_id, (1, 0), (1, 1)),
        (away.household_id, (1, 0), None),
        (new.household_id, None, (1, 0)),
    }
    assert sum(moves_between(system_actor(), filters, THEN, TODAY).values()) == 3
    assert moved_between(cast.far_secretary, filters, THEN, TODAY) == []
    first = moved_between(system_actor(), filters, THEN, TODAY, limit=1)
    rest = moved_between(
        system_actor(), filters, THEN, TODAY, after=(first[0].sort_key, first[0].household_id)
    )
    assert [*first, *rest] == moved


def test_the_address_of_a_past_day_is_read_in_both_eras(cast: Cast) -> None:
    state = known(cast, THEN, village=VILLAGE)
    change(state, LATER, stage=1)
    client = client_of(cast.secretary)
    buddhist = f"{THEN.year + 543}-{THEN:%m-%d}"
    for text in (THEN.isoformat(), buddhist):
        answer = client.get(f"/api/v1/progress/90/?fiscal_year={YEAR}&as_of={text}").json()
        assert (answer["as_of"], answer["stages"]["waiting"]) == (THEN.isoformat(), 1)
        page = client.get(f"/households/?fiscal_year={YEAR}&as_of={text}&stage=waiting")
        assert page.context["count"] == 1
        assert client.get(f"/households/?fiscal_year={YEAR}&as_of={text}&stage=survive").context["count"] == 0
    future = (TODAY + timedelta(days=1)).isoformat()
    for text in (future, "31/02/2568", "yesterday"):
        answer = client.get("/api/v1/progress/90/", {"as_of": text})
        assert (answer.status_code, answer.json()["code"]) in [(400, "future_day"), (400, "bad_day")]


def test_a_past_list_shows_only_households_in_sight_today(cast: Cast) -> None:
    """Where a household was on the day decides where it is counted; whose it is today, who opens it."""
    state = known(cast, THEN, village=VILLAGE)
    state.household.scope.__class__.objects.filter(household=state.household_id).update(
        province_code="40", district_code="4001", subdistrict_code="400101", area_code=FAR_VILLAGE
    )
    filters = CohortFilters(fiscal_year=YEAR, area="90", as_of=THEN)
    assert cohort_count(system_actor(), filters) == cohort_count(cast.far_secretary, filters) == 1
    assert cohort_count(cast.secretary, filters) == 0
