"""Plain counts of lists, persons, visits and helps per village and centre, from the base tables only."""

# ruff: noqa: S608 -- only names from this module are put together

from __future__ import annotations

from dimensions.enums import Dimension

# Where each household was on the day, or first came to be if that was later.
_PLACES = """
    places AS (
        SELECT DISTINCT ON (p.household_id) p.household_id, p.area_code,
               CASE WHEN c.kind IN ('city_municipality', 'town_municipality') THEN c.id END AS centre_id
        FROM households_householdplacement p JOIN areas_centre c ON c.id = p.centre_id
        WHERE p.superseded_at IS NULL
        ORDER BY p.household_id, p.valid_from <= %(as_of)s DESC,
                 CASE WHEN p.valid_from <= %(as_of)s THEN p.valid_from END DESC NULLS LAST,
                 CASE WHEN p.valid_from <= %(as_of)s THEN p.recorded_at END DESC NULLS LAST, p.valid_from
    )"""
_LISTED = """
    listed AS (
        SELECT id, household_id, kind_code, dimensions FROM households_listing
        WHERE fiscal_year = %(year)s AND superseded_at IS NULL
    )"""
_CARRIED = """
    carried AS (
        SELECT DISTINCT c.household_id FROM casework_case c
        WHERE c.opened_on <= %(first_day)s AND (c.closed_on IS NULL OR c.closed_on > %(first_day)s)
          AND c.household_id NOT IN (SELECT household_id FROM listed)
          AND EXISTS (SELECT FROM households_listing l WHERE l.household_id = c.household_id
                      AND l.superseded_at IS NULL AND l.fiscal_year < %(year)s)
    )"""
_FAILING = ", ".join(
    f"count(*) FILTER (WHERE mask & {dimension.bit} <> 0) AS failing_{dimension.value}"
    for dimension in Dimension
)
_HOUSEHOLDS = f"""
    WITH {_PLACES}, {_LISTED},
    seen AS (
        SELECT '' AS kind, household_id, bit_or(dimensions) AS mask FROM listed GROUP BY household_id
        UNION ALL SELECT kind_code, household_id, dimensions FROM listed
    )
    SELECT kind, area_code, centre_id, count(*) AS households, {_FAILING}
    FROM seen JOIN places USING (household_id) GROUP BY kind, area_code, centre_id
"""
_PERSONS = f"""
    WITH {_PLACES}, {_LISTED},
    seen AS (
        SELECT DISTINCT '' AS kind, household_id, person_id FROM listed
        JOIN households_listedperson p ON p.listing_id = listed.id
        UNION ALL SELECT DISTINCT kind_code, household_id, person_id FROM listed
        JOIN households_listedperson p ON p.listing_id = listed.id
    )
    SELECT kind, area_code, centre_id, count(*) AS persons
    FROM seen JOIN places USING (household_id) GROUP BY kind, area_code, centre_id
"""


def _given(rows: str, figures: str) -> str:
    """Rows of the year for the whole cohort with carried households, and for the households of each list."""
    return f"""
        WITH {_PLACES}, {_LISTED}, {_CARRIED}, given AS ({rows}),
        seen AS (
            SELECT '' AS kind, household_id FROM listed UNION SELECT '', household_id FROM carried
            UNION SELECT kind_code, household_id FROM listed
        )
        SELECT kind, area_code, centre_id, {figures}
        FROM seen JOIN given USING (household_id) JOIN places USING (household_id)
        GROUP BY kind, area_code, centre_id
    """


_VISITS = _given(
    """SELECT v.household_id FROM casework_visit v
       WHERE v.visited_on BETWEEN %(first_day)s AND %(as_of)s AND NOT v.is_void
         AND NOT EXISTS (SELECT FROM casework_visit later WHERE later.amends_id = v.id)""",
    "count(*) AS visits",
)
_HELPS = _given(
    """SELECT p.household_id, p.amount_baht, p.household_id IN (SELECT household_id FROM listed) AS in_cohort
       FROM casework_help p
       WHERE p.given_on BETWEEN %(first_day)s AND %(as_of)s AND p.status = 'delivered' AND NOT p.is_void
         AND NOT EXISTS (SELECT FROM casework_help later WHERE later.amends_id = p.id)""",
    """count(*) AS helps, sum(amount_baht) AS baht,
       count(DISTINCT household_id) FILTER (WHERE in_cohort) AS helped_households""",
)
PLAIN = (_HOUSEHOLDS, _PERSONS, _VISITS, _HELPS)
