"""Days until a household is due again, stage by stage, as a province sets them; due days follow at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Stage
from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit
from povertyops.common.errors import InvalidInput

from ..models import FollowUpInterval
from ..rules import FOLLOW_UP_DAYS, INTERVAL_ROLES, follow_up_days
from .guards import require_role

SHORTEST, LONGEST = 1, 365

# The last standing visit by the day the row stands at decides, as in `judging._due_on`.
_DUE = """
    WITH wanted AS (
        SELECT s.id, s.due_on AS before,
               CASE WHEN v.next_visit_on IS NOT NULL THEN v.next_visit_on
               ELSE COALESCE(v.visited_on, GREATEST(a.valid_from, c.opened_on)) + n.days END AS due_on
        FROM casework_cohortstate s
        JOIN unnest(%(stages)s::smallint[], %(days)s::integer[]) AS n (stage, days) ON n.stage = s.stage
        CROSS JOIN LATERAL (
            SELECT LEAST(%(today)s::date, make_date(s.fiscal_year - 543, 9, 30)) AS stands_at
        ) d
        JOIN LATERAL (
            SELECT k.opened_on FROM casework_case k
            WHERE k.household_id = s.household_id AND k.opened_on <= d.stands_at
            ORDER BY k.opened_on DESC, k.recorded_at DESC, k.id DESC LIMIT 1
        ) c ON TRUE
        LEFT JOIN LATERAL (
            SELECT v.visited_on, v.next_visit_on FROM casework_visit v
            WHERE v.household_id = s.household_id AND v.visited_on <= d.stands_at AND NOT v.is_void
              AND NOT EXISTS (SELECT FROM casework_visit later WHERE later.amends_id = v.id)
            ORDER BY v.visited_on DESC, v.visited_at DESC, v.recorded_at DESC, v.id DESC LIMIT 1
        ) v ON TRUE
        LEFT JOIN LATERAL (
            SELECT f.valid_from FROM casework_assignment f
            WHERE f.household_id = s.household_id AND f.valid_from <= d.stands_at
              AND (f.valid_to IS NULL OR f.valid_to > d.stands_at)
            ORDER BY f.valid_from DESC, f.recorded_at DESC, f.id DESC LIMIT 1
        ) a ON TRUE
        WHERE s.province_code = %(province)s AND s.is_open
    ), moved AS (
        UPDATE casework_cohortstate s SET due_on = w.due_on, since = %(today)s::date FROM wanted w
        WHERE s.id = w.id AND w.due_on IS DISTINCT FROM w.before
        RETURNING s.household_id, s.fiscal_year, s.area_code,
                  CASE WHEN s.is_municipal THEN s.centre_id END AS centre_id
    ), marks AS (
        INSERT INTO common_dirtymark (fiscal_year, area_code, centre_id)
        SELECT DISTINCT fiscal_year, area_code, centre_id FROM moved ORDER BY 1, 2, 3
    )
    SELECT count(DISTINCT household_id) FROM moved
"""


def set_intervals(*, actor: Actor, province_code: str, days: Mapping[Stage, int | None]) -> int:
    """Set a province's days per stage (None: as everywhere); returns how many due days moved.

    One transaction, one statement for all households; side effects: audit row, dirty marks.
    """
    require_role(actor, INTERVAL_ROLES)
    if not actor.is_system and province_code != actor.province_code:
        raise InvalidInput("elsewhere", _("กำหนดได้เฉพาะจังหวัดของท่าน"))
    for stage, number in days.items():
        if number is not None and not SHORTEST <= number <= LONGEST:
            message = _("จำนวนวันต้องอยู่ระหว่าง %(first)d ถึง %(last)d") % {"first": SHORTEST, "last": LONGEST}
            raise InvalidInput("bad_days", message, field=stage.code)
    with transaction.atomic():
        # One at a time in a province: the rows and the due days must tell the same story.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"intervals:{province_code}"])
        before = own_days(province_code)
        changes = {
            stage: [before.get(stage), number]
            for stage, number in days.items()
            if before.get(stage) != number
        }
        if not changes:
            return 0
        _store(province_code, {stage: new for stage, (_old, new) in changes.items()})
        audit(
            actor,
            "intervals.set",
            object_type="province",
            object_id=province_code,
            province_code=province_code,
            changes={stage.code: change for stage, change in changes.items()},
        )
        return _recompute(actor, province_code, list(changes))


def own_days(province_code: str) -> dict[Stage, int]:
    """What a province has set itself; the empty code: what holds everywhere."""
    rows = FollowUpInterval.objects.filter(province_code=province_code).values_list("stage", "days")
    return {Stage(stage): days for stage, days in rows}


def days_everywhere(stage: Stage) -> int:
    return own_days("").get(stage, FOLLOW_UP_DAYS)


def _store(province_code: str, days: Mapping[Stage, int | None]) -> None:
    gone = [stage for stage, number in days.items() if number is None]
    FollowUpInterval.objects.filter(province_code=province_code, stage__in=gone).delete()
    FollowUpInterval.objects.bulk_create(
        [
            FollowUpInterval(province_code=province_code, stage=stage, days=number)
            for stage, number in days.items()
            if number is not None
        ],
        update_conflicts=True,
        unique_fields=["province_code", "stage"],
        update_fields=["days"],
    )


def _recompute(actor: Actor, province_code: str, stages: list[Stage]) -> int:
    rows = list(FollowUpInterval.objects.values_list("province_code", "stage", "days"))
    values: dict[str, Any] = {
        "province": province_code,
        "today": actor.today(),
        "stages": [int(stage) for stage in stages],
        "days": [follow_up_days(rows, province_code, stage) for stage in stages],
    }
    with connection.cursor() as cursor:
        cursor.execute(_DUE, values)
        return int(cursor.fetchone()[0])
