"""Rows out of PostgreSQL as it writes them: `COPY ... TO STDOUT`, handed on in constant memory.

A thread lets the database write into a pipe; whoever reads the pipe decides how fast. Nothing is kept, and
when the reader goes away the database stops.
"""

from __future__ import annotations

import fcntl
import os
import select
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, transaction

Beat = Callable[[], None] | None

PIPE_BYTES = 1 << 20
READ_BYTES = 1 << 17
# Seconds between two beats.
BEAT_SECONDS = 2.0
# The names of all villages fit into one hash; dates come as 21/11/2025.
_SESSION = "SET LOCAL work_mem = '64MB'; SET LOCAL datestyle = 'SQL, DMY'; SET LOCAL jit = off"


def copy_chunks(query: str, beat: Beat = None) -> Iterator[bytes]:
    """What COPY writes for `query`, in pieces, out of one snapshot.

    `beat` is called every few seconds, also while nothing comes. The connection belongs to the copy until the
    iterator is read to its end or closed; closed before the end, the connection is given up with it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SESSION)
        read_end, write_end = os.pipe()
        done = False
        pool = ThreadPoolExecutor(1, "copy")
        try:
            fcntl.fcntl(read_end, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
            copying = pool.submit(_copy, cursor, query, write_end)
            yield from _read(read_end, beat)
            copying.result()
            done = True
            # Nothing was written; with the transaction goes what `_SESSION` set, also inside another one.
            transaction.set_rollback(True)
        finally:
            os.close(read_end)
            if not done:
                connection.connection.cancel()
            pool.shutdown()
            if not done:
                connection.close()


def _copy(cursor: Any, query: str, write_end: int) -> None:
    with os.fdopen(write_end, "wb", buffering=PIPE_BYTES // 4) as target:
        cursor.copy_expert(f"COPY ({query}) TO STDOUT (FORMAT csv)", target)


def _read(read_end: int, beat: Beat) -> Iterator[bytes]:
    last = time.monotonic()
    while True:
        ready = True
        if beat is not None:
            ready = bool(select.select([read_end], [], [], BEAT_SECONDS)[0])
            if not ready or time.monotonic() - last >= BEAT_SECONDS:
                beat()
                last = time.monotonic()
        if ready:
            chunk = os.read(read_end, READ_BYTES)
            if not chunk:
                return
            yield chunk
