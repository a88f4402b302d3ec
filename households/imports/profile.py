"""The built-in profile: which header, in whatever order, spacing and spelling, stands for which field."""

# ruff: noqa: E501 - a field a line reads best
from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from povertyops.common.names import clean_text
from povertyops.common.thai import to_arabic_digits

from ..enums import RowUnit
from .reading import Cell

LABELS: dict[str, Promise] = {
    "subdistrict": _("รหัสตำบล"),
    "village": _("รหัสหมู่บ้าน"),
    "moo": _("หมู่ที่"),
    "village_name": _("ชื่อหมู่บ้าน"),
    "house_no": _("บ้านเลขที่"),
    "house_code": _("รหัสประจำบ้าน"),
    "family": _("ครอบครัวที่"),
    "pin": _("เลขประจำตัวประชาชน"),
    "title": _("คำนำหน้า"),
    "first_name": _("ชื่อ"),
    "last_name": _("นามสกุล"),
    "full_name": _("ชื่อ-นามสกุล"),
    "birth": _("วันเกิด"),
    "sex": _("เพศ"),
    "relation": _("ความสัมพันธ์"),
    "phone": _("โทรศัพท์"),
    **{each.value: format_lazy(_("มิติ{dimension}"), dimension=each.label) for each in Dimension},
    "indicators": _("ตัวชี้วัดที่ไม่ผ่าน"),
    "income_baht": _("รายได้เฉลี่ยต่อคนต่อปี"),
    "members": _("จำนวนสมาชิก"),
    "reason": _("เหตุผลที่ยังไม่นำเข้า"),
    "mark": _("เครื่องหมายของไฟล์แก้"),
}

DIMENSION_FIELDS: tuple[str, ...] = tuple(str(code) for code in Dimension.values)

REASON_HEADER = "เหตุผลที่ยังไม่นำเข้า"
MARK_HEADER = "povertyops-mended-file"

_SPELLINGS: dict[str, tuple[str, ...]] = {
    "subdistrict": ("รหัสตำบล", "รหัสแขวง", "รหัสตำบล/แขวง", "tambon code", "tambon_id", "tumbol_id", "subdistrict code"),
    "village": ("รหัสหมู่บ้าน", "รหัสหมู่บ้าน/ชุมชน", "village_id", "village code"),
    "moo": ("หมู่ที่", "หมู่", "ม.", "moo", "mb no"),
    "village_name": ("ชื่อหมู่บ้าน", "หมู่บ้าน", "ชื่อหมู่บ้าน/ชุมชน", "ชุมชน", "ชื่อชุมชน", "village_name", "village"),
    "house_no": ("บ้านเลขที่", "เลขที่บ้าน", "เลขที่", "house no", "house number"),
    "house_code": (
        "รหัสประจำบ้าน", "เลขรหัสประจำบ้าน", "เลขประจำบ้าน", "รหัสบ้าน", "hc", "house code", "house_data_id",
    ),
    "family": ("ครอบครัวที่", "ลำดับครอบครัว", "family", "family no"),
    "pin": (
        "เลขประจำตัวประชาชน", "เลขบัตรประชาชน", "เลขประจำตัวประชาชน 13 หลัก", "หมายเลขบัตรประชาชน", "เลขบัตรประจำตัวประชาชน",
        "เลข 13 หลัก", "เลขประจำตัว", "เลขประชาชน", "บัตรประชาชน", "nid", "pid", "cid", "national id",
    ),
    "title": ("คำนำหน้า", "คำนำหน้าชื่อ", "คำนำหน้านาม", "prefix", "prefix_name", "title"),
    "first_name": ("ชื่อ", "ชื่อตัว", "ชื่อจริง", "first name", "fname", "firstname"),
    "last_name": ("นามสกุล", "สกุล", "last name", "lname", "surname", "lastname"),
    "full_name": (
        "ชื่อ-นามสกุล", "ชื่อ-สกุล", "ชื่อสกุลเต็ม", "ชื่อและนามสกุล", "ชื่อ นามสกุล", "ชื่อ - สกุล", "name", "full name",
    ),
    "birth": ("วันเกิด", "วันเดือนปีเกิด", "วัน เดือน ปี เกิด", "วัน/เดือน/ปีเกิด", "ว/ด/ป เกิด", "วดป.เกิด", "birthdate", "birth date", "dob"),
    "sex": ("เพศ", "gender", "sex"),
    "relation": ("ความสัมพันธ์", "ความสัมพันธ์กับหัวหน้าครัวเรือน", "ความสัมพันธ์กับเจ้าบ้าน", "สถานะในครัวเรือน", "สถานภาพในครัวเรือน", "relation"),
    "phone": ("โทรศัพท์", "เบอร์โทร", "เบอร์โทรศัพท์", "หมายเลขโทรศัพท์", "โทร", "โทร.", "เบอร์ติดต่อ", "tel", "phone", "mobile"),
    "health": ("มิติสุขภาพ", "สุขภาพ", "มิติด้านสุขภาพ", "ด้านสุขภาพ", "health"),
    "living": ("มิติความเป็นอยู่", "ความเป็นอยู่", "มิติด้านความเป็นอยู่", "ด้านความเป็นอยู่", "living"),
    "education": ("มิติการศึกษา", "การศึกษา", "มิติด้านการศึกษา", "ด้านการศึกษา", "education"),
    "income": ("มิติรายได้", "มิติด้านรายได้", "ด้านรายได้", "income"),
    "access": (
        "มิติการเข้าถึงบริการภาครัฐ", "การเข้าถึงบริการภาครัฐ", "มิติการเข้าถึงบริการ", "การเข้าถึงบริการ", "ด้านการเข้าถึงบริการภาครัฐ",
        "มิติการเข้าถึงบริการรัฐ", "มิติด้านการเข้าถึงบริการภาครัฐ", "accessibility", "access",
    ),
    "indicators": (
        "ตัวชี้วัดที่ไม่ผ่าน", "ตัวชี้วัดที่ตกเกณฑ์", "ตัวชี้วัดไม่ผ่าน", "ข้อที่ไม่ผ่าน", "ตัวชี้วัด จปฐ. ที่ไม่ผ่าน", "ตกเกณฑ์ตัวชี้วัด", "indicators",
    ),
    "income_baht": (
        "รายได้เฉลี่ยต่อคนต่อปี", "รายได้เฉลี่ย", "รายได้ต่อคนต่อปี", "รายได้เฉลี่ย (บาท/คน/ปี)", "รายได้เฉลี่ยต่อคนต่อปี (บาท)",
        "รายได้", "รายได้ (บาท)",
    ),
    "members": ("จำนวนสมาชิก", "จำนวนสมาชิกในครัวเรือน", "จำนวนสมาชิกครัวเรือน", "จำนวนคน", "สมาชิก (คน)", "housemember_cnt"),
    "reason": (REASON_HEADER,),
    "mark": (MARK_HEADER,),
}  # fmt: skip

_THAI_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
_KEEP = re.compile(rf"[^0-9a-zก-ฮะ-ๆ{_THAI_MARKS}]+")
_MEMBER = re.compile(
    r"(?:ของ)?(?:ผู้อยู่ร่วม|สมาชิก)(?:ใน)?(?:ครัวเรือน|ครอบครัว)?(?:คน|ลำดับ)?(?:ที่)?(\d{1,2})|คนที่(\d{1,2})"
)
_HEAD = re.compile(r"(?:ของ)?(?:หัวหน้าครัวเรือน|หัวหน้าครอบครัว|เจ้าบ้าน)")

# What stands before the name of a dimension in a header.
_BEFORE_DIMENSIONS = ("", "มิติ", "ด้าน", "มิติด้าน")

PERSON_FIELDS = ("pin", "title", "first_name", "last_name", "full_name", "birth", "sex", "relation")
MOST_HEADER_ROWS = 3
MOST_MEMBERS = 20
FIRST_MEMBER = 2
"""The head is the first."""

Merge = tuple[int, int, int, int]
"""A merged range of cells: first row, first column, last row, last column, all from 0."""


def header_key(text: str) -> str:
    """A header without spaces, punctuation, case and Thai digits."""
    return _KEEP.sub("", to_arabic_digits(clean_text(text)).lower())


SPELLING_KEYS = {
    header_key(spelling): name for name, spellings in _SPELLINGS.items() for spelling in spellings
}
"""The field of every known spelling of a header, by its key."""


def keys_of(headers: Sequence[str]) -> list[str]:
    """One key for each header by which a profile finds it again; a second column of a name gets a number."""
    seen: dict[str, int] = {}
    keys = []
    for header in headers:
        key = header_key(header)
        seen[key] = seen.get(key, 0) + 1
        keys.append(key if seen[key] == 1 or not key else f"{key}#{seen[key]}")
    return keys


def signature_of(headers: Sequence[str]) -> str:
    """The fingerprint of a set of headers, in whatever order; the marks of our own error file do not count."""
    marks = {header_key(REASON_HEADER), header_key(MARK_HEADER)}
    keys = sorted(key for key in keys_of(headers) if key and key not in marks)
    return sha256("\n".join(keys).encode()).hexdigest()


def field_of(header: str) -> str | None:
    """The field a header is a known spelling of; one of a further member has the member's number behind."""
    key = header_key(header)
    if not key:
        return None
    if name := SPELLING_KEYS.get(key):
        return name
    if found := _MEMBER.search(key):
        name = SPELLING_KEYS.get(key[: found.start()] + key[found.end() :])
        number = int(found[1] or found[2])
        return f"{name}:{number}" if name in PERSON_FIELDS and 1 <= number <= MOST_MEMBERS else None
    dimension = Dimension.called(key, header_key, _BEFORE_DIMENSIONS)
    return dimension.value if dimension else None


def head_field_of(header: str) -> str | None:
    """The field of a person that a header gives of the head of the household: ชื่อหัวหน้าครัวเรือน."""
    key = header_key(header)
    if not _HEAD.search(key):
        return None
    name = SPELLING_KEYS.get(_HEAD.sub("", key, count=1))
    return name if name in PERSON_FIELDS else None


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the table is and what its columns mean. `header_row` is the sheet's own row number, of the last
    row of the header where it has several.

    `members` are the columns of further persons, where one row is a household. `sheets` are the sheets to
    read, () for the one that was found and those like it. `fails` and `passes` are words that this file
    uses in the columns of dimensions besides the usual ones.
    """

    header_row: int
    headers: tuple[str, ...]
    columns: dict[str, int]
    unread: tuple[str, ...] = field(default=())
    unit: RowUnit = RowUnit.PERSON
    members: tuple[dict[str, int], ...] = ()
    sheets: tuple[str, ...] = ()
    fails: frozenset[str] = frozenset()
    passes: frozenset[str] = frozenset()
    first_header_row: int = 0

    def header_of(self, name: str) -> str:
        """The header as the person sees it; the profile's own label where the file has no such column."""
        position = self.position_of(name)
        return self.headers[position] if position is not None else str(LABELS.get(name.partition(":")[0], ""))

    def position_of(self, name: str) -> int | None:
        """Where the column of a field is; `first_name:2` is the first name of the member after the head."""
        name, _, number = name.partition(":")
        turn = int(number or 0) - FIRST_MEMBER
        columns = self.members[turn] if 0 <= turn < len(self.members) else self.columns
        if name == "first_name" and name not in columns:
            name = "full_name"
        return columns.get(name)

    @property
    def positions(self) -> dict[str, int]:
        """Every column that is read, those of further members included."""
        found = dict(self.columns)
        for turn, member in enumerate(self.members, start=FIRST_MEMBER):
            found |= {f"{name}:{turn}": position for name, position in member.items()}
        return found

    @property
    def is_of_households(self) -> bool:
        """Whether one row is a household."""
        return self.unit == RowUnit.HOUSEHOLD

    @property
    def header_rows(self) -> tuple[int, int]:
        """First and last row of the header."""
        return self.first_header_row or self.header_row, self.header_row

    @property
    def is_mended(self) -> bool:
        """Whether this is our own error file coming back."""
        return "reason" in self.columns or "mark" in self.columns

    @property
    def missing(self) -> list[str]:
        """Labels of the columns without which a list cannot be read."""
        absent = []
        if "subdistrict" not in self.columns and "village" not in self.columns:
            absent.append(str(LABELS["subdistrict"]))
        if "first_name" not in self.columns and "full_name" not in self.columns:
            absent.append(str(LABELS["first_name"]))
        return absent


def find_layout(rows: Sequence[Sequence[Cell]], merges: Sequence[Merge] = ()) -> Layout | None:
    """The first rows that name the columns: they have those a list cannot do without, else the best with
    three or more."""
    best: Layout | None = None
    for last in range(1, len(rows) + 1):
        layout = _widest(rows, merges, [(last, depth) for depth in range(1, MOST_HEADER_ROWS + 1)])
        if not layout.missing:
            return _with_rows_below(rows, merges, layout)
        if len(layout.columns) >= 3 and (best is None or len(layout.columns) > len(best.columns)):
            best = layout
    return best


def _with_rows_below(rows: Sequence[Sequence[Cell]], merges: Sequence[Merge], layout: Layout) -> Layout:
    """The same header with the rows under it that say more: สุขภาพ, ความเป็นอยู่ under มิติ."""
    first, last = layout.header_rows
    for more in range(last + 1, min(first + MOST_HEADER_ROWS, len(rows) + 1)):
        deeper = _layout_of(rows, merges, more, more - first + 1)
        if not deeper.missing and len(deeper.positions) > len(layout.positions):
            layout = deeper
    return layout


def _widest(
    rows: Sequence[Sequence[Cell]], merges: Sequence[Merge], choices: Sequence[tuple[int, int]]
) -> Layout:
    """The layout that names the most fields; of equals the one with fewer rows."""
    layouts = [_layout_of(rows, merges, last, depth) for last, depth in choices if depth <= last]
    return max(layouts, key=lambda layout: (not layout.missing, len(layout.positions)))


def headers_at(
    rows: Sequence[Sequence[Cell]], merges: Sequence[Merge], last: int, depth: int
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The headers of `depth` rows that end with row `last` (from 1), and of each what may name its field,
    best first."""
    grid = [_texts(row) for row in rows[max(0, last - depth) : last]]
    width = max((len(row) for row in grid), default=0)
    grid = [[*row, *[""] * (width - len(row))] for row in grid]
    _spread(grid, merges, last - len(grid))
    parts = [tuple(_distinct(row[place] for row in grid)) for place in range(width)]
    lowest = list(grid[-1]) if grid else []
    names: list[tuple[str, ...]] = []
    for place, words in enumerate(parts):
        whole = " ".join(words)
        own = lowest[place] or (words[-1] if words else "")
        names.append((whole, own) if own != whole else (whole,))
    return tuple(" ".join(words)[:120] for words in parts), names


def _texts(row: Sequence[Cell]) -> list[str]:
    return [clean_text(cell)[:120] if isinstance(cell, str) else "" for cell in row]


def _distinct(texts: Iterable[str]) -> list[str]:
    found: list[str] = []
    for text in texts:
        if text and text not in found:
            found.append(text)
    return found


def _spread(grid: list[list[str]], merges: Sequence[Merge], offset: int) -> None:
    """Give a heading over several columns to all of them: as the file merged the cells, else to the blank
    cells at its right that have something below."""
    for index, row in enumerate(grid[:-1]):
        ranges = [merge for merge in merges if merge[0] == offset + index and merge[3] > merge[1]]
        for _first, left, _last, right in ranges:
            for place in range(left, min(right + 1, len(row))):
                row[place] = row[left]
        if ranges:
            continue
        for place in range(1, len(row)):
            if not row[place] and any(below[place] for below in grid[index + 1 :]):
                row[place] = row[place - 1]


def _layout_of(rows: Sequence[Sequence[Cell]], merges: Sequence[Merge], last: int, depth: int) -> Layout:
    headers, names = headers_at(rows, merges, last, depth)
    found: dict[str, int] = {}
    heads: dict[str, int] = {}
    for place, words in enumerate(names):
        name = next((known for word in words if (known := field_of(word))), None)
        if name is not None and name not in found:
            found[name] = place
        elif name is None and (
            of_head := next((known for word in words if (known := head_field_of(word))), None)
        ):
            heads.setdefault(of_head, place)
    return make_layout(headers, last, depth, found, heads)


def make_layout(
    headers: tuple[str, ...],
    last: int,
    depth: int,
    found: dict[str, int],
    heads: dict[str, int],
    said: RowUnit | None = None,
) -> Layout:
    """The layout of columns that were understood; `heads` are those that name the head of the household.
    `said` is what a person says a row is."""
    if said == RowUnit.PERSON:
        found = {name: place for name, place in found.items() if ":" not in name}
    is_of_households = said == RowUnit.HOUSEHOLD or any(":" in name for name in found)
    if heads and not found.keys() & {"first_name", "full_name"}:
        is_of_households = True
        found = {**heads, **found}
    columns = {name: place for name, place in found.items() if ":" not in name}
    members = _members(found)
    if members and not columns.keys() & {"first_name", "full_name"}:
        columns |= members.pop(0)
    if is_of_households:
        columns, *members = (_whole_names(person) for person in [columns, *members])
    elif "first_name" in columns and "last_name" not in columns and "full_name" in columns:
        columns["last_name"] = columns.pop("full_name")  # beside ชื่อ, ชื่อสกุล means the family name
    read = {*columns.values(), *(place for member in members for place in member.values())}
    unread = tuple(header for place, header in enumerate(headers) if header and place not in read)
    unit = RowUnit.HOUSEHOLD if is_of_households else RowUnit.PERSON
    return Layout(
        last, headers, columns, unread, unit, tuple(members), first_header_row=last - min(depth, last) + 1
    )


def _members(found: dict[str, int]) -> list[dict[str, int]]:
    """The columns of further members, in the order of their numbers; a member without a name is left out."""
    by_number: dict[int, dict[str, int]] = {}
    for name, place in found.items():
        plain, _, number = name.partition(":")
        if number:
            by_number.setdefault(int(number), {})[plain] = place
    members = [by_number[number] for number in sorted(by_number)]
    return [member for member in members if member.keys() & {"first_name", "full_name"}]


def _whole_names(columns: dict[str, int]) -> dict[str, int]:
    """In a row of a household a name without a family name beside it is the whole name."""
    if "first_name" in columns and "last_name" not in columns:
        name = "last_name" if "full_name" in columns else "full_name"
        moved = "full_name" if "full_name" in columns else "first_name"
        columns = dict(columns)
        columns[name] = columns.pop(moved)
    return columns
