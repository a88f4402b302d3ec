"""A complete export against a bare COPY of the same columns as they lie in the tables, read the same way."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from .ground import PROJECT
from .measure import Line, Report, ms

TURNS = 5


def run(report: Report, households: int) -> None:
    from django.utils import timezone

    from casework.inputs import CohortFilters
    from povertyops.accounts.actor import system_actor
    from povertyops.common.thai import fiscal_year_of
    from reports.exports import LISTS, list_sheet
    from reports.exports.columns import plain
    from reports.exports.copying import copy_chunks
    from reports.exports.progress import Progress
    from reports.exports.select import query_of
    from reports.exports.writing import csv_stream

    actor, filters = system_actor(), CohortFilters(fiscal_year=fiscal_year_of(timezone.localdate()))
    source = LISTS["household"]
    names = sorted({name for column in source.columns for name in column.reads})
    bare = replace(source, columns=[plain(name, name) for name in names])

    def product() -> tuple[float, float, int]:
        started = time.perf_counter()
        progress, first = Progress(), 0.0
        sheet = list_sheet("household", actor, filters, source.columns, progress=progress)
        for _piece in csv_stream(sheet):
            first = first or time.perf_counter() - started
        return time.perf_counter() - started, first, progress.rows

    def floor() -> float:
        started = time.perf_counter()
        for _piece in copy_chunks(query_of(bare, bare.columns, actor, filters), Progress()):
            pass
        return time.perf_counter() - started

    product()
    floor()
    taken = [(product(), floor()) for _turn in range(TURNS)]
    one = statistics.median(whole for (whole, _first, _rows), _floor in taken)
    first = statistics.median(first for (_whole, first, _rows), _floor in taken)
    rows = taken[0][0][2]
    other = statistics.median(floor for _product, floor in taken)
    report.add(
        Line(
            f"export of {rows:,} households, csv",
            f"{rows / one:,.0f} rows/s",
            f"COPY {rows / other:,.0f} rows/s",
            f"{other / one:.2f}x",
            "at least half",
            2 * other >= one,
        )
    )
    report.add(Line("its first bytes", ms(first), "", "", "within 500 ms", first <= 0.5))
    memory = _memory_of_the_command()
    report.add(
        Line(
            "memory of the process that exports", f"{memory:.0f} MB", "", "", "at most 200 MB", memory <= 200
        )
    )


def _memory_of_the_command() -> float:
    """Highest memory of `manage.py export households` in a process of its own, in MB."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "manage.py",
            "export",
            "households",
            "--out",
            str(Path(folder) / "all.csv"),
        ]
        process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL)
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError("the export failed")
    return usage.ru_maxrss / 1024
