"""Opening cases for the households of a list, and the read model of brand-new ones.

Both are set-based, over the staging tables.

A household that nobody has visited, helped or assigned has a read model that follows from its listing alone;
writing it in SQL keeps a large import fast. `tests/casework/test_imports_apply.py` holds it equal to
`services.cohort`, which everything else uses.
"""

# ruff: noqa: S608 - statements are built from the constants below, values are always parameters
from __future__ import annotations

import json
from datetime import date

from django.utils import timezone

from dimensions.enums import Stage
from households.services.target_lists import Range
from povertyops.common.thai import fiscal_year_of

from ..enums import Membership, StageEventKind, Step
from ..queries.yardstick import LoadedYardstick
from ..rules import stands_at
from .state_parts import ELDER_FROM, SMALL_CHILD_UNDER


def open_cases(part: Range) -> None:
    """Open a case for every household newly on the list that has none open, with the event that says so.

    A household whose case was closed within the list's fiscal year stays closed: that was decided knowing
    of it.
    """
    part.run(_EARLIER_EVENTS, _EARLIER_CASES)
    part.run(_CASES, _EVENTS, provinces=_provinces(part))


def write_new_cohort(part: Range) -> None:
    """CohortState of the households new to the register, in the list's year and as carried over since, and
    marks."""
    first, today = part.batch.fiscal_year, timezone.localdate()
    years = range(first, max(fiscal_year_of(today), first) + 1)
    part.run(_COHORT, provinces=_provinces(part), years=_years(part, years, today))
    part.run(_MARKS, current_year=years[-1])


def audit_range(part: Range) -> None:
    """One audit row for each household that got a line."""
    part.run(_AUDIT)


def _years(part: Range, years: range, today: date) -> str:
    """Each year with how many indicators the set of the list has, as the year stands, as JSON."""
    yardstick, survey_year = LoadedYardstick(), part.batch.survey_year
    sizes = ((year, yardstick.set_size(survey_year, stands_at(year, today))) for year in years)
    return json.dumps([{"year": year, "set_size": size} for year, size in sizes])


def _provinces(part: Range) -> str:
    """Province, rule version and days until the first visit is due, as JSON."""
    yardstick = LoadedYardstick()
    return json.dumps(
        [
            {
                "province": code,
                "version": yardstick.rule(code, part.since).version,
                "days": yardstick.follow_up_days(code, Stage.WAITING),
            }
            for code in part.batch.provinces
        ]
    )


_STAGED = """
    households_importhousehold s
    JOIN json_to_recordset(%(provinces)s::json) AS p (province text, version smallint, days integer)
         ON p.province = s.province_code
    WHERE s.batch_id = %(batch)s AND s.number BETWEEN %(first)s AND %(last)s
      AND NOT s.is_held AND NOT s.is_applied
"""
_NOW = "COALESCE(%(stamp)s::timestamptz, now())"

_CASES = f"""
    INSERT INTO casework_case
        (id, household_id, province_code, opened_on, stage, stage_since, close_reason, recorded_at)
    SELECT s.id, COALESCE(s.match_id, s.id), s.province_code, opened.opened_on, {Stage.WAITING:d},
    opened.opened_on, '',
           {_NOW}
    FROM households_importhousehold s
    CROSS JOIN LATERAL (
        SELECT GREATEST(%(since)s::date, max(c.closed_on)) AS opened_on,
               bool_or(c.closed_on IS NULL OR c.closed_on >= %(since)s::date) AS is_settled
        FROM casework_case c WHERE c.household_id = s.match_id
    ) AS opened
    WHERE s.batch_id = %(batch)s AND s.number BETWEEN %(first)s AND %(last)s
      AND NOT s.is_held AND NOT s.is_applied
      AND s.listing_id IS NULL AND s.outcome IN ('new', 'known') AND opened.is_settled IS NOT TRUE
    ORDER BY s.number
"""

# A list of an earlier year that comes late: the case was open from its day on, as if it had come in time.
_EARLIER = """
    households_importhousehold s
    WHERE s.batch_id = %(batch)s AND s.number BETWEEN %(first)s AND %(last)s
      AND NOT s.is_held AND NOT s.is_applied AND s.listing_id IS NULL AND s.outcome = 'known'
      AND c.household_id = s.match_id AND c.closed_on IS NULL AND c.opened_on > %(since)s::date
      AND NOT EXISTS (SELECT 1 FROM casework_case o WHERE o.household_id = c.household_id AND o.id <> c.id)
"""
_EARLIER_EVENTS = f"""
    UPDATE casework_stageevent e SET effective_on = %(since)s::date
    FROM casework_case c, {_EARLIER} AND e.case_id = c.id AND e.kind = '{StageEventKind.OPENED.value}'
"""
_EARLIER_CASES = f"""
    UPDATE casework_case c
    SET opened_on = %(since)s::date,
        stage_since = CASE WHEN c.stage_since = c.opened_on THEN %(since)s::date ELSE c.stage_since END
    FROM {_EARLIER}
"""

_EVENTS = f"""
    INSERT INTO casework_stageevent
        (id, case_id, household_id, province_code, kind, from_stage, to_stage, effective_on, rule_version,
        evidence,
         minutes_number, document, actor_id, recorded_at)
    SELECT c.id, c.id, c.household_id, c.province_code, '{StageEventKind.OPENED.value}', {Stage.WAITING:d},
           {Stage.WAITING:d}, c.opened_on, p.version, '[]', '', '', %(user)s, {_NOW}
    FROM casework_case c JOIN {_STAGED.replace("WHERE", "ON c.id = s.id WHERE")}
    ORDER BY s.number
"""

# As `state_parts` counts them: of a household without answers, and of persons nobody has checked.
_FAILING_SHARE = """
    CASE WHEN s.dimensions = 0 OR y.set_size = 0 THEN 0 ELSE least(1000, (
        1000 * greatest(cardinality(s.failed_indicators), bit_count(s.dimensions::integer::bit(5)))
        + y.set_size / 2) / GREATEST(y.set_size, 1)) END
"""
_FRAGILE = f"""
    (SELECT count(*) FROM unnest(people.births) AS born
     WHERE born <= make_date(y.year - 544 - {ELDER_FROM}, 10, 1)
        OR born > make_date(y.year - 544 - {SMALL_CHILD_UNDER}, 10, 1))
"""
# Out of the staged rows, which the planner knows well: the register may have been empty a moment ago. Known
# persons are looked up one by one, a join would read all persons for every range.
_PEOPLE = """
    SELECT number, array_agg(born) AS births
    FROM (
        SELECT DISTINCT ON (r.number, coalesce(r.match_id, r.id)) r.number,
               CASE WHEN r.match_id IS NULL THEN r.birth_date
                    ELSE (SELECT p.birth_date FROM households_person p WHERE p.id = r.match_id) END AS born
        FROM households_importrow r
        WHERE r.batch_id = %(batch)s AND r.number BETWEEN %(first)s AND %(last)s
    ) AS persons GROUP BY number
"""
_WITH_PEOPLE = f"LEFT JOIN ({_PEOPLE}) AS people USING (number)"
# Looked up one by one: the range before has just written it, and the planner, who knows of no row, would read
# the whole table for each.
_WITH_SCOPE = """
    CROSS JOIN LATERAL (SELECT * FROM households_householdscope WHERE household_id = s.id LIMIT 1) AS o
    JOIN households_listkind k ON k.code = %(kind)s
    CROSS JOIN json_to_recordset(%(years)s::json) AS y (year integer, set_size integer)
"""

_COHORT = f"""
    INSERT INTO casework_cohortstate
        (fiscal_year, household_id, membership, province_code, district_code, subdistrict_code, area_code,
        centre_id,
         is_municipal, sort_key, list_kinds, list_dimensions, list_persons, list_verified_persons,
         list_checked_persons,
         baseline, additional, relieved, recovered, stage, is_open, is_removed, persons, verified_persons,
         checked_persons, due_on, visits, helps, baht, step, step_since, failing_share, fragile, since)
    SELECT y.year, s.id,
           CASE WHEN y.year > %(year)s THEN {Membership.CARRIED:d}
                WHEN k.counts_as_found THEN {Membership.FOUND:d} ELSE {Membership.LISTED:d} END,
           o.province_code, o.district_code, o.subdistrict_code, o.area_code, o.centre_id, o.is_municipal,
           s.sort_key,
           CASE WHEN y.year > %(year)s THEN '{{}}' ELSE ARRAY[k.code] END,
           CASE WHEN y.year > %(year)s THEN '{{}}' ELSE ARRAY[s.dimensions] END,
           CASE WHEN y.year > %(year)s THEN '{{}}' ELSE ARRAY[s.persons] END,
           CASE WHEN y.year > %(year)s THEN '{{}}' ELSE ARRAY[s.persons] END,
           CASE WHEN y.year > %(year)s THEN '{{}}' ELSE ARRAY[0]::smallint[] END,
           s.dimensions, 0, 0, 0, {Stage.WAITING:d}, TRUE, FALSE, s.persons, s.persons, 0,
           %(since)s::date + p.days, 0, 0, 0, {Step.LISTED:d}, %(since)s::date,
           {_FAILING_SHARE}, {_FRAGILE},
           ({_NOW} AT TIME ZONE 'Asia/Bangkok')::date
    FROM {_STAGED.replace("WHERE", f"{_WITH_PEOPLE} {_WITH_SCOPE} WHERE")}
      AND s.outcome = 'new'
    ORDER BY s.number
"""

_MARKS = """
    INSERT INTO common_dirtymark (fiscal_year, area_code, centre_id)
    SELECT DISTINCT y.year, o.area_code, CASE WHEN o.is_municipal THEN o.centre_id END
    FROM households_importhousehold s
    JOIN households_householdscope o ON o.household_id = s.id
    CROSS JOIN generate_series(%(year)s::integer, %(current_year)s::integer) AS y (year)
    WHERE s.batch_id = %(batch)s AND s.number BETWEEN %(first)s AND %(last)s
      AND NOT s.is_held AND NOT s.is_applied
      AND s.outcome = 'new'
    ORDER BY 1, 2, 3
"""

_AUDIT = """
    INSERT INTO common_auditentry
        (user_id, appointment_id, action, object_type, object_id, household_id, province_code, changes)
    SELECT %(user)s, %(appointment)s::uuid, 'household.listed', 'household', COALESCE(s.match_id, s.id)::text,
           COALESCE(s.match_id, s.id), s.province_code,
           jsonb_build_object('outcome', s.outcome, 'list', %(kind)s::text, 'fiscal_year', %(year)s::int,
                              'import', s.batch_id::text)
    FROM households_importhousehold s
    WHERE s.batch_id = %(batch)s AND s.number BETWEEN %(first)s AND %(last)s
      AND NOT s.is_held AND NOT s.is_applied
      AND (s.outcome IN ('new', 'changed') OR (s.outcome = 'known' AND s.listing_id IS NULL))
    ORDER BY s.number
"""
