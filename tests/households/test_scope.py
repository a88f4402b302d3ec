"""The scope as a Q and as SQL: the same households for everyone."""

from __future__ import annotations

import pytest
from django.db import connection

from dimensions.enums import Dimension
from households.access import scope_q, scope_sql
from households.models import HouseholdScope
from povertyops.accounts.actor import Actor, system_actor
from tests.cast import CITY_VILLAGE, FAR_VILLAGE, Cast, make_household


def rows_by_sql(actor: Actor | None) -> set[object]:
    condition, params = scope_sql(actor, "s")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT household_id FROM households_householdscope s WHERE {condition}", params)
        return {row[0] for row in cursor.fetchall()}


def actors_of(cast: Cast) -> list[Actor | None]:
    named = [value for value in vars(cast).values() if isinstance(value, Actor)]
    assert len(named) > 8
    return [*named, system_actor(), None]


@pytest.mark.django_db
def test_both_forms_show_the_same_households(cast: Cast) -> None:
    make_household(cast, team=cast.mentor_team)
    make_household(cast, village=FAR_VILLAGE, team=cast.far_mentor_team)
    make_household(cast, village=CITY_VILLAGE, dimensions=Dimension.LIVING.bit)
    referred = make_household(cast, dimensions=Dimension.INCOME.bit)
    HouseholdScope.objects.filter(pk=referred.pk).update(office_ids=[cast.fund_office.pk])
    seen = []
    for actor in actors_of(cast):
        expected = set(HouseholdScope.objects.filter(scope_q(actor)).values_list("pk", flat=True))
        assert rows_by_sql(actor) == expected
        seen.append(len(expected))
    assert {0, 1, 4} <= set(seen)
