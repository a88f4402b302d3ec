import pytest
from hypothesis import given
from hypothesis import strategies as st

from povertyops.common import names

given_name = st.lists(
    st.sampled_from(["ทอง", "ดี", "แก้ว", "นาง", "นาย", "พระ", "น้ำ", "ไท", "เอก"]), min_size=1
).map("".join)


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("ทองดี", "ทองดี"),
        ("  เอกชัย\u200b ", "เอกชัย"),
        ("ทองดี\u00a0\u00a0ใจงาม", "ทองดี ใจงาม"),
        ("ทองดี\n ใจงาม", "ทองดี ใจงาม"),
        ("น\u0e4d\u0e32ทิพย์", "นำทิพย์"),
        ("น\u0e4d\u0e49\u0e32ทิพย์", "น้ำทิพย์"),
        ("น\u0e49\u0e4d\u0e32ทิพย์", "น้ำทิพย์"),
        ("น\u0e33\u0e49ทิพย์", "น้ำทิพย์"),
        ("เเก้ว", "แก้ว"),
        ("ทองดี่่", "ทองดี่"),
        ("ท\u0e48\u0e35", "ที่"),
        ("สิทธ\u0e4c\u0e34", "สิทธิ์"),
        ("บ\x00ุญ", "บุญ"),
        ("=1+1", "=1+1"),
        ("", ""),
    ],
)
def test_clean_text_mends_what_is_harmless(typed, clean):
    assert names.clean_text(typed) == clean


@given(st.text(max_size=30) | st.text("กเแำาัิีึืุู็่้๊๋์ํ ", max_size=12))
def test_clean_text_changes_nothing_the_second_time(text):
    once = names.clean_text(text)

    assert names.clean_text(once) == once


@pytest.mark.parametrize(
    ("name", "title", "rest"),
    [
        ("นางทองดี ใจงาม", "นาง", "ทองดี ใจงาม"),
        ("นางสาวทองดี", "นางสาว", "ทองดี"),
        ("น.ส.ทองดี", "นางสาว", "ทองดี"),
        ("น.ส. ทองดี", "นางสาว", "ทองดี"),
        ("นส.ทองดี", "นางสาว", "ทองดี"),
        ("ด.ช.เอก", "เด็กชาย", "เอก"),
        ("เด็กหญิง แก้ว", "เด็กหญิง", "แก้ว"),
        ("ว่าที่ร.ต.สมชาย", "ว่าที่ร้อยตรี", "สมชาย"),
        ("ว่าที่ ร.ต.หญิง สมหญิง", "ว่าที่ร้อยตรีหญิง", "สมหญิง"),
        ("พระมหาสมชาย", "พระมหา", "สมชาย"),
        ("ร.ต.ต.เอก", "ร้อยตำรวจตรี", "เอก"),
        ("ดร.เอก", "ดร.", "เอก"),
        ("นายนาย", "นาย", "นาย"),
        ("นายิกา ใจดี", "", "นายิกา ใจดี"),
        ("รตนา", "", "รตนา"),
        ("ดรุณี", "", "ดรุณี"),
        ("นาง", "", "นาง"),
        ("ทองดี", "", "ทองดี"),
        ("", "", ""),
    ],
)
def test_split_title(name, title, rest):
    assert names.split_title(name) == (title, rest)


def test_search_key_finds_a_name_behind_its_title():
    assert names.search_key("ทองดี") in names.search_key("นางทองดี ใจงาม")


def test_search_key_does_not_hear_tone_marks():
    assert names.search_key("น้ำทิพย์") == names.search_key("นำทิพย์")
    assert names.search_key("แก้วมณี") == names.search_key("แกวมณี")


def test_search_key_does_not_see_word_breaks():
    assert names.search_key("ทองดี ใจงาม") == names.search_key("นาง ทองดีใจงาม")


def test_search_key_keeps_different_names_apart():
    assert names.search_key("ทองคำ") != names.search_key("ทองดำ")
    assert names.search_key("สมชาย") != names.search_key("สมชัย")


@given(given_name, given_name)
def test_search_key_of_a_first_name_is_found_in_the_whole_name(first, last):
    assert names.search_key(first) in names.search_key(f"นางสาว{first} {last}")


def test_sort_key_gives_the_order_of_the_dictionary():
    words = ["ก้อง", "กา", "เก่า", "แก้ว", "โก้", "ไก่", "ขา", "เขียว"]
    words_of_another_order = ["เขียว", "กา", "แก้ว", "โก้", "ไก่", "ขา", "เก่า", "ก้อง"]

    assert sorted(words_of_another_order, key=lambda word: names.sort_key(word).encode()) == words


def test_sort_key_lets_the_first_name_decide():
    people = [("สมชาย", "กล้า"), ("สม", "ไทย"), ("สม", "ใจดี")]

    assert sorted(people, key=lambda person: names.sort_key(*person).encode()) == [
        ("สม", "ใจดี"),
        ("สม", "ไทย"),
        ("สมชาย", "กล้า"),
    ]


def test_sort_key_tells_names_apart_that_differ_in_a_tone_mark():
    assert names.sort_key("กา") != names.sort_key("ก่า")
