"""What the columns of an unknown table may mean: by their headers and by what stands under them, each guess
with its reason. Pure; a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple

from django.utils.translation import gettext as _

from povertyops.common.names import split_title
from povertyops.common.nid import clean_pin, why_bad
from povertyops.common.thai import to_arabic_digits

from . import cleaning
from .profile import DIMENSION_FIELDS, LABELS, SPELLING_KEYS, field_of, head_field_of, header_key
from .reading import Cell, Row

SAMPLES = 40
_ENOUGH = 0.75
_ALIKE = 0.82
_SHORTEST_PART = 4


class Sureness(StrEnum):
    SURE = "sure"
    LIKELY = "likely"
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True)
class Guess:
    """A column is taken for a field; `name` may be that of a further member (first_name:2)."""

    name: str
    sureness: Sureness
    reason: str


class _Claim(NamedTuple):
    """One ground for taking a column for a field; the highest score goes first."""

    score: float
    place: int
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Known:
    """What content is held against: subdistrict codes that mean something, and today."""

    subdistricts: Container[str]
    today: date


def guess_columns(headers: Sequence[str], rows: Sequence[Row], known: Known) -> dict[int, Guess]:
    """The best guess for each column, no field twice; a column nobody can tell is left out.

    `rows` are those below the header.
    """
    columns = [_samples(rows, place) for place in range(_width(headers, rows))]
    claims: list[_Claim] = []
    for place, values in enumerate(columns):
        header = headers[place] if place < len(headers) else ""
        by_content = _claims_of_content(place, values, known)
        claims += _joined(_claims_of_header(place, header), by_content, bool(values))
    claims += _names_after_titles(columns, claims)
    claims += _five_dimensions(columns, claims)
    return _chosen(claims)


def _width(headers: Sequence[str], rows: Sequence[Row]) -> int:
    return max([len(headers), *(len(row) for row in rows[:SAMPLES])])


def _samples(rows: Sequence[Row], place: int) -> list[Cell]:
    cells = (row[place] for row in rows if place < len(row))
    return [cell for cell in cells if cell != "" and cleaning.text_of(cell).lower() not in cleaning.NOTHING][
        :SAMPLES
    ]


def _chosen(claims: Iterable[_Claim]) -> dict[int, Guess]:
    found: dict[int, Guess] = {}
    taken: set[str] = set()
    for claim in sorted(claims, key=lambda each: (-each.score, each.place)):
        if claim.place not in found and claim.name not in taken:
            sureness = (
                Sureness.SURE if claim.score >= 3 else Sureness.LIKELY if claim.score >= 2 else Sureness.MAYBE
            )
            found[claim.place] = Guess(claim.name, sureness, claim.reason)
            taken.add(claim.name)
    return dict(sorted(found.items()))


def _joined(by_header: list[_Claim], by_content: list[_Claim], has_values: bool) -> list[_Claim]:
    """Claims of one column together: header and content that agree are surer, a header that the content
    speaks against is doubted."""
    told = {claim.name.partition(":")[0]: claim for claim in by_content}
    joined = []
    for claim in by_header:
        plain = claim.name.partition(":")[0]
        agrees = told.get(plain)
        if agrees is not None:
            reason = _("%(header)s และ%(content)s") % {"header": claim.reason, "content": agrees.reason}
            joined.append(claim._replace(score=claim.score + 1, reason=reason))
        elif has_values and plain in _TELLTALE and not agrees:
            joined.append(claim._replace(score=claim.score - 1.4))
        else:
            joined.append(claim)
    names = {claim.name for claim in joined}
    return joined + [claim for claim in by_content if claim.name not in names]


# ----------------------------------------------------------------------------------------------- by header

_TONES = re.compile("[\u0e47-\u0e4e]")
_BRACKETS = re.compile(r"[(\[（].*?[)\]）]")
_FILLERS = re.compile(r"ของ|ข้อมูล|ผู้|ตามบัตร|ตามทะเบียนบ้าน|ปัจจุบัน|จปฐ|tpmap|ระบุ|เลขที่บัตร(?=เลข)")


def _loose(text: str) -> str:
    """A header's key without brackets, tone marks and words that say nothing."""
    return _FILLERS.sub("", _TONES.sub("", header_key(_BRACKETS.sub("", text))))


_LOOSE = {_loose(key): name for key, name in reversed(list(SPELLING_KEYS.items()))}


def _claims_of_header(place: int, header: str) -> list[_Claim]:
    if not header:
        return []
    if name := field_of(header):
        return [_Claim(3.2, place, name, _("หัวคอลัมน์ตรงกับ “%s”") % _label(name))]
    if name := head_field_of(header):
        return [_Claim(3.0, place, name, _("หัวคอลัมน์คือ “%s” ของหัวหน้าครัวเรือน") % _label(name))]
    loose = _loose(header)
    if name := _LOOSE.get(loose):
        return [_Claim(2.6, place, name, _("หัวคอลัมน์สะกดคล้าย “%s”") % _label(name))]
    return _claims_of_likeness(place, loose)


def _claims_of_likeness(place: int, loose: str) -> list[_Claim]:
    found = []
    for key, name in _LOOSE.items():
        if len(key) >= _SHORTEST_PART and key in loose:
            score = 1.3 + len(key) / max(len(loose), 1)
            found.append(_Claim(score, place, name, _("หัวคอลัมน์มีคำว่า “%s”") % _label(name)))
        elif len(loose) >= _SHORTEST_PART:
            ratio = SequenceMatcher(None, key, loose).ratio()
            if ratio >= _ALIKE:
                found.append(_Claim(1 + ratio, place, name, _("หัวคอลัมน์สะกดคล้าย “%s”") % _label(name)))
    return sorted(found, reverse=True)[:3]


def _label(name: str) -> str:
    plain, _colon, number = name.partition(":")
    return f"{LABELS[plain]} {number}".strip()


# ---------------------------------------------------------------------------------------------- by content

_PHONE = re.compile(r"0[689]\d{8}|0[2-7]\d{7}")
_DATE_SHAPE = re.compile(
    r"\d{1,2}[/\-. ]\S+[/\-. ]\d{2,4}|\d{4}-\d{2}-\d{2}.*|2[45]\d{6}|\d{1,2} ?\D+ ?\d{4}"
)
_HOUSE_NO = re.compile(r"\d{1,4}/\d{1,4}")
_MOO = re.compile(r"(?:หมู่ที่|หมู่|ม\.)\s*\d{1,2}")
_THAI_WORD = re.compile("[\u0e01-\u0e4e]{2,}")
_RELATIONS = frozenset(
    {
        "คู่สมรส",
        "ภรรยา",
        "สามี",
        "บุตร",
        "บิดา",
        "มารดา",
        "บิดา/มารดา",
        "หลาน",
        "ผู้อาศัย",
        "พี่",
        "น้อง",
        "ลูก",
        "พ่อ",
        "แม่",
    }
)

Test = Callable[[Cell, Known], bool]


def _text(cell: Cell) -> str:
    return to_arabic_digits(cleaning.text_of(cell))


def _is_area(cell: Cell, known: Known, lengths: tuple[int, ...]) -> bool:
    code = cleaning.digits_of(cell)
    return len(code) in lengths and code[:6] in known.subdistricts


def _is_date(cell: Cell, known: Known) -> bool:
    text = _text(cell)
    if not _DATE_SHAPE.fullmatch(text):
        return False
    born, fault = cleaning.clean_birth(cell, known.today)
    return born is not None and not fault and born.year > 1880


def _is_income(cell: Cell) -> bool:
    amount, fault = cleaning.clean_income(cell)
    return amount is not None and not fault and 1_000 <= amount <= 500_000 and not 2400 <= amount <= 2600


_TESTS: dict[str, tuple[float, Test]] = {
    "pin": (2.8, lambda cell, _known: not why_bad(clean_pin(cell))),
    "house_code": (2.7, lambda cell, _known: bool(cleaning.clean_house_code(cell))),
    "subdistrict": (2.6, lambda cell, known: _is_area(cell, known, (6,))),
    "village": (2.6, lambda cell, known: _is_area(cell, known, (8, 10))),
    "birth": (2.3, _is_date),
    "phone": (2.2, lambda cell, _known: bool(_PHONE.fullmatch(cleaning.clean_phone(cell)[0]))),
    "title": (2.4, lambda cell, _known: split_title(f"{_text(cell)} ก")[1] == "ก"),
    "full_name": (2.1, lambda cell, _known: bool(split_title(_text(cell))[0]) and " " in _text(cell).strip()),
    "sex": (2.4, lambda cell, _known: bool(cleaning.clean_sex(cell))),
    "relation": (2.0, lambda cell, _known: _text(cell) in _RELATIONS or _text(cell) in cleaning.HEADS),
    "village_name": (2.0, lambda cell, _known: _text(cell).startswith("บ้าน")),
    "house_no": (1.6, lambda cell, _known: bool(_HOUSE_NO.fullmatch(_text(cell)))),
    "moo": (2.0, lambda cell, _known: bool(_MOO.fullmatch(_text(cell)))),
    "indicators": (1.8, lambda cell, _known: "," in _text(cell) and bool(cleaning.clean_indicators(cell))),
    "income_baht": (1.2, lambda cell, _known: _is_income(cell)),
}
_SHARES = {
    "indicators": 0.2,
    "house_no": 0.4,
    "pin": 0.6,
    "village_name": 0.6,
    "subdistrict": 0.6,
    "relation": 0.6,
}
_TELLTALE = frozenset({"pin", "house_code", "subdistrict", "village", "birth", "phone", "sex"})
_WHAT: dict[str, Callable[[], str]] = {
    "pin": lambda: _("เลขประจำตัว 13 หลักที่ถูกต้อง"),
    "house_code": lambda: _("เลข 11 หลัก"),
    "subdistrict": lambda: _("รหัสตำบลที่มีอยู่จริง"),
    "village": lambda: _("รหัสหมู่บ้านของตำบลที่มีอยู่จริง"),
    "birth": lambda: _("วันที่"),
    "phone": lambda: _("หมายเลขโทรศัพท์"),
    "title": lambda: _("คำนำหน้าชื่อ"),
    "full_name": lambda: _("คำนำหน้ากับชื่อและนามสกุล"),
    "sex": lambda: _("คำบอกเพศ"),
    "relation": lambda: _("คำบอกความสัมพันธ์"),
    "village_name": lambda: _("คำที่ขึ้นต้นด้วย บ้าน"),
    "house_no": lambda: _("เลขที่แบบ 12/3"),
    "moo": lambda: _("หมู่ที่"),
    "indicators": lambda: _("เลขตัวชี้วัดหลายข้อ"),
    "income_baht": lambda: _("จำนวนเงิน"),
}


def _claims_of_content(place: int, values: Sequence[Cell], known: Known) -> list[_Claim]:
    """What the values speak for: most of them pass the test of a field."""
    found: list[_Claim] = []
    for name, (score, test) in _TESTS.items():
        hits = sum(test(cell, known) for cell in values)
        share = hits / len(values) if values else 0.0
        if not hits or share < _SHARES.get(name, _ENOUGH):
            continue
        facts = {"what": _WHAT[name](), "hits": hits, "all": len(values)}
        reason = _("ค่าเป็น%(what)s %(hits)d จาก %(all)d แถวแรก") % facts
        few = 0.6 if len(values) < 3 else 0.0
        found.append(_Claim(score * (0.8 + 0.2 * share) - few, place, name, reason))
    return found


def _names_after_titles(columns: Sequence[Sequence[Cell]], claims: Sequence[_Claim]) -> list[_Claim]:
    """The two columns of Thai words right after the titles are first and last name."""
    found = []
    for claim in claims:
        if claim.name != "title" or claim.score < 2:
            continue
        for step, name in enumerate(("first_name", "last_name"), start=1):
            place = claim.place + step
            if place < len(columns) and _are_words(columns[place]):
                found.append(_Claim(1.7, place, name, _("เป็นคำไทยถัดจากคอลัมน์คำนำหน้า")))
    return found


def _are_words(values: Sequence[Cell]) -> bool:
    hits = sum(bool(_THAI_WORD.fullmatch(_text(cell))) for cell in values)
    return bool(values) and hits >= _ENOUGH * len(values)


def _five_dimensions(columns: Sequence[Sequence[Cell]], claims: Sequence[_Claim]) -> list[_Claim]:
    """Five columns side by side that say only yes and no are the five dimensions in their usual order."""
    named = {claim.name for claim in claims}
    if named & set(DIMENSION_FIELDS):
        return []
    runs = [place for place, values in enumerate(columns) if _are_verdicts(values)]
    for start in runs:
        if all(start + step in runs for step in range(5)):
            reason = _("ห้าคอลัมน์ติดกันที่มีแต่ ผ่าน กับ ไม่ผ่าน ตามลำดับห้ามิติ")
            return [_Claim(1.5, start + step, name, reason) for step, name in enumerate(DIMENSION_FIELDS)]
    return []


def _are_verdicts(values: Sequence[Cell]) -> bool:
    return bool(values) and all(cleaning.clean_dimension(cell) is not None for cell in values)
