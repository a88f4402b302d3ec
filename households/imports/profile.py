"""The built-in profile: which header, in whatever order, spacing and spelling, stands for which field."""

# ruff: noqa: E501 - a field a line reads best
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from povertyops.common.names import clean_text
from povertyops.common.thai import to_arabic_digits

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
    "health": _("มิติสุขภาพ"),
    "living": _("มิติความเป็นอยู่"),
    "education": _("มิติการศึกษา"),
    "income": _("มิติรายได้"),
    "access": _("มิติการเข้าถึงบริการภาครัฐ"),
    "indicators": _("ตัวชี้วัดที่ไม่ผ่าน"),
    "income_baht": _("รายได้เฉลี่ยต่อคนต่อปี"),
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
        "เลข 13 หลัก", "เลขประชาชน", "บัตรประชาชน", "nid", "pid", "cid", "national id",
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
    "reason": (REASON_HEADER,),
    "mark": (MARK_HEADER,),
}  # fmt: skip

_THAI_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
_KEEP = re.compile(rf"[^0-9a-zก-ฮะ-ๆ{_THAI_MARKS}]+")


def header_key(text: str) -> str:
    """A header without spaces, punctuation, case and Thai digits."""
    return _KEEP.sub("", to_arabic_digits(clean_text(text)).lower())


_FIELD_OF = {header_key(spelling): name for name, spellings in _SPELLINGS.items() for spelling in spellings}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the table is and what its columns mean. `header_row` is the sheet's own row number."""

    header_row: int
    headers: tuple[str, ...]
    columns: dict[str, int]
    unread: tuple[str, ...] = field(default=())

    def header_of(self, name: str) -> str:
        """The header as the person sees it; the profile's own label where the file has no such column."""
        position = self.columns.get(name)
        return self.headers[position] if position is not None else str(LABELS.get(name, ""))

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


def find_layout(rows: Sequence[Sequence[Cell]]) -> Layout | None:
    """The first row that names the columns: it has those a list cannot do without, else the best with three or more."""
    best: Layout | None = None
    for number, row in enumerate(rows, start=1):
        layout = _layout_of(number, row)
        if not layout.missing:
            return layout
        if len(layout.columns) >= 3 and (best is None or len(layout.columns) > len(best.columns)):
            best = layout
    return best


def _layout_of(number: int, row: Sequence[Cell]) -> Layout:
    headers = tuple(clean_text(cell)[:120] if isinstance(cell, str) else "" for cell in row)
    columns: dict[str, int] = {}
    unread: list[str] = []
    for position, header in enumerate(headers):
        name = _FIELD_OF.get(header_key(header)) if header else None
        if name is not None and name not in columns:
            columns[name] = position
        elif header:
            unread.append(header)
    if "first_name" in columns and "last_name" not in columns and "full_name" in columns:
        columns["last_name"] = columns.pop("full_name")  # beside ชื่อ, ชื่อสกุล means the family name
    return Layout(number, headers, columns, tuple(unread))
