"""The manifest of a merge: every row it touched, with what stood there before, and the way back.

Rows are compared as PostgreSQL writes them as JSON, before and after; so a manifest holds whatever the merge
and the judging after it did, and putting back needs to know no table.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models
from django.db.models import Q

from households.models import ListedPerson, Membership, NationalId, Person
from povertyops.common.crypto import open_sealed, seal

from .merge_tables import HOUSEHOLD_COLUMNS, PERSON_COLUMNS, UNWATCHED, WATCHED, Way

Row = dict[str, Any]
Rows = dict[str, dict[str, Row]]
Manifest = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Watch:
    """The households and persons of one merge, and every row that names them."""

    homes: tuple[UUID, ...]
    people: tuple[UUID, ...]

    def rows(self) -> Rows:
        """table -> key -> row, of all tables that a merge may touch."""
        values = {"homes": list(self.homes), "people": list(self.people)}
        found: Rows = {}
        with connection.cursor() as cursor:
            for table, condition in watched_tables().items():
                key = key_of(table)
                cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t WHERE {condition}", values)  # noqa: S608
                found[table] = {str(row[key]): row for (text,) in cursor if (row := json.loads(text))}
        return found


def watch(homes: Iterable[UUID], people: Iterable[UUID] = ()) -> Watch:
    """These households and everybody who ever lived in them or stood on their lists."""
    ids = sorted(set(homes))
    lived = Membership.objects.filter(household__in=ids).values_list("person_id", flat=True)
    listed = ListedPerson.objects.filter(listing__household__in=ids).values_list("person_id", flat=True)
    everybody = {*people, *lived, *listed}
    merged = Person.objects.filter(Q(merged_into__in=everybody)).values_list("pk", flat=True)
    return Watch(tuple(ids), tuple(sorted({*everybody, *merged})))


def watched_tables() -> dict[str, str]:
    """table -> which of its rows a merge may touch."""
    conditions: defaultdict[str, list[str]] = defaultdict(list)
    for columns, names in ((HOUSEHOLD_COLUMNS, "homes"), (PERSON_COLUMNS, "people")):
        for name, way in columns.items():
            label, _dot, field = name.rpartition(".")
            if label.startswith(("reports.", "common.")) or label in UNWATCHED or way is Way.REBUILT:
                continue
            model = apps.get_model(label)
            column = model._meta.get_field(field)
            if model._meta.db_table in WATCHED or (
                isinstance(column, models.Field) and _is_told(model, column)
            ):
                continue
            conditions[model._meta.db_table].append(f"t.{column.column} = ANY(%({names})s)")
    return {**{table: " OR ".join(terms) for table, terms in conditions.items()}, **WATCHED}


def _is_told(model: type[models.Model], field: models.Field[Any, Any]) -> bool:
    """Arrays of ids and the past of the read model are never touched."""
    return field.get_internal_type() == "ArrayField" or model.__name__.startswith("Cohort")


def key_of(table: str) -> str:
    """The column of a table's primary key."""
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    pk = model._meta.pk
    assert pk is not None
    return str(pk.column)


def difference(before: Rows, after: Rows) -> Manifest:
    """What changed, was made and was taken away between two looks: the manifest."""
    changed: dict[str, dict[str, dict[str, list[Any]]]] = {}
    made: dict[str, list[Row]] = {}
    taken: dict[str, list[Row]] = {}
    for table, rows in before.items():
        now = after[table]
        moved = {
            key: fields for key, row in rows.items() if key in now and (fields := _fields(row, now[key]))
        }
        new = [row for key, row in now.items() if key not in rows]
        lost = [row for key, row in rows.items() if key not in now]
        for place, found in ((changed, moved), (made, new), (taken, lost)):
            if found:
                place[table] = found  # type: ignore[assignment]
    _leave_out_seals(made, taken)
    return {"changed": changed, "made": made, "taken": taken}


def _leave_out_seals(made: Mapping[str, list[Row]], taken: Mapping[str, list[Row]]) -> None:
    """An id that was handed on is opened where it stands when it goes back: no copy of it is kept."""
    handed_on = {row["blind_index"] for row in made.get(IDS, ())}
    for row in (*made.get(IDS, ()), *taken.get(IDS, ())):
        if row["blind_index"] in handed_on:
            for name in SEALS:
                del row[name]


def _fields(before: Row, after: Row) -> dict[str, list[Any]]:
    return {name: [before[name], after[name]] for name in before if before[name] != after[name]}


# ---------------------------------------------------------------------------------------------- the way back


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Rows of one table that stand in the way: gone since, or belonging elsewhere by now."""

    table: str
    code: str
    count: int


# Columns that say whose a row is; where one has changed since, the row has gone its own way.
OWNERS = frozenset({"household_id", "person_id", "case_id", "merged_into_id", "listing_id", "other_id"})
# What was made along and is not worth a word when it has changed or gone meanwhile.
PASSING = frozenset({"households_duplicatepair", "households_matchkey", "casework_removalrequest"})
# A line that later imports replaced cannot be taken apart again.
BUILT_ON = frozenset({"households_listing", "casework_baselinereview", "households_nationalid"})


# What a manifest says of a national id is whose it was and its blind index, never the sealed id itself.
IDS = NationalId._meta.db_table
SEALS = ("key_id", "sealed")


def hindrances(manifest: Manifest) -> list[Hindrance]:
    """What makes it impossible to put everything back; empty when nothing does."""
    found: list[Hindrance] = []
    for table, rows in manifest["changed"].items():
        if table in PASSING:
            continue
        now = _now(table, rows)
        gone = sum(key not in now for key in rows)
        elsewhere = sum(
            any(now[key][name] != values[1] for name, values in fields.items() if name in OWNERS)
            for key, fields in rows.items()
            if key in now
        )
        found += [Hindrance(table, "missing", gone)] if gone else []
        found += [Hindrance(table, "elsewhere", elsewhere)] if elsewhere else []
    for table, made in manifest["made"].items():
        if table in BUILT_ON:
            now = _now(table, [str(row[key_of(table)]) for row in made])
            key = key_of(table)
            built = sum(not _stands(row, now.get(str(row[key]))) for row in made)
            found += [Hindrance(table, "built_on", built)] if built else []
    return found


def _stands(row: Row, now: Row | None) -> bool:
    """Whether a row still says everything that the manifest says of it."""
    return now is not None and all(now.get(name) == value for name, value in row.items())


def put_back(manifest: Manifest) -> None:
    """Take away what was made, restore what was changed and bring again what was taken.

    A value that somebody has changed since stays as it is now. Raises IntegrityError where what was recorded
    since stands in the place of something old.
    """
    ids = [_sealed_again(row) for row in manifest["taken"].get(IDS, ())]
    for table in _children_first(manifest["made"]):
        _take_away(table, manifest["made"][table])
    for table, rows in manifest["changed"].items():
        _restore(table, rows)
    for table in reversed(_children_first(manifest["taken"])):
        _bring(table, ids if table == IDS else manifest["taken"][table])


def _sealed_again(row: Row) -> Row:
    """An id on its way back, sealed for whom it was, out of the row to which it was handed on."""
    if "sealed" in row:
        return row
    index = bytes.fromhex(row["blind_index"].removeprefix("\\x"))
    held = NationalId.objects.select_for_update().get(blind_index=index)
    pin = open_sealed(held.key_id, bytes(held.sealed), held.person_id.bytes)
    key_id, sealed = seal(pin, UUID(row["person_id"]).bytes)
    return {**row, "key_id": key_id, "sealed": f"\\x{sealed.hex()}"}


def _now(table: str, keys: Collection[str] | Mapping[str, Any]) -> dict[str, Row]:
    key = key_of(table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT to_jsonb(t)::text FROM {table} t WHERE t.{key}::text = ANY(%s)",  # noqa: S608
            [list(keys)],
        )
        return {str(row[key]): row for (text,) in cursor if (row := json.loads(text))}


def _children_first(tables: Iterable[str]) -> list[str]:
    """Tables that refer to others before those they refer to; the few that a merge makes rows in."""
    order = ["households_listedperson", "casework_planstep", "casework_stageevent", "casework_stagerejection"]
    return sorted(tables, key=lambda table: order.index(table) if table in order else len(order))


def _take_away(table: str, rows: Iterable[Row]) -> None:
    key = key_of(table)
    made = {str(row[key]): row for row in rows}
    now = _now(table, made)
    keys = [pk for pk, row in made.items() if table not in PASSING or now.get(pk) == row]
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {key}::text = ANY(%s)", [keys])  # noqa: S608


def _restore(table: str, rows: Mapping[str, Mapping[str, list[Any]]]) -> None:
    """One row after the other, those that change hands first: numbers of a household never meet."""
    now = _now(table, rows)
    key = key_of(table)

    def place(item: tuple[str, Mapping[str, list[Any]]]) -> tuple[bool, int]:
        return "household_id" not in item[1], int(item[1].get("version", [0])[0])

    with connection.cursor() as cursor:
        for pk, fields in sorted(rows.items(), key=place):
            old = {
                name: before
                for name, (before, after) in fields.items()
                if pk in now and now[pk][name] == after
            }
            if not old:
                continue
            sets = ", ".join(f"{name} = n.{name}" for name in old)
            cursor.execute(
                f"""UPDATE {table} AS t SET {sets} FROM jsonb_populate_record(NULL::{table}, %s) AS n
                    WHERE t.{key} = n.{key}""",  # noqa: S608 - names of the models
                [json.dumps({key: now[pk][key], **old})],
            )


def _bring(table: str, rows: Iterable[Row]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, %s)
                ON CONFLICT DO NOTHING""",  # noqa: S608 - a name of the models
            [json.dumps(list(rows))],
        )
