"""What a fact of the register may look like; each refusal is a Thai sentence that says how to mend it."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from povertyops.accounts.rules import is_phone, normal_phone
from povertyops.common.errors import InvalidInput
from povertyops.common.names import clean_text

from .enums import Sex
from .inputs import FactEdit
from .rules import HOUSEHOLD_FACTS, MEMBER_ADD, MEMBER_LEAVE, PERSON_FACTS

LONGEST = {"house_no": 40, "title": 40, "first_name": 120, "last_name": 120, "occupation": 60, "relation": 60}
LONGEST_VALUE = 2_000
OLDEST = date(1880, 1, 1)
LEAVING = ("moved", "died", "other")


def clean_fact(edit: FactEdit, today: date) -> str:
    """The value as it is kept. Raises InvalidInput."""
    known = (*PERSON_FACTS, MEMBER_LEAVE) if edit.person_id else (*HOUSEHOLD_FACTS, MEMBER_ADD)
    if edit.field not in known:
        raise InvalidInput("unknown_fact", _("ไม่รู้จักข้อมูลช่องนี้ โปรดแก้จากหน้าแก้ข้อมูลครัวเรือน"), field="field")
    if len(edit.value) > LONGEST_VALUE or "\x00" in edit.value:
        raise InvalidInput("bad_value", _("ข้อความยาวเกินไปหรือมีอักขระที่เก็บไม่ได้"), field=edit.field)
    if edit.field == MEMBER_ADD:
        return json.dumps(_member(edit.value, today), ensure_ascii=False, sort_keys=True)
    if edit.field == MEMBER_LEAVE:
        return json.dumps(_leaving(edit.value, today), sort_keys=True)
    return _clean(edit.field, edit.value, today)


def _clean(field: str, value: str, today: date) -> str:
    text = _storable(clean_text(value), field)
    if field == "phone":
        return _phone(text)
    if field == "place":
        return _place(text)
    if field == "birth_date":
        return _birth_date(text, today)
    if field == "sex":
        if text not in Sex.values:
            raise InvalidInput("bad_sex", _("เพศต้องเป็นชาย หญิง หรือไม่ระบุ"), field=field)
        return text
    if field == "first_name" and not text:
        raise InvalidInput("name_needed", _("โปรดใส่ชื่อ"), field=field)
    if len(text) > LONGEST[field]:
        raise InvalidInput(
            "too_long",
            _("ข้อความยาวเกิน %(limit)d ตัวอักษร โปรดย่อ") % {"limit": LONGEST[field]},
            field=field,
        )
    return text


def _storable(text: str, field: str) -> str:
    """The text itself; JSON may smuggle in what the database cannot keep."""
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise InvalidInput("bad_value", _("ข้อความยาวเกินไปหรือมีอักขระที่เก็บไม่ได้"), field=field)
    return text


def _phone(text: str) -> str:
    phone = normal_phone(text)
    if phone and not is_phone(phone):
        raise InvalidInput("bad_phone", _("หมายเลขโทรศัพท์ต้องขึ้นต้นด้วย 0 และมี 9 หรือ 10 หลัก"), field="phone")
    return phone


def _place(text: str) -> str:
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        raise InvalidInput("bad_place", _("พิกัดต้องเป็น ละติจูด,ลองจิจูด"), field="place") from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise InvalidInput("bad_place", _("พิกัดไม่ถูกต้อง โปรดจับตำแหน่งใหม่"), field="place")
    return f"{latitude:.6f},{longitude:.6f}"


def _birth_date(text: str, today: date) -> str:
    if not text:
        return ""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("bad_birth", _("วันเกิดไม่ถูกต้อง โปรดใส่ วัน/เดือน/ปี พ.ศ."), field="birth_date") from None
    if not OLDEST <= day <= today:
        raise InvalidInput(
            "bad_birth", _("วันเกิดอยู่ในอนาคตหรือนานเกินไป โปรดตรวจปีเกิด (พ.ศ.)"), field="birth_date"
        )
    return day.isoformat()


def _object(value: str, field: str) -> dict[str, Any]:
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InvalidInput("bad_member", _("ข้อมูลสมาชิกไม่ครบ โปรดกรอกใหม่"), field=field)
    return found


def _member(value: str, today: date) -> dict[str, str]:
    given = _object(value, MEMBER_ADD)
    member = {name: _clean(name, str(given.get(name) or ""), today) for name in PERSON_FACTS}
    relation = clean_text(str(given.get("relation") or ""))
    member["relation"] = _storable(relation, MEMBER_ADD)[: LONGEST["relation"]]
    return member


def _leaving(value: str, today: date) -> dict[str, str]:
    given = _object(value, MEMBER_LEAVE)
    why = str(given.get("why") or "other")
    if why not in LEAVING:
        raise InvalidInput("bad_leaving", _("โปรดเลือกว่าย้ายออก เสียชีวิต หรือเหตุอื่น"), field=MEMBER_LEAVE)
    try:
        day = date.fromisoformat(str(given.get("on") or today))
    except ValueError:
        raise InvalidInput("bad_day", _("วันที่ไม่ถูกต้อง"), field=MEMBER_LEAVE) from None
    if day > today:
        raise InvalidInput("future_day", _("วันที่ออกจากครัวเรือนต้องไม่อยู่ในอนาคต"), field=MEMBER_LEAVE)
    return {"on": day.isoformat(), "why": why}
