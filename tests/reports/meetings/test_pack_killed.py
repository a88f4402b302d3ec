"""A worker or a connection that dies in a pack or a freeze: all or nothing, and the next look finishes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg2
import pytest
from django.utils import timezone

from povertyops.common.models import AuditEntry, DirtyMark, TaskLease
from reports.enums import JobState, MeetingState
from reports.models import FrozenProgress, Meeting, PackFile, PackJob
from reports.services.meetings import freeze_meeting
from reports.services.packs import ask_pack
from reports.tasks import make_packs
from tests.reports.history import World
from tests.reports.meetings.conftest import frozen, planned

PROJECT = Path(__file__).resolve().parents[3]
MAKE = """
import sys, django
django.setup()
from reports.tasks import make_pack
make_pack(sys.argv[1])
"""
FREEZE = """
import sys, django
django.setup()
from povertyops.accounts.actor import system_actor
from reports.services.meetings import freeze_meeting
freeze_meeting(actor=system_actor(), meeting_id=sys.argv[1])
"""
WAITS = "SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


@contextmanager
def held(environment: dict[str, str], statement: str) -> Iterator[psycopg2.extensions.cursor]:
    """Another session that holds what `statement` locks, until the block ends."""
    other = psycopg2.connect(environment["DATABASE_URL"])
    try:
        with other.cursor() as cursor:
            cursor.execute(statement)
            yield cursor
    finally:
        other.close()


@contextmanager
def working(environment: dict[str, str], script: str, key: object) -> Iterator[subprocess.Popen[bytes]]:
    """A worker of its own; killed at the end, if it has not been before."""
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(key)],
        env=environment,
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(true: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)


def waiter(cursor: psycopg2.extensions.cursor) -> int | None:
    """The backend that waits for a lock of ours."""
    cursor.execute(WAITS)
    found = cursor.fetchone()
    return found[0] if found else None


def kill(process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def nobody_waits(cursor: psycopg2.extensions.cursor) -> bool:
    return waiter(cursor) is None


def test_a_worker_killed_in_a_pack_is_taken_over(
    committed: World, worker_environment: dict[str, str]
) -> None:
    job = ask_pack(actor=committed.cast.secretary, meeting_id=frozen(committed).pk)
    with working(worker_environment, MAKE, job.pk) as process:
        wait_until(lambda: PackJob.objects.get(pk=job.pk).done_steps >= 1)
        with held(
            worker_environment, f"SELECT 1 FROM reports_packjob WHERE id = '{job.pk}' FOR UPDATE"
        ) as other:
            wait_until(lambda: waiter(other))
            kill(process)
    assert not PackFile.objects.exists()
    killed = PackJob.objects.get(pk=job.pk)
    assert (killed.state, killed.attempts) == (JobState.RUNNING, 1)
    assert killed.leased_until is not None
    assert killed.leased_until < timezone.now() + timedelta(seconds=90)
    assert make_packs() == 0, "the dead worker's lease still holds"

    # What a minute of waiting does.
    TaskLease.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    # The database falls silent in the transaction that would have ended it.
    with (
        held(worker_environment, "LOCK TABLE reports_packfile IN EXCLUSIVE MODE") as other,
        working(worker_environment, MAKE, job.pk),
    ):
        wait_until(lambda: waiter(other))
        other.execute("SELECT pg_terminate_backend(%s)", [waiter(other)])
        wait_until(lambda: nobody_waits(other))
    assert not PackFile.objects.exists()
    assert PackJob.objects.get(pk=job.pk).state == JobState.RUNNING

    TaskLease.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert make_packs() == 1
    done = PackJob.objects.get(pk=job.pk)
    assert (done.state, done.attempts) == (JobState.DONE, 3)
    assert {"pdf", "xlsx", "memo"} <= set(done.files.values_list("kind", flat=True))


@pytest.mark.parametrize("how", ["killed", "disconnected"])
def test_a_freeze_that_dies_freezes_nothing(
    committed: World, worker_environment: dict[str, str], how: str
) -> None:
    meeting = planned(committed)
    marks = DirtyMark.objects.count()
    assert marks > 0
    with (
        held(worker_environment, "LOCK TABLE reports_frozenprogress IN SHARE MODE") as other,
        working(worker_environment, FREEZE, meeting.pk) as process,
    ):
        wait_until(lambda: waiter(other))
        if how == "killed":
            kill(process)
        else:
            other.execute("SELECT pg_terminate_backend(%s)", [waiter(other)])
    left = Meeting.objects.get(pk=meeting.pk)
    assert (left.state, left.frozen_at, left.snapshot_id) == (MeetingState.PLANNED, None, "")
    assert not FrozenProgress.objects.exists()
    assert DirtyMark.objects.count() == marks
    assert not AuditEntry.objects.filter(action="meeting.freeze").exists()

    freeze_meeting(actor=committed.cast.secretary, meeting_id=meeting.pk)
    assert FrozenProgress.objects.filter(meeting=meeting, code="90", list_kind="").count() == 1
