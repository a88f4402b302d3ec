"""Empties the database after a test whose rows were committed: only the tables that hold rows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from django.db import connection, transaction
from django.test import TransactionTestCase

# Filled once after the migrations and never changed by a test.
LASTING = {"django_content_type", "auth_permission"}
# Beyond this a table is cheaper to begin anew than to delete from; so is one that collects what was deleted.
MOST_BYTES = 4 * 1024 * 1024
# Triggers refuse to delete what is frozen; with the meetings everything that belongs to them goes.
UNDELETABLE = "reports_meeting"

_begin_anew = TransactionTestCase._fixture_teardown


def install() -> None:
    """From now on tests clean up this way: making all tables anew costs a hundred times as much."""
    TransactionTestCase._fixture_teardown = _empty  # type: ignore[method-assign]


def _empty(case: TransactionTestCase) -> None:
    if not _delete_rows():
        _begin_anew(case)


def _delete_rows() -> bool:
    """Whether deleting was enough. Whoever still writes (a browser's last request) is waited for."""
    tables = _tables()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT max(pg_relation_size(name::regclass)) FROM unnest(%s) AS name", [list(tables)])
        if cursor.fetchone()[0] > MOST_BYTES:
            return False
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE")
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables)
        )
        held: Iterable[tuple[str]] = cursor.fetchall()
        if (UNDELETABLE,) in held:
            cursor.execute(f"TRUNCATE {UNDELETABLE} CASCADE")
        # Foreign keys are looked at when all rows are gone.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for (name,) in held:
            cursor.execute(f"DELETE FROM {name}")
    return True


@cache
def _tables() -> tuple[str, ...]:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return tuple(sorted({*names} - LASTING))
