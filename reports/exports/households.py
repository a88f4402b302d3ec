"""The household list as a table, one row per household."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from casework.enums import Membership
from casework.queries.cohort import cohort_count, cohort_list
from dimensions.enums import Dimension, Stage

from .columns import Column, Quote, Source, day, plain, typed, word
from .places import ADDRESS, TEAM


def _light(dimension: Dimension) -> Column:
    """What a dimension of the baseline has come to."""
    bit = dimension.bit

    def said(quote: Quote) -> str:
        passing, helped, failing = (quote(str(text)) for text in _LIGHTS)
        return (
            f"CASE WHEN r.x_baseline & {bit} = 0 THEN NULL WHEN r.x_recovered & {bit} <> 0 THEN {passing} "
            f"WHEN r.x_relieved & {bit} <> 0 THEN {helped} ELSE {failing} END"
        )

    return Column(dimension.value, dimension.label, said, ("baseline", "relieved", "recovered"))


_LIGHTS = (_("ผ่านเกณฑ์แล้ว"), _("ได้รับความช่วยเหลือแล้ว"), _("ตกเกณฑ์"))
_REMOVED = _("ใช่")

COLUMNS = (
    plain("household", _("รหัสครัวเรือน"), reads="household_id"),
    plain("house_code", _("รหัสประจำบ้าน")),
    typed("house_no", _("บ้านเลขที่")),
    typed("head_name", _("หัวหน้าครัวเรือน")),
    *ADDRESS,
    word("membership", _("กลุ่ม"), lambda: Membership.choices),
    Column("list_kinds", _("บัญชี"), lambda _quote: "array_to_string(r.x_list_kinds, ' ')", ("list_kinds",)),
    plain("persons", _("คน"), number=True),
    plain("verified_persons", _("คนหลังตรวจสอบ"), number=True),
    *(_light(dimension) for dimension in Dimension),
    word("stage", _("ขั้น"), lambda: Stage.choices),
    TEAM,
    day("last_visit_on", _("เยี่ยมล่าสุด")),
    day("due_on", _("กำหนดเยี่ยม")),
    plain("visits", _("ลงพื้นที่ (ครั้ง)"), number=True),
    plain("helps", _("ความช่วยเหลือ (รายการ)"), number=True),
    plain("baht", _("มูลค่า (บาท)"), number=True),
    Column(
        "removed",
        _("นำออกแล้ว"),
        lambda quote: f"CASE WHEN r.x_is_removed THEN {quote(str(_REMOVED))} END",
        ("is_removed",),
    ),
)
_OF_HOUSEHOLD = {name: f"household__{name}" for name in ("house_code", "house_no", "head_name")}
_OWN = (
    *("household_id", "area_code", "membership", "list_kinds", "persons", "verified_persons", "baseline"),
    *("relieved", "recovered", "stage", "team_id", "last_visit_on", "due_on", "visits", "helps", "baht"),
    "is_removed",
)
SOURCE = Source(
    _("ครัวเรือน"), cohort_list, cohort_count, {**_OF_HOUSEHOLD, **{name: name for name in _OWN}}, COLUMNS
)
