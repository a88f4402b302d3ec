"""Two households side by side: pure, on invented people."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from households.duplicates.distance import edits
from households.duplicates.grounds import GROUNDS, MOST, POINTS, sentence
from households.duplicates.keys import name_keys
from households.duplicates.likeness import Member, birth_ground, id_ground
from households.duplicates.scoring import Family, Verdict, compare, metres

BORN = date(1967, 3, 5)


def somebody(first: str, last: str, birth: date | None = BORN, sex: str = "", **more: object) -> Member:
    keys = name_keys(first, last)
    return Member(uuid4(), keys.first, keys.last, keys.first_sound, keys.last_sound, birth, sex, **more)


def family(*members: Member, area: str = "90070101", **house: object) -> Family:
    return Family(uuid4(), area, members=members, **house)


def judged(left: Family, right: Family, pins: dict[UUID, str] | None = None, **more: object) -> Verdict:
    known = pins or {}
    return compare(left, right, threshold=600, pin_of=lambda member: known.get(member.person_id, ""), **more)


def codes(verdict: Verdict) -> set[str]:
    return {ground["code"] for pair in verdict.persons for ground in pair.grounds}


def test_same_person_spelled_by_ear() -> None:
    found = judged(
        family(somebody("ศิริพร", "แก้วมณี", is_head=True)),
        family(somebody("สิริพร", "แก้วมะนี", is_head=True), area="90110203"),
    )
    assert {"first_sound", "last_sound", "birth_same"} <= codes(found)
    assert found.score
    assert {"code": "heads_alike"} in found.grounds


def test_names_swapped_and_birthday_turned() -> None:
    found = judged(
        family(somebody("สมชาย", "แก้วมณี", date(1967, 3, 5))),
        family(somebody("แก้วมณี", "สมชาย", date(1967, 5, 3))),
    )
    assert {"name_swapped", "birth_swapped"} <= codes(found)


def test_father_and_son_of_one_name_are_two() -> None:
    found = judged(
        family(somebody("บุญมี", "ทองดี", date(1950, 1, 9))), family(somebody("บุญมี", "ทองดี", date(1978, 6, 2)))
    )
    assert not found.persons


def test_brothers_next_door_are_two() -> None:
    left = family(somebody("สมชาย", "ทองดี"), somebody("วิไล", "ทองดี", date(1970, 2, 2)), phone="0812345678")
    right = family(somebody("สมหมาย", "ทองดี", date(1969, 9, 9)), somebody("วิภา", "ทองดี"), phone="0812345678")
    assert judged(left, right) == Verdict([])


def test_each_twin_is_the_same_as_one() -> None:
    left = family(somebody("กานดา", "ทองดี"), somebody("กานดี", "ทองดี"))
    right = family(somebody("กานดา", "ทองดี"), somebody("กานดี", "ทองดี"))
    found = judged(left, right)
    assert [(pair.left.first, pair.right.first) for pair in found.persons] == [
        ("กานดา", "กานดา"),
        ("กานดี", "กานดี"),
    ]


def test_twins_of_one_house_are_no_pair_but_one_written_twice_is() -> None:
    twins = family(somebody("กานดา", "ทองดี"), somebody("กานดี", "ทองดี"))
    assert not judged(twins, twins).persons
    twice = family(somebody("กานดา", "ทองดี"), somebody("กาณดา", "ทองดี"))
    assert len(judged(twice, twice).persons) == 1


def test_family_around_speaks_for_a_person_without_birthday() -> None:
    one = somebody("สมชาย", "ทองดี", None, namesakes=9)
    alone = judged(family(one), family(somebody("สมชาย", "ทองดี", None, namesakes=9), area="90110203"))
    assert not alone.persons
    wife, child = ("วิไล", "ทองดี", date(1970, 2, 2)), ("ณิชา", "ทองดี", date(2012, 8, 8))
    left = family(one, somebody(*wife), somebody(*child))
    right = family(somebody("สมชาย", "ทองดี", None), somebody(*wife), somebody(*child), area="90110203")
    assert len(judged(left, right).persons) == 3


def test_new_family_name_after_marriage() -> None:
    left = family(somebody("วิไล", "ทองดี", sex="f"), somebody("ณิชา", "ทองดี", date(2012, 8, 8)))
    right = family(somebody("วิไล", "แก้วมณี", sex="f"), somebody("ณิชา", "ทองดี", date(2012, 8, 8)))
    assert "last_changed" in codes(judged(left, right))
    assert not judged(family(somebody("วิชัย", "ทองดี", sex="m")), family(somebody("วิชัย", "แก้วมณี"))).persons


def test_ids_speak_for_or_against() -> None:
    left, right = (somebody("สมชาย", "ทองดี", sealed=("k", b"")) for _turn in range(2))
    near = judged(
        family(left), family(right), {left.person_id: "1009012345678", right.person_id: "1009912345671"}
    )
    far = judged(
        family(left), family(right), {left.person_id: "1009012345678", right.person_id: "3005556677881"}
    )
    assert "id_near" in codes(near)
    assert near.persons[0].score > far.persons[0].score
    assert id_ground("1009012345678", "1009021345678") == "id_near"
    assert id_ground("1009012345678", "1009031345678") == "id_close"


def test_said_to_be_two_is_left_out() -> None:
    left, right = somebody("สมชาย", "ทองดี"), somebody("สมชาย", "ทองดี")
    apart = {tuple(sorted((left.person_id, right.person_id)))}
    assert not judged(family(left), family(right), apart=apart).persons


def test_one_who_moved_does_not_make_two_families_one() -> None:
    others = [
        somebody(name, "ทองดี", date(1960 + place, 4, 4)) for place, name in enumerate(("บุญมี", "นิภา", "ทวี"))
    ]
    more = [
        somebody(name, "แก้วมณี", date(1950 + place, 7, 4)) for place, name in enumerate(("อุไร", "ชาญ", "มานพ"))
    ]
    found = judged(family(*others, somebody("วิไล", "ทองดี")), family(*more, somebody("วิไล", "ทองดี")))
    assert len(found.persons) == 1
    assert not found.score
    shared = judged(family(*others), family(*more), shared=True)
    assert shared.score == MOST
    assert shared.grounds[0] == {"code": "same_person"}


def test_birthdays() -> None:
    assert birth_ground(None, BORN) is None
    told = {
        BORN: "birth_same",
        date(1967, 5, 3): "birth_swapped",
        date(1968, 3, 5): "birth_year",
        date(2510, 3, 5): "birth_era",
        date(1967, 3, 8): "birth_part",
        date(1967, 1, 1): "birth_unknown_day",
        date(1967, 8, 9): "birth_one_year",
        date(1975, 8, 9): "birth_differs",
    }
    assert {other: birth_ground(BORN, other) for other in told} == told


def test_metres() -> None:
    assert round(metres((7.0, 100.0), (7.0, 100.0004))) == 44


def test_every_ground_has_its_sentence() -> None:
    assert POINTS.keys() <= GROUNDS.keys()
    assert sentence({"code": "persons_alike", "count": 2, "of": 3}).count("2") == 1
    assert sentence({"code": "of another release"}) == ""


words = st.text("กขคงจ", max_size=7)


@given(words, words, st.integers(0, 3))
def test_edits_are_a_distance(one: str, other: str, most: int) -> None:
    apart = edits(one, other, most)
    assert apart == edits(other, one, most)
    assert (apart == 0) == (one == other)
    assert apart >= min(most + 1, abs(len(one) - len(other)))
