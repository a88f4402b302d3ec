"""A list of many rows brought in by the command: checks, sealing, audit and read model included."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

from tests.lists import Sheet, make_households

from .ground import PROJECT, Ground
from .measure import Line, Report

RATE_TARGET = 5_000
MEMORY_TARGET = 300
SUBDISTRICTS = tuple(f"{district}0{number}" for district in ("9007", "9011") for number in range(1, 7))


def run(report: Report, ground: Ground, rows: int) -> None:
    name = "bench_import"
    ground.create(name)
    for command in ("load_areas", "load_yardstick", "load_list_kinds", "load_help_menu"):
        ground.manage(name, command)
    path = _list(ground.folder / "list.csv", rows)
    for what in ("import of {:,} rows", "the same file once more, {:,} rows"):
        seconds, memory, said = _import(ground, name, path)
        rate = rows / seconds
        report.add(
            Line(
                what.format(rows),
                f"{seconds:.1f} s, {rate:,.0f} rows/s",
                "",
                "",
                "at least 5,000 rows/s",
                rate >= RATE_TARGET,
            )
        )
        report.add(Line("its memory", f"{memory:.0f} MB", "", "", "at most 300 MB", memory <= MEMORY_TARGET))
    print(said)


def _list(path: Path, rows: int) -> Path:
    families = make_households(rows // 2, subdistricts=SUBDISTRICTS, persons=2)
    return Sheet(families).csv(path)


def _import(ground: Ground, name: str, path: Path) -> tuple[float, float, str]:
    """Seconds, peak memory in MB and what the command said."""
    command = [sys.executable, "manage.py", "import_targets", str(path), "--list", "tpmap"]
    started = time.perf_counter()
    child = subprocess.Popen(
        [*command, "--fiscal-year", _year(), "--apply"],
        cwd=PROJECT,
        env=ground.env_of(name),
        stdout=subprocess.PIPE,
        text=True,
    )
    peak = 0.0
    while child.poll() is None:
        peak = max(peak, _resident(child.pid))
        time.sleep(0.05)
    seconds = time.perf_counter() - started
    said = child.stdout.read() if child.stdout else ""
    if child.returncode not in (0, 1):
        raise SystemExit(f"the import ended with {child.returncode}: {said}")
    return seconds, peak, said


def _resident(pid: int) -> float:
    """Megabytes the process has held at most."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def _year() -> str:
    from datetime import date

    today = date.today()
    return str(today.year + 543 + (today.month >= 10))
