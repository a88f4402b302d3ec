"""The boards: figures in reach, worst first, every number a way to its list, a fixed number of queries."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from casework.enums import Membership
from povertyops.areas.enums import NATION
from reports.services.rollup import full_rollup
from tests.cast import (
    CITY_VILLAGE,
    FAR_VILLAGE,
    MUEANG_VILLAGE,
    NEXT_SUBDISTRICT_VILLAGE,
    NEXT_VILLAGE,
    RANOT,
    SONGKHLA,
    SUBDISTRICT,
    VILLAGE,
    Cast,
    client_of,
)
from tests.reports.world import YEAR, make_state

pytestmark = pytest.mark.django_db


def page(client: Client, code: str, **query: str) -> str:
    response = client.get(reverse("board", args=[code]), {"fiscal_year": str(YEAR), **query})
    assert response.status_code == 200
    return response.content.decode()


def table_of(html: str) -> str:
    return html[html.index('<table class="table table--pinned">') :].split("</table>", 1)[0]


def heads_of_rows(html: str) -> list[str]:
    rows = re.findall(r'<th scope="row">(.*?)</th>', table_of(html), re.DOTALL)
    return [re.sub(r"<[^>]+>", "", row).strip() for row in rows]


def test_home_leads_to_ones_own_board(cast: Cast) -> None:
    for actor, url in (
        (cast.secretary, reverse("board", args=[SONGKHLA])),
        (cast.officer, reverse("board", args=[RANOT])),
        (cast.national_viewer, reverse("board", args=[NATION])),
        (cast.municipal_officer, reverse("board_centre", args=[cast.municipality.pk])),
    ):
        assert client_of(actor).get(reverse("board_home")).headers["Location"] == url


def test_an_area_outside_ones_reach_is_not_found(cast: Cast) -> None:
    make_state(cast, village=FAR_VILLAGE)
    full_rollup(YEAR)
    client = client_of(cast.officer)
    assert client.get(reverse("board", args=["40"])).status_code == 404
    assert client.get(reverse("board", args=[SONGKHLA])).status_code == 404
    assert client.get(reverse("board", args=["99"])).status_code == 404


def test_a_mentor_has_no_board(cast: Cast) -> None:
    assert client_of(cast.mentor).get(reverse("board", args=[RANOT])).status_code == 403


def test_rows_come_worst_first_with_municipal_centres_under_their_district(cast: Cast) -> None:
    make_state(cast, village=VILLAGE, stage=1)
    make_state(cast, village=CITY_VILLAGE)
    make_state(cast, village=MUEANG_VILLAGE, stage=1)
    full_rollup(YEAR)

    html = page(client_of(cast.secretary), SONGKHLA)

    assert heads_of_rows(html) == ["อ.เมืองสงขลา", "ในจำนวนนี้ ศจพ.ทน.สงขลา", "อ.ระโนด", "รวม"]


def test_rows_can_be_put_in_another_order(cast: Cast) -> None:
    make_state(cast, village=VILLAGE, stage=1)
    make_state(cast, village=VILLAGE, stage=1)
    make_state(cast, village=NEXT_SUBDISTRICT_VILLAGE)
    full_rollup(YEAR)
    client = client_of(cast.officer)

    assert heads_of_rows(page(client, RANOT)) == ["ต.คลองแดน", "ต.ระโนด", "รวม"]
    assert heads_of_rows(page(client, RANOT, sort="-households")) == ["ต.ระโนด", "ต.คลองแดน", "รวม"]
    assert heads_of_rows(page(client, RANOT, sort="password")) == ["ต.คลองแดน", "ต.ระโนด", "รวม"]


def test_a_village_leads_to_its_households(cast: Cast) -> None:
    make_state(cast, village=VILLAGE)
    full_rollup(YEAR)

    html = page(client_of(cast.officer), SUBDISTRICT)

    assert f'{reverse("household_list")}?area={VILLAGE}&amp;fiscal_year={YEAR}"' in html


def test_the_national_viewer_sees_numbers_without_lists_and_no_village(cast: Cast) -> None:
    make_state(cast, village=VILLAGE)
    full_rollup(YEAR)
    client = client_of(cast.national_viewer)

    for code in (NATION, SONGKHLA, RANOT, SUBDISTRICT):
        html = page(client, code)
        assert reverse("household_list") not in html.split("<main", 1)[1]
    assert heads_of_rows(html) == ["ต.ระโนด"]
    assert client.get(reverse("board", args=[VILLAGE])).status_code == 404


def test_a_list_narrows_the_whole_board(cast: Cast) -> None:
    make_state(cast, village=VILLAGE, lists={"tpmap": 2})
    make_state(cast, village=NEXT_VILLAGE, lists={"csr": 8})
    full_rollup(YEAR)

    html = page(client_of(cast.officer), SUBDISTRICT, list="csr")

    assert heads_of_rows(html) == ["หมู่ 2 บ้านหัวเปลว", "รวม"]
    assert f"fiscal_year={YEAR}&amp;list=csr" in html


def test_household_dimensions_are_told_apart_from_households(cast: Cast) -> None:
    make_state(cast, village=VILLAGE, lists={"tpmap": 2 | 8})
    full_rollup(YEAR)

    assert "ครัวเรือน-มิติ รวม 2 จาก 1 ครัวเรือน" in page(client_of(cast.officer), VILLAGE)


def test_an_area_without_households_says_what_to_do_next(cast: Cast) -> None:
    html = client_of(cast.secretary).get(reverse("board", args=[SONGKHLA])).content.decode()

    assert "ยังไม่มีครัวเรือนเป้าหมายในพื้นที่นี้" in html


@pytest.mark.parametrize("rows", [1, 3])
def test_a_board_takes_a_fixed_number_of_queries(
    cast: Cast, rows: int, django_assert_num_queries: Any
) -> None:
    for village in (VILLAGE, NEXT_SUBDISTRICT_VILLAGE, MUEANG_VILLAGE)[:rows]:
        make_state(cast, village=village, lists={"tpmap": 2, "csr": 8})
    make_state(cast, village=VILLAGE, lists={}, membership=Membership.CARRIED)
    full_rollup(YEAR)
    client = client_of(cast.secretary)
    page(client, SONGKHLA)
    with django_assert_num_queries(10):
        page(client, SONGKHLA)


def test_a_municipal_board_takes_a_fixed_number_of_queries(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    make_state(cast, village=CITY_VILLAGE)
    full_rollup(YEAR)
    client = client_of(cast.municipal_officer)
    url = reverse("board_centre", args=[cast.municipality.pk])
    client.get(url)
    with django_assert_num_queries(7):
        assert client.get(url, {"fiscal_year": str(YEAR)}).status_code == 200


@pytest.mark.parametrize(
    "query", ["fiscal_year=x", "fiscal_year=9999", "list='", "table=x&sort=-x", "fiscal_year=๒๕๖๘"]
)
def test_an_odd_address_shows_the_usual_board(cast: Cast, query: str) -> None:
    make_state(cast, village=VILLAGE)
    full_rollup(YEAR)
    assert client_of(cast.officer).get(f"{reverse('board', args=[RANOT])}?{query}").status_code == 200
