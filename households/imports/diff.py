"""A file beside the newest earlier list of its kind: who is new, who left, and field by field what changed.

Told from the staging tables and the lines of that list alone, so that it is known before anything is written.
"""

# ruff: noqa: S608 - statements are built from the constants below, values are always parameters
from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.db.models.functions import Left

from dimensions.queries import indicator_sets

from ..enums import SinceLast
from ..models import ImportBatch, ImportHousehold, ImportRow, ListedPerson, Listing, TargetList

NO_END = 9999
HOUSEHOLD_FIELDS = ("area_code", "house_code", "house_no", "phone", "income")
PERSON_FIELDS = ("title", "first_name", "last_name", "birth", "sex", "relation")


class FieldChange(NamedTuple):
    """A field with what the earlier list said and what the file says; empty: nothing stated."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PersonChange:
    """A person who came (`before` empty), went (`after` empty) or is told of differently."""

    before: str
    after: str
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class HouseholdChange:
    """A household of the file beside its line on the earlier list (`base` None: it was on none).

    Indicators are compared where both years used one set (`same_set`); otherwise the numbers mean different
    questions.
    """

    staged: ImportHousehold
    base: Listing | None
    fields: tuple[FieldChange, ...] = ()
    persons: tuple[PersonChange, ...] = ()
    same_set: bool = True

    @property
    def dimensions(self) -> tuple[int, int]:
        """Masks of the dimensions that came and that went."""
        before = self.base.dimensions if self.base else 0
        return self.staged.dimensions & ~before, before & ~self.staged.dimensions

    @property
    def indicators(self) -> tuple[list[int], list[int]]:
        """Failed indicators that came and that went."""
        if self.base is None or not self.same_set:
            return [], []
        before, after = set(self.base.failed_indicators), set(self.staged.failed_indicators)
        return sorted(after - before), sorted(before - after)


# --------------------------------------------------------------------------------------------- the whole file


def compare_with_last(batch: ImportBatch) -> dict[str, Any]:
    """Tell of every household of the file how it stands to the earlier list; the counts.

    {"year": fiscal year compared with or None, "new", "same", "changed", "left"}: the first three add up to
    the households that are not held back and not joined into another one of the file. Without an earlier
    list nothing is written.
    """
    going_in = ImportHousehold.objects.filter(batch=batch, is_held=False, joined_to=None)
    year = _earlier_year(batch)
    if year is None:
        return {"year": None, "new": going_in.count(), "same": 0, "changed": 0, "left": 0}
    first, last = _years_of_set(batch.survey_year)
    with connection.cursor() as cursor:
        cursor.execute(
            _COMPARE,
            {
                "batch": batch.pk,
                "kind": batch.kind_id,
                "year": batch.fiscal_year,
                "first": first,
                "last": last,
            },
        )
        cursor.execute(_COUNT, {"batch": batch.pk})
        counts = dict(cursor.fetchall())
    found: dict[str, Any] = {name.value: counts.get(name.value, 0) for name in SinceLast}
    batch.since_last = {"year": year}
    return {"year": year, **found, "left": left_lines(batch).count()}


def left_lines(batch: ImportBatch) -> QuerySet[Listing]:
    """Lines of the list compared with whose households are not in the file, in the subdistricts it covers.

    Nobody left where nothing was compared, nor for a mended file, which holds a few households only. Who
    has come onto this year's list by another file meanwhile has not left.
    """
    year = batch.since_last.get("year")
    if year is None or batch.is_mended:
        return Listing.objects.none()
    staged = ImportHousehold.objects.filter(batch=batch)
    subdistricts = staged.exclude(area_code="").annotate(place=Left("area_code", 6)).values("place")
    matched = staged.filter(match_id=OuterRef("household"))
    listed = Listing.objects.filter(
        household=OuterRef("household"),
        fiscal_year=batch.fiscal_year,
        kind_code=batch.kind_id,
        superseded_at=None,
    )
    return (
        Listing.objects.filter(kind_code=batch.kind_id, fiscal_year=year, superseded_at=None)
        .annotate(place=Left("area_code", 6))
        .filter(~Exists(matched), ~Exists(listed), place__in=subdistricts)
    )


def _earlier_year(batch: ImportBatch) -> int | None:
    current = Listing.objects.filter(target_list=OuterRef("pk"), superseded_at=None)
    lists = TargetList.objects.filter(
        Exists(current),
        kind=batch.kind_id,
        province_code__in=batch.provinces,
        fiscal_year__lt=batch.fiscal_year,
    )
    return lists.aggregate(year=Max("fiscal_year"))["year"]


def _years_of_set(survey_year: int) -> tuple[int, int]:
    """The first and the last survey year in which the set of this one applies."""
    begins = [each.valid_from for each in indicator_sets()]
    first = max((year for year in begins if year <= survey_year), default=0)
    return first, min((year - 1 for year in begins if year > survey_year), default=NO_END)


# --------------------------------------------------------------------------------------------- field by field


def changes_of(batch: ImportBatch, staged: Sequence[ImportHousehold]) -> list[HouseholdChange]:
    """What is different, household by household, in the same order: four queries for any number, one more
    where another file of the list spoke of a family of one of them."""
    bases = _bases(staged)
    came = _staged_persons(batch, staged)
    went = _listed_persons(list(bases))
    first, last = _years_of_set(batch.survey_year)
    found = []
    for household in staged:
        base = bases.get(household.base_listing_id) if household.base_listing_id else None
        if base is None:
            found.append(HouseholdChange(household, None))
            continue
        persons = _person_changes(went[base.pk], came[household.number])
        same_set = first <= base.target_list.survey_year <= last
        found.append(HouseholdChange(household, base, _field_changes(household, base), persons, same_set))
    return found


class _Said(NamedTuple):
    """A person as a list tells of them; `person_id` None: not in the register yet."""

    person_id: UUID | None
    values: tuple[str, ...]

    @property
    def name(self) -> str:
        title, first, last = self.values[:3]
        return f"{title}{first} {last}".strip()


def _bases(staged: Sequence[ImportHousehold]) -> dict[UUID, Listing]:
    ids = [each.base_listing_id for each in staged if each.base_listing_id]
    return Listing.objects.select_related("target_list").in_bulk(ids) if ids else {}


def _staged_persons(batch: ImportBatch, staged: Sequence[ImportHousehold]) -> Mapping[int, list[_Said]]:
    """Whom each line names; of a joint one in the order of its parts, each person as the first part says."""
    parts = {each.number: (each.alone or {}).get("parts", []) for each in staged}
    lines = [UUID(part) for each in staged for part in (each.alone or {}).get("lines", [])]
    listed = _listed_persons(lines) if lines else {}
    by_part: defaultdict[tuple[int, str], list[_Said]] = defaultdict(list)
    rows = ImportRow.objects.filter(batch=batch, number__in=parts).order_by("number", "position")
    for row in rows:
        birth = row.birth_date.isoformat() if row.birth_date else ""
        values = (row.title, row.first_name, row.last_name, birth, row.sex, row.relation)
        by_part[row.number, str(row.own_number or row.number)].append(_Said(row.match_id, values))
    found: dict[int, list[_Said]] = {}
    for number, own in parts.items():
        said = [
            one
            for part in own or [str(number)]
            for one in (by_part[number, part] if part.isdigit() else listed.get(UUID(part), []))
        ]
        found[number] = _once(said)
    return found


def _once(said: Sequence[_Said]) -> list[_Said]:
    """Two rows of one line may stand for one person: the first of them tells of them."""
    told: set[UUID] = set()
    found = []
    for one in said:
        if one.person_id is None or one.person_id not in told:
            found.append(one)
        if one.person_id is not None:
            told.add(one.person_id)
    return found


def _listed_persons(listing_ids: Sequence[UUID]) -> Mapping[UUID, list[_Said]]:
    found: defaultdict[UUID, list[_Said]] = defaultdict(list)
    rows = ListedPerson.objects.filter(listing__in=listing_ids).order_by("pk")
    for listing_id, person_id, merged_into, raw in rows.values_list(
        "listing_id", "person_id", "person__merged_into", "raw"
    ):
        values = tuple(_text(raw, name) for name in PERSON_FIELDS)
        found[listing_id].append(_Said(merged_into or person_id, values))
    return found


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    if value is None and name == "birth":
        value = raw.get("birth_date")
    return "" if value is None else str(value)


def _field_changes(staged: ImportHousehold, base: Listing) -> tuple[FieldChange, ...]:
    before = (
        base.area_code,
        *(_text(base.raw, name) for name in ("house_code", "house_no", "phone")),
        "" if base.income is None else str(base.income),
    )
    own = [staged.area_code, staged.house_code, staged.house_no, staged.phone]
    if staged.alone:
        own = [_text(staged.raw, name) for name in ("area_code", "house_code", "house_no", "phone")]
    after = (*own, "" if staged.income is None else str(staged.income))
    return _differing(HOUSEHOLD_FIELDS, before, after)


def _differing(names: Sequence[str], before: Sequence[str], after: Sequence[str]) -> tuple[FieldChange, ...]:
    found = zip(names, before, after, strict=True)
    return tuple(FieldChange(name, old, new) for name, old, new in found if old != new)


def _person_changes(before: Sequence[_Said], after: Sequence[_Said]) -> tuple[PersonChange, ...]:
    known = {said.person_id: said for said in before}
    found, stayed = [], set()
    for said in after:
        old = known.get(said.person_id) if said.person_id else None
        if old is None:
            found.append(PersonChange("", said.name))
            continue
        stayed.add(said.person_id)
        if fields := _differing(PERSON_FIELDS, old.values, said.values):
            found.append(PersonChange(old.name, said.name, fields))
    gone = [PersonChange(said.name, "") for said in before if said.person_id not in stayed]
    return (*found, *gone)


# ------------------------------------------------------------------------------------------------- statements

# Two rows of one line may stand for one person: the first of them tells of them.
_OF_FILE = """
    SELECT DISTINCT ON (coalesce(r.match_id, r.id))
           concat_ws(E'\\x1f', r.match_id::text, r.title, r.first_name, r.last_name,
                     coalesce(r.birth_date::text, ''), r.sex, r.relation) AS said
    FROM households_importrow r WHERE r.batch_id = i.batch_id AND r.number = i.number
    ORDER BY coalesce(r.match_id, r.id), r.position
"""
_OF_LINE = """
    SELECT concat_ws(E'\\x1f', coalesce(p.merged_into_id, p.id)::text,
                     coalesce(lp.raw->>'title', ''), coalesce(lp.raw->>'first_name', ''),
                     coalesce(lp.raw->>'last_name', ''),
                     coalesce(lp.raw->>'birth', lp.raw->>'birth_date', ''),
                     coalesce(lp.raw->>'sex', ''), coalesce(lp.raw->>'relation', '')) AS said
    FROM households_listedperson lp JOIN households_person p ON p.id = lp.person_id
    WHERE lp.listing_id = b.id
"""
# The same of a line out of several, each person as the first part says; some parts may stand in the register.
_OF_JOINT = """
    SELECT DISTINCT ON (person)
           concat_ws(E'\\x1f', known::text, title, first_name, last_name, birth, sex, relation) AS said
    FROM (
        SELECT coalesce(r.match_id, r.id) AS person, r.match_id AS known, r.title, r.first_name, r.last_name,
               coalesce(r.birth_date::text, '') AS birth, r.sex, r.relation,
               coalesce(r.own_number, r.number)::text AS part, r.position::bigint AS place
        FROM households_importrow r WHERE r.batch_id = i.batch_id AND r.number = i.number
        UNION ALL
        SELECT p.id, p.id, coalesce(lp.raw->>'title', ''), coalesce(lp.raw->>'first_name', ''),
               coalesce(lp.raw->>'last_name', ''),
               coalesce(lp.raw->>'birth', lp.raw->>'birth_date', ''),
               coalesce(lp.raw->>'sex', ''), coalesce(lp.raw->>'relation', ''), lp.listing_id::text, lp.id
        FROM households_listedperson lp
        JOIN households_person q ON q.id = lp.person_id
        JOIN households_person p ON p.id = coalesce(q.merged_into_id, q.id)
        WHERE lp.listing_id = ANY(ARRAY(SELECT jsonb_array_elements_text(i.alone -> 'lines')::uuid))
    ) AS told
    ORDER BY person,
             array_position(ARRAY(SELECT jsonb_array_elements_text(i.alone -> 'parts')), part), place
"""
_PERSONS_OF_FILE, _PERSONS_OF_JOINT, _PERSONS_OF_LINE = (
    f"(SELECT array_agg(said ORDER BY said) FROM ({said}) AS persons)"
    for said in (_OF_FILE, _OF_JOINT, _OF_LINE)
)


def _own(name: str) -> str:
    """A column of a staged household; a joint line says what its parts say together."""
    return f"CASE WHEN i.alone IS NULL THEN i.{name} ELSE coalesce(i.raw->>'{name}', i.{name}) END"


_COMPARE = f"""
    UPDATE households_importhousehold s SET base_listing_id = f.base_id, since_last = f.since
    FROM (
        SELECT i.id, b.id AS base_id,
               CASE WHEN i.is_held OR i.joined_to IS NOT NULL THEN ''
                    WHEN b.id IS NULL THEN '{SinceLast.NEW.value}'
                    WHEN b.content_hash = i.content_hash THEN '{SinceLast.SAME.value}'
                    WHEN {_own("area_code")} <> b.area_code OR i.dimensions <> b.dimensions
                         OR {_own("house_code")} <> coalesce(b.raw->>'house_code', '')
                         OR {_own("house_no")} <> coalesce(b.raw->>'house_no', '')
                         OR {_own("phone")} <> coalesce(b.raw->>'phone', '')
                         OR i.income IS DISTINCT FROM b.income
                         OR (b.survey_year BETWEEN %(first)s AND %(last)s
                             AND NOT (i.failed_indicators @> b.failed_indicators
                                      AND i.failed_indicators <@ b.failed_indicators))
                         OR CASE WHEN i.alone IS NULL THEN {_PERSONS_OF_FILE} ELSE {_PERSONS_OF_JOINT} END
                            IS DISTINCT FROM {_PERSONS_OF_LINE}
                    THEN '{SinceLast.CHANGED.value}'
                    ELSE '{SinceLast.SAME.value}' END AS since
        FROM households_importhousehold i
        LEFT JOIN LATERAL (
            SELECT l.*, t.survey_year
            FROM households_listing l JOIN households_targetlist t ON t.id = l.target_list_id
            WHERE l.household_id = i.match_id AND l.kind_code = %(kind)s AND l.fiscal_year < %(year)s
              AND l.superseded_at IS NULL
            ORDER BY l.fiscal_year DESC LIMIT 1
        ) AS b ON TRUE
        WHERE i.batch_id = %(batch)s
    ) AS f
    WHERE s.id = f.id AND (s.since_last <> f.since OR s.base_listing_id IS DISTINCT FROM f.base_id)
"""
_COUNT = """
    SELECT since_last, count(*) FROM households_importhousehold
    WHERE batch_id = %(batch)s AND since_last <> '' GROUP BY since_last
"""
