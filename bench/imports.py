"""A list of many rows brought in by the command: checks, sealing, audit and read model included.

Then the same file once more, and one more list while people open pages.
"""

from __future__ import annotations

import http.client
import json
import re
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from tests.lists import Sheet, make_households

from .ground import PROJECT, Ground, Web
from .measure import Line, Report, ms, p95
from .pages import get

RATE_TARGET = 5_000
FEW_ROWS, MEMORY_TARGET, MEMORY_TARGET_OF_MANY = 100_000, 300, 600
PAGE_TARGET = 2
PAGE = "/households/?area=9007"
QUIET_REQUESTS = 60
DISTRICTS = ("9007", "9011")
SUBDISTRICTS = tuple(f"{district}0{number}" for district in DISTRICTS for number in range(1, 7))


def run(report: Report, ground: Ground, rows: int) -> None:
    name = "bench_import"
    ground.create(name)
    for command in ("load_areas", "load_yardstick", "load_list_kinds", "load_help_menu"):
        ground.manage(name, command)
    path = _list(ground.folder / "list.csv", rows)
    most = MEMORY_TARGET if rows <= FEW_ROWS else MEMORY_TARGET_OF_MANY
    for what in ("import of {:,} rows", "the same file once more, {:,} rows"):
        seconds, memory = _import(ground, name, path, "tpmap")
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
        report.add(
            Line("its memory", f"{memory:.0f} MB", "", "", f"at most {most} MB", memory <= most),
        )
    _while_people_work(report, ground, name, rows)


def _while_people_work(report: Report, ground: Ground, name: str, rows: int) -> None:
    """Another list of half as many rows goes in while somebody opens a list of households again and again."""
    session = _secretary(ground, name)
    path = _list(ground.folder / "second.csv", rows // 2, start=10_000_000 // 2)
    web = ground.serve(name, workers=1)
    try:
        _ask(web, session, 10)
        quiet = _ask(web, session, QUIET_REQUESTS)
        importing = threading.Thread(target=_import, args=(ground, name, path, "csr"))
        importing.start()
        busy: list[float] = []
        while importing.is_alive():
            busy += _ask(web, session, 5)
            time.sleep(0.1)
        importing.join()
    finally:
        web.stop()
    ratio = p95(busy) / p95(quiet)
    report.add(
        Line(
            f"households of a district, p95 while {rows // 2:,} rows come in ({len(busy)} requests)",
            f"{ms(p95(busy))} (p50 {ms(statistics.median(busy))})",
            f"{ms(p95(quiet))} quiet",
            f"{ratio:.2f}x",
            f"at most {PAGE_TARGET}x",
            ratio <= PAGE_TARGET,
        )
    )


def _ask(web: Web, session: str, count: int) -> list[float]:
    client = http.client.HTTPConnection("127.0.0.1", web.port)
    try:
        return [get(client, PAGE, session) for _request in range(count)]
    finally:
        client.close()


def _secretary(ground: Ground, name: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "bench.people", "provincial_secretary", DISTRICTS[0]],
        cwd=PROJECT,
        env=ground.env_of(name),
        capture_output=True,
        text=True,
        check=True,
    )
    session: str = json.loads(done.stdout)["session"]
    return session


def _list(path: Path, rows: int, *, start: int = 1) -> Path:
    families = make_households(rows // 2, subdistricts=SUBDISTRICTS, persons=2, start=start)
    return Sheet(families).csv(path)


def _import(ground: Ground, name: str, path: Path, kind: str) -> tuple[float, float]:
    """Seconds, and peak memory in MB."""
    command = [sys.executable, "manage.py", "import_targets", str(path), "--list", kind]
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
    print(f"  {said.strip()}", flush=True)
    return seconds, peak


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
