"""How a person wants to be told what waits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from povertyops.common.channels import Channel

WEEKDAYS = [(0, _("จันทร์")), (1, _("อังคาร")), (2, _("พุธ")), (3, _("พฤหัสบดี")), (4, _("ศุกร์"))]


class WeekdaysField(forms.TypedMultipleChoiceField):
    """Days ticked; cleans to a mask, Monday the lowest bit."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, choices=WEEKDAYS, widget=forms.CheckboxSelectMultiple, **kwargs)

    def clean(self, value: Any) -> Any:
        return sum(1 << day for day in super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return [day for day, _label in WEEKDAYS if value & 1 << day]
        return value


class DigestForm(forms.Form):
    """On or off, the channel and the days."""

    is_on = forms.BooleanField(label=_("ส่งสรุปงานที่รอให้ทุกเช้า"), required=False)
    channel = forms.ChoiceField(label=_("ช่องทาง"), widget=forms.RadioSelect)
    address = forms.CharField(
        label=_("ส่งไปที่"),
        max_length=254,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    weekdays = WeekdaysField(label=_("วันที่รับ"), error_messages={"required": _("โปรดเลือกอย่างน้อยหนึ่งวัน")})

    def __init__(self, *args: Any, channels: Mapping[str, Channel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(code, found.label) for code, found in channels.items()]
        self.fields["channel"].choices = offered  # type: ignore[attr-defined]
        if len(offered) == 1:
            self.fields["channel"].initial = offered[0][0]
        hints = [str(found.address_hint) for found in channels.values() if found.address_hint]
        self.fields["address"].help_text = " · ".join(hints)
        if not any(found.needs_address for found in channels.values()):
            del self.fields["address"]

    @property
    def wanted(self) -> dict[str, Any]:
        """What `save_digest_setting` takes."""
        data = self.cleaned_data
        return {
            "is_on": data["is_on"],
            "channel": data["channel"],
            "address": data.get("address", ""),
            "weekdays": data["weekdays"],
        }
