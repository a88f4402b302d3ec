"""Keeping `MatchKey` true: rows only for persons whose name, birthday or house changed, by COPY."""

# ruff: noqa: S608 - statements are built from the constants below, values are always parameters
from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from ..models import HouseholdScope, MatchKey, Membership
from .keys import name_keys

REFRESHED_AT_ONCE = 5_000
"""Households."""

_LIVING = """
    households_membership m
    JOIN households_person p ON p.id = m.person_id AND p.merged_into_id IS NULL
    JOIN households_household h ON h.id = m.household_id AND h.merged_into_id IS NULL
    JOIN households_householdscope s ON s.household_id = h.id
    WHERE m.household_id = ANY(%(ids)s::uuid[]) AND m.valid_to IS NULL AND m.superseded_at IS NULL
"""

# What stands in the fingerprint decides when a person is compared again.
_CHANGED = f"""
    SELECT found.* FROM (
        SELECT p.id, h.province_code, h.id AS household_id, h.area_code, p.first_name, p.last_name,
               p.birth_date, p.sex, m.is_head,
               md5(concat_ws(E'\\x1f', p.first_name, p.last_name, p.birth_date, p.sex, m.is_head, h.id,
                   h.area_code, h.house_code, h.house_no, h.phone, h.latitude, h.longitude)) AS made_of
        FROM {_LIVING}
    ) AS found
    LEFT JOIN households_matchkey k ON k.person_id = found.id
    WHERE k.made_of IS DISTINCT FROM found.made_of
"""

_FORGET = f"""
    DELETE FROM households_matchkey WHERE household_id = ANY(%(ids)s::uuid[])
      AND person_id NOT IN (SELECT p.id FROM {_LIVING})
"""

_COLUMNS = (
    "person_id, province_code, household_id, area_code, first, last, first_sound, last_sound, name_hash, "
    "sound_hash, birth_date, sex, is_head, made_of"
)
_BESIDE = "match_keys_beside"
_PREPARE = f"""
    CREATE TEMP TABLE IF NOT EXISTS {_BESIDE} ON COMMIT DELETE ROWS
        AS SELECT {_COLUMNS} FROM households_matchkey WITH NO DATA;
    TRUNCATE {_BESIDE}
"""
_STORE = f"""
    INSERT INTO households_matchkey ({_COLUMNS}) SELECT {_COLUMNS} FROM {_BESIDE} ORDER BY person_id
    ON CONFLICT (person_id) DO UPDATE SET
        {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", ")[1:])},
        made_at = now(), compared_at = NULL
"""

_GONE = """
    DELETE FROM households_matchkey k WHERE k.province_code = %s AND NOT EXISTS (
        SELECT 1 FROM households_householdscope s WHERE s.household_id = k.household_id
    )
"""


def refresh_keys(household_ids: Sequence[UUID]) -> int:
    """Bring the keys of everybody who lives in these households up to date; answers how many were made."""
    ids = {"ids": [str(pk) for pk in household_ids]}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_FORGET, ids)
        cursor.execute(_CHANGED, ids)
        rows = cursor.fetchall()
        if rows:
            cursor.execute(_PREPARE)
            lines = io.StringIO("".join(map(_line, rows)))
            cursor.copy_expert(f"COPY {_BESIDE} ({_COLUMNS}) FROM STDIN", lines)
            cursor.execute(_STORE)
    return len(rows)


def refresh_missing(province_code: str, most: int | None = None) -> int:
    """Make the keys of households that have none yet, `most` of them at most; the night brings the rest."""
    keyed = MatchKey.objects.filter(household_id=OuterRef("pk"))
    lived_in = Membership.objects.filter(household_id=OuterRef("pk"), valid_to=None, superseded_at=None)
    rows = HouseholdScope.objects.filter(Exists(lived_in), ~Exists(keyed), province_code=province_code)
    ids = list(rows.order_by().values_list("pk", flat=True)[:most])
    return sum(refresh_keys(part) for part in chunks(ids, REFRESHED_AT_ONCE))


def chunks(ids: Sequence[UUID], size: int) -> Iterator[list[UUID]]:
    rest = iter(ids)
    while part := list(islice(rest, size)):
        yield part


def forget_the_gone(province_code: str) -> int:
    """Drop the keys of households that nobody sees any more: merged, or their import undone."""
    with connection.cursor() as cursor:
        cursor.execute(_GONE, [province_code])
        return cursor.rowcount


def _line(row: tuple[Any, ...]) -> str:
    person, province, household, area, first, last, birth, sex, is_head, made_of = row
    keys = name_keys(first, last)
    values = (
        *(person, province, household, area, keys.first, keys.last, keys.first_sound, keys.last_sound),
        *(keys.name_hash, keys.sound_hash, birth, sex, is_head, made_of),
    )
    return "\t".join(map(_text, values)) + "\n"


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _text(value: Any) -> str:
    if value is None:
        return "\\N"
    return value.translate(_ESCAPED) if isinstance(value, str) else str(value)
