"""Which offices see a household: written down in its scope row, so that access asks nobody above it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import connection

from dimensions.enums import BITS
from povertyops.areas.enums import CentreKind

from ..enums import ReferralStatus
from ..referral_rules import seen_from

_BIT = " ".join(f"WHEN '{dimension.value}' THEN {bit}" for dimension, bit in BITS.items())

_TOUCHED = """(s.office_ids <> '{}' OR EXISTS (SELECT FROM casework_referral o
               WHERE o.household_id = s.household_id))"""


def _offices(which: str) -> str:
    """(household, offices that see it) of some scope rows.

    Open referrals count, and those done in the current and the previous fiscal year: for the office itself
    and for the lead office of the dimension, which oversees them.
    """
    return f"""
        SELECT s.household_id,
               coalesce(array_agg(DISTINCT c.id ORDER BY c.id) FILTER (WHERE c.id IS NOT NULL), '{{}}')
        FROM households_householdscope s
        LEFT JOIN casework_referral r ON r.household_id = s.household_id
             AND (r.status IN ('{ReferralStatus.SENT}', '{ReferralStatus.ACCEPTED}')
                  OR r.status = '{ReferralStatus.DONE}' AND r.finished_on >= %(seen_from)s)
        LEFT JOIN areas_centre c ON c.kind = '{CentreKind.OFFICE}' AND c.province_code = r.province_code
             AND (c.id = r.office_id OR c.leads & CASE r.dimension {_BIT} END > 0)
        WHERE {which}
        GROUP BY s.household_id
    """  # noqa: S608 - choices and conditions of this file


def refresh_office_reach(household_ids: Collection[UUID], *, today: date) -> int:
    """Put right the scope rows of these households, in the transaction of the write; how many changed."""
    return _refresh("s.household_id = ANY(%(households)s)", today, households=list(household_ids))


def refresh_office_reach_of_province(province_code: str, *, today: date) -> int:
    """After an office began or ceased to lead a dimension."""
    return _refresh(f"s.province_code = %(province)s AND {_TOUCHED}", today, province=province_code)


def refresh_all_office_reach(*, today: date) -> int:
    """Nightly: on 1 October what was finished long ago leaves the sight of offices."""
    return _refresh(_TOUCHED, today)


def wrong_office_reach(*, today: date) -> list[UUID]:
    """Households whose scope row disagrees with their referrals; empty when all is well."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT s.household_id FROM ({_offices(_TOUCHED)}) AS n (household_id, ids)
                JOIN households_householdscope s USING (household_id) WHERE s.office_ids <> n.ids""",  # noqa: S608
            {"seen_from": seen_from(today)},
        )
        return [row[0] for row in cursor.fetchall()]


def _refresh(which: str, today: date, **values: str | list[UUID]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE households_householdscope AS t SET office_ids = n.ids
                FROM ({_offices(which)}) AS n (household_id, ids)
                WHERE t.household_id = n.household_id AND t.office_ids <> n.ids""",  # noqa: S608
            {"seen_from": seen_from(today), **values},
        )
        return cursor.rowcount
