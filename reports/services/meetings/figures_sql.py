"""The SQL that puts a province's figures into FrozenProgress: those of now, or those of a past day."""

# ruff: noqa: S608 -- only names from this module and from `rollup_sql` are put together

from __future__ import annotations

from ...models.progress import CENTRE_LEVEL
from ..rollup_sql import ALL_LEVELS, ROW, parts

_TARGET = f"reports_frozenprogress (meeting_id, {ROW})"

# Everything in the province: its areas by code, municipal centres by the district they belong to.
COPY_NOW = f"""
    INSERT INTO {_TARGET}
    SELECT %(meeting)s::uuid, {ROW} FROM reports_areaprogress
    WHERE fiscal_year = %(year)s AND (
        (level < {CENTRE_LEVEL} AND code LIKE %(province)s || '%%')
        OR (level = {CENTRE_LEVEL} AND parent_code LIKE %(province)s || '%%')
    )
"""

_KNOWN = """(
        SELECT * FROM casework_cohortversion
        WHERE fiscal_year = %(year)s AND province_code = %(province)s
          AND since <= %(day)s AND until > %(day)s
    ) AS s CROSS JOIN (SELECT %(stands_at)s::date AS as_of) AS r"""
COPY_PAST = f"""
    WITH rollup_parts AS MATERIALIZED ({parts(_KNOWN)})
    INSERT INTO {_TARGET}
    SELECT %(meeting)s::uuid, {ROW} FROM ({ALL_LEVELS}) AS found WHERE level > 0
"""
