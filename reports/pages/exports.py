"""What the pages of exports show: the choice of columns, and each export with how it stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..enums import JobState
from ..models import ExportJob

# A worker looks every 30 seconds; later than this nobody is looking.
UNCLAIMED = timedelta(seconds=75)
TONES = {
    JobState.WAITING: "",
    JobState.RUNNING: "calm",
    JobState.DONE: "good",
    JobState.FAILED: "bad",
    JobState.EXPIRED: "",
}


class Headed(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def head(self) -> str | Promise: ...


@dataclass(frozen=True)
class ColumnLine:
    """One column to choose, in its place."""

    code: str
    head: str
    chosen: bool
    first: bool
    last: bool


@dataclass(frozen=True)
class ColumnPick:
    """All columns of a kind in the order someone wants them, and which of them are wanted."""

    known: Sequence[Headed]
    order: Sequence[str]
    wanted: Collection[str]

    @classmethod
    def from_codes(cls, known: Sequence[Headed], codes: Sequence[str]) -> ColumnPick:
        """The chosen ones first; without a choice all of them."""
        kept = _known_only(known, codes)
        return cls(known, _with_rest(known, kept), kept or [column.code for column in known])

    @classmethod
    def from_post(cls, known: Sequence[Headed], data: QueryDict) -> ColumnPick:
        order = _with_rest(known, _known_only(known, data.getlist("order")))
        return cls(known, order, _known_only(known, data.getlist("column")))

    def moved(self, code: str, step: int) -> ColumnPick:
        """One column a place up (-1) or down (1)."""
        order = list(self.order)
        if code in order:
            place = order.index(code)
            order.remove(code)
            order.insert(max(0, place + step), code)
        return ColumnPick(self.known, order, self.wanted)

    @property
    def codes(self) -> tuple[str, ...]:
        """The wanted ones in order; nothing where that is what everybody gets."""
        chosen = tuple(code for code in self.order if code in self.wanted)
        return () if chosen == tuple(column.code for column in self.known) else chosen

    @property
    def is_empty(self) -> bool:
        return not self.wanted

    @property
    def note(self) -> str:
        return _("เลือก %(chosen)d จาก %(all)d") % {"chosen": len(self.wanted), "all": len(self.known)}

    @property
    def lines(self) -> list[ColumnLine]:
        heads = {column.code: str(column.head) for column in self.known}
        last = len(self.order) - 1
        return [
            ColumnLine(code, heads[code], code in self.wanted, place == 0, place == last)
            for place, code in enumerate(self.order)
        ]


@dataclass(frozen=True)
class JobLine:
    """One export on a page."""

    job: ExportJob
    now: datetime
    again_url: str = ""

    @property
    def tone(self) -> str:
        return "warn" if self.stuck else TONES[JobState(self.job.state)]

    @property
    def is_moving(self) -> bool:
        return self.job.state in (JobState.WAITING, JobState.RUNNING) and not self.job.streamed

    @property
    def has_file(self) -> bool:
        expires = self.job.expires_at
        return (
            self.job.state == JobState.DONE and not self.job.streamed and bool(expires and expires > self.now)
        )

    @property
    def total(self) -> int:
        """What is known of the number of rows; an estimate never says less than is done."""
        return max(self.job.rows or 0, self.job.done_rows)

    @property
    def stuck(self) -> str:
        """Why nothing moves, where nothing moves."""
        job = self.job
        if not self.is_moving:
            return ""
        if job.state == JobState.RUNNING and job.leased_until and job.leased_until < self.now:
            return _("งานหยุดกลางคัน ระบบจะทำต่อเองภายใน 2 นาที")
        if job.state == JobState.WAITING and job.attempts == 0 and self.now - job.asked_at > UNCLAIMED:
            return _(
                "ยังไม่มีเครื่องรับงานนี้ งานอยู่ในคิวและจะเริ่มเองเมื่อเครื่องงานเบื้องหลังกลับมา ถ้านานเกิน 5 นาที แจ้งผู้ดูแลระบบ"
            )
        return ""

    @property
    def left(self) -> str:
        """How long the file stays."""
        if not self.has_file or self.job.expires_at is None:
            return ""
        hours = int((self.job.expires_at - self.now).total_seconds() // 3600)
        if hours >= 24:
            return ngettext("เก็บไว้อีก %(n)d วัน", "เก็บไว้อีก %(n)d วัน", hours // 24) % {"n": hours // 24}
        return _("เก็บไว้อีก %(n)d ชั่วโมง") % {"n": max(hours, 1)}


def job_lines(jobs: Iterable[ExportJob]) -> list[JobLine]:
    now = timezone.now()
    return [JobLine(job, now) for job in jobs]


def _known_only(known: Sequence[Headed], codes: Sequence[str]) -> list[str]:
    there = {column.code for column in known}
    return [code for code in dict.fromkeys(codes) if code in there]


def _with_rest(known: Sequence[Headed], codes: Sequence[str]) -> list[str]:
    return [*codes, *(column.code for column in known if column.code not in set(codes))]
