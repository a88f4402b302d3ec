"""Taking a batch back out of the register, set-based, inside the caller's transaction.

What it gave birth to goes, persons it joined are two again, lines it superseded stand again, and everything
else is derived anew. What was built on the batch is not asked here: `casework.services.undoing` does that
before it calls this.
"""

# ruff: noqa: S608 - statements are built from the constants below, values are always parameters
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from ..enums import ImportStatus
from ..models import ImportBatch, Listing, Membership, TargetList
from ..services.derive import derive_households


@dataclass(frozen=True, slots=True)
class Taken:
    """How much a batch brought, and so how much its undo takes back or puts back."""

    households: int
    persons: int
    lines: int
    restored: int


def restored_lines(batch: ImportBatch) -> Taken:
    """What an undo of the batch would take and put back."""
    (row,) = _fetch(_ACCOUNT, batch)
    return Taken(*row)


def lock_batch_households(batch: ImportBatch) -> list[UUID]:
    """Lock, in one order, every household with a line of the batch, and where else its persons live or are
    listed; the ids of those that were known before the batch."""
    _run(batch, _LOCK)
    return [pk for (pk,) in _fetch(_KNOWN, batch)]


def take_back(batch: ImportBatch, *, stamp: datetime | None) -> list[UUID]:
    """Undo the batch in the register; cases and read model of what goes are gone already, households locked.

    Returns the households that stay and may have changed.
    """
    known = {pk for (pk,) in _fetch(_KNOWN, batch)}
    persons = [pk for (pk,) in _fetch(_PERSONS_THAT_STAY, batch)]
    homes = {pk for (pk,) in _fetch(_HOMES, batch)}
    _run(batch, *_TAKE_APART, stamp=stamp, requested=batch.requested_at)
    _run(batch, _BACK_TO, _SUPERSEDE, _RESTORE, _RESTORE_PERSONS, stamp=stamp)
    _run(batch, *_DELETES)
    lists_left_empty(batch)
    changed = derive_households(known | homes, recorded_at=stamp, person_ids=persons)
    _run(batch, _HOMELESS)
    return sorted(known | homes | set(changed))


def lists_left_empty(batch: ImportBatch) -> None:
    """Take away lists on which only undone lines stand, so that the file may come again differently."""
    lists = TargetList.objects.filter(
        kind=batch.kind_id, fiscal_year=batch.fiscal_year, province_code__in=batch.provinces
    )
    undone = ImportBatch.objects.filter(status=ImportStatus.UNDONE).values("pk")
    kept = Q(superseded_at=None) | Q(batch_id=None) | ~Q(Q(batch_id=batch.pk) | Q(batch_id__in=undone))
    for found in lists:
        if Listing.objects.filter(kept, target_list=found).exists():
            continue
        with connection.cursor() as cursor:
            for statement in (_LAST_PERSONS, _LAST_LINES):
                cursor.execute(statement, {"list": found.pk})
        found.delete()


def _fetch(statement: str, batch: ImportBatch) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"batch": batch.pk})
        return cursor.fetchall()


def _run(batch: ImportBatch, *statements: str, **more: Any) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, {"batch": batch.pk, **more})


_NOW = "COALESCE(%(stamp)s::timestamptz, now())"
_BORN = "SELECT id FROM households_household WHERE batch_id = %(batch)s"
_BORN_PERSONS = "SELECT id FROM households_person WHERE batch_id = %(batch)s"
_LINES = "households_listing l WHERE l.batch_id = %(batch)s"
_OF_KNOWN = f"""
    {_LINES} AND NOT EXISTS (
        SELECT FROM households_household h WHERE h.id = l.household_id AND h.batch_id = l.batch_id
    )
"""

_ACCOUNT = f"""
    SELECT (SELECT count(*) FROM ({_BORN}) AS born), (SELECT count(*) FROM ({_BORN_PERSONS}) AS born),
           count(*), count(l.replaces_id)
    FROM {_LINES} AND l.superseded_at IS NULL
"""
_KNOWN = f"SELECT DISTINCT l.household_id FROM {_OF_KNOWN} ORDER BY 1"
_JOINED = "households_joinedperson j WHERE j.batch_id = %(batch)s"
# Whom its lines name, and whom it found to be somebody else.
_PERSONS_THAT_STAY = f"""
    SELECT p.id
    FROM households_listing l
    JOIN households_listedperson lp ON lp.listing_id = l.id
    JOIN households_person p ON p.id = lp.person_id
    WHERE l.batch_id = %(batch)s AND l.superseded_at IS NULL AND p.batch_id IS DISTINCT FROM l.batch_id
    UNION
    SELECT p.id FROM households_person p
    WHERE p.id IN (SELECT j.gone_id FROM {_JOINED}) AND p.batch_id IS DISTINCT FROM %(batch)s
"""
# Where the persons that stay live or are listed, or were before they were joined, apart from households that
# the batch brought.
_HOMES = f"""
    SELECT DISTINCT h.id FROM ({_PERSONS_THAT_STAY}) AS p (id)
    JOIN LATERAL (
        SELECT m.household_id FROM households_membership m
        WHERE m.person_id = p.id AND m.superseded_at IS NULL
        UNION
        SELECT l.household_id FROM households_listedperson lp
        JOIN households_listing l ON l.id = lp.listing_id AND l.superseded_at IS NULL
        WHERE lp.person_id = p.id
        UNION
        SELECT m.household_id FROM households_joinedperson j
        JOIN households_membership m ON m.id = ANY(j.memberships)
        WHERE j.gone_id = p.id
        UNION
        SELECT l.household_id FROM households_joinedperson j
        JOIN households_listedperson lp ON lp.person_id = j.kept_id AND lp.joined_from = j.gone_id
        JOIN households_listing l ON l.id = lp.listing_id AND l.superseded_at IS NULL
        WHERE j.gone_id = p.id
    ) AS home ON TRUE
    JOIN households_household h ON h.id = home.household_id AND h.batch_id IS DISTINCT FROM %(batch)s
"""
_LOCK = f"""
    SELECT h.id FROM households_household h
    WHERE h.id IN (SELECT l.household_id FROM {_LINES}) OR h.id IN ({_HOMES})
    ORDER BY h.id FOR UPDATE
"""

_MEMBERSHIP_COLUMNS = ", ".join(
    field.attname
    for field in Membership._meta.concrete_fields
    if field.name not in {"id", "recorded_at", "superseded_at"}
)
# Days that a person ended by hand since, by moving somebody or letting them leave, end on that day again.
_RESTORED = {"valid_to": "LEAST(m.valid_to, t.until)", "is_head": "m.is_head AND t.until IS NULL"}
_TAKE_APART = (
    f"""
    UPDATE households_listedperson lp SET person_id = j.gone_id, joined_from = NULL
    FROM {_JOINED} AND lp.person_id = j.kept_id AND lp.joined_from = j.gone_id
    """,
    f"""
    INSERT INTO households_membership (id, {_MEMBERSHIP_COLUMNS}, recorded_at)
    SELECT gen_random_uuid(), {", ".join(f"m.{name}" for name in _MEMBERSHIP_COLUMNS.split(", "))}, {_NOW}
    FROM households_membership m JOIN {_JOINED.replace("WHERE", "ON m.id = ANY(j.memberships) WHERE")}
    """,
    f"""
    UPDATE households_person p SET merged_into_id = NULL
    FROM {_JOINED} AND p.id = j.gone_id AND p.merged_into_id = j.kept_id
    """,
    # Where the one with the id lived, and since when, is as it stood when the batch was asked for. What was
    # said by hand since stands: such days have no batch, and whoever came by them ended the others.
    f"""
    WITH ended AS (
        UPDATE households_membership m SET superseded_at = {_NOW}
        FROM {_JOINED} AND m.person_id = j.kept_id AND m.superseded_at IS NULL AND m.batch_id IS NOT NULL
          AND m.recorded_at >= %(requested)s
        RETURNING m.person_id, m.valid_to
    ), told AS (
        SELECT person_id, CASE WHEN bool_and(valid_to IS NOT NULL) THEN max(valid_to) END AS until
        FROM ended GROUP BY person_id
    )
    INSERT INTO households_membership (id, {_MEMBERSHIP_COLUMNS}, recorded_at)
    SELECT gen_random_uuid(),
           {", ".join(_RESTORED.get(name, f"m.{name}") for name in _MEMBERSHIP_COLUMNS.split(", "))}, {_NOW}
    FROM told t JOIN households_membership m ON m.person_id = t.person_id
    WHERE m.batch_id IS DISTINCT FROM %(batch)s
      AND m.recorded_at < %(requested)s AND m.superseded_at >= %(requested)s
      AND (t.until IS NULL OR m.valid_from < t.until)
    """,
    "DELETE FROM households_joinedperson WHERE batch_id = %(batch)s",
)
_BACK_TO = f"""
    CREATE TEMPORARY TABLE import_back_to ON COMMIT DROP AS
    SELECT gen_random_uuid() AS id, l.id AS undone_id, o.id AS old_id
    FROM households_listing o JOIN {_OF_KNOWN.replace("WHERE", "ON l.replaces_id = o.id WHERE", 1)}
      AND l.superseded_at IS NULL
"""
_SUPERSEDE = f"""
    UPDATE households_listing u SET superseded_at = {_NOW}
    WHERE u.id IN (SELECT l.id FROM {_OF_KNOWN} AND l.superseded_at IS NULL)
"""
_LINE_COLUMNS = ", ".join(
    field.attname
    for field in Listing._meta.concrete_fields
    if field.name not in {"id", "recorded_at", "superseded_at"}
)
_RESTORE = f"""
    INSERT INTO households_listing (id, {_LINE_COLUMNS}, recorded_at)
    SELECT b.id, {", ".join(f"o.{name}" for name in _LINE_COLUMNS.split(", "))}, {_NOW}
    FROM import_back_to b JOIN households_listing o ON o.id = b.old_id
"""
_RESTORE_PERSONS = """
    INSERT INTO households_listedperson (listing_id, person_id, raw, joined_from)
    SELECT b.id, p.person_id, p.raw, p.joined_from
    FROM import_back_to b JOIN households_listedperson p ON p.listing_id = b.old_id
    ORDER BY p.id
"""
_DELETES = (
    "DROP TABLE import_back_to",
    f"""
    DELETE FROM households_duplicatepair
    WHERE left_household_id IN ({_BORN}) OR right_household_id IN ({_BORN})
       OR left_id IN ({_BORN_PERSONS}) OR right_id IN ({_BORN_PERSONS})
    """,
    f"""
    DELETE FROM households_listedperson
    WHERE person_id IN ({_BORN_PERSONS})
       OR listing_id IN (SELECT id FROM households_listing WHERE household_id IN ({_BORN}))
    """,
    f"DELETE FROM households_listing WHERE household_id IN ({_BORN})",
    f"DELETE FROM households_membership WHERE household_id IN ({_BORN}) OR person_id IN ({_BORN_PERSONS})",
    f"DELETE FROM households_householdplacement WHERE household_id IN ({_BORN})",
    f"DELETE FROM households_householdscope WHERE household_id IN ({_BORN})",
    f"DELETE FROM households_nationalid WHERE batch_id = %(batch)s OR person_id IN ({_BORN_PERSONS})",
    f"DELETE FROM households_matchkey WHERE person_id IN ({_BORN_PERSONS})",
    "DELETE FROM households_person WHERE batch_id = %(batch)s",
    "DELETE FROM households_household WHERE batch_id = %(batch)s",
)
# Whom the batch alone placed somewhere, and no list names any more.
_HOMELESS = """
    DELETE FROM households_membership m
    WHERE m.batch_id = %(batch)s AND NOT EXISTS (
        SELECT FROM households_listedperson lp JOIN households_listing l ON l.id = lp.listing_id
        WHERE lp.person_id = m.person_id AND l.superseded_at IS NULL
    )
"""
_LAST_PERSONS = """
    DELETE FROM households_listedperson
    WHERE listing_id IN (SELECT id FROM households_listing WHERE target_list_id = %(list)s)
"""
_LAST_LINES = "DELETE FROM households_listing WHERE target_list_id = %(list)s"
