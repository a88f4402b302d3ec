"""What has been built on the households of an import, and so stands in the way of its undo.

The tables are taken from the registry of models: whatever points at a household or a person counts unless
it is named in `MADE_BY_IMPORT`, so that a new table cannot be forgotten. What was done since and taken back
again since does not count.
"""

# ruff: noqa: S608 - names come from the models, values are always parameters
from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.enums import ImportStatus
from households.models import Household, ImportBatch, Person

from ..enums import StageEventKind

# An import makes these itself and its undo takes them back; what others did to them is asked below, by hand.
MADE_BY_IMPORT = frozenset(
    {
        "households.Household",
        "households.HouseholdPlacement",
        "households.HouseholdScope",
        "households.Person",
        "households.NationalId",
        "households.Membership",
        "households.JoinedPerson",
        "households.Listing",
        "households.ListedPerson",
        "households.MatchKey",
        "households.ImportFile",
        "households.ImportHousehold",
        "households.ImportRow",
        "households.ImportFault",
        "casework.Case",
        "casework.StageEvent",
        "casework.CohortState",
        "casework.CohortHistory",
        "casework.CohortVersion",
    }
)
# Table -> the moment at which somebody took back what the row tells of; `undoing` takes such rows along.
TAKEN_BACK: Mapping[str, str] = {
    "casework.HouseholdMerge": "undone_at",
    "casework.PersonMerge": "undone_at",
    "casework.BaselineReview": "superseded_at",
}
# Logs that name households without depending on them.
LOGS = frozenset({"common.AuditEntry", "common.AccessEntry"})


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One kind of thing built on a batch: how many, and on how many of its households."""

    code: str
    label: str | Promise
    count: int
    households: int


@dataclass(frozen=True, slots=True)
class _Question:
    """SQL that gives (household id) for every thing of one kind.

    `t` is a household of the batch, with `since` (when it got its line) and `born` (whether the batch
    brought it).
    """

    code: str
    label: str | Promise
    statement: str


def obstacles_of(batch: ImportBatch) -> list[Obstacle]:
    """Everything that was built on the batch, each kind once, the most frequent first."""
    found: dict[str, Obstacle] = {}
    for question in questions():
        count, households = _fetch(
            f"SELECT count(*), count(DISTINCT o.id) FROM ({question.statement}) AS o", batch
        )[0]
        known = found.get(question.code)
        if count and (known is None or known.count < count):
            found[question.code] = Obstacle(question.code, question.label, count, households)
    return sorted(found.values(), key=lambda obstacle: -obstacle.count)


def households_in_the_way(batch: ImportBatch, code: str, limit: int) -> list[UUID]:
    """The first households on which something of one kind was built."""
    found: set[UUID] = set()
    for question in questions():
        if question.code == code:
            rows = _fetch(
                f"SELECT DISTINCT o.id FROM ({question.statement}) AS o ORDER BY 1 LIMIT {limit:d}", batch
            )
            found.update(pk for (pk,) in rows if pk)
    return sorted(found)[:limit]


def questions() -> Iterator[_Question]:
    """One question or more per table."""
    for model in building_models():
        name, label, table = model._meta.label_lower, model._meta.verbose_name or "", model._meta.db_table
        touched, stands = _recorded_since(model), _stands(model)
        for column in _columns_of_households(model):
            joined = f"SELECT t.id FROM {table} x JOIN touched t ON t.id = x.{column}"
            yield _Question(name, label, f"{joined} WHERE (t.born{touched}){stands}")
        for column in _columns_of(model, Person):
            yield _Question(name, label, f"{_of_born_person(table, column)} WHERE TRUE{stands}")
        for column in _columns_of(model, ImportBatch):
            yield _Question(
                name, label, f"SELECT NULL::uuid AS id FROM {table} x WHERE x.{column} = %(batch)s"
            )
    yield from _BY_HAND


def building_models() -> list[type[models.Model]]:
    """Every table that names a household, a person or an import, save those an import fills itself."""
    return [
        model
        for model in apps.get_models()
        if model._meta.managed
        and model._meta.label not in MADE_BY_IMPORT | LOGS
        and (_columns_of_households(model) or _columns_of(model, Person) or _columns_of(model, ImportBatch))
    ]


def _columns_of(model: type[models.Model], target: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if field.related_model is target]


def _columns_of_households(model: type[models.Model]) -> list[str]:
    """Foreign keys, and plain columns of that name where the row may outlive its household."""
    plain = [
        field.attname
        for field in model._meta.concrete_fields
        if isinstance(field, models.UUIDField) and field.attname == "household_id"
    ]
    return [*_columns_of(model, Household), *plain]


def _recorded_since(model: type[models.Model]) -> str:
    """A household that was known before is built on by what was written since; a row without a moment of its
    own comes with one that has it."""
    moments = [
        f"x.{field.attname}"
        for field in model._meta.concrete_fields
        if isinstance(field, models.DateTimeField) and field.attname not in _SAID_BY_PEOPLE
    ]
    return f" OR greatest({', '.join(moments)}) >= t.since" if moments else ""


def _stands(model: type[models.Model]) -> str:
    """What was done before the batch and taken back since stands as an act of its own."""
    moment = TAKEN_BACK.get(model._meta.label)
    if moment is None:
        return ""
    return f" AND (x.{moment} IS NULL OR x.recorded_at < %(requested)s)"


# Moments that a person states, not the moment of writing.
_SAID_BY_PEOPLE = frozenset({"visited_at", "taken_at", "made_at"})


def _of_born_person(table: str, column: str) -> str:
    return f"""
        SELECT m.household_id AS id FROM {table} x
        JOIN households_person p ON p.id = x.{column} AND p.batch_id = %(batch)s
        LEFT JOIN households_membership m ON m.person_id = p.id AND m.superseded_at IS NULL
    """


def _fetch(statement: str, batch: ImportBatch) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        moments = {"applied": batch.applied_at, "requested": batch.requested_at}
        standing = [status.value for status in ImportStatus.of_standing()]
        values = {"batch": batch.pk, "standing": standing, **moments}
        cursor.execute(f"WITH {_TOUCHED} {statement}", values)
        return cursor.fetchall()


_TOUCHED = """
    touched AS MATERIALIZED (
        SELECT l.household_id AS id, greatest(min(l.recorded_at), %(requested)s) AS since,
               bool_or(h.batch_id = l.batch_id) IS TRUE AS born
        FROM households_listing l JOIN households_household h ON h.id = l.household_id
        WHERE l.batch_id = %(batch)s GROUP BY l.household_id
    )
"""
_BY_EVIDENCE = ", ".join(
    f"'{kind.value}'"
    for kind in (
        StageEventKind.OPENED,
        StageEventKind.COMPUTED,
        StageEventKind.SLIPPED,
        StageEventKind.CORRECTED,
    )
)
_BY_HAND = (
    _Question(
        "later_list",
        _("บัญชีที่นำเข้าหรือรับเข้าภายหลัง"),
        """
        SELECT t.id FROM touched t
        JOIN households_listing l ON l.household_id = t.id AND l.superseded_at IS NULL
             AND l.batch_id IS DISTINCT FROM %(batch)s
        LEFT JOIN households_importbatch b ON b.id = l.batch_id
        WHERE CASE WHEN b.id IS NULL THEN l.recorded_at >= t.since ELSE b.applied_at > %(applied)s END
        """,
    ),
    _Question(
        "later_match",
        _("ครัวเรือนที่บัญชีภายหลังพบว่าเป็นรายเดียวกัน"),
        """
        SELECT t.id FROM households_importbatch b
        JOIN households_importhousehold s ON s.batch_id = b.id AND s.is_applied
        JOIN touched t ON t.id = s.match_id
        LEFT JOIN households_listing l ON l.id = s.listing_id
        WHERE b.id <> %(batch)s AND b.applied_at > %(applied)s
          AND b.status = ANY(%(standing)s) AND (t.born OR l.batch_id = %(batch)s)
        """,
    ),
    _Question(
        "later_person",
        _("บุคคลที่อยู่ในบัญชีภายหลัง"),
        """
        SELECT l.household_id AS id FROM households_listedperson lp
        JOIN households_person p ON p.id = lp.person_id AND p.batch_id = %(batch)s
        JOIN households_listing l ON l.id = lp.listing_id AND l.superseded_at IS NULL
        WHERE l.batch_id IS DISTINCT FROM %(batch)s AND NOT EXISTS (
            SELECT FROM households_joinedperson j
            WHERE j.batch_id = %(batch)s AND j.gone_id = lp.joined_from
        )
        """,
    ),
    _Question(
        "moved_person",
        _("บุคคลที่ย้ายครัวเรือนหรือพ้นจากครัวเรือน"),
        """
        SELECT m.household_id AS id FROM households_membership m
        JOIN households_person p ON p.id = m.person_id AND p.batch_id = %(batch)s
        LEFT JOIN households_importbatch b ON b.id = m.batch_id
        WHERE m.superseded_at IS NULL AND m.batch_id IS DISTINCT FROM %(batch)s
          AND (b.id IS NULL OR b.applied_at > %(applied)s)
        """,
    ),
    _Question(
        "case",
        _("การปิดหรือเปิดการดูแล"),
        """
        SELECT t.id FROM touched t JOIN casework_case c ON c.household_id = t.id
        WHERE c.close_recorded_at >= t.since
           OR (c.recorded_at >= t.since AND NOT EXISTS (
               SELECT FROM households_listing l WHERE l.id = c.id AND l.batch_id = %(batch)s
           ))
        """,
    ),
    _Question(
        "stage",
        _("ขั้นที่อนุมัติหรือยกมา"),
        f"""
        SELECT t.id FROM touched t JOIN casework_stageevent e ON e.household_id = t.id
        WHERE e.recorded_at >= t.since AND e.kind NOT IN ({_BY_EVIDENCE})
        """,
    ),
    _Question(
        "merged",
        _("การรวมครัวเรือนหรือบุคคล"),
        """
        SELECT t.id FROM touched t JOIN households_household h ON h.id = t.id
        WHERE h.merged_into_id IS NOT NULL AND t.born
        UNION ALL
        SELECT NULL FROM households_person p JOIN households_person q ON q.id = p.merged_into_id
        WHERE (p.batch_id = %(batch)s OR q.batch_id = %(batch)s)
          AND NOT EXISTS (SELECT FROM households_joinedperson j
                          WHERE j.batch_id = %(batch)s AND j.gone_id = p.id)
        UNION ALL
        SELECT m.household_id FROM households_joinedperson j
        JOIN households_person p ON p.id = j.gone_id
        JOIN households_person q ON q.id = j.kept_id
        LEFT JOIN households_membership m
             ON m.person_id = p.merged_into_id AND m.valid_to IS NULL AND m.superseded_at IS NULL
        WHERE j.batch_id = %(batch)s
          AND (p.merged_into_id IS DISTINCT FROM q.id OR q.merged_into_id IS NOT NULL)
        """,
    ),
)
