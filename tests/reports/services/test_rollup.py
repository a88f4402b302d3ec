"""Adding up: a full pass, marks drained one by one, and a plain count in Python agree."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from casework.enums import Membership
from casework.models import CohortState
from casework.rules import stands_at
from povertyops.common.dirty import mark_dirty
from povertyops.common.models import DirtyMark
from povertyops.common.thai import fiscal_year_of
from reports.definitions import BY_CODE
from reports.models import AreaProgress, RollupRun
from reports.services.rollup import drain_marks, full_rollup
from tests.cast import (
    CITY_VILLAGE,
    FAR_CITY_VILLAGE,
    FAR_VILLAGE,
    MUEANG_VILLAGE,
    NEXT_SUBDISTRICT_VILLAGE,
    NEXT_VILLAGE,
    VILLAGE,
    Cast,
)
from tests.reports.world import LAST_DAY, YEAR, make_state

VILLAGES = (
    VILLAGE,
    NEXT_VILLAGE,
    NEXT_SUBDISTRICT_VILLAGE,
    CITY_VILLAGE,
    MUEANG_VILLAGE,
    FAR_VILLAGE,
    FAR_CITY_VILLAGE,
)
pytestmark = pytest.mark.django_db


def progress(code: str, list_kind: str = "", year: int = YEAR) -> AreaProgress:
    return AreaProgress.objects.get(fiscal_year=year, code=code, list_kind=list_kind)


def all_figures() -> dict[tuple[str, str], dict[str, Any]]:
    shown = (*BY_CODE, "level", "parent_code")
    return {
        (row.list_kind, row.code): {name: getattr(row, name) for name in shown}
        for row in AreaProgress.objects.all()
    }


def mark(state: CohortState) -> None:
    mark_dirty([(state.fiscal_year, state.area_code, state.centre_id if state.is_municipal else None)])


def test_full_rollup_adds_up_to_every_level(cast: Cast) -> None:
    make_state(cast, village=VILLAGE, stage=1, relieved=4, visits=2, helps=1, baht=Decimal("3000.50"))
    make_state(cast, village=NEXT_VILLAGE, persons=3)
    make_state(cast, village=FAR_VILLAGE)

    full_rollup(YEAR)

    assert progress(VILLAGE).households == 1
    assert progress("900701").households == 2
    assert progress("900701").persons == 5
    assert progress("9007").survive == 1
    assert progress("90").relieved_education == 1
    assert progress("90").failing_education == 2
    assert progress("TH").households == 3
    assert progress("TH").baht == Decimal("3000.50")
    assert progress("90").parent_code == "TH"
    assert progress("TH").parent_code == ""


def test_municipal_households_count_in_their_district_and_once_more_as_of_which(cast: Cast) -> None:
    make_state(cast, village=CITY_VILLAGE)
    make_state(cast, village=MUEANG_VILLAGE)

    full_rollup(YEAR)

    centre = progress(str(cast.municipality.pk))
    assert (centre.level, centre.parent_code, centre.households) == (9, "9001", 1)
    assert progress("9001").households == 2
    assert progress("90").households == 2


def test_a_list_narrows_dimensions_and_persons_to_what_it_says(cast: Cast) -> None:
    make_state(
        cast,
        village=VILLAGE,
        lists={"tpmap": 2, "csr": 8},
        relieved=10,
        recovered=2,
        list_persons=[2, 1],
        list_verified_persons=[2, 0],
    )
    make_state(cast, village=VILLAGE, lists={"csr": 2})

    full_rollup(YEAR)

    whole, narrowed = progress("90"), progress("90", "csr")
    assert (whole.failing_living, whole.failing_income, whole.persons) == (2, 1, 4)
    assert (narrowed.failing_living, narrowed.failing_income, narrowed.persons) == (1, 1, 3)
    assert (narrowed.verified_persons, whole.verified_persons) == (2, 4)
    assert (narrowed.relieved_living, narrowed.relieved_income) == (0, 1)
    assert progress("90", "tpmap").recovered_living == 1


def test_carried_households_stay_outside_the_cohort(cast: Cast) -> None:
    make_state(cast, village=VILLAGE, lists={}, membership=Membership.CARRIED, visits=1, team_id=None)
    make_state(cast, village=VILLAGE, lists={}, membership=Membership.CARRIED, is_open=False)

    full_rollup(YEAR)

    row = progress(VILLAGE)
    assert (row.households, row.carried, row.visits, row.without_team, row.persons) == (0, 1, 1, 0, 0)


def test_a_removed_household_stays_listed_but_not_verified(cast: Cast) -> None:
    make_state(cast, village=VILLAGE, is_removed=True, is_open=False)
    make_state(cast, village=VILLAGE)

    full_rollup(YEAR)

    row = progress(VILLAGE)
    assert (row.households, row.verified_households, row.waiting) == (2, 1, 2)
    assert (row.persons, row.verified_persons, row.without_team) == (4, 2, 1)


def test_a_past_year_stands_at_its_last_day(cast: Cast) -> None:
    make_state(cast, village=VILLAGE, due_on=LAST_DAY, last_visit_on=LAST_DAY - timedelta(days=90))
    make_state(cast, village=VILLAGE, due_on=LAST_DAY - timedelta(days=1), last_visit_on=date(2025, 7, 1))

    full_rollup(YEAR)

    assert RollupRun.objects.get(fiscal_year=YEAR).as_of == LAST_DAY
    assert (progress(VILLAGE).overdue, progress(VILLAGE).visited_90) == (1, 1)


def test_drain_recomputes_marked_leaves_and_everything_above(cast: Cast) -> None:
    state = make_state(cast, village=CITY_VILLAGE)
    make_state(cast, village=VILLAGE)
    full_rollup(YEAR)
    state.stage = 1
    state.save(update_fields=["stage"])
    mark(state)

    assert drain_marks() == 1

    assert not DirtyMark.objects.exists()
    for code in (CITY_VILLAGE, "900101", "9001", "90", "TH", str(cast.municipality.pk)):
        assert progress(code).survive == 1, code
    assert progress("TH").households == 2
    assert drain_marks() == 0


def test_drain_forgets_a_village_whose_last_household_moved_away(cast: Cast) -> None:
    state = make_state(cast, village=FAR_CITY_VILLAGE)
    full_rollup(YEAR)
    mark(state)
    CohortState.objects.filter(pk=state.pk).update(
        province_code="90",
        district_code="9007",
        subdistrict_code="900701",
        area_code=VILLAGE,
        centre_id=cast.district_centre.pk,
        is_municipal=False,
    )
    state.refresh_from_db()
    mark(state)

    drain_marks()

    assert set(AreaProgress.objects.filter(list_kind="").values_list("code", flat=True)) == {
        "TH",
        "90",
        "9007",
        "900701",
        VILLAGE,
    }


@pytest.mark.parametrize("leaves", [1, 3, 12])
def test_drain_takes_a_fixed_number_of_queries(
    cast: Cast, leaves: int, django_assert_num_queries: Any
) -> None:
    for number in range(leaves):
        mark(make_state(cast, village=VILLAGES[number % len(VILLAGES)]))
    with django_assert_num_queries(20):  # two of them open and close the transaction
        drain_marks()


def test_full_rollup_takes_a_fixed_number_of_queries(cast: Cast, django_assert_num_queries: Any) -> None:
    for village in VILLAGES:
        make_state(cast, village=village)
    with django_assert_num_queries(19):
        full_rollup(YEAR)


def test_a_new_day_makes_visits_fall_due_without_any_write(cast: Cast) -> None:
    year = fiscal_year_of(timezone.localdate())
    today = stands_at(year, timezone.localdate())
    make_state(cast, village=VILLAGE, fiscal_year=year, due_on=today - timedelta(days=1))
    make_state(cast, village=NEXT_VILLAGE, fiscal_year=year, last_visit_on=today - timedelta(days=91))
    full_rollup(year)
    AreaProgress.objects.filter(overdue__gt=0).update(overdue=0)
    AreaProgress.objects.filter(code__in=[NEXT_VILLAGE, "TH"]).update(visited_90=1)
    RollupRun.objects.filter(fiscal_year=year).update(as_of=today - timedelta(days=1))

    drain_marks()

    assert RollupRun.objects.get(fiscal_year=year).as_of == today
    assert progress("TH", year=year).overdue == 1
    assert progress("TH", year=year).visited_90 == 0


def random_state(cast: Cast, random: Random, village: str) -> CohortState:
    masks = {kind: random.randrange(32) for kind in ("tpmap", "csr", "mso") if random.random() < 0.5}
    baseline = 0
    for mask in masks.values():
        baseline |= mask
    carried = not masks
    persons = random.randint(1, 3)
    return make_state(
        cast,
        village=village,
        lists=masks,
        persons=persons,
        membership=Membership.CARRIED if carried else random.choice([Membership.LISTED, Membership.FOUND]),
        relieved=baseline & random.randrange(32),
        recovered=baseline & random.randrange(32),
        stage=random.randrange(4),
        proposed_stage=random.choice([None, 2]),
        is_open=random.random() < 0.8,
        is_removed=random.random() < 0.2,
        checked_persons=random.randint(0, persons),
        last_visit_on=random.choice([None, LAST_DAY - timedelta(days=random.randint(0, 200))]),
        due_on=random.choice([None, LAST_DAY + timedelta(days=random.randint(-5, 5))]),
        visits=random.randrange(5),
        helps=random.randrange(3),
        baht=Decimal(random.randrange(100_000)) / 100,
    )


def test_random_households_drained_equal_a_full_pass_and_a_plain_count(cast: Cast) -> None:
    random = Random(2568)
    for _turn in range(60):
        mark(random_state(cast, random, random.choice(VILLAGES)))
        if random.random() < 0.2:
            drain_marks()
    drain_marks()
    drained = all_figures()

    AreaProgress.objects.all().delete()
    full_rollup(YEAR)

    assert drained == all_figures()
    areas = AreaProgress.objects.filter(list_kind="", level__lte=4)
    assert dict(areas.values_list("code", "households")) == plain_households()


def plain_households() -> dict[str, int]:
    counted: Counter[str] = Counter()
    for state in CohortState.objects.all():
        in_cohort = int(state.membership != Membership.CARRIED)
        for code in (state.area_code, state.subdistrict_code, state.district_code, state.province_code, "TH"):
            counted[code] += in_cohort
    return dict(counted)


def test_a_second_full_pass_leaves_equal_rows_alone(cast: Cast) -> None:
    make_state(cast, village=VILLAGE)
    full_rollup(YEAR)
    AreaProgress.objects.update(refreshed_at="2025-01-01T00:00+07:00")

    full_rollup(YEAR)

    assert not AreaProgress.objects.filter(refreshed_at__year=2026).exists()
