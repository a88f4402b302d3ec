"""What speaks for and against two persons or households being one: points and the sentence that says it.

A pair's score is the sum of its grounds, from 0 to 1000; which score is shown is a setting
(DUPLICATE_THRESHOLD).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOST = 1000

POINTS: Mapping[str, int] = {
    # Names: one ground for the first name, one for the family name, or one for both.
    "name_swapped": 350,
    "first_same": 210,
    "first_sound": 180,
    "first_near": 130,
    "last_same": 190,
    "last_sound": 160,
    "last_near": 120,
    "last_missing": 40,
    "last_changed": -40,
    "last_differs": -130,
    "rare_name": 60,
    "common_name": -70,
    # Birthday.
    "birth_same": 330,
    "birth_era": 300,
    "birth_swapped": 290,
    "birth_year": 200,
    "birth_part": 150,
    "birth_unknown_day": 110,
    "birth_one_year": 20,
    "birth_differs": -260,
    "sex_differs": -150,
    # National id: never said, only whether it is almost the same.
    "id_near": 280,
    "id_close": 120,
    "id_differs": -200,
    "same_person": MOST,
    # The households around the two.
    "same_house_code": 130,
    "same_address": 110,
    "same_phone": 110,
    "near_place": 60,
    "same_village": 60,
    "same_subdistrict": 30,
    "one_more_alike": 150,
    "several_alike": 280,
}

GROUNDS: Mapping[str, str | Promise] = {
    "name_swapped": _("ชื่อกับนามสกุลสลับกัน"),
    "first_same": _("ชื่อตรงกัน"),
    "first_sound": _("ชื่อออกเสียงเหมือนกัน"),
    "first_near": _("ชื่อสะกดต่างกันเล็กน้อย"),
    "last_same": _("นามสกุลตรงกัน"),
    "last_sound": _("นามสกุลออกเสียงเหมือนกัน"),
    "last_near": _("นามสกุลสะกดต่างกันเล็กน้อย"),
    "last_missing": _("ฝ่ายหนึ่งไม่มีนามสกุล"),
    "last_changed": _("นามสกุลต่างกัน อาจเปลี่ยนเมื่อสมรส"),
    "last_differs": _("นามสกุลต่างกัน"),
    "rare_name": _("ชื่อและนามสกุลนี้หายากในจังหวัด"),
    "common_name": _("ชื่อและนามสกุลนี้มีหลายคนในจังหวัด"),
    "birth_same": _("วันเกิดตรงกัน"),
    "birth_era": _("วันเดือนเกิดตรงกัน ปีต่างกัน 543 ปี"),
    "birth_swapped": _("วันกับเดือนเกิดสลับกัน"),
    "birth_year": _("วันเดือนเกิดตรงกัน ปีต่างกัน"),
    "birth_part": _("วันเกิดต่างกันส่วนเดียว"),
    "birth_unknown_day": _("ปีเกิดตรงกัน ฝ่ายหนึ่งรู้เพียงปี"),
    "birth_one_year": _("ปีเกิดเดียวกัน วันเดือนต่างกัน"),
    "birth_differs": _("วันเกิดต่างกัน"),
    "sex_differs": _("เพศต่างกัน"),
    "id_near": _("เลขประจำตัวประชาชนต่างกันหลักเดียว"),
    "id_close": _("เลขประจำตัวประชาชนต่างกันสองหลัก"),
    "id_differs": _("เลขประจำตัวประชาชนต่างกัน"),
    "same_person": _("คนเดียวกันอยู่ในบัญชีของทั้งสองครัวเรือน"),
    "same_house_code": _("รหัสประจำบ้านเดียวกัน"),
    "same_address": _("บ้านเลขที่เดียวกันในหมู่บ้านเดียวกัน"),
    "same_phone": _("โทรศัพท์เบอร์เดียวกัน"),
    "near_place": _("พิกัดห่างกันไม่เกิน 50 เมตร"),
    "same_village": _("หมู่บ้านเดียวกัน"),
    "same_subdistrict": _("ตำบลเดียวกัน"),
    "one_more_alike": _("สมาชิกอีกหนึ่งคนคล้ายกัน"),
    "several_alike": _("สมาชิกคนอื่นอีกหลายคนคล้ายกัน"),
    "persons_alike": _("สมาชิกที่น่าจะเป็นคนเดียวกัน %(count)s คน จากน้อยที่สุด %(of)s คน"),
    "heads_alike": _("หัวหน้าครัวเรือนน่าจะเป็นคนเดียวกัน"),
}


def score_of(codes: Iterable[str]) -> int:
    """The sum of the grounds' points, kept between 0 and 1000."""
    return max(0, min(MOST, sum(POINTS[code] for code in codes)))


def speaks_against(ground: Mapping[str, Any]) -> bool:
    return POINTS.get(ground.get("code", ""), 0) < 0


def sentence(ground: Mapping[str, Any]) -> str:
    """A stored ground in words; "" for one this release does not know."""
    text = GROUNDS.get(ground.get("code", ""))
    return str(text) % ground if text else ""


def by_weight(codes: Iterable[str]) -> list[str]:
    """Codes in the order of their weight, what speaks against last."""
    return sorted(codes, key=lambda code: -POINTS[code])
