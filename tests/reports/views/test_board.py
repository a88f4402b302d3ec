"""The boards: figures in reach, worst first, every number a way to its list, a fixed number of queries."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from casework.enums import Membership
from casework.models import Agency, CohortState
from dimensions.enums import Stage
from povertyops.areas.enums import NATION
from reports.enums import MeetingState
from reports.models import AgencyProgress, AreaProgress, Figures, FrozenProgress, Meeting
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
MARCH, JUNE, AUGUST = date(2025, 3, 1), date(2025, 6, 1), date(2025, 8, 1)
IN_ORDER = (
    *("board-when__day", "tile-households", "tile-verified_households", "stages", "tile-passing"),
    *("dimensions", "areas", "map", "trend", "funnel", "trouble", "found", "care", "teams", "lists"),
    *("agencies", "relief", "carried", "tpmap"),
)


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


def test_a_village_leads_to_its_board_and_from_there_to_its_households(cast: Cast) -> None:
    make_state(cast, village=VILLAGE)
    full_rollup(YEAR)
    client = client_of(cast.officer)

    assert f'{reverse("board", args=[VILLAGE])}?fiscal_year={YEAR}"' in table_of(page(client, SUBDISTRICT))
    assert f'{reverse("household_list")}?area={VILLAGE}&amp;fiscal_year={YEAR}"' in page(client, VILLAGE)


def test_the_sections_stand_in_the_order_of_the_committee(cast: Cast) -> None:
    make_state(cast, village=VILLAGE, lists={"tpmap": 2, "csr": 8})
    full_rollup(YEAR)

    html = page(client_of(cast.secretary), SONGKHLA)

    marks = [html.index(f'class="{name}"' if "__" in name else f'id="{name}"') for name in IN_ORDER]
    assert marks == sorted(marks)
    assert "ข้อมูล ณ วันที่ <b>30 กันยายน 2568</b>" in html


def test_shares_instead_of_numbers_for_dimensions_table_and_map_alike(cast: Cast) -> None:
    make_state(cast, village=VILLAGE, lists={"tpmap": 2}, relieved=2, stage=1)
    make_state(cast, village=VILLAGE, lists={"tpmap": 2 | 8})
    full_rollup(YEAR)

    html = page(client_of(cast.officer), RANOT, unit="percent", table="dimensions")

    assert ">100%</a>" in html
    assert ">50.0%</a>" in html
    assert html.count('data-unit="percent"') == 2
    assert 'data-unit="number"' not in html


# ------------------------------------------------------------------------------------------------- other days


def known_since(cast: Cast, day: date, village: str = VILLAGE, **values: Any) -> CohortState:
    return make_state(cast, village=village, since=day, **values)


def becomes(state: CohortState, stage: Stage, day: date) -> None:
    state.stage, state.since = stage, day
    state.save(update_fields=["stage", "since"])


def freeze(code: str, day: date, number: int = 3) -> Meeting:
    """The figures of an area as they are now, put down for a meeting."""
    meeting = Meeting.objects.create(
        province_code=code[:2], number=number, year=YEAR, fiscal_year=YEAR, held_on=day
    )
    now = AreaProgress.objects.get(code=code, fiscal_year=YEAR, list_kind="")
    names = [field.name for field in Figures._meta.get_fields()]
    FrozenProgress.objects.create(meeting=meeting, **{name: getattr(now, name) for name in names})
    frozen = {"state": MeetingState.FROZEN, "as_of": day, "frozen_at": timezone.now(), "payload": {}}
    Meeting.objects.filter(pk=meeting.pk).update(**frozen, snapshot_id="90-2568-03-TEST")
    return meeting


def test_a_past_day_is_said_clearly_and_its_numbers_lead_to_the_lists_of_that_day(cast: Cast) -> None:
    state = known_since(cast, MARCH)
    becomes(state, Stage.SURVIVE, AUGUST)
    known_since(cast, AUGUST)
    full_rollup(YEAR)
    client = client_of(cast.officer)

    html = page(client, RANOT, as_of="2025-06-01")

    assert "ข้อมูลย้อนหลัง ณ วันที่ 1 มิถุนายน 2568 ตามที่บันทึกไว้ถึงวันนั้น" in html
    assert f'{reverse("board", args=[RANOT])}?fiscal_year={YEAR}"' in html.split("notice", 1)[1]
    assert (
        f'href="{reverse("household_list")}?area={RANOT}&amp;fiscal_year={YEAR}&amp;as_of=2025-06-01">1<'
        in html
    )
    assert "as_of=2025-06-01" in table_of(html)
    assert "as_of=2025-06-01" in table_of(page(client, RANOT, as_of="1/6/2568"))
    assert "ยังไม่มีครัวเรือนเป้าหมายที่บันทึกไว้" in page(client, RANOT, as_of="2025-01-01")
    assert "ข้อมูลย้อนหลัง" not in page(client, RANOT, as_of=timezone.localdate().isoformat())


def test_a_day_that_is_none_says_so_and_shows_the_present(cast: Cast) -> None:
    known_since(cast, MARCH)
    full_rollup(YEAR)

    html = page(client_of(cast.officer), RANOT, as_of="31/02/2568")

    assert "วันที่ต้องเป็น วัน/เดือน/ปี พ.ศ." in html
    assert "ข้อมูลย้อนหลัง" not in html


def test_two_days_stand_side_by_side_with_those_who_moved_between_them(cast: Cast) -> None:
    risen = known_since(cast, MARCH)
    becomes(risen, Stage.SURVIVE, AUGUST)
    known_since(cast, MARCH)
    new = known_since(cast, AUGUST)
    known_since(cast, AUGUST, village=MUEANG_VILLAGE)
    full_rollup(YEAR)
    client = client_of(cast.officer)

    html = page(client, RANOT, as_of="2025-09-01", compare="2025-06-01")

    assert "เปรียบเทียบ 1 มิ.ย. 2568 กับ 1 ก.ย. 2568" in html
    compared = html[html.index('id="compare"') : html.index("tile-households")]
    assert re.findall(r"<b>([+−]\d)</b>", compared)[:3] == ["+1", "+1", "+2"]
    links = re.findall(r'href="(/board/9007/moved/[^"]+from=[^"]+)">(\d)<', compared)
    assert sorted(count for _url, count in links) == ["1", "1"]
    everybody = client.get(
        reverse("board_moved", args=[RANOT]), {"as_of": "2025-09-01", "compare": "2025-06-01"}
    )
    assert {row.url.split("/")[2] for row in everybody.context["page"].rows} == {
        str(risen.household_id),
        str(new.household_id),
    }
    one = client.get(
        next(url for url, _count in links if "from=waiting&amp;to=survive" in url).replace("&amp;", "&")
    )
    assert [row.url for row in one.context["page"].rows] == [reverse("household", args=[risen.household_id])]
    assert client_of(cast.other_officer).get(reverse("board_moved", args=[RANOT])).status_code == 404


def test_the_pages_of_those_who_moved_follow_each_other(cast: Cast) -> None:
    for _number in range(53):
        becomes(known_since(cast, MARCH), Stage.SURVIVE, AUGUST)
    full_rollup(YEAR)
    client = client_of(cast.officer)
    days = {"fiscal_year": YEAR, "as_of": "2025-09-01", "compare": "2025-06-01"}

    first = client.get(reverse("board_moved", args=[RANOT]), days)
    second = client.get(first.context["next_url"])

    rows = [*first.context["page"].rows, *second.context["page"].rows]
    assert (len(first.context["page"].rows), len({row.url for row in rows})) == (50, 53)
    assert second.context["next_url"] == ""


def test_the_change_since_the_last_meeting_stands_beside_the_figures(cast: Cast) -> None:
    first = known_since(cast, MARCH)
    full_rollup(YEAR)
    freeze(RANOT, JUNE)
    becomes(first, Stage.SUFFICIENT, AUGUST)
    known_since(cast, AUGUST)
    full_rollup(YEAR)
    client = client_of(cast.officer)

    html = page(client, RANOT)
    tile = html[html.index('id="tile-households"') : html.index('id="tile-verified_households"')]

    assert "เพิ่มขึ้น </span><b>+1</b> จากการประชุม 3/2568" in tile
    assert "change--good" not in tile
    assert "จากการประชุม" not in page(client, RANOT, as_of="2025-05-01")
    assert "จากการประชุม" not in page(client, RANOT, list="tpmap")


def test_aggregates_alone_lead_nowhere_on_any_day(cast: Cast) -> None:
    becomes(known_since(cast, MARCH), Stage.SURVIVE, AUGUST)
    full_rollup(YEAR)
    client = client_of(cast.national_viewer)

    html = page(client, RANOT, as_of="2025-09-01", compare="2025-06-01").split("<main", 1)[1]

    assert all(reverse(name) not in html for name in ("household_list", "person_list", "help_list"))
    assert "ข้อมูลย้อนหลัง" in html
    assert not any(f'id="{name}"' in html for name in ("compare", "trend", "lists"))
    assert "บางส่วนมีจำนวนน้อยจึงไม่แสดง" in html
    for name in ("board_moved", "board_trend"):
        found = client.get(reverse(name, args=[RANOT]), {"fiscal_year": YEAR, "compare": "2025-06-01"})
        assert found.status_code == 404


def test_the_trend_of_a_small_area_comes_by_itself_and_on_a_page(cast: Cast) -> None:
    becomes(known_since(cast, MARCH), Stage.SURVIVE, AUGUST)
    full_rollup(YEAR)
    client = client_of(cast.officer)
    url = reverse("board_trend", args=[SUBDISTRICT])

    assert f'hx-get="{url}?fiscal_year={YEAR}"' in page(client, SUBDISTRICT)
    alone = client.get(url, {"fiscal_year": YEAR}, headers={"HX-Request": "true"}).content.decode()
    whole = client.get(url, {"fiscal_year": YEAR}).content.decode()
    assert alone.lstrip().startswith("<div")
    assert "<html" in whole
    assert all("as_of=2025-08-30" in found for found in (alone, whole))


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


def give_help() -> None:
    """An agency that helped in every place that has figures."""
    agency = Agency.objects.create(name="วัดระโนด")
    AgencyProgress.objects.bulk_create(
        AgencyProgress(
            fiscal_year=YEAR, code=row.code, level=row.level, agency_id=agency.pk, helps=1, baht=500
        )
        for row in AreaProgress.objects.filter(fiscal_year=YEAR, list_kind="")
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_a_board_takes_a_fixed_number_of_queries(
    cast: Cast, rows: int, django_assert_num_queries: Any
) -> None:
    for village in (VILLAGE, NEXT_SUBDISTRICT_VILLAGE, MUEANG_VILLAGE)[:rows]:
        make_state(cast, village=village, lists={"tpmap": 2, "csr": 8})
    make_state(cast, village=CITY_VILLAGE)
    make_state(cast, village=VILLAGE, lists={}, membership=Membership.CARRIED)
    full_rollup(YEAR)
    give_help()
    client = client_of(cast.secretary)
    for code, queries in ((SONGKHLA, 18), (RANOT, 18), (SUBDISTRICT, 14), (VILLAGE, 12)):
        page(client, code)
        with django_assert_num_queries(queries):
            page(client, code)
    url = reverse("board_centre", args=[cast.municipality.pk])
    client = client_of(cast.municipal_officer)
    client.get(url)
    with django_assert_num_queries(12):
        assert client.get(url, {"fiscal_year": str(YEAR)}).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        *("fiscal_year=x", "fiscal_year=9999", "list='", "table=x&sort=-x", "fiscal_year=๒๕๖๘"),
        *("unit=x&map=x", "as_of=x", "compare=9999-12-31", "as_of=2560-01-01&compare=x"),
    ],
)
def test_an_odd_address_shows_the_usual_board(cast: Cast, query: str) -> None:
    make_state(cast, village=VILLAGE)
    full_rollup(YEAR)
    assert client_of(cast.officer).get(f"{reverse('board', args=[RANOT])}?{query}").status_code == 200
