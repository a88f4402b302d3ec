from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from povertyops.common import thai

NOVEMBER_21 = date(1977, 11, 21)

days = st.dates(min_value=date(1860, 1, 1), max_value=date(2190, 12, 31))


@pytest.mark.parametrize(
    "written",
    [
        "21/11/2520",
        "21-11-2520",
        "21.11.2520",
        " 21 / 11 / 2520 ",
        "๒๑/๑๑/๒๕๒๐",
        "2520-11-21",
        "2520/11/21",
        "25201121",
        "25201121.0",
        "21 พ.ย. 2520",
        "21 พ.ย.2520",
        "21 พย 2520",
        "21 พฤศจิกายน 2520",
        "21 พฤศจิกายน พ.ศ. 2520",
        "วันที่ 21 เดือนพฤศจิกายน พ.ศ.2520",
        "21/พ.ย./2520",
        "21 Nov 1977",
        "21/11/1977",
        "1977-11-21",
        "1977-11-21 00:00:00",
        "1977-11-21T00:00:00",
        "21/11/2520 0:00:00",
        date(1977, 11, 21),
        date(2520, 11, 21),
        datetime(1977, 11, 21, 8, 30),
        datetime(2520, 11, 21),
        25201121,
        25201121.0,
        28450,
        28450.0,
    ],
)
def test_parse_thai_date_reads_every_way_of_writing(written):
    assert thai.parse_thai_date(written) == NOVEMBER_21


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        "-",
        "ไม่ทราบ",
        "31/02/2520",
        "31/02/20",
        "21/11/20",
        "0/11/2520",
        "21/13/2520",
        "21 ฟฟ. 2520",
        "21 พ.ย. ค.ศ. 2520",
        "21/11-2520",
        "21/11/2300",
        "25200000",
        "21112520",
        "21/11/2520 extra",
        "2" * 10_000,
        " " * 10_000 + "2",
        datetime(2300, 1, 1),
        True,
        0,
        60,
        -5.0,
        10**12,
        float("nan"),
        float("inf"),
        None,
    ],
)
def test_parse_thai_date_refuses_what_is_no_day(written):
    with pytest.raises(thai.BadDate) as refused:
        thai.parse_thai_date(written)

    assert refused.value.value is written


def test_parse_thai_date_knows_the_leap_years_behind_buddhist_years():
    assert thai.parse_thai_date("29/02/2519") == date(1976, 2, 29)
    with pytest.raises(thai.BadDate):
        thai.parse_thai_date("29/02/2520")


def test_parse_thai_date_refuses_a_leap_day_that_only_excel_believes_in():
    with pytest.raises(thai.BadDate):
        thai.parse_thai_date(datetime(2520, 2, 29))


def test_bad_date_says_nothing_of_the_value_in_its_text():
    with pytest.raises(thai.BadDate) as refused:
        thai.parse_thai_date("31/02/2520")

    assert "2520" not in str(refused.value)


@given(days, st.sampled_from(["long", "short", "numeric"]))
def test_parse_thai_date_reads_back_what_was_formatted(day, style):
    assert thai.parse_thai_date(thai.format_thai_date(day, style)) == day


@given(days)
def test_parse_thai_date_reads_back_iso_dates(day):
    assert thai.parse_thai_date(day.isoformat()) == day


@given(st.text(max_size=70))
def test_parse_thai_date_gives_a_day_or_bad_date_for_any_text(text):
    with suppress(thai.BadDate):
        assert isinstance(thai.parse_thai_date(text), date)


@pytest.mark.parametrize(
    ("style", "written"),
    [("long", "21 พฤศจิกายน 2520"), ("short", "21 พ.ย. 2520"), ("numeric", "21/11/2520")],
)
def test_format_thai_date(style, written):
    assert thai.format_thai_date(NOVEMBER_21, style) == written


def test_format_thai_date_of_nothing_is_empty():
    assert thai.format_thai_date(None) == ""
    assert thai.format_thai_datetime(None) == ""


def test_format_thai_date_puts_a_moment_into_bangkok():
    assert thai.format_thai_date(datetime(2024, 9, 30, 17, 30, tzinfo=UTC), "numeric") == "01/10/2567"


def test_format_thai_datetime_shows_the_time_in_bangkok():
    assert thai.format_thai_datetime(datetime(2025, 1, 20, 7, 32, tzinfo=UTC)) == "20 ม.ค. 2568 14:32 น."


def test_format_thai_month():
    assert thai.format_thai_month(NOVEMBER_21) == "พฤศจิกายน 2520"
    assert thai.format_thai_month(NOVEMBER_21, "short") == "พ.ย. 2520"


@pytest.mark.parametrize(
    ("day", "year", "quarter"),
    [
        (date(2024, 9, 30), 2567, 4),
        (date(2024, 10, 1), 2568, 1),
        (date(2024, 12, 31), 2568, 1),
        (date(2025, 1, 1), 2568, 2),
        (date(2025, 4, 1), 2568, 3),
        (date(2025, 7, 1), 2568, 4),
        (date(2025, 9, 30), 2568, 4),
        (datetime(2024, 9, 30, 17, 0, tzinfo=UTC), 2568, 1),
    ],
)
def test_fiscal_year_and_quarter_turn_on_the_first_of_october(day, year, quarter):
    assert thai.fiscal_year_of(day) == year
    assert thai.fiscal_quarter(day) == quarter


@given(days)
def test_fiscal_year_bounds_hold_the_day(day):
    fiscal_year = thai.fiscal_year_of(day)
    first, last = thai.fiscal_year_bounds(fiscal_year)
    quarter_first, quarter_last = thai.fiscal_quarter_bounds(fiscal_year, thai.fiscal_quarter(day))

    assert first <= quarter_first <= day <= quarter_last <= last


def test_fiscal_quarter_bounds_refuses_a_fifth_quarter():
    with pytest.raises(ValueError, match="no quarter 5"):
        thai.fiscal_quarter_bounds(2568, 5)


def test_digits_go_both_ways():
    assert thai.to_arabic_digits("ปี ๒๕๖๘") == "ปี 2568"
    assert thai.to_thai_digits("ปี 2568") == "ปี ๒๕๖๘"
