"""Statements that PostgreSQL parses and plans once for each connection: for the few that every write runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

_names: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()
_numbers = count(1)


def fetch_prepared(statement: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Rows of a statement with `%s` for its parameters, under a plan that does not look at their values.

    One round trip, also the first time. A name is used for one attempt only: a statement that failed after
    it was prepared leaves a name behind that nobody asks for again.
    """
    with connection.cursor() as cursor:
        known = _names.setdefault(connection.connection, {})
        name = known.get(statement)
        prepare = ""
        if name is None:
            name = f"povertyops_{next(_numbers)}"
            prepare = f"PREPARE {name} AS {_numbered(statement, len(params))}; "
        places = ", ".join(["%s"] * len(params))
        cursor.execute(
            f"{prepare}SET LOCAL plan_cache_mode = force_generic_plan; EXECUTE {name} ({places})", params
        )
        known[statement] = name
        return cursor.fetchall()


def array_of(values: Iterable[object]) -> str:
    """UUIDs, days or codes as PostgreSQL reads an array of them: adapting each costs more than the statement.

    Nothing is quoted: not for what people type.
    """
    return f"{{{','.join(map(str, values))}}}"


def _numbered(statement: str, parameters: int) -> str:
    for number in range(1, parameters + 1):
        statement = statement.replace("%s", f"${number}", 1)
    return statement
