"""The right of one worker to do one piece of long work; it runs out by itself when the worker dies.

Kept in PostgreSQL, so that it is as durable as the work it guards. `holder` is made anew by whoever
starts the work; the same holder may take its own lease again, which renews it.
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection

_TAKE = """
INSERT INTO common_tasklease AS lease (key, holder, expires_at)
VALUES (%(key)s, %(holder)s, clock_timestamp() + make_interval(secs => %(seconds)s))
ON CONFLICT (key) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
WHERE lease.expires_at < clock_timestamp() OR lease.holder = excluded.holder
"""
_RENEW = """
UPDATE common_tasklease SET expires_at = clock_timestamp() + make_interval(secs => %(seconds)s)
WHERE key = %(key)s AND holder = %(holder)s
"""


class LeaseLost(RuntimeError):
    """Someone else holds the lease now: what was begun under it must not be committed."""


def take_lease(key: str, holder: UUID, seconds: float) -> bool:
    """Take a free or expired lease, or renew one's own; False while another holds it."""
    return _run(_TAKE, key, holder, seconds)


def renew_lease(key: str, holder: UUID, seconds: float) -> None:
    """Keep the lease; raises LeaseLost. Called last in a transaction, it fences off a second worker."""
    if not _run(_RENEW, key, holder, seconds):
        raise LeaseLost(key)


def release_lease(key: str, holder: UUID) -> None:
    """Give the lease back, if it is still ours."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM common_tasklease WHERE key = %s AND holder = %s", [key, str(holder)])


def _run(statement: str, key: str, holder: UUID, seconds: float) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"key": key, "holder": str(holder), "seconds": seconds})
        return cursor.rowcount == 1
