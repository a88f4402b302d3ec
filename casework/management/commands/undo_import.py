"""`manage.py undo_import ID`: take a whole list back, as the page does. ID is the receipt's, from
`import_targets`.

Ends with 0 when it is undone, 1 when something was built on it, 2 when there is no such list to take back.
"""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from typing import Any, NoReturn
from uuid import UUID

from django.core.management.base import BaseCommand
from django.http import Http404
from django.utils.translation import gettext as _

from casework.services.apply import Busy
from casework.services.importing import holding
from casework.services.undoing import BuiltOn, request_undo, undo_batch
from households.enums import ImportStatus
from households.models import ImportBatch
from povertyops.accounts.actor import system_actor
from povertyops.common.errors import DomainError
from povertyops.common.ids import uuid7

DONE, IN_THE_WAY, REFUSED = 0, 1, 2
WAIT_SECONDS = 600


class Command(BaseCommand):
    help = "Take an imported list back, as long as nothing has been built on it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", help="the id on the receipt of import_targets")
        parser.add_argument("--reason", default="", help="why; kept with the list")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            batch_id = UUID(options["id"])
            batch = self._work(batch_id, options["reason"] or _("เลิกด้วยคำสั่งของผู้ดูแลระบบ"))
        except BuiltOn as refusal:
            self._tell_obstacles(refusal)
            sys.exit(IN_THE_WAY)
        except (ValueError, Http404):
            self._refuse(_("ไม่มีบัญชีเลขที่นี้"))
        except DomainError as refusal:
            self._refuse(str(refusal))
        if batch.status != ImportStatus.UNDONE:
            self.stderr.write(batch.problem)
            sys.exit(IN_THE_WAY)
        self.stdout.write(_("เลิกการนำเข้าแล้ว"))
        sys.exit(DONE)

    def _work(self, batch_id: UUID, reason: str) -> ImportBatch:
        batch = request_undo(actor=system_actor(), batch_id=batch_id, reason=reason)
        holder = uuid7()
        until = time.monotonic() + WAIT_SECONDS
        while batch.status == ImportStatus.UNDOING and time.monotonic() < until:
            with holding(batch.pk, holder) as ours:
                if ours:
                    try:
                        return undo_batch(batch_id=batch.pk, holder=holder)
                    except Busy:
                        pass
            time.sleep(1)
            batch.refresh_from_db()
        return batch

    def _tell_obstacles(self, refusal: BuiltOn) -> None:
        self.stderr.write(str(refusal))
        for each in refusal.obstacles:
            self.stderr.write(f"{each.code}\t{each.count}\t{each.households}\t{each.label}")

    def _refuse(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(REFUSED)
