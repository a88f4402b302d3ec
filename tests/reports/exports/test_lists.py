"""Exports: complete, scoped, logged, masked, and harmless in a spreadsheet."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from casework.models import Visit
from povertyops.common.models import AccessEntry
from reports.exports import LISTS
from reports.exports.base import FORMULA_STARTS
from reports.models import ExportJob
from reports.services.rollup import full_rollup
from tests.cast import (
    FAR_VILLAGE,
    MUEANG_VILLAGE,
    VILLAGE,
    Cast,
    client_of,
    demo_pin,
)

from .world import a_household, read_csv, year

pytestmark = pytest.mark.django_db


def read_xlsx(client: Client, kind: str) -> list[tuple[Any, ...]]:
    response = client.get(reverse("export", args=[kind, "xlsx"]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return [tuple(cell.value for cell in row) for row in book.worksheets[0].iter_rows()]


@pytest.mark.parametrize("kind", ["household", "person", "visit", "help"])
def test_csv_and_xlsx_hold_the_same_rows_under_thai_heads(cast: Cast, kind: str) -> None:
    a_household(cast, note='สอง\nบรรทัด, "อ้าง"\r\x0b\u2028จบ')
    a_household(cast)
    client = client_of(cast.officer)

    as_csv, as_xlsx = read_csv(client, kind=kind), read_xlsx(client, kind)

    assert len(as_csv) == len(as_xlsx) == 1 + (4 if kind == "person" else 2)
    assert as_csv[0] == [str(cell) for cell in as_xlsx[0]]
    assert as_csv[0][0].startswith("รหัส")
    numbers = {place for place, column in enumerate(LISTS[kind].columns) if column.number}
    for line, cells in zip(as_csv[1:], as_xlsx[1:], strict=True):
        for place, (text, cell) in enumerate(zip(line, cells, strict=True)):
            if place in numbers:
                assert (float(text) if text else None) == cell
            elif not set(text) & set("\r\x0b"):  # a workbook writes these in a way of its own
                assert text == (cell or "")


def test_cells_say_what_the_page_says(cast: Cast) -> None:
    household = a_household(cast, note="พบแล้ว")
    client = client_of(cast.officer)

    def cells(kind: str) -> dict[str, str]:
        heads, *rows = read_csv(client, kind=kind)
        return dict(zip(heads, rows[0], strict=True))

    today = timezone.localdate()
    thai_today = f"{today:%d/%m}/{today.year + 543}"
    home, seen, given, person = (cells(kind) for kind in ("household", "visit", "help", "person"))
    assert home["รหัสครัวเรือน"] == str(household.pk)
    assert (home["ตำบล"], home["อำเภอ"], home["จังหวัด"]) == ("ระโนด", "ระโนด", "สงขลา")
    assert home["ความเป็นอยู่"] in ("ตกเกณฑ์", "ได้รับความช่วยเหลือแล้ว")
    assert (home["สุขภาพ"], home["นำออกแล้ว"], home["เยี่ยมล่าสุด"]) == ("", "", thai_today)
    assert (home["มูลค่า (บาท)"], home["ลงพื้นที่ (ครั้ง)"]) == ("3000.00", "1")
    assert (seen["วันที่เยี่ยม"], seen["บันทึก"]) == (thai_today, "พบแล้ว")
    moment = timezone.localtime(Visit.objects.get().visited_at)
    assert seen["เวลา"] == f"{moment:%H:%M}"
    assert (given["มิติ"], given["รายการ"], given["วันที่ให้"]) == ("ความเป็นอยู่", "ซ่อมบ้าน", thai_today)
    assert person["ผลการตรวจสอบ"]


def test_columns_come_as_chosen(cast: Cast) -> None:
    a_household(cast, persons=1)
    client = client_of(cast.officer)
    heads, row = read_csv(client, kind="person", columns="village,first_name,national_id,village")
    assert heads == ["หมู่บ้าน/ชุมชน", "ชื่อ", "เลขประจำตัวประชาชน"]
    assert "xxxxx" in row[2]
    assert read_csv(client, columns="baht")[1] == ["3000.00"]
    unknown = client.get(reverse("export", args=["household", "csv"]), {"columns": "baht,password"})
    assert unknown.status_code == 400
    assert "password" in unknown.content.decode()


@pytest.mark.parametrize("kind", ["household", "person", "visit", "help"])
def test_nobody_takes_away_what_lies_elsewhere(cast: Cast, kind: str) -> None:
    mine = a_household(cast, village=VILLAGE)
    a_household(cast, village=MUEANG_VILLAGE)
    a_household(cast, village=FAR_VILLAGE)

    rows = read_csv(client_of(cast.officer), kind=kind)
    foreign = read_csv(client_of(cast.officer), kind=kind, area="40")

    assert all(str(mine.pk) in row for row in rows[1:])
    assert len(rows) > 1
    assert len(foreign) == 1
    everything = read_csv(client_of(cast.secretary), kind=kind)
    apart = [read_csv(client_of(cast.secretary), kind=kind, area=code)[1:] for code in ("9007", "9001")]
    assert sorted(everything[1:]) == sorted(row for rows in apart for row in rows)
    assert not any(FAR_VILLAGE in row for row in everything)


def test_the_filters_of_the_list_hold(cast: Cast) -> None:
    a_household(cast)
    client = client_of(cast.officer)
    assert len(read_csv(client, failing="living")) == 2
    assert len(read_csv(client, failing="health")) == 1
    assert client.get(reverse("export", args=["household", "csv"]), {"stage": "rich"}).status_code == 400


def test_national_ids_leave_masked(cast: Cast) -> None:
    household = a_household(cast, persons=1)
    pin = demo_pin(household.memberships.get().person)

    (row,) = read_csv(client_of(cast.officer), kind="person")[1:]

    assert row[1].startswith(f"{pin[0]}-{pin[1:5]}-xxxxx-")
    assert pin not in ",".join(row)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_nothing_in_a_cell_is_a_formula(cast: Cast, start: str) -> None:
    a_household(cast, note=f"{start}cmd|'/c calc'!A0", head=("", f"{start}1+1", "ใจงาม"))
    client = client_of(cast.officer)
    for kind in ("household", "person", "visit", "help"):
        for row in (*read_csv(client, kind=kind), *read_xlsx(client, kind)):
            assert not any(str(cell)[:1] in FORMULA_STARTS for cell in row if cell), row


def test_every_export_is_written_down_without_the_name_searched_for(cast: Cast) -> None:
    a_household(cast)
    read_csv(client_of(cast.officer), kind="person", area="9007", q="ทองดี")

    entry = AccessEntry.objects.get()

    assert (entry.kind, entry.object_type, entry.object_id) == ("export", "person", "csv")
    assert entry.user_id == cast.officer.user_id
    assert entry.details == {"area": ["9007"]}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("kind", "queries"), [("household", 20), ("person", 19), ("visit", 19), ("help", 19)]
)
def test_an_export_takes_a_fixed_number_of_queries(
    cast: Cast, kind: str, queries: int, rows: int, django_assert_num_queries: Any
) -> None:
    for _number in range(rows):
        a_household(cast)
    client = client_of(cast.officer)
    read_csv(client, kind=kind)
    with django_assert_num_queries(queries):
        read_csv(client, kind=kind)


def test_a_workbook_that_would_take_too_long_is_offered_as_a_job(cast: Cast, settings: Any) -> None:
    settings.EXPORT_MAX_XLSX_ROWS = 1
    a_household(cast)
    client = client_of(cast.officer)
    assert len(read_xlsx(client, "household")) == 2
    a_household(cast)
    offered = client.get(reverse("export", args=["household", "xlsx"]), {"area": "9007"}, follow=True)
    assert offered.redirect_chain[0][0].startswith("/exports/new/")
    assert "ให้ระบบทำไฟล์ไว้ให้ ได้ครบทุกแถว" in offered.content.decode()
    assert len(read_csv(client)) == 3


def test_every_export_stands_in_the_register(cast: Cast) -> None:
    a_household(cast)
    read_csv(client_of(cast.officer), kind="person", area="9007", q="ทองดี", columns="household,first_name")
    read_csv(client_of(cast.officer), kind="visit")

    searched, visits = ExportJob.objects.order_by("id")

    assert (visits.state, visits.rows, visits.streamed) == ("done", 1, True)
    assert (searched.asked_by_id, searched.province_code) == (cast.officer.user_id, "90")
    assert (searched.query, searched.columns) == ({"area": ["9007"]}, ["household", "first_name"])
    register = client_of(cast.secretary).get(reverse("export_register")).content.decode()
    assert searched.title in register
    assert visits.title in register
    assert client_of(cast.officer).get(reverse("export_register")).status_code == 403
    assert (
        searched.title not in client_of(cast.far_secretary).get(reverse("export_register")).content.decode()
    )


def test_a_board_leaves_with_every_figure_and_without_names(cast: Cast) -> None:
    a_household(cast)
    full_rollup(year())

    heads, *rows = read_csv(client_of(cast.officer), name="export_board")

    assert [row[:3] for row in rows] == [["900701", "ต.ระโนด", "1"], ["9007", "รวม", "1"]]
    assert "ตกเกณฑ์ ความเป็นอยู่ (ครัวเรือน)" in heads
    assert len(heads) == len(rows[0])


def test_a_foreign_board_is_not_found(cast: Cast) -> None:
    client = client_of(cast.officer)
    for query in ({"area": "40"}, {"centre": str(cast.far_municipality.pk)}, {"centre": "x"}):
        assert client.get(reverse("export_board", args=["csv"]), query).status_code == 404


def test_an_unknown_kind_or_format_is_not_found(cast: Cast) -> None:
    client = client_of(cast.officer)
    for kind, fmt in (("user", "csv"), ("household", "pdf")):
        assert client.get(reverse("export", args=[kind, fmt])).status_code == 404


def test_the_national_viewer_takes_no_list_away(cast: Cast) -> None:
    assert (
        client_of(cast.national_viewer).get(reverse("export", args=["household", "csv"])).status_code == 403
    )
