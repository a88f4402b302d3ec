"""The queue of pairs: both sides or one, filters, remembered decisions, and the hint on the household."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from households.enums import PairKind
from households.models import DuplicatePair, Household
from households.services.duplicates import decide_not_same, find_duplicates
from tests.cast import (
    MUEANG_VILLAGE,
    NEXT_VILLAGE,
    VILLAGE,
    Cast,
    add_person,
    client_of,
    make_case,
    make_household,
)

QUEUE = reverse("duplicates")
HIDDEN = "อีกครัวเรือนอยู่นอกพื้นที่ของท่าน"


def home(cast: Cast, village: str, last: str, first: str = "ศิริพร", year: int = 1961) -> Household:
    """A mother with this name and a son, without national ids."""
    made = make_household(cast, village=village, persons=0, head=("นาง", first, last))
    people = (("นาง", first, date(year, 4, 12)), ("นาย", "ก้องภพ", date(year + 30, 9, 9)))
    for position, (title, first, birth) in enumerate(people):
        add_person(made, (title, first, last), position=position, national_id=False, birth_date=birth)
    make_case(made)
    return made


@pytest.fixture
def near(cast: Cast) -> tuple[Household, Household]:
    """One family twice within a district."""
    made = home(cast, VILLAGE, "แก้วมณี"), home(cast, NEXT_VILLAGE, "แก้วมะนี")
    find_duplicates()
    return made


@pytest.fixture
def across(cast: Cast) -> tuple[Household, Household]:
    """One family twice, in two districts."""
    here, there = ("ทองสุขใจ", "วิไล", 1944), ("ทองสุขไจ", "วิไล", 1944)
    made = home(cast, VILLAGE, *here), home(cast, MUEANG_VILLAGE, *there)
    find_duplicates()
    return made


def text(cast: Cast, name: str, query: str = "") -> str:
    answer = client_of(cast.people[name]).get(QUEUE + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_queue_shows_both_sides_and_the_grounds(cast: Cast, near: tuple[Household, Household]) -> None:
    shown = text(cast, "officer")
    for told in (near[0].head_name, near[1].head_name, "หัวหน้าครัวเรือนน่าจะเป็นคนเดียวกัน"):
        assert told in shown
    pair = DuplicatePair.objects.get(kind=PairKind.HOUSEHOLD)
    assert reverse("duplicate", args=[pair.pk]) in shown
    assert HIDDEN not in shown
    assert near[0].head_name not in text(cast, "other_officer")
    assert client_of(cast.mentor).get(QUEUE).status_code == 403


def test_queue_hides_the_side_elsewhere(cast: Cast, across: tuple[Household, Household]) -> None:
    here, there = across
    shown = text(cast, "officer")
    assert here.head_name in shown
    assert there.head_name not in shown
    assert HIDDEN in shown
    assert "วันเกิดตรงกัน" not in shown
    assert not [pair for pair in DuplicatePair.objects.all() if str(pair.pk) in shown]
    assert there.head_name in text(cast, "secretary")
    # Neither the filter nor the words of the decision say where or who the other side is.
    assert here.head_name in text(cast, "secretary", "?district=9001")
    assert here.head_name not in text(cast, "officer", "?district=9001")
    assert here.head_name in text(cast, "officer", "?district=9007")
    pair = DuplicatePair.objects.get(kind=PairKind.HOUSEHOLD)
    decide_not_same(actor=cast.secretary, pair_id=pair.pk, reason=f"คนละครอบครัวกับ{there.head_name}")
    decided = text(cast, "officer", "?tab=decided")
    assert (here.head_name in decided, there.head_name in decided) == (True, False)
    for stranger in ("far_officer", "far_secretary", "municipal_officer"):
        assert here.head_name not in text(cast, stranger)


def test_queue_filters(
    cast: Cast, near: tuple[Household, Household], across: tuple[Household, Household]
) -> None:
    shown = text(cast, "secretary", "?district=9001")
    assert across[1].head_name in shown
    assert near[1].head_name not in shown
    assert near[0].head_name not in text(cast, "secretary", "?found_by=import")
    assert near[0].head_name in text(cast, "secretary", "?found_by=nightly&score=700")
    persons = text(cast, "secretary", "?kind=person")
    assert "ก้องภพ" in persons
    assert "ก้องภพ" not in text(cast, "secretary")
    assert text(cast, "secretary", "?district=x&score=8&kind=nothing")


def test_decided_pairs_are_remembered(cast: Cast, near: tuple[Household, Household]) -> None:
    pair = DuplicatePair.objects.get(kind=PairKind.HOUSEHOLD)
    decide_not_same(actor=cast.officer, pair_id=pair.pk, reason="ถามผู้ใหญ่บ้านแล้ว")
    assert "ไม่มีคู่รอตรวจ" in text(cast, "officer")
    shown = text(cast, "officer", "?tab=decided")
    assert "ถามผู้ใหญ่บ้านแล้ว" in shown
    assert near[1].head_name in shown


def test_household_page_hints_at_visible_pairs(
    cast: Cast, near: tuple[Household, Household], across: tuple[Household, Household]
) -> None:
    page = client_of(cast.officer).get(reverse("household", args=[near[0].pk])).content.decode()
    assert "อาจซ้ำกับครัวเรือนอื่น" in page
    assert near[1].head_name in page
    page = client_of(cast.officer).get(reverse("household", args=[across[0].pk])).content.decode()
    assert "อาจซ้ำกับครัวเรือนอื่น" not in page


@pytest.mark.parametrize("families", [1, 3])
def test_queue_asks_as_often_for_one_as_for_three(
    cast: Cast, families: int, django_assert_num_queries: object
) -> None:
    for number in range(families):
        family = ("แก้วมณี", "วิไล", 1950 + 3 * number)
        home(cast, VILLAGE, *family)
        home(cast, NEXT_VILLAGE, *family)
    find_duplicates()
    client = client_of(cast.officer)
    client.get(QUEUE)
    with django_assert_num_queries(QUERIES):  # type: ignore[operator]
        assert client.get(QUEUE).status_code == 200


QUERIES = 10
