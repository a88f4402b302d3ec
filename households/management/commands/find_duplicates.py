"""`manage.py find_duplicates`: look for persons and households that stand in the register twice."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from households.services.duplicates import find_duplicates


class Command(BaseCommand):
    help = "Compare who is new or changed with the register of the province. Can run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--province", action="append", default=[], help="two digits; may be repeated")
        parser.add_argument("--full", action="store_true", help="compare everybody, not only who is new")
        parser.add_argument("--report", type=Path, help="write the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        tally = find_duplicates(provinces=options["province"], full=options["full"])
        report = tally.as_report()
        if options["report"]:
            options["report"].write_text(json.dumps(report, indent=1), encoding="utf-8")
        self.stdout.write(
            f"{report['persons_compared']:,} persons of {report['households_compared']:,} households in "
            f"{report['provinces']} provinces compared in {report['seconds']} s "
            f"({report['persons_a_second']:,} a second); {report['new_pairs']:,} new pairs, "
            f"{report['open_pairs']:,} open"
        )
        if tally.busy:
            self.stdout.write(f"Another run holds {', '.join(tally.busy)}.")
