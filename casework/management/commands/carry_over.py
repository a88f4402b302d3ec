"""`manage.py carry_over FILE --kind helps`: the opening-balance page's work from the command line.

Ends with 0 when nothing is to be mended, 1 when some rows are, 2 when the file cannot be read. Stages sent
by a person (`--as`) wait for another one, which is no failure; the system acts alone.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from casework.carry_rules import FAULTS
from casework.enums import CarryKind, SheetStatus
from casework.models import CarryOver, CarryOverLine
from casework.services.carry_over import (
    CARRYING_ROLES,
    continue_carry_over,
    may_confirm,
    receive_carry_over,
    request_apply,
)
from households.services.tables import Unreadable
from povertyops.accounts.actor import Actor, system_actor
from povertyops.accounts.queries import find_person, valid_appointments
from povertyops.common.errors import DomainError, InvalidInput

CLEAN, TO_MEND, REFUSED = 0, 1, 2
SHOWN = 20
PIECE = 1 << 20
_COUNTS = ("rows", "good", "unchanged", "faults", "done")


class Command(BaseCommand):
    help = "Check an opening balance and, with --apply, write it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", required=True, choices=CarryKind.values)
        parser.add_argument("--document", default="", help="on which stages rest")
        parser.add_argument("--signed-by", default="", help="who signed that document")
        parser.add_argument("--apply", action="store_true", help="write what is right")
        parser.add_argument("--report", type=Path, help="write the report as JSON")
        parser.add_argument("--as", dest="user", default="", help="user name; without it the system acts")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            row = self._work(options)
        except DomainError as refusal:
            self._refuse(str(refusal))
        if options["report"]:
            report = json.dumps(_report(row), ensure_ascii=False, indent=1)
            options["report"].write_text(report, encoding="utf-8")
        self._tell(row, waits=options["apply"] and row.status == SheetStatus.READY and bool(row.good))
        sys.exit(TO_MEND if row.faults else CLEAN)

    def _work(self, options: dict[str, Any]) -> CarryOver:
        actor = _actor(options["user"])
        row = receive_carry_over(
            actor=actor,
            kind=options["kind"],
            file_name=options["file"].name,
            pieces=lambda: _pieces(options["file"]),
            document=options["document"],
            signed_by=options["signed_by"],
        )
        if options["apply"] and row.good and may_confirm(actor, row):
            request_apply(actor=actor, carry_over_id=row.pk)
            continue_carry_over(row.pk)
            row.refresh_from_db()
        return row

    def _tell(self, row: CarryOver, *, waits: bool) -> None:
        self.stdout.write(
            _("%(rows)d แถว: บันทึกได้ %(good)d มีอยู่แล้ว %(unchanged)d รอแก้ %(faults)d บันทึกแล้ว %(done)d")
            % {name: getattr(row, name) for name in _COUNTS}
        )
        for fault in _faults(row)[:SHOWN]:
            self.stdout.write(
                _("แถว %(row)d %(column)s [%(code)s] %(value)s: %(message)s")
                % {name: fault[name] for name in ("row", "column", "code", "value", "message")}
            )
        if waits:
            self.stdout.write(_("รอผู้อนุมัติคนที่สอง"))
        self.stdout.write(_("เลขที่ใบรับ %(number)s") % {"number": row.pk})

    def _refuse(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(REFUSED)


def _report(row: CarryOver) -> dict[str, Any]:
    counts = {name: getattr(row, name) for name in _COUNTS}
    return {"id": str(row.pk), "kind": row.kind, "status": row.status, **counts, "lines": _faults(row)}


def _faults(row: CarryOver) -> list[dict[str, Any]]:
    lines = CarryOverLine.objects.filter(carry_over=row).exclude(fault="").order_by("row", "id")
    return [
        {
            "row": line.row,
            "column": line.column,
            "code": line.fault,
            "value": line.value,
            "message": str(FAULTS[line.fault]) % line.details,
        }
        for line in lines
    ]


def _pieces(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as source:
            while piece := source.read(PIECE):
                yield piece
    except OSError:
        raise Unreadable("missing_file") from None


def _actor(name: str) -> Actor:
    """The user under the appointment that may send opening balances, or the system."""
    if not name:
        return system_actor()
    user = find_person(name)
    for appointment in valid_appointments(user) if user else []:
        if appointment.role in CARRYING_ROLES:
            return Actor(user=user, appointment=appointment)
    raise InvalidInput("no_appointment", _("ไม่มีผู้ใช้ชื่อนี้ที่ได้รับแต่งตั้งให้นำเข้ายอดยกมา"))
