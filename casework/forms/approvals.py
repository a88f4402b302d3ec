"""The form of the approval queue: the minutes it rests on, and which cases."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from povertyops.common.forms import ThaiDateField


class ApprovalForm(forms.Form):
    """Stages to approve under one meeting's minutes."""

    minutes_number = forms.CharField(
        label=_("รายงานการประชุมเลขที่"),
        help_text=_("เช่น 3/2568"),
        max_length=60,
        error_messages={"required": _("โปรดใส่เลขที่รายงานการประชุม")},
    )
    effective_on = ThaiDateField(label=_("วันที่ประชุม"))
    case = forms.TypedMultipleChoiceField(
        label=_("ครัวเรือนที่อนุมัติ"),
        coerce=UUID,
        error_messages={
            "required": _("ยังไม่ได้เลือกครัวเรือน"),
            "invalid_choice": _("มีครัวเรือนที่ไม่อยู่ในรายการรออนุมัติแล้ว โปรดเลือกใหม่"),
        },
    )

    def __init__(self, *args: Any, case_ids: list[UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["case"].choices = [(str(pk), str(pk)) for pk in case_ids]  # type: ignore[attr-defined]


class RejectionForm(forms.Form):
    """A proposed stage that the meeting turned down, and why."""

    case = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("เหตุผลที่ไม่อนุมัติ"),
        max_length=500,
        error_messages={"required": _("โปรดเขียนเหตุผลที่ไม่อนุมัติ")},
    )
