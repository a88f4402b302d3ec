"""Writes invented households as a target list, a person a row, the way an office would send it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from dimensions.enums import Dimension
from povertyops.common.thai import format_thai_date

from .people import InventedHousehold

HEADER = (
    "ลำดับ รหัสตำบล หมู่ที่ ชื่อหมู่บ้าน บ้านเลขที่ รหัสประจำบ้าน เลขประจำตัวประชาชน คำนำหน้า ชื่อ นามสกุล วันเกิด เพศ "
    "ความสัมพันธ์ โทรศัพท์ มิติสุขภาพ มิติความเป็นอยู่ มิติการศึกษา มิติรายได้ มิติการเข้าถึงบริการภาครัฐ "
    "ตัวชี้วัดที่ไม่ผ่าน รายได้เฉลี่ยต่อคนต่อปี"
).split()

# What a list that knows of no dimensions leaves out.
_FAILING = {name for name in HEADER if name.startswith("มิติ")} | {"ตัวชี้วัดที่ไม่ผ่าน", "รายได้เฉลี่ยต่อคนต่อปี"}


def rows_of(households: Iterable[InventedHousehold]) -> Iterable[Sequence[object]]:
    """The rows under HEADER, numbered from 1."""
    number = 0
    for household in households:
        failing = ["ไม่ผ่าน" if code in household.dimensions else "ผ่าน" for code in Dimension.values]
        indicators = ",".join(str(number) for number in household.indicators)
        for person in household.members:
            number += 1
            yield (
                number,
                household.subdistrict,
                household.moo,
                household.village,
                household.house_no,
                household.house_code,
                person.pin,
                person.title,
                person.first_name,
                person.last_name,
                format_thai_date(person.birth, "numeric"),
                "หญิง" if person.is_woman else "ชาย",
                person.relation,
                household.phone,
                *failing,
                indicators,
                household.income,
            )


def as_csv(households: Iterable[InventedHousehold], *, dimensions: bool = True) -> bytes:
    """A CSV in UTF-8 with BOM, as spreadsheets write it; without the columns of dimensions where the list has
    none."""
    kept = [place for place, name in enumerate(HEADER) if dimensions or name not in _FAILING]
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerows([row[place] for place in kept] for row in (HEADER, *rows_of(households)))
    return buffer.getvalue().encode("utf-8-sig")
