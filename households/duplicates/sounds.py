"""How a Thai name sounds: one key for ศิริพร and สิริพร, จันทร์ and จัน, ณัฐวุฒิ and นัทวุฒิ.

In the way of the Thai soundex of Lorchirachoonkul (1982, "LK82") and of Udompanich (1983): the first
consonant keeps its own sound, later ones fall into the classes in which they close a syllable (แม่กก แม่กง แม่กด
แม่กน แม่กบ แม่กม), silent letters and tone marks go, short and long vowels are one. Unlike those codes, which
end after four or seven places, the whole name is kept.
"""

from __future__ import annotations

import re
from functools import lru_cache

from povertyops.common.names import clean_text, split_title

LENGTH = 24

# The letter that stands for all that sound like it at the head of a syllable.
_HEADS = {
    "ค": "ขฃฅฆ",
    "ช": "ฉฌ",
    "ส": "ซศษ",
    "ย": "ญ",
    "ด": "ฎ",
    "ต": "ฏ",
    "ท": "ฐฑฒถธ",
    "น": "ณ",
    "พ": "ผภ",
    "ฟ": "ฝ",
}
_HEADS |= {"ล": "ฬ", "ห": "ฮ"}
# The class in which a consonant closes a syllable; after the first letter that is all that is kept.
_ENDS = {
    "K": "กขฃคฅฆ",
    "G": "ง",
    "T": "จฉชซฌฎฏฐฑฒดตถทธศษส",
    "N": "ญณนรลฬ",
    "B": "บปผฝพฟภ",
    "M": "ม",
    "Y": "ย",
}
_ENDS |= {"W": "ว", "H": "หฮ", "A": "า", "C": "ึื", "D": "ุู", "E": "เแ", "F": "โ", "": "อะ"}


def _table(classes: dict[str, str]) -> dict[int, str]:
    return {ord(letter): stands for stands, letters in classes.items() for letter in letters}


_FIRST, _LATER = _table(_HEADS), _table(_ENDS)
_SILENT = re.compile("(?:[ทตดส]ร|ษ[ณม]|[ก-ฮ][ิุู]?)์")
_DROPPED = re.compile("[^ก-ฮเแโใไะัาำิีึืุูฤฦ]")
_REWRITTEN = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        ("ฤๅ?|ฦๅ?", "ร"),
        ("รร(?=[ก-ฮ])", "ั"),
        ("รร", "ัน"),
        ("[ใไ]([ก-ฮ])(?:ย(?![าิีึืุูั]))?", r"\1ย"),
        ("ำ", "ม"),
        ("[ศส]ร(?=ี|อย)", "ส"),
        ("จร(?=ิ)", "จ"),
        ("ทร(?=[ัาง])", "ส"),
        # The second of two consonants that begin a syllable is often not spoken.
        ("([กขคตปพผ])[รล](?=[ะัาิีึืุู])", r"\1"),
        ("ห(?=[งญนมยรลว])", ""),
        ("อ(?=ย[ูา])", ""),
        ("([ตธ])ิ$", r"\1"),
        ("([ตธ])ุ$", r"\1"),
    )
)
_SEPARATES = "ะัิี"


@lru_cache(maxsize=100_000)
def sound_key(name: str) -> str:
    """At most 24 characters; equal for names that sound alike, "" where nothing Thai is left."""
    text = _SILENT.sub("", split_title(clean_text(name))[1])
    text = _DROPPED.sub("", text)
    for pattern, put in _REWRITTEN:
        text = pattern.sub(put, text)
    lead, text = ("E", text[1:]) if text[:1] in "เแ" and text else ("", text)
    lead, text = ("F", text[1:]) if text[:1] == "โ" else (lead, text)
    if not text:
        return ""
    return (text[0].translate(_FIRST) + lead + _rest(text[1:]))[:LENGTH]


def _rest(text: str) -> str:
    """Classes of the later letters; a class said twice without a vowel between is said once."""
    found: list[str] = []
    last = ""
    for letter in text:
        if letter in _SEPARATES:
            last = ""
            continue
        heard = letter.translate(_LATER)
        if heard and heard != last:
            found.append(heard)
        last = heard or last
    return "".join(found)
