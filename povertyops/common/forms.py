"""Form fields that every app shares."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .thai import BadDate, format_thai_date, parse_thai_date


class ThaiDateInput(forms.TextInput):
    """A day typed as 21/11/2568; the browser's own date picker knows no พ.ศ."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        usual = {
            "inputmode": "numeric",
            "autocomplete": "off",
            "placeholder": _("วว/ดด/ปปปป"),
            "data-thai-date": "",
        }
        super().__init__({**usual, **(attrs or {})})


class ThaiDateField(forms.Field):
    """A day in the Buddhist era, read as generously as `parse_thai_date` does; cleans to a date or None."""

    widget = ThaiDateInput
    default_error_messages = {
        "invalid": _("วันที่ต้องเป็น วัน/เดือน/ปี พ.ศ. เช่น 21/11/2568"),
        "required": _("โปรดใส่วันที่"),
    }

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return value
        try:
            return parse_thai_date(str(value))
        except BadDate:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        return format_thai_date(value, "numeric") if isinstance(value, date) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)
