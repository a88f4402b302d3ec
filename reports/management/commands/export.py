"""`manage.py export households --area 90 --format csv --out FILE`: the whole list or board as one file."""

from __future__ import annotations

import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError
from django.http import Http404, QueryDict
from django.utils.translation import gettext as _

from povertyops.accounts.actor import system_actor
from povertyops.common.errors import DomainError

from ...exports.progress import Progress
from ...exports.writing import csv_stream, write_workbook
from ...models import ExportJob
from ...orders import BOARD, FORMATS, Made, Order, make
from ...services.export_register import Asked, begin_stream, end_stream

NAMES = {
    "households": "household",
    "persons": "person",
    "visits": "visit",
    "helps": "help",
    BOARD: BOARD,
}


class Command(BaseCommand):
    help = (
        "Writes a list or a board to a file, complete; national ids stay masked. It stands in the register."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=sorted(NAMES))
        parser.add_argument("--area", default="", help="code of 2 to 8 digits; without it the nation")
        parser.add_argument("--format", choices=FORMATS, default="csv")
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--fiscal-year", default="", help="Buddhist year; without it the current one")
        parser.add_argument("--list", default="", help="kind of target list")
        parser.add_argument("--as-of", default="", help="YYYY-MM-DD: as it was known on that day")
        parser.add_argument("--columns", default="", help="codes in order, with commas; without it all")
        parser.add_argument("--reason", default="", help="what it is for; stands in the register")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        actor, progress = system_actor(), Progress()
        try:
            order = Order.from_query(NAMES[options["what"]], _query(options))
            made = make(actor, order, progress)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from None
        except Http404:
            raise CommandError(_("ไม่มีพื้นที่หรือตัวเลขนี้")) from None
        asked = Asked(
            order.kind, options["format"], order.filters, made.title, order.columns, options["reason"]
        )
        job = begin_stream(actor=actor, asked=asked)
        self._write(job, made, options["out"], options["format"], progress)
        seconds = time.monotonic() - started
        said = _("เขียน %(rows)s แถว ลง %(file)s ใน %(seconds).1f วินาที")
        values = {"rows": f"{progress.rows:,}", "file": options["out"], "seconds": seconds}
        self.stdout.write(said % values)

    def _write(self, job: ExportJob, made: Made, out: Path, form: str, progress: Progress) -> None:
        """Beside its place first: the file is there whole or not at all."""
        beside = out.with_name(f".{out.name}.{uuid4().hex[:8]}.part")
        whole = False
        try:
            with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                if form == "csv":
                    file.writelines(csv_stream(made.sheet))
                else:
                    write_workbook(made.sheet, file)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(out)
            whole = True
        except OSError as fault:
            raise CommandError(_("เขียนไฟล์ไม่ได้: %(why)s") % {"why": fault.strerror}) from None
        finally:
            beside.unlink(missing_ok=True)
            end_stream(actor=system_actor(), job_id=job.pk, rows=progress.rows, whole=whole)


def _query(options: dict[str, Any]) -> QueryDict:
    query = QueryDict(mutable=True)
    for name in ("area", "fiscal_year", "list", "as_of", "columns"):
        if options[name]:
            query[name] = options[name]
    return query
