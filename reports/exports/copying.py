"""Rows out of PostgreSQL as it writes them: `COPY ... TO STDOUT`, handed on in constant memory.

A thread lets the database write into a pipe; whoever reads the pipe decides how fast. Nothing is kept, and
when the reader goes away the database stops.
"""

from __future__ import annotations

import fcntl
import os
import select
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from django.db import connection, transaction

from .progress import SECONDS, Progress

PIPE_BYTES = 1 << 20
READ_BYTES = 1 << 17
# The names of all villages fit into one hash; dates come as 21/11/2025.
_SESSION = "SET LOCAL work_mem = '64MB'; SET LOCAL datestyle = 'SQL, DMY'; SET LOCAL jit = off"


def copy_chunks(query: str, progress: Progress) -> Iterator[bytes]:
    """What COPY writes for `query`, in pieces, out of one snapshot.

    `progress` is told every few seconds, also while nothing comes. The connection belongs to the copy until
    the iterator is read to its end or closed; closed before the end, the connection is given up with it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SESSION)
        read_end, write_end = os.pipe()
        done = False
        pool = ThreadPoolExecutor(1, "copy")
        try:
            # A system that has given away its room for pipes still copies, in smaller pieces.
            with suppress(PermissionError):
                fcntl.fcntl(read_end, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
            copying = pool.submit(_copy, cursor, query, write_end)
            yield from _read(read_end, progress)
            with connection.wrap_database_errors:
                progress.rows = copying.result()
            done = True
            # Nothing was written; with the transaction goes what `_SESSION` set, also inside another one.
            transaction.set_rollback(True)
        finally:
            os.close(read_end)
            if not done and not connection.connection.closed:
                connection.connection.cancel()
            pool.shutdown()
            if not done:
                connection.close()


def _copy(cursor: Any, query: str, write_end: int) -> int:
    with os.fdopen(write_end, "wb", buffering=PIPE_BYTES // 4) as target:
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT csv)", target)
    return int(cursor.rowcount)


def _read(read_end: int, progress: Progress) -> Iterator[bytes]:
    while True:
        progress.tell()
        if not select.select([read_end], [], [], SECONDS)[0]:
            continue
        chunk = os.read(read_end, READ_BYTES)
        if not chunk:
            return
        progress.rows += chunk.count(b"\n")
        yield chunk
