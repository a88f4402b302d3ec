"""One cell at a time: from what was typed to a clean value, or the code of what is wrong with it. Pure.

Every function here is called for distinct values only; `rows` remembers the answers.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from dimensions.enums import BITS, Dimension
from povertyops.areas.rules import village_code
from povertyops.common.names import clean_text, split_title
from povertyops.common.thai import BadDate, parse_thai_date, to_arabic_digits

from .reading import Cell

HEADS = frozenset({"หัวหน้าครัวเรือน", "หัวหน้าครอบครัว", "หัวหน้า", "เจ้าบ้าน", "head"})
NOTHING = frozenset({"", "-", "--", ".", "ไม่มี", "ไม่ทราบ", "ไม่ระบุ", "n/a", "na", "null", "none"})

# What a spreadsheet shows where a formula has failed.
ERROR_VALUES = frozenset(
    {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!"}
    | {"#GETTING_DATA", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#ERROR!"}
)

_PASSES = frozenset({"", "-", "ผ่าน", "ผ่านเกณฑ์", "ไม่ตกเกณฑ์", "ปกติ", "pass"})
_FAILS = frozenset({"ไม่ผ่าน", "ไม่ผ่านเกณฑ์", "ตกเกณฑ์", "ตก", "fail"})
_SEXES = {
    "ชาย": "m",
    "ช": "m",
    "ช.": "m",
    "m": "m",
    "male": "m",
    "หญิง": "f",
    "ญ": "f",
    "ญ.": "f",
    "f": "f",
    "female": "f",
}
_MOO = re.compile(r"(?:หมู่ที่|หมู่|ม\.|ม)?\s*(\d{1,2})(?:\.0+)?(?:\s*บ้าน.*)?")
_DIGIT_SEPARATORS = re.compile("[\\s\\-\u2010-\u2015.'’]+")
_WHOLE_FLOAT = re.compile(r"(\d+)\.0+")
_INDICATOR_WORDS = re.compile(r"ตัวชี้วัดที่|ตัวชี้วัด|ข้อที่|ข้อ|ตชว\.?|จปฐ\.?|ที่")
_INDICATOR_BREAK = re.compile(r"[\s,;/|、และ]+")
_PLAIN_HOUSE_NO = re.compile(r"[0-9]{1,5}(?:/[0-9]{1,5})?")
_MONEY = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|-?\d+(?:\.\d+)?")
_MONEY_WORDS = re.compile(r"บาท.*$|^฿|\s+")
_BIGGEST_INCOME = 2_000_000_000


def text_of(cell: Cell) -> str:
    """The cell as clean text; a whole number out of a spreadsheet without its decimals."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return clean_text(cell)


def digits_of(cell: Cell) -> str:
    """A code as typed, in Arabic digits, without separators and the .0 of spreadsheets; "" for nothing."""
    text = to_arabic_digits(text_of(cell))
    if whole := _WHOLE_FLOAT.fullmatch(text):
        return whole[1]
    return "" if text.lower() in NOTHING else _DIGIT_SEPARATORS.sub("", text)


class Place(NamedTuple):
    """Where a row lies, as typed: subdistrict and village digits, หมู่ (0 unknown) and what is wrong."""

    subdistrict: str
    moo: int
    fault: str = ""
    field: str = ""


def clean_place(subdistrict: Cell, village: Cell, moo: Cell) -> Place:
    """The subdistrict code and หมู่ of a row, from either kind of column.

    A village code has 8 digits, or 10 in TPMAP's own form (subdistrict, หมู่, two more).
    """
    code, whole = digits_of(subdistrict), digits_of(village)
    is_village = len(whole) in (8, 10) and whole.isdecimal()
    if not code:
        if not whole:
            return Place("", 0, "missing_subdistrict", "subdistrict")
        if not is_village:
            return Place(whole, 0, "unknown_subdistrict", "village")
        code = whole[:6]
    number = clean_moo(moo)
    if number is None:
        return Place(code, 0, "bad_moo", "moo")
    if not number and is_village and whole.startswith(code):
        number = int(whole[6:8])
    return Place(code, number)


def clean_moo(cell: Cell) -> int | None:
    """1 to 99, 0 where nothing is typed, None for what is no number of a village."""
    text = to_arabic_digits(text_of(cell))
    if text.lower() in NOTHING:
        return 0
    found = _MOO.fullmatch(text)
    return int(found[1]) if found else None


def village_of(subdistrict: str, moo: int) -> str:
    return village_code(subdistrict, moo or None)


def clean_house_code(cell: Cell) -> str | None:
    """Eleven digits, "" for nothing, None for what is no house code."""
    if isinstance(cell, str) and len(cell) == 11 and cell.isascii() and cell.isdecimal() and cell.strip("0"):
        return cell
    code = digits_of(cell)
    if not code or not code.strip("0"):
        return ""
    return code if len(code) == 11 and code.isascii() and code.isdecimal() else None


def clean_short(cell: Cell) -> str:
    """Text in which - and its like mean nothing."""
    text = text_of(cell)
    return "" if text.lower() in NOTHING else text


def clean_house_no(cell: Cell) -> str:
    """The number of the house as typed, in Arabic digits, without spaces."""
    if isinstance(cell, str) and _PLAIN_HOUSE_NO.fullmatch(cell):
        return cell
    return to_arabic_digits(clean_short(cell)).replace(" ", "")


def clean_phone(cell: Cell) -> tuple[str, bool]:
    """The number and whether it looks complete. A spreadsheet's lost leading 0 is put back."""
    if isinstance(cell, str) and len(cell) == 10 and cell.isascii() and cell.isdecimal() and cell[0] == "0":
        return cell, True
    text = to_arabic_digits(clean_short(cell))
    digits = _DIGIT_SEPARATORS.sub("", text)
    if not digits:
        return "", True
    if digits.isdecimal():
        if len(digits) in (8, 9) and digits[0] != "0":
            digits = "0" + digits
        if len(digits) in (9, 10) and digits[0] == "0":
            return digits, True
    return text[:20], False


def clean_dimension(cell: Cell, fails: Container[str] = (), passes: Container[str] = ()) -> bool | None:
    """True for failing, False for passing or nothing typed, None for anything else; `fails` and `passes` are
    a file's own words, which go first."""
    text = word_of(cell)
    if text in fails:
        return True
    if text in passes:
        return False
    if text in _FAILS:
        return True
    return False if text in _PASSES else None


def word_of(cell: Cell) -> str:
    """A cell as a word of yes or no: without case and spaces."""
    return text_of(cell).lower().replace(" ", "")


def clean_count(cell: Cell) -> int:
    """A number of persons from 1 to 99, 0 for anything else."""
    text = digits_of(cell).removesuffix("คน")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 2 else 0


def clean_indicators(cell: Cell) -> list[int] | None:
    """Numbers in order, each once; None where something is no number."""
    text = to_arabic_digits(text_of(cell))
    if text.lower() in NOTHING:
        return []
    words = [word for word in _INDICATOR_BREAK.split(_INDICATOR_WORDS.sub(" ", text)) if word]
    if not all(word.isascii() and word.isdecimal() and len(word) <= 3 for word in words):
        return None
    return sorted({int(word) for word in words})


def clean_income(cell: Cell) -> tuple[int | None, str]:
    """Baht, None for nothing typed, and the code of what is wrong."""
    if isinstance(cell, str) and cell.isascii() and cell.isdecimal() and len(cell) < 9:
        return int(cell), ""
    text = _MONEY_WORDS.sub("", to_arabic_digits(text_of(cell)))
    if text.lower() in NOTHING:
        return None, ""
    if not _MONEY.fullmatch(text):
        return None, "bad_income"
    amount = float(text.replace(",", ""))
    if amount < 0:
        return None, "negative_income"
    return (round(amount), "") if amount <= _BIGGEST_INCOME else (None, "bad_income")


def clean_birth(cell: Cell, today: date) -> tuple[date | None, str]:
    """The day of birth, None for nothing typed, and the code of what is wrong."""
    if isinstance(cell, str) and clean_text(cell).lower() in NOTHING:
        return None, ""
    try:
        born = parse_thai_date(clean_text(cell) if isinstance(cell, str) else cell)
    except BadDate:
        return None, "bad_birth"
    return (born, "") if born <= today else (None, "future_birth")


def clean_sex(cell: Cell) -> str | None:
    text = text_of(cell).lower()
    return "" if text in NOTHING else _SEXES.get(text)


def clean_title(cell: Cell) -> str:
    """A title as it is kept: น.ส. becomes นางสาว."""
    text = text_of(cell)
    if not text or text in NOTHING:
        return ""
    title, rest = split_title(f"{text} ก")
    return title if rest == "ก" else text


class Name(NamedTuple):
    title: str
    first: str
    last: str


def clean_name(title: Cell, first: Cell, last: Cell, full: Cell) -> Name:
    """Title, first and last name from separate columns or one; a title written into the name comes out of
    it."""
    kept, name, family = clean_title(title), clean_short(first), clean_short(last)
    if not name and (whole := clean_short(full)):
        found, rest = split_title(whole)
        name, _, tail = rest.partition(" ")
        return Name(kept or found, name, family or tail.strip())
    found, rest = split_title(name)
    if found and (not kept or found == kept):
        kept, name = found, rest
    return Name(kept, name, family)


def mask_of_indicators(numbers: Iterable[int], dimension_of: Mapping[int, Dimension]) -> int:
    """The dimensions that failed indicators stand for."""
    mask = 0
    for number in numbers:
        if dimension := dimension_of.get(number):
            mask |= BITS[dimension]
    return mask
