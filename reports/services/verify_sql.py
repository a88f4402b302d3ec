"""Plain counts of lists, persons, visits and helps per village and centre, from the base tables only."""

# ruff: noqa: S608 -- only names from this module are put together

from __future__ import annotations

from dimensions.enums import Dimension, Stage

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
    reviewed AS (
        SELECT household_id, dimensions FROM casework_baselinereview
        WHERE fiscal_year = %(year)s AND superseded_at IS NULL AND effective_on <= %(as_of)s
          AND household_id IN (SELECT household_id FROM listed)
    ),
    seen AS (
        SELECT '' AS kind, household_id, bit_or(dimensions) AS mask
        FROM (SELECT household_id, dimensions FROM listed
              UNION ALL SELECT household_id, dimensions FROM reviewed) AS both_ways
        GROUP BY household_id
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
    """SELECT p.household_id, p.amount_baht, p.nature = 'development' AS develops,
              p.household_id IN (SELECT household_id FROM listed) AS in_cohort
       FROM casework_help p
       WHERE p.given_on BETWEEN %(first_day)s AND %(as_of)s AND p.status = 'delivered' AND NOT p.is_void
         AND NOT EXISTS (SELECT FROM casework_help later WHERE later.amends_id = p.id)""",
    """count(*) AS helps, sum(amount_baht) AS baht,
       count(*) FILTER (WHERE develops) AS development_helps,
       coalesce(sum(amount_baht) FILTER (WHERE develops), 0) AS development_baht,
       count(DISTINCT household_id) FILTER (WHERE in_cohort) AS helped_households""",
)
_STANDS = """
    NOT {row}.is_void AND NOT EXISTS (SELECT FROM {table} later WHERE later.amends_id = {row}.id)
"""
_VISIT_STANDS = _STANDS.format(row="v", table="casework_visit")
_HELP_STANDS = _STANDS.format(row="p", table="casework_help") + "AND p.status = 'delivered'"
# Stages, slips, steps and what is not in TPMAP, of the case that the household had on the day.
_WORK = f"""
    WITH {_PLACES}, {_LISTED},
    cases AS (
        SELECT DISTINCT ON (household_id) id, household_id, opened_on, close_reason,
               opened_on <= %(as_of)s AND (closed_on IS NULL OR closed_on > %(as_of)s) AS is_open
        FROM casework_case
        ORDER BY household_id, opened_on <= %(as_of)s DESC,
                 CASE WHEN opened_on <= %(as_of)s THEN opened_on END DESC NULLS LAST,
                 CASE WHEN opened_on <= %(as_of)s THEN recorded_at END DESC NULLS LAST,
                 CASE WHEN opened_on <= %(as_of)s THEN id END DESC NULLS LAST, opened_on, recorded_at, id
    ),
    stages AS (
        SELECT DISTINCT ON (case_id) case_id, to_stage, kind AS how FROM casework_stageevent
        WHERE effective_on <= %(as_of)s ORDER BY case_id, effective_on DESC, recorded_at DESC, id DESC
    ),
    told AS (
        SELECT l.household_id, coalesce(c.is_open, false) AS is_open, coalesce(s.to_stage, 0) AS stage,
               coalesce(s.how = 'carried', false) AS taken_over, c.close_reason,
               NOT coalesce(c.is_open, true) AND c.opened_on <= %(as_of)s
                   AND EXISTS (SELECT FROM casework_removalrequest r
                               WHERE r.case_id = c.id AND r.decision = 'accepted') AS is_out,
               EXISTS (SELECT FROM casework_stageevent e WHERE e.case_id = c.id AND e.kind = 'slipped'
                       AND e.effective_on BETWEEN %(first_day)s AND %(as_of)s) AS fell,
               EXISTS (SELECT FROM casework_visit v WHERE v.household_id = l.household_id AND {_VISIT_STANDS}
                       AND v.visited_on BETWEEN c.opened_on AND %(as_of)s) AS visited,
               EXISTS (SELECT FROM casework_visit v WHERE v.household_id = l.household_id AND {_VISIT_STANDS}
                       AND v.visited_on BETWEEN %(first_day)s AND %(as_of)s AND v.tpmap_marked_at IS NULL)
               OR EXISTS (SELECT FROM casework_help p WHERE p.household_id = l.household_id AND {_HELP_STANDS}
                          AND p.given_on BETWEEN %(first_day)s AND %(as_of)s AND p.tpmap_marked_at IS NULL)
                   AS missing
        FROM (SELECT DISTINCT household_id FROM listed) AS l
        LEFT JOIN cases c USING (household_id) LEFT JOIN stages s ON s.case_id = c.id
    ),
    seen AS (
        SELECT '' AS kind, household_id FROM listed UNION SELECT kind_code, household_id FROM listed
    )
    SELECT kind, area_code, centre_id, {{figures}}
    FROM seen JOIN told USING (household_id) JOIN places USING (household_id)
    GROUP BY kind, area_code, centre_id
"""
WORK_FIGURES = {
    **{stage.code: f"stage = {stage.value}" for stage in Stage},
    "slipped": "fell",
    "not_in_tpmap": "missing",
    "removed": "is_out",
    "removed_not_poor": "is_out AND close_reason = 'not_poor'",
    "stage_carried": "taken_over",
    "step_visited": f"is_open AND stage = {Stage.WAITING.value} AND visited",
    **{
        f"step_{stage.code}": f"is_open AND stage = {stage.value}"
        for stage in Stage
        if stage is not Stage.WAITING
    },
}
PLAIN = (
    _HOUSEHOLDS,
    _PERSONS,
    _VISITS,
    _HELPS,
    _WORK.format(
        figures=", ".join(
            f"count(*) FILTER (WHERE {condition}) AS {name}" for name, condition in WORK_FIGURES.items()
        )
    ),
)
AGENCIES = f"""
    WITH {_PLACES}, {_LISTED}, {_CARRIED}
    SELECT places.area_code, places.centre_id, agency_id, count(DISTINCT household_id), count(*),
           sum(amount_baht),
           count(*) FILTER (WHERE nature = 'development'),
           coalesce(sum(amount_baht) FILTER (WHERE nature = 'development'), 0)
    FROM casework_help p JOIN places USING (household_id)
    WHERE p.given_on BETWEEN %(first_day)s AND %(as_of)s AND {_HELP_STANDS}
      AND (p.household_id IN (SELECT household_id FROM listed)
           OR p.household_id IN (SELECT household_id FROM carried))
    GROUP BY 1, 2, 3
"""
