"""Lines of a file that name families which were merged: together they are the one line of the household.

Of such a household one line was matched as ever. The others are looked for here, and folded into the first in
staging: its persons are theirs too, it fails in what they fail in, and they themselves write nothing. So the
register sees one line, as after a merge by hand. What another file of the same list said of a family of which
this one says nothing is folded in as well. Which line leads follows from what the lines say.
"""

# ruff: noqa: S608 - statements are built from the constants below, values are always parameters
from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import F, Max, Q, QuerySet

from ..enums import ImportStatus
from ..models import Household, ImportBatch, ImportHousehold, ImportRow, Listing
from ..services.joint_lines import together
from .families import Family, listed_families, staged_families, still_here

_SAID = ("dimensions", "failed_indicators", "income", "raw", "content_hash")


class JoinedLine(NamedTuple):
    """A household of the file that goes in with another one; `into_row` is where that one begins, None where
    another file of the list named it."""

    number: int
    row: int
    house_code: str
    into_row: int | None


class HeldLine(NamedTuple):
    """A household of the file that waits for one with which it goes in: where that begins, and its sheet."""

    number: int
    row: int
    house_code: str
    sheet: int
    other_row: int
    other_sheet: int


def join_lines(batch: ImportBatch, members_said: str) -> None:
    """Fold lines of families that were merged into the line of the household they are now.

    `members_said` is the condition under which the persons of a line stand for a household.
    """
    merged = Household.objects.filter(merged_into__isnull=False, province_code__in=batch.provinces)
    if not merged.exists():
        return
    found = _candidates(batch, members_said)
    waiting = ImportHousehold.objects.filter(batch=batch, is_applied=False)
    standing = _standing(batch)
    homes = {*found.values(), *standing}
    lines: defaultdict[UUID, list[ImportHousehold]] = defaultdict(list)
    for line in [*waiting.filter(match_id__in=homes), *waiting.filter(pk__in=found)]:
        home: UUID = line.match_id or found[line.pk]
        line.match_id = home
        lines[home].append(line)
    gone = _gone(lines)
    said = staged_families(batch, [line for own in lines.values() for line in own])
    known = listed_families({part for home in lines for part in standing.get(home, ())})
    for home in sorted(lines):
        own = [said[line.number] for line in lines[home]]
        listed = [known[part] for part in standing.get(home, ())]
        kept = _unspoken(home, listed, own, gone[home])
        _fold(batch, lines[home], sorted([*own, *kept], key=lambda each: each.place(gone[home])))


def part_again(batch: ImportBatch) -> None:
    """Take folded lines apart, so that they can be matched anew; those that went in stay as they are."""
    if not _joint(batch).exists():
        return
    with connection.cursor() as cursor:
        for statement in _PART:
            cursor.execute(statement, {"batch": batch.pk})
    for line in ImportHousehold.objects.filter(batch=batch, is_applied=False, alone__isnull=False):
        for name, value in alone_values(line).items():
            setattr(line, name, value)
        line.alone = None
        line.save(update_fields=[*_SAID, "persons", "alone"])


def count_persons(batch: ImportBatch) -> None:
    """How many persons a folded line has, once it is known who is who."""
    if _joint(batch).exists():
        with connection.cursor() as cursor:
            cursor.execute(_PERSONS, {"batch": batch.pk})


def hold_together(batch: ImportBatch) -> list[HeldLine]:
    """Of lines that go in together either all are held back or none; those that now are held for another."""
    if not _folded(batch).exists():
        return []
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, {"batch": batch.pk})
        return sorted(HeldLine(*row) for row in cursor.fetchall())


def joined_lines(batch: ImportBatch) -> list[JoinedLine]:
    """The households of the file that go in with another one, or with what another file of the list said of a
    family of them, in the order of the file; none that is held back."""
    either = Q(joined_to__isnull=False) | Q(alone__isnull=False)
    lines = list(ImportHousehold.objects.filter(either, batch=batch, is_held=False).order_by("number"))
    rows = {line.number: line.first_row for line in lines}
    return [
        JoinedLine(line.number, line.first_row, line.house_code, rows.get(line.joined_to or 0))
        for line in lines
        if line.joined_to is not None or (line.alone or {}).get("lines")
    ]


def alone_values(line: ImportHousehold) -> dict[str, Any]:
    """What a line says by itself, into which others are folded."""
    values = {name: (line.alone or {})[name] for name in (*_SAID, "persons")}
    return values | {"content_hash": bytes.fromhex(values["content_hash"])}


def _joint(batch: ImportBatch) -> QuerySet[ImportHousehold]:
    return ImportHousehold.objects.filter(batch=batch, alone__isnull=False)


def _folded(batch: ImportBatch) -> QuerySet[ImportHousehold]:
    return ImportHousehold.objects.filter(batch=batch, joined_to__isnull=False)


# --------------------------------------------------------------------------------------------- which are one


def _candidates(batch: ImportBatch, members_said: str) -> dict[UUID, UUID]:
    """Staged household -> the household into which its family was merged, by the best ground."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "batch": batch.pk,
            "provinces": batch.provinces,
            "undone": ImportStatus.UNDONE.value,
        }
        cursor.execute(_CANDIDATES.format(members_said=members_said), values)
        rows = cursor.fetchall()
    return {pk: next(group)[1] for pk, group in groupby(rows, key=lambda row: row[0])}


def _standing(batch: ImportBatch) -> dict[UUID, list[UUID]]:
    """Household into which others were merged -> what its line on this very list is made of."""
    survivors = Household.objects.filter(merged_into__isnull=False, province_code__in=batch.provinces)
    lines = Listing.objects.filter(
        household__in=survivors.values("merged_into"),
        fiscal_year=batch.fiscal_year,
        target_list__kind=batch.kind_id,
        target_list__fiscal_year=batch.fiscal_year,
        superseded_at=None,
    )
    return {home: made_of or [pk] for home, pk, made_of in lines.values_list("household", "pk", "made_of")}


def _unspoken(
    home: UUID, listed: Sequence[Family], own: Sequence[Family], gone: Sequence[Household]
) -> list[Family]:
    """What the register's line says of families of which the file says nothing, as long as they live here."""
    return [
        each
        for each in listed
        if not any(line.is_same(each, gone) for line in own) and still_here(each, home)
    ]


def _gone(homes: Iterable[UUID]) -> Mapping[UUID, list[Household]]:
    """What the households that were merged into these were when they went."""
    found: defaultdict[UUID, list[Household]] = defaultdict(list)
    for household in Household.objects.filter(merged_into__in=list(homes)).order_by("pk"):
        if household.merged_into_id:
            found[household.merged_into_id].append(household)
    return found


def _fold(batch: ImportBatch, lines: Sequence[ImportHousehold], parts: Sequence[Family]) -> None:
    """Make one line of these parts, in their order: the first of those in the file carries it."""
    numbers = {line.number: line for line in lines}
    first, *others = [numbers[part.number] for part in parts if part.number]
    if len(parts) > 1:
        alone = {name: getattr(first, name) for name in (*_SAID, "persons")}
        first.alone = alone | {
            "content_hash": bytes(first.content_hash).hex(),
            "parts": [part.part for part in parts],
            "lines": [part.part for part in parts if not part.number],
        }
        said = reduce(together, [part.said for part in parts])
        for name, value in said._asdict().items():
            setattr(first, name, value)
    first.save(update_fields=["match_id", "alone", *_SAID])
    rows = ImportRow.objects.filter(batch=batch)
    for other in others:
        last: int = rows.filter(number=first.number).aggregate(last=Max("position"))["last"] or 0
        rows.filter(number=other.number).update(
            number=first.number, own_number=other.number, position=F("position") + last + 1
        )
        other.joined_to = first.number
        other.save(update_fields=["match_id", "joined_to"])


# ------------------------------------------------------------------------------------------------- statements

_SAME_HEAD = "(s.sort_key = f.sort_key OR s.first_name = f.first_name AND s.last_name = f.last_name)"

# What any family of such a household is or was called: its own row, that of the one that went, and every
# line, also those that a joint one replaced. Only who lives there now speaks for it.
_CANDIDATES = f"""
    WITH survivor AS MATERIALIZED (
        SELECT DISTINCT h.merged_into_id AS id FROM households_household h
        WHERE h.merged_into_id IS NOT NULL AND h.province_code = ANY(%(provinces)s::text[])
    ), line AS MATERIALIZED (
        SELECT l.id, l.household_id, l.province_code, l.area_code, l.persons, l.raw
        FROM survivor v JOIN households_listing l ON l.household_id = v.id
        LEFT JOIN households_importbatch b ON b.id = l.batch_id
        WHERE l.superseded_at IS NULL OR b.status IS DISTINCT FROM %(undone)s
    ), family AS MATERIALIZED (
        SELECT v.id, h.province_code, h.house_code, h.area_code, h.house_no, h.sort_key,
               NULL AS first_name, NULL AS last_name
        FROM survivor v JOIN households_household h ON h.id = v.id OR h.merged_into_id = v.id
        UNION ALL
        SELECT l.household_id, l.province_code, l.raw ->> 'house_code', l.area_code, l.raw ->> 'house_no',
               NULL, l.raw ->> 'head_first_name', l.raw ->> 'head_last_name'
        FROM line l
    ), waiting AS MATERIALIZED (
        SELECT s.id, s.number, s.province_code, s.area_code, s.house_code, s.house_no, s.sort_key, s.persons,
               s.raw ->> 'head_first_name' AS first_name, s.raw ->> 'head_last_name' AS last_name
        FROM households_importhousehold s
        WHERE s.batch_id = %(batch)s AND NOT s.is_applied AND s.match_id IS NULL
    ), pair AS (
        SELECT s.id, f.id AS household_id, 0 AS ground
        FROM waiting s JOIN family f ON f.house_code = s.house_code AND f.province_code = s.province_code
        WHERE s.house_code <> '' AND {_SAME_HEAD}
        UNION ALL
        SELECT s.id, l.household_id, 1
        FROM line l
        JOIN households_listedperson p ON p.listing_id = l.id
        JOIN households_membership m ON m.person_id = p.person_id AND m.household_id = l.household_id
             AND m.valid_to IS NULL AND m.superseded_at IS NULL
        JOIN households_person known ON known.id = p.person_id OR known.merged_into_id = p.person_id
        JOIN households_nationalid n ON n.person_id = known.id
        JOIN households_importrow r ON r.batch_id = %(batch)s AND r.blind_index = n.blind_index
        JOIN waiting s ON s.number = r.number AND s.province_code = l.province_code
        GROUP BY s.id, s.persons, s.house_code, l.id, l.household_id, l.persons, l.raw
        HAVING {{members_said}}
        UNION ALL
        SELECT s.id, f.id, 2
        FROM waiting s JOIN family f ON f.area_code = s.area_code AND f.house_no = s.house_no
        WHERE s.house_no <> '' AND (f.house_code = '' OR s.house_code = '')
          AND {_SAME_HEAD}
    )
    SELECT p.id, p.household_id FROM pair p JOIN households_household h ON h.id = p.household_id
    GROUP BY p.id, p.household_id, h.house_code, h.sort_key, h.area_code, h.house_no
    ORDER BY p.id, min(p.ground), h.house_code, h.sort_key, h.area_code, h.house_no, p.household_id
"""

_PART = (
    """
    UPDATE households_importhousehold j SET is_applied = TRUE FROM households_importhousehold f
    WHERE j.batch_id = %(batch)s AND f.batch_id = j.batch_id AND f.number = j.joined_to AND f.is_applied
    """,
    """
    UPDATE households_importrow r SET number = own.number, own_number = NULL, position = own.place
    FROM (
        SELECT o.id, o.own_number AS number,
               row_number() OVER (PARTITION BY o.own_number ORDER BY o.position) - 1 AS place
        FROM households_importrow o
        JOIN households_importhousehold f ON f.batch_id = o.batch_id AND f.number = o.number
        WHERE o.batch_id = %(batch)s AND o.own_number IS NOT NULL AND NOT f.is_applied
    ) AS own
    WHERE r.id = own.id
    """,
    """
    UPDATE households_importhousehold j SET joined_to = NULL, is_applied = FALSE
    FROM households_importhousehold f
    WHERE j.batch_id = %(batch)s AND f.batch_id = j.batch_id AND f.number = j.joined_to AND NOT f.is_applied
    """,
)
# Lines of the register that are part of a staged one.
LINES = "ARRAY(SELECT jsonb_array_elements_text(s.alone -> 'lines')::uuid)"
_PERSONS = f"""
    UPDATE households_importhousehold s SET persons = (
        SELECT count(*) FROM (
            SELECT coalesce(r.match_id, r.id) FROM households_importrow r
            WHERE r.batch_id = s.batch_id AND r.number = s.number
            UNION
            SELECT coalesce(p.merged_into_id, p.id)
            FROM households_listedperson l JOIN households_person p ON p.id = l.person_id
            WHERE l.listing_id = ANY({LINES})
        ) AS persons
    )
    WHERE s.batch_id = %(batch)s AND s.alone IS NOT NULL AND NOT s.is_applied
"""
_HOLD = """
    UPDATE households_importhousehold s SET is_held = TRUE
    FROM (
        SELECT DISTINCT ON (coalesce(o.joined_to, o.number))
               coalesce(o.joined_to, o.number) AS number, o.first_row, o.sheet
        FROM households_importhousehold o
        WHERE o.batch_id = %(batch)s AND o.is_held AND (o.joined_to IS NOT NULL OR o.alone IS NOT NULL)
        ORDER BY coalesce(o.joined_to, o.number), o.number
    ) AS other
    WHERE s.batch_id = %(batch)s AND NOT s.is_held AND NOT s.is_applied
      AND (s.joined_to IS NOT NULL OR s.alone IS NOT NULL)
      AND other.number = coalesce(s.joined_to, s.number)
    RETURNING s.number, s.first_row, s.house_code, s.sheet, other.first_row, other.sheet
"""
