"""Which code is meant, and who answers for a place."""

import pytest

from povertyops.areas.enums import Extent
from povertyops.areas.models import AbolishedArea, CentreCoverage
from povertyops.areas.queries import (
    Found,
    Resolution,
    address_labels,
    mentor_teams_under,
    path_of,
    resolve_subdistrict,
    resolve_subdistricts,
    responsible_centre,
    responsible_centres,
    subdistricts_by_district,
)
from tests.cast import (
    CITY_SUBDISTRICT,
    CITY_VILLAGE,
    FAR_VILLAGE,
    MUEANG_VILLAGE,
    SUBDISTRICT,
    VILLAGE,
    Cast,
)


def test_current_code_stays(cast: Cast) -> None:
    assert resolve_subdistrict(SUBDISTRICT) == Resolution(Found.CURRENT, SUBDISTRICT)


def test_abolished_code_with_one_successor_is_followed(cast: Cast) -> None:
    AbolishedArea.objects.create(code="900799", name="เก่า", successors=[SUBDISTRICT])
    assert resolve_subdistrict("900799") == Resolution(Found.FOLLOWED, SUBDISTRICT, "เก่า")


@pytest.mark.parametrize("successors", [[], ["900701", "900702"]])
def test_abolished_code_without_exactly_one_successor_asks(cast: Cast, successors: list[str]) -> None:
    AbolishedArea.objects.create(code="900799", name="เก่า", successors=successors)
    assert resolve_subdistrict("900799") == Resolution(Found.AMBIGUOUS, "", "เก่า", tuple(successors))


def test_unknown_code_is_unknown(cast: Cast) -> None:
    assert resolve_subdistrict("909999").found is Found.UNKNOWN


def test_resolving_many_takes_three_queries(cast: Cast, django_assert_num_queries) -> None:
    with django_assert_num_queries(3):
        assert len(resolve_subdistricts([SUBDISTRICT, "900702", "909999"])) == 3


def test_district_centre_answers_by_default(cast: Cast) -> None:
    assert responsible_centre(VILLAGE) == cast.district_centre


def test_municipal_centre_answers_for_a_whole_subdistrict(cast: Cast) -> None:
    assert responsible_centre(CITY_VILLAGE) == cast.municipality
    assert responsible_centre(CITY_SUBDISTRICT) == cast.municipality


def test_municipal_centre_answers_for_single_villages_of_a_subdistrict_in_part(cast: Cast) -> None:
    CentreCoverage.objects.create(centre=cast.municipality, area_id="900103", extent=Extent.PART)
    assert responsible_centre("900103") == cast.other_district_centre
    assert responsible_centre(MUEANG_VILLAGE) == cast.other_district_centre
    CentreCoverage.objects.create(centre=cast.municipality, area_id=MUEANG_VILLAGE)
    assert responsible_centre(MUEANG_VILLAGE) == cast.municipality
    assert responsible_centre("90010300") == cast.other_district_centre


def test_closed_municipal_centre_answers_for_nothing(cast: Cast) -> None:
    cast.municipality.is_active = False
    cast.municipality.save()
    assert responsible_centre(CITY_VILLAGE) == cast.other_district_centre


def test_responsible_centres_of_many_take_one_query(cast: Cast, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        found = responsible_centres([VILLAGE, CITY_VILLAGE, FAR_VILLAGE])
    assert found[CITY_VILLAGE].is_municipal
    assert found[FAR_VILLAGE].centre_id == cast.far_district_centre.pk


def test_path_and_address(cast: Cast) -> None:
    assert [area.code for area in path_of(VILLAGE)] == ["TH", "90", "9007", "900701", "90070101"]
    assert address_labels([VILLAGE]) == {VILLAGE: "หมู่ 1 บ้านรับแพรก ต.ระโนด อ.ระโนด จ.สงขลา"}


def test_mentor_teams_under_a_district(cast: Cast) -> None:
    assert set(mentor_teams_under([cast.district_centre.pk])) == {cast.mentor_team, cast.other_mentor_team}


def test_subdistricts_by_district_in_thai_order(cast: Cast, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        found = subdistricts_by_district("90")
    assert [district.name for district, _ in found] == ["เมืองสงขลา", "ระโนด"]
    assert [area.name for area in found[1][1]] == ["คลองแดน", "ระโนด"]
