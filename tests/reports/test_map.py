"""The map of a board: in the order of its table, a grid where nothing is drawn, shapes for who sees them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from povertyops.areas.enums import NATION
from povertyops.areas.models import Area
from reports.access import highest_area
from reports.models import AreaProgress
from reports.pages.asked import Asked
from reports.pages.board import area_board
from reports.pages.columns import TABLES
from reports.pages.map import MAP_FIGURES, board_map
from reports.services.rollup import full_rollup
from tests.cast import (
    FAR_VILLAGE,
    KHONKAEN,
    MUEANG_SONGKHLA,
    MUEANG_VILLAGE,
    NEXT_SUBDISTRICT,
    NEXT_SUBDISTRICT_VILLAGE,
    RANOT,
    SONGKHLA,
    SUBDISTRICT,
    VILLAGE,
    Cast,
    client_of,
)
from tests.reports.boundaries import SOURCE, draw
from tests.reports.world import YEAR, make_state
from tests.test_look import luminance, token

pytestmark = pytest.mark.django_db
CSS = (Path(__file__).resolve().parents[2] / "static" / "css" / "board-map.css").read_text(encoding="utf-8")


@pytest.fixture
def world(cast: Cast) -> Cast:
    """Ranot: 6 of 8 households wait, all fail in education; Mueang: 6 of 6 wait; Khon Kaen: one household."""
    for number in range(8):
        make_state(cast, village=VILLAGE if number < 7 else NEXT_SUBDISTRICT_VILLAGE, stage=number < 2)
    for _number in range(6):
        make_state(cast, village=MUEANG_VILLAGE, lists={"tpmap": 8})
    make_state(cast, village=FAR_VILLAGE)
    full_rollup(YEAR)
    return cast


@dataclass(frozen=True)
class Seen:
    """What the page shows of the map."""

    html: str

    @property
    def cells(self) -> dict[str, dict[str, str]]:
        found = re.findall(r'<a class="map__area"([^>]*)>', self.html)
        values = [dict(re.findall(r'(?:data-)?([a-z-]+)="([^"]*)"', attributes)) for attributes in found]
        return {value["area"]: {key: unescape(text) for key, text in value.items()} for value in values}

    def legend(self, unit: str) -> tuple[list[str], int]:
        """The values of the classes, and how many areas they count together."""
        part = self.html.split(f'class="map__legend" data-for="{unit}"')[1].split("</ol>")[0]
        without = int(re.search(r'data-map-without="(\d+)"', part)[1])
        texts = re.findall(r'<span class="num">([^<]+)</span><span class="map__many num">(\d+)', part)
        return [text for text, _count in texts], sum(int(count) for _text, count in texts) + without


def seen(client: Client, code: str, **query: str) -> Seen:
    response = client.get(reverse("board", args=[code]), {"fiscal_year": str(YEAR), **query})
    assert response.status_code == 200
    html = response.content.decode()
    return Seen(html.split('id="map"')[1].split("</section>")[0] if 'id="map"' in html else "")


def test_without_boundaries_a_grid_in_the_order_of_the_table(world: Cast) -> None:
    shown = seen(client_of(world.secretary), SONGKHLA)

    assert list(shown.cells) == [MUEANG_SONGKHLA, RANOT]
    ranot = shown.cells[RANOT]
    assert ranot["href"].startswith(reverse("board", args=[RANOT]))
    assert ranot["percent-said"] == "อ.ระโนด 75.0% (6 ครัวเรือน) ชั้น 1 จาก 2"
    assert (ranot["number-said"], ranot["number"]) == ("อ.ระโนด 6 ครัวเรือน ชั้น 1 จาก 1", "3")
    assert shown.legend("percent") == (["75.0%", "100%"], 2)
    assert shown.legend("number") == (["6"], 2)
    assert not re.search("leaflet|data-shapes", shown.html)


def test_with_boundaries_a_map_and_the_rest_in_the_grid(world: Cast) -> None:
    draw(RANOT)
    shown = seen(client_of(world.secretary), SONGKHLA)

    assert f'data-shapes="{reverse("board_map_shapes", args=[SONGKHLA])}?v=' in shown.html
    assert "ไม่มีขอบเขต 1 แห่ง" in shown.html
    assert f"ขอบเขต: {SOURCE}" in shown.html
    with_shape = re.findall(r'data-map-shape><a class="map__area"[^>]*data-area="(\d+)"', shown.html)
    assert with_shape == [RANOT]
    assert "data-shapes" not in seen(client_of(world.secretary), RANOT).html


def test_figure_unit_and_order_are_those_of_the_address(world: Cast) -> None:
    client = client_of(world.secretary)

    failing = seen(client, SONGKHLA, map="failing_education")
    assert failing.cells[RANOT]["percent-said"] == "อ.ระโนด 100% (8 ครัวเรือน) ชั้น 2 จาก 2"
    assert failing.cells[MUEANG_SONGKHLA]["percent-said"] == "อ.เมืองสงขลา 0% (0 ครัวเรือน) ชั้น 1 จาก 2"
    assert "map=failing_education" in failing.cells[RANOT]["href"]
    assert "map=failing_income&amp;sort=-failing_income&amp;table=dimensions#map" in failing.html

    assert "แผนที่รายอำเภอ: เกินกำหนดเยี่ยม" in seen(client, SONGKHLA, sort="-overdue").html
    assert "แผนที่รายอำเภอ: ยังไม่ถึงขั้นอยู่รอด" in seen(client, SONGKHLA, map="'\"<").html
    assert 'data-unit="number"' in seen(client, SONGKHLA, unit="number").html


def test_every_figure_to_colour_by_stands_in_a_view_of_the_table(world: Cast) -> None:
    row = AreaProgress.objects.get(fiscal_year=YEAR, code=RANOT, list_kind="")
    values = {figure.code: figure.value(row) for figure in MAP_FIGURES}

    assert values["reached"] == row.households - row.waiting == 2
    assert all(figure.table in TABLES for figure in MAP_FIGURES)
    assert all(values[figure.code] <= row.households for figure in MAP_FIGURES)


def test_who_sees_aggregates_alone_sees_no_few(world: Cast) -> None:
    client = client_of(world.national_viewer)

    nation = seen(client, NATION, map="failing_education")
    # Less than five in the one province would follow from the other and the nation.
    assert nation.cells[SONGKHLA]["number-said"] == "จ.สงขลา ไม่มีตัวเลขให้แสดง"
    assert nation.cells[KHONKAEN]["number-said"] == "จ.ขอนแก่น ไม่มีตัวเลขให้แสดง"
    ranot = seen(client, RANOT)  # 5 of 7 wait
    assert ranot.cells[SUBDISTRICT]["number-said"] == "ต.ระโนด ไม่มีตัวเลขให้แสดง"
    assert seen(client, SUBDISTRICT).html == ""


def test_a_map_takes_one_query_however_many_areas(world: Cast, django_assert_num_queries: Any) -> None:
    draw(RANOT, MUEANG_SONGKHLA)
    for code, areas in ((SONGKHLA, 2), (RANOT, 2), (NEXT_SUBDISTRICT, 1)):
        shown = area_board(
            Area.objects.get(code=code),
            Asked(fiscal_year=YEAR),
            opens_lists=True,
            from_code=highest_area(world.secretary),
            with_rows=True,
        )
        with django_assert_num_queries(1):
            assert len(board_map(shown).cells) == areas


def shapes(client: Client, code: str, **headers: str) -> Any:
    return client.get(reverse("board_map_shapes", args=[code]), headers=headers)


def test_shapes_are_of_the_areas_right_below(world: Cast) -> None:
    draw(SONGKHLA, RANOT, MUEANG_SONGKHLA, SUBDISTRICT)
    client = client_of(world.secretary)

    response = shapes(client, SONGKHLA)

    found = json.loads(response.content)["features"]
    assert [(shape["properties"]["code"], shape["properties"]["label"]) for shape in found] == [
        (MUEANG_SONGKHLA, "อ.เมืองสงขลา"),
        (RANOT, "อ.ระโนด"),
    ]
    assert found[0]["geometry"]["type"] == "Polygon"
    assert response.headers["Cache-Control"] == "private, max-age=2592000"
    etag = response.headers["ETag"]
    assert shapes(client, SONGKHLA, if_none_match=etag).status_code == 304
    draw(RANOT)
    assert shapes(client, SONGKHLA, if_none_match=etag).status_code == 200
    Area.objects.filter(code=RANOT).update(is_current=False)
    assert len(json.loads(shapes(client, SONGKHLA).content)["features"]) == 1
    assert json.loads(shapes(client, VILLAGE).content)["features"] == []


def test_shapes_are_for_those_who_see_the_area(world: Cast) -> None:
    draw(RANOT, SUBDISTRICT)
    answers = {
        ("officer", RANOT): 200,
        ("other_officer", RANOT): 404,
        ("officer", SONGKHLA): 404,
        ("far_secretary", SONGKHLA): 404,
        ("secretary", "9099"): 404,
        ("national_viewer", RANOT): 200,
        ("national_viewer", SUBDISTRICT): 404,
        ("lead_officer", SUBDISTRICT): 404,
        ("mentor", RANOT): 403,
        ("system_admin", RANOT): 403,
    }
    found = {(name, code): shapes(client_of(world.people[name]), code).status_code for name, code in answers}
    assert found == answers


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_shades_darken_step_by_step_and_their_words_can_be_read() -> None:
    inks = re.findall(
        r'\[data-shade="(\d)"\].*?--shade: var\(--map-\1\); --shade-ink: var\(--([a-z]+)\)', CSS
    )
    assert [shade for shade, _ink in inks] == list("012345")
    for shade, ink in inks:
        assert contrast(token(f"map-{shade}"), token(ink)) >= 4.5, shade
    assert contrast(token("map-none"), token("ink")) >= 4.5
    scale = [luminance(token(f"map-{shade}")) for shade in range(6)]
    assert scale == sorted(scale, reverse=True)
    assert all(contrast(token(f"map-{shade}"), token(f"map-{shade + 1}")) >= 1.4 for shade in range(1, 5))
