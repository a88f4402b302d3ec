"""The SQL of help by agency: helps are read once and added up per village, centre and agency, then upwards.

A household lives in one village, so households add upwards as well. Helps of the year are those that stand,
were delivered, and took effect by the day at which the figures of the year stand.
"""

# ruff: noqa: S608 -- only names from this module and from `rollup_sql` are put together

from __future__ import annotations

from casework.enums import HelpStatus
from povertyops.areas.enums import NATION

from ..models.progress import CENTRE_LEVEL
from .rollup_sql import CENTRE_PARENT, NAMED, parent_sql

_SUMS = ("households", "helps", "baht", "development_helps", "development_baht")
_TYPES = dict.fromkeys(_SUMS, "integer") | {"baht": "numeric(16, 2)", "development_baht": "numeric(16, 2)"}
COLUMNS = ", ".join(_SUMS)
_TOTALS = ", ".join(f"sum({name})::{_TYPES[name]} AS {name}" for name in _SUMS)
ROW = f"fiscal_year, code, level, parent_code, agency_id, {COLUMNS}"
TARGET = f"reports_agencyprogress ({ROW})"
_FIRST_DAY = "make_date(r.fiscal_year - 544, 10, 1)"


def _parts(households: str) -> str:
    """Helps per village, centre and agency; `households` yields `casework_cohortstate s` and its run `r`."""
    return f"""
        SELECT fiscal_year, area_code, centre_id, agency_id, count(*) AS households, sum(helps) AS helps,
               sum(baht) AS baht, sum(development_helps) AS development_helps,
               sum(development_baht) AS development_baht
        FROM (
            SELECT s.fiscal_year, s.area_code, CASE WHEN s.is_municipal THEN s.centre_id END AS centre_id,
                   s.household_id, h.agency_id, count(*) AS helps, sum(h.amount_baht) AS baht,
                   count(*) FILTER (WHERE h.nature = 'development') AS development_helps,
                   coalesce(sum(h.amount_baht) FILTER (WHERE h.nature = 'development'), 0)
                       AS development_baht
            FROM {households}
            JOIN casework_help h ON h.household_id = s.household_id
                AND h.given_on BETWEEN {_FIRST_DAY} AND r.as_of
                AND h.status = '{HelpStatus.DELIVERED.value}' AND NOT h.is_void
                AND NOT EXISTS (SELECT FROM casework_help later WHERE later.amends_id = h.id)
            WHERE s.helps > 0
            GROUP BY 1, 2, 3, 4, 5
        ) AS given
        GROUP BY 1, 2, 3, 4
    """


def _by_code(code: str) -> str:
    return f"""SELECT fiscal_year, {code}, agency_id, {_TOTALS} FROM agency_parts
        WHERE {code} IS NOT NULL GROUP BY 1, 2, 3"""


def _upward(level: int, children: str) -> str:
    code = f"'{NATION}'" if level == 0 else f"left(code, {2 * level})"
    parent = "''" if level == 0 else parent_sql("code", level)
    return f"""
        SELECT fiscal_year, {code} AS code, {level} AS level, min({parent}) AS parent_code, agency_id,
               {_TOTALS}
        FROM {children} GROUP BY 1, 2, 3, agency_id
    """


_CENTRE_ROWS = f"""
    SELECT fiscal_year, centre_id::text AS code, {CENTRE_LEVEL} AS level, {CENTRE_PARENT} AS parent_code,
           agency_id, {COLUMNS}
    FROM centres
"""
_VILLAGE_ROWS = f"""
    SELECT fiscal_year, area_code AS code, 4 AS level, left(area_code, 6) AS parent_code, agency_id, {COLUMNS}
    FROM ({_by_code("area_code")}) AS leaves
"""
_ALL_LEVELS = f"""
    WITH villages AS ({_VILLAGE_ROWS}),
    subdistricts AS ({_upward(3, "villages")}),
    districts AS ({_upward(2, "subdistricts")}),
    provinces AS ({_upward(1, "districts")}),
    nation AS ({_upward(0, "provinces")}),
    centres AS ({_by_code("centre_id")})
    SELECT * FROM villages UNION ALL SELECT * FROM subdistricts UNION ALL SELECT * FROM districts
    UNION ALL SELECT * FROM provinces UNION ALL SELECT * FROM nation UNION ALL {_CENTRE_ROWS}
"""
_WHOLE_YEAR = """casework_cohortstate s
    JOIN reports_rolluprun r ON r.fiscal_year = s.fiscal_year AND s.fiscal_year = %(year)s"""
_NOBODY = "'00000000-0000-0000-0000-000000000000'::uuid"
# Said with an equality, so that the two sides are hashed; "is not distinct" would compare them one by one.
_SAME_KEY = f"""old.fiscal_year = %(year)s AND old.code = new.code
    AND coalesce(old.agency_id, {_NOBODY}) = coalesce(new.agency_id, {_NOBODY})"""
_SAME_VALUES = "({}) = ({})".format(
    ", ".join(f"old.{name}" for name in (*_SUMS, "parent_code")),
    ", ".join(f"new.{name}" for name in (*_SUMS, "parent_code")),
)

# Rows that stay the same are left alone; the others go and come again.
FULL_PASS = (
    f"CREATE TEMPORARY TABLE agency_parts ON COMMIT DROP AS {_parts(_WHOLE_YEAR)}",
    f"CREATE TEMPORARY TABLE agency_new ON COMMIT DROP AS {_ALL_LEVELS}",
    "ANALYZE agency_new (code, agency_id)",
    f"""DELETE FROM reports_agencyprogress old WHERE fiscal_year = %(year)s
        AND NOT EXISTS (SELECT FROM agency_new new WHERE {_SAME_KEY} AND {_SAME_VALUES})""",
    f"""INSERT INTO {TARGET} SELECT {ROW} FROM agency_new new
        WHERE NOT EXISTS (SELECT FROM reports_agencyprogress old WHERE {_SAME_KEY})
        ORDER BY code""",
    "DROP TABLE agency_parts, agency_new",
)

FORGET = f"""DELETE FROM reports_agencyprogress p USING {NAMED}
    WHERE p.fiscal_year = named.fiscal_year AND p.code = named.code"""
_OF_NAMED = f"""{NAMED}
    JOIN casework_cohortstate s ON s.fiscal_year = named.fiscal_year AND {{condition}}
    JOIN reports_rolluprun r ON r.fiscal_year = s.fiscal_year"""
_OF_LEAVES = _OF_NAMED.format(condition="s.area_code = named.code")
_OF_CENTRES = _OF_NAMED.format(condition="s.is_municipal AND s.centre_id = named.code::uuid")
LEAVES_AGAIN = f"""WITH agency_parts AS MATERIALIZED ({_parts(_OF_LEAVES)})
    INSERT INTO {TARGET} SELECT {ROW} FROM ({_VILLAGE_ROWS}) AS new_rows"""
CENTRES_AGAIN = f"""WITH agency_parts AS MATERIALIZED ({_parts(_OF_CENTRES)}),
    centres AS ({_by_code("centre_id")})
    INSERT INTO {TARGET} SELECT {ROW} FROM ({_CENTRE_ROWS}) AS new_rows"""


def _children_of_named(level: int) -> str:
    return f"""(
        SELECT p.* FROM {NAMED}
        JOIN reports_agencyprogress p ON p.fiscal_year = named.fiscal_year AND p.parent_code = named.code
        WHERE p.level = {level + 1}) AS children"""


PARENTS_AGAIN = {
    level: f"INSERT INTO {TARGET} {_upward(level, _children_of_named(level))}" for level in (3, 2, 1, 0)
}
