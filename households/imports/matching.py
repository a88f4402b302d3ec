"""Who of a file is in the register already: set-based, over the staging tables, and safe to run again.

A household is found by its house code, else by its members' ids, else by village, house number and head; a
person by the blind index, else by name and birthday within the household. No household of the register is
taken for two of the file.
"""

# ruff: noqa: S608 - statements are built from the constants below, values are always parameters
from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Left

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.common.crypto import open_sealed
from povertyops.common.nid import mask

from ..access import scope_q
from ..models import HouseholdScope, ImportBatch, ImportHousehold, ImportRow, Listing

Found = list[tuple[int, int, str]]
"""Household number, sheet row and the value to show, ids masked."""


def match_register(batch: ImportBatch, *, again: bool) -> None:
    """Find the households and persons of the file in the register; `again` forgets an earlier answer
    first."""
    if again:
        _run(batch, *_FORGET)
    else:
        refresh_statistics(batch)
    _run(batch, _BY_HOUSE_CODE, _BY_MEMBERS, _BY_ADDRESS, _PERSONS_BY_ID, _PERSONS_BY_NAME)


def refresh_statistics(batch: ImportBatch) -> None:
    """Tell the planner about rows that have just come in by COPY; without it large files get slow plans."""
    if batch.rows > 2_000:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                ANALYZE households_importhousehold (batch_id, number, house_code, area_code, house_no,
                match_id),
                        households_importrow (batch_id, number, blind_index, match_id)
                """
            )


def members_of_other_households(batch: ImportBatch) -> Found:
    """Rows whose person lives, by the register, in a household that this one was not found to be."""
    with connection.cursor() as cursor:
        cursor.execute(_ELSEWHERE, {"batch": batch.pk})
        rows = cursor.fetchall()
    return [
        (number, row, mask(open_sealed(key_id, bytes(sealed), row_id.bytes)))
        for number, row, row_id, key_id, sealed in rows
    ]


def households_out_of_reach(actor: Actor, batch: ImportBatch) -> Found:
    """Households of the file that the register knows where this actor may not write."""
    if actor.is_system:
        return []
    staged = ImportHousehold.objects.filter(batch=batch, is_applied=False, match_id__isnull=False)
    scopes = HouseholdScope.objects.filter(household_id__in=staged.values("match_id"))
    within = scopes.filter(scope_q(actor))
    if actor.role is Role.DISTRICT_OFFICER:
        within = within.filter(is_municipal=False)
    out = scopes.exclude(pk__in=within.values("pk")).values("household_id")
    return list(staged.filter(match_id__in=out).values_list("number", "first_row", "house_code"))


def hold_back(batch: ImportBatch, numbers: Iterable[int]) -> None:
    """Mark households as held back."""
    ImportHousehold.objects.filter(batch=batch, number__in=list(numbers)).update(is_held=True)


def tell_outcomes(batch: ImportBatch) -> None:
    """New, known or changed, for every household that is not held back."""
    _run(batch, _OUTCOMES)


def count_left(batch: ImportBatch) -> int:
    """Households on the same kind of list of the year before, in the subdistricts the file covers, not in
    the file.

    Nothing is told for a mended file: it holds a few households only.
    """
    return 0 if batch.is_mended else left_households(batch).count()


def left_households(batch: ImportBatch) -> QuerySet[Listing, UUID]:
    """The households that `count_left` counts."""
    staged = ImportHousehold.objects.filter(batch=batch)
    subdistricts = staged.exclude(area_code="").annotate(place=Left("area_code", 6)).values("place")
    lines = Listing.objects.filter(
        target_list__kind=batch.kind_id, target_list__fiscal_year=batch.fiscal_year - 1, superseded_at=None
    )
    return (
        lines.annotate(place=Left("area_code", 6))
        .filter(place__in=subdistricts)
        .exclude(household_id__in=staged.filter(match_id__isnull=False).values("match_id"))
        .values_list("household_id", flat=True)
    )


def count_outcomes(batch: ImportBatch) -> dict[str, int]:
    """The counts of the report that follow from the staging tables."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"batch": batch.pk})
        names = [column.name for column in cursor.description]
        return dict(zip(names, cursor.fetchone(), strict=True))


def same_persons_with_new_ids(batch: ImportBatch, first: int, last: int) -> list[tuple[Any, ...]]:
    """Rows of a range of households that bring the id of a known person who had none:
    (row id, person id, blind index, key id, sealed)."""
    rows = ImportRow.objects.filter(
        batch=batch, number__range=(first, last), match_id__isnull=False, blind_index__isnull=False
    ).extra(where=["NOT EXISTS (SELECT 1 FROM households_nationalid n WHERE n.person_id = match_id)"])
    return list(rows.values_list("id", "match_id", "blind_index", "key_id", "sealed"))


def _run(batch: ImportBatch, *statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, _parameters(batch))


def _parameters(batch: ImportBatch) -> dict[str, Any]:
    return {"batch": batch.pk, "kind": batch.kind_id, "year": batch.fiscal_year}


_FORGET = (
    """
    UPDATE households_importhousehold SET match_id = NULL
    WHERE batch_id = %(batch)s AND NOT is_applied AND match_id IS NOT NULL
    """,
    """
    UPDATE households_importrow r SET match_id = NULL FROM households_importhousehold s
    WHERE s.batch_id = %(batch)s AND NOT s.is_applied AND r.batch_id = s.batch_id AND r.number = s.number
      AND r.match_id IS NOT NULL
    """,
)

# Each of the three takes, of all possible pairs, those that are the best for both sides.
_CLAIM = """
    UPDATE households_importhousehold s SET match_id = best.household_id
    FROM (
        SELECT id, household_id FROM (
            SELECT pair.*,
                   row_number() OVER (PARTITION BY pair.id ORDER BY score DESC, household_id) AS choice,
                   row_number() OVER (PARTITION BY household_id ORDER BY score DESC, number) AS turn
            FROM ({pairs}) AS pair
        ) AS ranked WHERE choice = 1 AND turn = 1
    ) AS best
    WHERE s.id = best.id
"""
_UNCLAIMED = """
    NOT EXISTS (SELECT 1 FROM households_importhousehold c WHERE c.batch_id = %(batch)s AND c.match_id = h.id)
"""

_BY_HOUSE_CODE = _CLAIM.format(
    pairs="""
        SELECT s.id, s.number, h.id AS household_id,
               2 * (h.sort_key = s.sort_key)::int + (h.area_code = s.area_code)::int AS score
        FROM households_importhousehold s
        JOIN households_household h ON h.house_code = s.house_code AND h.house_code <> ''
             AND (h.province_code = s.province_code OR s.province_code = '')
        WHERE s.batch_id = %(batch)s AND NOT s.is_applied AND s.house_code <> ''
    """
)

# One member alone may have moved out to the new household; the head, or half of the family, has not. Where
# both
# have a house code and the codes differ, both must speak for it.
_BY_MEMBERS = _CLAIM.format(
    pairs=f"""
        SELECT s.id, s.number, h.id AS household_id, count(*) AS score
        FROM households_importhousehold s
        JOIN households_importrow r ON r.batch_id = s.batch_id AND r.number = s.number
        JOIN households_nationalid n ON n.blind_index = r.blind_index
        JOIN households_membership m
             ON m.person_id = n.person_id AND m.valid_to IS NULL AND m.superseded_at IS NULL
        JOIN households_household h ON h.id = m.household_id AND h.province_code = s.province_code
        WHERE s.batch_id = %(batch)s AND NOT s.is_applied AND s.match_id IS NULL AND {_UNCLAIMED}
        GROUP BY s.id, s.number, s.persons, s.house_code, h.id, h.house_code
        HAVING CASE WHEN s.house_code <> '' AND h.house_code <> ''
                    THEN bool_or(r.is_head AND m.is_head) AND 2 * count(*) > s.persons
                    ELSE bool_or(r.is_head AND m.is_head) OR 2 * count(*) >= s.persons END
    """
)

_BY_ADDRESS = _CLAIM.format(
    pairs=f"""
        SELECT s.id, s.number, h.id AS household_id, 1 AS score
        FROM households_importhousehold s
        JOIN households_household h ON h.area_code = s.area_code AND h.house_no = s.house_no
             AND h.sort_key = s.sort_key AND (h.house_code = '' OR s.house_code = '')
        WHERE s.batch_id = %(batch)s AND NOT s.is_applied AND s.match_id IS NULL AND s.house_no <> ''
          AND {_UNCLAIMED}
    """
)

_PERSONS_BY_ID = """
    UPDATE households_importrow r SET match_id = n.person_id
    FROM households_nationalid n, households_importhousehold s
    WHERE r.batch_id = %(batch)s AND n.blind_index = r.blind_index
      AND s.batch_id = r.batch_id AND s.number = r.number AND NOT s.is_applied
"""

_PERSONS_BY_NAME = """
    UPDATE households_importrow r SET match_id = pair.person_id
    FROM (
        SELECT r.id, p.id AS person_id,
               row_number() OVER (PARTITION BY r.id ORDER BY m.position, p.id) AS choice,
               row_number() OVER (PARTITION BY p.id ORDER BY r.row) AS turn
        FROM households_importhousehold s
        JOIN households_importrow r ON r.batch_id = s.batch_id AND r.number = s.number AND r.match_id IS NULL
        JOIN households_membership m
             ON m.household_id = s.match_id AND m.valid_to IS NULL AND m.superseded_at IS NULL
        JOIN households_person p ON p.id = m.person_id AND p.search_key = r.search_key
             AND p.birth_date IS NOT DISTINCT FROM r.birth_date
        WHERE s.batch_id = %(batch)s AND NOT s.is_applied AND s.match_id IS NOT NULL
          AND NOT EXISTS (
              SELECT 1 FROM households_importrow o
              WHERE o.batch_id = r.batch_id AND o.number = r.number AND o.match_id = p.id
          )
          AND (r.blind_index IS NULL OR NOT EXISTS (
              SELECT 1 FROM households_nationalid n WHERE n.person_id = p.id
          ))
    ) AS pair
    WHERE r.id = pair.id AND pair.choice = 1 AND pair.turn = 1
"""

_ELSEWHERE = """
    SELECT r.number, r.row, r.id, r.key_id, r.sealed
    FROM households_importhousehold s
    JOIN households_importrow r
         ON r.batch_id = s.batch_id AND r.number = s.number AND r.blind_index IS NOT NULL
    JOIN households_membership m
         ON m.person_id = r.match_id AND m.valid_to IS NULL AND m.superseded_at IS NULL
    WHERE s.batch_id = %(batch)s AND NOT s.is_applied AND m.household_id IS DISTINCT FROM s.match_id
    ORDER BY r.row
"""

_OUTCOMES = """
    UPDATE households_importhousehold s SET listing_id = found.listing_id, outcome = found.outcome
    FROM (
        SELECT i.id, l.id AS listing_id,
               CASE WHEN i.is_held THEN '' WHEN i.match_id IS NULL THEN 'new'
                    WHEN l.content_hash <> i.content_hash THEN 'changed' ELSE 'known' END AS outcome
        FROM households_importhousehold i
        LEFT JOIN households_targetlist t
             ON t.kind_id = %(kind)s AND t.fiscal_year = %(year)s AND t.province_code = i.province_code
        LEFT JOIN households_listing l
             ON l.target_list_id = t.id AND l.household_id = i.match_id AND l.superseded_at IS NULL
        WHERE i.batch_id = %(batch)s AND NOT i.is_applied
    ) AS found
    WHERE s.id = found.id
      AND (s.outcome <> found.outcome OR s.listing_id IS DISTINCT FROM found.listing_id)
"""

_COUNTS = """
    SELECT count(*) AS households,
           count(*) FILTER (WHERE outcome = 'new') AS new,
           count(*) FILTER (WHERE outcome = 'known') AS known,
           count(*) FILTER (WHERE outcome = 'known' AND listing_id IS NULL) AS listed,
           count(*) FILTER (WHERE outcome = 'changed') AS changed,
           count(*) FILTER (WHERE is_held) AS held_back
    FROM households_importhousehold WHERE batch_id = %(batch)s
"""
