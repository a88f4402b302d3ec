"""What a tracking number tells: where the report stands and since when, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..enums import NominationStatus
from ..models import Nomination

# One word for every outcome: which it was would say whether the family is known here or in care.
_SETTLED = _("พิจารณาเสร็จแล้ว")
WORDS: Mapping[str, Promise] = {
    NominationStatus.RECEIVED: _("รับเรื่องแล้ว รอลงพื้นที่ตรวจ"),
    NominationStatus.CHECKED: _("ลงพื้นที่ตรวจแล้ว รอพิจารณา"),
    NominationStatus.APPEALED: _("กำลังพิจารณาใหม่"),
}


@dataclass(frozen=True, slots=True)
class TrackLine:
    """Status and days of a report."""

    text: str
    received_on: date
    check_due_on: date | None
    checked_on: date | None
    settled_on: date | None


def track_line(row: Nomination) -> TrackLine:
    is_settled = row.status not in NominationStatus.of_waiting()
    return TrackLine(
        text=str(WORDS.get(row.status, _SETTLED)),
        received_on=row.nominated_on,
        check_due_on=row.check_due_on if row.status == NominationStatus.RECEIVED else None,
        checked_on=row.checked_on,
        settled_on=row.decided_on if is_settled else None,
    )
