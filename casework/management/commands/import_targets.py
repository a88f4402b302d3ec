"""`manage.py import_targets FILE --list tpmap --fiscal-year 2568`: the import page's work from the command
line.

Ends with 0 when nothing is to be mended, 1 when some rows are, 2 when the file cannot be read. Where
the province
wants a second person, the list waits for one, which is no failure. The receipt's id is what
`undo_import` takes.
"""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.db import DatabaseError
from django.utils.translation import gettext as _

from casework.services.apply import Busy, apply_batch, request_apply
from casework.services.importing import holding
from households.enums import ImportStatus
from households.models import ImportBatch, ListKind
from households.services.target_lists import Draft, Unreadable, faults_of, read_batch, receive_list, report_of
from povertyops.accounts.actor import Actor, system_actor
from povertyops.accounts.enums import OFFICER_ROLES
from povertyops.accounts.queries import find_person, valid_appointments
from povertyops.common.errors import DomainError, InvalidInput
from povertyops.common.ids import uuid7

CLEAN, TO_MEND, REFUSED = 0, 1, 2
SHOWN = 20
PIECE = 1 << 20
WAIT_SECONDS = 600


class Command(BaseCommand):
    help = "Check a target list and, with --apply, bring it in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--list", required=True, dest="kind", help=f"kind of list: {_kinds()}")
        parser.add_argument("--fiscal-year", required=True, type=int, help="Buddhist year, such as 2568")
        parser.add_argument("--survey-year", type=int, help="the year before the fiscal year unless given")
        parser.add_argument("--apply", action="store_true", help="bring in what is right")
        parser.add_argument("--as", dest="user", default="", help="user name; without it the system acts")
        parser.add_argument("--report", type=Path, help="write the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            batch = self._work(options)
        except DomainError as refusal:
            self._refuse(str(refusal))
        if batch.status in (ImportStatus.UNREADABLE, ImportStatus.MAPPING):
            self._refuse(batch.problem)
        if options["report"]:
            report = json.dumps(report_of(batch), ensure_ascii=False, indent=1)
            options["report"].write_text(report, encoding="utf-8")
        self._tell(batch)
        sys.exit(TO_MEND if batch.faults else CLEAN)

    def _work(self, options: dict[str, Any]) -> ImportBatch:
        actor = _actor(options["user"])
        draft = Draft(options["kind"], options["fiscal_year"], options["survey_year"])
        holder = uuid7()
        batch = receive_list(
            actor=actor,
            draft=draft,
            file_name=options["file"].name,
            pieces=_pieces(options["file"]),
            holder=holder,
        )
        with holding(batch.pk, holder):
            batch = read_batch(batch_id=batch.pk, holder=holder)
            if options["apply"] and batch.can_apply:
                batch = request_apply(actor=actor, batch_id=batch.pk)
                if batch.status == ImportStatus.REQUESTED:
                    batch = _apply_in_turn(batch, holder)
        return batch

    def _tell(self, batch: ImportBatch) -> None:
        self.stdout.write(
            _(
                "%(rows)d แถว %(households)d ครัวเรือน %(persons)d คน: ใหม่ %(new)d รู้จักแล้ว %(known)d "
                "เปลี่ยน %(changed)d หายไป %(left)d รอแก้ %(held_back)d ข้อสังเกต %(notices)d"
            )
            % {name: getattr(batch, name) for name in _COUNTS}
        )
        if batch.joined:
            self.stdout.write(
                _(
                    "ในกลุ่มรู้จักแล้ว มี %(count)s ครัวเรือนในไฟล์ที่เจ้าหน้าที่เคยรวมกับครัวเรือนอื่นในไฟล์นี้"
                    "เป็นครัวเรือนเดียวกันในทะเบียน จึงเข้าบัญชีเป็นครัวเรือนเดียว ไม่เปิดครัวเรือนใหม่"
                )
                % {"count": batch.joined}
            )
        if since := batch.since_last.get("year"):
            self.stdout.write(
                _("เทียบกับปี %(year)d: เข้าใหม่ %(new)d เปลี่ยน %(changed)d เหมือนเดิม %(same)d ไม่อยู่ในไฟล์ %(left)d")
                % {**batch.since_last, "year": since}
            )
        for fault in islice(faults_of(batch), SHOWN):
            self.stdout.write(
                _("แถว %(row)d %(column)s [%(code)s] %(value)s: %(message)s")
                % {name: fault[name] for name in ("row", "column", "code", "value", "message")}
            )
        if batch.faults > SHOWN:
            self.stdout.write(_("และอีก %(count)d ข้อ ดูทั้งหมดด้วย --report") % {"count": batch.faults - SHOWN})
        if batch.status == ImportStatus.APPLIED:
            self.stdout.write(_("นำเข้าแล้ว"))
        elif batch.status == ImportStatus.AWAITING:
            self.stdout.write(_("รอผู้อนุมัติคนที่สอง"))
        self.stdout.write(_("เลขที่ใบรับ %(number)s") % {"number": batch.pk})

    def _refuse(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(REFUSED)


_COUNTS = ("rows", "households", "persons", "new", "known", "changed", "left", "held_back", "notices")


def _kinds() -> str:
    """The kinds there are; none where no database answers, so that help still does."""
    try:
        return ", ".join(ListKind.objects.filter(is_active=True).values_list("code", flat=True))
    except DatabaseError:
        return "such as tpmap"


def _pieces(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as source:
            while piece := source.read(PIECE):
                yield piece
    except OSError:
        raise Unreadable("missing_file") from None


def _actor(name: str) -> Actor:
    """The user under the appointment that may import, or the system."""
    if not name:
        return system_actor()
    user = find_person(name)
    appointments = valid_appointments(user) if user else []
    for appointment in appointments:
        if appointment.role in OFFICER_ROLES:
            return Actor(user=user, appointment=appointment)
    raise InvalidInput("no_appointment", _("ไม่มีผู้ใช้ชื่อนี้ที่ได้รับแต่งตั้งให้นำเข้าบัญชีเป้าหมาย"))


def _apply_in_turn(batch: ImportBatch, holder: Any) -> ImportBatch:
    """Apply as soon as no other list goes into the same province."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return apply_batch(batch_id=batch.pk, holder=holder)
        except Busy:
            if time.monotonic() > until:
                raise
            time.sleep(1)
