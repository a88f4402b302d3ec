"""Lists of households: each filter, each scope, few queries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from casework.filters import CohortFilterForm, cohort_filters_of
from casework.inputs import CohortFilters, FindingInput
from casework.models import CohortState
from casework.queries import (
    ORDER,
    Reason,
    cohort_count,
    cohort_list,
    due_list,
    helps_list,
    household_ids,
    persons_list,
    visits_list,
)
from casework.services.after import after_write
from casework.services.cohort import refresh_cohort
from casework.services.helps import record_help
from casework.services.removal import decide_removal, request_removal
from casework.services.verification import verify_persons
from casework.services.visits import record_visit
from households.models import Membership
from povertyops.accounts.actor import system_actor
from povertyops.common.errors import InvalidInput
from povertyops.common.paging import keyset_page
from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of
from tests.casework.work import INCOME, LIVING, MARCH, YEAR, a_help, a_visit, an_item, in_care
from tests.cast import (
    CITY_VILLAGE,
    FAR_VILLAGE,
    MUEANG_VILLAGE,
    NEXT_VILLAGE,
    VILLAGE,
    Cast,
    make_case,
    make_household,
    make_listing,
)

THIS_YEAR = fiscal_year_of(timezone.localdate())


def found(actor, query: str = "") -> set:
    filters = cohort_filters_of(QueryDict(f"fiscal_year={YEAR}&{query}"), today=timezone.localdate())
    rows = list(cohort_list(actor, filters))
    assert cohort_count(actor, filters) == len(rows) == len(household_ids(actor, filters))
    return {row.household_id for row in rows}


@pytest.fixture
def world(cast: Cast) -> dict:
    """Households a to e: two villages of a district, its other district, a municipality, another province."""
    return {
        "a": in_care(cast, head=("นาง", "ทองดี", "ใจงาม"), house_code="90070000001", house_no="12/3"),
        "b": in_care(cast, village=NEXT_VILLAGE, dimensions=LIVING | INCOME, team=None, kind="csr"),
        "c": in_care(cast, village=MUEANG_VILLAGE, team=None),
        "d": in_care(cast, village=CITY_VILLAGE, team=cast.municipal_mentor_team),
        "e": in_care(cast, village=FAR_VILLAGE, team=cast.far_mentor_team),
    }


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("secretary", "abcd"),
        ("executive", "abcd"),
        ("officer", "ab"),
        ("other_officer", "cd"),
        ("municipal_officer", "d"),
        ("team_member", "ab"),
        ("mentor", "a"),
        ("municipal_mentor", "d"),
        ("far_secretary", "e"),
        ("far_mentor", "e"),
        ("other_mentor", ""),
        ("national_viewer", ""),
        ("system_admin", ""),
        ("nobody", ""),
    ],
)
def test_each_role_sees_its_own(cast: Cast, world: dict, who: str, sees: str) -> None:
    assert found(cast.people[who]) == {world[name].pk for name in sees}


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("area=90", "abcd"),
        ("area=9007", "ab"),
        ("area=900701", "ab"),
        (f"area={VILLAGE}", "a"),
        ("area=40", ""),
        ("area=TH", "abcd"),
        ("failing=income", "b"),
        ("failing=living&failing=income", "b"),
        ("failing=health", ""),
        ("list=csr", "b"),
        ("list=csr&failing=income", "b"),
        ("list=tpmap&failing=income", ""),
        ("stage=waiting", "abcd"),
        ("stage=survive", ""),
        ("no_team=1", "bc"),
        ("membership=listed", "abcd"),
        ("membership=found", ""),
        ("membership=carried", ""),
        ("overdue=1", "abcd"),
        ("visited_90=1", ""),
        ("helped=1", ""),
        ("removed=1", ""),
        ("verified=1", "abcd"),
        ("checked=1", ""),
        ("proposed=1", ""),
        ("q=ทองดี", "a"),
        ("q=นางทองดีใจ", "a"),
        ("q=ทอ", "a"),
        ("q=90070000001", "a"),
        ("q=๑๒/๓", "a"),
        ("q=!!", ""),
    ],
)
def test_each_filter_keeps_its_own(cast: Cast, world: dict, query: str, rows: str) -> None:
    kept = found(cast.secretary, query)
    if query.startswith("q=ทอ"):
        kept &= {world[name].pk for name in "a"}
    assert kept == {world[name].pk for name in rows}


def test_filters_that_follow_the_work(cast: Cast, world: dict) -> None:
    a, b = world["a"], world["b"]
    record_help(actor=cast.mentor, help=a_help(an_item(), a))
    record_visit(actor=cast.mentor, visit=a_visit(a, day=date(2025, 9, 1), next_visit_on=date(2025, 10, 15)))
    removal = request_removal(
        actor=cast.officer, household_id=b.pk, reason="moved", note="ย้าย", effective_on=MARCH
    )
    decide_removal(actor=cast.secretary, removal_id=removal.pk, accept=True)
    for row in Membership.objects.filter(household=a):
        verify_persons(
            actor=cast.officer,
            household_id=a.pk,
            findings=[FindingInput(person_id=row.person_id, status="correct")],
            effective_on=MARCH,
        )

    for query in ("helped=1", "visited_90=1", "relieved=living", "stage=survive", "checked=1"):
        assert found(cast.officer, query) == {a.pk}, query
    assert found(cast.officer, "removed=1") == {b.pk}
    assert found(cast.officer, "verified=1") == {a.pk}
    assert found(cast.officer, "overdue=1") == set()
    assert found(cast.officer, "no_team=1") == set()
    assert found(cast.officer, f"team={cast.mentor_team.pk}") == {a.pk}
    assert found(cast.officer, "recovered=living") == set()


def test_municipal_centre_narrows_to_its_households(cast: Cast, world: dict) -> None:
    assert found(cast.secretary, f"centre={cast.municipality.pk}") == {world["d"].pk}


def test_list_narrows_failing_to_its_own_dimensions(cast: Cast) -> None:
    household = make_household(cast)
    make_listing(household, dimensions=LIVING, kind="csr")
    make_listing(household, dimensions=INCOME, kind="tpmap")
    make_case(household)
    refresh_cohort([household.pk])

    assert found(cast.officer, "list=csr&failing=living") == {household.pk}
    assert found(cast.officer, "list=csr&failing=income") == set()
    assert found(cast.officer, "failing=income") == {household.pk}


def test_carried_rows_stand_beside_the_cohort(cast: Cast) -> None:
    household = in_care(cast)
    asked = {"fiscal_year": YEAR + 1}

    assert cohort_count(cast.officer, CohortFilters(**asked)) == 0
    carried = cohort_list(cast.officer, CohortFilters(**asked, membership="carried"))
    assert [row.household_id for row in carried] == [household.pk]


@pytest.mark.parametrize(
    "query",
    [
        "fiscal_year=x",
        "area=9",
        "area=90'--",
        "failing=luck",
        "stage=top",
        "centre=1",
        "team=x",
        "membership=some",
        "list=a b",
    ],
)
def test_wrong_filter_explains_itself_and_a_page_leaves_it_out(cast: Cast, query: str) -> None:
    today = timezone.localdate()
    with pytest.raises(InvalidInput) as refusal:
        cohort_filters_of(QueryDict(query), today=today)
    assert refusal.value.code == "bad_filter"
    assert CohortFilterForm(QueryDict(query), today=today).cohort_filters.fiscal_year == fiscal_year_of(today)


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_of_the_list_takes_one_query(cast: Cast, number: int) -> None:
    for _ in range(number):
        in_care(cast)
    cast.secretary.reach  # noqa: B018 - computed once a request

    with CaptureQueriesContext(connection) as captured:
        page = keyset_page(cohort_list(cast.secretary, CohortFilters(fiscal_year=YEAR)), ORDER)
        assert all(row.household.head_name for row in page.rows)

    assert len(captured) == 1


def test_persons_visits_and_helps_follow_scope_list_and_year(cast: Cast, world: dict) -> None:
    a = world["a"]
    record_visit(actor=cast.mentor, visit=a_visit(a, helps=(a_help(an_item()),)))
    first = Membership.objects.filter(household=a).first().person_id
    verify_persons(
        actor=cast.officer,
        household_id=a.pk,
        findings=[FindingInput(person_id=first, status="died")],
        effective_on=MARCH,
    )

    def counts(actor, **values):
        filters = CohortFilters(**{"fiscal_year": YEAR, **values})
        return [len(rows(actor, filters)) for rows in (persons_list, visits_list, helps_list)]

    assert counts(cast.secretary) == [8, 1, 1]
    assert counts(cast.secretary, list_kind="csr") == [2, 0, 0]
    assert counts(cast.secretary, verified=True) == [7, 1, 1]
    assert counts(cast.secretary, checked=True, area="9007")[0] == 1
    assert counts(cast.far_secretary) == [2, 0, 0]
    assert counts(cast.secretary, fiscal_year=YEAR + 1) == [0, 0, 0]


def test_person_on_two_lists_counts_once(cast: Cast) -> None:
    household = in_care(cast)
    make_listing(household, kind="csr")
    refresh_cohort([household.pk])

    assert len(persons_list(cast.officer, CohortFilters(fiscal_year=YEAR))) == 2
    assert CohortState.objects.get(fiscal_year=YEAR).persons == 2


# -------------------------------------------------------------------------------- whom to see today


def test_due_list_gives_the_most_urgent_reason_first(cast: Cast) -> None:
    today, start = timezone.localdate(), fiscal_year_bounds(THIS_YEAR)[0] - timedelta(days=366)
    promised, slipped, over, new, later = (make_household(cast, team=cast.mentor_team) for _ in range(5))
    for household in (promised, slipped, over, new, later):
        make_listing(household, fiscal_year=THIS_YEAR - (household is not new), dimensions=LIVING)
        make_case(household, opened_on=today if household is new else start)
    system, item = system_actor(), an_item()
    after_write(actor=system, household_ids=[each.pk for each in (new, over)], since=start)
    yesterday = today - timedelta(days=1)
    record_help(actor=system, help=a_help(item, promised, given_on=yesterday, status="promised"))
    record_help(actor=system, help=a_help(item, slipped, given_on=start + timedelta(days=9)))
    record_visit(
        actor=system,
        visit=a_visit(later, day=yesterday, next_visit_on=today + timedelta(days=60)),
    )
    seen = a_visit(slipped, day=start + timedelta(days=12), next_visit_on=today + timedelta(days=60))
    record_visit(actor=system, visit=seen)
    make_listing(slipped, fiscal_year=THIS_YEAR, dimensions=LIVING)
    after_write(actor=system, household_ids=[slipped.pk, later.pk], since=start)

    items = due_list(cast.mentor)

    assert [item.reason for item in items] == [
        Reason.PROMISED,
        Reason.OVERDUE,
        Reason.NEW,
        Reason.SLIPPED,
        Reason.LATER,
    ]
    assert [item.household for item in items] == [promised, over, new, slipped, later]
    assert items[0].promises == 1
    assert items[4].days_over(today) == -60
    assert due_list(cast.other_mentor) == []


@pytest.mark.parametrize("number", [1, 3])
def test_due_list_takes_five_queries(cast: Cast, number: int) -> None:
    for _ in range(number):
        in_care(cast)

    with CaptureQueriesContext(connection) as captured:
        assert len(due_list(cast.mentor)) == number

    assert len(captured) == 5
