"""Storing what was found: new pairs, scores that changed, and pairs that no longer fit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from povertyops.common.ids import uuid7

from ..enums import FoundBy, PairKind, PairState


class Found(NamedTuple):
    """A pair as found; `left` and `right` are persons or households as `kind` says."""

    kind: PairKind
    left: UUID
    right: UUID
    left_household: UUID
    right_household: UUID
    score: int
    grounds: list[dict[str, Any]]


_FOUND = """json_to_recordset(%(found)s) AS f(
    id uuid, kind text, left_id uuid, right_id uuid, left_household uuid, right_household uuid,
    score smallint, grounds jsonb
)"""

# Two households that a person called two keep their persons apart, too.
_STORE = f"""
    INSERT INTO households_duplicatepair AS pair
        (id, kind, province_code, left_id, right_id, left_household_id, right_household_id, score, grounds,
         found_by, batch_id, state, reason)
    SELECT f.id, f.kind, %(province)s, f.left_id, f.right_id, f.left_household, f.right_household, f.score,
           f.grounds, %(found_by)s, %(batch)s, '{PairState.OPEN}', ''
    FROM {_FOUND}
    WHERE f.kind = '{PairKind.HOUSEHOLD}' OR NOT EXISTS (
        SELECT 1 FROM households_duplicatepair d
        WHERE d.kind = '{PairKind.HOUSEHOLD}' AND d.state = '{PairState.NOT_SAME}'
          AND d.left_id = LEAST(f.left_household, f.right_household)
          AND d.right_id = GREATEST(f.left_household, f.right_household)
    )
    ORDER BY f.kind, f.left_id, f.right_id
    ON CONFLICT (kind, left_id, right_id) DO UPDATE SET
        score = excluded.score, grounds = excluded.grounds, state = excluded.state,
        left_household_id = excluded.left_household_id, right_household_id = excluded.right_household_id
    WHERE pair.state = '{PairState.GONE}' OR (pair.state = '{PairState.OPEN}' AND
        (pair.score, pair.grounds, pair.left_household_id, pair.right_household_id) IS DISTINCT FROM
        (excluded.score, excluded.grounds, excluded.left_household_id, excluded.right_household_id))
    RETURNING (xmax = 0)
"""  # noqa: S608 - built from constants

_NO_LONGER = f"""
    UPDATE households_duplicatepair pair SET state = '{PairState.GONE}'
    WHERE pair.state = '{PairState.OPEN}'
      AND ((pair.left_household_id = ANY(%(ids)s::uuid[])
            AND (NOT %(ahead)s OR pair.left_household_id <= pair.right_household_id))
        OR (pair.right_household_id = ANY(%(ids)s::uuid[])
            AND (NOT %(ahead)s OR pair.right_household_id <= pair.left_household_id)))
      AND NOT EXISTS (
        SELECT 1 FROM {_FOUND}
        WHERE f.kind = pair.kind AND f.left_id = pair.left_id AND f.right_id = pair.right_id
      )
"""  # noqa: S608 - built from constants

_ORPHANED = f"""
    UPDATE households_duplicatepair pair SET state = '{PairState.GONE}'
    WHERE pair.state = '{PairState.OPEN}' AND pair.province_code = %s AND NOT (
        EXISTS (SELECT 1 FROM households_householdscope s WHERE s.household_id = pair.left_household_id)
        AND EXISTS (SELECT 1 FROM households_householdscope s WHERE s.household_id = pair.right_household_id)
    )
"""  # noqa: S608 - built from constants

_APART = f"""
    SELECT left_id, right_id FROM households_duplicatepair
    WHERE kind = '{PairKind.PERSON}' AND state = '{PairState.NOT_SAME}'
      AND (left_household_id = ANY(%(ids)s::uuid[]) OR right_household_id = ANY(%(ids)s::uuid[]))
"""  # noqa: S608 - built from constants


def store_pairs(
    found: Iterable[Found],
    *,
    compared: Sequence[UUID],
    ahead: bool,
    province_code: str,
    found_by: FoundBy,
    batch_id: UUID | None,
) -> int:
    """Store what comparing the households `compared` found; answers how many pairs are new or open again.

    Open pairs that touch them and were not found this time are GONE; with `ahead` only those of which one of
    them is the smaller side.
    """
    given: dict[str, Any] = {
        "found": json.dumps([{"id": uuid7(), **_columns(one)} for one in found], default=str),
        "ids": [str(pk) for pk in compared],
        "ahead": ahead,
        "province": province_code,
        "found_by": str(found_by),
        "batch": batch_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_STORE, given)
        new = sum(is_new for (is_new,) in cursor.fetchall())
        cursor.execute(_NO_LONGER, given)
    return new


def close_orphans(province_code: str) -> int:
    """Open pairs of households that are no longer in the register are GONE."""
    with connection.cursor() as cursor:
        cursor.execute(_ORPHANED, [province_code])
        return cursor.rowcount


def kept_apart(household_ids: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """Persons of these households of whom somebody said that they are two, the smaller id first."""
    with connection.cursor() as cursor:
        cursor.execute(_APART, {"ids": [str(pk) for pk in household_ids]})
        return set(cursor.fetchall())


def _columns(one: Found) -> dict[str, Any]:
    return {
        "kind": str(one.kind),
        "left_id": one.left,
        "right_id": one.right,
        "left_household": one.left_household,
        "right_household": one.right_household,
        "score": one.score,
        "grounds": one.grounds,
    }
