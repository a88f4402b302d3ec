"""A third household in which people of a merge live or are listed: locked along, and told anew."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.services.after import after_write
from casework.services.cohort import expected_states, stored_states
from casework.services.merge_persons import merge_persons
from casework.services.merging import merge_households
from casework.services.unmerging import unmerge, unmerge_persons
from households.models import Household, ListedPerson, Listing, Membership
from households.services.derive import derive_households
from povertyops.accounts.actor import system_actor
from povertyops.common.models import AuditEntry
from tests.casework.work import START, in_care
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def home_of(person_id: object) -> Household:
    return Membership.objects.get(person_id=person_id, valid_to=None, superseded_at=None).household


def audited(action: str) -> list[object]:
    """The households with an audit row of this act, one each."""
    found = AuditEntry.objects.filter(action=action).order_by("household_id")
    return list(found.values_list("household_id", flat=True))


def assert_agree(*homes: Household) -> None:
    ids = [home.pk for home in homes]
    assert stored_states(ids) == expected_states(ids)


def test_who_lives_elsewhere_by_a_merge_is_counted_there_and_comes_back(cast: Cast) -> None:
    """Two lines of one list name the son; a merge changes what one of them says, and so which is believed."""
    kept, gone, third = in_care(cast), in_care(cast), in_care(cast)
    for home, byte in ((kept, b"\x10"), (gone, b"\x50"), (third, b"\x20")):
        Listing.objects.filter(household=home).update(content_hash=byte * 32)
    son = Membership.objects.get(household=kept, position=1).person_id
    ListedPerson.objects.create(listing=Listing.objects.get(household=third), person_id=son)
    derive_households([kept.pk, gone.pk, third.pk])
    assert home_of(son) == kept

    with CaptureQueriesContext(
        connection,
    ) as queries:
        merge = merge_households(actor=cast.officer, kept_id=kept.pk, gone_id=gone.pk, reason="ครอบครัวเดียวกัน")
    locking = [query["sql"] for query in queries if "FOR UPDATE" in query["sql"]]
    assert "WITH people AS" in locking[0]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {locking[0]}")
        assert "SubPlan" not in str(cursor.fetchall()), "asked of every household of the register"
    assert home_of(son) == third
    assert_agree(kept, gone, third)
    assert audited("household.merge_next_door") == [third.pk]

    unmerge(actor=cast.officer, merge_id=merge.pk, reason="คนละครอบครัว")
    assert audited("household.unmerge") == sorted([kept.pk, gone.pk, third.pk])
    assert home_of(son) == kept
    assert_agree(kept, gone, third)


def test_persons_merged_next_door_leave_every_count_right(cast: Cast) -> None:
    home, other, third = in_care(cast), in_care(cast), in_care(cast)
    mine = Membership.objects.get(household=home, position=1).person_id
    twice = Membership.objects.get(household=other, position=1).person_id
    ListedPerson.objects.create(listing=Listing.objects.get(household=third), person_id=twice)
    after_write(actor=system_actor(), household_ids=[third.pk], since=START)
    merge = merge_persons(actor=cast.officer, kept_person_id=mine, gone_person_id=twice, reason="คนเดียวกัน")
    assert_agree(home, other, third)
    assert set(audited("person.merge")) - {third.pk} == {home.pk, other.pk}
    unmerge_persons(actor=cast.officer, merge_id=merge.pk, reason="คนละคน")
    assert set(audited("person.unmerge")) - {third.pk} == {home.pk, other.pk}
    assert home_of(twice) == other
    assert_agree(home, other, third)
