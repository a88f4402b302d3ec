"""How names sound, and what of a name is compared."""

import pytest

from households.duplicates.keys import name_keys
from households.duplicates.sounds import sound_key


@pytest.mark.parametrize(
    "names",
    [
        "ศิริพร สิริพร",
        "ปราณี ปรานี ปาณี",
        "จันทร์ จัน",
        "ณัฐวุฒิ นัทวุฒิ",
        "พรรณี พันนี",
        "ไชยา ชัยยา",
        "กาญจนา กานจนา",
        "ลักษณ์ ลัก",
        "เพ็ญศรี เพนสี",
        "ทรัพย์ ซับ",
        "สมศักดิ์ สมสัก",
        "ใจดี ไจดี",
        "หมื่น มืน",
        "สร้อย ส้อย",
        "ธนกร ทนกร",
        "นางศรีสุวรรณ สีสุวัน",
    ],
)
def test_sound_of_names_heard_alike(names: str) -> None:
    assert len({sound_key(name) for name in names.split()}) == 1


@pytest.mark.parametrize("names", ["สมชาย สมชัย", "ทองคำ ทองดำ", "มาลี มาลัย", "บุญมี บุญมา", "วิไล วิภา"])
def test_sound_of_other_names(names: str) -> None:
    assert len({sound_key(name) for name in names.split()}) == 2


def test_sound_of_nothing_thai() -> None:
    assert sound_key("") == sound_key("Smith 12") == ""
    assert name_keys("Nguyen", "Smith").first_sound == "nguyen"


def test_keys_without_title_marks_spaces_and_nickname() -> None:
    keys = name_keys("น.ส.สม ชาย (แดง)", "แก้วมณี")
    assert (keys.first, keys.last) == ("สมชาย", "แกวมณี")


def test_keys_of_swapped_names_meet() -> None:
    one, other = name_keys("สมชาย", "แก้วมณี"), name_keys("แก้วมณี", "สมชาย")
    assert (one.name_hash, one.sound_hash) == (other.name_hash, other.sound_hash)
    assert one.first != other.first


def test_keys_of_a_name_in_one_field() -> None:
    assert name_keys("สมชาย แก้วมณี", "").last == name_keys("สมชาย", "แก้วมณี").last
