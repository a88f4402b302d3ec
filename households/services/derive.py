"""What a household and its persons are called and where they are: derived from their listings and hand
corrections.

For every field the rule of `source_rules` says which list is believed, and a correction by hand wins over all
of them. Nothing here depends on ids or on the order in which lists came in. Who lives where is `homes`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from povertyops.common.names import search_key, sort_key

from ..enums import CorrectionState
from ..models import Correction, Household, ListedPerson, Person
from .homes import settle_homes
from .lines import HouseholdLine, PersonLine, household_lines, person_lines
from .placing import Stay, settle_places
from .source_rules import Order, SourceRules, load_rules

CHUNK = 1_000
Values = dict[str, Any]
# Field of the rule -> what of a line it decides.
_OF_HOUSEHOLD = {"house_code": "house_code", "house_no": "house_no", "phone": "phone"}
_WRITTEN = ["area_code", "house_code", "house_no", "phone", "head_name", "sort_key", "version"]


def derive_households(
    household_ids: Iterable[UUID],
    *,
    recorded_at: datetime | None = None,
    person_ids: Iterable[UUID] = (),
) -> list[UUID]:
    """Bring these households, everybody on their lists and the given persons up to the rule.

    The caller has locked the households, and those where these persons live or are listed. A household that
    moves to another village gets a new placement and scope from the day of the list that says so; its
    province never changes. Returns the households of which anything changed, with those that persons moved
    from or to, and those that list a person whose birthday changed: it says who is small or old.
    """
    ids, extra = sorted(set(household_ids)), sorted(set(person_ids))
    rules = load_rules()
    changed: set[UUID] = set()
    for start in range(0, max(len(ids), 1), CHUNK):
        chunk = ids[start : start + CHUNK]
        lines = household_lines(chunk)
        changed.update(_derive_chunk(lines, rules, recorded_at))
        persons = _lines_of_persons(chunk, extra if start == 0 else ())
        changed.update(_derive_persons(persons, rules))
        changed.update(settle_homes(chunk, lines, persons, rules, recorded_at))
    return sorted(changed)


def best_value(lines: Iterable[Mapping[str, Any]], name: str) -> str | None:
    """The value of the first line that states one; "" where lines have the field and leave it empty, None
    where none has it."""
    found = None
    for line in lines:
        if line.get(name):
            return str(line[name])
        if name in line:
            found = ""
    return found


def stating(lines: Iterable[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    """The first line that states a field, to take what belongs to it from the same line."""
    return next((line for line in lines if line.get(name)), {})


# ---------------------------------------------------------------------------------------------- households


def _derive_chunk(
    lines: Mapping[UUID, list[HouseholdLine]], rules: SourceRules, recorded_at: datetime | None
) -> list[UUID]:
    applied = Correction.objects.filter(state=CorrectionState.APPLIED)
    corrections = _corrections(applied.filter(household_id__in=lines, person=None), "household_id")
    changed: list[Household] = []
    stays: dict[UUID, list[Stay]] = {}
    for household in Household.objects.filter(pk__in=lines):
        own, corrected = lines[household.pk], corrections[household.pk]
        values = household_values(own, corrected, household, rules)
        if "area_code" not in corrected:
            stays[household.pk] = _stays(own, household, rules)
        if any(getattr(household, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(household, name, value)
            household.version += 1
            changed.append(household)
    Household.objects.bulk_update(changed, _WRITTEN, batch_size=500)
    moved = settle_places(stays, recorded_at)
    return [*(household.pk for household in changed), *moved]


def household_values(
    lines: Sequence[HouseholdLine], corrected: Values, household: Household, rules: SourceRules
) -> Values:
    """The fields of a household by the rule; what no line speaks of stays as it is."""
    ordered = _Ordered(lines, household.province_code, rules)
    values = {
        name: getattr(household, name) if (value := best_value(ordered.raws(field), name)) is None else value
        for field, name in _OF_HOUSEHOLD.items()
    }
    values |= {"head_name": household.head_name, "sort_key": household.sort_key}
    if head := stating(ordered.raws("head"), "head_first_name"):
        first, last = head["head_first_name"], head.get("head_last_name", "")
        values["head_name"] = f"{head.get('head_title', '')}{first} {last}".strip()
        values["sort_key"] = sort_key(first, last)
    area = ordered.lines("area_code")[0].area_code
    values["area_code"] = area if area[:2] == household.province_code else household.area_code
    return values | {name: value for name, value in corrected.items() if name in values}


class _Ordered:
    """The lines of one household in the order of each field; sorted once per rule, not per field."""

    def __init__(self, lines: Sequence[HouseholdLine], province: str, rules: SourceRules) -> None:
        self._lines, self._province, self._rules = lines, province, rules
        self._known: dict[Order, list[HouseholdLine]] = {}

    def lines(self, field: str) -> list[HouseholdLine]:
        order = self._rules.order(self._province, field)
        if order not in self._known:
            self._known[order] = self._rules.sorted(self._lines, order)
        return self._known[order]

    def raws(self, field: str) -> list[dict[str, Any]]:
        return [line.raw for line in self.lines(field)]


def _stays(lines: Sequence[HouseholdLine], household: Household, rules: SourceRules) -> list[Stay]:
    """Where the household has been: from each day on which a list begins to hold, by the lists that hold. A
    municipal centre is that of the first of them that names one for the village."""
    order = rules.order(household.province_code, "area_code")
    best = rules.sorted((one for one in lines if one.area_code[:2] == household.province_code), order)
    found: list[Stay] = []
    for day in sorted({line.effective_on for line in best}):
        holding = [line for line in best if line.effective_on <= day]
        area = holding[0].area_code
        named = (line.raw.get("centre") for line in holding if line.area_code == area)
        centre = next((UUID(name) for name in named if name), None)
        if not found or (found[-1].area_code, found[-1].centre_id) != (area, centre):
            found.append(Stay(area, day, centre))
    return found


def _corrections(rows: Any, key: str) -> defaultdict[UUID, Values]:
    """The newest correction of each field that is in use."""
    found: defaultdict[UUID, Values] = defaultdict(dict)
    for owner, name, value in rows.order_by("version", "recorded_at", "id").values_list(
        key, "field", "value"
    ):
        found[owner][name] = value
    return found


# ------------------------------------------------------------------------------------------------- persons


def _lines_of_persons(ids: Sequence[UUID], extra: Sequence[UUID]) -> dict[UUID, list[PersonLine]]:
    """Every valid line of everybody on the lines of these households, in whichever household it is."""
    found = ListedPerson.objects.filter(listing__superseded_at=None)
    of_households = found.filter(listing__household_id__in=ids).values("person_id")
    lines: dict[UUID, list[PersonLine]] = defaultdict(list)
    wanted = [found.filter(person_id__in=of_households)]
    if extra:
        wanted.append(found.filter(person_id__in=extra).exclude(person_id__in=of_households))
    for rows in wanted:
        for line in person_lines(rows):
            lines[line.person_id].append(line)
    return lines


def _derive_persons(lines: Mapping[UUID, Sequence[PersonLine]], rules: SourceRules) -> set[UUID]:
    """Names, birthday and sex of everybody on the lists; the households of those whose birthday changed."""
    corrections = _corrections(
        Correction.objects.filter(person_id__in=lines, state=CorrectionState.APPLIED), "person_id"
    )
    changed: list[Person] = []
    homes: set[UUID] = set()
    for person in Person.objects.filter(pk__in=lines):
        own, born = lines[person.pk], person.birth_date
        if _take_over(person, person_values(own, person.province_code, rules), corrections):
            changed.append(person)
        if person.birth_date != born:
            homes.update(line.household_id for line in own)
    Person.objects.bulk_update(
        changed,
        ["title", "first_name", "last_name", "search_key", "sort_key", "birth_date", "sex"],
        batch_size=500,
    )
    return homes


def person_values(lines: Sequence[PersonLine], province: str, rules: SourceRules) -> Values:
    """What lists say of a person; a name comes from one line, whole."""
    values: Values = {}
    known: dict[Order, list[dict[str, Any]]] = {}
    for field in ("name", "birth", "sex"):
        order = rules.order(province, field)
        if order not in known:
            known[order] = [line.raw for line in rules.sorted(lines, order)]
        raws = known[order]
        if field != "name":
            value = best_value(raws, field)
            values |= {} if value is None else {field: value}
        elif said := stating(raws, "first_name"):
            values |= {"first_name": said["first_name"], "last_name": said.get("last_name", "")}
            values["title"] = said.get("title") or best_value(raws, "title") or ""
    return values


def _take_over(person: Person, values: Values, corrections: Mapping[UUID, Values]) -> bool:
    """Put derived and corrected values into a person; whether anything is new."""
    before = (person.title, person.first_name, person.last_name, person.birth_date, person.sex)
    if "birth" in values:
        person.birth_date = date.fromisoformat(values["birth"]) if values["birth"] else None
    values = values | corrections.get(person.pk, {})
    for name in ("title", "first_name", "last_name", "sex"):
        setattr(person, name, values.get(name, getattr(person, name)))
    if "birth_date" in values:
        person.birth_date = date.fromisoformat(values["birth_date"]) if values["birth_date"] else None
    if before == (person.title, person.first_name, person.last_name, person.birth_date, person.sex):
        return False
    person.search_key, person.sort_key = person_keys(person.first_name, person.last_name)
    return True


def person_keys(first: str, last: str) -> tuple[str, str]:
    """Search key (no title, tone marks or spaces) and sort key of a person."""
    return search_key(f"{first} {last}"), sort_key(first, last)
