"""Charts as data: no functions, marks that add up to the figures, a table and links for every mark."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from reports.charts import (
    AgencyHelp,
    Chart,
    Goal,
    PlaceFigures,
    agencies_option,
    dimension_option,
    districts_option,
    funnel_option,
    palette,
    relief_option,
    stage_option,
    target_option,
    trend_option,
)
from tests.reports.charts.sample import DAY, DIMENSIONS, WAITED, area, leaves

TOKENS = Path(__file__).resolve().parents[3] / "static" / "css" / "tokens.css"


def url_of(code: str) -> str:
    return f"/households/?figure={code}"


def agencies(count: int) -> list[AgencyHelp]:
    return [
        AgencyHelp(f"หน่วยงานที่ {place}", Decimal(1000 - place), place, 1, f"/a/{place}")
        for place in range(count)
    ]


def days(count: int) -> list[tuple[date, object]]:
    return [(DAY - timedelta(days=7 * back), area(300 - back)) for back in reversed(range(count))]


def all_charts() -> list[Chart]:
    figures = area()
    return [
        stage_option(figures, url_of),
        dimension_option(figures, url_of),
        dimension_option(figures, url_of, unit="percent"),
        funnel_option(figures, DAY, url_of),
        agencies_option(agencies(15)),
        relief_option(figures, url_of),
        districts_option(
            [PlaceFigures(f"อ.{name}", area(40 + name), f"/board/90{name:02d}/") for name in range(9)]
        ),
        trend_option(days(5), lambda code, day: f"/x/{code}/{day}"),
        target_option(days(5), Goal("อยู่รอดขึ้นไป", 90, DAY)),
    ]


def values(chart: Chart, series: int) -> list[float]:
    return [
        mark["value"] if isinstance(mark, dict) else mark for mark in chart.option["series"][series]["data"]
    ]


def test_every_option_is_plain_json_that_says_its_reading() -> None:
    for chart in all_charts():
        assert json.loads(json.dumps(chart.option)) == chart.option, chart.code
        assert not any(callable(leaf) for leaf in leaves(chart.option))
        assert not any(
            "function" in leaf or "=>" in leaf for leaf in leaves(chart.option) if isinstance(leaf, str)
        )
        assert chart.option["aria"]["label"]["description"] == chart.reading
        assert re.search("[ก-ฮ]", chart.reading)
        assert chart.option["animation"] is False
        assert chart.option["tooltip"]["renderMode"] == "richText"


def test_each_mark_that_opens_a_list_has_its_link_in_the_table_too() -> None:
    for chart in all_charts():
        in_table = {cell.url for row in chart.rows for cell in row.cells} | {row.url for row in chart.rows}
        assert set(chart.links.values()) <= in_table, chart.code
        for mark in chart.links:
            series, place = map(int, mark.split(":"))
            assert len(chart.option["series"][series]["data"]) > place, chart.code
        assert all(len(row.cells) + 1 == len(chart.heads) for row in chart.rows), chart.code
    assert stage_option(area()).links == {}


def test_marks_are_the_figures() -> None:
    figures = area()
    assert sum(values(stage_option(figures), 0)) == figures.households
    dimensions = dimension_option(figures)
    assert [values(dimensions, place) for place in range(3)] == [
        [getattr(figures, f"{group}_{name}") for name in DIMENSIONS]
        for group in ("failing", "relieved", "recovered")
    ]
    assert values(dimension_option(figures, unit="percent"), 0) == [100.0] * 5
    given = agencies(15)
    assert sum(values(agencies_option(given), 0)) == float(sum(one.baht for one in given))
    assert len(agencies_option(given).rows) == 13
    assert "3 หน่วยงาน" in agencies_option(given).rows[-1].label
    relief = relief_option(figures)
    assert [sum(pair) for pair in zip(values(relief, 0), values(relief, 1), strict=True)] == [100, 100]


def test_stacks_of_the_districts_never_run_over_the_end_of_the_axis() -> None:
    for households in range(1, 60):
        chart = districts_option([PlaceFigures("อ.", area(households))])
        assert 99.9 < sum(values(chart, stage)[0] for stage in range(4)) <= 100


def test_districts_stand_worst_first() -> None:
    chart = districts_option(
        [
            PlaceFigures("ดี", area(10, waiting=0)),
            PlaceFigures("แย่", area(10, waiting=9)),
            PlaceFigures("กลาง", area(10, waiting=5)),
        ]
    )
    assert [row.label for row in chart.rows] == ["แย่", "กลาง", "ดี"]
    assert chart.reading.startswith("แย่ยังเหลือมากที่สุด 9 ครัวเรือน")


def test_the_funnel_says_how_many_came_so_far_and_how_long_they_wait() -> None:
    figures = area(70)
    chart = funnel_option(figures, DAY)
    here = [row.cells[1].value for row in chart.rows]
    reached = [row.cells[0].value for row in chart.rows]
    assert here == [10] * 7
    assert reached == [70, 60, 50, 40, 30, 20, 10]
    assert [row.cells[2].value for row in chart.rows] == [WAITED] * 6 + [None]
    assert f"{WAITED} วัน" in chart.reading


def test_a_trend_adds_up_on_each_day_and_the_target_line_reaches_the_due_day() -> None:
    points = days(6)
    chart = trend_option(points)
    totals = [sum(column) for column in zip(*(values(chart, place) for place in range(4)), strict=True)]
    assert totals == [figures.households for _day, figures in points]
    goal = Goal("อยู่รอดขึ้นไป", 90, DAY + timedelta(days=30))
    line = target_option(points, goal)
    assert line.option["xAxis"]["data"][-1] == "30 ต.ค.\n2568"
    assert values(line, 0)[-1] is None
    assert set(values(line, 1)) == {90}


def test_what_is_too_small_to_show_is_a_dash_and_not_a_nought() -> None:
    figures = area()
    figures.survive = figures.relieved_health = figures.step_checked = None
    stages, dimensions = stage_option(figures), dimension_option(figures)
    assert values(stages, 0)[1] is None
    assert stages.rows[1].cells[0].shown == "–"
    assert values(dimensions, 1)[0] is None
    assert funnel_option(figures, DAY).rows[1].cells[1].shown == "–"
    assert districts_option([PlaceFigures("อ.", figures)]).rows[0].cells[1].shown == "–"


def test_an_area_without_households_says_so_and_draws_nothing() -> None:
    empty = area(0)
    made = [stage_option(empty), dimension_option(empty), funnel_option(empty, DAY), relief_option(empty)]
    made += [agencies_option([]), districts_option([]), trend_option([])]
    assert all(chart.is_empty and chart.reading for chart in made)


@pytest.mark.parametrize(
    ("token", "colour"),
    [
        *((f"stage-{stage.code}", colour) for stage, colour in palette.STAGES.items()),
        *((dimension.value, shades[2]) for dimension, shades in palette.DIMENSIONS.items()),
        *((f"{dimension.value}-mid", shades[1]) for dimension, shades in palette.DIMENSIONS.items()),
        *((f"{dimension.value}-soft", shades[0]) for dimension, shades in palette.DIMENSIONS.items()),
    ],
)
def test_colours_are_those_of_the_pages(token: str, colour: str) -> None:
    assert f"--{token}: {colour};" in TOKENS.read_text(encoding="utf-8")
