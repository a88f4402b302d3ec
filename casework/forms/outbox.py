"""The form that takes a file of sealed items."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SealedFileForm(forms.Form):
    """One file, as the phone saved it."""

    file = forms.FileField(
        label=_("ไฟล์รายการรอส่ง"),
        help_text=_('ไฟล์ที่ได้จากปุ่ม "บันทึกเป็นไฟล์" ในหน้ารายการรอส่ง'),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,.jsonl,.txt,application/json"}),
        error_messages={
            "required": _("เลือกไฟล์รายการรอส่งก่อน"),
            "empty": _("ไฟล์นี้ว่างเปล่า โปรดส่งออกจากเครื่องใหม่"),
        },
    )
