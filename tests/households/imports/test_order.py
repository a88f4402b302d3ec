"""The order in which lists are imported never matters: five lists of Songkhla that disagree, and small ones
drawn at random, give the same register in whichever order they come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from casework.models import Case, CohortState, StageEvent
from casework.services.cohort import expected_states, stored_states
from casework.services.merging import merge_households
from households.models import (
    Household,
    HouseholdPlacement,
    HouseholdScope,
    ListedPerson,
    Listing,
    Membership,
    NationalId,
    Person,
)
from households.services.derive import derive_households
from tests.cast import Cast
from tests.import_work import world
from tests.lists import ListHousehold, Sheet, make_households

__all__ = ["world"]

KINDS = ("csr", "bmn-29", "bmn-13", "vulnerable", "rehabilitation")
Canon = dict[str, Any]


class Undone(Exception):  # noqa: N818 - not an error: ends an attempt
    pass


@dataclass(frozen=True)
class ListFile:
    """One list to be brought in."""

    kind: str
    fiscal_year: int
    households: Sequence[ListHousehold]

    def bring_in(self, folder: Path) -> None:
        path = Sheet(self.households).csv(folder / f"{self.kind}-{self.fiscal_year}.csv")
        words = ["import_targets", str(path), "--list", self.kind, "--fiscal-year", str(self.fiscal_year)]
        with pytest.raises(SystemExit) as ended:
            call_command(*words, "--apply", stdout=StringIO())
        assert ended.value.code == 0


# ------------------------------------------------------------------------------------ lists that disagree


def five_lists(
    fiscal_year: int, *, families: int, sizes: Sequence[int], seed: str, disagree: float = 0.25
) -> list[ListFile]:
    """Lists of one province that overlap and disagree, each household as its own list knows it."""
    random = Random(f"{seed}{fiscal_year}")
    known = make_households(families, subdistricts=("900701", "900702"), seed=7)
    lists = []
    for kind, size in zip(KINDS, sizes, strict=True):
        chosen = sorted(random.sample(range(families), size))
        lists.append(ListFile(kind, fiscal_year, [_told_by(random, known[n], n, disagree) for n in chosen]))
    _lodgers(random, lists)
    return lists


def _told_by(random: Random, family: ListHousehold, number: int, disagree: float) -> ListHousehold:
    """A family as one list prints it: other values here and there, no house code, no ids of some."""
    told = deepcopy(family)
    luck = random.random
    if luck() < disagree:
        told.phone = f"08{random.randrange(10**8):08d}" if luck() < 0.7 else ""
    if luck() < disagree:
        told.income += random.randrange(100, 5_000)
    if luck() < disagree:
        told.moo = 1 + (told.moo + random.randrange(3)) % 12
    if number % 3 and luck() < disagree:
        told.house_no = f"{told.house_no}/{random.randint(1, 9)}"
    if number % 3 == 0 and luck() < 0.5:
        told.house_code = ""
    _spoil_persons(random, told, disagree)
    if len(told.persons) > 3 and luck() < disagree:
        told.persons.pop(2)
    return told


def _spoil_persons(random: Random, told: ListHousehold, disagree: float) -> None:
    for place, person in enumerate(told.persons):
        if random.random() >= disagree:
            continue
        if place % 2:
            person.pin = ""
        elif random.random() < 0.5 or not place:
            person.birth += timedelta(days=random.choice((-1, 1, 30)))
        else:
            person.first += "า"


def _lodgers(random: Random, lists: Sequence[ListFile]) -> None:
    """Members of large families who stand in another family on some list."""
    for number, one in enumerate(lists[1:], start=1):
        for family in random.sample(list(one.households), min(4, len(one.households))):
            other = random.choice(list(lists[number - 1].households))
            named = {person.pin for told in one.households for person in told.persons}
            moving = [person for person in other.persons[1:] if person.pin and person.pin not in named]
            if other.house_code != family.house_code and len(family.persons) > 2 and moving:
                family.persons.append(deepcopy(moving[0]))


# -------------------------------------------------------------------------------------- the same register


def register() -> Canon:
    """Everything of the register and its counts, told by content; no id, no time of recording."""
    persons = _persons()
    names = _households(persons)
    return {
        "households": sorted(names.values(), key=repr),
        "persons": sorted(persons.values(), key=repr),
        "memberships": _sorted(
            (names[row.household_id], persons[row.person_id], row.relation, row.is_head, row.position,
             row.valid_from, row.valid_to)
            for row in Membership.objects.filter(superseded_at=None)
        ),
        "placements": _sorted(
            (names[row.household_id], row.area_code, row.centre_id, row.valid_from, row.valid_to)
            for row in HouseholdPlacement.objects.filter(superseded_at=None)
        ),
        "scopes": _sorted(
            (names[row.household_id], row.area_code, row.centre_id, row.dimensions, row.is_open)
            for row in HouseholdScope.objects.all()
        ),
        "listings": _listings(names, persons),
        "cases": _sorted(
            (names[row.household_id], row.opened_on, row.stage, row.stage_since)
            for row in Case.objects.all()
        ),
        "events": _sorted(
            (names[row.household_id], row.kind, row.effective_on) for row in StageEvent.objects.all()
        ),
        "cohort": _cohort(names),
        "ids": NationalId.objects.count(),
    }  # fmt: skip


def _sorted(rows: Iterable[Any]) -> list[Any]:
    return sorted(rows, key=repr)


def _persons() -> dict[Any, Any]:
    blind = {
        pk: bytes(index).hex() for pk, index in NationalId.objects.values_list("person_id", "blind_index")
    }
    return {
        row.pk: (blind.get(row.pk, ""), row.title, row.first_name, row.last_name, row.birth_date, row.sex,
                 row.search_key, row.sort_key)
        for row in Person.objects.filter(merged_into=None)
    }  # fmt: skip


def _households(persons: dict[Any, Any]) -> dict[Any, Any]:
    """Households by what they are and who was ever listed there, so that no two are taken for one."""
    listed = defaultdict(set)
    for household, person in ListedPerson.objects.values_list("listing__household_id", "person_id"):
        listed[household].add(persons[person])
    return {
        row.pk: (row.area_code, row.house_code, row.house_no, row.phone, row.head_name, row.sort_key,
                 tuple(_sorted(listed[row.pk])))
        for row in Household.objects.all()
    }  # fmt: skip


def _listings(names: dict[Any, Any], persons: dict[Any, Any]) -> list[Any]:
    people = defaultdict(list)
    for listing, person in ListedPerson.objects.order_by("pk").values_list("listing_id", "person_id"):
        people[listing].append(persons[person])
    return _sorted(
        (names[row.household_id], row.kind_code, row.fiscal_year, row.area_code, row.dimensions, row.persons,
         bytes(row.content_hash).hex(), people[row.pk])
        for row in Listing.objects.filter(superseded_at=None)
    )  # fmt: skip


def _cohort(names: dict[Any, Any]) -> list[Any]:
    left_out = {"id", "since", "household_id"}
    columns = [f.attname for f in CohortState._meta.concrete_fields if f.attname not in left_out]
    return _sorted(
        (names[row.household_id], [(c, getattr(row, c)) for c in columns])
        for row in CohortState.objects.all()
    )


def assert_same(first: Canon, other: Canon) -> None:
    for name, rows in first.items():
        if rows != other[name]:
            mine, theirs = list(map(repr, rows)), list(map(repr, other[name]))
            only = (
                [row for row in mine if row not in theirs][:2],
                [row for row in theirs if row not in mine][:2],
            )
            raise AssertionError(f"{name} differ: {only}")


def brought_in(lists: Sequence[ListFile], folder: Path) -> Canon:
    """The register after these lists, in this order; taken back afterwards."""
    found: Canon = {}
    try:
        with transaction.atomic():
            for one in lists:
                one.bring_in(folder)
            ids = list(Household.objects.values_list("pk", flat=True))
            assert stored_states(ids) == expected_states(ids)
            assert derive_households(ids) == []
            found = register()
            raise Undone
    except Undone:
        return found


def test_five_lists_in_any_of_three_orders_give_the_same_register(world: Cast, tmp_path: Path) -> None:
    lists = five_lists(2568, families=90, sizes=(60, 30, 25, 70, 40), seed="a")
    first = brought_in(lists, tmp_path)
    assert len(first["households"]) > 80
    for order in (lists[::-1], Random(5).sample(lists, len(lists))):
        assert_same(first, brought_in(order, tmp_path))


def test_five_lists_of_two_years_in_any_order_give_the_same_register(world: Cast, tmp_path: Path) -> None:
    sizes = (30, 15, 12, 35, 20)
    lists = [one for year in (2568, 2569) for one in five_lists(year, families=45, sizes=sizes, seed="a")]
    assert_same(brought_in(lists, tmp_path), brought_in(Random(5).sample(lists, len(lists)), tmp_path))


@pytest.mark.parametrize("seed", ["b", "c", "d"])
def test_small_lists_drawn_at_random_give_the_same_register(world: Cast, tmp_path: Path, seed: str) -> None:
    """Few families on every list, so that persons and households meet in all ways."""
    random = Random(seed)
    sizes = [random.randint(2, 9) for _kind in KINDS]
    lists = [
        one
        for year in (2568, 2569)
        for one in five_lists(year, families=9, sizes=sizes, seed=seed, disagree=0.5)
        if random.random() < 0.7
    ]
    first = brought_in(lists, tmp_path)
    assert_same(first, brought_in(random.sample(lists, len(lists)), tmp_path))


def test_lists_that_name_both_families_of_a_merge_give_the_same_register(world: Cast, tmp_path: Path) -> None:
    """Next year's lists disagree about families two of which are one household by now."""
    random = Random("m")
    families = make_households(5, subdistricts=("900701", "900702"), seed=7, persons=3)
    ListFile("csr", 2567, families).bring_in(tmp_path)
    kept, gone = (Household.objects.get(house_code=each.house_code) for each in families[1:3])
    merge_households(actor=world.secretary, kept_id=kept.pk, gone_id=gone.pk, reason="ครอบครัวเดียวกัน")
    lists = []
    for number, kind in enumerate(("csr", "bmn-29", "vulnerable")):
        told = [_told_by(random, family, place, 0.4) for place, family in enumerate(families)]
        lists.append(ListFile(kind, 2568 + number % 2, random.sample(told, len(told))))
    first = brought_in(lists, tmp_path)
    assert Household.objects.count() == len(first["households"]) == len(families)
    for order in (lists[::-1], [lists[1], lists[2], lists[0]]):
        assert_same(first, brought_in(order, tmp_path))
