"""The form that takes a filled-in sheet back."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ReturnForm(forms.Form):
    """The workbook that was taken out and filled in."""

    file = forms.FileField(
        label=_("แบบที่กรอกแล้ว"),
        help_text=_("ไฟล์ .xlsx ที่ดาวน์โหลดจากหน้าตรวจสอบข้อมูล"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": _("เลือกไฟล์ก่อน"),
            "empty": _("ไฟล์นี้ว่างเปล่า ตรวจสอบว่าเลือกไฟล์ถูกแล้วส่งใหม่"),
        },
    )
