"""What can be wrong with a row, as a code and a Thai sentence that says how to mend it.

A fault holds its whole household back; a notice only tells. Sentences are filled with the details of the fault.
"""

# ruff: noqa: E501 - a sentence a line reads best
from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from povertyops.common.errors import DomainError


@dataclass(frozen=True, slots=True)
class Fault:
    """`field` is the profile's field; the column's own header is looked up where the fault is stored."""

    code: str
    field: str
    value: str = ""
    details: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def details_json(self) -> str:
        return json.dumps(dict(self.details), ensure_ascii=False)


class Unreadable(DomainError):
    """The file as a whole cannot be read; nothing of it was taken."""

    status = 422

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code, UNREADABLE[code] % details if details else UNREADABLE[code], **details)


UNREADABLE: dict[str, Promise] = {
    "missing_file": _("ไม่พบไฟล์นี้ ตรวจสอบชื่อและที่อยู่ของไฟล์"),
    "empty_file": _("ไฟล์นี้ว่างเปล่า ตรวจสอบว่าเลือกไฟล์ถูกแล้วส่งใหม่"),
    "too_big": _("ไฟล์ใหญ่เกิน %(most)d เมกะไบต์ แบ่งเป็นหลายไฟล์ เช่น อำเภอละไฟล์ แล้วส่งใหม่"),
    "unpacks_too_big": _(
        "ไฟล์นี้เมื่อเปิดออกมีขนาดใหญ่ผิดปกติ คัดลอกเฉพาะตารางไปไว้ในไฟล์ใหม่ แบ่งเป็นหลายไฟล์ หรือบันทึกเป็น CSV แล้วส่งใหม่"
    ),
    "not_a_table": _("ไฟล์นี้ไม่ใช่ตาราง Excel (.xlsx) หรือ CSV เปิดด้วยโปรแกรมตาราง บันทึกเป็น .xlsx แล้วส่งใหม่"),
    "password": _("ไฟล์นี้ตั้งรหัสผ่านไว้ เอารหัสผ่านออกแล้วส่งใหม่"),
    "old_excel": _("ไฟล์นี้เป็น Excel รุ่นเก่า (.xls) บันทึกเป็น .xlsx แล้วส่งใหม่"),
    "broken": _("ไฟล์นี้เสียหายหรือส่งมาไม่ครบ เปิดดูในเครื่องก่อน บันทึกใหม่ แล้วส่งอีกครั้ง"),
    "no_header": _("ไม่พบหัวตารางใน %(rows)d แถวแรก ต้องมีแถวหัวตารางที่มีอย่างน้อยคอลัมน์ รหัสตำบล และ ชื่อ"),
    "missing_columns": _("หัวตารางแถวที่ %(row)d ขาดคอลัมน์ %(columns)s เพิ่มคอลัมน์แล้วส่งใหม่"),
    "too_many_columns": _("ตารางมีมากกว่า %(most)d คอลัมน์ ลบคอลัมน์ที่ไม่ใช้แล้วส่งใหม่"),
    "too_many_rows": _("ตารางมีมากกว่า %(most)d แถว แบ่งเป็นหลายไฟล์แล้วส่งใหม่"),
    "no_rows": _("ไม่มีข้อมูลใต้หัวตาราง ตรวจสอบว่าเลือกไฟล์ถูกแล้วส่งใหม่"),
}

FAULTS: dict[str, Promise] = {
    "short_pin": _("เลขประจำตัวประชาชนมีเพียง %(length)d หลัก ต้องมี 13 หลัก ตรวจจากบัตรแล้วแก้"),
    "long_pin": _("เลขประจำตัวประชาชนมี %(length)d หลัก ต้องมี 13 หลัก ตรวจจากบัตรแล้วแก้"),
    "not_digits": _("เลขประจำตัวประชาชนมีตัวอักษรปน ต้องเป็นตัวเลข 13 หลัก"),
    "rounded_pin": _("Excel ปัดเลขประจำตัวประชาชนเป็นเลขยกกำลัง ตั้งรูปแบบเซลล์เป็นข้อความแล้วพิมพ์เลข 13 หลักใหม่"),
    "bad_first_digit": _("เลขประจำตัวประชาชนขึ้นต้นด้วยเลขที่ไม่มีใช้ ตรวจจากบัตรแล้วแก้"),
    "bad_check_digit": _("เลขประจำตัวประชาชนผิดอย่างน้อยหนึ่งหลัก (หลักตรวจสอบไม่ตรง) ตรวจจากบัตรแล้วแก้"),
    "pin_twice": _("เลขประจำตัวประชาชนนี้ซ้ำกับแถวที่ %(other_row)d ในครัวเรือนเดียวกันแต่คนละชื่อ ตรวจจากบัตรแล้วแก้"),
    "pin_in_other_household": _(
        "บุคคลนี้อยู่ในทะเบียนของครัวเรือนอื่นแล้ว ตรวจสอบว่าอาศัยอยู่ครัวเรือนใด ถ้าย้ายมาแล้วให้บันทึกการย้ายก่อน"
    ),
    "missing_name": _("ไม่มีชื่อ เติมชื่อของบุคคลในแถวนี้"),
    "missing_subdistrict": _("ไม่มีรหัสตำบล เติมรหัสตำบล 6 หลัก"),
    "unknown_subdistrict": _("ไม่มีตำบลรหัสนี้ ตรวจรหัสตำบล 6 หลักกับทะเบียนของกรมการปกครองแล้วแก้"),
    "abolished_subdistrict_ambiguous": _(
        "รหัสตำบลนี้ยกเลิกแล้วและแยกเป็นหลายตำบล (%(successors)s) เลือกรหัสที่ใช้ปัจจุบัน"
    ),
    "abolished_subdistrict": _("รหัสตำบลนี้ยกเลิกแล้ว ใช้รหัสตำบลปัจจุบัน"),
    "outside_area": _("พื้นที่นี้อยู่นอกความรับผิดชอบของท่าน ลบแถวนี้ หรือให้ศูนย์ของพื้นที่นั้นหรือจังหวัดเป็นผู้นำเข้า"),
    "household_outside_area": _("ครัวเรือนนี้อยู่ในทะเบียนของพื้นที่อื่น ให้จังหวัดเป็นผู้นำเข้า"),
    "held_with_other": _(
        "รอแก้ครัวเรือนที่เริ่มแถวที่ %(other_row)d ก่อน เพราะในทะเบียนเป็นครัวเรือนเดียวกัน แก้แถวนั้นแล้วส่งทั้งสองครัวเรือนมาในไฟล์เดียวกัน"
    ),
    "household_disagrees": _("พื้นที่ในแถวนี้ไม่ตรงกับแถวอื่นของครัวเรือนเดียวกัน (แถวที่ %(other_row)d) แก้ให้ตรงกัน"),
    "bad_moo": _("หมู่ที่ต้องเป็นตัวเลข 1 ถึง 99 หรือเว้นว่างถ้าไม่ทราบ"),
    "bad_house_code": _("รหัสประจำบ้านต้องมี 11 หลัก ตรวจจากทะเบียนบ้านแล้วแก้ หรือเว้นว่างถ้าไม่ทราบ"),
    "missing_house": _("ไม่มีทั้งรหัสประจำบ้านและบ้านเลขที่ เติมอย่างน้อยหนึ่งอย่าง"),
    "municipal_code": _(
        "รหัสนี้เป็นของเทศบาล ไม่ใช่ตำบลตามทะเบียนของกรมการปกครอง เลือกเทศบาลและตำบลที่หมายถึงหนึ่งครั้ง แล้วตรวจไฟล์ใหม่"
    ),
    "cell_error": _("ช่องนี้เป็นค่าผิดพลาดของ Excel (%(error)s) แก้สูตรหรือพิมพ์ค่าจริงลงไปแทน"),
    "bad_birth": _("วันเกิดไม่ใช่วันที่ในปฏิทิน เขียนเป็น วัน/เดือน/ปี พ.ศ. เช่น 21/11/2520"),
    "future_birth": _("วันเกิดอยู่หลังวันนี้ ตรวจปี พ.ศ. แล้วแก้"),
    "bad_dimension": _("ช่องมิติต้องเป็น ผ่าน หรือ ไม่ผ่าน"),
    "bad_indicator": _("ไม่มีตัวชี้วัดเลขนี้ในชุดที่ใช้กับปีสำรวจ %(survey_year)d ใส่เลขข้อคั่นด้วยจุลภาค เช่น 13,29"),
    "negative_income": _("รายได้ติดลบ ใส่จำนวนบาทต่อคนต่อปีที่ไม่ต่ำกว่า 0"),
    "bad_income": _("รายได้ต้องเป็นตัวเลขจำนวนบาทต่อคนต่อปี"),
    "too_long": _("ข้อความยาวเกิน %(most)d ตัวอักษร ตรวจว่าวางข้อมูลผิดช่องหรือไม่"),
    "bad_character": _("มีอักขระที่อ่านไม่ได้ พิมพ์ข้อมูลช่องนี้ใหม่"),
}

NOTICES: dict[str, Promise] = {
    "person_in_other_household": _(
        "บุคคลนี้อยู่ในบัญชีของครัวเรือนอื่นในจังหวัดด้วย จะบันทึกไว้ทั้งสองครัวเรือน และถืออยู่ครัวเรือนตามบัญชีที่เชื่อก่อน ตรวจสอบว่าเป็นครัวเรือนเดียวกันหรือไม่"
    ),
    "joined_household": _(
        "เจ้าหน้าที่เคยรวมครัวเรือนนี้กับครัวเรือนที่เริ่มแถวที่ %(other_row)d เป็นครัวเรือนเดียวกันในทะเบียน จึงเข้าบัญชีเป็นครัวเรือนเดียว ไม่เปิดครัวเรือนใหม่"
    ),
    "joined_with_line": _(
        "เจ้าหน้าที่เคยรวมครัวเรือนนี้กับครัวเรือนที่ไฟล์อื่นนำเข้าบัญชีนี้แล้ว ข้อมูลของทั้งสองจึงอยู่ในรายการเดียวกัน ไม่เขียนทับกัน"
    ),
    "missing_pin": _("ไม่มีเลขประจำตัวประชาชน จะจับคู่ด้วยชื่อและวันเกิดแทน"),
    "odd_age": _("อายุ %(age)d ปี ตรวจสอบวันเกิดอีกครั้ง"),
    "house_code_elsewhere": _("รหัสประจำบ้านขึ้นต้นด้วยรหัสของสำนักทะเบียนอื่น ใช้รหัสตำบลเป็นหลัก"),
    "dimension_mismatch": _("มิติที่ตกเกณฑ์ไม่ตรงกับตัวชี้วัดที่ไม่ผ่าน ใช้มิติตามที่บัญชีระบุ"),
    "village_two_names": _("หมู่บ้านนี้มีชื่ออื่นด้วย: %(other)s"),
    "subdistrict_followed": _("รหัสตำบลนี้ยกเลิกแล้ว ใช้รหัส %(successor)s แทน"),
    "code_chosen": _("รหัสตำบลนี้ใช้ตามที่เลือกความหมายไว้ คือตำบล %(area)s"),
    "members_differ": _("จำนวนสมาชิกที่ระบุ %(said)d คน ไม่เท่ากับที่มีชื่อ %(named)d คน บันทึกตามรายชื่อ"),
    "duplicate_row": _("แถวนี้ซ้ำกับแถวที่ %(other_row)d นับเพียงครั้งเดียว"),
    "house_no_differs": _("บ้านเลขที่ไม่ตรงกับแถวแรกของครัวเรือน ใช้ตามแถวแรก"),
    "unknown_sex": _("ไม่เข้าใจเพศที่ระบุ จะบันทึกว่าไม่ระบุ"),
    "odd_phone": _("หมายเลขโทรศัพท์ไม่ครบ จะบันทึกตามที่พิมพ์"),
}


_WITHIN_THE_FILE: dict[str, Promise] = {
    "pin_in_other_household": _(
        "เลขประจำตัวประชาชนนี้ซ้ำกับแถวที่ %(other_row)d ซึ่งเป็นครัวเรือนอื่น ตรวจสอบว่าอาศัยอยู่ครัวเรือนใด แล้วให้เหลือแถวเดียว"
    ),
}


_OTHER_SHEET = _(" (แถวที่ %(other_row)d อยู่ในแผ่นงานที่ %(other_sheet)d ของที่อ่าน)")


def message_of(code: str, details: Mapping[str, Any]) -> str:
    """The Thai sentence of a fault or notice."""
    sentences = _WITHIN_THE_FILE if "other_row" in details and code in _WITHIN_THE_FILE else None
    said = str(sentences[code] if sentences else FAULTS.get(code) or NOTICES[code]) % details
    if "other_sheet" in details:
        said += str(_OTHER_SHEET) % details
    return said
