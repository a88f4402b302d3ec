"""The field check: villages by what is left, the table of one village, one save for all of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from casework.models import CohortState
from households.models import Household, Membership, Verification
from tests.casework.pages.families import family, text_of, this_year, today, typed
from tests.cast import CITY_VILLAGE, FAR_VILLAGE, NEXT_SUBDISTRICT_VILLAGE, VILLAGE, Cast, client_of

URL = f"/verify/{VILLAGE}/"


def people_of(household: Household) -> list[Any]:
    return list(
        Membership.objects.filter(household=household)
        .order_by("position")
        .values_list("person_id", flat=True)
    )


def answers(*pairs: tuple[Any, str], **values: Any) -> dict[str, Any]:
    found = {f"{person}-status": status for person, status in pairs}
    return {"save": "changed", "effective_on": typed(today()), **found, **values}


def test_villages_stand_by_what_is_left(cast: Cast) -> None:
    done, open_ = family(cast, village=NEXT_SUBDISTRICT_VILLAGE), family(cast)
    client = client_of(cast.officer)
    client.post(f"/verify/{NEXT_SUBDISTRICT_VILLAGE}/", answers(*((pk, "correct") for pk in people_of(done))))

    rows = client.get("/verify/").context["rows"]

    assert [(row.area.code, row.persons, row.checked) for row in rows] == [
        (open_.area_code, 2, 0),
        (NEXT_SUBDISTRICT_VILLAGE, 2, 2),
    ]


def test_secretary_goes_down_by_district(cast: Cast) -> None:
    family(cast)
    client = client_of(cast.secretary)

    districts = client.get("/verify/").context["rows"]
    villages = client.get("/verify/?area=9007").context["rows"]

    assert [row.area.code for row in districts] == ["9007"]
    assert [row.area.code for row in villages] == [VILLAGE]


def test_whole_table_is_saved_at_once(cast: Cast) -> None:
    first, second = family(cast), family(cast)
    sent = answers((people_of(first)[0], "correct"), (people_of(second)[1], "moved"))
    sent[f"{people_of(second)[1]}-note"] = "ไปหาดใหญ่"

    answer = client_of(cast.officer).post(URL, sent, follow=True)

    assert "บันทึกผลตรวจสอบแล้ว 2 คน" in text_of(answer)
    found = {row.person_id: (row.status, row.note) for row in Verification.objects.all()}
    assert found == {people_of(first)[0]: ("correct", ""), people_of(second)[1]: ("moved", "ไปหาดใหญ่")}


def test_unchanged_rows_are_not_written_again(cast: Cast) -> None:
    household = family(cast)
    one, two = people_of(household)
    client = client_of(cast.officer)
    client.post(URL, answers((one, "correct")))

    client.post(URL, answers((one, "correct"), (two, "correct")))

    assert Verification.objects.count() == 2


def test_rest_can_be_set_in_one_go(cast: Cast) -> None:
    household = family(cast, persons=4)
    died = people_of(household)[3]

    client_of(cast.officer).post(URL, answers((died, "died"), save="rest"))

    assert Verification.objects.filter(status="correct").count() == 3
    state = CohortState.objects.get(household=household, fiscal_year=this_year())
    assert (state.checked_persons, state.verified_persons) == (4, 3)


@pytest.mark.parametrize(
    ("status", "day", "said"),
    [
        ("corrected", typed(today()), "เมื่อแก้ไขข้อมูลแล้ว โปรดบันทึกว่าแก้อะไร"),
        ("correct", typed(today() + timedelta(days=1)), "วันที่ตรวจสอบต้องไม่อยู่ในอนาคต"),
        ("correct", "", "โปรดใส่วันที่"),
        ("nonsense", typed(today()), "nonsense"),
    ],
)
def test_bad_input_explains_itself(cast: Cast, status: str, day: str, said: str) -> None:
    person = people_of(family(cast))[0]

    answer = client_of(cast.officer).post(URL, answers((person, status), effective_on=day))

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Verification.objects.exists()


def test_nothing_changed_is_said(cast: Cast) -> None:
    family(cast)

    answer = client_of(cast.officer).post(URL, answers())

    assert answer.status_code == 422
    assert "ยังไม่ได้เลือกผลการตรวจสอบของบุคคลใด" in text_of(answer)


def test_ticked_households_get_a_table_of_their_own(cast: Cast) -> None:
    wanted, other = family(cast), family(cast)
    client = client_of(cast.officer)
    opened = client.post("/verify/", {"household": [str(wanted.pk)]})

    sent = {**answers((people_of(wanted)[0], "correct")), "household": [str(wanted.pk)]}
    saved = client.post("/verify/", sent)

    assert len(opened.context["lines"]) == 2
    assert other.head_name not in text_of(opened)
    assert saved.url == "/households/"
    assert Verification.objects.get().person_id == people_of(wanted)[0]


def test_persons_of_other_households_in_the_body_are_ignored(cast: Cast) -> None:
    family(cast)
    far = family(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)

    client_of(cast.officer).post(URL, answers((people_of(far)[0], "died")))

    assert not Verification.objects.exists()


def test_municipal_rows_are_read_only_for_the_district(cast: Cast) -> None:
    household = family(cast, village=CITY_VILLAGE, team=cast.municipal_mentor_team)
    url = f"/verify/{CITY_VILLAGE}/"
    client = client_of(cast.other_officer)

    assert "เทศบาลเป็นผู้บันทึก" in text_of(client.get(url))
    client.post(url, answers((people_of(household)[0], "died")))

    assert not Verification.objects.exists()


def test_village_out_of_sight_is_not_found(cast: Cast) -> None:
    family(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)
    client = client_of(cast.officer)

    assert client.get(f"/verify/{FAR_VILLAGE}/").status_code == 404
    assert client.get("/verify/?area=40").status_code == 404
    assert client.get("/verify/99999999/").status_code == 404


def test_executive_is_refused(cast: Cast) -> None:
    assert client_of(cast.executive).get("/verify/").status_code == 403


@pytest.mark.parametrize("rows", [1, 3])
def test_table_takes_the_same_queries_for_any_length(
    cast: Cast, django_assert_num_queries: Any, rows: int
) -> None:
    for _ in range(rows):
        family(cast)
    client = client_of(cast.officer)

    with django_assert_num_queries(11):
        client.get(URL)
