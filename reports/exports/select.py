"""From a list, its filters and the chosen columns to the one query that PostgreSQL runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet

from casework.inputs import CohortFilters
from povertyops.accounts.actor import Actor

from .columns import JOINS, Column, Source

NOTHING = ""


def query_of(source: Source, columns: Sequence[Column], actor: Actor, filters: CohortFilters) -> str:
    """The list's own scoped, filtered, ordered rows, and the columns written over them.

    All that came from outside is put in by the database's driver. `NOTHING` where no row can match.
    """
    rows = source.rows(actor, filters)
    order = [str(key) for key in rows.query.order_by]
    names = sorted({name for column in columns for name in column.reads})
    read = {f"x_{name}": F(source.paths[name]) for name in names}
    keys = {f"o_{number}": F(key.lstrip("-")) for number, key in enumerate(order)}
    try:
        inner = _written(rows.select_related(None).order_by().values(**read, **keys))
    except EmptyResultSet:
        return NOTHING
    joins = {name for column in columns for name in column.joins}
    with connection.cursor() as cursor:
        said = ", ".join(column.sql(lambda value: _quoted(cursor, value)) for column in columns)
    by = ", ".join(f"r.o_{number}{' DESC' * key.startswith('-')}" for number, key in enumerate(order))
    joined = " ".join(join for name, join in JOINS.items() if name in joins)
    return f"SELECT {said} FROM ({inner}) r {joined} ORDER BY {by}"  # noqa: S608 - see above


def _written(rows: QuerySet[Any, Any]) -> str:
    statement, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        return str(cursor.mogrify(statement, values).decode())


def _quoted(cursor: Any, value: Any) -> str:
    return str(cursor.mogrify("%s", [value]).decode())
