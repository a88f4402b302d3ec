"""Who lives where by the lists: of several households the one whose line is believed first.

What a person said by hand stands: somebody who left, or was moved, split off or joined, is left alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Value
from django.db.models.functions import Now

from povertyops.common.ids import uuid7

from ..enums import CorrectionState
from ..models import Correction, Household, HouseholdLink, ListedPerson, Membership
from ..rules import MEMBER_LEAVE
from .lines import HouseholdLine, PersonLine, household_lines, person_lines
from .source_rules import SourceRules


class _Home(NamedTuple):
    household_id: UUID
    since: date


def settle_homes(
    household_ids: Sequence[UUID],
    lines: Mapping[UUID, Sequence[HouseholdLine]],
    persons: Mapping[UUID, Sequence[PersonLine]],
    rules: SourceRules,
    recorded_at: datetime | None,
) -> set[UUID]:
    """Make memberships, places within the household and heads follow the lines; returns the households whose
    people changed."""
    by_hand = _set_by_hand(persons)
    free = {pk: own for pk, own in persons.items() if pk not in by_hand}
    standing = _standing(free)
    touched = _write_homes(free, standing, rules, recorded_at)
    _settle_heads({*household_ids, *touched}, lines, persons, rules)
    return touched


def _set_by_hand(persons: Mapping[UUID, Any]) -> set[UUID]:
    """Persons of whom somebody said by hand where they live, or that they live there no more."""
    ids = list(persons)
    found = set(
        Correction.objects.filter(person_id__in=ids, field=MEMBER_LEAVE).values_list("person_id", flat=True)
    )
    ended = Membership.objects.filter(person_id__in=ids, superseded_at=None, batch_id=None)
    found.update(ended.exclude(valid_to=None).values_list("person_id", flat=True))
    for moved in HouseholdLink.objects.filter(person_ids__overlap=ids).values_list("person_ids", flat=True):
        found.update(moved)
    return {pk for pk in found if pk is not None}


def _standing(persons: Mapping[UUID, Any]) -> dict[UUID, list[Membership]]:
    rows = Membership.objects.filter(person_id__in=list(persons), superseded_at=None)
    found: dict[UUID, list[Membership]] = defaultdict(list)
    for row in rows.order_by("valid_from", "recorded_at", "pk"):
        found[row.person_id].append(row)
    return found


def homes_of(lines: Sequence[PersonLine], rules: SourceRules) -> list[_Home]:
    """Where a person has lived: from each day on which a list begins to hold, by the lists known to hold."""
    best = rules.sorted(lines, rules.order(lines[0].province_code, "home"))
    found: list[_Home] = []
    for day in sorted({line.effective_on for line in best}):
        home = next(line.household_id for line in best if line.effective_on <= day)
        if not found or found[-1].household_id != home:
            found.append(_Home(home, day))
    return found


def _write_homes(
    persons: Mapping[UUID, Sequence[PersonLine]],
    standing: Mapping[UUID, Sequence[Membership]],
    rules: SourceRules,
    recorded_at: datetime | None,
) -> set[UUID]:
    stamp = Value(recorded_at) if recorded_at else Now()
    wrong: list[UUID] = []
    new: list[Membership] = []
    moved: list[Membership] = []
    touched: set[UUID] = set()
    for pk, lines in persons.items():
        found = standing.get(pk, [])
        wanted = homes_of(lines, rules)
        if found:
            wanted[0] = wanted[0]._replace(since=min(wanted[0].since, found[0].valid_from))
        if wanted != [_Home(row.household_id, row.valid_from) for row in found]:
            wrong += [row.pk for row in found]
            touched.update(row.household_id for row in found)
            touched.update(home.household_id for home in wanted)
            new += _memberships(pk, wanted, lines, found, rules, stamp)
        elif found and found[-1].valid_to is None and _seat(found[-1], lines, rules):
            moved.append(found[-1])
    Membership.objects.filter(pk__in=wrong).update(superseded_at=stamp)
    Membership.objects.bulk_create(new, batch_size=1_000)
    Membership.objects.bulk_update(moved, ["relation", "position"], batch_size=500)
    return touched


def _memberships(
    person_id: UUID,
    wanted: Sequence[_Home],
    lines: Sequence[PersonLine],
    found: Sequence[Membership],
    rules: SourceRules,
    stamp: Any,
) -> Iterator[Membership]:
    ends = [*(later.since for _home, later in pairwise(wanted)), None]
    heads = {row.household_id for row in found if row.is_head}
    for home, end in zip(wanted, ends, strict=True):
        best = _line_in(home.household_id, lines, rules)
        yield Membership(
            id=uuid7(),
            household_id=home.household_id,
            person_id=person_id,
            relation=best.raw.get("relation") or "",
            is_head=home.household_id in heads and end is None,
            valid_from=home.since,
            valid_to=end,
            recorded_at=stamp,
            batch_id=best.batch_id,
        )


def _line_in(household_id: UUID, lines: Sequence[PersonLine], rules: SourceRules) -> PersonLine:
    own = [line for line in lines if line.household_id == household_id]
    return rules.sorted(own, rules.order(own[0].province_code, "home"))[0]


def _seat(row: Membership, lines: Sequence[PersonLine], rules: SourceRules) -> bool:
    """Put the relation of the line believed first into a membership; whether that is new."""
    relation = _line_in(row.household_id, lines, rules).raw.get("relation")
    if relation is None or relation == row.relation:
        return False
    row.relation = relation
    return True


# --------------------------------------------------------------------------------------------------- heads


def _settle_heads(
    ids: set[UUID],
    lines: Mapping[UUID, Sequence[HouseholdLine]],
    persons: Mapping[UUID, Sequence[PersonLine]],
    rules: SourceRules,
) -> None:
    """The head of a household is whom the line believed first calls so, and its people stand in the order of
    that line."""
    elsewhere = [pk for pk in ids if pk not in lines]
    lines = {**lines, **household_lines(elsewhere)} if elsewhere else lines
    on_lines: dict[UUID, list[PersonLine]] = defaultdict(list)
    for own in persons.values():
        for line in own:
            if line.household_id in ids:
                on_lines[line.household_id].append(line)
    if elsewhere:
        rows = ListedPerson.objects.filter(listing__household_id__in=elsewhere, listing__superseded_at=None)
        for pk in elsewhere:
            on_lines.pop(pk, None)
        for line in person_lines(rows):
            on_lines[line.household_id].append(line)
    provinces = dict(Household.objects.filter(pk__in=ids).values_list("pk", "province_code"))
    members: dict[UUID, list[Membership]] = defaultdict(list)
    current = Membership.objects.filter(household_id__in=ids, valid_to=None, superseded_at=None)
    for row in current:
        members[row.household_id].append(row)
    # Whose name was set by hand has the head that goes with it.
    named = Correction.objects.filter(household_id__in=ids, person=None, field="head_name")
    by_hand = set(named.filter(state=CorrectionState.APPLIED).values_list("household_id", flat=True))
    changed = [
        row
        for pk, rows_of in members.items()
        if lines.get(pk) and pk not in by_hand
        for row in _put_in_order(rows_of, lines[pk], on_lines[pk], provinces[pk], rules)
    ]
    Membership.objects.bulk_update(changed, ["is_head", "position"], batch_size=500)


def _put_in_order(
    members: Sequence[Membership],
    lines: Sequence[HouseholdLine],
    on_lines: Sequence[PersonLine],
    province: str,
    rules: SourceRules,
) -> list[Membership]:
    """Memberships whose place or headship changes."""
    seats = _seats(on_lines, province, rules)
    head = _head(members, lines, on_lines, province, rules)
    changed = []
    for row in members:
        position = seats.get(row.person_id, row.position)
        is_head = row.is_head if head is None and row.person_id not in seats else row.person_id == head
        if (position, is_head) != (row.position, row.is_head):
            row.position, row.is_head = position, is_head
            changed.append(row)
    return changed


def _seats(on_lines: Sequence[PersonLine], province: str, rules: SourceRules) -> dict[UUID, int]:
    """The place of each person: as on the line believed first, who is only on others after them."""
    seats: dict[UUID, int] = {}
    ordered = rules.sorted(sorted(on_lines, key=lambda line: line.place), rules.order(province, "head"))
    for line in ordered:
        seats.setdefault(line.person_id, len(seats))
    return seats


def _head(
    members: Sequence[Membership],
    lines: Sequence[HouseholdLine],
    on_lines: Sequence[PersonLine],
    province: str,
    rules: SourceRules,
) -> UUID | None:
    """Whom the first line that names a head living there calls so."""
    at_home = {row.person_id for row in members}
    for line in rules.sorted(lines, rules.order(province, "head")):
        name = (line.raw.get("head_first_name") or "", line.raw.get("head_last_name") or "")
        for person in sorted(on_lines, key=lambda one: one.place):
            same = (person.kind_code, person.fiscal_year) == (line.kind_code, line.fiscal_year)
            if name[0] and same and person.name == name and person.person_id in at_home:
                return person.person_id
    return None
