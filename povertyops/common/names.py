"""Thai names: cleaning what is harmless, taking the title off, keys for searching and for sorting.

Both keys are stored beside the name and compared byte by byte (collation "C"): no Thai locale is needed.
"""

import re
import unicodedata

from povertyops.common.thai import to_arabic_digits

_NIKHAHIT, _SARA_AA, _SARA_AM = "\u0e4d", "\u0e32", "\u0e33"
_TONES = "\u0e48-\u0e4b"

# Control and format characters: never part of a name, always a trap for whoever compares two.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufff9-\ufffc]+"
)
_WHITESPACE = re.compile(r"\s+")
_NEEDS_CLEANING = re.compile(
    "[\x00-\x1f\x7f-\xa0\u00ad\u1680\u2000-\u206f\u3000\ufeff\ufff9-\ufffc\u0300-\u036f\u0e4d]"
    "|  |\u0e40\u0e40|\u0e33[\u0e48-\u0e4b]|[\u0e48-\u0e4b\u0e4c\u0e47\u0e31\u0e34-\u0e3a]{2}"
)
_SPLIT_SARA_AM = re.compile(f"([{_TONES}]*){_NIKHAHIT}([{_TONES}]*){_SARA_AA}")
_AROUND_SARA_AM = re.compile(f"[{_TONES}]*{_SARA_AM}[{_SARA_AM}{_TONES}]+")
_MARKS = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4c]{2,}")
_TONE_MARKS = "็่้๊๋์"
_DOUBLED_SARA_E = "\u0e40\u0e40"


def clean_text(text: str) -> str:
    """The same text as a careful typist would have left it.

    Takes out invisible characters, folds white space (also the non-breaking kind), puts ำ and แ together
    where they were typed as two characters, drops doubled marks, puts vowels before tone marks, and
    brings the rest into NFC.
    """
    text = text.strip()
    if not _NEEDS_CLEANING.search(text):
        return text
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    text = _WHITESPACE.sub(" ", text).strip().replace(_DOUBLED_SARA_E, "\u0e41")
    text = _SPLIT_SARA_AM.sub(f"\\1\\2{_SARA_AM}", text)
    text = _AROUND_SARA_AM.sub(_sara_am_last, text)
    return _MARKS.sub(_marks_in_order, text)


def _sara_am_last(found: re.Match[str]) -> str:
    return found[0].replace(_SARA_AM, "") + _SARA_AM


def _marks_in_order(found: re.Match[str]) -> str:
    """ท่ี becomes ที่: vowels above and below first, then tones, each once."""
    marks = sorted(found[0], key=lambda mark: mark in _TONE_MARKS)
    return "".join(mark for place, mark in enumerate(marks) if mark not in marks[:place])


# Title as it is kept -> its abbreviations. Rarer titles stay part of the name; a search finds the name in it.
_TITLES: dict[str, tuple[str, ...]] = {
    "นาย": (),
    "นาง": (),
    "นางสาว": ("น.ส.",),
    "เด็กชาย": ("ด.ช.",),
    "เด็กหญิง": ("ด.ญ.",),
    "พระ": (),
    "พระภิกษุ": (),
    "พระมหา": (),
    "พระครู": (),
    "พระอธิการ": (),
    "สามเณร": ("ส.ณ.",),
    "แม่ชี": (),
    "หม่อมราชวงศ์": ("ม.ร.ว.",),
    "หม่อมหลวง": ("ม.ล.",),
    "ดร.": ("ดร.",),
    "ว่าที่ร้อยตรีหญิง": ("ว่าที่ ร.ต.หญิง",),
    "ว่าที่ร้อยตรี": ("ว่าที่ ร.ต.",),
    "ว่าที่ร้อยโท": ("ว่าที่ ร.ท.",),
    "ว่าที่ร้อยเอก": ("ว่าที่ ร.อ.",),
    "สิบตรี": ("ส.ต.",),
    "สิบโท": ("ส.ท.",),
    "สิบเอก": ("ส.อ.",),
    "จ่าสิบตรี": ("จ.ส.ต.",),
    "จ่าสิบโท": ("จ.ส.ท.",),
    "จ่าสิบเอก": ("จ.ส.อ.",),
    "ร้อยตรี": ("ร.ต.",),
    "ร้อยโท": ("ร.ท.",),
    "ร้อยเอก": ("ร.อ.",),
    "พันตรี": ("พ.ต.",),
    "พันโท": ("พ.ท.",),
    "พันเอก": ("พ.อ.",),
    "สิบตำรวจตรี": ("ส.ต.ต.",),
    "สิบตำรวจโท": ("ส.ต.ท.",),
    "สิบตำรวจเอก": ("ส.ต.อ.",),
    "ดาบตำรวจ": ("ด.ต.",),
    "ร้อยตำรวจตรี": ("ร.ต.ต.",),
    "ร้อยตำรวจโท": ("ร.ต.ท.",),
    "ร้อยตำรวจเอก": ("ร.ต.อ.",),
}


def _spellings() -> dict[str, str]:
    """Pattern of every way to write a title -> the title as it is kept, longest first.

    In an abbreviation inner dots may be missing, but it ends in a dot or before a space: รตนา is a name.
    """
    found: list[tuple[int, str, str]] = []
    for title, abbreviations in _TITLES.items():
        if not title.endswith("."):
            found.append((len(title), re.escape(title), title))
        for short in abbreviations:
            letters = [re.escape(part) for part in re.split(r"[. ]+", short) if part]
            ending = r"(?:\.|(?=\s))" if short.endswith(".") else ""
            found.append((len(short), r"\.?\s?".join(letters) + ending, title))
    return {pattern: title for _, pattern, title in sorted(found, reverse=True)}


_SPELLINGS = _spellings()
_CANONICAL = tuple(_SPELLINGS.values())
# A name goes on with a letter or a leading vowel; what goes on with another vowel (นายิกา) was no title.
_TITLE = re.compile(
    "(?:" + "|".join(f"({spelling})" for spelling in _SPELLINGS) + r")\s*(?=[ก-ฮเแโใไA-Za-z])"
)
_FIRST_LETTERS_OF_TITLES = frozenset("นดพสมวจรแเห")


def split_title(name: str) -> tuple[str, str]:
    """น.ส.ทองดี ใจงาม becomes ("นางสาว", "ทองดี ใจงาม"); a name without a title, or a lone title, stays."""
    if name[:1] not in _FIRST_LETTERS_OF_TITLES:
        return "", name
    found = _TITLE.match(name)
    if not found:
        return "", name
    assert found.lastindex is not None
    return _CANONICAL[found.lastindex - 1], name[found.end() :]


_SILENT = dict.fromkeys(map(ord, _TONE_MARKS + _NIKHAHIT + "ฺ๎ฯ" + " .,-'\"()/\u2019\u2010\u2011\u2013"))


def search_key(name: str) -> str:
    """What is compared in a search: no title, tone marks, spaces or punctuation; lower case.

    ทองดี is then found inside นางทองดี ใจงาม, and น้ำทิพย์ equals นำทิพย์. Put what is typed through it too.
    """
    _, rest = split_title(clean_text(name))
    return to_arabic_digits(rest).translate(_SILENT).lower()


_UNSORTED = dict.fromkeys(map(ord, " " + _TONE_MARKS))
_LEADING_VOWEL = re.compile("([เแโใไ])([ก-ฮ])")


def sort_key(*parts: str) -> str:
    """A key whose byte order is the order of a Thai dictionary (ก้อง กา เก่า แก้ว โก้ ไก่ ขา เขียว).

    Leading vowels go behind their consonant and tone marks count only between equals. Spaces inside a part
    do not count; of several parts the first decides before the second: ``sort_key(first_name, last_name)``.
    """
    plain = [_LEADING_VOWEL.sub(r"\2\1", part.translate(_UNSORTED)) for part in parts]
    return " ".join((*plain, *parts))
