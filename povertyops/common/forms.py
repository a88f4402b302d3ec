"""Form fields that every app shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import BaseRenderer, DjangoTemplates
from django.http import HttpRequest
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
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


class InputRenderer(DjangoTemplates):
    """Django's own markup, with plain inputs drawn without a template: a filter panel holds dozens."""

    inputs = frozenset(
        kind.template_name
        for kind in (
            *(forms.TextInput, forms.NumberInput, forms.EmailInput, forms.PasswordInput),
            *(forms.HiddenInput, forms.CheckboxInput),
        )
    )

    options = frozenset(
        kind.option_template_name for kind in (forms.RadioSelect, forms.CheckboxSelectMultiple)
    )

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> SafeString:
        widget = context.get("widget", {})
        if template_name in self.inputs or (template_name in self.options and not widget.get("wrap_label")):
            return _input(widget)
        return SafeString(super().render(template_name, context, request))


def _input(widget: Mapping[str, Any]) -> SafeString:
    value = {} if widget["value"] is None else {"value": str(widget["value"])}
    given = {"type": widget["type"], "name": widget["name"], **value, **widget["attrs"]}
    return SafeString(f"<input{_attributes(given)}>")


def _attributes(given: Mapping[str, Any]) -> SafeString:
    """As Django's template writes them: in their order, True as a bare name, False not at all."""
    written = (
        f" {name}" if value is True else f' {name}="{conditional_escape(value)}"'
        for name, value in given.items()
        if value is not False
    )
    return SafeString("".join(written))


class LongSelect(forms.Select):
    """A select of hundreds of choices: the same markup as Django's, without two templates a choice."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> SafeString:
        chosen = set(self.format_value(value))
        drawn = ((_choice(value, label, chosen),) for value, label in self.choices)
        inside = format_html_join("\n", "{}", drawn)
        own = _attributes({"name": name, **self.build_attrs(self.attrs, attrs)})
        return format_html("<select{}>\n{}\n</select>", own, inside)


def _choice(value: Any, label: Any, chosen: set[str]) -> SafeString:
    """One option, or a group of them under their label."""
    if isinstance(label, list | tuple):
        return format_html('<optgroup label="{}">\n{}\n</optgroup>', value, _options(label, chosen))
    return _options([(value, label)], chosen)


def _options(choices: Iterable[tuple[Any, Any]], chosen: set[str]) -> SafeString:
    rows = (
        (value, SafeString(" selected") if str(value) in chosen else "", label)
        for value, label in (("" if value is None else value, label) for value, label in choices)
    )
    return format_html_join("\n", '<option value="{}"{}>{}</option>', rows)
