"""One sentence for each part of a board that says what it shows; nothing where its numbers are withheld."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from dimensions.enums import Dimension, Stage

from ..charts.readings import dimension_sentence, stage_sentence
from ..models import Figures

if TYPE_CHECKING:
    from .board import Board


def stage_reading(row: Figures) -> str:
    return stage_sentence({stage: getattr(row, stage.code) for stage in Stage})


def dimension_reading(row: Figures) -> str:
    failing, relieved = (
        {dimension: getattr(row, f"{group}_{dimension.value}") for dimension in Dimension}
        for group in ("failing", "relieved")
    )
    if None in failing.values():
        return _("บางมิติมีจำนวนน้อยจึงไม่แสดง")
    return dimension_sentence(failing, relieved)


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
    found, whole = board.value("found"), board.value("households")
    if found is None or whole is None:
        return ""
    if not found:
        return _("ยังไม่มีครัวเรือนที่สำรวจพบเพิ่มเติม")
    return _("สำรวจพบเพิ่มเติม %(found)s ครัวเรือน จากทั้งหมด %(all)s ครัวเรือน") % {
        "found": f"{found:,}",
        "all": f"{whole:,}",
    }
