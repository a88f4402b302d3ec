"""The database dies by kill -9 while a list goes in: whole ranges only, and an end as if nothing had been."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from ops.postgres import Postgres, remove
from ops.processes import Child, free_port
from tests.lists import Sheet, make_households

PROJECT = Path(__file__).resolve().parents[2]
HOUSEHOLDS = 3_500
TUNING = ("shared_buffers=64MB", "max_wal_size=1GB", "autovacuum=off")
GO_ON = """
import django
django.setup()
from casework.services.importing import move_on, unfinished_imports
assert [move_on(batch) for batch in unfinished_imports()] == [True]
"""
# One line per household and what hangs on it, without the ids that every run makes anew.
WHAT_WENT_IN = """
    SELECT h.house_code, h.area_code, h.house_no, h.head_name, l.dimensions, l.persons, people.all_of_them,
           (SELECT count(*) FROM casework_case c WHERE c.household_id = h.id),
           (SELECT count(*) FROM casework_stageevent e WHERE e.household_id = h.id),
           (SELECT array_agg((s.fiscal_year, s.baseline, s.persons)::text ORDER BY s.fiscal_year)
            FROM casework_cohortstate s WHERE s.household_id = h.id),
           (SELECT count(*) FROM common_auditentry a
            WHERE a.household_id = h.id AND a.action = 'household.listed')
    FROM households_household h
    JOIN households_listing l ON l.household_id = h.id AND l.superseded_at IS NULL
    CROSS JOIN LATERAL (
        SELECT array_agg((p.first_name, p.last_name, p.birth_date)::text ORDER BY p.search_key) AS all_of_them
        FROM households_membership m JOIN households_person p ON p.id = m.person_id
        WHERE m.household_id = h.id
    ) AS people
    ORDER BY h.house_code
"""
STAGED = "SELECT count(*) FROM households_importhousehold WHERE is_applied"
LET_LEASES_RUN_OUT = "UPDATE common_tasklease SET expires_at = now() - interval '1 second'"


@pytest.fixture
def server() -> Iterator[tuple[Postgres, list[Child]]]:
    """A server that writes as in production, in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="povertyops-killed-", dir="/tmp"))
    folder.chmod(0o755)
    postgres = Postgres(folder / "pg", free_port(), "killed-and-back", "disturbed", TUNING)
    running = [postgres.start(folder / "postgres.log")]
    try:
        yield postgres, running
    finally:
        running[-1].stop()
        remove(folder / "pg")


def manage(postgres: Postgres, database: str, *arguments: str) -> subprocess.Popen[bytes]:
    url = f"{postgres.url.rsplit('/', 1)[0]}/{database}"
    command = [sys.executable, *arguments]
    log = subprocess.DEVNULL
    return subprocess.Popen(
        command, cwd=PROJECT, env={**os.environ, "DATABASE_URL": url}, stdout=log, stderr=log
    )


def run(postgres: Postgres, database: str, *arguments: str) -> int:
    return manage(postgres, database, *arguments).wait(240)


def ask(postgres: Postgres, database: str, statement: str, *, writes: bool = False) -> list[Any]:
    connection = psycopg2.connect(f"{postgres.url.rsplit('/', 1)[0]}/{database}")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return [] if writes else cursor.fetchall()
    finally:
        connection.close()


def test_database_killed_half_way_leaves_whole_ranges_and_the_next_run_finishes(
    server: tuple[Postgres, list[Child]], tmp_path: Path
) -> None:
    postgres, running = server
    for command in ("migrate", "load_areas", "load_yardstick", "load_list_kinds"):
        assert run(postgres, "disturbed", "manage.py", command) == 0
    ask(postgres, "postgres", "CREATE DATABASE quiet TEMPLATE disturbed", writes=True)
    path = Sheet(make_households(HOUSEHOLDS, persons=1)).csv(tmp_path / "list.csv")
    bring_in = (
        "manage.py",
        "import_targets",
        str(path),
        "--list",
        "tpmap",
        "--fiscal-year",
        "2568",
        "--apply",
    )
    assert run(postgres, "quiet", *bring_in) == 0

    importing = manage(postgres, "disturbed", *bring_in)
    deadline = time.monotonic() + 120
    while ask(postgres, "disturbed", STAGED)[0][0] < HOUSEHOLDS // 4:
        assert importing.poll() is None
        assert time.monotonic() < deadline, "the import did not get on"
        time.sleep(0.01)
    # Ranges do not wait for the disk; an ordinary commit waits for all that was committed before it.
    ask(postgres, "disturbed", "CREATE TABLE ordinary_commit ()", writes=True)
    os.kill(running[-1].process.pid, signal.SIGKILL)
    running[-1].process.wait()
    assert importing.wait(60) != 0

    running.append(postgres.start(tmp_path / "again.log"))
    whole = ask(postgres, "disturbed", WHAT_WENT_IN)
    assert 0 < len(whole) < HOUSEHOLDS
    assert len(whole) == ask(postgres, "disturbed", STAGED)[0][0]
    undisturbed = ask(postgres, "quiet", WHAT_WENT_IN)
    assert all(household in undisturbed for household in whole), "what is in, is in whole"

    ask(postgres, "disturbed", LET_LEASES_RUN_OUT, writes=True)
    assert run(postgres, "disturbed", "-c", GO_ON) == 0
    assert ask(postgres, "disturbed", WHAT_WENT_IN) == undisturbed
    assert len(undisturbed) == HOUSEHOLDS
