"""Households, persons, lists, cases, help and visits of the invented country, a slice of numbers at a time.

Everything follows from the household's number n by `hashint8extended`, so that facts and read model
can be written from the same temporary table. `_DRAWN` is that table: one row per household.

What happened became known on three days: the list on the day the case was opened, field check, help and early
visits on `known1`, all else on `known2` (the last visit, or the closing). So every household has up to three
states.
"""

# ruff: noqa: S608 -- only names from this module are put together

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from casework.models import (
    Agency,
    Assignment,
    Case,
    CohortHistory,
    CohortState,
    Help,
    HelpMenuItem,
    RemovalRequest,
    StageEvent,
    Visit,
)
from dimensions.enums import Dimension
from households.models import (
    Household,
    HouseholdPlacement,
    HouseholdScope,
    ListedPerson,
    Listing,
    ListKind,
    Membership,
    Person,
    TargetList,
    Verification,
)
from povertyops.common.names import search_key, sort_key

from ..people import MEN, SURNAMES, WOMEN
from .bulk import copy, insert
from .places import Village

ITEM_CODE = "scale"
AGENCIES = 40
Params = dict[str, Any]

# Keys of version 7 whose time runs with the number, so that indexes grow at their end.
_FUNCTIONS = """
CREATE FUNCTION pg_temp.key(kind integer, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (lpad(to_hex(1600000000000 + n), 12, '0') || '7' || to_hex(kind + 256)
            || '8' || substr(md5(kind || ':' || n), 1, 15))::uuid $$;
CREATE FUNCTION pg_temp.draw(n bigint, salt integer, sides integer) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT abs(hashint8extended(n, salt) %% sides)::integer $$;
"""
_VILLAGES = """
CREATE TEMPORARY TABLE scale_village (
    code varchar(8), centre_id uuid, is_municipal boolean, team_id uuid, first bigint, count integer);
CREATE TEMPORARY TABLE scale_name (number integer PRIMARY KEY, title text, first text, last text,
    search_key text, sort_key text COLLATE "C");
"""
_BORN = "(%(today)s::date - (pg_temp.draw({n} * 8 + place, 17, 29000) + 30))"
_IS_FRAGILE = "({born} <= %(elders_born)s::date OR {born} > %(children_born)s::date)".format(
    born=_BORN.format(n="drawn.n")
)
# As `casework.services.state_parts` counts them; `fragile_head` is 1 where the head is one of `fragile`.
_DRAWN = f"""
CREATE TEMPORARY TABLE scale_household ON COMMIT DROP AS
SELECT drawn.*, baseline & CASE WHEN relief < 35 THEN 31 WHEN relief < 55 THEN baseline & -baseline ELSE 0 END
       AS relieved, aged.fragile, aged.fragile_head
FROM (
    SELECT placed.*, tpmap | coalesce(mso, 0) AS baseline,
           %(effective)s::date + pg_temp.draw(n, 11, 30) AS opened_on
    FROM (
        SELECT n, pg_temp.key(1, n) AS id, pg_temp.key(2, n) AS case_id, v.code, v.centre_id, v.is_municipal,
            CASE WHEN pg_temp.draw(n, 1, 100) < 85 THEN v.team_id END AS team_id,
            1 + pg_temp.draw(n, 2, 5) AS persons,
            CASE WHEN pg_temp.draw(n, 3, 100) < 12 THEN 1 ELSE 0 END
              | CASE WHEN pg_temp.draw(n, 4, 100) < 40 THEN 2 ELSE 0 END
              | CASE WHEN pg_temp.draw(n, 5, 100) < 8 THEN 4 ELSE 0 END
              | CASE WHEN pg_temp.draw(n, 6, 100) < 5 THEN 16 ELSE 0 END
              | CASE WHEN pg_temp.draw(n, 7, 100) < 45 THEN 8 ELSE 0 END AS tpmap,
            CASE WHEN pg_temp.draw(n, 8, 100) < 10 THEN 1 << pg_temp.draw(n, 9, 5) END AS mso,
            pg_temp.draw(n, 10, 100) AS relief, pg_temp.draw(n, 12, 100) AS check_luck,
            pg_temp.draw(n, 13, 100) = 0 AS is_removed, pg_temp.draw(n, 14, %(names)s) AS name_place
        FROM scale_village v CROSS JOIN generate_series(v.first, v.first + v.count - 1) AS n
        WHERE n >= %(from)s AND n < %(to)s
    ) AS placed
) AS drawn CROSS JOIN LATERAL (
    SELECT count(*) AS fragile, count(*) FILTER (WHERE place = 0) AS fragile_head
    FROM generate_series(0, drawn.persons - 1) AS place WHERE {_IS_FRAGILE}
) AS aged
"""
_PERSONS = "scale_household h CROSS JOIN generate_series(0, h.persons - 1) AS place"
_PERSON_ID = "pg_temp.key(3, h.n * 8 + place)"
_LISTING_ID = {"tpmap": "pg_temp.key(4, h.n)", "mso": "pg_temp.key(5, h.n)"}
_CLOSED_ON = "CASE WHEN h.is_removed THEN %(today)s::date - 20 END"
_HELP_DAY = "h.opened_on + 60 + pg_temp.draw(h.n, 15, 290)"
_HELP_BAHT = "(1000 + 500 * pg_temp.draw(h.n, 19, 8))"
_CHECK_DAY = "h.opened_on + 45"
# Of the indicators only the dimensions are known here, and nothing has recovered.
_FAILING_SHARE = """CASE WHEN %(set_size)s = 0 THEN 0 ELSE (
    1000 * length(replace(h.baseline::bit(5)::text, '0', '')) + %(set_size)s / 2
) / greatest(%(set_size)s, 1) END"""
_SURVIVES = "h.relieved = h.baseline AND h.baseline <> 0"
_VISIT_DAY = """h.opened_on + (pg_temp.draw(h.n, 16, 1000) + visit * 37)
    %% (%(today)s::date - h.opened_on + 1)"""
# Each visit of the slice, and for each household the days on which something became known.
_VISIT_DAYS = f"""
CREATE TEMPORARY TABLE scale_visit ON COMMIT DROP AS
SELECT h.n, visit, {_VISIT_DAY} AS day
FROM scale_household h CROSS JOIN LATERAL generate_series(
    0, %(visits_each)s - 1 + CASE WHEN h.n < %(visits_more)s THEN 1 ELSE 0 END) AS visit
"""
_KNOWN = f"""
CREATE TEMPORARY TABLE scale_known ON COMMIT DROP AS
SELECT k.n, k.known1, CASE WHEN k.known2 > k.known1 THEN k.known2 END AS known2,
       min(v.day) AS first_on, max(v.day) AS last_on, max(v.day) FILTER (WHERE v.day <= k.known1) AS early_on,
       count(v.day) FILTER (WHERE v.day >= %(first_day)s) AS visits,
       count(v.day) FILTER (WHERE v.day BETWEEN %(first_day)s AND k.known1) AS early_visits
FROM (
    SELECT h.n, CASE WHEN h.relieved <> 0 THEN {_HELP_DAY} ELSE {_CHECK_DAY} END AS known1,
           greatest(max(v.day), {_CLOSED_ON}) AS known2
    FROM scale_household h LEFT JOIN scale_visit v USING (n)
    GROUP BY h.n, h.relieved, h.opened_on, h.is_removed
) k LEFT JOIN scale_visit v USING (n)
GROUP BY k.n, k.known1, k.known2
"""


def _at(day: str) -> str:
    """Five in the afternoon of a day, Bangkok time."""
    return f"(({day})::timestamp + interval '17 hours') AT TIME ZONE 'Asia/Bangkok'"


def prepare(villages: Sequence[Village]) -> int:
    """Temporary tables and functions of the session, and the agencies; the number of different names."""
    names = [
        (title, first, last)
        for title, firsts in (("นาง", WOMEN), ("นาย", MEN))
        for first in firsts
        for family in SURNAMES.values()
        for last in family
    ]
    with connection.cursor() as cursor:
        cursor.execute(_FUNCTIONS.replace("%%", "%"))
        cursor.execute(_VILLAGES)
    insert(
        Agency,
        {"id": "pg_temp.key(14, n)", "name": "'หน่วยงานจำลองที่ ' || n + 1"},
        f"generate_series(0, {AGENCIES - 1}) AS n",
        {},
    )
    rows = (
        (v.code, v.centre_id, "t" if v.is_municipal else "f", v.team_id, v.first, v.count) for v in villages
    )
    copy("scale_village", ["code", "centre_id", "is_municipal", "team_id", "first", "count"], rows)
    copy(
        "scale_name",
        ["number", "title", "first", "last", "search_key", "sort_key"],
        (
            (number, title, first, last, search_key(f"{first} {last}"), sort_key(first, last))
            for number, (title, first, last) in enumerate(names)
        ),
    )
    return len(names)


def make_lists(fiscal_year: int, effective_on: date) -> None:
    """The two lists of every province; their kinds come with the product's own data."""
    for kind in ("tpmap", "mso"):
        ListKind.objects.get_or_create(code=kind, defaults={"name": kind.upper()})
    insert(
        TargetList,
        {
            "id": "gen_random_uuid()",
            "kind_id": "k.code",
            "province_code": "a.code",
            "fiscal_year": "%(year)s",
            "survey_year": "%(year)s - 1",
            "effective_on": "%(effective)s",
        },
        """areas_area a CROSS JOIN households_listkind k
           WHERE a.level = 1 AND k.code IN ('tpmap', 'mso') ON CONFLICT DO NOTHING""",
        {"year": fiscal_year, "effective": effective_on},
    )
    for dimension in Dimension:
        HelpMenuItem.objects.get_or_create(
            code=f"{ITEM_CODE}-{dimension.value}",
            province_code="",
            defaults={
                "dimension": dimension,
                "name": str(dimension.label),
                "nature": "relief",
                "relieves": True,
            },
        )


def write_slice(params: Params) -> None:
    """All rows of the households numbered `from` up to but not including `to`."""
    with connection.cursor() as cursor:
        cursor.execute(_DRAWN, params)
        cursor.execute(_VISIT_DAYS, params)
        cursor.execute(_KNOWN, params)
        cursor.execute("ANALYZE scale_household, scale_visit, scale_known")
    _write_register(params)
    _write_listings(params)
    _write_work(params)
    _write_visits(params)
    _write_states(params)


def _write_register(params: Params) -> None:
    head = "scale_household h JOIN scale_name m ON m.number = h.name_place"
    insert(
        Household,
        {
            "id": "h.id",
            "province_code": "left(h.code, 2)",
            "area_code": "h.code",
            "house_code": "left(h.code, 4) || lpad(h.n::text, 7, '0')",
            "house_no": "(1 + h.n %% 300) || CASE WHEN h.n %% 7 = 0 THEN '/1' ELSE '' END",
            "head_name": "m.title || m.first || ' ' || m.last",
            "sort_key": "m.sort_key",
        },
        head,
        params,
    )
    place = {"household_id": "h.id", "area_code": "h.code", "centre_id": "h.centre_id"}
    insert(
        HouseholdPlacement,
        {
            **place,
            "id": "pg_temp.key(6, h.n)",
            "valid_from": "h.opened_on",
            "recorded_at": _at("h.opened_on"),
        },
        "scale_household h",
        params,
    )
    insert(
        HouseholdScope,
        {
            **place,
            "province_code": "left(h.code, 2)",
            "district_code": "left(h.code, 4)",
            "subdistrict_code": "left(h.code, 6)",
            "is_municipal": "h.is_municipal",
            "team_id": "h.team_id",
            "dimensions": "h.baseline & ~h.relieved",
            "is_open": "NOT h.is_removed",
        },
        "scale_household h",
        params,
    )
    insert(
        Person,
        {
            "id": _PERSON_ID,
            "province_code": "left(h.code, 2)",
            "title": "m.title",
            "first_name": "m.first",
            "last_name": "m.last",
            "search_key": "m.search_key",
            "sort_key": "m.sort_key",
            "birth_date": _BORN.format(n="h.n"),
            "sex": "CASE WHEN m.title = 'นาง' THEN 'f' ELSE 'm' END",
        },
        f"{_PERSONS} JOIN scale_name m ON m.number = CASE WHEN place = 0 THEN h.name_place "
        "ELSE pg_temp.draw(h.n * 8 + place, 18, %(names)s) END",
        params,
    )
    insert(
        Membership,
        {
            "id": "pg_temp.key(7, h.n * 8 + place)",
            "household_id": "h.id",
            "person_id": _PERSON_ID,
            "is_head": "place = 0",
            "position": "place",
            "valid_from": "h.opened_on",
        },
        _PERSONS,
        params,
    )


def _write_listings(params: Params) -> None:
    for kind, persons in (("tpmap", "h.persons"), ("mso", "1")):
        insert(
            Listing,
            {
                "id": _LISTING_ID[kind],
                "target_list_id": "t.id",
                "household_id": "h.id",
                "kind_code": f"'{kind}'",
                "fiscal_year": "t.fiscal_year",
                "province_code": "t.province_code",
                "area_code": "h.code",
                "dimensions": f"h.{kind}",
                "persons": persons,
                "content_hash": f"sha256(('{kind}' || h.n)::bytea)",
                "recorded_at": _at("h.opened_on"),
            },
            f"""scale_household h JOIN households_targetlist t ON t.province_code = left(h.code, 2)
                AND t.kind_id = '{kind}' AND t.fiscal_year = %(year)s WHERE h.{kind} IS NOT NULL""",
            params,
        )
    person = {"person_id": _PERSON_ID}
    insert(ListedPerson, {"listing_id": _LISTING_ID["tpmap"], **person}, _PERSONS, params)
    insert(
        ListedPerson,
        {"listing_id": _LISTING_ID["mso"], **person},
        f"{_PERSONS} WHERE place = 0 AND h.mso IS NOT NULL",
        params,
    )
    insert(
        Verification,
        {
            "id": "pg_temp.key(8, h.n * 8 + place)",
            "household_id": "h.id",
            "person_id": _PERSON_ID,
            "status": "CASE WHEN h.check_luck < 20 THEN 'correct' ELSE 'moved' END",
            "effective_on": _CHECK_DAY,
            "recorded_at": _at("k.known1"),
        },
        f"{_PERSONS} JOIN scale_known k USING (n) "
        "WHERE h.check_luck < 20 OR (h.check_luck < 23 AND place = 0)",
        params,
    )


def _write_work(params: Params) -> None:
    insert(
        Case,
        {
            "id": "h.case_id",
            "household_id": "h.id",
            "province_code": "left(h.code, 2)",
            "opened_on": "h.opened_on",
            "stage": f"CASE WHEN {_SURVIVES} THEN 1 ELSE 0 END",
            "stage_since": f"CASE WHEN {_SURVIVES} THEN {_HELP_DAY} ELSE h.opened_on END",
            "closed_on": _CLOSED_ON,
            "close_reason": "CASE WHEN h.is_removed THEN 'not_poor' ELSE '' END",
            "recorded_at": _at("h.opened_on"),
            "close_recorded_at": f"CASE WHEN h.is_removed THEN {_at('k.known2')} END",
        },
        "scale_household h JOIN scale_known k USING (n)",
        params,
    )
    insert(
        RemovalRequest,
        {
            "id": "pg_temp.key(9, h.n)",
            "case_id": "h.case_id",
            "household_id": "h.id",
            "province_code": "left(h.code, 2)",
            "reason": "'not_poor'",
            "note": "''",
            "effective_on": _CLOSED_ON,
            "decision": "'accepted'",
            "requested_at": _at("k.known2"),
            "decided_at": _at("k.known2"),
        },
        "scale_household h JOIN scale_known k USING (n) WHERE h.is_removed",
        params,
    )
    insert(
        Assignment,
        {
            "id": "pg_temp.key(10, h.n)",
            "household_id": "h.id",
            "province_code": "left(h.code, 2)",
            "team_id": "h.team_id",
            "valid_from": "h.opened_on",
            "recorded_at": _at("h.opened_on"),
        },
        "scale_household h WHERE h.team_id IS NOT NULL",
        params,
    )
    insert(
        StageEvent,
        {
            "id": "pg_temp.key(11, h.n)",
            "case_id": "h.case_id",
            "household_id": "h.id",
            "province_code": "left(h.code, 2)",
            "kind": "'computed'",
            "from_stage": "0",
            "to_stage": "1",
            "effective_on": _HELP_DAY,
            "rule_version": "1",
            "recorded_at": _at(_HELP_DAY),
        },
        f"scale_household h WHERE {_SURVIVES}",
        params,
    )
    bits = ", ".join(f"({dimension.bit}, '{dimension.value}')" for dimension in Dimension)
    insert(
        Help,
        {
            "id": "pg_temp.key(12, h.n * 32 + b.bit)",
            "household_id": "h.id",
            "province_code": "left(h.code, 2)",
            "area_code": "h.code",
            "item_id": "i.id",
            "dimension": "b.code",
            "nature": "'relief'",
            "relieves": "true",
            "given_on": _HELP_DAY,
            "amount_baht": _HELP_BAHT,
            "agency_id": f"CASE WHEN b.bit <> 1 THEN pg_temp.key(14, pg_temp.draw(h.n, 20, {AGENCIES})) END",
            "recorded_at": _at(_HELP_DAY),
        },
        f"""scale_household h JOIN (VALUES {bits}) AS b(bit, code) ON h.relieved & b.bit <> 0
            JOIN casework_helpmenuitem i ON i.code = '{ITEM_CODE}-' || b.code AND i.province_code = ''""",
        params,
    )


def _write_visits(params: Params) -> None:
    insert(
        Visit,
        {
            "id": "pg_temp.key(13, h.n * 64 + visit)",
            "household_id": "h.id",
            "province_code": "left(h.code, 2)",
            "area_code": "h.code",
            "team_id": "h.team_id",
            "visited_on": "v.day",
            "visited_at": "(v.day::timestamp + interval '10 hours') AT TIME ZONE 'Asia/Bangkok'",
            "recorded_at": _at("CASE WHEN v.day <= k.known1 THEN k.known1 ELSE k.known2 END"),
            "note": "'เยี่ยมตามรอบ สอบถามความเป็นอยู่และความช่วยเหลือที่ได้รับ'",
        },
        "scale_visit v JOIN scale_household h USING (n) JOIN scale_known k USING (n)",
        params,
    )


def _write_states(params: Params) -> None:
    """The rows of the read model, from the facts above: the present state and those before."""
    listed = _state(_Known(checked=False, helped=False, last_on="NULL::date", visits="0", closed=False))
    early = _state(
        _Known(checked=True, helped=True, last_on="k.early_on", visits="k.early_visits", closed=False)
    )
    now = _state(_Known(checked=True, helped=True, last_on="k.last_on", visits="k.visits", closed=True))
    history = (
        (listed, "h.opened_on", "k.known1", "k.known1 > h.opened_on"),
        (early, "k.known1", "k.known2", "k.known2 IS NOT NULL"),
    )
    for columns, since, until, condition in history:
        insert(
            CohortHistory,
            {**columns, "since": since, "until": until},
            f"{_STATES} WHERE {condition}",
            params,
        )
    insert(CohortState, {**now, "since": "coalesce(k.known2, k.known1)"}, _STATES, params)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known in a state: field check, help and closing or not yet; last visit, visits of the year."""

    checked: bool
    helped: bool
    last_on: str
    visits: str
    closed: bool


_STATES = f"""scale_household h
    JOIN scale_known k USING (n)
    JOIN scale_name m ON m.number = h.name_place
    LEFT JOIN casework_followupinterval f0 ON f0.province_code = '' AND f0.stage = 0
    LEFT JOIN casework_followupinterval f1 ON f1.province_code = '' AND f1.stage = 1
    CROSS JOIN LATERAL (
        SELECT CASE WHEN {_HELP_DAY} >= %(first_day)s
                    THEN length(replace(h.relieved::bit(5)::text, '0', '')) ELSE 0 END AS helps
    ) p"""


def _state(known: _Known) -> dict[str, str]:
    after_verification = (
        "CASE WHEN h.check_luck BETWEEN 20 AND 22 THEN 1 ELSE 0 END" if known.checked else "0"
    )
    checked = (
        "CASE WHEN h.check_luck < 20 THEN {all} WHEN h.check_luck < 23 THEN 1 ELSE 0 END"
        if known.checked
        else "0"
    )
    second = "CASE WHEN h.mso IS NULL THEN ARRAY[{one}] ELSE ARRAY[{other}, {one}] END"
    survives = f"({_SURVIVES})" if known.helped else "false"
    is_removed = "h.is_removed" if known.closed else "false"
    helps, baht = ("p.helps", f"p.helps * {_HELP_BAHT}") if known.helped else ("0", "0")
    days = f"coalesce(CASE WHEN {survives} THEN f1.days ELSE f0.days END, %(follow_up)s)"
    visited = f"{known.last_on} IS NOT NULL"
    return {
        "list_kinds": second.format(one="'tpmap'", other="'mso'"),
        "list_dimensions": second.format(one="h.tpmap", other="h.mso"),
        "list_persons": second.format(one="h.persons", other="1"),
        "list_verified_persons": second.format(
            one=f"h.persons - {after_verification}", other=f"1 - {after_verification}"
        ),
        "list_checked_persons": second.format(
            one=checked.format(all="h.persons"), other=checked.format(all="1")
        ),
        "fiscal_year": "%(year)s",
        "household_id": "h.id",
        "membership": "1",
        "province_code": "left(h.code, 2)",
        "district_code": "left(h.code, 4)",
        "subdistrict_code": "left(h.code, 6)",
        "area_code": "h.code",
        "centre_id": "h.centre_id",
        "is_municipal": "h.is_municipal",
        "team_id": "h.team_id",
        "sort_key": "m.sort_key",
        "baseline": "h.baseline",
        "relieved": "h.relieved" if known.helped else "0",
        "stage": f"CASE WHEN {survives} THEN 1 ELSE 0 END",
        "is_open": f"NOT {is_removed}",
        "is_removed": is_removed,
        "removed_for": f"CASE WHEN {is_removed} THEN 'not_poor' ELSE '' END",
        "persons": "h.persons",
        "verified_persons": f"h.persons - {after_verification}",
        "checked_persons": checked.format(all="h.persons"),
        "last_visit_on": known.last_on,
        "due_on": f"CASE WHEN NOT {is_removed} THEN coalesce({known.last_on}, h.opened_on) + {days} END",
        "visits": known.visits,
        "helps": helps,
        "baht": baht,
        "step": f"""CASE WHEN {is_removed} THEN 0 WHEN {survives} THEN 5 WHEN {visited} THEN 4
            WHEN h.team_id IS NOT NULL THEN 3 WHEN {checked.format(all="h.persons")} = h.persons THEN 2
            ELSE 1 END""",
        "step_since": f"""CASE WHEN {is_removed} THEN {_CLOSED_ON} WHEN {survives} THEN {_HELP_DAY}
            WHEN {visited} THEN k.first_on WHEN h.team_id IS NOT NULL THEN h.opened_on
            WHEN {checked.format(all="h.persons")} = h.persons THEN {_CHECK_DAY} ELSE h.opened_on END""",
        "not_in_tpmap": f"{known.visits} + {helps}",
        "failing_share": _FAILING_SHARE,
        "fragile": f"h.fragile - CASE WHEN {after_verification} = 1 THEN h.fragile_head ELSE 0 END",
    }
