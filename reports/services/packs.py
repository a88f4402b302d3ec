"""Making the files of a frozen meeting in the background: asked for, taken up under a lease, all or nothing.

What is to be made stands in the database, so that a lost message or a killed worker only means that the next
look finds it. The files before stay until the new ones are whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.common.errors import Conflict
from povertyops.common.ids import uuid7
from povertyops.common.leases import LeaseLost, release_lease, renew_lease, take_lease

from ..enums import JobState
from ..models import Meeting, PackFile, PackJob
from ..pack.render import render_files
from .meetings.shared import meeting_to_write, write_down

MOST_ATTEMPTS = 3
UNDER_WAY = (JobState.WAITING, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Piece:
    """One finished file, before it is stored."""

    kind: str
    name: str
    body: bytes


def ask_pack(*, actor: Actor, meeting_id: UUID, thai_digits: bool = False) -> PackJob:
    """Ask for a meeting's files; asked again, in other digits or not, new ones come from the same figures.

    Raises Conflict while nothing is frozen, and while a pack in other digits is being made.
    """
    with transaction.atomic():
        meeting = meeting_to_write(actor, meeting_id)
        if meeting.frozen_at is None:
            raise Conflict("not_frozen", _("ตรึงตัวเลขก่อน จึงทำเอกสารการประชุมได้"))
        job, is_new = PackJob.objects.select_for_update().get_or_create(
            meeting=meeting,
            defaults={"thai_digits": thai_digits, "asked_by": actor.user, "asked_at": actor.stamp},
        )
        if not is_new and job.state in UNDER_WAY:
            if job.thai_digits != thai_digits:
                raise Conflict("being_made", _("กำลังทำเอกสารอีกแบบอยู่ รอให้เสร็จก่อนแล้วค่อยขอใหม่"))
            return job
        if not is_new:
            _begin_anew(job, actor, thai_digits)
        write_down(actor, "pack.ask", meeting, changes={"thai_digits": thai_digits})
    job.refresh_from_db()
    return job


def unfinished_packs() -> list[UUID]:
    """Packs that a worker has, or should have, in hand; the longest waiting first."""
    rows = PackJob.objects.filter(state__in=UNDER_WAY).order_by("asked_at")
    return list(rows.values_list("pk", flat=True))


def run_pack(job_id: UUID) -> bool:
    """Make the files of a job; False where someone else is at it, or nothing is left to do.

    May be called at any time and any number of times. A job that did not come to its end three times fails
    with a sentence that says at which step.
    """
    holder = uuid7()
    with _holding(job_id, holder) as ours:
        if not ours:
            return False
        meeting_id = _take_up(job_id)
        if meeting_id is None:
            return False
        try:
            _finish(job_id, holder, _render(job_id, holder, meeting_id))
        except LeaseLost:
            return False
    return True


def lease_key(job_id: UUID) -> str:
    return f"pack:{job_id}"


# ---------------------------------------------------------------------------------------------- the steps


def _begin_anew(job: PackJob, actor: Actor, thai_digits: bool) -> None:
    job.state, job.thai_digits, job.attempts = JobState.WAITING, thai_digits, 0
    job.done_steps, job.all_steps, job.says = 0, 0, ""
    job.asked_by, job.asked_at = actor.user, actor.recorded_at or timezone.now()
    job.leased_until = job.finished_at = None
    job.save()


@contextmanager
def _holding(job_id: UUID, holder: UUID) -> Iterator[bool]:
    taken = take_lease(lease_key(job_id), holder, settings.PACK_LEASE_SECONDS)
    try:
        yield taken
    finally:
        if taken:
            release_lease(lease_key(job_id), holder)


def _take_up(job_id: UUID) -> UUID | None:
    """Count the attempt; the meeting, or None where nothing is to be done or it was tried too often."""
    with transaction.atomic():
        job = PackJob.objects.select_for_update().filter(pk=job_id, state__in=UNDER_WAY).first()
        if job is None:
            return None
        if job.attempts >= MOST_ATTEMPTS:
            _give_up(job)
            return None
        job.state, job.attempts, job.done_steps = JobState.RUNNING, job.attempts + 1, 0
        job.leased_until = _lease_end()
        job.save(update_fields=["state", "attempts", "done_steps", "leased_until"])
        return UUID(str(job.meeting_id))


def _give_up(job: PackJob) -> None:
    said = gettext("ทำเอกสาร %(times)d ครั้งแล้วไม่สำเร็จ หยุดที่ “%(step)s” ลองขอใหม่ ถ้ายังไม่ได้ให้แจ้งผู้ดูแลระบบ")
    step = job.says or gettext("เริ่มทำ")
    job.state, job.finished_at = JobState.FAILED, timezone.now()
    job.says = (said % {"times": job.attempts, "step": step})[:300]
    job.save(update_fields=["state", "finished_at", "says"])


def _render(job_id: UUID, holder: UUID, meeting_id: UUID) -> list[Piece]:
    meeting = Meeting.objects.get(pk=meeting_id)
    thai_digits = PackJob.objects.values_list("thai_digits", flat=True).get(pk=job_id)

    def on_step(done: int, total: int, says: str) -> None:
        """Each step shows on the page and keeps the lease; raises LeaseLost when somebody took over."""
        with transaction.atomic():
            renew_lease(lease_key(job_id), holder, settings.PACK_LEASE_SECONDS)
            PackJob.objects.filter(pk=job_id).update(
                done_steps=done, all_steps=total, says=str(says)[:300], leased_until=_lease_end()
            )

    files = render_files(meeting.payload or {}, thai_digits=thai_digits, on_step=on_step)
    return [Piece(str(kind), name, bytes(body)) for kind, name, body in files]


def _finish(job_id: UUID, holder: UUID, pieces: list[Piece]) -> None:
    """The old files go and the new ones appear in one transaction, which the lease fences."""
    with transaction.atomic():
        job = PackJob.objects.select_for_update().get(pk=job_id)
        job.files.all().delete()
        PackFile.objects.bulk_create(
            PackFile(
                job=job,
                kind=piece.kind,
                name=piece.name,
                content=piece.body,
                size=len(piece.body),
                sha256=hashlib.sha256(piece.body).hexdigest(),
            )
            for piece in pieces
        )
        job.state, job.says, job.finished_at = JobState.DONE, "", timezone.now()
        job.done_steps, job.leased_until = job.all_steps, None
        job.save(update_fields=["state", "says", "finished_at", "done_steps", "leased_until"])
        renew_lease(lease_key(job_id), holder, settings.PACK_LEASE_SECONDS)


def _lease_end() -> datetime:
    return timezone.now() + timedelta(seconds=settings.PACK_LEASE_SECONDS)
