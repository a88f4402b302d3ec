"""The short end of a write for visits that bring no evidence: only what the read model says of visits moves.

A visit without help, checks, answers or findings cannot change a stage or a dimension. What it changes (how
many visits, the last one, when the household is due) is brought up to date in one statement for a whole
batch, with the same result as `after_write`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from povertyops.common.dirty import mark_dirty
from povertyops.common.prepared import fetch_prepared

from ..inputs import VisitInput
from ..models import Visit
from ..rules import FOLLOW_UP_DAYS

# `day` is the day a row stands at; the last visit by then is sought among all that stand, also the new ones.
_REFRESH = """
    WITH new AS (
        SELECT household_id, visited_on FROM unnest(%s::uuid[], %s::date[]) AS t (household_id, visited_on)
    ), touched AS (
        SELECT household_id, min(visited_on) AS first_on FROM new GROUP BY household_id
    ), rows AS (
        SELECT c.id, c.household_id, c.province_code, c.stage, c.is_open,
               make_date(c.fiscal_year - 544, 10, 1) AS first_day,
               least(%s::date, make_date(c.fiscal_year - 543, 9, 30)) AS day
        FROM casework_cohortstate c JOIN touched t ON t.household_id = c.household_id
        WHERE make_date(c.fiscal_year - 543, 9, 30) >= t.first_on
    ), figures AS (
        SELECT r.id, last.visited_on AS last_visit_on,
               (SELECT count(*) FROM new n WHERE n.household_id = r.household_id
                AND n.visited_on BETWEEN r.first_day AND r.day) AS visits,
               CASE WHEN r.is_open THEN coalesce(last.next_visit_on, last.visited_on + coalesce(
                   (SELECT f.days FROM casework_followupinterval f
                    WHERE f.stage = r.stage AND f.province_code IN ('', r.province_code)
                    ORDER BY f.province_code DESC LIMIT 1), %s::integer)) END AS due_on
        FROM rows r CROSS JOIN LATERAL (
            SELECT v.visited_on, v.next_visit_on FROM casework_visit v
            WHERE v.household_id = r.household_id AND v.visited_on <= r.day AND NOT v.is_void
              AND NOT EXISTS (SELECT FROM casework_visit later WHERE later.amends_id = v.id)
            ORDER BY v.visited_on DESC, v.visited_at DESC, v.recorded_at DESC, v.id DESC LIMIT 1
        ) last
    )
    UPDATE casework_cohortstate c
    SET visits = c.visits + f.visits, last_visit_on = f.last_visit_on, due_on = f.due_on
    FROM figures f
    WHERE c.id = f.id
      AND (f.visits > 0 OR (c.last_visit_on, c.due_on) IS DISTINCT FROM (f.last_visit_on, f.due_on))
    RETURNING c.fiscal_year, c.area_code, CASE WHEN c.is_municipal THEN c.centre_id END
"""


def is_plain(visit: VisitInput) -> bool:
    """Whether the visit brings nothing that the stage rule or the checks of persons look at."""
    return not (visit.helps or visit.verifications or visit.answers or visit.self_solved or visit.amends)


def note_plain_visits(rows: Sequence[Visit]) -> None:
    """Bring the rows of these visits' households up to date and mark what moved. The visits are stored."""
    if not rows:
        return
    households, days = [row.household_id for row in rows], [row.visited_on for row in rows]
    today: date = timezone.localdate()
    moved = fetch_prepared(_REFRESH, [households, days, today, FOLLOW_UP_DAYS])
    if moved:
        mark_dirty({(year, area, centre) for year, area, centre in moved})
