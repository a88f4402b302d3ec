"""What the five dimensions, the stages and the states of a light are called, and their order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from povertyops.common.naming import DIMENSION_NAMES, STAGE_NAMES, with_stages

Text = str | Promise


@dataclass(frozen=True, slots=True)
class DimensionLook:
    """How one dimension is shown: its code is also its colour class and its icon."""

    code: str
    bit: int
    label: Text


@dataclass(frozen=True, slots=True)
class StageLook:
    """How one stage is shown."""

    code: str
    label: Text
    meaning: Text


DIMENSIONS: tuple[DimensionLook, ...] = tuple(
    DimensionLook(code, 1 << place, name) for place, (code, name) in enumerate(DIMENSION_NAMES.items())
)
STAGES: tuple[StageLook, ...] = (
    StageLook("waiting", STAGE_NAMES["waiting"], _("ยังมีมิติที่ตกเกณฑ์และยังไม่ได้รับความช่วยเหลือ")),
    StageLook("survive", STAGE_NAMES["survive"], _("ทุกมิติที่ตกเกณฑ์ได้รับความช่วยเหลือแล้ว")),
    StageLook("sufficient", STAGE_NAMES["sufficient"], _("ทุกมิติผ่านเกณฑ์แล้ว และมีแผนครัวเรือนที่เริ่มทำ")),
    StageLook(
        "sustainable",
        STAGE_NAMES["sustainable"],
        with_stages(_("{sufficient}ต่อเนื่องครบหนึ่งปี และประเมินผ่านสองครั้ง")),
    ),
)
LIGHT_STATES: Mapping[str, Text] = {
    "failing": _("ตกเกณฑ์"),
    "relieved": _("ได้รับความช่วยเหลือแล้ว"),
    "recovered": _("ผ่านเกณฑ์แล้ว"),
    "care": _("ดูแลต่อเนื่อง"),
    "clear": _("ไม่ตกเกณฑ์"),
}

DIMENSION_BY_CODE = {look.code: look for look in DIMENSIONS}
STAGE_BY_CODE = {look.code: look for look in STAGES}


def stage_look(stage: str | int) -> StageLook:
    """The look of a stage by its code or its rank (0 waiting to 3 sustainable)."""
    return STAGES[int(stage)] if isinstance(stage, int) else STAGE_BY_CODE[stage]
