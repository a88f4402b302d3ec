"""The bridge from COPY to whoever reads: constant memory, no copy left behind, faults said."""

from __future__ import annotations

import resource
import time

import pytest
from django.db import DatabaseError, connection, connections

from reports.exports.copying import copy_chunks
from reports.exports.progress import Progress
from reports.exports.writing import cells_of

pytestmark = pytest.mark.django_db(transaction=True)
WIDE = "SELECT n, repeat('ก', 100) FROM generate_series(1, {rows}) n"


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def copies_running() -> int:
    beside = connections["default"].copy()
    try:
        with beside.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND state <> 'idle' AND query LIKE 'COPY%'"
            )
            return int(cursor.fetchone()[0])
    finally:
        beside.close()


def session_settings() -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT '2025-02-01'::date::text, current_setting('work_mem'), current_setting('jit')")
        found: tuple[str, ...] = cursor.fetchone()
        return found


def test_many_rows_pass_in_constant_memory_and_are_counted() -> None:
    ordinary = session_settings()
    progress, before, size = Progress(), memory_mb(), 0
    for chunk in copy_chunks(WIDE.format(rows=300_000), progress):
        size += len(chunk)
    assert progress.rows == 300_000
    assert size > 90_000_000
    assert memory_mb() - before < 30
    assert session_settings() == ordinary


@pytest.mark.parametrize(
    "query",
    [WIDE.format(rows=50_000_000), "SELECT 1 UNION ALL SELECT n FROM pg_sleep(600), generate_series(1, 2) n"],
)
def test_a_reader_who_goes_away_stops_the_database(query: str) -> None:
    """Also where the database would still be busy before its next row."""
    beats: list[int] = []
    pieces = copy_chunks(query, Progress(beats.append))
    if "pg_sleep" in query:
        stop = time.monotonic() + 60

        class Enough(Exception):
            pass

        def enough(_rows: int) -> None:
            assert time.monotonic() < stop
            raise Enough

        with pytest.raises(Enough):
            list(copy_chunks(query, Progress(enough)))
    else:
        assert len(next(pieces)) > 0
        assert copies_running() == 1
    pieces.close()

    deadline = time.monotonic() + 30
    while copies_running():
        assert time.monotonic() < deadline, "the copy goes on for nobody"
        time.sleep(0.05)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_a_fault_in_the_middle_is_raised_and_not_passed_off_as_an_end() -> None:
    pieces = copy_chunks("SELECT 1 / (60000 - n) FROM generate_series(1, 60000) n", Progress())
    with pytest.raises(DatabaseError):
        list(pieces)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_rows_are_found_again_wherever_the_pieces_are_cut() -> None:
    body = b"".join(
        copy_chunks(
            "SELECT 'a' || chr(10) || chr(8232) || n, '\"', NULL FROM generate_series(9, 11) n", Progress()
        )
    )
    whole = [[f"a\n\u2028{n}", '"', ""] for n in (9, 10, 11)]
    for length in (1, 2, 3, 7, 1000):
        cut = (body[start : start + length] for start in range(0, len(body), length))
        assert list(cells_of(cut)) == whole
