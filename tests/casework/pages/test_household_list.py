"""The list of households: found by name and code, filtered, paged, counted, chosen from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from casework.models import CohortState
from tests.casework.pages.families import family, text_of, this_year, today
from tests.casework.work import INCOME, LIVING
from tests.cast import FAR_VILLAGE, NEXT_VILLAGE, SUBDISTRICT, Cast, client_of

URL = "/households/"


def names_in(client: Client, url: str) -> list[str]:
    """Heads of households in the order of the page."""
    return [row["household"].head_name for row in client.get(url).context["rows"]]


def test_list_shows_households_of_the_area_in_thai_order(cast: Cast) -> None:
    for first in ("แก้ว", "ขวัญ", "เก่า"):
        family(cast, head=("นาง", first, "ใจงาม"))
    family(cast, village=FAR_VILLAGE, team=cast.far_mentor_team, head=("นาง", "ไกล", "ใจงาม"))

    answer = client_of(cast.officer).get(URL)

    assert answer.status_code == 200
    shown = [row["household"].head_name for row in answer.context["rows"]]
    assert shown == ["นางเก่า ใจงาม", "นางแก้ว ใจงาม", "นางขวัญ ใจงาม"]
    assert answer.context["count"] == 3


def test_mentor_sees_the_households_of_the_team_only(cast: Cast) -> None:
    mine = family(cast, team=cast.mentor_team)
    family(cast, team=cast.other_mentor_team)

    assert names_in(client_of(cast.mentor), URL) == [mine.head_name]


def test_name_is_found_without_tone_marks_titles_or_word_breaks(cast: Cast) -> None:
    family(cast, head=("นาง", "ทองดี", "แก้วมณี"))
    family(cast, head=("นาย", "สมหมาย", "หนูคง"))
    client = client_of(cast.officer)

    assert names_in(client, f"{URL}?q=ทองดี") == ["นางทองดี แก้วมณี"]
    assert names_in(client, f"{URL}?q=ทองดีแกวมณี") == ["นางทองดี แก้วมณี"]
    assert names_in(client, f"{URL}?q=นางทองดี แก้วมณี") == ["นางทองดี แก้วมณี"]


def test_household_is_found_by_house_code(cast: Cast) -> None:
    wanted = family(cast, house_code="90070000077")
    family(cast)

    assert names_in(client_of(cast.officer), f"{URL}?q=9007-000007-7") == [wanted.head_name]


def test_filters_narrow_the_list_and_stand_as_chips(cast: Cast) -> None:
    wanted = family(cast, dimensions=INCOME, village=NEXT_VILLAGE)
    family(cast, dimensions=LIVING, village=NEXT_VILLAGE)
    family(cast, dimensions=INCOME, village="90070201")

    answer = client_of(cast.officer).get(f"{URL}?failing=income&area={SUBDISTRICT}")

    assert [row["household"].pk for row in answer.context["rows"]] == [wanted.pk]
    labels = [str(chip.label) for chip in answer.context["chips"]]
    assert labels == ["ต.ระโนด", "ตกเกณฑ์: รายได้"]
    removes = [chip.remove_url for chip in answer.context["chips"]]
    assert removes == ["?failing=income", f"?area={SUBDISTRICT}"]


def test_overdue_and_teamless_households_are_found(cast: Cast) -> None:
    late, teamless = family(cast), family(cast, team=None)
    CohortState.objects.filter(household=late).update(due_on=today() - timedelta(days=1))
    CohortState.objects.filter(household=teamless).update(due_on=today())
    client = client_of(cast.officer)

    assert names_in(client, f"{URL}?overdue=1") == [late.head_name]
    assert names_in(client, f"{URL}?no_team=1") == [teamless.head_name]


def test_wrong_filter_explains_itself_and_shows_the_rest(cast: Cast) -> None:
    family(cast)

    answer = client_of(cast.officer).get(f"{URL}?area=9x&stage=nonsense")

    assert answer.status_code == 200
    assert "รหัสพื้นที่มี 2, 4, 6 หรือ 8 หลัก" in text_of(answer)
    assert answer.context["count"] == 1


def test_empty_list_says_what_to_do_next(cast: Cast) -> None:
    client = client_of(cast.officer)

    assert "ยังไม่มีครัวเรือนในปีงบประมาณนี้" in text_of(client.get(URL))
    assert "ล้างตัวกรองทั้งหมด" in text_of(client.get(f"{URL}?q=ไม่มีใคร"))


def test_pages_follow_each_other_without_a_gap(cast: Cast) -> None:
    for number in range(52):
        family(cast, persons=1, national_ids=False, head=("นาง", f"ก{number:02d}", "ใจงาม"))
    client = client_of(cast.officer)

    first = client.get(f"{URL}?area={SUBDISTRICT}")
    second = client.get(first.context["next_url"])

    assert len(first.context["rows"]) == 50
    assert len(second.context["rows"]) == 2
    assert second.context["count"] == 52
    assert not second.context["next_url"]
    assert "ใจงาม" not in first.context["next_url"]
    assert names_in(client, second.context["previous_url"])[0] == "นางก00 ใจงาม"


def test_past_year_is_its_own_list(cast: Cast) -> None:
    family(cast)

    answer = client_of(cast.officer).get(f"{URL}?fiscal_year={this_year() - 1}")

    assert answer.context["rows"] == []
    assert [str(chip.label) for chip in answer.context["chips"]] == [f"ปีงบประมาณ {this_year() - 1}"]


@pytest.mark.parametrize("rows", [1, 3])
def test_list_takes_the_same_queries_for_any_length(
    cast: Cast, django_assert_num_queries: Any, rows: int
) -> None:
    for _ in range(rows):
        family(cast)
    client = client_of(cast.officer)

    with django_assert_num_queries(9):
        assert len(client.get(URL).context["rows"]) == rows
    with django_assert_num_queries(10):  # and the weights
        assert len(client.get(f"{URL}?sort=priority").context["rows"]) == rows


def test_only_those_who_may_act_are_offered_bulk_acts(cast: Cast) -> None:
    family(cast)

    assert "/assign/?" in text_of(client_of(cast.officer).get(URL))
    for reader in (cast.mentor, cast.executive):
        assert "/assign/?" not in text_of(client_of(reader).get(URL))


@pytest.mark.parametrize("stranger", ["national_viewer", "system_admin"])
def test_roles_without_households_are_refused(cast: Cast, stranger: str) -> None:
    assert client_of(getattr(cast, stranger)).get(URL).status_code == 403
