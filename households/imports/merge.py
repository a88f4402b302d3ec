"""From the staging tables into the register: one range of households at a time, set-based, inside the
caller's transaction.

What a range gives birth to takes the ids of its staged rows, so that running a range again after a crash
can only find it done or not begun. Everything here skips households that are held back or applied.
"""

# ruff: noqa: S608 - statements are built from the constants below, values are always parameters
from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from povertyops.accounts.actor import Actor
from povertyops.areas.queries import Responsible, responsible_centres
from povertyops.common.crypto import open_sealed, seal
from povertyops.common.ids import uuid7

from ..models import ImportBatch, ImportHousehold, NationalId, TargetList
from ..services.derive import derive_households
from .matching import person_key, same_persons_with_new_ids
from .parts import write_parts
from .repeating import REPEATED


@dataclass(frozen=True, slots=True)
class Range:
    """Households `first` to `last` of a batch, with what every statement about them needs."""

    batch: ImportBatch
    first: int
    last: int
    actor: Actor

    @property
    def parameters(self) -> dict[str, Any]:
        return {
            "batch": self.batch.pk,
            "kind": self.batch.kind_id,
            "year": self.batch.fiscal_year,
            "first": self.first,
            "last": self.last,
            "stamp": self.actor.recorded_at,
            "since": self.since,
            "user": self.actor.user_id,
            "appointment": self.actor.appointment_id,
        }

    @property
    def since(self) -> date:
        """The day from which the list's word holds; a list of a year to come holds from today."""
        return min(self.batch.effective_on, self.actor.today())

    def run(self, *statements: str, **more: Any) -> int:
        """Run statements with the parameters of the range; the row count of the last one."""
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement, {**self.parameters, **more})
            return cursor.rowcount

    def ids(self, statement: str) -> list[UUID]:
        with connection.cursor() as cursor:
            cursor.execute(statement, self.parameters)
            return [row[0] for row in cursor.fetchall()]


def tell_planner() -> None:
    """What of the staged rows is to go in is known only now: without a look at it, every plan of a range is
    made for a single household."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE households_importhousehold "
            "(batch_id, number, is_held, is_applied, outcome, match_id, listing_id), "
            "households_importrow (batch_id, number, match_id)"
        )


def prepare_lists(actor: Actor, batch: ImportBatch) -> None:
    """Make the target list of every province of the file that has none yet."""
    TargetList.objects.bulk_create(
        [
            TargetList(
                id=uuid7(),
                kind_id=batch.kind_id,
                province_code=province,
                fiscal_year=batch.fiscal_year,
                survey_year=batch.survey_year,
                effective_on=batch.effective_on,
                recorded_at=actor.stamp,
            )
            for province in batch.provinces
        ],
        ignore_conflicts=True,
    )


def merge_range(part: Range) -> list[UUID]:
    """Bring a range into the register: households, persons, ids, memberships, listings and raw values.

    Returns the households that were known before and got a new line, or whose people moved; they are locked,
    and derived again unless their line repeats what was known.
    """
    part.run(_LOCK_KNOWN)
    known = part.ids(_KNOWN)
    part.run(_HOUSEHOLDS)
    part.run(_PLACEMENTS, _SCOPES, centres=_centres_of(part))
    part.run(_SUPERSEDE, _LISTINGS, _PERSONS, _NATIONAL_IDS)
    _seal_for_known(part)
    part.run(_MEMBERSHIPS, _LISTED_PERSONS)
    if known:
        write_parts(part)
        part.run(
            _SAME_PERSONS, _NOTE_SAME_PERSONS, _MOVE_LINES, _END_MEMBERSHIPS, _MERGE_PERSONS, _NO_SAME_PERSONS
        )
    moving = part.ids(_MAY_MOVE)
    if not (known or moving):
        return known
    repeated = set(part.ids(REPEATED)) if known else set()
    news = [pk for pk in known if pk not in repeated]
    touched = derive_households(news, person_ids=moving, recorded_at=part.actor.recorded_at)
    born = set(part.ids(_BORN)) if moving else set()
    return sorted({*known, *touched} - born)


def finish_range(part: Range) -> int:
    """Mark the range as applied; how many households that were."""
    return part.run(_APPLIED)


def unapplied_ranges(batch: ImportBatch, size: int) -> list[tuple[int, int]]:
    """The ranges of at most `size` households that still wait, in order."""
    numbers = ImportHousehold.objects.filter(batch=batch, is_applied=False).order_by("number")
    waiting = {(number - 1) // size for number in numbers.values_list("number", flat=True).iterator()}
    return [(turn * size + 1, (turn + 1) * size) for turn in sorted(waiting)]


def _centres_of(part: Range) -> str:
    """Village code, responsible centre and whether it is municipal, for the new households of a range, as
    JSON.

    A municipal officer's own list comes under the own centre, also where it covers a subdistrict in part; so
    does a household whose code stood for a municipal centre (`meant`) under that one.
    """
    areas = ImportHousehold.objects.filter(
        batch=part.batch, number__range=(part.first, part.last), outcome="new", is_applied=False
    )
    places = set(areas.values_list("area_code", "centre_id").distinct())
    codes = [code for code, _centre in places]
    own = part.actor.reach.centre_id
    found = dict.fromkeys(codes, Responsible(own, True)) if own else responsible_centres(codes)
    return json.dumps(
        [
            {
                "code": code,
                "meant": str(meant) if meant else None,
                "centre": str(meant or found[code].centre_id),
                "municipal": bool(meant) or found[code].is_municipal,
            }
            for code, meant in places
        ]
    )


def _seal_for_known(part: Range) -> None:
    """Give persons known without a national id the one this list brings, sealed anew for their own row."""
    rows = same_persons_with_new_ids(part.batch, part.first, part.last)
    for row_id, person_id, blind, key_id, sealed in rows:
        pin = open_sealed(key_id, bytes(sealed), row_id.bytes)
        new_key_id, again = seal(pin, person_id.bytes)
        NationalId.objects.create(
            person_id=person_id,
            blind_index=blind,
            key_id=new_key_id,
            sealed=again,
            batch_id=part.batch.pk,
        )


_STAGED = """
    households_importhousehold s
    WHERE s.batch_id = %(batch)s AND s.number BETWEEN %(first)s AND %(last)s
      AND NOT s.is_held AND NOT s.is_applied
"""
_GETS_A_LINE = "(s.outcome IN ('new', 'changed') OR (s.outcome = 'known' AND s.listing_id IS NULL))"
_ROWS = f"""
    households_importrow r
    JOIN {_STAGED.replace("WHERE", "ON r.batch_id = s.batch_id AND r.number = s.number WHERE")}
      AND {_GETS_A_LINE}
"""
_NOW = "COALESCE(%(stamp)s::timestamptz, now())"

# The households that get a line, and those in which their people live or stand on a list: all of them in one
# order, so that ranges side by side never wait for each other in a circle.
# The known persons are asked for once, as an array: nested loops over a list would not end.
_PERSONS_KNOWN = f"ARRAY(SELECT r.match_id FROM {_ROWS} AND r.match_id IS NOT NULL)"
_LOCK_KNOWN = f"""
    SELECT h.id FROM households_household h
    WHERE h.id IN (
        SELECT s.match_id FROM {_STAGED} AND s.match_id IS NOT NULL AND {_GETS_A_LINE}
        UNION
        SELECT m.household_id FROM households_membership m
        WHERE m.valid_to IS NULL AND m.superseded_at IS NULL
          AND m.person_id = ANY({_PERSONS_KNOWN})
        UNION
        SELECT l.household_id FROM households_listedperson p
        JOIN households_listing l ON l.id = p.listing_id AND l.superseded_at IS NULL
        WHERE p.person_id = ANY({_PERSONS_KNOWN})
    )
    ORDER BY h.id FOR UPDATE
"""

_KNOWN = f"""
    SELECT s.match_id FROM {_STAGED} AND s.match_id IS NOT NULL AND {_GETS_A_LINE} ORDER BY s.match_id
"""

# People of new households who are known, and people whom a changed line no longer names.
_MAY_MOVE = f"""
    SELECT r.match_id FROM {_ROWS} AND s.match_id IS NULL AND r.match_id IS NOT NULL
    UNION
    SELECT p.person_id FROM households_listedperson p
    WHERE p.listing_id IN (SELECT s.listing_id FROM {_STAGED} AND s.outcome = 'changed')
      AND NOT EXISTS (SELECT 1 FROM households_importrow r
                      WHERE r.batch_id = %(batch)s AND r.number BETWEEN %(first)s AND %(last)s
                        AND r.match_id = p.person_id)
"""

_BORN = f"SELECT s.id FROM {_STAGED} AND s.outcome = 'new'"

_HOUSEHOLDS = f"""
    INSERT INTO households_household
        (id, province_code, area_code, house_code, house_no, phone, head_name, sort_key, version, batch_id,
         recorded_at)
    SELECT s.id, s.province_code, s.area_code, s.house_code, s.house_no, s.phone, s.head_name, s.sort_key,
    1, s.batch_id, {_NOW}
    FROM {_STAGED} AND s.outcome = 'new' ORDER BY s.number
"""

_CENTRES = """
    json_to_recordset(%(centres)s::json) AS c (code text, meant uuid, centre uuid, municipal boolean)
"""
_IN_CENTRE = "ON c.code = s.area_code AND c.meant IS NOT DISTINCT FROM s.centre_id WHERE"

_PLACEMENTS = f"""
    INSERT INTO households_householdplacement (id, household_id, area_code, centre_id, valid_from,
    recorded_at)
    SELECT s.id, s.id, s.area_code, c.centre, %(since)s, {_NOW}
    FROM {_CENTRES} JOIN {_STAGED.replace("WHERE", _IN_CENTRE)} AND s.outcome = 'new'
"""

_SCOPES = f"""
    INSERT INTO households_householdscope
        (household_id, province_code, district_code, subdistrict_code, area_code, centre_id, is_municipal,
        team_id,
         dimensions, is_open)
    SELECT s.id, s.province_code, left(s.area_code, 4), left(s.area_code, 6), s.area_code, c.centre,
    c.municipal, NULL,
           s.dimensions, TRUE
    FROM {_CENTRES} JOIN {_STAGED.replace("WHERE", _IN_CENTRE)} AND s.outcome = 'new'
"""

_SUPERSEDE = f"""
    UPDATE households_listing SET superseded_at = {_NOW}
    WHERE id IN (SELECT s.listing_id FROM {_STAGED} AND s.outcome = 'changed')
"""

_LISTINGS = f"""
    INSERT INTO households_listing
        (id, target_list_id, household_id, kind_code, fiscal_year, province_code, area_code, dimensions,
         failed_indicators, persons, income, raw, content_hash, batch_id, replaces_id, recorded_at)
    SELECT s.id, t.id, COALESCE(s.match_id, s.id), t.kind_id, t.fiscal_year, s.province_code, s.area_code,
    s.dimensions,
           s.failed_indicators, s.persons, s.income, s.raw, s.content_hash, s.batch_id, s.listing_id, {_NOW}
    FROM households_targetlist t JOIN {_STAGED.replace("WHERE", "ON t.province_code = s.province_code WHERE")}
      AND t.kind_id = %(kind)s AND t.fiscal_year = %(year)s AND {_GETS_A_LINE}
    ORDER BY s.number
"""

_PERSONS = f"""
    INSERT INTO households_person
        (id, province_code, title, first_name, last_name, search_key, sort_key, birth_date, sex, batch_id,
         recorded_at)
    SELECT r.id, s.province_code, r.title, r.first_name, r.last_name, r.search_key, r.sort_key,
    r.birth_date, r.sex, r.batch_id, {_NOW}
    FROM {_ROWS} AND r.match_id IS NULL ORDER BY r.number, r.position
"""

_NATIONAL_IDS = f"""
    INSERT INTO households_nationalid (person_id, blind_index, key_id, sealed, batch_id)
    SELECT r.id, r.blind_index, r.key_id, r.sealed, r.batch_id
    FROM {_ROWS} AND r.match_id IS NULL AND r.blind_index IS NOT NULL
"""

# Known persons are looked up one by one: as a join the planner would at times read all memberships for each.
_LIVES_NOWHERE = """
    CASE WHEN r.match_id IS NULL THEN TRUE ELSE (
        SELECT count(*) = 0 FROM households_membership m
        WHERE m.person_id = r.match_id AND m.valid_to IS NULL AND m.superseded_at IS NULL
    ) END
"""
# Two rows may stand for one person: two ids that were found to be one.
_MEMBERSHIPS = f"""
    INSERT INTO households_membership
        (id, household_id, person_id, relation, is_head, position, valid_from, batch_id, recorded_at)
    SELECT DISTINCT ON (COALESCE(r.match_id, r.id))
           r.id, COALESCE(s.match_id, s.id), COALESCE(r.match_id, r.id), r.relation,
           r.is_head AND s.match_id IS NULL, r.position, %(since)s, r.batch_id, {_NOW}
    FROM {_ROWS} AND {_LIVES_NOWHERE}
    ORDER BY COALESCE(r.match_id, r.id), r.number, r.position
"""

_LISTED_PERSONS = f"""
    INSERT INTO households_listedperson (listing_id, person_id, raw)
    SELECT told.listing_id, told.person_id, told.raw FROM (
        SELECT DISTINCT ON (r.number, COALESCE(r.match_id, r.id))
               s.id AS listing_id, COALESCE(r.match_id, r.id) AS person_id, r.raw, r.number, r.position
        FROM {_ROWS} ORDER BY r.number, COALESCE(r.match_id, r.id), r.position
    ) AS told ORDER BY told.number, told.position
"""

# A person without an id and one with an id, on two lists of one household, with the same name and birthday:
# had the lists come the other way round, the id would have been given to the one that was there. Nobody who
# was checked or corrected by hand is taken for another here; that is for people to decide.
_SAME_PERSONS = f"""
    CREATE TEMPORARY TABLE import_same_person ON COMMIT DROP AS
    SELECT DISTINCT ON (p.id) p.id AS person_id, n.person_id AS into_id
    FROM households_listing i
    JOIN households_listedperson l ON l.listing_id = i.id
    JOIN households_person p ON p.id = l.person_id AND p.merged_into_id IS NULL
    JOIN households_listing j ON j.household_id = i.household_id AND j.superseded_at IS NULL AND j.id <> i.id
    JOIN households_listedperson k ON k.listing_id = j.id AND k.person_id <> p.id
         AND {person_key("k")} = {person_key("l")} AND k.raw ->> 'birth' = l.raw ->> 'birth'
    JOIN households_nationalid n ON n.person_id = k.person_id
    WHERE i.household_id IN (SELECT s.match_id FROM {_STAGED} AND s.match_id IS NOT NULL AND {_GETS_A_LINE})
      AND i.superseded_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM households_nationalid o WHERE o.person_id = p.id)
      AND NOT EXISTS (SELECT 1 FROM households_verification v WHERE v.person_id = p.id)
      AND NOT EXISTS (SELECT 1 FROM households_correction c WHERE c.person_id = p.id)
      AND NOT EXISTS (SELECT 1 FROM households_listedperson a
                      JOIN households_listedperson b ON b.listing_id = a.listing_id
                      WHERE a.person_id = p.id AND b.person_id = n.person_id)
    ORDER BY p.id, encode(n.blind_index, 'hex')
"""
# What an undo of the batch takes apart again.
_NOTE_SAME_PERSONS = """
    INSERT INTO households_joinedperson (batch_id, gone_id, kept_id, memberships)
    SELECT %(batch)s, t.person_id, t.into_id,
           ARRAY(SELECT m.id FROM households_membership m
                 WHERE m.person_id = t.person_id AND m.superseded_at IS NULL)
    FROM import_same_person t
"""
_MOVE_LINES = """
    UPDATE households_listedperson l SET person_id = t.into_id, joined_from = t.person_id
    FROM import_same_person t
    WHERE l.person_id = t.person_id
"""
_END_MEMBERSHIPS = f"""
    UPDATE households_membership m SET superseded_at = {_NOW} FROM import_same_person t
    WHERE m.person_id = t.person_id AND m.superseded_at IS NULL
"""
_MERGE_PERSONS = """
    UPDATE households_person p SET merged_into_id = t.into_id FROM import_same_person t
    WHERE p.id = t.person_id
"""
_NO_SAME_PERSONS = "DROP TABLE import_same_person"

_APPLIED = """
    UPDATE households_importhousehold SET is_applied = TRUE
    WHERE batch_id = %(batch)s AND number BETWEEN %(first)s AND %(last)s AND NOT is_applied
"""
