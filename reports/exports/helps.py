"""The delivered help of a fiscal year as a table."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from casework.enums import HelpNature
from casework.queries.lists import helps_list
from dimensions.enums import Dimension

from .columns import Source, day, name_of, plain, typed, word
from .places import ADDRESS

SOURCE = Source(
    _("ความช่วยเหลือ"),
    helps_list,
    lambda actor, filters: helps_list(actor, filters).count(),
    {
        "head_name": "household__head_name",
        "item": "item__name",
        "agency": "agency__name",
        "by_first": "recorded_by__first_name",
        "by_last": "recorded_by__last_name",
        **{
            name: name
            for name in (
                *("id", "household_id", "given_on", "dimension", "nature", "amount_baht", "detail"),
                *("letter_number", "area_code"),
            )
        },
    },
    (
        plain("help", _("รหัสความช่วยเหลือ"), reads="id"),
        plain("household", _("รหัสครัวเรือน"), reads="household_id"),
        typed("head_name", _("หัวหน้าครัวเรือน")),
        day("given_on", _("วันที่ให้")),
        word("dimension", _("มิติ"), lambda: Dimension.choices),
        typed("item", _("รายการ")),
        word("nature", _("ลักษณะ"), lambda: HelpNature.choices),
        typed("agency", _("หน่วยงาน")),
        plain("amount_baht", _("มูลค่า (บาท)"), number=True),
        typed("detail", _("รายละเอียด")),
        typed("letter_number", _("หนังสือเลขที่")),
        name_of("by", _("ผู้บันทึก"), "by_first", "by_last"),
        *ADDRESS,
    ),
)
