"""Forms of the register's pages: finding a household by national id, and showing an id."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from povertyops.common import nid

REASONS = (
    ("coordinate", _("ประสานหน่วยงานเพื่อขอรับความช่วยเหลือ")),
    ("verify", _("ตรวจสอบตัวบุคคลกับเอกสาร")),
    ("tpmap", _("บันทึกหรือค้นในระบบ TPMAP")),
    ("other", _("เหตุอื่น")),
)


class NationalIdForm(forms.Form):
    """A national id to look up; it travels in the body of a POST and is never shown again."""

    national_id = forms.CharField(
        label=_("เลขประจำตัวประชาชน"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("โปรดใส่เลข 13 หลัก")},
    )

    def clean_national_id(self) -> str:
        pin = nid.clean_pin(self.cleaned_data["national_id"])
        fault = nid.why_bad(pin)
        if fault in ("short_pin", "long_pin"):
            raise forms.ValidationError(_("เลขประจำตัวประชาชนต้องมี 13 หลัก โปรดตรวจว่าพิมพ์ครบ"))
        if fault:
            raise forms.ValidationError(_("เลขประจำตัวประชาชนนี้ไม่ถูกต้อง โปรดตรวจทีละหลัก"))
        return pin


class RevealForm(forms.Form):
    """Why somebody needs to see a national id; what is said here is kept."""

    reason = forms.ChoiceField(
        label=_("เหตุผลที่ต้องดูเลขเต็ม"),
        choices=REASONS,
        widget=forms.RadioSelect,
        error_messages={"required": _("โปรดเลือกเหตุผล")},
    )
    detail = forms.CharField(label=_("รายละเอียด"), max_length=300, required=False)

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        if data.get("reason") == "other" and not data.get("detail", "").strip():
            self.add_error("detail", _("เหตุอื่น โปรดเขียนว่าเหตุใด"))
        return data

    @property
    def said(self) -> str:
        data = self.cleaned_data
        label = str(dict(REASONS)[data["reason"]])
        return f"{label}: {data['detail'].strip()}" if data["detail"].strip() else label
