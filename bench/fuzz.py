"""Spoiled files in thousands: each must end well, soon and in little memory."""

from __future__ import annotations

import json
import subprocess
import sys

from .ground import PROJECT, Ground
from .measure import Line, Report

SEED = 5
SECONDS_TARGET = 10
MEMORY_TARGET = 600


def run(report: Report, ground: Ground, files: int) -> None:
    name = "bench_fuzz"
    ground.create(name)
    for command in ("load_areas", "load_yardstick", "load_list_kinds"):
        ground.manage(name, command)
    child = subprocess.run(
        [sys.executable, "-m", "bench.spoiled", str(SEED), str(files)],
        cwd=PROJECT,
        env=ground.env_of(name),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = json.loads(child.stdout.strip().splitlines()[-1])
    for error in found["errors"][:20]:
        print(f"  {error}")
    ends = ", ".join(f"{count:,} {how}" for how, count in sorted(found["ended"].items()))
    wrong = len(found["errors"]) + found["half_done"]
    report.add(
        Line(f"{files:,} spoiled files, seed {SEED}", ends, f"{wrong} wrong", "", "none wrong", not wrong)
    )
    report.add(
        Line(
            "the slowest of them",
            f"{found['slowest_s']} s",
            found["slowest"],
            "",
            f"at most {SECONDS_TARGET} s",
            found["slowest_s"] <= SECONDS_TARGET,
        )
    )
    most = max(found["own_mb"], found["workbook_mb"])
    report.add(
        Line(
            "their memory, reader and workbook process",
            f"{found['own_mb']:.0f} and {found['workbook_mb']:.0f} MB",
            "",
            "",
            f"at most {MEMORY_TARGET} MB",
            most <= MEMORY_TARGET,
        )
    )
