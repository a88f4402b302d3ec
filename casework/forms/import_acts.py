"""Small forms around an import: a second person's answer, the province's rule, a group's decision, an
undo, a review."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from povertyops.common.forms import ThaiDateField

from ..enums import LeaverAct
from ..pages.import_leavers import group_of
from ..queries.leavers import LeaverGroup
from .fields import UUIDListField


class ApprovalAnswerForm(forms.Form):
    """The second person's answer; sending back says why."""

    decision = forms.ChoiceField(choices=[("approve", _("อนุมัติ")), ("decline", _("ส่งกลับ"))])
    note = forms.CharField(label=_("เหตุผลที่ส่งกลับ"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("decision") == "decline" and not data.get("note", "").strip():
            self.add_error("note", _("เมื่อส่งกลับ โปรดบอกเหตุผล"))
        return data


class ImportRuleForm(forms.Form):
    """From how many households on a second person approves."""

    second_person_from = forms.IntegerField(
        label=_("ตั้งแต่กี่ครัวเรือนต้องมีผู้อนุมัติคนที่สอง"),
        help_text=_("เว้นว่างถ้าไม่ต้องมีผู้อนุมัติคนที่สอง ใส่ 1 ถ้าต้องมีทุกครั้ง"),
        min_value=1,
        max_value=10_000_000,
        required=False,
    )


class LeaverForm(forms.Form):
    """What becomes of a group that left the list."""

    group = forms.CharField(widget=forms.HiddenInput, max_length=20)
    act = forms.ChoiceField(choices=LeaverAct.choices, error_messages={"required": _("โปรดเลือกการตัดสินใจ")})
    note = forms.CharField(label=_("เหตุผล"), max_length=300, required=False)

    def clean_group(self) -> LeaverGroup:
        found = group_of(self.cleaned_data["group"])
        if found is None:
            raise forms.ValidationError(_("ไม่พบกลุ่มนี้ โปรดเปิดหน้าใหม่"))
        return found


class UndoForm(forms.Form):
    """Why a list is taken back."""

    reason = forms.CharField(
        label=_("เหตุผลที่เลิกการนำเข้า"),
        help_text=_("เก็บไว้กับบัญชีนี้ เช่น ส่งไฟล์ผิดปี"),
        max_length=500,
        error_messages={"required": _("โปรดบอกเหตุผลที่เลิกการนำเข้า")},
    )


class ReviewForm(forms.Form):
    """Which households a meeting took into the baseline, and the minutes it rests on."""

    minutes_number = forms.CharField(
        label=_("รายงานการประชุมเลขที่"),
        help_text=_("เช่น 1/2569"),
        max_length=60,
        error_messages={"required": _("โปรดใส่เลขที่รายงานการประชุม")},
    )
    effective_on = ThaiDateField(label=_("วันที่ประชุม"))
    household = UUIDListField(label=_("ครัวเรือนที่ทบทวน"), error_messages={"required": _("ยังไม่ได้เลือกครัวเรือน")})
