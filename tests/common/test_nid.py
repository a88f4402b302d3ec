from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from povertyops.common import nid

VALID = "1000123456787"


@pytest.mark.parametrize(
    "written",
    [
        VALID,
        "1-0001-23456-78-7",
        " 1 0001 23456 78 7 ",
        "1\u20130001\u201323456\u201378\u20137",
        "1000123456787\u200b",
        "'1000123456787",
        "๑๐๐๐๑๒๓๔๕๖๗๘๗",
        "1000123456787.0",
        1000123456787,
        1000123456787.0,
    ],
)
def test_clean_pin_finds_the_digits(written):
    assert nid.clean_pin(written) == VALID


@pytest.mark.parametrize("nothing", [None, "", "  ", "-"])
def test_clean_pin_of_nothing_is_empty(nothing):
    assert nid.clean_pin(nothing) == ""


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        (VALID, None),
        ("300792872122", "short_pin"),
        ("", "short_pin"),
        ("10001234567870", "long_pin"),
        ("100012345678X", "not_digits"),
        ("5006429245553", "bad_check_digit"),
        ("9000123456788", "bad_first_digit"),
        ("1.00012E+12", "rounded_pin"),
    ],
)
def test_why_bad_names_the_fault(written, fault):
    assert nid.why_bad(nid.clean_pin(written)) == fault


def test_why_bad_allows_people_without_registered_status():
    body = "000012345678"

    assert nid.why_bad(body + nid.check_digit(body)) is None


@given(
    st.text(alphabet="012345678", min_size=1, max_size=1),
    st.text(alphabet="0123456789", min_size=11, max_size=11),
)
def test_check_digit_follows_the_published_formula(first, rest):
    body = first + rest
    expected = (11 - sum(int(digit) * (13 - place) for place, digit in enumerate(body)) % 11) % 10

    assert nid.check_digit(body) == str(expected)
    assert nid.is_valid(body + str(expected))


def test_mask_hides_the_middle():
    assert nid.mask("1234567890121") == "1-2345-xxxxx-12-1"
    assert nid.mask("300792872122") == "xxxxxxxxxxxx"
    assert nid.mask("") == ""


def test_format_pin():
    assert nid.format_pin("1234567890121") == "1-2345-67890-12-1"


def test_make_demo_pin_is_valid_and_of_nobody():
    random = Random(1)

    for _ in range(200):
        pin = nid.make_demo_pin(random)
        assert nid.is_valid(pin)
        assert nid.is_demo_pin(pin)
    assert nid.make_demo_pin(random, first_digit=0)[0] == "0"
