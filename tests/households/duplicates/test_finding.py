"""Finding in the database: what is stored, remembered and forgotten, and who sees it."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from django.core.management import call_command
from django.http import Http404

from households.enums import FoundBy, PairKind, PairState
from households.models import DuplicatePair, Household, HouseholdScope, ListedPerson, MatchKey, Person
from households.services.duplicates import (
    close_pairs,
    decidable_pairs,
    decide_not_same,
    find_duplicates,
    near_matches,
    propose_pairs,
    reopen_pairs,
    visible_pairs,
)
from households.tasks import find_duplicates_of_import
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.ids import uuid7
from povertyops.common.leases import take_lease
from povertyops.common.models import AuditEntry
from povertyops.common.nid import make_demo_pin
from tests.cast import (
    FAR_VILLAGE,
    MUEANG_VILLAGE,
    NEXT_VILLAGE,
    VILLAGE,
    Cast,
    add_person,
    make_household,
    make_listing,
)

BORN = date(1961, 4, 12)


def home(
    cast: Cast, *people: tuple[str, str, date | None], village: str = VILLAGE, **more: object
) -> Household:
    """A household of these people (first name, family name, birthday), without national ids."""
    first, last, _birth = people[0]
    made = make_household(cast, village=village, persons=0, head=("นาง", first, last), **more)
    for position, (first, last, birth) in enumerate(people):
        add_person(made, ("นาง", first, last), position=position, national_id=False, birth_date=birth)
    return made


@pytest.fixture
def twice(cast: Cast) -> tuple[Household, Household]:
    """A family, and the same family spelled by ear in the next village."""
    one = home(cast, ("ศิริพร", "แก้วมณี", BORN), ("ณัฐวุฒิ", "แก้วมณี", date(1999, 9, 9)))
    other = home(
        cast,
        ("สิริพร", "แก้วมะนี", BORN),
        ("นัทวุฒิ", "แก้วมณี", date(1999, 9, 9)),
        village=NEXT_VILLAGE,
    )
    home(cast, ("บุญมี", "ทองสุข", date(1950, 1, 2)))
    return one, other


def pairs(kind: PairKind = PairKind.HOUSEHOLD, state: PairState = PairState.OPEN) -> set[tuple[UUID, UUID]]:
    return set(DuplicatePair.objects.filter(kind=kind, state=state).values_list("left_id", "right_id"))


def couple(one: Household, other: Household) -> set[tuple[UUID, UUID]]:
    return {tuple(sorted((one.pk, other.pk)))}


def test_proposing_stores_households_and_their_persons(
    cast: Cast, twice: tuple[Household, Household]
) -> None:
    one, other = twice
    assert propose_pairs(household_ids=[other.pk], found_by=FoundBy.NOMINATION) == 3
    assert pairs() == couple(one, other)
    assert len(pairs(PairKind.PERSON)) == 2
    pair = DuplicatePair.objects.get(kind=PairKind.HOUSEHOLD)
    assert pair.found_by == FoundBy.NOMINATION
    assert {"heads_alike", "persons_alike"} <= {ground["code"] for ground in pair.grounds}
    person = Person.objects.get(first_name="สิริพร")
    assert propose_pairs(person_ids=[person.pk], found_by=FoundBy.NIGHTLY) == 0
    assert DuplicatePair.objects.count() == 3
    assert propose_pairs(found_by=FoundBy.NIGHTLY) == 0


def test_night_compares_only_what_is_new_or_changed(cast: Cast, twice: tuple[Household, Household]) -> None:
    one, other = twice
    first = find_duplicates()
    assert (first.persons, first.new) == (5, 3)
    assert pairs() == couple(one, other)
    assert find_duplicates().persons == 0
    Person.objects.filter(first_name="สิริพร").update(first_name="อรทัย", birth_date=date(1980, 2, 2))
    Person.objects.filter(first_name="นัทวุฒิ").update(birth_date=date(2004, 1, 2))
    assert find_duplicates().persons == 2
    assert pairs() == set()
    assert pairs(state=PairState.GONE) == couple(one, other)
    Person.objects.filter(first_name="อรทัย").update(first_name="ศิริพร", birth_date=BORN)
    find_duplicates()
    assert pairs() == couple(one, other)
    HouseholdScope.objects.filter(pk=other.pk).delete()
    find_duplicates()
    assert pairs() == set()
    assert not MatchKey.objects.filter(household_id=other.pk).exists()


def test_night_leaves_out_what_another_run_holds(cast: Cast, twice: tuple[Household, Household]) -> None:
    assert take_lease("duplicates:90", uuid7(), 60)
    tally = find_duplicates()
    assert tally.busy == ("90",)
    assert pairs() == set()


def test_command_tells_counts_and_speed(
    cast: Cast, twice: tuple[Household, Household], tmp_path: Path
) -> None:
    said, path = io.StringIO(), tmp_path / "report.json"
    call_command("find_duplicates", "--full", "--province", "90", "--report", str(path), stdout=said)
    report = json.loads(path.read_text())
    assert (report["persons_compared"], report["open_pairs"], report["provinces"]) == (5, 3, 1)
    assert "5 persons of 3 households" in said.getvalue()
    full = io.StringIO()
    call_command("find_duplicates", "--full", stdout=full)
    assert "0 new pairs, 3 open" in full.getvalue()


def test_other_provinces_are_not_compared(cast: Cast) -> None:
    home(cast, ("ศิริพร", "แก้วมณี", BORN))
    home(cast, ("ศิริพร", "แก้วมณี", BORN), village=FAR_VILLAGE)
    find_duplicates()
    assert pairs(PairKind.PERSON) == set()


def test_person_whom_lists_name_in_two_households(cast: Cast) -> None:
    one, other = home(cast, ("วิไล", "ทองสุข", BORN)), home(cast, ("สมใจ", "หนูคง", date(1940, 5, 5)))
    listing = make_listing(other, dimensions=0)
    person = Person.objects.get(first_name="วิไล")
    ListedPerson.objects.create(listing=listing, person=person)
    type(listing).objects.filter(pk=listing.pk).update(batch_id=uuid7())
    listing.refresh_from_db()
    assert find_duplicates_of_import(str(listing.batch_id)) == 1
    pair = DuplicatePair.objects.get()
    assert (pair.kind, pair.score, pair.found_by) == (PairKind.HOUSEHOLD, 1000, FoundBy.IMPORT)
    assert pair.grounds[0] == {"code": "same_person"}
    assert pairs() == couple(one, other)


def test_not_the_same_is_remembered(cast: Cast, twice: tuple[Household, Household]) -> None:
    one, other = twice
    find_duplicates()
    pair = DuplicatePair.objects.get(kind=PairKind.HOUSEHOLD)
    with pytest.raises(InvalidInput):
        decide_not_same(actor=cast.officer, pair_id=pair.pk, reason=" ")
    with pytest.raises(NotAllowed):
        decide_not_same(actor=cast.team_leader, pair_id=pair.pk, reason="ถามแล้ว")
    with pytest.raises(Http404):
        decide_not_same(actor=cast.far_officer, pair_id=pair.pk, reason="ถามแล้ว")
    decided = decide_not_same(actor=cast.officer, pair_id=pair.pk, reason="ถามแล้ว คนละครอบครัว")
    assert (decided.state, decided.decided_by) == (PairState.NOT_SAME, cast.officer.user)
    assert AuditEntry.objects.filter(action="duplicate.not_same", object_id=str(pair.pk)).exists()
    assert pairs(PairKind.PERSON, PairState.NOT_SAME)
    find_duplicates(full=True)
    add_person(one, ("นาง", "อุไร", "หนูคง"), national_id=False, birth_date=BORN, position=5)
    add_person(other, ("นาง", "อุไร", "หนูคง"), national_id=False, birth_date=BORN, position=5)
    find_duplicates()
    assert not DuplicatePair.objects.filter(state=PairState.OPEN).exists()
    with pytest.raises(Conflict):
        decide_not_same(actor=cast.officer, pair_id=pair.pk, reason="อีกครั้ง")


def test_merge_closes_and_taking_apart_opens(cast: Cast, twice: tuple[Household, Household]) -> None:
    one, other = twice
    third = home(cast, ("ศิริพร", "แก้วมณี", BORN), village=MUEANG_VILLAGE)
    find_duplicates()
    between = couple(one, other)
    assert between < pairs()
    close_pairs([one.pk, other.pk])
    assert pairs(state=PairState.MERGED) == between
    assert pairs() == set()
    propose_pairs(household_ids=[one.pk], found_by=FoundBy.PERSON)
    assert pairs() == couple(one, third)
    assert reopen_pairs([one.pk, other.pk]) == 3
    assert between < pairs()


def test_pairs_are_seen_by_scope(cast: Cast, twice: tuple[Household, Household]) -> None:
    one, _other = twice
    there = home(cast, ("ศิริพร", "แก้วมณี", BORN), village=MUEANG_VILLAGE)
    find_duplicates()
    across = DuplicatePair.objects.filter(kind=PairKind.HOUSEHOLD).exclude(
        left_household_id__in=[home.pk for home in twice], right_household_id__in=[home.pk for home in twice]
    )
    assert {there.pk, one.pk} in [{pair.left_id, pair.right_id} for pair in across]
    seen = {pair.pk for pair in visible_pairs(cast.officer)}
    assert {pair.pk for pair in across} <= seen
    assert not {pair.pk for pair in across} & {pair.pk for pair in decidable_pairs(cast.officer)}
    assert not {pair.pk for pair in across} - {pair.pk for pair in decidable_pairs(cast.secretary)}
    assert {pair.pk for pair in across} <= {pair.pk for pair in visible_pairs(cast.other_officer)}
    assert not visible_pairs(cast.municipal_officer)
    for nobody in (cast.far_secretary, cast.mentor, cast.executive, cast.system_admin, None):
        assert not visible_pairs(nobody)


def test_near_matches_of_a_nomination(cast: Cast, twice: tuple[Household, Household]) -> None:
    one, other = twice
    there = home(cast, ("สิริพร", "แก้วมณี", BORN), village=MUEANG_VILLAGE)
    found = near_matches(
        actor=cast.officer, head_name="นางสาวศิริพร แก้วมณี", birth_date=BORN, area_code=VILLAGE,
        first_name="ศิริพร", last_name="แก้วมณี", house_no="", house_code="", phone="",
    )  # fmt: skip
    assert [match.household_id for match in found][:2] == [one.pk, other.pk]
    assert {match.household_id: match.visible for match in found} == {
        one.pk: True,
        other.pk: True,
        there.pk: False,
    }
    assert found[0].score > found[1].score > 600


def test_near_matches_by_id_and_by_house(cast: Cast) -> None:
    far = make_household(cast, village=FAR_VILLAGE, persons=1)
    here = make_household(cast, village=VILLAGE, persons=1, house_no="77/1", house_code="90070000777")
    find_duplicates()
    pin = make_pin_of(far)
    (match,) = near_matches(actor=cast.officer, pin=pin, area_code=VILLAGE)
    assert (match.household_id, match.score, match.visible) == (far.pk, 1000, False)
    (match,) = near_matches(
        actor=cast.officer,
        head_name="ชื่ออื่น นามอื่น",
        house_no="77/1",
        house_code="90070000777",
        area_code=VILLAGE,
    )
    assert match.household_id == here.pk
    assert {"same_house_code", "same_address"} <= {ground["code"] for ground in match.grounds}
    assert near_matches(actor=cast.officer) == []


def make_pin_of(household: Household) -> str:
    from random import Random

    from povertyops.common.crypto import blind_index

    pin = make_demo_pin(Random(7))
    person = household.memberships.get().person
    type(person.national_id).objects.filter(pk=person.pk).update(blind_index=blind_index(pin))
    return pin
