"""What is asked before an export: the format, the reason, and whether national ids stand in it in full."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

FORMATS = (("csv", _("CSV")), ("xlsx", _("Excel")))


class ExportForm(forms.Form):
    """`with_ids`: this person may ask for ids in full, which needs a reason."""

    format = forms.ChoiceField(label=_("รูปแบบไฟล์"), choices=FORMATS, widget=forms.RadioSelect, initial="csv")
    shows_ids = forms.BooleanField(
        label=_("แสดงเลขประจำตัวประชาชนเต็ม 13 หลัก"),
        required=False,
        help_text=_("ไฟล์จะทำเบื้องหลังเท่านั้น และชื่อผู้ขอ เหตุผล เวลา และทุกการดาวน์โหลดถูกบันทึกไว้"),
    )
    reason = forms.CharField(
        label=_("เหตุผลหรืองานที่จะใช้"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("ฝ่ายเลขานุการเห็นเหตุผลนี้ จำเป็นเมื่อขอเลขประจำตัวเต็ม"),
    )
    set_name = forms.CharField(label=_("ชื่อชุดคอลัมน์"), max_length=60, required=False)

    def __init__(self, *args: Any, with_ids: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_ids:
            del self.fields["shows_ids"]
