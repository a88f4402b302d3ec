"""Where a household moves to, and the receiver's answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from povertyops.common.forms import LongSelect, ThaiDateField

UNKNOWN_VILLAGE = 0


class TransferForm(forms.Form):
    """The new village, why and when."""

    subdistrict = forms.ChoiceField(
        label=_("ตำบลปลายทาง"), error_messages={"required": _("โปรดเลือกตำบลปลายทาง")}
    )
    village = forms.IntegerField(
        label=_("หมู่ที่หรือชุมชนที่"),
        help_text=_("เว้นว่างไว้ถ้ายังไม่ทราบ"),
        min_value=0,
        max_value=99,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    reason = forms.CharField(
        label=_("เหตุผลของการย้าย"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("โปรดบอกเหตุผลของการย้าย")},
    )
    effective_on = ThaiDateField(label=_("ย้ายเมื่อวันที่"))

    def __init__(
        self, *args: Any, subdistricts: list[tuple[str, list[tuple[str, str]]]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices: list[Any] = [("", _("เลือกตำบล")), *subdistricts]
        self.fields["subdistrict"].choices = choices  # type: ignore[attr-defined]
        self.fields["subdistrict"].widget = LongSelect(choices=choices)

    @property
    def to_area_code(self) -> str:
        return f"{self.cleaned_data['subdistrict']}{self.cleaned_data['village'] or UNKNOWN_VILLAGE:02d}"


class TransferDecisionForm(forms.Form):
    """Accept, or decline with a note."""

    decision = forms.ChoiceField(
        choices=[("accept", _("รับโอน")), ("decline", _("ไม่รับโอน"))],
        error_messages={"required": _("โปรดเลือกว่ารับโอนหรือไม่")},
    )
    note = forms.CharField(label=_("หมายเหตุ"), max_length=1000, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("decision") == "decline" and not data.get("note", "").strip():
            self.add_error("note", _("โปรดบอกเหตุผลที่ไม่รับโอน"))
        return data
