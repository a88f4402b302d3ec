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
from .matching import same_persons_with_new_ids


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

    Returns the households that were known before and got a new line; they are locked, and derived again.
    """
    known = part.ids(_LOCK_KNOWN)
    part.run(_HOUSEHOLDS)
    part.run(_PLACEMENTS, _SCOPES, centres=_centres_of(part))
    part.run(_SUPERSEDE, _LISTINGS, _PERSONS, _NATIONAL_IDS)
    _seal_for_known(part)
    part.run(_MEMBERSHIPS, _LISTED_PERSONS)
    if known:
        derive_households(known, recorded_at=part.actor.recorded_at)
    return known


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

    A municipal officer's own list comes under the own centre, also where it covers a subdistrict in part.
    """
    areas = ImportHousehold.objects.filter(
        batch=part.batch, number__range=(part.first, part.last), outcome="new", is_applied=False
    )
    codes = list(areas.values_list("area_code", flat=True).distinct())
    own = part.actor.reach.centre_id
    found = dict.fromkeys(codes, Responsible(own, True)) if own else responsible_centres(codes)
    return json.dumps(
        [
            {"code": code, "centre": str(its.centre_id), "municipal": its.is_municipal}
            for code, its in found.items()
        ]
    )


def _seal_for_known(part: Range) -> None:
    """Give persons known without a national id the one this list brings, sealed anew for their own row."""
    rows = same_persons_with_new_ids(part.batch, part.first, part.last)
    for row_id, person_id, blind, key_id, sealed in rows:
        pin = open_sealed(key_id, bytes(sealed), row_id.bytes)
        new_key_id, again = seal(pin, person_id.bytes)
        NationalId.objects.create(person_id=person_id, blind_index=blind, key_id=new_key_id, sealed=again)


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

_LOCK_KNOWN = f"""
    SELECT h.id FROM households_household h
    WHERE h.id IN (SELECT s.match_id FROM {_STAGED} AND s.match_id IS NOT NULL AND {_GETS_A_LINE})
    ORDER BY h.id FOR UPDATE
"""

_HOUSEHOLDS = f"""
    INSERT INTO households_household
        (id, province_code, area_code, house_code, house_no, phone, head_name, sort_key, version, recorded_at)
    SELECT s.id, s.province_code, s.area_code, s.house_code, s.house_no, s.phone, s.head_name, s.sort_key,
    1, {_NOW}
    FROM {_STAGED} AND s.outcome = 'new' ORDER BY s.number
"""

_CENTRES = "json_to_recordset(%(centres)s::json) AS c (code text, centre uuid, municipal boolean)"

_PLACEMENTS = f"""
    INSERT INTO households_householdplacement (id, household_id, area_code, centre_id, valid_from,
    recorded_at)
    SELECT s.id, s.id, s.area_code, c.centre, %(since)s, {_NOW}
    FROM {_CENTRES} JOIN {_STAGED.replace("WHERE", "ON c.code = s.area_code WHERE")} AND s.outcome = 'new'
"""

_SCOPES = f"""
    INSERT INTO households_householdscope
        (household_id, province_code, district_code, subdistrict_code, area_code, centre_id, is_municipal,
        team_id,
         dimensions, is_open)
    SELECT s.id, s.province_code, left(s.area_code, 4), left(s.area_code, 6), s.area_code, c.centre,
    c.municipal, NULL,
           s.dimensions, TRUE
    FROM {_CENTRES} JOIN {_STAGED.replace("WHERE", "ON c.code = s.area_code WHERE")} AND s.outcome = 'new'
"""

_SUPERSEDE = f"""
    UPDATE households_listing SET superseded_at = {_NOW}
    WHERE id IN (SELECT s.listing_id FROM {_STAGED} AND s.outcome = 'changed')
"""

_LISTINGS = f"""
    INSERT INTO households_listing
        (id, target_list_id, household_id, kind_code, fiscal_year, province_code, area_code, dimensions,
         failed_indicators, persons, income, raw, content_hash, batch_id, recorded_at)
    SELECT s.id, t.id, COALESCE(s.match_id, s.id), t.kind_id, t.fiscal_year, s.province_code, s.area_code,
    s.dimensions,
           s.failed_indicators, s.persons, s.income, s.raw, s.content_hash, s.batch_id, {_NOW}
    FROM households_targetlist t JOIN {_STAGED.replace("WHERE", "ON t.province_code = s.province_code WHERE")}
      AND t.kind_id = %(kind)s AND t.fiscal_year = %(year)s AND {_GETS_A_LINE}
    ORDER BY s.number
"""

_PERSONS = f"""
    INSERT INTO households_person
        (id, province_code, title, first_name, last_name, search_key, sort_key, birth_date, sex, recorded_at)
    SELECT r.id, s.province_code, r.title, r.first_name, r.last_name, r.search_key, r.sort_key,
    r.birth_date, r.sex, {_NOW}
    FROM {_ROWS} AND r.match_id IS NULL ORDER BY r.number, r.position
"""

_NATIONAL_IDS = f"""
    INSERT INTO households_nationalid (person_id, blind_index, key_id, sealed)
    SELECT r.id, r.blind_index, r.key_id, r.sealed
    FROM {_ROWS} AND r.match_id IS NULL AND r.blind_index IS NOT NULL
"""

_MEMBERSHIPS = f"""
    INSERT INTO households_membership
        (id, household_id, person_id, relation, is_head, position, valid_from, recorded_at)
    SELECT r.id, COALESCE(s.match_id, s.id), COALESCE(r.match_id, r.id), r.relation,
           r.is_head AND s.match_id IS NULL, r.position, %(since)s, {_NOW}
    FROM {_ROWS} AND NOT EXISTS (
        SELECT 1 FROM households_membership m
        WHERE r.match_id IS NOT NULL AND m.person_id = r.match_id
          AND m.valid_to IS NULL AND m.superseded_at IS NULL
    )
"""

_LISTED_PERSONS = f"""
    INSERT INTO households_listedperson (listing_id, person_id, raw)
    SELECT s.id, COALESCE(r.match_id, r.id), r.raw FROM {_ROWS} ORDER BY r.number, r.position
"""

_APPLIED = """
    UPDATE households_importhousehold SET is_applied = TRUE
    WHERE batch_id = %(batch)s AND number BETWEEN %(first)s AND %(last)s AND NOT is_applied
"""
