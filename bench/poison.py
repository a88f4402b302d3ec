"""A long list in which one row in a hundred is poison: each is told with its row, all else goes in."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

from tests.lists import Sheet, make_households

from .ground import PROJECT, Ground
from .imports import SUBDISTRICTS
from .measure import Line, Report

EVERY = 100
RATE_TARGET, MEMORY_TARGET = 5_000, 300
PIN, NAME, BIRTH, CODE = "เลขประจำตัวประชาชน", "ชื่อ", "วันเกิด", "รหัสตำบล"
OTHERS_ID, BAD_ID = "pin_in_other_household", "5006429245553"
HUGE, MOST_HUGE = "ก" * 1_000_000, 12
# What stands in the cell, and what is said of it. A huge cell now and then: a file is at most 256 MB.
POISON: tuple[tuple[str, object, str], ...] = (
    (PIN, BAD_ID, "bad_check_digit"),
    (NAME, "สม\x00ชาย", "bad_character"),
    (BIRTH, "=TODAY()", "bad_birth"),
    (CODE, "@SUM(A1)", "unknown_subdistrict"),
    (PIN, None, OTHERS_ID),
)
Told = set[tuple[int, str]]


def run(report: Report, ground: Ground, rows: int) -> None:
    name = "bench_poison"
    ground.create(name)
    for command in ("load_areas", "load_yardstick", "load_list_kinds", "load_help_menu"):
        ground.manage(name, command)
    sheet, planted = _poisoned(rows)
    for codec, applies in (("cp874", False), ("utf-8-sig", True)):
        path = sheet.csv(ground.folder / f"poison-{codec}.csv", codec=codec)
        seconds, memory, said = _import(ground, name, path, applies=applies)
        told = {(fault["row"], fault["code"]) for fault in said["faults"]}
        wrong = len(told ^ planted) + abs(len(said["faults"]) - len(planted))
        kept = said["households"] - said["held_back_households"]
        wrong += abs(kept - (rows // 2 - len({(row - 2) // 2 for row, _code in planted})))
        if applies:
            wrong += abs(said["new"] - kept)
        what = "read and brought in" if applies else "read"
        _add(report, f"{rows:,} rows in {codec}, {len(planted):,} of them poison, {what}", told, kept, wrong)
        _add_cost(report, rows / seconds, memory)


def _add(report: Report, what: str, told: Told, kept: int, wrong: int) -> None:
    found = f"{len(told):,} told, {kept:,} households left"
    report.add(Line(what, found, f"{wrong} wrong", "", "none wrong", not wrong))


def _add_cost(report: Report, rate: float, memory: float) -> None:
    target = f"at least {RATE_TARGET:,} rows/s, {MEMORY_TARGET} MB"
    good = rate >= RATE_TARGET and memory <= MEMORY_TARGET
    report.add(Line("its speed and memory", f"{rate:,.0f} rows/s, {memory:.0f} MB", "", "", target, good))


def _poisoned(rows: int) -> tuple[Sheet, Told]:
    """Families of two, and the (row of the file, code) of what was spoilt: at most one person of a family.

    Two rows with one id are both told, so that kind takes the place of two; so are those that got one id by
    luck, as happens among so many.
    """
    sheet = Sheet(make_households(rows // 2, subdistricts=SUBDISTRICTS, persons=2))
    planted: Told = set()
    places = iter(range(EVERY // 2, rows, EVERY))
    for turn, place in enumerate(places):
        column, value, code = POISON[turn % len(POISON)]
        if code == OTHERS_ID:
            other = next(places, None)
            if other is None:
                break
            sheet.set(place, PIN, sheet.get(other, PIN))
            continue
        if code == "bad_character" and turn // len(POISON) < MOST_HUGE:
            value, code = HUGE, "too_long"
        sheet.set(place, column, value)
        planted.add((place + 2, code))
    return sheet, planted | {(place + 2, OTHERS_ID) for place in _sharing_an_id(sheet)}


def _sharing_an_id(sheet: Sheet) -> set[int]:
    """Rows with an id that another row has too; the one planted bad id is nobody's."""
    owner: dict[object, int] = {}
    found: set[int] = set()
    for place in range(len(sheet.rows)):
        pin = sheet.get(place, PIN)
        if pin != BAD_ID and (first := owner.setdefault(pin, place)) != place:
            found |= {first, place}
    return found


def _import(ground: Ground, name: str, path: Path, *, applies: bool) -> tuple[float, float, dict]:
    """Seconds, peak memory in MB, and the report of the import."""
    receipt = path.with_suffix(".json")
    command = [sys.executable, "manage.py", "import_targets", str(path), "--list", "tpmap"]
    command += ["--fiscal-year", "2569", "--report", str(receipt), *(["--apply"] if applies else [])]
    started, peak = time.perf_counter(), 0.0
    child = subprocess.Popen(command, cwd=PROJECT, env=ground.env_of(name), stdout=subprocess.DEVNULL)
    while child.poll() is None:
        peak = max(peak, _most_held(child.pid))
        time.sleep(0.05)
    if child.returncode != 1:
        raise SystemExit(f"the import of {path.name} ended with {child.returncode}")
    return time.perf_counter() - started, peak, json.loads(receipt.read_text(encoding="utf-8"))


def _most_held(pid: int) -> float:
    """Megabytes the process has held at most."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0
