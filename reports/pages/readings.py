"""One sentence for each chart that says what it shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from dimensions.enums import Dimension, Stage

from ..models import Figures

if TYPE_CHECKING:
    from .board import Board


def stage_reading(stages: Mapping[str, int]) -> str:
    """One sentence that says what the stage chart shows."""
    if not stages:
        return ""
    total = sum(stages.values())
    waiting = stages[Stage.WAITING.code]
    if total == 0:
        return _("ปีนี้ยังไม่มีครัวเรือนตามบัญชี")
    if waiting == 0:
        return _("ครัวเรือนทั้ง %(total)s ครัวเรือนถึงขั้นอยู่รอดขึ้นไปแล้ว") % {"total": f"{total:,}"}
    return _(
        "จาก %(total)s ครัวเรือน ถึงขั้นอยู่รอดขึ้นไปแล้ว %(reached)s ครัวเรือน (%(share).1f%%) "
        "ยังเหลืออีก %(waiting)s ครัวเรือน"
    ) % {
        "total": f"{total:,}",
        "reached": f"{total - waiting:,}",
        "share": 100 * (total - waiting) / total,
        "waiting": f"{waiting:,}",
    }


def dimension_reading(row: Figures) -> str:
    """One sentence that says what the dimension chart shows."""
    failing = {dimension: getattr(row, f"failing_{dimension.value}") or 0 for dimension in Dimension}
    most = max(failing, key=lambda dimension: failing[dimension])
    if not failing[most]:
        return _("บัญชีของปีนี้ไม่ได้ระบุมิติที่ตกเกณฑ์")
    relieved = getattr(row, f"relieved_{most.value}") or 0
    return _(
        "ตกเกณฑ์มิติ%(dimension)sมากที่สุด %(failing)s ครัวเรือน "
        "ได้รับความช่วยเหลือแล้ว %(relieved)s ครัวเรือน (%(share).1f%%)"
    ) % {
        "dimension": most.label,
        "failing": f"{failing[most]:,}",
        "relieved": f"{relieved:,}",
        "share": 100 * relieved / failing[most],
    }


def trouble_reading(board: Board) -> str:
    slipped, additional = board.value("slipped"), board.value("additional")
    if slipped is None or additional is None:
        return ""
    if not slipped and not additional:
        return _("ปีนี้ไม่มีครัวเรือนที่ขั้นลดลงหรือพบปัญหาเพิ่ม")
    return _("ขั้นลดลง %(slipped)s ครัวเรือน พบปัญหาเพิ่มภายหลัง %(additional)s ครัวเรือน ซึ่งไม่ทำให้ขั้นลดลง") % {
        "slipped": f"{slipped:,}",
        "additional": f"{additional:,}",
    }


def found_reading(board: Board) -> str:
    found = board.value("found")
    if found is None:
        return ""
    if not found:
        return _("ยังไม่มีครัวเรือนที่สำรวจพบเพิ่มเติม")
    return _("สำรวจพบเพิ่มเติม %(found)s ครัวเรือน จากทั้งหมด %(all)s ครัวเรือน") % {
        "found": f"{found:,}",
        "all": f"{board.value('households'):,}",
    }
