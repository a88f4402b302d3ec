"""The pages of an import: send, watch, look at the check, apply, fetch the file to mend, keep the receipt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from casework.services.importing import move_on
from households.enums import ImportStatus
from households.models import Household, ImportBatch
from povertyops.common.models import AccessEntry
from tests.cast import Cast, client_of
from tests.import_work import bring_in, check, receive, world
from tests.lists import Sheet, make_households

__all__ = ["world"]

PIN = "เลขประจำตัวประชาชน"
Queries = Callable[[int], object]
LIST_QUERIES = 4
PAGE_QUERIES = 7


def upload(sheet: Sheet, folder: Path, name: str = "list.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, sheet.xlsx(folder / name).read_bytes())


def send(client: Client, file: SimpleUploadedFile | None, **values: object) -> object:
    data = {"kind": "tpmap", "fiscal_year": "2568", **values, **({"file": file} if file else {})}
    return client.post(reverse("import_new"), data)


def page(client: Client, batch: ImportBatch, query: str = "") -> str:
    response = client.get(reverse("import_batch", args=[batch.pk]) + query)
    assert response.status_code == 200
    return response.content.decode()


def test_whole_way_from_file_to_receipt(world: Cast, tmp_path: Path) -> None:
    client = client_of(world.officer)
    sheet = Sheet(make_households(3, persons=2)).set(0, PIN, "300792872122")
    response = send(client, upload(sheet, tmp_path))
    batch = ImportBatch.objects.get()
    assert response.status_code == 302  # type: ignore[attr-defined]
    assert response.headers["Location"] == reverse("import_batch", args=[batch.pk])  # type: ignore[attr-defined]
    assert "กำลังตรวจไฟล์" in page(client, batch)

    move_on(batch.pk)
    preview = page(client, batch)
    assert "นำเข้า 2 ครัวเรือน" in preview
    assert "xxxxxxxxxxxx" in preview
    assert "300792872122" not in preview

    assert client.post(reverse("import_apply", args=[batch.pk])).status_code == 302
    assert "กำลังนำเข้าครัวเรือน" in page(client, batch)
    move_on(batch.pk)
    assert "เลขที่ใบรับ" in page(client, batch)
    assert Household.objects.count() == 2
    assert str(batch.pk) in client.get(reverse("import_list")).content.decode()


def test_progress_is_asked_by_htmx_and_then_the_page_renews_itself(world: Cast) -> None:
    client = client_of(world.officer)
    batch = receive(Sheet(make_households(1)), actor=world.officer)
    here = reverse("import_batch", args=[batch.pk])
    fragment = client.get(here, headers={"HX-Request": "true"})
    assert b"<html" not in fragment.content
    assert f'hx-get="{here}"'.encode() in fragment.content
    move_on(batch.pk)
    assert client.get(here, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_form_says_what_is_missing(world: Cast) -> None:
    response = send(client_of(world.officer), None)
    assert response.status_code == 422  # type: ignore[attr-defined]
    assert "เลือกไฟล์บัญชีก่อน" in response.content.decode()  # type: ignore[attr-defined]
    assert not ImportBatch.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "nothing"),
        ("fiscal_year", "2540"),
        ("survey_year", "1"),
        ("effective_on", "31/02/2568"),
        ("effective_on", "1/1/2560"),
    ],
)
def test_form_refuses_what_cannot_be(world: Cast, tmp_path: Path, name: str, value: str) -> None:
    response = send(client_of(world.officer), upload(Sheet(make_households(1)), tmp_path), **{name: value})
    assert response.status_code == 422  # type: ignore[attr-defined]
    assert not ImportBatch.objects.exists()


def test_file_beyond_the_bound_is_not_kept(world: Cast, settings) -> None:
    settings.UPLOAD_MAX_BYTES = 100_000
    response = send(client_of(world.officer), SimpleUploadedFile("list.csv", b"x" * 300_000))
    assert response.status_code == 422  # type: ignore[attr-defined]
    assert "ไฟล์ใหญ่เกิน" in response.content.decode()  # type: ignore[attr-defined]
    assert not ImportBatch.objects.exists()


def test_unreadable_file_says_why(world: Cast, tmp_path: Path) -> None:
    path = tmp_path / "picture.xlsx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    batch = check(path, actor=world.officer)
    assert "ไฟล์นี้ไม่ใช่ตาราง" in page(client_of(world.officer), batch)


def test_file_to_mend_is_fetched_and_logged(world: Cast) -> None:
    batch = check(Sheet(make_households(2)).set(0, PIN, "1"), actor=world.officer)
    response = client_of(world.officer).get(reverse("import_errors", args=[batch.pk]))
    assert response.status_code == 200
    assert b"".join(response.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    assert "attachment" in response.headers["Content-Disposition"]
    assert AccessEntry.objects.filter(kind="import_errors", object_id=str(batch.pk)).count() == 1


def test_there_is_no_file_to_mend_when_nothing_is(world: Cast) -> None:
    batch = check(Sheet(make_households(2)), actor=world.officer)
    assert client_of(world.officer).get(reverse("import_errors", args=[batch.pk])).status_code == 400
    assert not AccessEntry.objects.exists()


def test_faults_are_paged(world: Cast) -> None:
    sheet = Sheet(make_households(60, persons=1))
    for row in range(60):
        sheet.set(row, PIN, "1")
    batch = check(sheet, actor=world.officer)
    first = page(client_of(world.officer), batch)
    assert first.count("หลัก ต้องมี 13 หลัก") == 50
    assert 'rel="next"' in first
    assert "ยังไม่มีครัวเรือนที่นำเข้าได้" in first


def test_notices_have_their_own_table(world: Cast) -> None:
    batch = check(Sheet(make_households(2, persons=1)).set(0, PIN, "").set(1, PIN, "1"), actor=world.officer)
    client = client_of(world.officer)
    assert "จะจับคู่ด้วยชื่อ" not in page(client, batch)
    assert "จะจับคู่ด้วยชื่อ" in page(client, batch, "?show=notices")


def test_households_that_left_are_named_to_who_may_see_them(world: Cast) -> None:
    families = make_households(3, subdistricts=["900701"])
    bring_in(Sheet(families), fiscal_year=2567)
    batch = check(Sheet(families[1:]), actor=world.officer)
    left = reverse("import_changes", args=[batch.pk]) + "?show=left"
    assert left in page(client_of(world.officer), batch)
    assert families[0].persons[0].last in client_of(world.officer).get(left).content.decode()


def test_applying_twice_is_refused(world: Cast) -> None:
    batch = bring_in(Sheet(make_households(1)), actor=world.officer)
    assert client_of(world.officer).post(reverse("import_apply", args=[batch.pk])).status_code == 409


@pytest.mark.parametrize("name", ["far_officer", "other_officer", "far_secretary", "municipal_officer"])
def test_import_of_another_centre_is_not_there(world: Cast, name: str) -> None:
    batch = check(Sheet(make_households(1)).set(0, PIN, "1"), actor=world.officer)
    client = client_of(world.people[name])
    assert client.get(reverse("import_batch", args=[batch.pk])).status_code == 404
    assert client.get(reverse("import_errors", args=[batch.pk])).status_code == 404
    assert client.post(reverse("import_apply", args=[batch.pk])).status_code == 404
    assert str(batch.pk) not in client.get(reverse("import_list")).content.decode()
    batch.refresh_from_db()
    assert batch.status == ImportStatus.READY


@pytest.mark.parametrize("name", ["mentor", "team_leader", "executive", "national_viewer", "system_admin"])
def test_other_roles_have_no_imports(world: Cast, name: str) -> None:
    assert client_of(world.people[name]).get(reverse("import_list")).status_code == 403
    assert client_of(world.people[name]).get(reverse("import_new")).status_code == 403


def test_secretary_sees_the_districts_imports(world: Cast) -> None:
    batch = check(Sheet(make_households(1)), actor=world.officer)
    assert batch.file_name in client_of(world.secretary).get(reverse("import_list")).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_list_has_few_queries(world: Cast, django_assert_num_queries: Queries, count: int) -> None:
    for _number in range(count):
        check(Sheet(make_households(1)), actor=world.officer)
    assert_queries(client_of(world.officer), reverse("import_list"), django_assert_num_queries, LIST_QUERIES)


@pytest.mark.parametrize("count", [1, 3])
def test_page_has_few_queries(world: Cast, django_assert_num_queries: Queries, count: int) -> None:
    sheet = Sheet(make_households(5, persons=1))
    for row in range(count):
        sheet.set(row, PIN, "1")
    batch = check(sheet, actor=world.officer)
    url = reverse("import_batch", args=[batch.pk])
    assert_queries(client_of(world.officer), url, django_assert_num_queries, PAGE_QUERIES)


def assert_queries(client: Client, url: str, counted: Queries, count: int) -> None:
    client.get(url)
    with counted(count):  # type: ignore[attr-defined]
        assert client.get(url).status_code == 200
