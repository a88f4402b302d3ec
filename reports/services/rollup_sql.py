"""The SQL of the roll-up, built from `reports.definitions`.

Two steps: households are read once and added up per village, municipal centre and list ("parts");
everything above is added up from those. A household on one list only is counted once for both the
whole cohort and its list, because then its baseline and persons are that list's.
"""

# ruff: noqa: S608 -- only names from this module and from `definitions` are put together

from __future__ import annotations

from povertyops.areas.enums import NATION

from ..definitions import FIGURES, WAITS, Unit
from ..models.progress import CENTRE_LEVEL

CODES = (*(figure.code for figure in FIGURES), *WAITS)
COLUMNS = ", ".join(CODES)
# A sum of bigint is a numeric, which takes twice the time and room; the figures of a nation fit an integer.
TYPES = {
    figure.code: "numeric(16, 2)" if figure.unit is Unit.BAHT else "integer" for figure in FIGURES
} | dict.fromkeys(WAITS, "bigint")
TOTALS = ", ".join(f"sum({code})::{TYPES[code]} AS {code}" for code in CODES)
_SQL = {figure.code: figure.sql for figure in FIGURES} | dict(WAITS)
AGGREGATES = ", ".join(f"({_SQL[code]})::{TYPES[code]} AS {code}" for code in CODES)
KEY = "fiscal_year, list_kind, code"

# What a condition of `definitions` may name, for a household as a whole.
SOURCE_COLUMNS = """
    s.fiscal_year, s.membership, s.membership <> 3 AS cohort, s.is_open, s.is_removed,
    s.baseline AS dims, s.relieved, s.recovered, s.in_care, s.additional, s.stage, s.proposed_stage,
    s.team_id,
    s.persons, s.verified_persons, s.persons > 0 AND s.checked_persons >= s.persons AS is_checked,
    s.last_visit_on, s.due_on,
    s.visits, s.helps, s.baht, s.development_helps, s.development_baht, s.step, s.step_since, s.slips,
    s.not_in_tpmap, s.is_stage_carried, s.removed_for, r.as_of,
    s.area_code, CASE WHEN s.is_municipal THEN s.centre_id END AS centre_id
"""
# What a review added to the baseline is not on the list, so that such a household counts for each apart.
_AS_ITS_ONLY_LIST = "cardinality(s.list_kinds) = 1 AND s.baseline = s.list_dimensions[1]"
ONLY_LIST = f"""
    CASE WHEN {_AS_ITS_ONLY_LIST} AND s.membership <> 3
         THEN s.list_kinds[1] ELSE '' END AS only_list
"""
# The same row as one of its lists sees it: that list's dimensions and persons.
_AS_LISTED = {
    "s.baseline AS dims": "l.dims",
    "s.relieved,": "s.relieved & l.dims AS relieved,",
    "s.recovered,": "s.recovered & l.dims AS recovered,",
    "s.in_care,": "s.in_care & l.dims AS in_care,",
    "s.persons, s.verified_persons,": "l.persons, l.verified_persons,",
}
LISTED_COLUMNS = SOURCE_COLUMNS
for _whole, _listed in _AS_LISTED.items():
    LISTED_COLUMNS = LISTED_COLUMNS.replace(_whole, _listed)


def parts(households: str, *, lists: bool = True) -> str:
    """A query that adds households up per fiscal year, list, village and municipal centre.

    `households` is a FROM clause that yields `casework_cohortstate s` and `reports_rolluprun r`. Rows with
    `whole` count towards all lists together, rows with a `list_kind` towards that list; one row can do both.
    Without `lists` households on several lists are counted towards the whole only.
    """
    whole = f"""
        SELECT fiscal_year, true AS whole, only_list AS list_kind, area_code, centre_id, {AGGREGATES}
        FROM (SELECT {SOURCE_COLUMNS}, {ONLY_LIST} FROM {households}) AS source
        GROUP BY fiscal_year, only_list, area_code, centre_id
    """
    if not lists:
        return whole
    return f"""{whole}
        UNION ALL
        SELECT fiscal_year, false, list_kind, area_code, centre_id, {AGGREGATES}
        FROM (
            SELECT {LISTED_COLUMNS}, l.kind AS list_kind
            FROM {households}
            CROSS JOIN unnest(s.list_kinds, s.list_dimensions, s.list_persons, s.list_verified_persons)
                AS l(kind, dims, persons, verified_persons)
            WHERE NOT ({_AS_ITS_ONLY_LIST}) AND s.membership <> 3
        ) AS source
        GROUP BY fiscal_year, list_kind, area_code, centre_id
    """


def by_code(parts_table: str, code: str) -> str:
    """Parts added up per list and per `code` ("area_code" or "centre_id")."""
    return f"""
        SELECT fiscal_year, list_kind, {code}, {TOTALS} FROM (
            SELECT fiscal_year, '' AS list_kind, {code}, {COLUMNS} FROM {parts_table}
            WHERE whole AND {code} IS NOT NULL
            UNION ALL
            SELECT fiscal_year, list_kind, {code}, {COLUMNS} FROM {parts_table}
            WHERE list_kind <> '' AND {code} IS NOT NULL
        ) AS both_ways
        GROUP BY fiscal_year, list_kind, {code}
    """


def parent_sql(code: str, level: int) -> str:
    return f"'{NATION}'" if level == 1 else f"left({code}, {2 * (level - 1)})"


CENTRE_PARENT = """
    coalesce(
        (SELECT min(left(c.area_id, 4)) FROM areas_centrecoverage c WHERE c.centre_id = centres.centre_id),
        (SELECT min(district_code) FROM casework_cohortstate s
         WHERE s.fiscal_year = centres.fiscal_year AND s.centre_id = centres.centre_id AND s.is_municipal)
    )
"""
CENTRE_ROWS = f"""
    SELECT fiscal_year, list_kind, centre_id::text AS code, {CENTRE_LEVEL} AS level,
           {CENTRE_PARENT} AS parent_code, {COLUMNS}
    FROM centres
"""


def upward(level: int, children: str) -> str:
    """Rows of a level (0 nation to 3 subdistrict), added up from the rows `children` one level below."""
    code = f"'{NATION}'" if level == 0 else f"left(code, {2 * level})"
    parent = "''" if level == 0 else parent_sql("code", level)
    return f"""
        SELECT fiscal_year, list_kind, {code} AS code, {level} AS level,
               min({parent}) AS parent_code, {TOTALS}
        FROM {children}
        GROUP BY 1, 2, 3
    """


ALL_LEVELS = f"""
    WITH villages AS (
        SELECT fiscal_year, list_kind, area_code AS code, 4 AS level,
               left(area_code, 6) AS parent_code, {COLUMNS}
        FROM ({by_code("rollup_parts", "area_code")}) AS leaves
    ),
    subdistricts AS ({upward(3, "villages")}),
    districts AS ({upward(2, "subdistricts")}),
    provinces AS ({upward(1, "districts")}),
    nation AS ({upward(0, "provinces")}),
    centres AS ({by_code("rollup_parts", "centre_id")})
    SELECT * FROM villages UNION ALL SELECT * FROM subdistricts UNION ALL SELECT * FROM districts
    UNION ALL SELECT * FROM provinces UNION ALL SELECT * FROM nation UNION ALL {CENTRE_ROWS}
"""
TARGET = f"reports_areaprogress ({KEY}, level, parent_code, {COLUMNS})"
ROW = f"{KEY}, level, parent_code, {COLUMNS}"
_WRITTEN = (*CODES, "parent_code")
_CHANGED = "({}) IS DISTINCT FROM ({})".format(
    ", ".join(f"old.{code}" for code in _WRITTEN), ", ".join(f"new.{code}" for code in _WRITTEN)
)
_SAME_KEY = """old.fiscal_year = %(year)s AND old.list_kind = new.list_kind AND old.code = new.code"""

_WHOLE_YEAR = """casework_cohortstate s
    JOIN reports_rolluprun r ON r.fiscal_year = s.fiscal_year AND s.fiscal_year = %(year)s"""

# A year anew. Rows that stay the same are left alone, so that a second pass writes nothing.
FULL_PASS = (
    f"CREATE TEMPORARY TABLE rollup_parts ON COMMIT DROP AS {parts(_WHOLE_YEAR)}",
    f"CREATE TEMPORARY TABLE rollup_new ON COMMIT DROP AS {ALL_LEVELS}",
    "ANALYZE rollup_new (list_kind, code)",
    f"""DELETE FROM reports_areaprogress old WHERE fiscal_year = %(year)s
        AND NOT EXISTS (SELECT FROM rollup_new new WHERE {_SAME_KEY})""",
    f"""INSERT INTO {TARGET} SELECT {", ".join(f"new.{name.strip()}" for name in ROW.split(","))}
        FROM rollup_new new LEFT JOIN reports_areaprogress old ON {_SAME_KEY}
        WHERE old.code IS NULL OR {_CHANGED}
        ON CONFLICT ({KEY}) DO UPDATE
        SET {", ".join(f"{code} = excluded.{code}" for code in _WRITTEN)}, refreshed_at = now()""",
    "DROP TABLE rollup_parts, rollup_new",
)

# Some leaves again, then the sums above them. `years` and `codes` are arrays of equal length.
NAMED = "unnest(%(years)s::smallint[], %(codes)s::varchar[]) AS named(fiscal_year, code)"
FORGET = f"""DELETE FROM reports_areaprogress p USING {NAMED}
    WHERE p.fiscal_year = named.fiscal_year AND p.code = named.code"""


_OF_NAMED = f"""{NAMED}
    JOIN casework_cohortstate s ON s.fiscal_year = named.fiscal_year AND {{condition}}
    JOIN reports_rolluprun r ON r.fiscal_year = s.fiscal_year"""
_OF_LEAVES = _OF_NAMED.format(condition="s.area_code = named.code")
_OF_CENTRES = _OF_NAMED.format(condition="s.is_municipal AND s.centre_id = named.code::uuid")

LEAVES_AGAIN = f"""WITH rollup_parts AS MATERIALIZED ({parts(_OF_LEAVES)})
    INSERT INTO {TARGET}
    SELECT fiscal_year, list_kind, area_code, 4, left(area_code, 6), {COLUMNS}
    FROM ({by_code("rollup_parts", "area_code")}) AS leaves"""
CENTRES_AGAIN = f"""WITH rollup_parts AS MATERIALIZED ({parts(_OF_CENTRES)}),
    centres AS ({by_code("rollup_parts", "centre_id")})
    INSERT INTO {TARGET} SELECT {ROW} FROM ({CENTRE_ROWS}) AS new_rows"""


def _children_of_named(level: int) -> str:
    return f"""(
        SELECT p.* FROM {NAMED}
        JOIN reports_areaprogress p ON p.fiscal_year = named.fiscal_year AND p.parent_code = named.code
        WHERE p.level = {level + 1}) AS children"""


PARENTS_AGAIN = {
    level: f"INSERT INTO {TARGET} {upward(level, _children_of_named(level))}" for level in (3, 2, 1, 0)
}
