"""The sample lists through the command, against their published totals and the key of the faulty one."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import call_command

from casework.models import Case, CohortState
from casework.services.cohort import expected_states, stored_states
from dimensions.enums import Dimension
from households.models import Household, ImportBatch, Listing, Person
from households.services.target_lists import open_error_file
from povertyops.accounts.actor import system_actor
from tests.import_work import load_world

FAULTY, KEY = "samutsongkhram_faulty.xlsx", "samutsongkhram_faulty.key.json"
PIN, BIRTH, NAME, CODE = "เลขประจำตัวประชาชน", "วันเกิด", "ชื่อ", "รหัสตำบล"


@pytest.fixture
def country(db: None) -> None:
    call_command("load_areas", verbosity=0)
    load_world()


def bring_in(path: Path, tmp_path: Path, *arguments: object) -> tuple[int, dict[str, Any]]:
    """Exit code and report of the command."""
    report = tmp_path / "report.json"
    report.unlink(missing_ok=True)
    with pytest.raises(SystemExit) as ended:
        call_command("import_targets", str(path), *map(str, arguments), "--apply", "--report", str(report))
    told: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    assert told["new"] + told["known"] + told["changed"] + told["held_back_households"] == told["households"]
    return int(str(ended.value.code)), told


def failing(fiscal_year: int) -> dict[str, int]:
    """Households failing each dimension, counted from the listings."""
    counts: Counter[str] = Counter()
    for mask in Listing.objects.filter(fiscal_year=fiscal_year, superseded_at=None).values_list(
        "dimensions", flat=True
    ):
        counts.update(dimension.value for dimension in Dimension.from_mask(mask))
    return dict(counts)


def assert_read_model_follows_the_facts() -> None:
    ids = list(Household.objects.values_list("pk", flat=True))
    assert stored_states(ids) == expected_states(ids)


def test_songkhla_goes_in_with_its_published_totals(country: None, samples: Path, tmp_path: Path) -> None:
    arguments = ("--list", "csr", "--fiscal-year", 2568)
    code, told = bring_in(samples / "songkhla_2568.xlsx", tmp_path, *arguments)
    assert (code, told["households"], told["new"], told["faults"]) == (0, 312, 312, [])
    assert failing(2568) == {"living": 148, "education": 18, "income": 165, "access": 4}
    assert Household.objects.count() == Case.objects.filter(closed_on=None).count() == 312
    assert CohortState.objects.filter(fiscal_year=2568, list_kinds__contains=["csr"]).count() == 312
    assert Household.objects.values("scope__district_code").distinct().count() == 16
    assert_read_model_follows_the_facts()

    code, told = bring_in(samples / "songkhla_2568.xlsx", tmp_path, *arguments)
    assert (code, told["new"], told["known"], told["changed"]) == (0, 0, 312, 0)
    assert Listing.objects.count() == 312


def test_khonkaen_goes_in_with_its_published_totals(country: None, samples: Path, tmp_path: Path) -> None:
    code, told = bring_in(
        samples / "khonkaen_2565.csv",
        tmp_path,
        "--list",
        "tpmap",
        "--fiscal-year",
        2565,
        "--survey-year",
        2564,
    )
    assert (code, told["households"], told["persons"], told["new"]) == (0, 3569, 9090, 3569)
    assert Person.objects.count() == 9090
    assert Household.objects.values("scope__district_code").distinct().count() == 26
    assert_read_model_follows_the_facts()


def test_faulty_list_reports_exactly_its_key_and_comes_back_mended(
    country: None, samples: Path, tmp_path: Path
) -> None:
    key = json.loads((samples / KEY).read_text(encoding="utf-8"))
    arguments = ("--list", "tpmap", "--fiscal-year", 2568)
    code, told = bring_in(samples / FAULTY, tmp_path, *arguments)
    planted = {
        (each["row"] + 1, each["column"], each["kind"])
        for each in key["faults"]
        if not each["kind"].startswith("ok_")
    }
    assert code == 1
    assert told["rows"] == key["rows"]
    assert {(each["row"], each["column"], each["code"]) for each in told["faults"]} == planted
    assert len(told["faults"]) == len(planted)
    assert all(each["message"] for each in told["faults"])
    assert not any(is_id_in_full(each["value"]) for each in told["faults"])
    held = told["held_back_households"]
    assert Household.objects.count() == told["new"] == told["households"] - held

    mended = mend(save_error_file(tmp_path))
    code, told = bring_in(mended, tmp_path, *arguments)
    assert (code, told["households"], told["new"], told["left"], told["faults"]) == (0, held, held, 0, [])
    assert_read_model_follows_the_facts()
    before = (Household.objects.count(), Person.objects.count(), Listing.objects.count())

    code, told = bring_in(mended, tmp_path, *arguments)
    assert (code, told["new"], told["known"], told["changed"]) == (0, 0, held, 0)
    assert (Household.objects.count(), Person.objects.count(), Listing.objects.count()) == before


def is_id_in_full(value: str) -> bool:
    return sum(letter.isdigit() for letter in value) >= 11


def save_error_file(folder: Path) -> Path:
    batch = ImportBatch.objects.latest("id")
    path = folder / "errors.xlsx"
    path.write_bytes(b"".join(open_error_file(actor=system_actor(), batch=batch)))
    return path


def mend(path: Path) -> Path:
    """What a person does with the error file: put right each cell that its reason names."""
    book = openpyxl.load_workbook(path)
    page = book.active
    headers = [cell.value for cell in page[1]]
    place = {header: number for number, header in enumerate(headers, start=1)}
    reason = headers.index("เหตุผลที่ยังไม่นำเข้า") + 1
    right_codes = {
        page.cell(row, place["รหัสประจำบ้าน"]).value: page.cell(row, place[CODE]).value
        for row in range(2, page.max_row + 1)
        if CODE not in str(page.cell(row, reason).value)
    }
    # fmt: skip
    mends = {PIN: "", BIRTH: "", NAME: "ทองดี", "มิติรายได้": "ผ่าน", "ตัวชี้วัดที่ไม่ผ่าน": ""}
    for row in range(2, page.max_row + 1):
        for line in str(page.cell(row, reason).value).splitlines():
            column = line.split(":")[0]
            if column == CODE:
                page.cell(row, place[CODE]).value = right_codes.get(
                    page.cell(row, place["รหัสประจำบ้าน"]).value, "750201"
                )
            elif column in mends:
                page.cell(row, place[column]).value = mends[column] or None
    book.save(path)
    return path
