"""Background turns of the numbers. Each may run twice or die halfway: marks stay until a commit."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from .export_queries import unfinished_exports
from .orders import write_export
from .services.days import close_days
from .services.export_jobs import purge_exports, run_export
from .services.packs import run_pack, unfinished_packs
from .services.public import publish_releases
from .services.rollup import MARKS_AT_ONCE, drain_marks

TURNS = 50


@shared_task(name="reports.drain_marks")
def drain() -> None:
    """Drain until no marks are left or another worker is at it. Beat asks every two seconds."""
    for _turn in range(TURNS):
        if drain_marks() < MARKS_AT_ONCE:
            return


@shared_task(name="reports.close_days")
def close() -> None:
    """Put down the figures of the days that are over and were not yet closed."""
    close_days()


@shared_task(name="reports.make_pack")
def make_pack(job_id: str) -> bool:
    """Make the files of one meeting; may run twice."""
    return run_pack(UUID(job_id))


@shared_task(name="reports.make_packs")
def make_packs() -> int:
    """Take up every pack that was left behind; beat asks twice a minute."""
    return sum(run_pack(job_id) for job_id in unfinished_packs())


def start_pack(job_id: UUID) -> None:
    """Ask a worker to make a pack. Without a broker it waits for the next look instead."""
    try:
        make_pack.delay(str(job_id))
    except OperationalError:
        return


@shared_task(name="reports.publish")
def publish() -> int:
    """Make the monthly releases of the public pages that are on."""
    return publish_releases(timezone.localdate())


@shared_task(name="reports.make_export")
def make_export(job_id: str) -> bool:
    """Write the file of one export; may run twice."""
    return run_export(UUID(job_id), write_export)


@shared_task(name="reports.make_exports")
def make_exports() -> int:
    """Take up every export that was left behind; beat asks twice a minute."""
    return sum(run_export(job_id, write_export) for job_id in unfinished_exports())


def start_export(job_id: UUID) -> None:
    """Ask a worker to write an export. Without a broker it waits for the next look instead."""
    try:
        make_export.delay(str(job_id))
    except OperationalError:
        return


@shared_task(name="reports.purge_exports")
def purge_old_exports() -> int:
    """Delete files of exports past their time."""
    return purge_exports()
