"""`manage.py rollup [--rebuild] [--full] [--verify [--as-of DAY]]`: bring boards up to date, or prove it."""

from __future__ import annotations

import argparse
import time
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casework.services.cohort import rebuild_cohort

from ...services.rollup import drain_marks, full_rollup, known_years
from ...services.verify import verify, verify_day

SHOWN = 200


class Command(BaseCommand):
    help = "Drain the marks; or build figures anew, or compare them with a count from the base tables."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--rebuild",
            action="store_true",
            help="judge every household anew from its facts first, as after an upgrade; implies --full",
        )
        parser.add_argument("--full", action="store_true", help="build all figures anew")
        parser.add_argument(
            "--verify", action="store_true", help="print every figure that is not what the facts say"
        )
        parser.add_argument(
            "--as-of",
            type=date.fromisoformat,
            help="with --verify: compare the states of a past day with the facts recorded by then",
        )
        parser.add_argument("--fiscal-year", type=int, help="Buddhist year; all known years if left out")

    def handle(
        self,
        *args: Any,
        full: bool,
        verify: bool,
        fiscal_year: int | None,
        as_of: date | None = None,
        rebuild: bool = False,
        **options: Any,
    ) -> None:
        years = [fiscal_year] if fiscal_year else known_years()
        if rebuild:
            self._rebuild(years)
        if full or rebuild:
            self._full(years)
        if not (full or rebuild or verify):
            self._drain()
        if verify:
            self._verify(years, as_of)

    def _drain(self) -> None:
        marks = 0
        while taken := drain_marks():
            marks += taken
        self.stdout.write(f"{marks:,} marks drained")

    def _rebuild(self, years: list[int]) -> None:
        for year in years:
            self.stdout.write(f"{year}: {rebuild_cohort(year):,} states changed")

    def _full(self, years: list[int]) -> None:
        for year in years:
            started = time.monotonic()
            rows = full_rollup(year)
            self.stdout.write(f"{year}: {rows:,} rows in {time.monotonic() - started:.1f} s")

    def _verify(self, years: list[int], day: date | None) -> None:
        found = [
            difference for year in years for difference in (verify_day(year, day) if day else verify(year))
        ]
        for difference in found[:SHOWN]:
            self.stdout.write(str(difference))
        self.stdout.write(f"{len(found):,} differences")
        if found:
            raise CommandError("The boards are not what the facts say; `rollup --full` builds them anew.")
