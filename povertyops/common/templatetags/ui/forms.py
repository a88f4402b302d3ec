"""Form fields of any Django widget, with label, help and error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.forms import BoundField, Field, Form
from django.forms.boundfield import BoundWidget
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from .looks import Text

register = template.Library()


def _control_kind(bound: BoundField) -> str:
    """How the field is drawn: one of text, select, textarea, file, check, radio, checks, hidden."""
    widget = bound.field.widget
    names = {base.__name__ for base in type(widget).__mro__}
    for name, kind in (
        ("HiddenInput", "hidden"),
        ("MultipleHiddenInput", "hidden"),
        ("CheckboxSelectMultiple", "checks"),
        ("RadioSelect", "radio"),
        ("CheckboxInput", "check"),
        ("Textarea", "textarea"),
        ("FileInput", "file"),
        ("Select", "select"),
        ("SelectMultiple", "select"),
        ("MultiWidget", "multi"),
    ):
        if name in names:
            return kind
    return "text"


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    layout: str = "",
    label: Text = "",
    help: Text = "",
    unit: Text = "",
    quick: str = "",
    optional: bool = True,
    hide_label: bool = False,
    **attrs: Any,
) -> dict[str, Any]:
    """One field with label, help and error.

    `layout`: "segments" or "list" for radios, "chips" or "list" for checkboxes, "plain" for one checkbox.
    `unit` stands behind the input. `quick` offers days for a date ("0 -1" today, yesterday; "7 14 30" ahead).
    More keywords become attributes of the input, `_` read as `-` (`data_draft="x"`).
    """
    kind = _control_kind(bound)
    described = [f"{bound.auto_id}_{part}" for part, said in _said_about(bound, help) if said]
    made = {name.replace("_", "-"): value for name, value in attrs.items()}
    if described:
        made["aria-describedby"] = " ".join(described)
    if bound.errors:
        made["aria-invalid"] = "true"
    if kind in ("text", "textarea", "select", "file"):
        made["class"] = f"{bound.field.widget.attrs.get('class', '')} input".strip()
    return {
        "bound": bound,
        "errors": error_texts(bound),
        "kind": kind,
        "layout": layout or {"radio": "segments", "checks": "chips", "check": "plain"}.get(kind, ""),
        "label": label or bound.label,
        "help": help or bound.help_text,
        "unit": unit,
        "quick": quick.split(),
        "optional": optional and not bound.field.required and kind != "check",
        "hide_label": hide_label,
        "control": bound.as_widget(attrs=made) if kind not in ("radio", "checks", "check") else "",
        "choices": _choices(bound, made) if kind in ("radio", "checks") else [],
        "check": bound.as_widget(attrs={**made, "class": "choice__input"}) if kind == "check" else "",
        "described": made.get("aria-describedby", ""),
    }


ASKED_FOR: Mapping[str, Text] = {
    "select": _("กรุณาเลือกหนึ่งรายการ"),
    "radio": _("กรุณาเลือกหนึ่งข้อ"),
    "checks": _("กรุณาเลือกอย่างน้อยหนึ่งข้อ"),
    "check": _("กรุณาทำเครื่องหมายยืนยัน"),
    "file": _("กรุณาเลือกไฟล์"),
}


@register.filter
def error_texts(bound: BoundField) -> list[str]:
    """The field's errors; Django's bare "required" becomes a sentence that fits the kind of control."""
    bare = str(Field.default_error_messages["required"])
    asked = str(ASKED_FOR.get(_control_kind(bound), _("กรุณากรอกช่องนี้")))
    return [asked if text == bare else text for text in map(str, bound.errors)]


def _said_about(bound: BoundField, help: Text) -> tuple[tuple[str, Any], ...]:
    return (("error", bound.errors), ("helptext", help or bound.help_text))


def _choices(bound: BoundField, attrs: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each choice with its own input, so that the whole face can be its label."""
    kept = {name: value for name, value in attrs.items() if name.startswith(("data-", "hx-"))}
    return [
        {
            "label": choice.choice_label,
            "id": choice.id_for_label,
            "tag": _choice_tag(choice, kept),
        }
        for choice in bound.subwidgets
    ]


def _choice_tag(choice: BoundWidget, attrs: Mapping[str, Any]) -> SafeString:
    choice.data["attrs"] = {**choice.data["attrs"], **attrs, "class": "choice__input"}
    return choice.tag()


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: Form) -> dict[str, Any]:
    """At the top of a form that came back: what to mend, with a link to each field."""
    faulty = [form[name] for name in form.fields if name in form.errors]
    return {
        "form": form,
        "faulty": faulty,
        "any": bool(form.errors),
    }


@register.inclusion_tag("components/client_uuid.html")
def client_uuid(name: str = "id", value: str = "") -> dict[str, Any]:
    """A hidden input that the browser fills with a UUID once, so that sending twice stores one record."""
    return {"name": name, "value": value}
