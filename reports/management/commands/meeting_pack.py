"""`manage.py meeting_pack --area 90 --number 1/2568 --out DIR`: the files of a meeting, without a worker."""

from __future__ import annotations

import argparse
import os
import re
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from casework.rules import stands_at
from povertyops.accounts.actor import Actor, system_actor
from povertyops.common.errors import DomainError
from povertyops.common.thai import to_arabic_digits

from ...models import Meeting
from ...pack.render import render_files
from ...services.meetings import MeetingDraft, freeze_meeting, plan_meeting

BAD_QUESTION = 2
REFUSED = 3
NOT_WRITTEN = 4
NUMBER = re.compile(r"(\d{1,2})/(25\d\d|26\d\d)")


class Command(BaseCommand):
    help = (
        "Write the pack of a meeting (PDF, XLSX, memorandum, charts). Plans the meeting if it is not there"
        " and freezes it if it is not frozen; later runs write the same figures. Exit codes: 2 the question"
        " is wrong, 3 refused, 4 the files could not be written."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--area", required=True, help="province, two digits")
        parser.add_argument("--number", required=True, help="number/Buddhist year, for example 1/2568")
        parser.add_argument("--out", required=True, type=Path, help="directory for the files")
        parser.add_argument("--thai-digits", action="store_true")
        parser.add_argument(
            "--list", dest="list_kind", help="plan it about one kind of list, for example csr"
        )
        parser.add_argument("--as-of", type=date.fromisoformat, help="a past day, YYYY-MM-DD; for freezing")

    def handle(
        self,
        *args: Any,
        area: str,
        number: str,
        out: Path,
        thai_digits: bool,
        as_of: date | None,
        list_kind: str | None,
        **options: Any,
    ) -> None:
        with translation.override("th"):
            try:
                meeting = self._meeting(system_actor(), area, number, list_kind)
                meeting = self._frozen(system_actor(), meeting, as_of)
            except DomainError as refusal:
                raise CommandError(str(refusal), returncode=REFUSED) from refusal
            self._write(meeting, out, thai_digits)

    def _frozen(self, actor: Actor, meeting: Meeting, as_of: date | None) -> Meeting:
        if meeting.frozen_at is None:
            meeting = freeze_meeting(actor=actor, meeting_id=meeting.pk, as_of=as_of)
            self._say(_("ตรึงตัวเลขการประชุมครั้งที่ %(number)s แล้ว") % {"number": meeting})
        elif as_of is not None and as_of != meeting.as_of:
            raise CommandError(_("การประชุมครั้งนี้ตรึงตัวเลข ณ วันอื่นไปแล้ว เปลี่ยนไม่ได้"), returncode=REFUSED)
        return meeting

    def _meeting(self, actor: Actor, area: str, number: str, list_kind: str | None) -> Meeting:
        matched = NUMBER.fullmatch(to_arabic_digits(number.strip()))
        if matched is None:
            raise CommandError(_("ครั้งที่ต้องเขียนเป็น เลข/ปี พ.ศ. เช่น 1/2568"), returncode=BAD_QUESTION)
        nth, year = (int(part) for part in matched.groups())
        found = Meeting.objects.filter(province_code=area, number=nth, year=year).first()
        if found is not None:
            if list_kind not in (None, found.list_kind):
                said = _("การประชุมครั้งนี้เตรียมไว้สำหรับบัญชีอื่น โปรดแก้ที่การประชุมก่อนตรึงตัวเลข")
                raise CommandError(said, returncode=REFUSED)
            return found
        held_on = stands_at(year, timezone.localdate())
        draft = MeetingDraft(
            number=nth, year=year, fiscal_year=year, held_on=held_on, list_kind=list_kind or ""
        )
        return plan_meeting(actor=actor, draft=draft, province_code=area)

    def _write(self, meeting: Meeting, out: Path, thai_digits: bool) -> None:
        """Each file appears whole or not at all; what was there before is replaced."""
        files = render_files(meeting.payload or {}, thai_digits=thai_digits, on_step=self._step)
        try:
            out.mkdir(parents=True, exist_ok=True)
            for _kind, name, body in list(files):
                part = out / f".{name}.{os.getpid()}"
                try:
                    part.write_bytes(body)
                    part.replace(out / name)
                finally:
                    part.unlink(missing_ok=True)
                self._say(str(out / name))
        except OSError as fault:
            said = _("เขียนไฟล์ลง %(place)s ไม่ได้: %(why)s") % {"place": out, "why": fault.strerror}
            raise CommandError(said, returncode=NOT_WRITTEN) from fault
        self._say(_("เลขที่ชุดข้อมูล %(id)s") % {"id": meeting.snapshot_id})

    def _step(self, done: int, total: int, says: str) -> None:
        if says and self._verbose:
            self.stdout.write(f"  {done}/{total} {says}")

    def _say(self, text: str) -> None:
        self.stdout.write(text)

    def execute(self, *args: Any, **options: Any) -> str | None:
        self._verbose = options["verbosity"] > 1
        return super().execute(*args, **options)
