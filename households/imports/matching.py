"""Who of a file is in the register already: set-based, over the staging tables, and safe to run again.

A household is found by its house code, else by its members' ids, else by village, house number and head; a
person by the blind index, else by name and birthday within the household. No household of the register is
taken for two of the file. Lines are compared with lines, never with what a household is called in the
end, and what makes two of them alike does so from both sides: so it does not matter which list came first.
What was merged into another counts as the other; where the file names both, `joining` makes one line of them.
"""

# ruff: noqa: S608 - statements are built from the constants below, values are always parameters
from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.common.crypto import open_sealed
from povertyops.common.nid import mask

from ..access import scope_q
from ..models import HouseholdScope, ImportBatch, ImportFault, ImportHousehold, ImportRow
from .joining import HeldLine, count_persons, hold_together, join_lines, part_again

FEW_ROWS = 200
WAITS_FOR_OTHER = "held_with_other"
SMALL_REGISTER = 50_000
STAGING = (
    "households_importhousehold (batch_id, number, house_code, area_code, house_no, match_id, is_applied)",
    "households_importrow (batch_id, number, blind_index, match_id)",
)
REGISTER = tuple(
    f"households_{table}"
    for table in ("household", "person", "nationalid", "membership", "listing", "listedperson", "targetlist")
)

Found = list[tuple[int, int, str]]
"""Household number, sheet row and the value to show, ids masked."""


def match_register(batch: ImportBatch, *, again: bool) -> None:
    """Find the households and persons of the file in the register; `again`: instead of an earlier answer."""
    if again:
        part_again(batch)
    else:
        refresh_statistics(batch)
    for step in (_BY_HOUSE_CODE, _BY_MEMBERS, _BY_RESIDENTS, _BY_ADDRESS):
        if _run(batch, step) > FEW_ROWS:
            _analyze(*STAGING)  # taken for none, what is claimed would be run through for every pair
    join_lines(batch, _MEMBERS_SAY_SO)
    _run(batch, _PERSONS_BY_ID)
    if batch.rows > FEW_ROWS:
        _analyze(*STAGING)  # which of them are matched is new, too
    _run(batch, _PERSONS_BY_NAME)
    count_persons(batch)


def refresh_statistics(batch: ImportBatch) -> None:
    """Tell the planner about rows that have just come in by COPY; without it large files get slow plans.

    A register that seems small may have grown since anybody looked, and taken for empty it would be joined
    every row with every row; of a large one PostgreSQL knows itself.
    """
    if batch.rows > FEW_ROWS:
        _analyze(*STAGING)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'households_listedperson'::regclass")
        if cursor.fetchone()[0] < SMALL_REGISTER:
            _analyze(*REGISTER)


def _analyze(*tables: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}")


def members_of_other_households(batch: ImportBatch) -> Found:
    """Rows whose person lives, by the register, in a household of another province."""
    return _elsewhere(batch, _IN_ANOTHER_PROVINCE)


def members_of_neighbours(batch: ImportBatch) -> Found:
    """Rows whose person lives, by the register, in another household of the province: no fault."""
    return _elsewhere(batch, _NEXT_DOOR)


def _elsewhere(batch: ImportBatch, statement: str) -> Found:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"batch": batch.pk})
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


def let_in_waiting(batch: ImportBatch) -> set[int]:
    """Hold back no more what had no fault of its own, and waited for a household with which it was to go in;
    the numbers of these.

    Whether it still does is asked again (`tell_outcomes`). What was applied, or passed over, stays so.
    """
    faults = ImportFault.objects.filter(batch=batch, is_notice=False)
    waited = faults.filter(code=WAITS_FOR_OTHER).exclude(
        number__in=faults.exclude(code=WAITS_FOR_OTHER).values("number")
    )
    lines = ImportHousehold.objects.filter(batch=batch, is_applied=False, is_held=True)
    numbers = set(lines.filter(number__in=waited.values("number")).values_list("number", flat=True))
    if numbers:
        lines.filter(number__in=numbers).update(is_held=False)
        faults.filter(code=WAITS_FOR_OTHER, number__in=numbers).delete()
    return numbers


def tell_outcomes(batch: ImportBatch) -> list[HeldLine]:
    """New, known, changed or joined, for every household that is not held back; those that now are because
    another with which they go in is."""
    held = hold_together(batch)
    _run(batch, _OUTCOMES)
    return held


def count_outcomes(batch: ImportBatch) -> dict[str, int]:
    """The counts of the report that follow from the staging tables; who is joined into another is known."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"batch": batch.pk})
        names = [column.name for column in cursor.description]
        return dict(zip(names, cursor.fetchone(), strict=True))


def same_persons_with_new_ids(batch: ImportBatch, first: int, last: int) -> list[tuple[Any, ...]]:
    """Rows of a range of households that bring the id of a known person who had none:
    (row id, person id, blind index, key id, sealed)."""
    rows = ImportRow.objects.filter(
        batch=batch, number__range=(first, last), match_id__isnull=False, blind_index__isnull=False
    ).extra(
        where=[
            """NOT EXISTS (SELECT 1 FROM households_nationalid n
        WHERE n.person_id = match_id OR n.blind_index = households_importrow.blind_index)"""
        ]
    )
    return list(rows.values_list("id", "match_id", "blind_index", "key_id", "sealed"))


def _run(batch: ImportBatch, statement: str) -> int:
    """How many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, _parameters(batch))
        return cursor.rowcount


def _parameters(batch: ImportBatch) -> dict[str, Any]:
    return {"batch": batch.pk, "kind": batch.kind_id, "year": batch.fiscal_year}


# Each step takes, of all possible pairs, those that are the best for both sides. Ties are decided by what the
# households are, never by ids.
_BEST = """
        SELECT id, household_id FROM (
            SELECT pair.id, pair.household_id,
                   row_number() OVER (PARTITION BY pair.id ORDER BY score DESC, h.house_code, h.sort_key,
                                      h.area_code, h.house_no, pair.household_id) AS choice,
                   row_number() OVER (PARTITION BY pair.household_id ORDER BY score DESC, i.house_code,
                                      i.sort_key, i.area_code, i.house_no, i.number) AS turn
            FROM ({pairs}) AS pair
            JOIN households_household h ON h.id = pair.household_id
            JOIN households_importhousehold i ON i.id = pair.id
        ) AS ranked WHERE choice = 1 AND turn = 1
"""
# The first step forgets what was found before: it answers for every household, and writes where that is new.
# Its answer is grouped, not joined: joined, the planner would take it for one row and run through it again
# and again.
_CLAIM_ANEW = f"""
    UPDATE households_importhousehold s SET match_id = told.household_id
    FROM (
        SELECT id, (array_agg(household_id) FILTER (WHERE household_id IS NOT NULL))[1] AS household_id
        FROM (
            SELECT best.id, best.household_id FROM ({_BEST}) AS best
            UNION ALL
            SELECT id, NULL FROM households_importhousehold WHERE batch_id = %(batch)s AND NOT is_applied
        ) AS answers GROUP BY id
    ) AS told
    WHERE s.id = told.id AND s.match_id IS DISTINCT FROM told.household_id
"""
# The next ones answer for those that are left.
_CLAIM = f"""
    WITH claimed AS MATERIALIZED (
        SELECT match_id FROM households_importhousehold
        WHERE batch_id = %(batch)s AND match_id IS NOT NULL
    )
    UPDATE households_importhousehold s SET match_id = best.household_id
    FROM ({_BEST}) AS best
    WHERE s.id = best.id
"""
_UNCLAIMED = "NOT EXISTS (SELECT 1 FROM claimed c WHERE c.match_id = {household})"
_SAME_HEAD = """COALESCE(s.raw ->> 'head_first_name' = {line}.raw ->> 'head_first_name'
                 AND s.raw ->> 'head_last_name' = {line}.raw ->> 'head_last_name', FALSE)"""

_BY_HOUSE_CODE = _CLAIM_ANEW.format(
    pairs=f"""
        SELECT s.id, k.household_id, max(
                   2 * (k.sort_key = s.sort_key OR {_SAME_HEAD.format(line="k")})::int
                   + (k.area_code = s.area_code)::int
               ) AS score
        FROM households_importhousehold s
        JOIN (
            SELECT COALESCE(h.merged_into_id, h.id) AS household_id, h.province_code, h.area_code,
                   h.house_code, h.sort_key, '{{}}'::jsonb AS raw
            FROM households_household h WHERE h.house_code <> ''
            UNION ALL
            SELECT l.household_id, l.province_code, l.area_code, l.raw ->> 'house_code', '', l.raw
            FROM households_listing l WHERE l.superseded_at IS NULL
        ) AS k ON k.house_code = s.house_code AND (k.province_code = s.province_code OR s.province_code = '')
        WHERE s.batch_id = %(batch)s AND NOT s.is_applied AND s.house_code <> ''
        GROUP BY s.id, k.household_id
    """
)

# One member alone may have moved out to the new household; the head, or half of the larger family, has not.
# Where both have a house code and the codes differ, both must speak for it.
_HEAD = """r.is_head AND p.raw ->> 'first_name' = l.raw ->> 'head_first_name'
                AND p.raw ->> 'last_name' = l.raw ->> 'head_last_name'"""
_MEMBERS_SAY_SO = f"""
    CASE WHEN s.house_code <> '' AND l.raw ->> 'house_code' <> ''
         THEN bool_or({_HEAD}) AND 2 * count(DISTINCT p.person_id) > GREATEST(s.persons, l.persons)
         ELSE bool_or({_HEAD}) OR 2 * count(DISTINCT p.person_id) >= GREATEST(s.persons, l.persons) END
"""
_BY_MEMBERS = _CLAIM.format(
    pairs=f"""
        SELECT id, household_id, max(score) AS score
        FROM (
            SELECT s.id, l.household_id, 2 * count(DISTINCT p.person_id) + bool_or({_HEAD})::int AS score
            FROM households_importhousehold s
            JOIN households_importrow r ON r.batch_id = s.batch_id AND r.number = s.number
            JOIN households_nationalid n ON n.blind_index = r.blind_index
            JOIN households_person known ON known.id = n.person_id
            JOIN households_listedperson p ON p.person_id = COALESCE(known.merged_into_id, known.id)
            JOIN households_listing l ON l.id = p.listing_id AND l.superseded_at IS NULL
                 AND l.province_code = s.province_code
            WHERE s.batch_id = %(batch)s AND NOT s.is_applied AND s.match_id IS NULL
              AND {_UNCLAIMED.format(household="l.household_id")}
            GROUP BY s.id, s.persons, s.house_code, l.id
            HAVING {_MEMBERS_SAY_SO}
        ) AS alike GROUP BY id, household_id
    """
)

# The same by people whom no list puts there: those that were added or moved by hand.
_BY_RESIDENTS = _CLAIM.format(
    pairs=f"""
        SELECT s.id, h.id AS household_id, count(*) AS score
        FROM households_importhousehold s
        JOIN households_importrow r ON r.batch_id = s.batch_id AND r.number = s.number
        JOIN households_nationalid n ON n.blind_index = r.blind_index
        JOIN households_person known ON known.id = n.person_id
        JOIN households_membership m ON m.person_id = COALESCE(known.merged_into_id, known.id)
             AND m.valid_to IS NULL AND m.superseded_at IS NULL AND m.batch_id IS NULL
        JOIN households_household h ON h.id = m.household_id AND h.province_code = s.province_code
        WHERE s.batch_id = %(batch)s AND NOT s.is_applied AND s.match_id IS NULL
          AND {_UNCLAIMED.format(household="h.id")}
        GROUP BY s.id, s.persons, s.house_code, h.id, h.house_code
        HAVING CASE WHEN s.house_code <> '' AND h.house_code <> ''
                    THEN bool_or(r.is_head AND m.is_head) AND 2 * count(*) > s.persons
                    ELSE bool_or(r.is_head AND m.is_head) OR 2 * count(*) >= s.persons END
    """
)

# What a household is called in the end counts where no list says it, or a person corrected it.
_BY_ADDRESS = _CLAIM.format(
    pairs=f"""
        SELECT k.id, k.household_id, 1 AS score
        FROM (
            SELECT s.id, COALESCE(h.merged_into_id, h.id) AS household_id
            FROM households_importhousehold s
            JOIN households_household h ON h.area_code = s.area_code AND h.house_no = s.house_no
                 AND h.sort_key = s.sort_key AND (h.house_code = '' OR s.house_code = '')
            WHERE s.batch_id = %(batch)s AND NOT s.is_applied AND s.match_id IS NULL AND s.house_no <> ''
              AND (NOT EXISTS (SELECT 1 FROM households_listing o
                               WHERE o.household_id = h.id AND o.superseded_at IS NULL AND o.raw ? 'house_no')
                   OR EXISTS (SELECT 1 FROM households_correction c
                              WHERE c.household_id = h.id AND c.person_id IS NULL AND c.state = 'applied'))
            UNION ALL
            SELECT s.id, l.household_id
            FROM households_importhousehold s
            JOIN households_listing l ON l.area_code = s.area_code AND l.raw ->> 'house_no' = s.house_no
                 AND l.superseded_at IS NULL AND {_SAME_HEAD.format(line="l")}
                 AND (l.raw ->> 'house_code' = '' OR s.house_code = '')
            WHERE s.batch_id = %(batch)s AND NOT s.is_applied AND s.match_id IS NULL AND s.house_no <> ''
        ) AS k
        WHERE {_UNCLAIMED.format(household="k.household_id")}
        GROUP BY k.id, k.household_id
    """
)

# It answers for every row, and forgets what was found before.
_PERSONS_BY_ID = """
    UPDATE households_importrow r SET match_id = told.person_id
    FROM (
        SELECT o.id, COALESCE(p.merged_into_id, p.id) AS person_id
        FROM households_importhousehold s
        JOIN households_importrow o ON o.batch_id = s.batch_id AND o.number = s.number
        LEFT JOIN households_nationalid n ON n.blind_index = o.blind_index
        LEFT JOIN households_person p ON p.id = n.person_id
        WHERE s.batch_id = %(batch)s AND NOT s.is_applied
    ) AS told
    WHERE r.id = told.id AND r.match_id IS DISTINCT FROM told.person_id
"""

_KEY = "translate({first} || {last}, '็่้๊๋์ํ ', '')"


def person_key(line: str) -> str:
    """SQL for the name on a person's line, without tone marks and spaces."""
    return _KEY.format(first=f"({line}.raw ->> 'first_name')", last=f"({line}.raw ->> 'last_name')")


# Row by row, each in its own household: joined as a whole, the planner would at times compare every name of
# the file with every name of the register.
_PERSONS_BY_NAME = f"""
    WITH waiting AS MATERIALIZED (
        SELECT r.id, r.row, r.number, r.first_name, r.last_name, r.search_key, r.birth_date, r.blind_index,
               s.match_id AS household_id
        FROM households_importhousehold s
        JOIN households_importrow r ON r.batch_id = s.batch_id AND r.number = s.number AND r.match_id IS NULL
        WHERE s.batch_id = %(batch)s AND NOT s.is_applied AND s.match_id IS NOT NULL
    )
    UPDATE households_importrow r SET match_id = pair.person_id
    FROM (
        SELECT alike.id, alike.person_id,
               row_number() OVER (
                   PARTITION BY alike.id
                   ORDER BY alike.place, alike.known, alike.sort_key, alike.person_id
               ) AS choice,
               row_number() OVER (PARTITION BY alike.person_id ORDER BY alike.row) AS turn
        FROM (
            SELECT r.id, r.row, r.number, found.person_id, 0 AS place, found.known, found.sort_key
            FROM waiting r CROSS JOIN LATERAL (
                SELECT DISTINCT p.id AS person_id, (n.person_id IS NULL)::int AS known, p.sort_key
                FROM households_listing i
                JOIN households_listedperson l ON l.listing_id = i.id
                     AND {person_key("l")}
                         = {_KEY.format(first="r.first_name", last="r.last_name")}
                     AND l.raw ->> 'birth' = COALESCE(r.birth_date::text, '')
                JOIN households_person p ON p.id = l.person_id
                LEFT JOIN households_nationalid n ON n.person_id = p.id
                WHERE i.household_id = r.household_id AND i.superseded_at IS NULL
                  AND (r.blind_index IS NULL OR n.person_id IS NULL)
                OFFSET 0
            ) AS found
            UNION ALL
            SELECT r.id, r.row, r.number, found.person_id, found.place, found.known, found.sort_key
            FROM waiting r CROSS JOIN LATERAL (
                SELECT p.id AS person_id, 1 + m.position AS place, (n.person_id IS NULL)::int AS known,
                       p.sort_key
                FROM households_membership m
                JOIN households_person p ON p.id = m.person_id AND p.search_key = r.search_key
                     AND p.birth_date IS NOT DISTINCT FROM r.birth_date
                LEFT JOIN households_nationalid n ON n.person_id = p.id
                WHERE m.household_id = r.household_id AND m.valid_to IS NULL AND m.superseded_at IS NULL
                  AND (r.blind_index IS NULL OR n.person_id IS NULL)
                  AND (NOT EXISTS (SELECT 1 FROM households_listedperson l
                                   WHERE l.person_id = p.id AND l.raw ? 'first_name')
                       OR EXISTS (SELECT 1 FROM households_correction c
                                  WHERE c.person_id = p.id AND c.state = 'applied'))
                OFFSET 0
            ) AS found
        ) AS alike
        WHERE NOT EXISTS (
            SELECT 1 FROM households_importrow o
            WHERE o.batch_id = %(batch)s AND o.number = alike.number AND o.match_id = alike.person_id
        )
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
    JOIN households_household h ON h.id = m.household_id AND h.province_code {differs} s.province_code
    WHERE s.batch_id = %(batch)s AND NOT s.is_applied AND m.household_id IS DISTINCT FROM s.match_id
    ORDER BY r.row
"""
_IN_ANOTHER_PROVINCE, _NEXT_DOOR = _ELSEWHERE.format(differs="<>"), _ELSEWHERE.format(differs="=")

_OUTCOMES = """
    UPDATE households_importhousehold s SET listing_id = found.listing_id, outcome = found.outcome
    FROM (
        SELECT i.id, l.id AS listing_id,
               CASE WHEN i.is_held THEN '' WHEN i.joined_to IS NOT NULL THEN 'joined'
                    WHEN i.match_id IS NULL THEN 'new'
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

# The newest line of the same kind of list of an earlier year, of the household it was found to be.
_COUNTS = """
    SELECT count(*) AS households,
           count(*) FILTER (WHERE outcome = 'new') AS new,
           count(*) FILTER (WHERE outcome IN ('known', 'joined')) AS known,
           count(*) FILTER (WHERE outcome = 'known' AND listing_id IS NULL) AS listed,
           count(*) FILTER (WHERE outcome = 'joined') AS joined,
           count(*) FILTER (WHERE outcome = 'changed') AS changed,
           count(*) FILTER (WHERE is_held) AS held_back
    FROM households_importhousehold WHERE batch_id = %(batch)s
"""
