"""Which households are worth comparing: looked up by index, from the households of one chunk.

Two persons meet by the spelling or the sound of their names in either order, by their birthday and names
with trigrams in common, or as namesakes of one village; two households by house code, phone, address, or a
person whom lists name in both. The households of such pairs are then compared person by person (`scoring`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from .likeness import Member
from .scoring import Family, in_order

MOST_OF_ONE_HOUSE = 12
"""So many households at most are taken from one house code, phone or address: a dormitory is no family."""

# A birthday that may have been mistyped: near, the same day of another year, or not known.
_BIRTH = """(
    l.birth IS NULL OR r.birth_date IS NULL OR r.birth_date BETWEEN l.birth - 366 AND l.birth + 366
    OR (extract(month FROM r.birth_date) = extract(month FROM l.birth)
        AND extract(day FROM r.birth_date) = extract(day FROM l.birth))
)"""
_AHEAD = "AND (NOT %(ahead)s OR r.household_id >= l.household)"
_HOUSE = """
    SELECT h.id AS household_id FROM households_household h
    JOIN households_householdscope s ON s.household_id = h.id
    WHERE h.province_code = %(province)s AND h.id <> l.household AND {same} LIMIT {most}
"""


def _house(given: str, same: str) -> str:
    inner = _HOUSE.format(same=same, most=MOST_OF_ONE_HOUSE)
    return f"""
        SELECT l.household, r.household_id FROM houses l CROSS JOIN LATERAL ({inner}) AS r
        WHERE l.{given} <> '' {_AHEAD}
    """  # noqa: S608 - built from constants


_CANDIDATES = f"""
    WITH l AS MATERIALIZED (
        SELECT * FROM json_to_recordset(%(persons)s) AS x(
            household uuid, person uuid, area text, first text, last text, first_sound text, last_sound text,
            name_hash bigint, sound_hash bigint, birth date
        )
    ), houses AS MATERIALIZED (
        SELECT * FROM json_to_recordset(%(houses)s) AS x(
            household uuid, area text, house_code text, house_no text, phone text, latitude float8, longitude
            float8
        )
    )
    SELECT l.household, r.household_id FROM l JOIN households_matchkey r
        ON r.province_code = %(province)s AND r.name_hash = l.name_hash
    WHERE r.person_id <> l.person AND {_BIRTH} {_AHEAD}
    UNION
    SELECT l.household, r.household_id FROM l JOIN households_matchkey r
        ON r.province_code = %(province)s AND r.sound_hash = l.sound_hash
    WHERE r.person_id <> l.person AND {_BIRTH} {_AHEAD}
    UNION
    SELECT l.household, r.household_id FROM l JOIN households_matchkey r
        ON r.province_code = %(province)s AND r.birth_date = l.birth
    WHERE r.person_id <> l.person AND (
        r.first_sound = l.first_sound OR r.last_sound = l.last_sound OR r.last_sound = l.first_sound
        OR similarity(r.first, l.first) >= 0.3
    ) {_AHEAD}
    UNION
    SELECT l.household, r.household_id FROM l
    JOIN houses o ON o.household = l.household
    JOIN households_matchkey r ON r.area_code = l.area AND r.first_sound = l.first_sound
    JOIN households_household h ON h.id = r.household_id
    WHERE r.household_id <> l.household AND length(l.area) = 8 AND (
        {_BIRTH} OR (abs(h.latitude - o.latitude) < 0.0005 AND abs(h.longitude - o.longitude) < 0.0005)
    ) {_AHEAD}
    UNION {_house("house_code", "h.house_code = l.house_code AND h.house_code <> ''")}
    UNION {_house("phone", "h.phone = l.phone AND h.phone <> ''")}
    UNION {_house("house_no", "h.area_code = l.area AND h.house_no = l.house_no")}
"""  # noqa: S608 - built from constants

_SHARED = """
    SELECT DISTINCT m.household_id, li.household_id
    FROM households_membership m
    JOIN households_listedperson lp ON lp.person_id = m.person_id
    JOIN households_listing li ON li.id = lp.listing_id AND li.superseded_at IS NULL
         AND li.household_id <> m.household_id
    JOIN households_householdscope s ON s.household_id = li.household_id
    WHERE m.household_id = ANY(%(ids)s::uuid[]) AND m.valid_to IS NULL AND m.superseded_at IS NULL
    UNION
    SELECT DISTINCT m.household_id, li.household_id
    FROM households_listing li
    JOIN households_listedperson lp ON lp.listing_id = li.id
    JOIN households_membership m ON m.person_id = lp.person_id AND m.valid_to IS NULL
         AND m.superseded_at IS NULL AND m.household_id <> li.household_id
    JOIN households_householdscope s ON s.household_id = m.household_id
    WHERE li.household_id = ANY(%(ids)s::uuid[]) AND li.superseded_at IS NULL
"""


class Row(NamedTuple):
    """A person of a household as looked up; of one about to be nominated the ids are new."""

    household: UUID
    person: UUID
    area: str
    first: str
    last: str
    first_sound: str
    last_sound: str
    name_hash: int
    sound_hash: int
    birth: date | None


Couple = tuple[UUID, UUID]


def candidates(
    province_code: str, persons: Iterable[Row], families: Iterable[Family], *, ahead: bool
) -> set[Couple]:
    """Pairs of households to compare, the smaller id first; both may be one and the same household.

    `ahead`: only with households whose id is not smaller, since the others were compared with these before.
    """
    given: dict[str, Any] = {
        "province": province_code,
        "ahead": ahead,
        "persons": _json([row._asdict() for row in persons]),
        "houses": _json([_house_row(family) for family in families]),
    }
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, given)
        return {in_order(left, right) for left, right in cursor.fetchall()}


def sharing_a_person(household_ids: Sequence[UUID]) -> set[Couple]:
    """Pairs of households of which current lists name one and the same person in both."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, {"ids": [str(pk) for pk in household_ids]})
        return {in_order(left, right) for left, right in cursor.fetchall()}


def _house_row(family: Family) -> dict[str, Any]:
    latitude, longitude = family.place or (None, None)
    return {
        "household": family.household_id,
        "area": family.area_code,
        "house_code": family.house_code,
        "house_no": family.house_no,
        "phone": family.phone,
        "latitude": latitude,
        "longitude": longitude,
    }


def _json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, default=str, ensure_ascii=False)


_FAMILIES = """
    SELECT h.id, h.area_code, h.house_code, h.house_no, h.phone, h.latitude, h.longitude
    FROM households_household h JOIN households_householdscope s ON s.household_id = h.id
    WHERE h.id = ANY(%s::uuid[])
"""
_MEMBERS = """
    SELECT k.household_id, k.person_id, k.area_code, k.first, k.last, k.first_sound, k.last_sound,
           k.name_hash, k.sound_hash, k.birth_date, k.sex, k.is_head, n.key_id, n.sealed
    FROM households_matchkey k LEFT JOIN households_nationalid n ON n.person_id = k.person_id
    WHERE k.household_id = ANY(%s::uuid[]) ORDER BY k.household_id, k.person_id
"""
_NAMESAKES = """
    SELECT sound_hash, count(*) FROM households_matchkey
    WHERE province_code = %s AND sound_hash = ANY(%s) GROUP BY sound_hash
"""


def load_families(province_code: str, household_ids: Iterable[UUID]) -> tuple[dict[UUID, Family], list[Row]]:
    """Households with their members, and the members as rows to look up."""
    ids = [str(pk) for pk in household_ids]
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS, [ids])
        found = cursor.fetchall()
        cursor.execute(_NAMESAKES, [province_code, list({row[8] for row in found})])
        namesakes = dict(cursor.fetchall())
        cursor.execute(_FAMILIES, [ids])
        houses = cursor.fetchall()
    members: dict[UUID, list[Member]] = {}
    for row in found:
        members.setdefault(row[0], []).append(_member(row, namesakes))
    families = {
        pk: Family(pk, area, code, number, phone, _place(latitude, longitude), tuple(members.get(pk, ())))
        for pk, area, code, number, phone, latitude, longitude in houses
    }
    return families, [Row(*row[:10]) for row in found]


def _member(row: tuple[Any, ...], namesakes: dict[int, int]) -> Member:
    (
        _home,
        person,
        _area,
        first,
        last,
        first_sound,
        last_sound,
        _name,
        sound,
        birth,
        sex,
        is_head,
        key,
        seal,
    ) = row
    sealed = (key, bytes(seal)) if key else None
    return Member(
        person, first, last, first_sound, last_sound, birth, sex, is_head, sealed, namesakes.get(sound, 1)
    )


def _place(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    return None if latitude is None or longitude is None else (latitude, longitude)
