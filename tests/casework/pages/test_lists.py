"""The lists behind the other numbers of a board: persons, visits, help."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.services.helps import record_help
from casework.services.visits import record_visit
from tests.casework.pages.families import family, text_of, this_year, today
from tests.casework.work import INCOME, LIVING, a_help, a_visit, an_item
from tests.cast import FAR_VILLAGE, Cast, client_of, demo_pin

LISTS = ("/persons/", "/visits/", "/helps/")


def busy(cast: Cast, **values: Any) -> Any:
    household = family(cast, **values)
    record_visit(actor=cast.mentor, visit=a_visit(household, day=today() - timedelta(days=1), note="พบยาย"))
    record_help(actor=cast.mentor, help=a_help(an_item(), household, given_on=today()))
    return household


def test_visits_and_helps_are_listed_with_what_they_say(cast: Cast) -> None:
    household = busy(cast)
    client = client_of(cast.officer)

    visits, helps = client.get("/visits/"), client.get("/helps/")

    assert (visits.context["count"], helps.context["count"]) == (1, 1)
    assert household.head_name in text_of(visits)
    assert "พบยาย" in text_of(visits)
    assert "พมจ.สงขลา" in text_of(helps)
    assert "3,000" in text_of(helps)


def test_persons_are_listed_once_with_masked_ids(cast: Cast) -> None:
    household = family(cast, persons=3)

    answer = client_of(cast.officer).get("/persons/")

    assert answer.context["count"] == 3
    person = household.memberships.first().person
    assert demo_pin(person) not in text_of(answer)
    assert "-xxxxx-" in text_of(answer)


def test_filters_of_the_household_list_hold_here_too(cast: Cast) -> None:
    busy(cast, dimensions=LIVING)
    busy(cast, dimensions=INCOME)
    client = client_of(cast.officer)

    for url in LISTS:
        answer = client.get(f"{url}?failing=income")
        assert answer.context["count"] * 2 == client.get(url).context["count"]
        assert [str(chip.label) for chip in answer.context["chips"]] == ["ตกเกณฑ์: รายได้"]


def test_another_year_is_empty_and_says_so(cast: Cast) -> None:
    busy(cast)
    client = client_of(cast.officer)

    for url in LISTS:
        answer = client.get(f"{url}?fiscal_year={this_year() - 3}")
        assert answer.context["count"] == 0
        assert "ล้างตัวกรองทั้งหมด" in text_of(answer)


def test_rows_of_another_area_are_absent(cast: Cast) -> None:
    busy(cast)
    client = client_of(cast.far_officer)

    assert [client.get(url).context["count"] for url in LISTS] == [0, 0, 0]


def test_exports_carry_the_filters(cast: Cast) -> None:
    busy(cast)

    page = text_of(client_of(cast.officer).get("/visits/?failing=living"))

    assert "/exports/visits.csv?failing=living" in page


@pytest.mark.parametrize(("url", "queries"), [("/persons/", 10), ("/visits/", 9), ("/helps/", 9)])
@pytest.mark.parametrize("rows", [1, 3])
def test_lists_take_the_same_queries_for_any_length(
    cast: Cast, django_assert_num_queries: Any, url: str, queries: int, rows: int
) -> None:
    for _ in range(rows):
        busy(cast)
    client = client_of(cast.officer)

    with django_assert_num_queries(queries):
        client.get(url)


@pytest.mark.parametrize("url", LISTS)
def test_roles_without_households_are_refused(cast: Cast, url: str) -> None:
    assert client_of(cast.national_viewer).get(url).status_code == 403


def test_far_village_filter_shows_nothing_of_it(cast: Cast) -> None:
    busy(cast, village=FAR_VILLAGE, team=cast.mentor_team)

    assert client_of(cast.officer).get(f"/visits/?area={FAR_VILLAGE[:4]}").context["count"] == 0
