"""Entering centres on pages and by file."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404

from povertyops.accounts.services import check_centres, create_centre, import_centres
from povertyops.areas.enums import CentreKind
from povertyops.areas.models import Centre
from povertyops.areas.services import CentreDraft, Cover
from tests.cast import FAR_SUBDISTRICT, NEXT_SUBDISTRICT, SUBDISTRICT, Cast, client_of

HEAD = "ประเภท,ชื่อศูนย์หรือทีม,สังกัด,รหัสพื้นที่ทั้งพื้นที่,รหัสพื้นที่บางส่วน,รหัสสำนักทะเบียน"
TOWN = "ศจพ.ทม.,ศจพ.ทม.ระโนด,ศจพ.จ.สงขลา,900701,900702,9098"
TEAM = "ทีมปฏิบัติการตำบล,ทีมใหม่,ศจพ.อ. ระโนด,๙๐๐๗๐๒,,"


def table(*rows: str) -> str:
    return "\n".join((HEAD, *rows))


def test_import_enters_centres_and_again_changes_nothing(cast: Cast) -> None:
    result = import_centres(actor=cast.secretary, text=table(TOWN, TEAM))
    assert (result.created, result.known, result.faults) == (2, 0, [])
    town = Centre.objects.get(name="ศจพ.ทม.ระโนด")
    assert sorted(town.coverage.values_list("area_id", "extent")) == [
        ("900701", "full"),
        ("900702", "part"),
    ]
    again = import_centres(actor=cast.secretary, text=table(TOWN, TEAM))
    assert (again.created, again.known) == (0, 2)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (TOWN.replace("ศจพ.ทม.,", "อบต.,"), "ประเภท", "unknown_kind"),
        (TOWN.replace("ศจพ.จ.สงขลา", "ศจพ.จ.ขอนแก่น"), "สังกัด", "unknown_parent"),
        (TEAM.replace("ศจพ.อ. ระโนด", "ศจพ.จ.สงขลา"), "สังกัด", "unknown_parent"),
        (TOWN.replace("900701,", "909999,"), "รหัสพื้นที่ทั้งพื้นที่", "unknown_area"),
        (TOWN.replace("900701,", "900101,"), "รหัสพื้นที่ทั้งพื้นที่", "area_taken"),
        (TOWN.replace("ศจพ.ทม.ระโนด", ""), "ชื่อศูนย์หรือทีม", "missing_name"),
    ],
)
def test_faults_name_row_and_column(cast: Cast, row: str, column: str, code: str) -> None:
    check = check_centres(actor=cast.secretary, text=table(TEAM, row))
    assert [(f.row, f.column, f.code) for f in check.faults] == [(3, column, code)]
    assert len(check.drafts) == 1


def test_create_under_a_parent_out_of_sight_is_absent(cast: Cast) -> None:
    draft = CentreDraft(
        CentreKind.SUBDISTRICT_TEAM, "ทีม", cast.far_district_centre.pk, (Cover(FAR_SUBDISTRICT),)
    )
    with pytest.raises(Http404):
        create_centre(actor=cast.secretary, draft=draft)


class TestPages:
    def test_list_shows_the_own_province(self, cast: Cast) -> None:
        page = client_of(cast.secretary).get("/centres/?province=40")
        assert "ศจพ.ทน.สงขลา" in page.text
        assert "ขอนแก่น" not in page.text

    def test_administrator_chooses_a_province(self, cast: Cast) -> None:
        page = client_of(cast.system_admin).get("/centres/?province=40")
        assert "ศจพ.ทม.สำราญ" in page.text

    def test_list_takes_a_fixed_number_of_queries(self, cast: Cast, django_assert_num_queries) -> None:
        client = client_of(cast.secretary)
        with django_assert_num_queries(6):
            client.get("/centres/")

    def test_new_town_municipality(self, cast: Cast) -> None:
        data = {"name": "ศจพ.ทม.ระโนด", "parent": str(cast.province_centre.pk), "full": SUBDISTRICT}
        response = client_of(cast.secretary).post("/centres/new/town_municipality/", data)
        assert response.status_code == 302
        assert Centre.objects.get(name="ศจพ.ทม.ระโนด").kind == CentreKind.TOWN_MUNICIPALITY

    def test_refusal_stands_at_the_field(self, cast: Cast) -> None:
        data = {"name": "ศจพ.ทม.ระโนด", "parent": str(cast.province_centre.pk), "full": "900101"}
        page = client_of(cast.secretary).post("/centres/new/town_municipality/", data)
        assert page.status_code == 422
        assert "full" in page.context["form"].errors

    def test_district_centres_are_not_entered_by_hand(self, cast: Cast) -> None:
        assert client_of(cast.secretary).get("/centres/new/district/").status_code == 404

    def test_edit_changes_coverage(self, cast: Cast) -> None:
        url = f"/centres/{cast.subdistrict_team.pk}/"
        data = {
            "name": "ทีมปฏิบัติการตำบลระโนด",
            "full": f"{SUBDISTRICT} {NEXT_SUBDISTRICT}",
            "is_active": "on",
        }
        assert client_of(cast.secretary).post(url, data).status_code == 302
        assert cast.subdistrict_team.coverage.count() == 2

    def test_import_previews_then_applies(self, cast: Cast) -> None:
        client = client_of(cast.secretary)
        file = SimpleUploadedFile("centres.csv", table(TOWN).encode())
        preview = client.post("/centres/import/", {"file": file})
        assert not Centre.objects.filter(name="ศจพ.ทม.ระโนด").exists()
        client.post("/centres/import/", preview.context["apply_form"].initial)
        assert Centre.objects.filter(name="ศจพ.ทม.ระโนด").exists()
