"""Thai sentences for the codes of the stage rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from povertyops.common.naming import STAGE_NAMES

from .rules import Met, MetCode, Missing, MissingCode

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise, StrPromise

_MISSING: dict[MissingCode, StrOrPromise] = {
    "needs_assessment": _("บัญชีเป้าหมายไม่ได้ระบุมิติ ต้องประเมินครัวเรือนก่อน"),
    "fails_nothing": _("ประเมินแล้วผ่านทุกตัวชี้วัด ให้ยุติการดูแล"),
    "not_relieved": _("ยังไม่มีความช่วยเหลือที่บรรเทาปัญหาด้าน{dimension}"),
    "failed_again": _("กลับมาตกเกณฑ์ด้าน{dimension} และยังไม่มีความช่วยเหลือหลังจากนั้น"),
    "not_reassessed": _("ยังไม่ได้ประเมินซ้ำด้าน{dimension}ให้ครบทุกตัวชี้วัดที่ตกเกณฑ์"),
    "still_failing": _("ผลประเมินล่าสุดยังไม่ผ่านเกณฑ์ด้าน{dimension}"),
    "no_active_plan": _("ยังไม่มีแผนครัวเรือนที่ใช้อยู่"),
    "four_t_incomplete": _("แผนครัวเรือนยังวิเคราะห์ 4ท ไม่ครบ"),
    "no_development_step": _("ยังไม่มีกิจกรรมพัฒนาในแผนที่ทำเสร็จแล้ว"),
    "sufficient_not_approved": _("ยังไม่ได้รับอนุมัติขั้น{sufficient}"),
    "sufficient_too_short": _("ต้องอยู่ในขั้น{sufficient}ต่อเนื่องอีก {number} วัน"),
    "too_few_assessments": _("ต้องมีผลประเมินที่ผ่านเกณฑ์ในช่วงขั้น{sufficient}อีก {number} ครั้ง"),
}

_MET: dict[MetCode, StrOrPromise] = {
    "relieved": _("บรรเทาปัญหาด้าน{dimension}แล้ว"),
    "recovered": _("ผ่านเกณฑ์ด้าน{dimension}แล้ว"),
    "continuing_care": _("ด้าน{dimension}อยู่ในการดูแลต่อเนื่องที่อนุมัติแล้ว"),
    "active_plan": _("มีแผนครัวเรือนที่ใช้อยู่"),
    "four_t": _("แผนครัวเรือนวิเคราะห์ 4ท ครบแล้ว"),
    "development_step": _("มีกิจกรรมพัฒนาในแผนที่ทำเสร็จแล้ว"),
    "sufficient_approved": _("ได้รับอนุมัติขั้น{sufficient}แล้ว"),
    "sufficient_long_enough": _("อยู่ในขั้น{sufficient}ต่อเนื่องครบกำหนดแล้ว"),
    "passing_assessments": _("มีผลประเมินที่ผ่านเกณฑ์ครบจำนวนครั้งแล้ว"),
}


def why(missing: Missing) -> StrPromise:
    """What is still missing, as a sentence that says what to do next."""
    return _filled(_MISSING[missing.code], missing)


def because(met: Met) -> StrPromise:
    """What already holds."""
    return _filled(_MET[met.code], met)


def _filled(sentence: StrOrPromise, condition: Met | Missing) -> StrPromise:
    label = condition.dimension.label if condition.dimension else ""
    number = condition.number if isinstance(condition, Missing) else 0
    return format_lazy(sentence, dimension=label, number=number, **STAGE_NAMES)
