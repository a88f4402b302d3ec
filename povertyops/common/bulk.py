"""Writing many rows: inserts cheaper than the ORM's (one statement, the values as one JSON parameter), and
commits that do not wait for the disk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models

ROWS_AT_ONCE = 5_000
_json = json.JSONEncoder(default=str, ensure_ascii=False).encode


def insert_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    returning: Sequence[str] = ("NULL",),
    same: Mapping[str, Any] | None = None,
) -> list[tuple[Any, ...]]:
    """Insert rows and give back the columns asked for; columns left out take the database's default.

    Days, moments, UUIDs and amounts may be given as such. `same` holds what all rows have in common, said
    once. No instances are made: for tables that every act writes to, a row costs a fifth of `bulk_create`.
    """
    every, common, table = list(rows), same or {}, model._meta.db_table
    names = ", ".join([*common, *columns])
    statement = (
        f"INSERT INTO {table} ({names}) SELECT {names} "  # noqa: S608 - names of the model
        f"FROM json_populate_recordset(json_populate_record(NULL::{table}, %s), %s) "
        f"RETURNING {', '.join(returning)}"
    )
    shared = _json(common)
    found: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for start in range(0, len(every), ROWS_AT_ONCE):
            cursor.execute(statement, [shared, _json(every[start : start + ROWS_AT_ONCE])])
            found += cursor.fetchall()
    return found


def commit_without_waiting() -> None:
    """Let this transaction be committed before it is on the disk; the next ordinary commit waits for both.

    For steps of long work that are whole or not at all and are done again when they are missing: a server
    that loses its power within the last moment has lost whole steps, never half of one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")
