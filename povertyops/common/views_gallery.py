"""The living style guide: every component in every state, with invented content; never in production."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .policies import public

SAMPLES = [
    "indigo-800",
    "indigo-700",
    "indigo-100",
    "cotton-50",
    "cotton-200",
    "marigold",
    "ink",
    "ink-soft",
    "ink-faint",
    "link",
    "good",
    "warn",
    "bad",
    "calm",
    "health",
    "living",
    "education",
    "income",
    "access",
    "stage-waiting",
    "stage-survive",
    "stage-sufficient",
    "stage-sustainable",
]


class GalleryForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("ชื่อและนามสกุล"), help_text=_("ตามบัตรประจำตัวประชาชน"), max_length=80)
    day = forms.CharField(label=_("วันที่ลงพื้นที่"), help_text=_("วัน/เดือน/ปี พ.ศ. เช่น 21/11/2568"))
    met = forms.ChoiceField(
        label=_("พบครอบครัวหรือไม่"),
        choices=[("yes", _("พบ")), ("no", _("ไม่พบ")), ("part", _("พบบางคน"))],
        widget=forms.RadioSelect,
        required=True,
    )
    given = forms.MultipleChoiceField(
        label=_("ความช่วยเหลือที่ให้วันนี้"),
        choices=[
            ("repair", _("ซ่อมบ้าน")),
            ("job", _("ฝึกอาชีพ")),
            ("money", _("เงินสงเคราะห์")),
            ("school", _("ทุนการศึกษา")),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    amount = forms.DecimalField(label=_("มูลค่า"), required=False)
    team = forms.ChoiceField(label=_("ทีมพี่เลี้ยง"), choices=[("", _("เลือกทีม")), ("1", _("ทีมบ้านสวน"))])
    note = forms.CharField(label=_("บันทึก"), widget=forms.Textarea, required=False)
    paper = forms.FileField(label=_("ไฟล์บัญชีเป้าหมาย"), required=False, help_text=_("xlsx หรือ csv ไม่เกิน 20 MB"))
    told = forms.BooleanField(
        label=_("อ่านคำชี้แจงการใช้ข้อมูลให้ครอบครัวฟังแล้ว"), help_text=_("ฉบับที่ 1"), required=True
    )


class GalleryFilter(forms.Form):
    """The filters of a list."""

    q = forms.CharField(label=_("ค้นหาครัวเรือน"), required=False)
    failing = forms.ChoiceField(
        label=_("มิติที่ตกเกณฑ์"), choices=[("", _("ทุกมิติ")), ("health", _("สุขภาพ"))], required=False
    )
    team = forms.ChoiceField(label=_("ทีมพี่เลี้ยง"), choices=[("", _("ทุกทีม"))], required=False)


PARTS: tuple[tuple[str, Any], ...] = (
    ("tokens", _("สีและตัวอักษร")),
    ("lights", _("มิติและขั้น")),
    ("numbers", _("ตัวเลข")),
    ("charts", _("แผนภูมิ")),
    ("tables", _("ตาราง")),
    ("forms", _("แบบฟอร์ม")),
    ("speech", _("การแจ้ง")),
    ("people", _("ครัวเรือนและเรื่องราว")),
    ("places", _("การเดินทางในหน้า")),
)


def _icon_names() -> list[str]:
    sprite = Path(settings.BASE_DIR, "static", "icons", "sprite.svg").read_text(encoding="utf-8")
    return [name for name in re.findall(r'<symbol id="([a-z-]+)"', sprite) if name != "brand"]


def _faulty_form() -> GalleryForm:
    form = GalleryForm(
        {"name": "", "day": "31/02/2568", "met": "yes", "given": ["repair"], "note": "เล่าไว้แล้ว"},
        auto_id="faulty_%s",
    )
    form.add_error("day", _("เดือนกุมภาพันธ์ไม่มีวันที่ 31 ตรวจวันที่แล้วพิมพ์ใหม่"))
    return form


def _stages(waiting: int, survive: int, sufficient: int, sustainable: int) -> dict[str, int]:
    return {"waiting": waiting, "survive": survive, "sufficient": sufficient, "sustainable": sustainable}


def _numbers() -> dict[str, Any]:
    areas = [
        ("สิงหนคร", _stages(21, 14, 4, 0), 12, 3, 182_500),
        ("เมืองสงขลา", _stages(12, 22, 8, 1), 5, 0, 96_000),
        ("หาดใหญ่", _stages(9, 31, 11, 3), 0, 2, 1_240_300),
    ]
    return {
        "columns": [
            {"key": "area", "label": _("อำเภอ"), "sort": "name"},
            {"key": "households", "label": _("ครัวเรือน"), "kind": "num", "sort": "households"},
            {
                "key": "late",
                "label": _("เกินกำหนด"),
                "kind": "num",
                "sort": "late",
                "hint": _("เลยวันนัดเยี่ยมแล้ว"),
            },
            {"key": "alone", "label": _("ยังไม่มีทีม"), "kind": "num"},
            {"key": "money", "label": _("มูลค่า (บาท)"), "kind": "baht"},
        ],
        "rows": [
            {
                "area": {"value": name, "url": "#"},
                "households": {"value": sum(stages.values()), "url": "#"},
                "late": {"value": late, "url": "#", "tone": "worst" if late > 10 else ""},
                "alone": {"value": alone, "url": "#" if alone else ""},
                "money": money,
            }
            for name, stages, late, alone, money in areas
        ]
        + [
            {
                "area": "เทศบาลนครสงขลา",
                "households": 18,
                "late": 2,
                "alone": 0,
                "money": 40_000,
                "row_class": "of-which",
            },
            {
                "area": "รวมทั้งจังหวัด",
                "households": 136,
                "late": 17,
                "alone": 5,
                "money": 1_518_800,
                "row_class": "total",
            },
        ],
        "one_stage": [{"stages": _stages(96, 142, 61, 13), "urls": {"waiting": "#", "survive": "#"}}],
        "stage_rows": [{"label": name, "url": "#", "stages": stages} for name, stages, *_rest in areas],
        "dimensions": {
            "health": {"failing": 0, "relieved": 0, "recovered": 0},
            "living": {"failing": 148, "relieved": 92, "recovered": 40, "failing_url": "#"},
            "education": {"failing": 18, "relieved": 9, "recovered": 9, "failing_url": "#"},
            "income": {"failing": 165, "relieved": 61, "recovered": 22, "failing_url": "#"},
            "access": {"failing": 4, "relieved": 4, "recovered": 1, "failing_url": "#"},
        },
        "slim": _stages(21, 14, 4, 1),
    }


def _places() -> dict[str, Any]:
    return {
        "nav": [
            {"label": _("วันนี้"), "url": "#", "icon": "today", "count": 7, "current": True},
            {"label": _("ครัวเรือน"), "url": "#lights", "icon": "household", "count": None},
            {"label": _("รออนุมัติ"), "url": "#forms", "icon": "queue", "count": 3, "tone": "bad"},
            {"label": _("กระดานจังหวัด"), "url": "#charts", "icon": "board"},
            {"label": _("งานของอำเภอ"), "url": ""},
            {"label": _("นำเข้าบัญชี"), "url": "#tables", "icon": "import"},
            {"label": _("ทีมพี่เลี้ยง"), "url": "#people", "icon": "team", "count": 21},
            {"label": _("ตัวชี้วัด"), "url": "#tokens", "icon": "yardstick"},
        ],
        "crumbs": [
            {"label": _("ประเทศ"), "url": "#"},
            {"label": "สงขลา", "url": "#"},
            {"label": "สิงหนคร", "url": ""},
        ],
        "tab_items": [
            {"label": _("เรื่องราว"), "url": "#", "current": True},
            {"label": _("แผน"), "url": "#", "icon": "plan"},
            {"label": _("สมาชิก"), "url": "#", "count": 4},
            {"label": _("ที่มา"), "url": "#"},
        ],
        "chips": [
            {"label": _("ตกมิติรายได้"), "remove_url": "?"},
            {"label": _("อำเภอสิงหนคร"), "remove_url": "?"},
        ],
        "step_labels": [_("เลือกไฟล์"), _("ตรวจตัวอย่าง"), _("นำเข้า"), _("ใบรับ")],
    }


@public
def gallery(request: HttpRequest) -> HttpResponse:
    """Everything on one page; `?frame=board` or `field` shows it in another frame."""
    today = date(2025, 11, 21)
    frame = request.GET.get("frame", "app")
    context = {
        "layout": f"layouts/{frame if frame in ('app', 'board', 'field', 'field_form') else 'app'}.html",
        "parts": PARTS,
        "samples": SAMPLES,
        "icon_names": _icon_names(),
        "form": GalleryForm(auto_id="fresh_%s"),
        "faulty": _faulty_form(),
        "filter_form": GalleryFilter(auto_id="filter_%s"),
        "today": today,
        "now": timezone.now(),
        "stage_dates": {"survive": today - timedelta(days=210), "sufficient": today - timedelta(days=35)},
        **_numbers(),
        **_places(),
    }
    return render(request, "components/gallery.html", context)
