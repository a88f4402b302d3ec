"""Entering and changing municipal centres and teams."""

from dataclasses import replace

import pytest

from povertyops.areas.enums import CentreKind, Extent
from povertyops.areas.models import Centre
from povertyops.areas.services import (
    CentreChange,
    CentreDraft,
    Cover,
    change_centre,
    check_drafts,
    create_centre,
    create_centres,
)
from povertyops.common.audit import SYSTEM
from povertyops.common.errors import Conflict, DomainError, InvalidInput
from povertyops.common.models import AuditEntry
from tests.cast import CITY_SUBDISTRICT, FAR_SUBDISTRICT, MUEANG_VILLAGE, NEXT_SUBDISTRICT, SUBDISTRICT, Cast


@pytest.fixture
def draft(cast: Cast) -> CentreDraft:
    return CentreDraft(
        CentreKind.TOWN_MUNICIPALITY, "ศจพ.ทม.ระโนด", cast.province_centre.pk, (Cover(SUBDISTRICT),)
    )


def test_create_centre_with_coverage_and_audit(draft: CentreDraft) -> None:
    centre = create_centre(actor=SYSTEM, draft=draft)
    assert centre.province_code == "90"
    assert [row.area_id for row in centre.coverage.all()] == [SUBDISTRICT]
    entry = AuditEntry.objects.get(action="centre.created")
    assert (entry.object_id, entry.province_code) == (str(centre.pk), "90")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "  "}, "missing_name"),
        ({"coverage": ()}, "no_area"),
        ({"coverage": (Cover("909999"),)}, "unknown_area"),
        ({"coverage": (Cover("9007"),)}, "unknown_area"),
        ({"coverage": (Cover(FAR_SUBDISTRICT),)}, "outside_parent"),
        ({"coverage": (Cover(CITY_SUBDISTRICT),)}, "area_taken"),
        ({"coverage": (Cover(CITY_SUBDISTRICT + "01"),)}, "area_taken"),
        ({"coverage": (Cover(SUBDISTRICT), Cover(SUBDISTRICT))}, "area_twice"),
        ({"name": "ศจพ.ทน.สงขลา", "kind": CentreKind.CITY_MUNICIPALITY}, "centre_exists"),
        ({"kind": CentreKind.DISTRICT}, "comes_with_area"),
    ],
)
def test_create_centre_refuses(draft: CentreDraft, changes: dict[str, object], code: str) -> None:
    with pytest.raises(DomainError) as caught:
        create_centre(actor=SYSTEM, draft=replace(draft, **changes))
    assert caught.value.code == code


def test_two_municipal_centres_may_share_a_subdistrict_in_part(draft: CentreDraft) -> None:
    shared = (Cover(CITY_SUBDISTRICT, Extent.PART),)
    assert create_centre(actor=SYSTEM, draft=replace(draft, coverage=shared)).pk


def test_team_of_a_district_covers_only_that_district(cast: Cast) -> None:
    draft = CentreDraft(
        CentreKind.SUBDISTRICT_TEAM, "ทีม", cast.district_centre.pk, (Cover(CITY_SUBDISTRICT),)
    )
    assert check_drafts([draft])[0][0].code == "outside_parent"


def test_mentor_team_stands_under_a_district_not_another_mentor_team(cast: Cast) -> None:
    draft = CentreDraft(CentreKind.MENTOR_TEAM, "ทีมพี่เลี้ยงใหม่", cast.mentor_team.pk)
    assert check_drafts([draft])[0][0].code == "bad_parent"
    assert create_centre(actor=SYSTEM, draft=replace(draft, parent_id=cast.district_centre.pk)).pk


def test_many_drafts_are_checked_against_each_other(draft: CentreDraft) -> None:
    again = replace(draft, name="ศจพ.ทม.อื่น")
    assert check_drafts([draft, again])[1][0].code == "area_taken"
    twice = replace(draft, coverage=(Cover(NEXT_SUBDISTRICT),))
    assert check_drafts([draft, twice])[1][0].code == "centre_exists"


def test_many_centres_take_a_fixed_number_of_queries(cast: Cast, django_assert_max_num_queries) -> None:
    drafts = [
        CentreDraft(
            CentreKind.SUBDISTRICT_TEAM, f"ทีม {number}", cast.district_centre.pk, (Cover(SUBDISTRICT),)
        )
        for number in range(30)
    ]
    with django_assert_max_num_queries(14):
        assert len(create_centres(actor=SYSTEM, drafts=drafts)) == 30


def test_change_centre_audits_old_and_new(cast: Cast) -> None:
    change = CentreChange("ศจพ.ทน.สงขลา", (Cover(CITY_SUBDISTRICT), Cover(MUEANG_VILLAGE)))
    change_centre(actor=SYSTEM, centre_id=cast.municipality.pk, change=change)
    entry = AuditEntry.objects.get(action="centre.changed")
    assert entry.changes == {"coverage": [["900101 full"], ["900101 full", "90010301 full"]]}


def test_change_that_changes_nothing_leaves_no_trace(cast: Cast) -> None:
    change = CentreChange(cast.municipality.name, (Cover(CITY_SUBDISTRICT),))
    change_centre(actor=SYSTEM, centre_id=cast.municipality.pk, change=change)
    assert not AuditEntry.objects.exists()


def test_change_to_the_name_of_another_is_a_conflict(cast: Cast) -> None:
    change = CentreChange("ทีมปฏิบัติการตำบลคลองแดน", (Cover(SUBDISTRICT),))
    with pytest.raises(Conflict):
        change_centre(actor=SYSTEM, centre_id=cast.subdistrict_team.pk, change=change)


def test_centre_that_comes_with_an_area_is_not_changed_by_hand(cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        change_centre(actor=SYSTEM, centre_id=cast.district_centre.pk, change=CentreChange("x"))
    assert Centre.objects.get(pk=cast.district_centre.pk).name == "ศจพ.อ.ระโนด"
