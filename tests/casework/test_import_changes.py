"""Next year's file beside last year's list: exactly what was planted, before it goes in and after."""

from __future__ import annotations

from collections import Counter

import pytest
from django.core.management import call_command
from django.urls import reverse

from casework.pages.import_changes import csv_lines, left_rows, staged_cards, staged_rows
from households.models import Household, ImportBatch
from povertyops.common.models import AccessEntry
from reports.models import ExportJob
from tests.casework.batches import copies, register
from tests.cast import Cast, client_of
from tests.import_work import apply, bring_in, check, world
from tests.lists import ListHousehold, ListPerson, Sheet, make_households

__all__ = ["world"]

UNCHANGED = 4


def planted() -> tuple[list[ListHousehold], list[ListHousehold]]:
    """Last year's list, and this year's with one change of each kind on a household of its own."""
    old, now = copies(13, persons=3, subdistricts=["900701"], seed=5)
    spare = make_households(2, persons=1, start=60, seed=9)
    now[0].moo = now[0].moo % 12 + 1
    now[1].phone = "0812345678"
    old[2].dimensions, now[2].dimensions = ("living", "income"), ("living", "health")
    now[3].persons.append(spare[0].persons[0])
    now[3].persons[-1].relation = "หลาน"
    del now[4].persons[2]
    now[5].persons[1].first = "สมหญิง"
    now[6].income = old[6].income + 1_000
    old[7].house_no = now[7].house_no + "ก"
    came = make_households(2, persons=2, start=200, subdistricts=["900701"], seed=6)
    # The last of the old ones is not in the file.
    return old, [*now[:-1], *came]


def the_file(households: list[ListHousehold]) -> Sheet:
    """Rows in another order, and things that are no change: Thai digits, spaces, the order of columns."""
    sheet = Sheet(list(reversed(households)))
    for place in range(len(sheet.rows)):
        phone = str(sheet.get(place, "โทรศัพท์"))
        sheet.set(place, "โทรศัพท์", f"{phone[:3]}-{phone[3:6]}-{phone[6:]}")
    return sheet


def cards(batch: ImportBatch, show: str) -> dict[str, list[tuple[str, str, str]]]:
    rows = staged_rows(batch, show).order_by("number")
    return {
        card.name: [(line.label, line.before, line.after) for line in card.lines]
        for card in staged_cards(batch, list(rows))
    }


def head(household: ListHousehold) -> str:
    first = household.persons[0]
    return f"{first.title}{first.first} {first.last}"


def full(person: ListPerson) -> str:
    return f"{person.title}{person.first} {person.last}"


def expected(old: list[ListHousehold], now: list[ListHousehold]) -> dict[str, list[str]]:
    """Household -> the labels of its differences, in order."""
    labels = {
        0: ["หมู่บ้าน"],
        1: ["โทรศัพท์"],
        2: ["มิติที่ตกเกณฑ์", "มิติที่ตกเกณฑ์", "ตัวชี้วัดที่ไม่ผ่าน", "ตัวชี้วัดที่ไม่ผ่าน"],
        3: ["สมาชิก"],
        4: ["สมาชิก"],
        5: [f"{full(now[5].persons[1])} · ชื่อ"],
        6: ["รายได้เฉลี่ยต่อคนต่อปี (บาท)"],
        7: ["บ้านเลขที่"],
    }
    return {head(now[place]): said for place, said in labels.items()}


def test_the_comparison_shows_exactly_what_was_planted(world: Cast, tmp_path, capsys) -> None:
    old, now = planted()
    bring_in(Sheet(old), fiscal_year=2567, actor=world.secretary)
    before = register()
    path = the_file(now).csv(tmp_path / "next.csv")
    name = world.secretary.user.username if world.secretary.user else ""
    with pytest.raises(SystemExit) as ended:
        call_command(*("import_targets", str(path), "--list", "tpmap", "--fiscal-year", "2568", "--as", name))
    assert ended.value.code == 0
    assert "เข้าใหม่ 2 เปลี่ยน 8 เหมือนเดิม 4 ไม่อยู่ในไฟล์ 1" in capsys.readouterr().out
    batch = ImportBatch.objects.get(fiscal_year=2568)
    told = {"year": 2567, "new": 2, "changed": 8, "same": UNCHANGED, "left": 1}
    assert batch.since_last == told
    assert register() == before

    found = cards(batch, "changed")
    assert {name: [label for label, _old, _new in lines] for name, lines in found.items()} == expected(
        old, now
    )
    flat = {label: (was, has) for lines in found.values() for label, was, has in lines}
    assert flat["โทรศัพท์"] == (old[1].phone, "0812345678")
    assert flat["รายได้เฉลี่ยต่อคนต่อปี (บาท)"] == (f"{old[6].income:,}", f"{now[6].income:,}")
    assert flat["บ้านเลขที่"] == (old[7].house_no, now[7].house_no)
    assert flat[f"{full(now[5].persons[1])} · ชื่อ"] == (old[5].persons[1].first, "สมหญิง")
    of_dimensions = found[head(now[2])]
    assert [line[1:] for line in of_dimensions[:2]] == [("", "สุขภาพ"), ("รายได้", "")]
    assert of_dimensions[2][2].startswith("8. ")
    assert of_dimensions[3][1].startswith("29. ")
    assert found[head(now[3])] == [("สมาชิก", "", full(now[3].persons[-1]))]
    assert found[head(now[4])] == [("สมาชิก", full(old[4].persons[2]), "")]
    assert set(cards(batch, "new")) == {head(family) for family in now[-2:]}
    assert set(cards(batch, "same")) == {head(family) for family in now[8:12]}
    left = [line.household.house_code for line in left_rows(world.secretary, batch)]
    assert left == [old[-1].house_code]

    apply(batch, actor=world.secretary)
    batch.refresh_from_db()
    assert batch.since_last == told
    assert cards(batch, "changed") == found
    assert [line.household.house_code for line in left_rows(world.secretary, batch)] == left


def test_pages_show_it_and_the_csv_has_all_of_it(world: Cast, django_assert_num_queries, settings) -> None:
    old, now = planted()
    bring_in(Sheet(old), fiscal_year=2567, actor=world.secretary)
    now[1].phone = "0812345678"
    batch = check(the_file(now), actor=world.secretary)
    client = client_of(world.secretary)
    page = reverse("import_changes", args=[batch.pk])
    assert "ดูทีละครัวเรือน" in client.get(reverse("import_batch", args=[batch.pk])).content.decode()
    changed = client.get(page).content.decode()
    for word in ("ยังไม่มีอะไรเข้าทะเบียน", "0812345678", "สมหญิง", "หมู่บ้าน"):
        assert word in changed
    with django_assert_num_queries(12):
        client.get(page)
    for show, count in (("new", 2), ("same", UNCHANGED), ("left", 1)):
        assert client.get(f"{page}?show={show}").content.decode().count('<h2 class="card__title">') == count
    text = b"".join(csv_lines(world.secretary, batch)).decode("utf-8-sig")
    kinds = Counter(line.split(",")[0] for line in text.splitlines()[1:])
    assert kinds == {"เข้าใหม่": 2, "ข้อมูลเปลี่ยน": 11, "ไม่อยู่ในไฟล์": 1}
    response = client.get(reverse("import_changes_csv", args=[batch.pk]))
    assert b"".join(response.streaming_content).decode("utf-8-sig") == text  # type: ignore[attr-defined]
    assert AccessEntry.objects.filter(kind="import_changes").count() == 1
    taken = ExportJob.objects.get()
    named = batch.since_last["new"] + batch.since_last["changed"] + batch.since_last["left"]
    assert (taken.kind, taken.rows, taken.asked_by_id) == ("changes", named, world.secretary.user_id)
    settings.EXPORT_MAX_JOBS_A_DAY, settings.EXPORT_ALERT_ROWS = 1, named - 1
    assert client.get(reverse("import_changes_csv", args=[batch.pk])).status_code == 403
    assert AccessEntry.objects.filter(kind="import_changes").count() == 1, "nothing left"
    for stranger in (world.officer, world.far_secretary):
        assert client_of(stranger).get(page).status_code == 404
    assert client_of(world.mentor).get(page).status_code == 403


def test_nothing_is_compared_without_an_earlier_list(world: Cast) -> None:
    bring_in(Sheet(make_households(2)), kind="csr", fiscal_year=2567)
    batch = bring_in(Sheet(make_households(2)), actor=world.secretary)
    assert batch.since_last == {"year": None, "new": 2, "same": 0, "changed": 0, "left": 0}
    said = client_of(world.secretary).get(reverse("import_changes", args=[batch.pk])).content.decode()
    assert "ไม่มีบัญชีชนิดนี้ของปีก่อนให้เทียบ" in said
    assert Household.objects.count() == 2
