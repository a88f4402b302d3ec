"""The SQL of figures on a past day: the roll-up's own sums over the states known at the end of that day."""

# ruff: noqa: S608 -- only names from this module and from `rollup_sql` are put together

from __future__ import annotations

from casework.rules import VISITED_WITHIN_DAYS
from povertyops.areas.enums import NATION

from .rollup_sql import ALL_LEVELS, CENTRE_ROWS, COLUMNS, ROW, by_code, parts, upward

_NEEDED = """
    fiscal_year, membership, is_open, is_removed, baseline, relieved, recovered, in_care, additional, stage,
    proposed_stage, team_id, persons, verified_persons, checked_persons, last_visit_on, due_on, visits, helps,
    baht, development_helps, development_baht, step, step_since, slips, not_in_tpmap,
    is_stage_carried, removed_for, centre_id,
    list_kinds, list_dimensions, list_persons, list_verified_persons
"""


def _known(digits: int, place: str, *, centres: bool = False) -> str:
    """A FROM clause for `parts`: states known at the end of `day`, their area cut to so many digits.

    Without `centres` all states are as if of no municipal centre, which leaves few groups to add up.
    """
    return f"""(
        SELECT {_NEEDED}, {"is_municipal" if centres else "false AS is_municipal"},
               left(area_code, {digits}) AS area_code
        FROM casework_cohortversion
        WHERE fiscal_year = %(year)s AND since <= %(day)s AND until > %(day)s AND {place}
    ) AS s CROSS JOIN (SELECT %(stands_at)s::date AS as_of) AS r"""


_IN_AREA = {
    0: "TRUE",
    2: "province_code = %(code)s",
    4: "province_code = left(%(code)s, 2) AND district_code = %(code)s",
    6: "province_code = left(%(code)s, 2) AND district_code = left(%(code)s, 4)"
    " AND subdistrict_code = %(code)s",
    8: "province_code = left(%(code)s, 2) AND district_code = left(%(code)s, 4) AND area_code = %(code)s",
}
_OF_LIST = " AND list_kinds @> ARRAY[%(kind)s]::varchar[]"
_OF_CENTRES = (
    "fiscal_year = %(year)s AND is_municipal AND province_code = ANY(%(provinces)s)"
    " AND centre_id = ANY(%(centres)s::uuid[])"
)


def of_area(length: int, child_length: int, list_kind: str) -> str:
    """Rows of an area's children and its own; `length` 0 is the nation, equal lengths give one row."""
    place = _IN_AREA[length] + (_OF_LIST if list_kind else "")
    level, child_level = length // 2, child_length // 2
    children = f"""
        SELECT fiscal_year, list_kind, area_code AS code, {child_level} AS level,
               {_parent(child_level)} AS parent_code, {COLUMNS}
        FROM ({by_code("rollup_parts", "area_code")}) AS areas WHERE list_kind = %(kind)s
    """
    own = "" if level == child_level else f"UNION ALL {upward(level, 'children')}"
    return f"""
        WITH rollup_parts AS MATERIALIZED ({parts(_known(child_length, place), lists=bool(list_kind))}),
        children AS ({children})
        SELECT {ROW} FROM (SELECT * FROM children {own}) AS found
    """


def _parent(level: int) -> str:
    return f"'{NATION}'" if level == 1 else f"left(area_code, {2 * (level - 1)})"


def of_centres(list_kind: str) -> str:
    """Rows of municipal centres, each with all its households, wherever in the province they live."""
    place = _OF_CENTRES + (_OF_LIST if list_kind else "")
    return f"""
        WITH rollup_parts AS MATERIALIZED ({parts(_known(2, place, centres=True), lists=bool(list_kind))}),
        centres AS (
            SELECT * FROM ({by_code("rollup_parts", "centre_id")}) AS found WHERE list_kind = %(kind)s
        )
        SELECT {ROW} FROM ({CENTRE_ROWS}) AS found
    """


def over_days(place_length: int | None, list_kind: str) -> str:
    """Figures of one place on many `days`, each standing at one of `stands`; None is a municipal centre.

    The day takes the place of the area in the sums.
    """
    place = _OF_CENTRES if place_length is None else _IN_AREA[place_length]
    known = f"""(
        SELECT {_NEEDED}, false AS is_municipal, d.day::text AS area_code, d.stands_at
        FROM unnest(%(days)s::date[], %(stands)s::date[]) AS d(day, stands_at)
        JOIN casework_cohortversion ON fiscal_year = %(year)s AND since <= d.day AND until > d.day
        WHERE {place + (_OF_LIST if list_kind else "")}
    ) AS s CROSS JOIN LATERAL (SELECT s.stands_at AS as_of) AS r"""
    return f"""
        WITH rollup_parts AS MATERIALIZED ({parts(known, lists=bool(list_kind))})
        SELECT fiscal_year, list_kind, area_code::date AS day, {COLUMNS}
        FROM ({by_code("rollup_parts", "area_code")}) AS days WHERE list_kind = %(kind)s
    """


_DAY_TARGET = f"reports_dayprogress (day, fiscal_year, list_kind, code, level, parent_code, {COLUMNS})"
_ONCE = "ON CONFLICT (code, fiscal_year, list_kind, day) DO NOTHING"


def _close_day(place: str, kept: str = "") -> str:
    """Put down a day of a fiscal year: `place` is added up, rows that `kept` selects join it as they are."""
    provinces = f"UNION ALL SELECT {ROW} FROM ({kept}) AS kept WHERE level = 1" if kept else ""
    return f"""
        WITH rollup_parts AS MATERIALIZED ({parts(_known(4, place, centres=True))}),
        districts AS (
            SELECT fiscal_year, list_kind, area_code AS code, 2 AS level, left(area_code, 2) AS parent_code,
                   {COLUMNS}
            FROM ({by_code("rollup_parts", "area_code")}) AS areas
        ),
        provinces AS ({upward(1, "districts")}),
        all_provinces AS (SELECT * FROM provinces {provinces}),
        nation AS ({upward(0, "all_provinces")}),
        centres AS ({by_code("rollup_parts", "centre_id")})
        INSERT INTO {_DAY_TARGET}
        SELECT %(day)s::date, {ROW} FROM (
            SELECT * FROM districts UNION ALL SELECT * FROM provinces UNION ALL SELECT * FROM nation
            UNION ALL {CENTRE_ROWS}
            {f"UNION ALL {kept}" if kept else ""}
        ) AS found
        {_ONCE}
    """


CLOSE_DAY = _close_day("TRUE")
# The same from the day `before`, of which all stays but some `provinces`; and of which all stays.
_OF_BEFORE = f"SELECT {ROW} FROM reports_dayprogress WHERE fiscal_year = %(year)s AND day = %(before)s"
CLOSE_DAY_FROM = _close_day(
    "province_code = ANY(%(provinces)s)",
    f"""{_OF_BEFORE} AND level > 0
        AND NOT left(CASE level WHEN 1 THEN code ELSE parent_code END, 2) = ANY(%(provinces)s)""",
)
CLOSE_DAY_LIKE = f"""INSERT INTO {_DAY_TARGET}
    SELECT %(day)s::date, {ROW} FROM ({_OF_BEFORE}) AS found {_ONCE}"""
# In which provinces something became known on which days, and where time alone changes a figure as of which.
CHANGES = f"""
    SELECT DISTINCT province_code, day, by_time
    FROM casework_cohortversion
    CROSS JOIN LATERAL (VALUES
        (since, false), (until, false),
        (due_on + 1, true), (last_visit_on + {VISITED_WITHIN_DAYS + 1}, true)
    ) AS changes(day, by_time)
    WHERE fiscal_year = %(year)s AND day > %(since)s AND day <= %(last)s
"""

EVERYWHERE = f"""
    WITH rollup_parts AS MATERIALIZED ({parts(_known(8, "TRUE", centres=True))})
    SELECT list_kind, code, {COLUMNS} FROM ({ALL_LEVELS}) AS found
"""
