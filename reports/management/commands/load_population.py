"""`manage.py load_population FILE`: the surveyed population of areas from a CSV file of any province."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from povertyops.accounts.actor import system_actor
from povertyops.common.csv_table import MAX_ROWS, decode
from povertyops.common.errors import InvalidInput
from reports.services.measures import import_population, read_population


class Command(BaseCommand):
    help = (
        "Load the surveyed population per area (code, survey year, households, persons, source) from a CSV."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            text = decode(file.read_bytes())
            head, *lines = text.splitlines(keepends=True) or [""]
            pieces = [head + "".join(lines[at : at + MAX_ROWS]) for at in range(0, len(lines), MAX_ROWS)]
            read = [read_population(piece) for piece in pieces or [head]]
        except (OSError, InvalidInput) as error:
            raise CommandError(str(error)) from error
        faults = [
            f"{fault.row + number * MAX_ROWS}: {fault.column}: {fault.message} ({fault.value})"
            for number, (_rows, found) in enumerate(read)
            for fault in found
        ]
        if faults:
            raise CommandError("\n".join(["Nothing was loaded.", *faults]))
        rows = [row for found, _faults in read for row in found]
        fresh = import_population(actor=system_actor(), rows=rows)
        self.stdout.write(f"{len(rows)} rows read, {fresh} new or changed.")
