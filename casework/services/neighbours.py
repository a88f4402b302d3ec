"""Households that a write may reach beside its own: where the same people live or are listed, too."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from households.models import Household
from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit_many

_LOCK = """
    WITH people AS (
        SELECT m.person_id FROM households_membership m
        WHERE m.household_id = ANY(%(homes)s::uuid[]) AND m.superseded_at IS NULL
        UNION
        SELECT p.person_id FROM households_listedperson p
        JOIN households_listing l ON l.id = p.listing_id AND l.superseded_at IS NULL
        WHERE l.household_id = ANY(%(homes)s::uuid[])
        UNION
        SELECT unnest(%(persons)s::uuid[])
    )
    SELECT h.id FROM households_household h
    WHERE h.id IN (
        SELECT unnest(%(homes)s::uuid[])
        UNION
        SELECT m.household_id FROM people
        JOIN households_membership m USING (person_id) WHERE m.superseded_at IS NULL
        UNION
        SELECT l.household_id FROM people
        JOIN households_listedperson p USING (person_id)
        JOIN households_listing l ON l.id = p.listing_id AND l.superseded_at IS NULL
    )
    ORDER BY h.id FOR UPDATE
"""


def lock_with_neighbours(household_ids: Iterable[UUID], person_ids: Collection[UUID] = ()) -> list[UUID]:
    """Lock these households and all others in which their people, or these persons, live or stand on a list.

    All of them in the order of their ids, as imports do, so that nobody waits for each other in a circle. The
    caller has asked whether the actor may. Returns the others.
    """
    homes = sorted(set(household_ids))
    with connection.cursor() as cursor:
        values = {"homes": [str(pk) for pk in homes], "persons": [str(pk) for pk in person_ids]}
        cursor.execute(_LOCK, values)
        return [pk for (pk,) in cursor.fetchall() if pk not in homes]


def audit_reached(
    actor: Actor,
    action: str,
    *,
    object_type: str,
    object_id: UUID,
    household_ids: Collection[UUID],
    changes: dict[str, Any],
) -> None:
    """One audit row on each of these households, under the province of each."""
    rows = Household.objects.filter(pk__in=household_ids).order_by("pk").values_list("pk", "province_code")
    audit_many(
        actor,
        action,
        object_type=object_type,
        rows=[(object_id, pk, province, changes) for pk, province in rows],
    )
