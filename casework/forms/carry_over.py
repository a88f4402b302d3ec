"""Forms of opening balances: sending a file, taking a balance back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..enums import CarryKind


class CarryOverForm(forms.Form):
    """A file of work done before the system."""

    kind = forms.ChoiceField(
        label=_("ยกอะไรมา"),
        choices=CarryKind.choices,
        initial=CarryKind.HELPS,
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label=_("ไฟล์"),
        help_text=_("Excel (.xlsx) หรือ CSV ไม่เกิน 20,000 แถว คอลัมน์เรียงอย่างไรก็ได้"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": _("เลือกไฟล์ก่อน"),
            "empty": _("ไฟล์นี้ว่างเปล่า ตรวจสอบว่าเลือกไฟล์ถูกแล้วส่งใหม่"),
        },
    )
    document = forms.CharField(
        label=_("เอกสารอ้างอิง"),
        max_length=200,
        required=False,
        help_text=_("ขั้นที่ยกมาต้องมี เช่น รายงานการประชุม คจพ.จ. ครั้งที่ 5/2567"),
    )
    signed_by = forms.CharField(
        label=_("ผู้ลงนาม"), max_length=160, required=False, help_text=_("ผู้ลงนามในเอกสารนั้น")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == CarryKind.STAGES:
            for name in ("document", "signed_by"):
                if not (data.get(name) or "").strip() and name not in self.errors:
                    self.add_error(name, _("ขั้นที่ยกมาต้องระบุเอกสารและผู้ลงนาม"))
        return data


class UndoForm(forms.Form):
    """Why an opening balance is taken back."""

    reason = forms.CharField(label=_("เหตุผลที่เลิก"), max_length=300)
