"""Which households of a second list only repeat what the register says, and that the others are derived."""

from __future__ import annotations

import re
from copy import deepcopy
from datetime import timedelta

from django.db import connection

from casework.services.apply import Range
from households.imports.merge import merge_range, prepare_lists
from households.imports.repeating import REPEATED
from households.models import Household
from households.services.derive import derive_households
from households.services.target_lists import actor_of
from tests.cast import Cast
from tests.import_work import bring_in, check, world
from tests.lists import ListHousehold, Sheet, make_households

__all__ = ["world"]


def _spoil(families: list[ListHousehold]) -> None:
    """Every family but the first two says something new: of itself, of its people, or of who is there."""
    _same, no_phone, phone, house, place, name, birth, pins, fewer, more, order, head = families
    no_phone.phone = ""
    phone.phone = "0899999999"
    house.house_no = "999/9"
    place.moo = place.moo % 9 + 1
    name.persons[1].first += "า"
    birth.persons[1].birth += timedelta(days=30)
    for person in pins.persons:
        person.pin = ""
    pins.persons[1].last = "คนละสกุล"
    fewer.persons.pop()
    more.persons.append(deepcopy(make_households(1, subdistricts=("900702",), seed=99)[0].persons[0]))
    order.persons[1], order.persons[2] = order.persons[2], order.persons[1]
    head.persons[0].relation, head.persons[1].relation = head.persons[1].relation, head.persons[0].relation


def test_only_who_says_nothing_new_is_not_derived_again(world: Cast) -> None:
    families = make_households(12, subdistricts=("900701",), seed=3, persons=3)
    for family in families:
        family.phone = "0811111111"
    bring_in(Sheet(deepcopy(families)))
    _spoil(families)
    batch = check(Sheet(families), kind="csr")
    actor = actor_of(batch)
    prepare_lists(actor, batch)
    part = Range(batch, 1, batch.households, actor)
    merge_range(part)
    repeated = Household.objects.filter(pk__in=part.ids(REPEATED)).values_list("house_code", flat=True)
    assert set(repeated) == {family.house_code for family in families[:2]}
    assert derive_households(Household.objects.values_list("pk", flat=True)) == []
    with connection.cursor() as cursor:
        for way in (
            "nestloop",
            "seqscan",
            "bitmapscan",
        ):  # only a plan that has no other way keeps to this one
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {REPEATED}", part.parameters)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    looked_up = re.findall(r" on households_household .*\n\s+Index Cond: \(id = s\.match_id\)", plan)
    assert len(looked_up) == len(re.findall(r" on households_household ", plan)) == 1, plan
