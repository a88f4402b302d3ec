"""Whose numbers a person sees."""

from __future__ import annotations

import pytest
from django.http import Http404

from povertyops.areas.enums import NATION
from reports.access import highest_area, may_open_lists, visible_area, visible_centre
from tests.cast import FAR_DISTRICT, KHONKAEN, MUEANG_SONGKHLA, RANOT, SONGKHLA, SUBDISTRICT, VILLAGE, Cast

pytestmark = pytest.mark.django_db

SEES = {
    "secretary": {SONGKHLA, RANOT, MUEANG_SONGKHLA, SUBDISTRICT, VILLAGE},
    "executive": {SONGKHLA, RANOT, MUEANG_SONGKHLA, SUBDISTRICT, VILLAGE},
    "district_executive": {RANOT, SUBDISTRICT, VILLAGE},
    "officer": {RANOT, SUBDISTRICT, VILLAGE},
    "national_viewer": {NATION, SONGKHLA, RANOT, MUEANG_SONGKHLA, SUBDISTRICT, KHONKAEN, FAR_DISTRICT},
    "far_secretary": {KHONKAEN, FAR_DISTRICT},
    "municipal_officer": set(),
    "team_leader": set(),
    "mentor": set(),
    "system_admin": set(),
    "nobody": set(),
    "expired": set(),
}
CODES = (
    NATION,
    SONGKHLA,
    RANOT,
    MUEANG_SONGKHLA,
    SUBDISTRICT,
    VILLAGE,
    KHONKAEN,
    FAR_DISTRICT,
    "99",
    "x",
    "",
)


@pytest.mark.parametrize("who", SEES)
def test_an_area_is_seen_inside_ones_reach_only(cast: Cast, who: str) -> None:
    seen = set()
    for code in CODES:
        try:
            seen.add(visible_area(cast.people[who], code).code)
        except Http404:
            continue
    assert seen == SEES[who]


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("municipal_officer", True),
        ("secretary", True),
        ("other_officer", True),
        ("national_viewer", True),
        ("officer", False),
        ("far_municipal_officer", False),
        ("far_secretary", False),
        ("mentor", False),
        ("nobody", False),
    ],
)
def test_a_municipal_centre_is_seen_from_its_own_district_and_above(cast: Cast, who: str, sees: bool) -> None:
    if sees:
        assert visible_centre(cast.people[who], cast.municipality.pk) == cast.municipality
    else:
        with pytest.raises(Http404):
            visible_centre(cast.people[who], cast.municipality.pk)


def test_a_district_centre_is_no_municipal_board(cast: Cast) -> None:
    with pytest.raises(Http404):
        visible_centre(cast.secretary, cast.district_centre.pk)


def test_boards_start_at_ones_own_area(cast: Cast) -> None:
    assert highest_area(cast.secretary) == SONGKHLA
    assert highest_area(cast.officer) == RANOT
    assert highest_area(cast.national_viewer) == NATION
    assert highest_area(cast.municipal_officer) == ""


def test_the_national_viewer_opens_no_lists(cast: Cast) -> None:
    assert not may_open_lists(cast.national_viewer)
    assert may_open_lists(cast.executive)
