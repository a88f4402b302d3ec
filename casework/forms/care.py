"""Forms of continuing care: the proposal, the decision, the review and the end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from povertyops.common.forms import ThaiDateField

from ..enums import CareGround


class CareForm(forms.Form):
    """Why a dimension should be cared for without hope of passing; a second person decides."""

    dimension = forms.ChoiceField(
        label=_("มิติ"),
        choices=Dimension.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("โปรดเลือกมิติ"),
            "invalid_choice": _("เสนอได้เฉพาะมิติที่ตกเกณฑ์ ยังไม่ผ่าน และยังไม่มีข้อเสนออื่น"),
        },
    )
    ground = forms.ChoiceField(
        label=_("เหตุ"),
        choices=CareGround.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("โปรดเลือกเหตุ")},
    )
    reason = forms.CharField(
        label=_("ข้อเท็จจริงที่พบ"),
        help_text=_("ผู้พิจารณาจะอ่านข้อความนี้ เขียนว่าพบอะไร จากใคร มีหลักฐานใด"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, offered: Iterable[Dimension], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dimension"].choices = [  # type: ignore[attr-defined]
            (dimension.value, dimension.label) for dimension in offered
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("ground") == CareGround.OTHER and not data.get("reason", "").strip():
            self.add_error("reason", _("เมื่อเลือกเหตุอื่น โปรดเขียนเหตุผล"))
        return data


class CareDecisionForm(forms.Form):
    """A meeting's answer: the minutes when it agreed, a reason when it did not."""

    decision = forms.ChoiceField(choices=[("accept", _("เห็นชอบ")), ("reject", _("ไม่เห็นชอบ"))])
    minutes_number = forms.CharField(
        label=_("รายงานการประชุมเลขที่"), help_text=_("เช่น 3/2568"), max_length=60, required=False
    )
    approved_on = ThaiDateField(label=_("วันที่ประชุม"), required=False)
    review_on = ThaiDateField(label=_("ทบทวนภายในวันที่"), help_text=_("เว้นว่าง: หนึ่งปีหลังวันประชุม"), required=False)
    note = forms.CharField(label=_("เหตุผลเมื่อไม่เห็นชอบ"), max_length=1000, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("decision") == "reject" and not data.get("note", "").strip():
            self.add_error("note", _("เมื่อไม่เห็นชอบ โปรดเขียนเหตุผล"))
        if data.get("decision") == "accept" and not data.get("minutes_number", "").strip():
            self.add_error("minutes_number", _("โปรดใส่เลขที่รายงานการประชุม"))
        return data


class CareReviewForm(forms.Form):
    """It was looked at again: it goes on until the next review, or it ends."""

    decision = forms.ChoiceField(choices=[("keep", _("ดูแลต่อ")), ("end", _("สิ้นสุด"))])
    note = forms.CharField(
        label=_("ผลการทบทวน"),
        max_length=500,
        error_messages={"required": _("โปรดเขียนว่าพบอะไรเมื่อทบทวน")},
    )
    review_on = ThaiDateField(label=_("ทบทวนครั้งต่อไป"), required=False)
    ended_on = ThaiDateField(label=_("สิ้นสุดวันที่"), required=False)
