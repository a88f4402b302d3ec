"""Why and from when somebody's work is handed over."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from povertyops.common.forms import ThaiDateField


class HandOverForm(forms.Form):
    """The rest of the page, the new owners, is read by `pages.hand_over`."""

    reason = forms.CharField(
        label=_("เหตุผลของการส่งมอบ"),
        help_text=_("เช่น ย้ายไปปฏิบัติงานที่อื่น ลาออก หรือครบวาระ"),
        max_length=500,
        error_messages={"required": _("โปรดบอกเหตุผลของการส่งมอบ")},
    )
    effective_on = ThaiDateField(label=_("ส่งมอบวันที่"))
