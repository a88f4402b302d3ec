"""`python -m bench`: measure, then print one table. `--quick` takes a tenth of everything."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ops.processes import StopRequested, listen_for_signals
from ops.secrets_file import write_secret
from povertyops.demo.scale import FOCUS_DISTRICT

from . import exports, field, fresh, fuzz, imports, matching, packs, pages, poison, rollups, visits
from .ground import PROJECT, Ground, use
from .measure import Report

PARTS = (
    "rollup",
    "pages",
    "packs",
    "export",
    "visits",
    "fresh",
    "field",
    "import",
    "poison",
    "fuzz",
    "matching",
)
ALONE = frozenset({"import", "poison", "fuzz"})
"""Parts that need no seeded country."""


def main() -> int:
    options = _options()
    listen_for_signals()
    started = time.monotonic()
    report = Report()
    try:
        with Ground(options.keep) as ground:
            _measure(report, ground, options)
    except StopRequested:
        print("Stopped.")
    print(f"\n{report.table()}\n\n{_machine()}; {time.monotonic() - started:.0f} s in all")
    return 0 if all(line.good is not False for line in report.lines) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--households", type=int, default=100_000)
    parser.add_argument("--visits", type=int, default=1_000_000)
    parser.add_argument("--small", type=int, default=10_000, help="cases of the smaller country")
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the imported list")
    parser.add_argument("--files", type=int, default=2_000, help="spoiled files")
    parser.add_argument("--seconds", type=float, default=6, help="length of one turn of storing visits")
    parser.add_argument("--stream-seconds", type=float, default=60, help="length of the stream of visits")
    parser.add_argument(
        "--only", choices=PARTS, action="append", help="measure this part only; may be repeated"
    )
    parser.add_argument(
        "--keep",
        type=Path,
        help="a folder in which the countries stay for another run that day",
    )
    parser.add_argument("--quick", action="store_true", help="a tenth of everything, to see that it runs")
    options = parser.parse_args()
    if options.quick:
        options.households, options.visits, options.rows = 20_000, 100_000, 10_000
        options.files = 200
        options.small, options.seconds, options.stream_seconds = 5_000, 2, 15
    options.parts = options.only or PARTS
    return options


def _measure(report: Report, ground: Ground, options: argparse.Namespace) -> None:
    print("Preparing", flush=True)
    ground.manage("postgres", "collectstatic", "--noinput", "-v0")
    sizes = {"bench_small": options.small, "bench_large": options.households}
    people: dict[str, dict[str, dict]] = {}

    def officer(name: str) -> dict:
        return people[name]["district_officer"]

    if set(options.parts) - ALONE:
        if not set(options.parts) - {*ALONE, "field"}:
            del sizes["bench_large"]
        people = {name: _country(ground, name, size, options) for name, size in sizes.items()}
        use(ground.env_of(next(reversed(sizes))))

    print("Measuring", flush=True)
    measured: dict[str, Callable[[], None]] = {
        "pages": lambda: pages.run(report, ground, sizes, people, FOCUS_DISTRICT),
        "rollup": lambda: rollups.run(report, options.households),
        "packs": lambda: packs.run(report, options.households),
        "export": lambda: exports.run(report, options.households),
        "visits": lambda: visits.run(report, ground, "bench_large", officer("bench_large"), options.seconds),
        "fresh": lambda: fresh.run(
            report, ground, "bench_large", officer("bench_large"), options.stream_seconds
        ),
        "field": lambda: field.run(report, ground, "bench_small", people["bench_small"]["mentor"]),
        "import": lambda: imports.run(report, ground, options.rows),
        "poison": lambda: poison.run(report, ground, options.rows),
        "matching": lambda: matching.run(report, ground, ["bench_large"]),
        "fuzz": lambda: fuzz.run(report, ground, options.files),
    }
    for part, measure in measured.items():
        if part in options.parts:
            measure()


def _country(ground: Ground, name: str, households: int, options: argparse.Namespace) -> dict[str, dict]:
    """A seeded database, and people in it; a kept one is taken as it is."""
    kept = ground.folder / f"{name}.json"
    if kept.exists():
        ground.manage(name, "migrate", "-v0")
        found: dict[str, dict] = json.loads(kept.read_text())
        return found
    ground.create(name)
    for command in ("load_areas", "load_yardstick", "load_list_kinds", "load_help_menu"):
        ground.manage(name, command)
    visits_made = options.visits * households // options.households
    started = time.monotonic()
    ground.manage(name, "seed_scale", "--households", str(households), "--visits", str(visits_made))
    print(
        f"  {households:,} households, {visits_made:,} visits in {time.monotonic() - started:.0f} s",
        flush=True,
    )
    people = {
        role: json.loads(
            subprocess.run(
                [sys.executable, "-m", "bench.people", role, FOCUS_DISTRICT],
                cwd=PROJECT,
                env=ground.env_of(name),
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        for role in ("provincial_secretary", "district_officer", "mentor")
    }
    write_secret(kept, json.dumps(people))
    return people


def _machine() -> str:
    return f"{os.cpu_count()} cores, Python {platform.python_version()}"


if __name__ == "__main__":
    sys.exit(main())
