"""Forms of targets: set one, correct a district's share."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from povertyops.common.forms import ThaiDateField

from ..enums import ShareKey
from ..rules import GOALS
from ..services.targets import LONGEST_NOTE, TargetInput


class TargetForm(forms.Form):
    """A goal, how many percent at least, until when, and how it is shared out."""

    figure = forms.ChoiceField(
        label=_("สิ่งที่ต้องการให้ถึง"), choices=[(goal.code, goal.label) for goal in GOALS.values()]
    )
    percent = forms.DecimalField(
        label=_("อย่างน้อยร้อยละ"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        error_messages={"required": _("โปรดใส่ร้อยละ เช่น 90")},
    )
    due_on = ThaiDateField(label=_("ภายในวันที่"))
    share_key = forms.ChoiceField(
        label=_("แบ่งให้อำเภอ"),
        choices=ShareKey.choices,
        initial=ShareKey.CASES,
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("ที่มาหรือหนังสืออ้างอิง"), max_length=LONGEST_NOTE, required=False)

    def target(self, fiscal_year: int) -> TargetInput:
        """The cleaned values; only after `is_valid()`."""
        values: dict[str, Any] = self.cleaned_data
        return TargetInput(fiscal_year=fiscal_year, **values)


class ShareForm(forms.Form):
    """A district's number by hand; empty gives it back to the key."""

    households = forms.IntegerField(
        label=_("ครัวเรือนที่ต้องถึงเป้าหมาย"),
        min_value=0,
        required=False,
        help_text=_("เว้นว่างเพื่อกลับไปใช้ตัวเลขตามวิธีแบ่ง"),
    )
    note = forms.CharField(label=_("เหตุผลที่ปรับ"), max_length=LONGEST_NOTE, required=False)
