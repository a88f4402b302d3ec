"""Inputs drawn without templates say what Django's own would say."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html

from povertyops.common.forms import InputRenderer, LongSelect

GROUPS = [(None, 'ทุก"พื้นที่"'), ("อำเภอ <ก>", [("3304", "อ.กันทรลักษ์"), (0, "ศูนย์ & อื่น")])]


def same(mine: str, django: str) -> bool:
    return bool(parse_html(mine) == parse_html(django))


@pytest.mark.parametrize("value", ["", None, "3304", 0, "0", "<b>"])
def test_long_select_is_djangos_select(value: Any) -> None:
    attrs = {"id": "id_area", "class": "input", "required": True, "hidden": False, "title": '"<'}

    drawn = LongSelect(choices=GROUPS).render("area", value, attrs)

    assert same(drawn, forms.Select(choices=GROUPS).render("area", value, attrs, DjangoTemplates()))


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (forms.TextInput({"class": "input", "maxlength": 9}), 'สม"ชาย<'),
        (forms.TextInput(), None),
        (forms.NumberInput({"min": 0}), 2568),
        (forms.PasswordInput(), "secret"),
        (forms.HiddenInput(), "๑"),
        (forms.CheckboxInput(), True),
        (forms.CheckboxInput(), False),
        (forms.CheckboxSelectMultiple(choices=[("a", "ก"), ("b", "ข")]), ["b"]),
        (forms.RadioSelect(choices=[("a", "ก"), ("b", "ข")]), "b"),
    ],
)
def test_plain_inputs_are_djangos_inputs(widget: forms.Widget, value: Any) -> None:
    attrs = {"id": "id_field", "required": True, "disabled": False}

    drawn = widget.render("field", value, attrs, InputRenderer())

    assert same(drawn, widget.render("field", value, attrs, DjangoTemplates()))
