"""The short end of a write for visits that bring no evidence: only what the read model says of visits moves.

A visit without help, checks, answers or findings cannot change a stage or a dimension. What it changes (how
many visits, the last one, when the household is due) is brought up to date in one statement for a whole
batch, with the same result as `after_write`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from povertyops.common.dirty import call_for_drain
from povertyops.common.prepared import array_of, fetch_prepared

from ..enums import Step
from ..inputs import VisitInput
from ..models import Visit
from ..rules import FOLLOW_UP_DAYS

# A row stands at the earlier of today and the last day of its year; 92 days carry 1 October into the next
# January, so the year of a day is that of the day 92 days on. The last visit by then is sought among all that
# stand, also the new ones.
_REFRESH = """
    WITH new AS (
        SELECT household_id, fiscal_year, count(*) FILTER (WHERE visited_on <= %s::date) AS visits,
               min(visited_on) AS first_on
        FROM (SELECT household_id, visited_on, extract(year FROM visited_on + 92)::int + 543 AS fiscal_year
              FROM unnest(%s::uuid[], %s::date[]) AS t (household_id, visited_on)) AS given
        GROUP BY household_id, fiscal_year
    ), touched AS (
        SELECT n.household_id, min(n.fiscal_year) AS first_year FROM new n
        WHERE NOT EXISTS (
            SELECT FROM casework_cohortstate c
            WHERE c.household_id = n.household_id AND c.fiscal_year >= n.fiscal_year AND c.is_open
              AND (c.step < %s OR (c.step = %s AND n.first_on < c.step_since)))
        GROUP BY n.household_id
    ), figures AS (
        SELECT c.id, last.visited_on AS last_visit_on, coalesce(n.visits, 0) AS visits,
               CASE WHEN c.is_open THEN coalesce(last.next_visit_on, last.visited_on + coalesce(
                   (SELECT f.days FROM casework_followupinterval f
                    WHERE f.stage = c.stage AND f.province_code IN ('', c.province_code)
                    ORDER BY f.province_code DESC LIMIT 1), %s::integer)) END AS due_on
        FROM touched t
        JOIN casework_cohortstate c ON c.household_id = t.household_id AND c.fiscal_year >= t.first_year
        LEFT JOIN new n ON n.household_id = c.household_id AND n.fiscal_year = c.fiscal_year
        CROSS JOIN LATERAL (
            SELECT v.visited_on, v.next_visit_on FROM casework_visit v
            WHERE v.household_id = c.household_id AND NOT v.is_void
              AND v.visited_on <= least(%s::date, make_date(c.fiscal_year - 543, 9, 30))
              AND NOT EXISTS (SELECT FROM casework_visit later WHERE later.amends_id = v.id)
            ORDER BY v.visited_on DESC, v.visited_at DESC, v.recorded_at DESC, v.id DESC LIMIT 1
        ) last
    ), moved AS (
        UPDATE casework_cohortstate c
        SET visits = c.visits + f.visits, last_visit_on = f.last_visit_on, due_on = f.due_on,
            not_in_tpmap = c.not_in_tpmap + f.visits, since = %s::date
        FROM figures f
        WHERE c.id = f.id
          AND (f.visits > 0 OR (c.last_visit_on, c.due_on) IS DISTINCT FROM (f.last_visit_on, f.due_on))
        RETURNING c.household_id, c.fiscal_year, c.area_code, CASE WHEN c.is_municipal THEN c.centre_id END
            AS centre_id
    ), marked AS (
        INSERT INTO common_dirtymark (fiscal_year, area_code, centre_id)
        SELECT DISTINCT fiscal_year, area_code, centre_id FROM moved ORDER BY 1, 2, 3
    )
    SELECT household_id FROM new
    WHERE (household_id, fiscal_year) NOT IN (SELECT household_id, fiscal_year FROM moved)
"""


def is_plain(visit: VisitInput) -> bool:
    """Whether the visit brings nothing that the stage rule or the checks of persons look at."""
    return not (visit.helps or visit.verifications or visit.answers or visit.self_solved or visit.amends)


def note_plain_visits(rows: Sequence[Visit], *, known_on: date) -> set[UUID]:
    """Bring the rows of these visits' households up to date and mark what moved. The visits are stored.

    Returns the households that must be judged in full: without a row yet for the year of their visit, or
    whose first visit in care this is. `known_on` is the day on which the visits were recorded.
    """
    if not rows:
        return set()
    households = array_of(row.household_id for row in rows)
    days = array_of(row.visited_on for row in rows)
    today: date = timezone.localdate()
    steps = [Step.VISITED.value, Step.VISITED.value]
    left = fetch_prepared(_REFRESH, [today, households, days, *steps, FOLLOW_UP_DAYS, today, known_on])
    transaction.on_commit(call_for_drain)
    return {household for (household,) in left}
