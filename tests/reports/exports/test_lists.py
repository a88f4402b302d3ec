"""Exports: complete, scoped, logged, masked, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from casework.models import Help, HelpMenuItem, Visit
from casework.services.cohort import refresh_cohort
from households.models import Household
from povertyops.common.ids import uuid7
from povertyops.common.models import AccessEntry
from povertyops.common.thai import fiscal_year_of
from reports.services.rollup import full_rollup
from tests.cast import (
    FAR_VILLAGE,
    MUEANG_VILLAGE,
    VILLAGE,
    Cast,
    client_of,
    demo_pin,
    make_case,
    make_household,
    make_listing,
)

pytestmark = pytest.mark.django_db


def year() -> int:
    return fiscal_year_of(timezone.localdate())


def a_household(cast: Cast, *, village: str = VILLAGE, note: str = "พบแล้ว", **values: Any) -> Household:
    household = make_household(cast, village=village, **values)
    make_listing(household, fiscal_year=year(), dimensions=2)
    make_case(household)
    placed = {"household": household, "province_code": village[:2], "area_code": village}
    Visit.objects.create(
        id=uuid7(), **placed, visited_at=timezone.now(), visited_on=timezone.localdate(), note=note
    )
    item, _made = HelpMenuItem.objects.get_or_create(
        code="roof", defaults={"dimension": "living", "name": "ซ่อมบ้าน", "nature": "relief"}
    )
    Help.objects.create(
        id=uuid7(), **placed, item=item, dimension="living", nature="relief", relieves=True,
        given_on=timezone.localdate(), amount_baht=3000, detail=note,
    )  # fmt: skip
    refresh_cohort([household.pk])
    return household


def read_csv(client: Client, name: str = "export", kind: str = "household", **query: str) -> list[list[str]]:
    args = [kind, "csv"] if name == "export" else ["csv"]
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200, response.status_code
    body = b"".join(response.streaming_content)
    assert body.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))


def read_xlsx(client: Client, kind: str) -> list[tuple[Any, ...]]:
    response = client.get(reverse("export", args=[kind, "xlsx"]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    return [tuple(cell.value for cell in row) for row in book.worksheets[0].iter_rows()]


@pytest.mark.parametrize("kind", ["household", "person", "visit", "help"])
def test_csv_and_xlsx_hold_the_same_rows_under_thai_heads(cast: Cast, kind: str) -> None:
    a_household(cast)
    a_household(cast)
    client = client_of(cast.officer)

    as_csv, as_xlsx = read_csv(client, kind=kind), read_xlsx(client, kind)

    assert len(as_csv) == len(as_xlsx) == 1 + (4 if kind == "person" else 2)
    assert as_csv[0] == [str(cell) for cell in as_xlsx[0]]
    assert as_csv[0][0].startswith("รหัส")


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
            assert not any(str(cell)[:1] in tuple("=+@\t\r＝") for cell in row if cell is not None), row


def test_every_export_is_written_down_without_the_name_searched_for(cast: Cast) -> None:
    a_household(cast)
    read_csv(client_of(cast.officer), kind="person", area="9007", q="ทองดี")

    entry = AccessEntry.objects.get()

    assert (entry.kind, entry.object_type, entry.object_id) == ("export", "person", "csv")
    assert entry.user_id == cast.officer.user_id
    assert entry.details == {"area": ["9007"]}


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("kind", "queries"), [("household", 10), ("person", 9), ("visit", 10), ("help", 9)])
def test_an_export_takes_a_fixed_number_of_queries(
    cast: Cast, kind: str, queries: int, rows: int, django_assert_num_queries: Any
) -> None:
    for _number in range(rows):
        a_household(cast)
    client = client_of(cast.officer)
    read_csv(client, kind=kind)
    with django_assert_num_queries(queries):
        read_csv(client, kind=kind)


def test_a_workbook_that_would_take_too_long_points_to_csv(cast: Cast, settings) -> None:
    settings.EXPORT_MAX_XLSX_ROWS = 1
    a_household(cast)
    client = client_of(cast.officer)
    assert len(read_xlsx(client, "household")) == 2
    a_household(cast)
    refused = client.get(reverse("export", args=["household", "xlsx"]))
    assert refused.status_code == 400
    assert "โปรดส่งออกเป็น CSV" in refused.content.decode()
    assert len(read_csv(client)) == 3


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
