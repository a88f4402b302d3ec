"""Households that were in a person's hands when a record was made, though they are out of sight by now.

A phone that was offline cannot know that an assignment ended. What was made while the person's team still
held the household, or within the life of what the phone had taken along, is taken and marked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from povertyops.accounts.actor import Actor, system_actor
from povertyops.accounts.enums import FIELD_ROLES, Role

from ..access import Workable, households_to_work_on
from ..arrival import KIT_LIFE


@dataclass(frozen=True, slots=True)
class Claim:
    """A record that came for a household, made at `moment` by the server's clock."""

    household_id: UUID
    moment: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """Through which team the household was held, and whether that is over."""

    team_id: UUID | None
    is_over: bool


# A mentor held what the team was assigned, a subdistrict team what lived in the areas it covers. Of a
# household that was merged into another one some assignments stand there, some stayed with it.
_HELD = """
    WITH claim AS (
        SELECT c.*, coalesce(h.merged_into_id, c.household_id) AS stands_on
        FROM unnest(%(households)s::uuid[], %(moments)s::timestamptz[], %(days)s::date[])
            AS c (household_id, moment, day) LEFT JOIN households_household h ON h.id = c.household_id
    ), post AS (
        SELECT a.centre_id, a.role, a.valid_from, a.valid_to, a.revoked_at,
               a.revoked_at IS NOT NULL OR coalesce(a.valid_to < %(today)s, FALSE) AS is_over
        FROM accounts_appointment a WHERE a.user_id = %(user)s AND a.role = ANY(%(roles)s)
    ), held AS (
        SELECT c.household_id, c.moment, s.team_id, p.is_over OR s.valid_to IS NOT NULL AS is_over
        FROM claim c JOIN casework_assignment s ON s.household_id IN (c.household_id, c.stands_on)
        JOIN post p ON p.centre_id = s.team_id AND p.role = %(mentor)s
        WHERE s.valid_from <= c.day
          AND (s.valid_to IS NULL OR s.valid_to + %(life)s::interval >= c.day
               OR s.end_recorded_at + %(life)s::interval >= c.moment)
          AND p.valid_from <= c.day AND (p.valid_to IS NULL OR p.valid_to >= c.day)
          AND (p.revoked_at IS NULL OR p.revoked_at >= c.moment)
        UNION ALL
        SELECT c.household_id, c.moment, NULL, p.is_over OR l.valid_to IS NOT NULL
        FROM claim c JOIN households_householdplacement l
          ON l.household_id IN (c.household_id, c.stands_on) AND l.superseded_at IS NULL
        JOIN post p ON p.role <> %(mentor)s
        JOIN areas_centrecoverage v ON v.centre_id = p.centre_id AND starts_with(l.area_code, v.area_id)
        WHERE l.valid_from <= c.day AND (l.valid_to IS NULL OR l.valid_to + %(life)s::interval >= c.day)
          AND p.valid_from <= c.day AND (p.valid_to IS NULL OR p.valid_to >= c.day)
          AND (p.revoked_at IS NULL OR p.revoked_at >= c.moment)
    )
    SELECT DISTINCT ON (household_id, moment) household_id, moment, team_id, is_over
    FROM held ORDER BY household_id, moment, is_over, team_id
"""


def held_then(actor: Actor, claims: Iterable[Claim]) -> dict[Claim, Held]:
    """Those of the claims whose household was in the actor's hands at that moment; one query."""
    asked = {claim for claim in claims if claim.moment.tzinfo is not None}
    if not asked or actor.user_id is None:
        return {}
    parameters: dict[str, Any] = {
        "households": [claim.household_id for claim in asked],
        "moments": [claim.moment for claim in asked],
        "days": [timezone.localdate(claim.moment) for claim in asked],
        "user": actor.user_id,
        "today": actor.today(),
        "roles": sorted(FIELD_ROLES),
        "mentor": Role.MENTOR,
        "life": KIT_LIFE,
    }
    with connection.cursor() as cursor:
        cursor.execute(_HELD, parameters)
        return {Claim(row[0], row[1]): Held(row[2], row[3]) for row in cursor.fetchall()}


def households_beyond_sight(ids: Iterable[UUID]) -> dict[UUID, Workable]:
    """Households, locked, whoever may see them now: for whom `held_then` or an own record gave the right."""
    wanted = set(ids)
    return households_to_work_on(system_actor(), wanted, follow_merged=True) if wanted else {}
