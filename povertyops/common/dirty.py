"""Dirty marks: written in the transaction of a write, drained by `reports`.

The mark in the database is what counts. The call to a worker that follows a commit only saves the
two seconds until the next beat; it may be dropped, and a broker that is away never holds up a write.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from uuid import UUID

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from .bulk import insert_rows
from .models import DirtyMark

Leaf = tuple[int, str, UUID | None]

DRAIN_TASK = "reports.drain_marks"
CALL_APART_SECONDS = 0.5
QUIET_AFTER_FAILURE_SECONDS = 30.0

log = logging.getLogger(__name__)
_lock = threading.Lock()
_next_call = 0.0


def mark_dirty(leaves: Iterable[Leaf]) -> None:
    """Mark (fiscal year, leaf area code, municipal centre or None) for recomputing; duplicates fold."""
    insert_rows(
        DirtyMark,
        ("fiscal_year", "area_code", "centre_id"),
        (
            {"fiscal_year": year, "area_code": code, "centre_id": centre}
            for year, code, centre in sorted(set(leaves), key=lambda leaf: (leaf[0], leaf[1], str(leaf[2])))
        ),
    )
    transaction.on_commit(call_for_drain)


def call_for_drain() -> None:
    """Ask a worker to drain the marks: at most twice a second, and not for a while after the broker failed.

    The call goes out from a thread of its own: a broker that does not answer costs the write nothing.
    """
    if _may_call():
        threading.Thread(target=_send, name="call-for-drain", daemon=True).start()


def _send() -> None:
    try:
        current_app.send_task(DRAIN_TASK, expires=10, ignore_result=True, retry=False)
    except OperationalError:
        _wait(QUIET_AFTER_FAILURE_SECONDS)
        log.warning("broker_away")


def _may_call() -> bool:
    global _next_call
    with _lock:
        now = time.monotonic()
        if now < _next_call:
            return False
        _next_call = now + CALL_APART_SECONDS
        return True


def _wait(seconds: float) -> None:
    global _next_call
    with _lock:
        _next_call = time.monotonic() + seconds
