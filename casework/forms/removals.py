"""Forms to ask that a household leave the cohort, and to decide it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from povertyops.common.forms import ThaiDateField

from ..enums import REMOVAL_REASONS


class RemovalForm(forms.Form):
    """Why a household should leave the cohort; a second person decides."""

    reason = forms.ChoiceField(
        label=_("เหตุผล"),
        choices=[(reason.value, reason.label) for reason in REMOVAL_REASONS],
        widget=forms.RadioSelect,
        error_messages={"required": _("โปรดเลือกเหตุผล")},
    )
    note = forms.CharField(
        label=_("ข้อเท็จจริงที่พบ"),
        help_text=_("ผู้พิจารณาจะอ่านข้อความนี้ เขียนว่าพบอะไร จากใคร เมื่อใด"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("โปรดเขียนข้อเท็จจริงที่พบ")},
    )
    effective_on = ThaiDateField(label=_("มีผลวันที่"))


class DecisionForm(forms.Form):
    """The second person's answer; a refusal says why."""

    decision = forms.ChoiceField(choices=[("accept", _("เห็นชอบ")), ("reject", _("ไม่เห็นชอบ"))])
    note = forms.CharField(label=_("เหตุผลของผู้พิจารณา"), max_length=1000, required=False)

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        if data.get("decision") == "reject" and not data.get("note", "").strip():
            self.add_error("note", _("เมื่อไม่เห็นชอบ โปรดเขียนเหตุผล"))
        return data


class ClosingForm(forms.Form):
    """The end of care for a household that left poverty."""

    effective_on = ThaiDateField(label=_("ยุติการดูแลวันที่"))
    note = forms.CharField(label=_("หมายเหตุ"), max_length=1000, required=False)
