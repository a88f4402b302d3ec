"""Files of work done before the system: what their headers mean, what a row says, what can be wrong with it.

Plain functions on plain values; the faults are codes with a Thai sentence each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension, Stage
from povertyops.common.names import clean_text, search_key
from povertyops.common.naming import with_stages
from povertyops.common.nid import clean_pin, why_bad
from povertyops.common.nid import mask as masked_pin
from povertyops.common.thai import BadDate, parse_thai_date, to_arabic_digits

from .enums import CarryKind

HEADER_WITHIN = 15
LONGEST_VALUE = 200
LARGEST_AMOUNT = Decimal("9999999999.99")
SUBDISTRICT_DIGITS, VILLAGE_DIGITS, HOUSE_CODE_DIGITS = 6, 8, 11


class Field(StrEnum):
    """What a column may hold."""

    HOUSE_CODE = "house_code"
    PIN = "pin"
    SUBDISTRICT = "subdistrict"
    VILLAGE = "village"
    MOO = "moo"
    HOUSE_NO = "house_no"
    HEAD = "head"
    ITEM = "item"
    DIMENSION = "dimension"
    DETAIL = "detail"
    AGENCY = "agency"
    AMOUNT = "amount"
    DAY = "day"
    LETTER = "letter"
    STAGE = "stage"


LABELS: Mapping[Field, Promise] = {
    Field.HOUSE_CODE: _("รหัสประจำบ้าน"),
    Field.PIN: _("เลขประจำตัวประชาชน"),
    Field.SUBDISTRICT: _("รหัสตำบล"),
    Field.VILLAGE: _("รหัสหมู่บ้าน"),
    Field.MOO: _("หมู่ที่"),
    Field.HOUSE_NO: _("บ้านเลขที่"),
    Field.HEAD: _("หัวหน้าครัวเรือน"),
    Field.ITEM: _("รายการช่วยเหลือ"),
    Field.DIMENSION: _("มิติ"),
    Field.DETAIL: _("รายละเอียด"),
    Field.AGENCY: _("หน่วยงาน"),
    Field.AMOUNT: _("จำนวนเงิน"),
    Field.DAY: _("วันที่"),
    Field.LETTER: _("เลขที่หนังสือ"),
    Field.STAGE: _("ขั้น"),
}

# As typed in files, whatever the language of the page.
SPELLINGS: Mapping[Field, tuple[str, ...]] = {
    Field.HOUSE_CODE: ("รหัสประจำบ้าน", "เลขรหัสประจำบ้าน", "เลขประจำบ้าน", "รหัสบ้าน", "house code"),
    Field.PIN: (
        *(
            "เลขประจำตัวประชาชน",
            "เลขบัตรประชาชน",
            "เลขประจำตัวประชาชน 13 หลัก",
            "หมายเลขบัตรประชาชน",
            "เลข 13 หลัก",
        ),
        *("เลขประจำตัว", "บัตรประชาชน", "เลขบัตรประจำตัวประชาชน", "pid", "cid", "nid"),
    ),
    Field.SUBDISTRICT: ("รหัสตำบล", "รหัสแขวง", "รหัสตำบล/แขวง", "tambon code", "subdistrict code"),
    Field.VILLAGE: ("รหัสหมู่บ้าน", "รหัสหมู่บ้าน/ชุมชน", "village code"),
    Field.MOO: ("หมู่ที่", "หมู่", "ม.", "moo"),
    Field.HOUSE_NO: ("บ้านเลขที่", "เลขที่บ้าน", "house no"),
    Field.HEAD: (
        *("หัวหน้าครัวเรือน", "ชื่อหัวหน้าครัวเรือน", "ชื่อ-นามสกุล", "ชื่อ-สกุล", "ชื่อ นามสกุล", "ชื่อและนามสกุล"),
        *("เจ้าบ้าน", "ชื่อเจ้าบ้าน", "ชื่อครัวเรือน", "ชื่อ-สกุลหัวหน้าครัวเรือน", "name", "head name"),
    ),
    Field.ITEM: (
        *(
            "รายการช่วยเหลือ",
            "รายการ",
            "ความช่วยเหลือ",
            "รายการความช่วยเหลือ",
            "เมนูแก้จน",
            "รหัสรายการ",
            "เรื่องที่ช่วยเหลือ",
        ),
        *("การช่วยเหลือ", "ประเภทความช่วยเหลือ", "item"),
    ),
    Field.DIMENSION: ("มิติ", "ด้าน", "มิติที่ช่วยเหลือ", "มิติปัญหา", "dimension"),
    Field.DETAIL: ("รายละเอียด", "รายละเอียดการช่วยเหลือ", "คำอธิบาย", "หมายเหตุ", "detail"),
    Field.AGENCY: (
        *("หน่วยงาน", "หน่วยงานที่ช่วยเหลือ", "หน่วยงานที่ให้", "หน่วยงานที่ให้ความช่วยเหลือ", "ผู้ให้ความช่วยเหลือ", "ผู้ให้"),
        *("หน่วยงานที่ดำเนินการ", "agency"),
    ),
    Field.AMOUNT: (
        *(
            "จำนวนเงิน",
            "จำนวนเงิน (บาท)",
            "มูลค่า",
            "มูลค่า (บาท)",
            "งบประมาณ",
            "งบประมาณ (บาท)",
            "บาท",
            "เงินช่วยเหลือ",
        ),
        "amount",
    ),
    Field.DAY: (
        *("วันที่", "วันที่ช่วยเหลือ", "วันที่ให้", "วันที่ให้ความช่วยเหลือ", "วัน เดือน ปี", "ว/ด/ป", "วดป.", "วันที่มอบ"),
        *("วันที่ถึงขั้น", "วันที่ผ่านขั้น", "ตั้งแต่วันที่", "date"),
    ),
    Field.LETTER: ("เลขที่หนังสือ", "หนังสือเลขที่", "เลขหนังสือ", "ที่หนังสือ", "letter"),
    Field.STAGE: ("ขั้น", "ขั้นที่ได้", "ระดับขั้น", "สถานะขั้น", "ระดับ", "stage"),
}

FAULTS: Mapping[str, Promise] = {
    "household_needed": _("ไม่มีสิ่งที่ใช้หาครัวเรือน เติมรหัสประจำบ้าน เลขประจำตัวประชาชน หรือรหัสตำบล บ้านเลขที่ และชื่อหัวหน้า"),
    "unknown_household": _("ไม่พบครัวเรือนนี้ในพื้นที่ของท่าน ตรวจรหัสหรือชื่อกับหน้าครัวเรือนแล้วแก้"),
    "many_households": _(
        "พบ %(count)d ครัวเรือนที่ตรงกัน เติมชื่อหัวหน้าครัวเรือนหรือเลขประจำตัวประชาชนให้ระบุได้ครัวเรือนเดียว"
    ),
    "read_only": _("ครัวเรือนนี้อยู่ในความรับผิดชอบของเทศบาล ให้เทศบาลเป็นผู้นำเข้า"),
    "bad_pin": _("เลขประจำตัวประชาชนไม่ถูกต้อง ตรวจจากบัตรแล้วแก้ หรือเว้นว่างแล้วใช้รหัสประจำบ้าน"),
    "bad_house_code": _("รหัสประจำบ้านต้องมี 11 หลัก ตรวจจากทะเบียนบ้านแล้วแก้"),
    "bad_area": _("รหัสตำบลต้องมี 6 หลัก รหัสหมู่บ้านต้องมี 8 หลัก"),
    "day_needed": _("ไม่มีวันที่ เติมวันที่เป็น วัน/เดือน/ปี พ.ศ. เช่น 21/11/2567"),
    "bad_day": _("วันที่ไม่ใช่วันที่ในปฏิทิน เขียนเป็น วัน/เดือน/ปี พ.ศ. เช่น 21/11/2567"),
    "future_day": _("วันที่อยู่หลังวันนี้ ตรวจปี พ.ศ. แล้วแก้"),
    "bad_amount": _("จำนวนเงินต้องเป็นตัวเลขตั้งแต่ 0 บาท เช่น 3000 หรือ 3,000.50"),
    "item_needed": _("ไม่มีรายการช่วยเหลือ เติมชื่อหรือรหัสจากเมนูแก้จน หรือเติมมิติพร้อมรายละเอียด"),
    "unknown_item": _("ไม่มีรายการนี้ในเมนูแก้จน ใช้ชื่อหรือรหัสจากเมนู หรือเติมช่องมิติ แล้วข้อความนี้จะเป็นรายละเอียด"),
    "unknown_item_near": _('ไม่มีรายการนี้ในเมนูแก้จน หมายถึง "%(near)s" หรือไม่ ถ้าไม่ใช่ให้เติมช่องมิติ'),
    "bad_dimension": _("มิติต้องเป็น สุขภาพ ความเป็นอยู่ การศึกษา รายได้ หรือการเข้าถึงบริการภาครัฐ"),
    "too_long": _("ข้อความยาวเกิน %(most)d ตัวอักษร โปรดย่อ"),
    "bad_character": _("มีอักขระที่อ่านไม่ได้ พิมพ์ข้อมูลช่องนี้ใหม่"),
    "twice": _("ซ้ำกับแถวที่ %(other_row)d ให้เหลือแถวเดียว"),
    "stage_needed": with_stages(_("ไม่มีขั้น เติม {survive} {sufficient} หรือ{sustainable}")),
    "bad_stage": with_stages(_("ขั้นต้องเป็น {survive} {sufficient} หรือ{sustainable}")),
    "not_higher": _("ครัวเรือนอยู่ในขั้น%(present)sแล้ว ขั้นที่ยกมาต้องสูงกว่า"),
    "before_present": _("ครัวเรือนเปลี่ยนขั้นครั้งล่าสุดเมื่อ %(since)s ขั้นที่ยกมาต้องไม่ก่อนวันนั้น"),
    "closed": _("ครัวเรือนนี้ไม่อยู่ในการดูแลแล้ว จึงยกขั้นมาไม่ได้ ลบแถวนี้"),
}
_LONGEST: Mapping[Field, int] = {Field.DETAIL: 500, Field.AGENCY: 200, Field.LETTER: 80, Field.ITEM: 200}
_STAGES = {Stage.SURVIVE, Stage.SUFFICIENT, Stage.SUSTAINABLE}
_DIMENSION_WORDS: Mapping[str, Dimension] = {
    "การเข้าถึงบริการ": Dimension.ACCESS,
    "การเข้าถึงบริการรัฐ": Dimension.ACCESS,
    "สภาพความเป็นอยู่": Dimension.LIVING,
    "ที่อยู่อาศัย": Dimension.LIVING,
}
# The words of files, whatever the language of whoever uploads them.
_STAGE_WORDS: Mapping[str, Stage] = {
    "อยู่รอด": Stage.SURVIVE,
    "พอเพียง": Stage.SUFFICIENT,
    "ยั่งยืน": Stage.SUSTAINABLE,
    **{stage.code: stage for stage in _STAGES},
    **{str(int(stage)): stage for stage in _STAGES},
}
_DIMENSIONS: Mapping[str, Dimension] = {
    "สุขภาพ": Dimension.HEALTH,
    "ความเป็นอยู่": Dimension.LIVING,
    "การศึกษา": Dimension.EDUCATION,
    "รายได้": Dimension.INCOME,
    "การเข้าถึงบริการภาครัฐ": Dimension.ACCESS,
    **_DIMENSION_WORDS,
    **{dimension.value: dimension for dimension in Dimension},
}

Columns = Mapping[Field, int]


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a row, in which column."""

    code: str
    field: Field | None = None
    value: str = ""
    details: Mapping[str, Any] = dataclass_field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """What a row says of its household. The id number never leaves memory."""

    house_code: str = ""
    pin: str = dataclass_field(default="", repr=False)
    area: str = ""
    house_no: str = ""
    head: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A clean row."""

    row: int
    place: Place
    day: date
    item: str = ""
    dimension: Dimension | None = None
    detail: str = ""
    agency: str = ""
    amount: Decimal = Decimal(0)
    letter: str = ""
    stage: Stage = Stage.WAITING


def find_header(rows: Sequence[Sequence[Any]], key: Callable[[str], str]) -> tuple[int, dict[Field, int]]:
    """Place of the header among the first rows, and field -> column; (-1, {}) where none is one."""
    spelled = {key(spelling): name for name, spellings in SPELLINGS.items() for spelling in spellings}
    best: tuple[int, dict[Field, int]] = (-1, {})
    for place, row in enumerate(rows[:HEADER_WITHIN]):
        columns: dict[Field, int] = {}
        for column, cell in enumerate(row):
            name = spelled.get(key(str(cell))) if isinstance(cell, str) and cell.strip() else None
            if name is not None:
                columns.setdefault(name, column)
        if len(columns) > max(1, len(best[1])):
            best = place, columns
    return best


def missing_columns(columns: Columns, kind: str) -> list[str]:
    """Labels of what a file of this kind cannot do without."""
    missing = []
    by_address = Field.HOUSE_NO in columns and (Field.SUBDISTRICT in columns or Field.VILLAGE in columns)
    if not (Field.HOUSE_CODE in columns or Field.PIN in columns or by_address):
        missing.append(str(LABELS[Field.HOUSE_CODE]))
    needed = Field.STAGE if kind == CarryKind.STAGES else Field.ITEM
    if needed not in columns and not (needed is Field.ITEM and Field.DIMENSION in columns):
        missing.append(str(LABELS[needed]))
    if Field.DAY not in columns:
        missing.append(str(LABELS[Field.DAY]))
    return missing


def read_rows(
    rows: Sequence[Sequence[Any]], start: int, columns: Columns, *, kind: str, today: date
) -> Iterator[tuple[int, Said | None, list[Wrong]]]:
    """(row number of the sheet, what it says, what is wrong) of every row that is not empty."""
    for number, cells in enumerate(rows[start:], start=start + 1):
        if any(text_of(cell) for cell in cells):
            yield number, *_read(_Row(number, cells, columns), kind, today)


class _Row:
    """The cells of a row by field, and what was found wrong so far."""

    def __init__(self, number: int, cells: Sequence[Any], columns: Columns) -> None:
        self.number, self._cells, self._columns = number, cells, columns
        self.wrong: list[Wrong] = []

    def raw(self, name: Field) -> Any:
        place = self._columns.get(name, -1)
        return self._cells[place] if 0 <= place < len(self._cells) else ""

    def text(self, name: Field) -> str:
        text = text_of(self.raw(name))
        if "\x00" in text or "\ufffd" in text:
            self.blame("bad_character", name)
            return ""
        most = _LONGEST.get(name, LONGEST_VALUE)
        if len(text) > most:
            self.blame("too_long", name, most=most)
            return ""
        return text

    def digits(self, name: Field) -> str:
        return "".join(mark for mark in to_arabic_digits(self.text(name)) if mark.isalnum())

    def blame(self, code: str, name: Field | None, **details: Any) -> None:
        value = text_of(self.raw(name))[:LONGEST_VALUE] if name else ""
        if name is Field.PIN:
            value = masked_pin(clean_pin(value))
        self.wrong.append(Wrong(code, name, value.replace("\x00", ""), details))


def _read(row: _Row, kind: str, today: date) -> tuple[Said | None, list[Wrong]]:
    place, day = _place(row), _day(row, today)
    more = _stage(row) if kind == CarryKind.STAGES else _help(row)
    if row.wrong or day is None:
        return None, row.wrong
    return Said(row=row.number, place=place, day=day, **more), []


def _place(row: _Row) -> Place:
    code, area = row.digits(Field.HOUSE_CODE), _area(row)
    pin = clean_pin(row.raw(Field.PIN)) if text_of(row.raw(Field.PIN)) else ""
    if pin and why_bad(pin):
        row.blame("bad_pin", Field.PIN)
    if code and len(code) != HOUSE_CODE_DIGITS:
        row.blame("bad_house_code", Field.HOUSE_CODE)
    house_no, head = row.text(Field.HOUSE_NO), row.text(Field.HEAD)
    if not (pin or code or (area and house_no and head) or row.wrong):
        row.blame("household_needed", None)
    return Place(code, pin, area, to_arabic_digits(house_no), search_key(head))


def _area(row: _Row) -> str:
    village, subdistrict, moo = (row.digits(name) for name in (Field.VILLAGE, Field.SUBDISTRICT, Field.MOO))
    if village:
        if len(village) != VILLAGE_DIGITS or not village.isdecimal():
            row.blame("bad_area", Field.VILLAGE)
        return village
    if subdistrict and (len(subdistrict) != SUBDISTRICT_DIGITS or not subdistrict.isdecimal()):
        row.blame("bad_area", Field.SUBDISTRICT)
    return subdistrict + moo.zfill(2) if subdistrict and moo.isdecimal() and len(moo) <= 2 else subdistrict


def _day(row: _Row, today: date) -> date | None:
    raw = row.raw(Field.DAY)
    if not text_of(raw):
        row.blame("day_needed", Field.DAY)
        return None
    try:
        day = parse_thai_date(raw)
    except BadDate:
        row.blame("bad_day", Field.DAY)
        return None
    if day > today:
        row.blame("future_day", Field.DAY)
    return day


def _stage(row: _Row) -> dict[str, Any]:
    text = folded(row.text(Field.STAGE))
    stage = _STAGE_WORDS.get(text.removeprefix("ขั้น")) or Stage.called(text, folded, ("", "ขั้น"))
    if stage not in _STAGES:
        row.blame("bad_stage" if text else "stage_needed", Field.STAGE)
        stage = Stage.WAITING
    return {"stage": stage}


def _help(row: _Row) -> dict[str, Any]:
    item, dimension = row.text(Field.ITEM), _dimension(row)
    if not item and dimension is None and not row.wrong:
        row.blame("item_needed", Field.ITEM)
    return {
        "item": item,
        "dimension": dimension,
        "detail": clean_text(row.text(Field.DETAIL)),
        "agency": clean_text(row.text(Field.AGENCY)),
        "amount": _amount(row),
        "letter": row.text(Field.LETTER),
    }


def _dimension(row: _Row) -> Dimension | None:
    text = folded(row.text(Field.DIMENSION)).removeprefix("มิติ").removeprefix("ด้าน").strip()
    if not text:
        return None
    found = _DIMENSIONS.get(text) or Dimension.called(text, folded)
    if found is None:
        row.blame("bad_dimension", Field.DIMENSION)
    return found


def _amount(row: _Row) -> Decimal:
    text = to_arabic_digits(row.text(Field.AMOUNT)).replace(",", "").removesuffix("บาท").strip()
    if text in ("", "-"):
        return Decimal(0)
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount <= LARGEST_AMOUNT:
        row.blame("bad_amount", Field.AMOUNT)
        return Decimal(0)
    return amount.quantize(Decimal("0.01"))


def folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def text_of(cell: object) -> str:
    """A cell as text; a whole number without its decimal point."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip() if cell not in (None, "") else ""
