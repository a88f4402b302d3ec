"""INSERT ... SELECT for a model: named columns come from SQL, the others from the model's own defaults."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import AutoField, BigAutoField, Field, Model
from django.db.models.fields import NOT_PROVIDED


def insert(model: type[Model], columns: Mapping[str, str], source: str, params: Mapping[str, Any]) -> int:
    """Write one row per row of `source` (a FROM clause); `columns` maps column names to SQL expressions."""
    values: dict[str, str] = dict(columns)
    given: dict[str, Any] = dict(params)
    for field in model._meta.concrete_fields:
        assert field.column is not None
        if field.column not in values and _needs_value(field):
            values[field.column] = f"%(default_{field.column})s"
            given[f"default_{field.column}"] = field.get_db_prep_save(field.get_default(), connection)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(values)}) "  # noqa: S608 - names from code only
            f"SELECT {', '.join(values.values())} FROM {source}",
            given,
        )
        return int(cursor.rowcount)


def _needs_value(field: Field[Any, Any]) -> bool:
    if isinstance(field, AutoField | BigAutoField) or field.generated:
        return False
    return field.db_default is NOT_PROVIDED and not field.null


def copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows into a table; text must hold no tabs, line ends or backslashes."""
    body = io.StringIO("".join("\t".join(map(_text, row)) + "\n" for row in rows))
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", body)


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return f"\\\\x{value.hex()}"
    return str(value)
