"""What the pages of an import show: the preview card, how the file was understood, the receipt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.enums import FilePart, ImportStatus
from households.models import ImportBatch, ImportFault
from households.services.target_lists import Taken, label_of, message_of, restored_lines
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES

from ..services.import_approval import why_not_approve
from ..services.leavers import LEAVER_ROLES

STATES = {
    ImportStatus.RECEIVED: "waiting",
    ImportStatus.READING: "running",
    ImportStatus.REQUESTED: "waiting",
    ImportStatus.APPLYING: "running",
    ImportStatus.UNDOING: "running",
}
TONES = {
    ImportStatus.UNREADABLE: "bad",
    ImportStatus.MAPPING: "warn",
    ImportStatus.READY: "warn",
    ImportStatus.AWAITING: "warn",
    ImportStatus.UNDO_AWAITING: "warn",
    ImportStatus.APPLIED: "good",
    ImportStatus.EXPIRED: "calm",
    ImportStatus.UNDONE: "calm",
}
REREADABLE = frozenset(ImportStatus.of_rereading())


@dataclass(frozen=True, slots=True)
class FaultLine:
    """One fault as the table shows it."""

    sheet: str
    row: int
    column: str
    value: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class BatchStory:
    """One import as its page tells it to the person who opens it."""

    batch: ImportBatch
    actor: Actor | None = None

    @property
    def tone(self) -> str:
        return TONES.get(ImportStatus(self.batch.status), "")

    @property
    def progress_title(self) -> str | Promise:
        if self.batch.status == ImportStatus.UNDOING:
            return _("กำลังเลิกการนำเข้า")
        applying = self.batch.status in ImportStatus.of_applying()
        return _("กำลังนำเข้าครัวเรือน") if applying else _("กำลังตรวจไฟล์")

    @property
    def progress_state(self) -> str:
        return STATES.get(ImportStatus(self.batch.status), "done")

    @property
    def progress_total(self) -> int:
        """Households to apply; while a file is read nobody knows yet how long it is."""
        return self.batch.households if self.batch.status in ImportStatus.of_applying() else 0

    @property
    def going_in(self) -> int:
        """Households of the register that get, or have, a line; two of the file may be one of them."""
        return self.batch.new + self.batch.known + self.batch.changed - self.batch.joined

    @property
    def has_error_file(self) -> bool:
        return self.batch.held_back > 0 and self.batch.files.filter(part=FilePart.ERRORS).exists()

    @property
    def columns(self) -> list[tuple[str, str | Promise]]:
        """(header in the file, what it was taken for), in the order of the file."""
        headers = self.batch.layout.get("headers", [])
        places = sorted(self.batch.layout.get("columns", {}).items(), key=lambda item: item[1])
        return [(headers[place], label_of(name)) for name, place in places]

    @property
    def unread(self) -> list[str]:
        return list(self.batch.layout.get("unread", []))

    @property
    def compares(self) -> bool:
        """Whether there is an earlier list of this kind to compare with."""
        return bool(self.batch.since_last.get("year"))

    @property
    def may_decide_leavers(self) -> bool:
        return (
            self.batch.status == ImportStatus.APPLIED
            and self.batch.left > 0
            and self.actor is not None
            and self.actor.role in LEAVER_ROLES
        )

    @property
    def why_not_approve(self) -> str | None:
        return why_not_approve(self.actor, self.batch) if self.actor else None

    @property
    def taken(self) -> Taken:
        """What an undo would take and put back."""
        return restored_lines(self.batch)

    @property
    def may_read_again(self) -> bool:
        """Whether the file can be read anew; where codes or columns got a meaning, it should be."""
        is_officer = self.actor is not None and self.actor.role in OFFICER_ROLES
        return is_officer and self.batch.status in REREADABLE and self.batch.purged_at is None

    @property
    def households_url(self) -> str:
        """The list of this kind and year, which these households now stand on."""
        query = {"fiscal_year": self.batch.fiscal_year, "list": self.batch.kind_id, "membership": "all"}
        return f"{reverse('household_list')}?{urlencode(query)}"


def found_rows(batch: ImportBatch, *, notices: bool) -> QuerySet[ImportFault]:
    return batch.found_faults.filter(is_notice=notices)


def lines_of(batch: ImportBatch, faults: Sequence[ImportFault]) -> Iterator[FaultLine]:
    """Faults in words; with the sheet's name where the file has several."""
    names = batch.layout.get("sheets", ())
    for fault in faults:
        sheet = names[fault.sheet] if len(names) > 1 and fault.sheet < len(names) else ""
        message = message_of(fault.code, fault.details)
        yield FaultLine(sheet, fault.row, fault.column, fault.value, fault.code, message)


def batch_rows(batches: Sequence[ImportBatch]) -> list[dict[str, Any]]:
    return [{"batch": batch, "tone": TONES.get(ImportStatus(batch.status), "")} for batch in batches]
