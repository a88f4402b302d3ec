"""The covering note in the form of a government memorandum (บันทึกข้อความ)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from povertyops.common.naming import with_stages
from povertyops.common.thai import format_thai_date

from .blocks import in_digits, number
from .document import frame
from .snapshot import Snapshot


def memo(payload: Mapping[str, Any], *, thai_digits: bool = False) -> dict[str, Any]:
    """What the template `memo.typ` reads. Number, date and signature stay open: the office fills them in."""
    snap = Snapshot(payload)
    return {**frame(snap, thai_digits), "memo": in_digits(_form(snap), thai_digits=thai_digits)}


def _form(snap: Snapshot) -> dict[str, Any]:
    meeting = snap.meeting
    return {
        "title": _("บันทึกข้อความ"),
        "office_label": _("ส่วนราชการ"),
        "office": _("ฝ่ายเลขานุการ คจพ.จ. จังหวัด%(province)s") % {"province": meeting["province"]},
        "number_label": _("ที่"),
        "number": "",
        "date_label": _("วันที่"),
        "date": "",
        "subject_label": _("เรื่อง"),
        "subject": _with_list(
            _("ขอส่งเอกสารประกอบการประชุม คจพ.จ. ครั้งที่ %(label)s") % {"label": meeting["label"]}, snap
        ),
        "to_label": _("เรียน"),
        "to": _("ผู้ว่าราชการจังหวัด%(province)s") % {"province": meeting["province"]},
        "enclosed_label": _("สิ่งที่ส่งมาด้วย"),
        "enclosed": _("1. เอกสารประกอบการประชุม จำนวน 1 ชุด\n2. ตารางแนบ (Excel) จำนวน 1 ชุด"),
        "paragraphs": [_origin(snap), _facts(snap), _request()],
        "signature": _("(ลงชื่อ) ........................................"),
        "name": "(........................................)",
        "position": _("เลขานุการคณะกรรมการ"),
    }


def _origin(snap: Snapshot) -> str:
    meeting = snap.meeting
    place = _(" ณ %(place)s") % {"place": meeting["place"]} if meeting["place"] else ""
    return _("ด้วยจังหวัด%(province)sกำหนดประชุม คจพ.จ. ครั้งที่ %(label)s ในวันที่ %(day)s%(place)s") % {
        "province": meeting["province"],
        "label": meeting["label"],
        "day": format_thai_date(date.fromisoformat(meeting["held_on"])),
        "place": place,
    }


def _facts(snap: Snapshot) -> str:
    province = snap.province
    total, waiting = province.get("households"), province.get("waiting")
    return with_stages(
        _(
            "ฝ่ายเลขานุการได้จัดทำเอกสารประกอบการประชุม โดยใช้ข้อมูล ณ วันที่ %(day)s จังหวัดมีครัวเรือนเป้าหมาย "
            "ปีงบประมาณ %(year)s จำนวน %(total)s ครัวเรือน ถึงขั้น{survive}ขึ้นไปแล้ว %(reached)s ครัวเรือน "
            "คิดเป็นร้อยละ %(share).1f และ{waiting} %(waiting)s ครัวเรือน"
        )
    ) % {
        "day": format_thai_date(snap.as_of),
        "year": _with_list(str(snap.meeting["fiscal_year"]), snap),
        "total": number(total),
        "reached": number(total - waiting),
        "share": province.reached,
        "waiting": number(waiting),
    }


def _with_list(text: str, snap: Snapshot) -> str:
    return f"{text} {snap.only_list}" if snap.list_name else text


def _request() -> str:
    return _("จึงเรียนมาเพื่อโปรดทราบ และพิจารณานำเข้าที่ประชุมต่อไป")
