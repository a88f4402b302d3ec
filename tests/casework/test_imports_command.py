"""`manage.py import_targets`: the page's work, with an exit code and a report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from households.models import Household, ImportBatch
from tests.cast import Cast
from tests.import_work import world
from tests.lists import Sheet, make_households

__all__ = ["world"]

PIN = "เลขประจำตัวประชาชน"


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        call_command("import_targets", *map(str, arguments))
    return int(str(ended.value.code))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return Sheet(make_households(3, persons=2)).csv(tmp_path / "list.csv")


def test_check_only_brings_nothing_in(world: Cast, path: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    assert run(path, "--list", "tpmap", "--fiscal-year", 2568, "--report", report) == 0
    told: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    assert told["new"] == 3
    assert told["faults"] == []
    assert not Household.objects.exists()


def test_apply_brings_in_what_is_right(
    world: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Sheet(make_households(3, persons=2)).set(0, PIN, "300792872122").csv(tmp_path / "list.csv")
    assert run(path, "--list", "tpmap", "--fiscal-year", 2568, "--apply") == 1
    assert Household.objects.count() == 2
    said = capsys.readouterr().out
    assert "แถว 2 เลขประจำตัวประชาชน [short_pin] xxxxxxxxxxxx" in said
    assert "300792872122" not in said


def test_survey_year_and_user_are_taken(world: Cast, path: Path) -> None:
    name = world.officer.user.username if world.officer.user else ""
    assert run(path, "--list", "csr", "--fiscal-year", 2568, "--survey-year", 2566, "--as", name) == 0
    batch = ImportBatch.objects.get()
    assert (batch.survey_year, batch.user, batch.centre_id) == (
        2566,
        world.officer.user,
        world.district_centre.pk,
    )


def test_user_imports_only_into_the_own_area(world: Cast, path: Path) -> None:
    name = world.far_officer.user.username if world.far_officer.user else ""
    assert run(path, "--list", "csr", "--fiscal-year", 2568, "--as", name, "--apply") == 1
    assert not Household.objects.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--list", "nothing", "--fiscal-year", 2568),
        ("--list", "tpmap", "--fiscal-year", 1),
        ("--list", "tpmap", "--fiscal-year", 2568, "--as", "mentor"),
        ("--list", "tpmap", "--fiscal-year", 2568, "--as", "no.such.person"),
    ],
)
def test_impossible_wish_ends_with_one_sentence(
    world: Cast, path: Path, arguments: tuple[object, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(path, *arguments) == 2
    said = capsys.readouterr().err.strip()
    assert said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(300)),
        ("cut.xlsx", b"PK\x03\x04" + bytes(300)),
        ("locked.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")),
        ("empty.csv", b""),
        ("prose.csv", "วันนี้อากาศดี\n".encode()),
        ("binary.csv", bytes(range(1, 255)) * 20),
    ],
)
def test_unreadable_file_ends_with_one_sentence(
    world: Cast, tmp_path: Path, name: str, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert run(path, "--list", "tpmap", "--fiscal-year", 2568) == 2
    said = capsys.readouterr().err.strip()
    assert said
    assert "\n" not in said
    assert "Traceback" not in said


def test_missing_file_ends_with_one_sentence(world: Cast, tmp_path: Path) -> None:
    assert run(tmp_path / "none.csv", "--list", "tpmap", "--fiscal-year", 2568) == 2
    assert not ImportBatch.objects.exists()
