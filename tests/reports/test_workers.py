"""The drain beside real processes: five seconds to the board, one writer, nothing lost by a kill."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path
from time import monotonic, sleep

import psycopg2
import pytest
from django.db import connection
from django.utils import timezone

from casework.inputs import VisitInput
from casework.models import CohortState
from casework.services.cohort import refresh_cohort
from casework.services.visits import record_visit
from ops.processes import Child
from povertyops.common import dirty
from povertyops.common.ids import uuid7
from povertyops.common.models import DirtyMark
from reports.models import AreaProgress, DayProgress
from reports.services.days import close_days
from reports.services.rollup import LOCK, drain_marks, full_rollup, known_years
from reports.services.verify import verify
from tests.cast import VILLAGE, build_cast
from tests.reports.history import World

PROJECT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    made = World(build_cast(), households=3)
    full_rollup(made.year)
    return made


def visits_shown(world: World) -> int:
    return AreaProgress.objects.get(code="90", fiscal_year=world.year, list_kind="").visits


def save_a_visit(world: World, recorded_at: datetime | None = None) -> None:
    household = next(found for found in world.households if found.area_code == VILLAGE)
    when = (recorded_at or timezone.now()) - timedelta(minutes=1)
    visit = VisitInput(id=uuid7(), household_id=household.pk, visited_at=when)
    actor = dataclasses.replace(world.officer_of(household), recorded_at=recorded_at)
    record_visit(actor=actor, visit=visit)


def wait_until(true: Callable[[], bool], seconds: float) -> float:
    started = monotonic()
    while not true():
        assert monotonic() - started < seconds
        sleep(0.05)
    return monotonic() - started


def own_environment() -> dict[str, str]:
    server = os.environ["DATABASE_URL"].rsplit("/", 1)[0]
    return {**os.environ, "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}"}


@contextmanager
def other_session() -> Iterator[psycopg2.extensions.cursor]:
    """A session beside the test's own, in one transaction that is rolled back."""
    other = psycopg2.connect(own_environment()["DATABASE_URL"])
    try:
        with other.cursor() as cursor:
            yield cursor
    finally:
        other.close()


def test_a_saved_visit_is_on_the_board_within_five_seconds(world: World, celery_process: Child) -> None:
    dirty._next_call = 0.0
    save_a_visit(world)

    wait_until(lambda: visits_shown(world) == 1, seconds=5)

    assert not DirtyMark.objects.exists()


def test_a_second_drain_leaves_the_work_to_the_first(world: World) -> None:
    save_a_visit(world)
    with other_session() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        assert drain_marks() == 0
    assert visits_shown(world) == 0
    assert drain_marks() > 0
    assert visits_shown(world) == 1


def test_a_drain_that_is_killed_halfway_loses_no_mark(world: World) -> None:
    save_a_visit(world)
    marks = DirtyMark.objects.count()
    with other_session() as cursor:
        cursor.execute("LOCK TABLE reports_areaprogress IN SHARE MODE")
        drain = subprocess.Popen(
            [sys.executable, "manage.py", "rollup"],
            cwd=PROJECT,
            env=own_environment(),
            stdout=subprocess.DEVNULL,
        )
        wait_until(_somebody_waits, seconds=60)
        os.kill(drain.pid, signal.SIGKILL)
        drain.wait()
    wait_until(lambda: not _somebody_waits(), seconds=10)

    assert DirtyMark.objects.count() == marks
    assert visits_shown(world) == 0
    wait_until(lambda: drain_marks() > 0, seconds=10)
    assert visits_shown(world) == 1


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'reports_areaprogress'::regclass"
        )
        return bool(cursor.fetchone()[0])


def test_a_write_during_a_full_pass_is_not_lost(world: World) -> None:
    """A mark that is written while the figures are being built stays for the next drain."""
    save_a_visit(world)
    full_rollup(world.year)
    assert visits_shown(world) == 1
    assert not DirtyMark.objects.filter(fiscal_year=world.year).exists()
    save_a_visit(world)
    assert DirtyMark.objects.filter(fiscal_year=world.year).exists()


def test_a_close_of_days_that_is_killed_halfway_closes_each_day_once(world: World) -> None:
    """The whole process dies on the third day: two days stand, the rest follow, all equal the states."""
    begun = timezone.localdate() - timedelta(days=4)
    CohortState.objects.all().delete()
    refresh_cohort([household.pk for household in world.households], known_on=begun)
    third = begun + timedelta(days=2)
    save_a_visit(world, timezone.make_aware(datetime.combine(third, time(12))))
    with other_session() as cursor:
        cursor.execute(
            "INSERT INTO reports_dayprogress (day, fiscal_year, list_kind, code, level, parent_code)"
            " VALUES (%s, %s, '', 'TH', 0, '')",
            [third, world.year],
        )
        code = "import django; django.setup(); from reports.tasks import close; close()"
        closing = subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, env=own_environment())
        wait_until(_waits_for_a_transaction, seconds=60)
        os.kill(closing.pid, signal.SIGKILL)
        closing.wait()
    wait_until(lambda: not _waits_for_a_transaction(), seconds=10)
    days = DayProgress.objects.values_list("day", flat=True).distinct()
    assert set(days) == {begun, begun + timedelta(days=1)}

    assert close_days() == 2
    assert close_days() == 0

    rows = DayProgress.objects.filter(code="90", list_kind="", fiscal_year=world.year).order_by("day")
    assert [row.visits for row in rows] == [0, 0, 1, 1]
    assert [difference for year in known_years() for difference in verify(year)] == []


def _waits_for_a_transaction() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
        return bool(cursor.fetchone()[0])
