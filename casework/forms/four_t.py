"""The pick-lists of the 4ท analysis: attitude, skills, resources, way out.

A plan stores the codes ticked here together with words of the family's own; `said` turns them back.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FOUR_T: dict[str, tuple[StrOrPromise, StrOrPromise]] = {
    "attitude": (_("ทัศนคติ"), _("ครัวเรือนมองตนเองและอนาคตอย่างไร")),
    "skills": (_("ทักษะ"), _("ทำอะไรเป็น ยังขาดอะไร")),
    "resources": (_("ทรัพยากร"), _("มีอะไรอยู่แล้ว ยังขาดอะไร")),
    "way_out": (_("ทางออก"), _("สิ่งที่จะพาให้พ้นจากความยากจน")),
}

PICKS: dict[str, dict[str, StrOrPromise]] = {
    "attitude": {
        "confident": _("เชื่อมั่นในตนเอง มีความมั่นใจ"),
        "not_confident": _("ไม่มั่นใจ ขาดความเชื่อมั่น"),
        "optimistic": _("มองโลกในแง่ดี"),
        "pessimistic": _("มองโลกในแง่ร้าย"),
        "creative": _("มีความคิดสร้างสรรค์"),
        "no_initiative": _("ขาดความคิดริเริ่ม"),
        "loves_work": _("มีใจรักในการทำงาน"),
        "discouraged": _("ท้อแท้ ไม่มีกำลังใจ"),
    },
    "skills": {
        "farming": _("การทำเกษตร"),
        "livestock": _("การเลี้ยงสัตว์"),
        "crafts": _("งานฝีมือ/หัตถกรรม"),
        "trading": _("การค้าขาย"),
        "money": _("การจัดการเงิน"),
        "technology": _("การใช้เทคโนโลยี"),
        "health": _("สุขภาพและการดูแลตนเอง"),
        "working_together": _("การสื่อสารและทำงานร่วมกับผู้อื่น"),
        "no_special_skill": _("ขาดทักษะเฉพาะด้าน"),
    },
    "resources": {
        "land": _("มีที่ดินทำกิน"),
        "no_land": _("ไม่มีที่ดินทำกิน"),
        "own_house": _("มีบ้านของตนเอง"),
        "no_own_house": _("เช่าหรืออาศัยผู้อื่น"),
        "tools": _("มีเครื่องมือเกษตร"),
        "no_tools": _("ขาดเครื่องมือเกษตร"),
        "vehicle": _("มีพาหนะ"),
        "no_vehicle": _("ไม่มีพาหนะ"),
        "water": _("มีแหล่งน้ำเกษตร"),
        "no_water": _("ขาดแหล่งน้ำเกษตร"),
        "capital": _("มีทุน"),
        "no_capital": _("ขาดทุน"),
        "animals": _("มีสัตว์เลี้ยง"),
        "no_animals": _("ไม่มีสัตว์เลี้ยง"),
    },
    "way_out": {
        "capital": _("ทุนประกอบอาชีพ"),
        "job_skills": _("ความรู้และทักษะอาชีพ"),
        "market": _("ตลาดรองรับ"),
        "welfare": _("สวัสดิการรัฐ"),
        "water": _("แหล่งน้ำ"),
        "tools": _("เครื่องมือ"),
        "land": _("ที่ดินทำกิน"),
        "advice": _("คำปรึกษา/กำลังใจ"),
        "treatment": _("การรักษาพยาบาล"),
        "schooling": _("การศึกษาบุตร"),
        "secure_housing": _("ที่อยู่อาศัยมั่นคง"),
        "technology": _("ทักษะเทคโนโลยี"),
    },
}


def said(part: str, values: Iterable[str]) -> list[str]:
    """What was ticked or written under one of the four, as a person reads it."""
    return [str(PICKS[part].get(value, value)) for value in values]


def own_words(part: str, values: Iterable[str]) -> list[str]:
    """What was written freely, without the ticks."""
    return [value for value in values if value not in PICKS[part]]
