"""Exports that a worker makes: taken up under a lease, written beside, offered only when whole, kept 7 days.

What is to be made stands in the database, so that a lost message or a killed worker only means that the next
look finds it. `attempts` is the fence: a worker that was overtaken holds an old one and commits nothing.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from povertyops.accounts.actor import Actor, system_actor
from povertyops.accounts.models import Appointment
from povertyops.common.audit import log_access
from povertyops.common.errors import DomainError
from povertyops.common.leases import LeaseLost

from ..enums import JobState
from ..export_queries import UNDER_WAY, get_export_for
from ..models import ExportJob
from .export_register import UNLOGGED

MOST_ATTEMPTS = 5
ORPHANED = timedelta(days=1)
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_BEAT = """
UPDATE reports_exportjob SET done_rows = %s, leased_until = clock_timestamp() + make_interval(secs => %s)
WHERE id = %s AND attempts = %s AND state = 'running'
"""


@dataclass(frozen=True)
class Task:
    """A job in the hands of a worker: where to write (`target`, temporary files into `folder`) and whom to
    tell. `beat` takes the rows written so far and keeps the lease; it raises LeaseLost."""

    job: ExportJob
    actor: Actor
    folder: Path
    target: Path
    beat: Callable[[int], None]


# Writes the file and gives its number of rows.
Write = Callable[[Task], int]


def run_export(job_id: UUID, write: Write) -> bool:
    """Make the file of a job; False where someone else is at it, or nothing is left to do.

    May be called at any time and any number of times. What passes by itself (a full disk, a database that
    went away) is tried again a few times; what does not fails with a sentence.
    """
    job = _take_up(job_id)
    if job is None:
        return False
    folder = exports_folder() / f"{job.pk}.{job.attempts}.part"
    try:
        _make(job, folder, write)
    except LeaseLost:
        return False
    except (DomainError, Http404) as refusal:
        _give_up(job, str(refusal) or _("พื้นที่หรือรายการนี้ไม่อยู่ในขอบเขตของคำสั่งแต่งตั้งแล้ว"))
    except (OSError, OperationalError, InterfaceError) as fault:
        _postpone(job, fault)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return True


def open_export(*, actor: Actor, job_id: UUID) -> tuple[ExportJob, IO[bytes]]:
    """The finished file of one's own export. Side effects: access log, count of downloads."""
    with transaction.atomic():
        job = get_export_for(actor, job_id, lock=True)
        if (
            job.state != JobState.DONE
            or job.streamed
            or (job.expires_at and job.expires_at <= timezone.now())
        ):
            raise Http404
        try:
            file = file_of(job).open("rb")
        except FileNotFoundError:
            raise Http404 from None
        job.downloads = F("downloads") + 1
        job.save(update_fields=["downloads"])
        details = {"kind": job.kind, "rows": job.rows, "shows_ids": job.shows_ids}
        log_access(
            actor,
            "export.download",
            object_type="export",
            object_id=job.pk,
            reason=job.reason,
            details=details,
        )
    return job, file


def delete_export(*, actor: Actor, job_id: UUID) -> None:
    """Take one's own export back, also while it is made; its line in the register stays."""
    with transaction.atomic():
        job = get_export_for(actor, job_id, lock=True)
        _expire(job, _("ผู้ขอลบไฟล์แล้ว"))


def purge_exports() -> int:
    """Delete files past their time, and what a killed worker left lying. Gives the number of exports."""
    now = timezone.now()
    count = 0
    for job_id in ExportJob.objects.filter(state=JobState.DONE, expires_at__lte=now).values_list(
        "pk", flat=True
    ):
        with transaction.atomic():
            job = ExportJob.objects.select_for_update().get(pk=job_id)
            if job.state == JobState.DONE:
                _expire(job, "")
                count += 1
    _forget_failed(now - timedelta(days=settings.EXPORT_KEEP_DAYS))
    ExportJob.objects.filter(streamed=True, state=JobState.RUNNING, asked_at__lt=now - ORPHANED).update(
        state=JobState.FAILED, says=_("ไม่ทราบว่าส่งได้ครบหรือไม่"), finished_at=now
    )
    _sweep(now - ORPHANED)
    return count


def exports_folder() -> Path:
    """The private folder of finished exports; served by no address of its own."""
    folder = Path(settings.MEDIA_ROOT) / "exports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def file_of(job: ExportJob) -> Path:
    return exports_folder() / f"{job.pk}.{job.format}"


# ------------------------------------------------------------------------------------------------- the steps


def _take_up(job_id: UUID) -> ExportJob | None:
    """Count the attempt; None where nothing is to be done, someone is at it, or it was tried too often."""
    with transaction.atomic():
        rows = ExportJob.objects.select_for_update(skip_locked=True)
        job = rows.filter(pk=job_id, state__in=UNDER_WAY, streamed=False).first()
        now = timezone.now()
        if job is None or (job.leased_until and job.leased_until > now):
            return None
        if job.attempts >= MOST_ATTEMPTS:
            said = _("ลองทำ %(times)d ครั้งแล้วไม่สำเร็จ ขอใหม่ได้ ถ้ายังไม่ได้ให้แจ้งผู้ดูแลระบบ") % {"times": job.attempts}
            _end(job, JobState.FAILED, " ".join((said, job.says)).strip())
            return None
        job.state, job.attempts, job.done_rows = JobState.RUNNING, job.attempts + 1, 0
        job.leased_until = now + timedelta(seconds=settings.EXPORT_LEASE_SECONDS)
        job.save(update_fields=["state", "attempts", "done_rows", "leased_until"])
        return job


def _make(job: ExportJob, folder: Path, write: Write) -> None:
    for left_behind in exports_folder().glob(f"{job.pk}.*.part"):
        shutil.rmtree(left_behind, ignore_errors=True)
    folder.mkdir(mode=0o700)
    target = folder / file_of(job).name
    # The rows are read in one transaction on the connection of this thread: progress needs another one.
    with closing(connection.copy()) as beside:

        def beat(rows: int) -> None:
            with beside.cursor() as cursor:
                cursor.execute(_BEAT, [rows, settings.EXPORT_LEASE_SECONDS, job.pk, job.attempts])
                if cursor.rowcount != 1:
                    raise LeaseLost(str(job.pk))

        rows = write(Task(job, _actor_of(job), folder, target, beat))
        beat(rows)
    _finish(job, target, rows)


def _actor_of(job: ExportJob) -> Actor:
    """Whoever asked, as their appointment stands today; the system for what no person asked."""
    if job.appointment_id is None:
        return system_actor()
    valid = Appointment.objects.valid_on(timezone.localdate()).select_related("user", "centre")
    post = valid.filter(pk=job.appointment_id, user__is_active=True).first()
    if post is None:
        raise DomainError("appointment_over", _("คำสั่งแต่งตั้งที่ใช้ขอไฟล์นี้สิ้นสุดแล้ว"))
    return Actor(user=post.user, appointment=post)


def _finish(job: ExportJob, target: Path, rows: int) -> None:
    """The whole file takes its place and the job is done; neither without the other is ever offered."""
    with target.open("rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    os.chmod(target, 0o600)
    with transaction.atomic():
        ours = ExportJob.objects.select_for_update().filter(
            pk=job.pk, attempts=job.attempts, state=JobState.RUNNING
        )
        if not ours.exists():
            raise LeaseLost(str(job.pk))
        size = target.stat().st_size
        target.replace(file_of(job))
        now = timezone.now()
        ours.update(
            state=JobState.DONE,
            rows=rows,
            done_rows=rows,
            size=size,
            sha256=digest,
            says="",
            leased_until=None,
            finished_at=now,
            expires_at=now + timedelta(days=settings.EXPORT_KEEP_DAYS),
        )


def _give_up(job: ExportJob, says: str) -> None:
    with transaction.atomic():
        if _still_ours(job):
            _end(job, JobState.FAILED, says)


def _postpone(job: ExportJob, fault: Exception) -> None:
    """Once more, a while later; the page says why."""
    full = isinstance(fault, OSError) and fault.errno in _FULL
    says = (
        _("ที่เก็บไฟล์ของระบบเต็ม จะลองใหม่เองเมื่อมีที่ว่าง แจ้งผู้ดูแลระบบได้เลย")
        if full
        else _("ระบบขัดข้องระหว่างทำไฟล์ จะลองใหม่เอง")
    )
    with transaction.atomic():
        if _still_ours(job):
            job.state, job.says, job.done_rows = JobState.WAITING, says, 0
            job.leased_until = timezone.now() + timedelta(seconds=settings.EXPORT_RETRY_SECONDS)
            job.save(update_fields=["state", "says", "done_rows", "leased_until"])


def _still_ours(job: ExportJob) -> bool:
    rows = ExportJob.objects.select_for_update()
    return rows.filter(pk=job.pk, attempts=job.attempts, state=JobState.RUNNING).exists()


def _end(job: ExportJob, state: JobState, says: str) -> None:
    job.state, job.says, job.finished_at, job.leased_until = state, says[:300], timezone.now(), None
    job.save(update_fields=["state", "says", "finished_at", "leased_until"])


def _expire(job: ExportJob, says: str) -> None:
    """The file goes, and with it what the register needs not know: names typed into the search box."""
    file_of(job).unlink(missing_ok=True)
    job.query = {name: values for name, values in job.query.items() if name not in UNLOGGED}
    job.save(update_fields=["query"])
    _end(job, JobState.EXPIRED, says)


def _forget_failed(before: datetime) -> None:
    """An export that never came to a file keeps the names it was asked with no longer than a file is kept."""
    failed = ExportJob.objects.filter(
        state=JobState.FAILED, finished_at__lte=before, query__has_any_keys=list(UNLOGGED)
    )
    for job in failed:
        job.query = {name: values for name, values in job.query.items() if name not in UNLOGGED}
        job.save(update_fields=["query"])


def _sweep(before: datetime) -> None:
    """Whatever no finished export owns and nobody has touched for a day."""
    kept = {file_of(job).name for job in ExportJob.objects.filter(state=JobState.DONE, streamed=False)}
    for path in exports_folder().iterdir():
        if path.name in kept or path.stat().st_mtime > before.timestamp():
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
