"""A clerk alone brings an odd file to a good end: columns mapped with a preview, kept as a profile, codes
chosen once for every list to come."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from households.enums import FilePart, ImportStatus
from households.imports.guard import load_resolutions
from households.models import Household, ImportBatch, ImportFile, ImportHousehold, MappingProfile
from households.services.codes import choose_code
from povertyops.accounts.enums import Role
from povertyops.accounts.models import Appointment
from povertyops.areas.models import AbolishedArea, CodeMeaning
from povertyops.areas.queries import Found
from povertyops.common.errors import Conflict
from povertyops.common.models import AuditEntry
from tests.cast import CITY_SUBDISTRICT, NEXT_SUBDISTRICT, SUBDISTRICT, Cast, build_cast, sign_in
from tests.import_work import apply, bring_in, check, codes, read
from tests.import_work import world as world
from tests.lists import HEADER, Sheet, make_households

pytestmark = pytest.mark.django_db
ODD = {"รหัสตำบล": "โค้ดพื้นที่", "ชื่อ": "คนที่สำรวจ", "เลขประจำตัวประชาชน": "เลขหลัก", "มิติรายได้": "จน"}


def odd_sheet(folder: Path, seed: int = 1) -> Path:
    """A list whose needed columns have headers that nobody knows; income is told by 1 and 0."""
    sheet = Sheet(make_households(4, seed=seed, persons=2))
    for row in range(len(sheet.rows)):
        sheet.set(row, "มิติรายได้", "1" if sheet.get(row, "มิติรายได้") == "ไม่ผ่าน" else "0")
        sheet.set(row, "ตัวชี้วัดที่ไม่ผ่าน", "")
    path = sheet.csv(folder / f"odd{seed}.csv")
    text = path.read_text(encoding="utf-8-sig")
    header, _, rest = text.partition("\n")
    names = [ODD.get(name, name) for name in header.strip().split(",")]
    path.write_text(",".join(names) + "\n" + rest, encoding="utf-8")
    return path


def form_of(**changes: Any) -> dict[str, Any]:
    """The form as the page would send it, every column of the usual list in its place."""
    fields = (
        "",
        "subdistrict",
        "",
        "moo",
        "village_name",
        "house_no",
        "house_code",
        "pin",
        "title",
        "first_name",
    )
    fields += (
        "last_name",
        "birth",
        "sex",
        "relation",
        "phone",
        "health",
        "living",
        "education",
        "income",
        "access",
    )
    told = {f"c{place}": name for place, name in enumerate((*fields, "", "income_baht"))}
    head = {
        "first_row": "1",
        "last_row": "1",
        "unit": "person",
        "fails": "1, x",
        "passes": "0",
        "name": "แบบอำเภอ",
    }
    return {**told, **head, "only_this_kind": "on", "act": "save", **changes}


def test_odd_file_is_mapped_previewed_read_and_remembered(
    world: Cast, client: Client, tmp_path: Path
) -> None:
    batch = check(odd_sheet(tmp_path), actor=world.officer)
    assert batch.status == ImportStatus.MAPPING
    sign_in(client, world.officer)
    url = reverse("import_mapping", args=[batch.pk])

    page = client.get(url).content.decode()
    assert "โค้ดพื้นที่" in page
    assert "รหัสตำบลที่มีอยู่จริง" in page  # why the column was taken for it
    pin = odd_sheet(tmp_path).read_text().split("\n")[1].split(",")[7]
    assert pin not in page
    assert "-xxxxx-" in page
    head = ImportFile.objects.get(batch=batch, part=FilePart.HEAD)
    assert b"\xe0\xb8" not in bytes(head.sealed)

    fragment = client.post(url, form_of(act=""), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert 'id="mapping-preview"' in fragment
    assert "ครัวเรือนที่ 1" in fragment
    twice = client.post(url, form_of(c0="first_name"), headers={"HX-Request": "true"}).content.decode()
    assert "เลือกเป็นอย่างเดียวกัน" in twice
    refused = client.post(url, form_of(c1=""))
    assert refused.status_code >= 400
    assert "รหัสตำบล" in refused.content.decode()
    assert "ครัวเรือนที่ 1" in client.post(url, form_of(act="headers")).content.decode()
    assert not MappingProfile.objects.exists()

    assert client.post(url, form_of()).status_code == 302
    batch = read(ImportBatch.objects.get(pk=batch.pk))
    assert (batch.status, batch.households, batch.faults) == (ImportStatus.READY, 4, 0)
    profile = MappingProfile.objects.get()
    assert (profile.version, profile.kind_id, batch.profile_id) == (1, "tpmap", profile.pk)
    assert AuditEntry.objects.filter(action="import.mapped").count() == 1
    poor = set(ImportHousehold.objects.filter(batch=batch).values_list("dimensions", flat=True))
    assert any(mask & 8 for mask in poor)
    assert apply(batch, actor=world.officer).status == ImportStatus.APPLIED
    assert client.get(url).status_code == 409

    later = check(odd_sheet(tmp_path, seed=2), actor=world.officer)
    assert (later.status, later.households, later.faults) == (ImportStatus.READY, 4, 0)
    other_kind = check(odd_sheet(tmp_path, seed=3), actor=world.officer, kind="csr")
    assert other_kind.status == ImportStatus.MAPPING
    elsewhere = check(odd_sheet(tmp_path, seed=2), actor=world.far_officer)
    assert elsewhere.status == ImportStatus.MAPPING


def test_profile_is_changed_by_version_and_retired(world: Cast, client: Client, tmp_path: Path) -> None:
    batch = check(odd_sheet(tmp_path), actor=world.officer)
    sign_in(client, world.officer)
    client.post(reverse("import_mapping", args=[batch.pk]), form_of())
    first = MappingProfile.objects.get()
    url = reverse("mapping_profile", args=[first.pk])
    assert "แบบอำเภอ" in client.get(reverse("mapping_profiles")).content.decode()
    assert "โค้ดพื้นที่" in client.get(url).content.decode()
    assert client.post(url, form_of(c14="")).status_code == 302
    second = MappingProfile.objects.get(superseded_at=None)
    assert (second.version, "phone" in second.columns, "phone" in first.columns) == (2, False, True)
    assert client.get(url).status_code == 404

    sign_in(client, world.other_officer)
    newest = reverse("mapping_profile", args=[second.pk])
    assert client.get(newest).status_code == 404
    theirs = check(odd_sheet(tmp_path, seed=3), actor=world.other_officer, kind="csr")
    taken = client.post(reverse("import_mapping", args=[theirs.pk]), form_of())
    assert (taken.status_code, "มีแม่แบบชื่อนี้ของผู้อื่นแล้ว" in taken.content.decode()) == (422, True)
    assert MappingProfile.objects.get(superseded_at=None) == second
    sign_in(client, world.secretary)
    assert client.get(newest).status_code == 200
    assert client.post(reverse("mapping_profile_retire", args=[second.pk])).status_code == 302
    assert check(odd_sheet(tmp_path, seed=2), actor=world.officer).status == ImportStatus.MAPPING


def test_profile_of_one_centre_is_offered_to_others_and_the_provinces_holds_for_all(
    world: Cast, client: Client, tmp_path: Path
) -> None:
    def mapped(actor: Any, seed: int, **changes: Any) -> None:
        batch = check(odd_sheet(tmp_path, seed=seed), actor=actor)
        sign_in(client, actor)
        url = reverse("import_mapping", args=[batch.pk])
        assert client.post(url, form_of(**changes)).status_code == 302

    def is_read_with_phone(actor: Any, seed: int) -> bool:
        batch = check(odd_sheet(tmp_path, seed=seed), actor=actor)
        assert batch.status == ImportStatus.READY
        return "phone" in batch.layout["columns"]

    mapped(world.officer, 1)
    assert is_read_with_phone(world.second_officer, 2)  # of the same centre

    theirs = check(odd_sheet(tmp_path, seed=3), actor=world.other_officer)
    assert theirs.status == ImportStatus.MAPPING
    sign_in(client, world.other_officer)
    url = reverse("import_mapping", args=[theirs.pk])
    page = client.get(url)
    [offered] = page.context["offered"]
    assert str(offered.centre) in page.content.decode()
    assert page.context["form"]["c18"].value() != "income"  # nothing of it is filled in by itself
    taken = client.get(url, {"profile": str(offered.pk)})
    assert taken.context["form"]["c18"].value() == "income"
    assert taken.context["form"]["c1"].value() == "subdistrict"
    assert client.get(url, {"profile": "x"}).status_code == 200
    # Taken over unchanged it is still the other centre's: it needs a name of its own.
    same = client.post(url, form_of())
    assert (same.status_code, "โปรดตั้งชื่ออื่น" in same.content.decode()) == (422, True)
    assert client.post(url, form_of(name="แบบอำเภออื่น", c14="")).status_code == 302

    assert is_read_with_phone(world.officer, 4)
    assert not is_read_with_phone(world.other_officer, 5)
    assert check(odd_sheet(tmp_path, seed=6), actor=world.municipal_officer).status == ImportStatus.MAPPING
    batch = check(odd_sheet(tmp_path, seed=7), actor=world.secretary)
    sign_in(client, world.secretary)
    url = reverse("import_mapping", args=[batch.pk])
    same = client.post(url, form_of())  # the district's stays the district's
    assert (same.status_code, "โปรดตั้งชื่ออื่น" in same.content.decode()) == (422, True)
    assert client.post(url, form_of(name="แบบจังหวัด")).status_code == 302
    assert is_read_with_phone(world.municipal_officer, 8)
    assert not is_read_with_phone(world.other_officer, 9)
    rows = MappingProfile.objects.values_list("name", "centre__kind")
    assert set(rows) == {("แบบอำเภอ", "district"), ("แบบอำเภออื่น", "district"), ("แบบจังหวัด", None)}

    # The province's reads the own files already: saving it again as it is makes no other.
    again = check(odd_sheet(tmp_path, seed=10), actor=world.municipal_officer)
    sign_in(client, world.municipal_officer)
    saved = client.post(reverse("import_mapping", args=[again.pk]), form_of(name="แบบจังหวัด"))
    assert (saved.status_code, MappingProfile.objects.count()) == (302, 3)


def test_profiles_made_before_are_of_the_centre_of_whoever_began_them(world: Cast) -> None:
    def made(name: str, maker: Any, *, version: int = 1, day: int = 1) -> MappingProfile:
        profile: MappingProfile = MappingProfile.objects.create(
            name=name,
            province_code="90",
            signature=name,
            version=version,
            entered_by=maker.user if maker else None,
            recorded_at=timezone.now() - timedelta(days=10 - day),
            superseded_at=timezone.now() if version == 1 and name == "ร่วม" else None,
        )
        return profile

    def post(maker: Any, centre: Any, **values: Any) -> None:
        Appointment.objects.create(
            **{"user": maker.user, "role": Role.DISTRICT_OFFICER, "centre": centre, "order_number": "9"}
            | {"valid_from": timezone.localdate() - timedelta(days=400)}
            | values
        )

    begun, changed = made("ร่วม", world.officer), made("ร่วม", world.secretary, version=2, day=3)
    province, system = made("ของจังหวัด", world.secretary), made("ของระบบ", None)
    elsewhere = made("ข้ามจังหวัด", world.far_officer)
    post(world.other_officer, world.municipality, role=Role.MUNICIPAL_OFFICER)
    two_posts = made("สองตำแหน่ง", world.other_officer)
    post(world.second_officer, world.mentor_team, role=Role.MENTOR)
    long_ago = timezone.localdate() - timedelta(days=300)
    post(world.second_officer, world.other_district_centre, valid_to=long_ago)
    revoked = timezone.now() - timedelta(days=20)
    post(world.second_officer, world.other_district_centre, revoked_at=revoked)
    one_post = made("ตำแหน่งเดียวในวันนั้น", world.second_officer)

    with connection.cursor() as cursor:
        cursor.execute(import_module("households.migrations.0014_profile_of_a_centre").TELL_WHOSE)

    found = dict(MappingProfile.objects.values_list("pk", "centre_id"))
    own = world.district_centre.pk
    assert {found[begun.pk], found[changed.pk], found[one_post.pk]} == {own}
    assert {found[each.pk] for each in (province, system, elsewhere, two_posts)} == {None}


def municipal_sheet(seed: int) -> Sheet:
    sheet = Sheet(make_households(3, seed=seed, persons=2))
    for row in (2, 3):
        sheet.set(row, "รหัสตำบล", "900151").set(row, "รหัสประจำบ้าน", f"9098000{seed:04d}")
    return sheet


def test_municipal_code_is_chosen_once_and_its_households_are_the_centres(
    world: Cast, client: Client
) -> None:
    batch = check(municipal_sheet(1), actor=world.secretary)
    assert [code for _row, code in codes(batch)] == ["municipal_code"] * 2
    sign_in(client, world.secretary)
    url = reverse("code_meaning", args=["900151"])
    assert url in client.get(reverse("import_batch", args=[batch.pk])).content.decode()
    sign_in(client, world.officer)  # of another district
    assert client.get(url).status_code == 404

    sign_in(client, world.secretary)
    answer = client.post(
        f"{url}?batch={batch.pk}", {"centre_id": str(world.municipality.pk), "area_code": ""}
    )
    assert answer["Location"] == reverse("import_batch", args=[batch.pk])
    meaning = CodeMeaning.objects.get()
    assert (meaning.area_id, meaning.centre_id) == (CITY_SUBDISTRICT, world.municipality.pk)
    assert load_resolutions()["900151"].centre_id == world.municipality.pk

    later = bring_in(municipal_sheet(2), actor=world.secretary)
    assert (later.held_back, later.faults) == (0, 0)
    home = Household.objects.get(scope__centre_id=world.municipality.pk)
    assert (home.area_code, home.scope.is_municipal) == (f"{CITY_SUBDISTRICT}00", True)

    # A household known to the district comes under the centre when a later list says so.
    known = Household.objects.exclude(pk=home.pk).filter(scope__is_municipal=False).first()
    assert known is not None
    moved = municipal_sheet(2)
    for row in range(len(moved.rows)):
        if moved.get(row, "รหัสประจำบ้าน") == known.house_code:
            moved.set(row, "รหัสตำบล", "900151")
    bring_in(moved, actor=world.secretary, fiscal_year=2569)
    known.refresh_from_db()
    assert (known.area_code, known.scope.centre_id) == (f"{CITY_SUBDISTRICT}00", world.municipality.pk)

    client.post(url, {"centre_id": "", "area_code": SUBDISTRICT})
    assert CodeMeaning.objects.filter(superseded_at=None).get().area_id == SUBDISTRICT
    assert CodeMeaning.objects.count() == 2
    assert AuditEntry.objects.filter(action="code.chosen").count() == 2
    assert "900151" in client.get(reverse("code_meanings")).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_code_chosen_by_many_at_once_is_chosen_once() -> None:
    cast = build_cast()

    def choose(area: str) -> str:
        try:
            return choose_code(actor=cast.secretary, code="900151", area_code=area).area_id
        except Conflict as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        same = list(threads.map(choose, [SUBDISTRICT] * 8))
    assert (set(same), CodeMeaning.objects.count()) == ({SUBDISTRICT}, 1)

    with ThreadPoolExecutor(8) as threads:
        asked = [NEXT_SUBDISTRICT, CITY_SUBDISTRICT] * 4
        answers = list(threads.map(choose, asked))
    assert all(answer in (wanted, "chosen_meanwhile") for wanted, answer in zip(asked, answers, strict=True))
    assert CodeMeaning.objects.filter(superseded_at=None).count() == 1
    assert AuditEntry.objects.filter(action="code.chosen").count() == CodeMeaning.objects.count()


def test_current_code_with_a_high_suffix_and_codes_of_others_are_not_chosen(
    world: Cast, client: Client
) -> None:
    AbolishedArea.objects.create(code="900790", name="เดิม", successors=[SUBDISTRICT, NEXT_SUBDISTRICT])
    sign_in(client, world.officer)
    url = reverse("code_meaning", args=["900790"])
    assert "แยกไปเป็น" in client.get(url).content.decode()
    assert client.post(url, {"area_code": CITY_SUBDISTRICT, "centre_id": ""}).status_code >= 400
    assert client.post(url, {"area_code": "", "centre_id": ""}).status_code >= 400
    assert (
        client.post(reverse("code_meaning", args=[SUBDISTRICT]), {"area_code": NEXT_SUBDISTRICT}).status_code
        >= 400
    )
    outside = {"area_code": NEXT_SUBDISTRICT, "centre_id": str(world.municipality.pk)}
    assert client.post(url, outside).status_code >= 400
    assert not CodeMeaning.objects.exists()
    assert client.post(url, {"area_code": NEXT_SUBDISTRICT, "centre_id": ""}).status_code == 302
    assert load_resolutions()["900790"].found is Found.CHOSEN
    sheet = Sheet(make_households(2, persons=1)).set(0, "รหัสตำบล", "900790")
    batch = check(sheet, actor=world.officer)
    assert (codes(batch), [code for _row, code in codes(batch, notices=True)]) == ([], ["code_chosen"])


def test_sheets_of_districts_are_one_list_and_faults_name_their_sheet(world: Cast, tmp_path: Path) -> None:
    path = tmp_path / "districts.xlsx"
    with xlsxwriter.Workbook(path) as book:
        homes = make_households(4, persons=2)
        for name, some in (("ระโนด", homes[:2]), ("คลองแดน", homes[2:])):
            page = book.add_worksheet(name)
            sheet = Sheet(some)
            if name == "คลองแดน":
                sheet.set(0, "วันเกิด", "31/02/2520")
            page.write_row(0, 0, HEADER)
            for number, row in enumerate(sheet.rows, start=1):
                page.write_row(number, 0, ["" if cell is None else cell for cell in row])
        book.add_worksheet("บันทึก").write(0, 0, "ไม่ใช่ตาราง")
    batch = check(path, actor=world.officer)
    assert (batch.status, batch.households, batch.held_back) == (ImportStatus.READY, 4, 1)
    assert batch.layout["sheets"] == ["ระโนด", "คลองแดน"]
    assert batch.layout["other_sheets"] == ["บันทึก"]
    fault = batch.found_faults.get(is_notice=False)
    assert (fault.sheet, fault.row, fault.code) == (1, 2, "bad_birth")
    assert sorted(batch.staged_rows.values_list("sheet", flat=True)) == [0] * 4 + [1] * 4
