"""The component tags: what they say, link and mark up."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.http import HttpRequest
from django.template import Context, Template
from django.test import RequestFactory
from django.test.html import parse_html

from dimensions.enums import Dimension, Stage
from povertyops.common.templatetags.ui import figures, lists, looks, marks, text
from povertyops.common.templatetags.ui import forms as form_tags
from povertyops.common.views_gallery import gallery


def drawn(source: str, **values: object) -> str:
    return Template("{% load ui %}" + source).render(Context(values))


def request_for(path: str) -> HttpRequest:
    return RequestFactory().get(path)


def test_dimensions_stand_in_the_order_and_words_of_the_yardstick() -> None:
    assert [(look.code, look.bit, str(look.label)) for look in looks.DIMENSIONS] == [
        (dimension.value, dimension.bit, str(dimension.label)) for dimension in Dimension
    ]


def test_stages_stand_in_the_order_and_words_of_the_yardstick() -> None:
    assert [(look.code, str(look.label)) for look in looks.STAGES] == [
        (stage.code, str(stage.label)) for stage in Stage
    ]


def test_stage_is_known_by_code_and_by_rank() -> None:
    assert looks.stage_look(Stage.SUFFICIENT) is looks.stage_look("sufficient")


@pytest.mark.parametrize(
    ("failing", "relieved", "recovered", "state"),
    [
        (0, 2, 2, "clear"),
        (2, 0, 0, "failing"),
        (2, 2, 0, "relieved"),
        (2, 2, 2, "recovered"),
        (2, 0, 2, "recovered"),
    ],
)
def test_light_shows_the_best_that_holds(failing: int, relieved: int, recovered: int, state: str) -> None:
    assert marks.light_state(2, failing, relieved, recovered) == state


def test_lights_say_in_words_what_colour_shows() -> None:
    html = marks.dimension_lights(10, 2, 0)

    assert "ความเป็นอยู่: ได้รับความช่วยเหลือแล้ว" in html
    assert "รายได้: ตกเกณฑ์" in html
    assert html.count("ไม่ตกเกณฑ์") == 6  # three lights, each in its text and its title


def test_ladder_marks_where_the_household_stands() -> None:
    html = drawn('{% stage_ladder "sufficient" dates=dates %}', dates={"sufficient": date(2025, 10, 17)})

    assert html.count("ladder__step--done") == 2
    assert html.count('aria-current="step"') == 1
    assert "ตั้งแต่ 17 ต.ค. 2568" in html


def test_numbers_are_grouped_and_nothing_is_a_dash() -> None:
    assert [text.number(value) for value in (1234567, 0, 12.5, None)] == ["1,234,567", "0", "12.5", "–"]
    assert text.baht(3000) == "3,000 บาท"
    assert [text.share_of(*pair) for pair in ((1, 3), (3, 3), (0, 3), (1, 0))] == ["33.3%", "100%", "0%", "–"]


def test_dates_are_shown_in_the_buddhist_era() -> None:
    noon = datetime(2025, 11, 21, 5, 30, tzinfo=ZoneInfo("UTC"))

    assert text.thai_date(date(2025, 11, 21)) == "21 พฤศจิกายน 2568"
    assert text.thai_date_short(date(2025, 11, 21)) == "21 พ.ย. 2568"
    assert text.thai_datetime(noon) == "21 พ.ย. 2568 12:30 น."
    assert text.thai_date(None) == "–"


def test_stage_chart_has_a_row_and_a_share_per_stage() -> None:
    chart = figures.stage_chart([{"stages": {"waiting": 1, "survive": 3}, "urls": {"survive": "/x"}}])

    assert chart["single"]["total"] == 4
    assert [part["width"] for part in chart["single"]["segments"]] == ["25.00%", "75.00%"]
    html = drawn(
        "{% stage_chart rows %}", rows=[{"stages": {"waiting": 1, "survive": 3}, "urls": {"survive": "/x"}}]
    )
    assert '<a href="/x">3</a>' in html
    assert "style=" not in html


def test_stage_chart_of_nothing_draws_nothing() -> None:
    assert figures.stage_chart([{"stages": {}}])["single"]["segments"] == []


def test_dimension_chart_measures_against_the_longest() -> None:
    chart = figures.dimension_chart({"income": {"failing": 4, "relieved": 1}, "access": {"failing": 2}})

    assert [row["look"].code for row in chart["rows"]] == [look.code for look in looks.DIMENSIONS]
    assert [bar["width"] for bar in chart["rows"][3]["bars"]] == ["100.00%", "25.00%"]


def test_stat_links_its_number_and_falls_silent_at_zero() -> None:
    assert '<a href="/late/">17' in drawn('{% stat "เกินกำหนด" 17 url="/late/" tone="bad" %}')
    assert "stat--zero" in drawn('{% stat "เกินกำหนด" 0 url="/late/" tone="bad" %}')


@pytest.mark.parametrize(
    ("path", "order", "link"),
    [
        ("/?area=90&after=x", "none", "?area=90&amp;sort=-late"),
        ("/?sort=-late", "descending", "?sort=late"),
        ("/?sort=late", "ascending", "?sort=-late"),
    ],
)
def test_number_head_sorts_greatest_first_and_starts_over(path: str, order: str, link: str) -> None:
    html = lists.sort_th(Context({"request": request_for(path)}), "เกินกำหนด", key="late", kind="num")

    assert f'aria-sort="{order}"' in html
    assert f'href="{link}"' in html


def test_table_names_its_rows_and_links_its_figures() -> None:
    html = drawn(
        "{% data_table columns rows caption='อำเภอ' %}",
        columns=[{"key": "area", "label": "อำเภอ"}, {"key": "late", "label": "เกินกำหนด", "kind": "num"}],
        rows=[{"area": "สิงหนคร", "late": {"value": 1200, "url": "/l"}}, {"area": "จะนะ", "late": 0}],
    )

    assert '<th scope="row">สิงหนคร</th>' in html
    assert '<a class="cell" href="/l">1,200</a>' in html
    assert 'class="num zero"' in html


class Sample(forms.Form):
    name = forms.CharField(label="ชื่อ", help_text="ตามบัตร")
    kind = forms.ChoiceField(label="ชนิด", choices=[("a", "ก"), ("b", "ข")], widget=forms.RadioSelect)
    dims = forms.MultipleChoiceField(
        label="มิติ", choices=[("1", "สุขภาพ")], widget=forms.CheckboxSelectMultiple
    )
    told = forms.BooleanField(label="อ่านแล้ว")
    paper = forms.FileField(label="ไฟล์", required=False)


def test_field_is_described_by_its_help_and_error() -> None:
    html = drawn("{% field form.name %}", form=Sample({}))

    assert 'aria-describedby="id_name_error id_name_helptext"' in html
    assert 'aria-invalid="true"' in html
    assert "กรุณากรอกช่องนี้" in html


def test_bare_required_becomes_a_sentence_that_fits_the_control() -> None:
    form = Sample({})

    assert form_tags.error_texts(form["kind"]) == ["กรุณาเลือกหนึ่งข้อ"]
    assert form_tags.error_texts(form["dims"]) == ["กรุณาเลือกอย่างน้อยหนึ่งข้อ"]
    assert form_tags.error_texts(form["told"]) == ["กรุณาทำเครื่องหมายยืนยัน"]


def test_radios_are_whole_faces_under_one_legend() -> None:
    html = drawn("{% field form.kind data_x='1' %}", form=Sample({"kind": "b"}))

    assert html.count('<label class="choice"') == 2
    assert html.count('data-x="1"') == 2
    assert html.count("checked") == 1
    assert "<legend" in html


def test_optional_field_says_so() -> None:
    assert "(ไม่บังคับ)" in drawn("{% field form.paper %}", form=Sample())


def test_form_that_came_back_links_each_fault() -> None:
    html = drawn("{% form_errors form %}", form=Sample({}))

    assert 'role="alert"' in html
    assert '<a href="#id_name">ชื่อ</a>: กรุณากรอกช่องนี้' in html


def test_running_work_polls_and_done_work_stands() -> None:
    running = drawn("{% progress_card title='ก' done=1 total=2 poll_url='/p' %}{% endprogress_card %}")
    done = drawn(
        "{% progress_card title='ก' done=2 total=2 state='done' poll_url='/p' %}{% endprogress_card %}"
    )

    assert 'hx-get="/p"' in running
    assert "hx-get" not in done


def test_block_content_is_kept_and_values_are_escaped() -> None:
    html = drawn("{% notice kind='warn' title=title %}<p>ก</p>{% endnotice %}", title="<b>")

    assert "<p>ก</p>" in html
    assert "&lt;b&gt;" in html


@pytest.mark.parametrize("frame", ["app", "board", "field", "field_form"])
def test_gallery_shows_every_component_in_every_frame(frame: str) -> None:
    answer = gallery(request_for(f"/?frame={frame}"))

    assert answer.status_code == 200
    html = answer.content.decode()
    parse_html(html)
    assert "&lt;" not in html
    assert html.count("<h1>") >= 1
