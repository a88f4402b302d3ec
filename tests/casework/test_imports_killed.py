"""A worker that is killed while a list goes in: nothing half of a household, and the next run finishes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone

from casework.models import Case, CohortState
from casework.services.apply import request_apply
from casework.services.cohort import expected_states, stored_states
from casework.services.importing import move_on
from households.enums import ImportStatus
from households.models import Household, ImportBatch, ListedPerson, Listing, Membership
from ops.processes import Child
from povertyops.accounts.actor import system_actor
from povertyops.common.models import AuditEntry, TaskLease
from tests.cast import build_cast
from tests.import_work import check, load_world, receive
from tests.lists import Sheet, make_households

PROJECT = Path(__file__).resolve().parents[2]
HOUSEHOLDS = 600
SLOW = """
import sys, time, django
django.setup()
import casework.services.apply as apply
apply.HOUSEHOLDS_AT_ONCE = 40
finish = apply.finish_range
def slowly(part):
    time.sleep(0.05)
    return finish(part)
apply.finish_range = slowly
from casework.services.importing import move_on
from uuid import UUID
move_on(UUID(sys.argv[1]))
"""


@pytest.fixture
def requested(transactional_db: None) -> ImportBatch:
    """A large list that was read and is to be applied."""
    build_cast()
    load_world()
    batch = check(Sheet(make_households(HOUSEHOLDS, persons=2)))
    return request_apply(actor=system_actor(), batch_id=batch.pk)


def worker(batch_id: UUID, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SLOW, str(batch_id)], env=environment, cwd=PROJECT)


def wait_until_under_way(batch_id: UUID, least: int) -> None:
    deadline = time.monotonic() + 60
    while ImportBatch.objects.get(pk=batch_id).done < least:
        assert time.monotonic() < deadline, "the worker did not get on"
        time.sleep(0.02)


def let_leases_run_out() -> None:
    """What a minute of waiting does."""
    TaskLease.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def assert_whole_households_only() -> None:
    count = Household.objects.count()
    assert Case.objects.count() == Listing.objects.count() == count
    assert Membership.objects.count() == ListedPerson.objects.count() == 2 * count
    assert AuditEntry.objects.filter(action="household.listed").count() == count
    assert set(CohortState.objects.values_list("household_id", flat=True)) == set(
        Household.objects.values_list("pk", flat=True)
    )


def test_killed_worker_leaves_whole_households_and_the_next_run_finishes(
    requested: ImportBatch, worker_environment: dict[str, str]
) -> None:
    process = worker(requested.pk, worker_environment)
    try:
        wait_until_under_way(requested.pk, HOUSEHOLDS // 5)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert 0 < Household.objects.count() < HOUSEHOLDS
    assert_whole_households_only()
    assert move_on(requested.pk) is False, "the dead worker's lease still holds"

    let_leases_run_out()
    assert move_on(requested.pk) is True
    requested.refresh_from_db()
    assert (requested.status, requested.done, requested.new) == (ImportStatus.APPLIED, HOUSEHOLDS, HOUSEHOLDS)
    assert Household.objects.count() == HOUSEHOLDS
    assert_whole_households_only()
    ids = list(Household.objects.values_list("pk", flat=True))
    assert stored_states(ids) == expected_states(ids)


def test_worker_that_lost_its_lease_commits_nothing_more(
    requested: ImportBatch, worker_environment: dict[str, str]
) -> None:
    process = worker(requested.pk, worker_environment)
    try:
        wait_until_under_way(requested.pk, HOUSEHOLDS // 5)
        let_leases_run_out()
        while not move_on(requested.pk):
            let_leases_run_out()
        process.wait(60)
    finally:
        process.kill()
        process.wait()
    assert Household.objects.count() == HOUSEHOLDS
    assert_whole_households_only()


def test_reading_that_was_cut_short_begins_again(transactional_db: None) -> None:
    build_cast()
    load_world()
    batch = receive(Sheet(make_households(5)))
    ImportBatch.objects.filter(pk=batch.pk).update(status=ImportStatus.READING, done=3)
    assert move_on(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.new) == (ImportStatus.READY, 5)


def test_file_that_kills_every_worker_is_given_up(transactional_db: None) -> None:
    build_cast()
    load_world()
    batch = receive(Sheet(make_households(1)))
    ImportBatch.objects.filter(pk=batch.pk).update(status=ImportStatus.READING, attempts=5)
    assert move_on(batch.pk)
    batch.refresh_from_db()
    assert batch.status == ImportStatus.UNREADABLE


def test_real_worker_reads_and_applies(transactional_db: None, celery_process: Child) -> None:
    from casework.tasks.imports import start_import

    build_cast()
    load_world()
    batch = receive(Sheet(make_households(20)))
    start_import(batch.pk)
    wait_for(batch, ImportStatus.READY)
    request_apply(actor=system_actor(), batch_id=batch.pk)
    start_import(batch.pk)
    wait_for(batch, ImportStatus.APPLIED)
    assert Household.objects.count() == 20


def wait_for(batch: ImportBatch, status: ImportStatus) -> None:
    deadline = time.monotonic() + 60
    while batch.status != status:
        assert time.monotonic() < deadline, f"still {batch.status}"
        time.sleep(0.1)
        batch.refresh_from_db()
