"""The facts as they had been recorded before a moment: every table of `facts` behind a view of its past.

A table expression named like the table stands in its place in the statement of `facts`, which so needs no
second form. What is overwritten in place (marks of TPMAP, proposals, follow-up intervals) is as it is now.
"""

# ruff: noqa: S608 -- only the names below are put together

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

from .facts import _FACTS, Facts, _facts_of

# Column -> what it was before the moment; a table's other columns are never written twice.
_ENDED = "CASE WHEN {known} < %(moment)s THEN {column} END AS {column}"
_PAST: dict[str, tuple[str, dict[str, str]]] = {
    "households_householdplacement": (
        "recorded_at",
        {"superseded_at": _ENDED.format(known="superseded_at", column="superseded_at")},
    ),
    "households_listing": (
        "recorded_at",
        {"superseded_at": _ENDED.format(known="superseded_at", column="superseded_at")},
    ),
    "casework_baselinereview": (
        "recorded_at",
        {"superseded_at": _ENDED.format(known="superseded_at", column="superseded_at")},
    ),
    "households_verification": ("recorded_at", {}),
    "casework_visit": ("recorded_at", {}),
    "casework_help": ("recorded_at", {}),
    "casework_assessment": ("recorded_at", {}),
    "casework_dimensionfinding": ("recorded_at", {}),
    "casework_householdplan": ("decided_at", {}),
    "casework_planstep": ("coalesce(done_recorded_at, '-infinity')", {}),
    "casework_continuingcare": (
        "decided_at",
        {"ended_on": _ENDED.format(known="end_recorded_at", column="ended_on")},
    ),
    "casework_assignment": (
        "recorded_at",
        {"valid_to": _ENDED.format(known="end_recorded_at", column="valid_to")},
    ),
    "casework_case": (
        "recorded_at",
        {"closed_on": _ENDED.format(known="close_recorded_at", column="closed_on")},
    ),
    "casework_removalrequest": ("coalesce(decided_at, requested_at)", {}),
    "casework_stageevent": ("recorded_at", {}),
    "casework_stagerejection": ("recorded_at", {}),
}
_OF_HOUSEHOLD = "household_id = ANY(%(ids)s)"
_STEPS = """plan_id IN (SELECT id FROM casework_householdplan)"""


def _views() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position)
               FROM information_schema.columns
               WHERE table_schema = current_schema() AND table_name = ANY(%s) GROUP BY 1""",
            [list(_PAST)],
        )
        columns = dict(cursor.fetchall())
    return ", ".join(_view(table, columns[table]) for table in _PAST)


def _view(table: str, columns: list[str]) -> str:
    known, past = _PAST[table]
    mine = _STEPS if table == "casework_planstep" else _OF_HOUSEHOLD
    return f"""{table} AS (
        SELECT {", ".join(past.get(name, name) for name in columns)} FROM {table}
        WHERE {mine} AND {known} < %(moment)s)"""


def load_facts_known(household_ids: Iterable[UUID], *, before: datetime) -> list[Facts]:
    """`load_facts` by what had been recorded before a moment."""
    ids = sorted(set(household_ids))
    if not ids:
        return []
    statement = f"WITH {_views()} {_FACTS.replace('ANY(%s)', 'ANY(%(ids)s)')}"
    with connection.cursor() as cursor:
        cursor.execute(statement, {"ids": ids, "moment": before})
        return [_facts_of(row) for row in cursor.fetchall()]
