"""What a household and its persons are called and where they are: derived from their listings and hand
corrections.

For every field the newest fiscal year that states it wins, within a year the list kind of the lower rank,
and a
correction by hand over all of them. So the order in which lists are imported never matters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Value
from django.db.models.functions import Now

from povertyops.areas.queries import responsible_centres
from povertyops.common.names import search_key, sort_key

from ..enums import CorrectionState
from ..models import Correction, Household, HouseholdPlacement, HouseholdScope, ListedPerson, Listing, Person

CHUNK = 1_000
HOUSEHOLD_FIELDS = ("house_code", "house_no", "phone", "head_title", "head_first_name", "head_last_name")
PERSON_FIELDS = ("title", "first_name", "last_name", "birth", "sex")
Values = dict[str, str]


class _Line(NamedTuple):
    """One valid listing, best first in the order of the rule."""

    household_id: UUID
    area_code: str
    effective_on: date
    raw: dict[str, Any]


def derive_households(household_ids: Iterable[UUID], *, recorded_at: datetime | None = None) -> list[UUID]:
    """Bring fields of these households and of their persons up to the rule; returns the households that
    changed.

    The caller has locked them. A household that moves to another village gets a new placement and scope from
    the day of the list that says so; its province never changes.
    """
    ids = sorted(set(household_ids))
    changed: list[UUID] = []
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        changed += _derive_chunk(chunk, recorded_at)
        _derive_persons(chunk)
    return changed


def best_values(lines: Iterable[Mapping[str, Any]], fields: Iterable[str]) -> Values:
    """For each field the first line that states it; lines come best first."""
    found: Values = {}
    names = list(fields)
    for line in lines:
        for name in names:
            if name not in found and line.get(name):
                found[name] = str(line[name])
    return found


def _derive_chunk(ids: Sequence[UUID], recorded_at: datetime | None) -> list[UUID]:
    lines: dict[UUID, list[_Line]] = defaultdict(list)
    for line in _lines_of(ids):
        lines[line.household_id].append(line)
    applied = Correction.objects.filter(state=CorrectionState.APPLIED)
    corrections = _corrections(applied.filter(household_id__in=ids, person=None), "household_id")
    changed: list[Household] = []
    moved: dict[UUID, _Line] = {}
    for household in Household.objects.filter(pk__in=lines):
        own = lines[household.pk]
        values = _household_values(own, corrections[household.pk], household)
        if values["area_code"] != household.area_code:
            moved[household.pk] = own[0]
        if any(getattr(household, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(household, name, value)
            household.version += 1
            changed.append(household)
    Household.objects.bulk_update(
        changed,
        ["area_code", "house_code", "house_no", "phone", "head_name", "sort_key", "version"],
        batch_size=500,
    )
    _move([household for household in changed if household.pk in moved], moved, recorded_at)
    return [household.pk for household in changed]


def _lines_of(ids: Sequence[UUID]) -> Iterable[_Line]:
    rows = (
        Listing.objects.filter(household_id__in=ids, superseded_at=None)
        .order_by("-fiscal_year", "target_list__kind__rank", "kind_code", "id")
        .values_list("household_id", "area_code", "target_list__effective_on", "raw")
    )
    return (_Line(*row) for row in rows)


def _corrections(rows: Any, key: str) -> defaultdict[UUID, Values]:
    """The newest correction of each field that is in use."""
    found: defaultdict[UUID, Values] = defaultdict(dict)
    for owner, name, value in rows.order_by("version", "recorded_at", "id").values_list(
        key, "field", "value"
    ):
        found[owner][name] = value
    return found


def _household_values(lines: Sequence[_Line], corrected: Values, household: Household) -> Values:
    stated = best_values((line.raw for line in lines), HOUSEHOLD_FIELDS)
    values = {
        "area_code": lines[0].area_code,
        "house_code": stated.get("house_code", household.house_code),
        "house_no": stated.get("house_no", household.house_no),
        "phone": stated.get("phone", household.phone),
        "head_name": household.head_name,
        "sort_key": household.sort_key,
    }
    if first := stated.get("head_first_name"):
        last = stated.get("head_last_name", "")
        values["head_name"] = f"{stated.get('head_title', '')}{first} {last}".strip()
        values["sort_key"] = sort_key(first, last)
    values |= {name: value for name, value in corrected.items() if name in values}
    if values["area_code"][:2] != household.province_code:
        values["area_code"] = household.area_code
    return values


def _move(households: Sequence[Household], lines: Mapping[UUID, _Line], recorded_at: datetime | None) -> None:
    """Give households their new village: placement as an interval, scope row, responsible centre."""
    if not households:
        return
    stamp = Value(recorded_at) if recorded_at else Now()
    centres = responsible_centres({household.area_code for household in households})
    for household in households:
        since, centre = lines[household.pk].effective_on, centres[household.area_code]
        current = HouseholdPlacement.objects.filter(
            household=household, valid_to=None, superseded_at=None
        ).first()
        if current is not None and current.valid_from < since:
            current.valid_to = since
            current.save(update_fields=["valid_to"])
        elif current is not None:
            since = current.valid_from
            HouseholdPlacement.objects.filter(pk=current.pk).update(superseded_at=stamp)
        HouseholdPlacement.objects.create(
            household=household,
            area_code=household.area_code,
            centre_id=centre.centre_id,
            valid_from=since,
            recorded_at=stamp,
        )
        HouseholdScope.objects.filter(pk=household.pk).update(
            district_code=household.area_code[:4],
            subdistrict_code=household.area_code[:6],
            area_code=household.area_code,
            centre_id=centre.centre_id,
            is_municipal=centre.is_municipal,
        )


def _derive_persons(household_ids: Sequence[UUID]) -> None:
    """Names, birthday and sex of everybody on the households' lists."""
    rows = (
        ListedPerson.objects.filter(listing__household_id__in=household_ids, listing__superseded_at=None)
        .order_by("-listing__fiscal_year", "listing__target_list__kind__rank", "listing__kind_code", "id")
        .values_list("person_id", "raw")
    )
    lines: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for person_id, raw in rows:
        lines[person_id].append(raw)
    corrections = _corrections(
        Correction.objects.filter(person_id__in=lines, state=CorrectionState.APPLIED), "person_id"
    )
    changed = [
        person
        for person in Person.objects.filter(pk__in=lines)
        if _take_over(person, best_values(lines[person.pk], PERSON_FIELDS) | corrections[person.pk])
    ]
    Person.objects.bulk_update(
        changed,
        ["title", "first_name", "last_name", "search_key", "sort_key", "birth_date", "sex"],
        batch_size=500,
    )


def _take_over(person: Person, values: Values) -> bool:
    """Put derived values into a person; whether anything is new."""
    before = (person.title, person.first_name, person.last_name, person.birth_date, person.sex)
    person.title = values.get("title", person.title)
    person.first_name = values.get("first_name", person.first_name)
    person.last_name = values.get("last_name", person.last_name)
    person.sex = values.get("sex", person.sex)
    if birth := values.get("birth_date") or values.get("birth"):
        person.birth_date = date.fromisoformat(birth)
    if before == (person.title, person.first_name, person.last_name, person.birth_date, person.sex):
        return False
    person.search_key, person.sort_key = person_keys(person.first_name, person.last_name)
    return True


def person_keys(first: str, last: str) -> tuple[str, str]:
    """Search key (no title, tone marks or spaces) and sort key of a person."""
    return search_key(f"{first} {last}"), sort_key(first, last)
