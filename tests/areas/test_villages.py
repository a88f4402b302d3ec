"""Villages are learned from lists."""

import pytest

from povertyops.areas.models import Area
from povertyops.areas.services import VillageNotice, VillageSeen, learn_villages
from povertyops.common.audit import SYSTEM
from povertyops.common.errors import InvalidInput
from povertyops.common.models import AuditEntry
from tests.cast import VILLAGE, Cast


def learn(*pairs: tuple[str, str]) -> list[VillageNotice]:
    return learn_villages(actor=SYSTEM, villages=[VillageSeen(code, name) for code, name in pairs])


def test_new_village_is_made_with_its_first_name(cast: Cast) -> None:
    assert learn(("90070109", " บ้านทุ่งนา ")) == []
    village = Area.objects.get(code="90070109")
    assert (village.name, village.level, village.parent_id) == ("บ้านทุ่งนา", 4, "900701")
    assert AuditEntry.objects.get(action="village.learned").object_id == "90070109"


def test_second_name_is_kept_and_noticed(cast: Cast) -> None:
    assert learn((VILLAGE, "บ้านเกาะใหญ่")) == [VillageNotice(VILLAGE, "บ้านเกาะใหญ่", "บ้านรับแพรก")]
    assert Area.objects.get(code=VILLAGE).other_names == ["บ้านเกาะใหญ่"]
    assert learn((VILLAGE, "บ้านเกาะใหญ่")) == [VillageNotice(VILLAGE, "บ้านเกาะใหญ่", "บ้านรับแพรก")]
    assert Area.objects.get(code=VILLAGE).other_names == ["บ้านเกาะใหญ่"]


@pytest.mark.parametrize("name", ["รับแพรก", "บ้าน รับแพรก", "", "บ้านรับแพรก"])
def test_other_spelling_or_no_name_is_no_second_name(cast: Cast, name: str) -> None:
    assert learn((VILLAGE, name)) == []
    assert Area.objects.get(code=VILLAGE).other_names == []


def test_two_names_in_one_list_are_noticed(cast: Cast) -> None:
    notices = learn(("90070109", "บ้านหนึ่ง"), ("90070109", "บ้านสอง"))
    assert notices == [VillageNotice("90070109", "บ้านสอง", "บ้านหนึ่ง")]


def test_village_without_name_takes_the_first_it_is_given(cast: Cast) -> None:
    learn(("90070100", ""))
    assert learn(("90070100", "บ้านใหม่")) == []
    assert Area.objects.get(code="90070100").name == "บ้านใหม่"


def test_village_of_no_subdistrict_is_refused(cast: Cast) -> None:
    with pytest.raises(InvalidInput, match="รหัสตำบล"):
        learn(("90999901", "บ้านลอย"))


def test_known_villages_take_two_queries_however_many(cast: Cast, django_assert_num_queries) -> None:
    with django_assert_num_queries(4):  # two of them the savepoint
        learn((VILLAGE, "บ้านรับแพรก"), ("90070102", "บ้านหัวเปลว"), ("90070201", "บ้านคลองแดน"))
