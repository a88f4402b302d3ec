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

from households.access import visible_households
from households.enums import FilePart, ImportStatus
from households.models import Household, ImportBatch, ImportFault
from households.services.target_lists import PROFILE_LABELS, left_households, message_of
from povertyops.accounts.actor import Actor

LEFT_SHOWN = 100

STATES = {
    ImportStatus.RECEIVED: "waiting",
    ImportStatus.READING: "running",
    ImportStatus.REQUESTED: "waiting",
    ImportStatus.APPLYING: "running",
}
TONES = {
    ImportStatus.UNREADABLE: "bad",
    ImportStatus.READY: "warn",
    ImportStatus.APPLIED: "good",
    ImportStatus.EXPIRED: "calm",
}


@dataclass(frozen=True, slots=True)
class FaultLine:
    """One fault as the table shows it."""

    row: int
    column: str
    value: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class BatchStory:
    """One import as its page tells it."""

    batch: ImportBatch

    @property
    def tone(self) -> str:
        return TONES.get(ImportStatus(self.batch.status), "")

    @property
    def progress_title(self) -> str | Promise:
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
        return self.batch.new + self.batch.known + self.batch.changed

    @property
    def has_error_file(self) -> bool:
        return self.batch.held_back > 0 and self.batch.files.filter(part=FilePart.ERRORS).exists()

    @property
    def columns(self) -> list[tuple[str, str | Promise]]:
        """(header in the file, what it was taken for), in the order of the file."""
        headers = self.batch.layout.get("headers", [])
        places = sorted(self.batch.layout.get("columns", {}).items(), key=lambda item: item[1])
        return [(headers[place], PROFILE_LABELS[name]) for name, place in places]

    @property
    def unread(self) -> list[str]:
        return list(self.batch.layout.get("unread", []))

    @property
    def households_url(self) -> str:
        """The list of this kind and year, which these households now stand on."""
        query = {"fiscal_year": self.batch.fiscal_year, "list": self.batch.kind_id, "membership": "all"}
        return f"{reverse('household_list')}?{urlencode(query)}"


def found_rows(batch: ImportBatch, *, notices: bool) -> QuerySet[ImportFault]:
    return batch.found_faults.filter(is_notice=notices)


def lines_of(faults: Sequence[ImportFault]) -> Iterator[FaultLine]:
    for fault in faults:
        message = message_of(fault.code, fault.details)
        yield FaultLine(fault.row, fault.column, fault.value, fault.code, message)


def left_of(actor: Actor, batch: ImportBatch) -> list[Household]:
    """The first households that were on the list of the year before and are not in the file, as far as
    visible."""
    if not batch.left:
        return []
    gone = visible_households(actor).filter(pk__in=left_households(batch))
    return list(gone.order_by("sort_key", "pk")[:LEFT_SHOWN])


def batch_rows(batches: Sequence[ImportBatch]) -> list[dict[str, Any]]:
    return [{"batch": batch, "tone": TONES.get(ImportStatus(batch.status), "")} for batch in batches]
