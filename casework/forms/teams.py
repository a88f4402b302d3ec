"""Forms to make a mentor team and to hand households to one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from povertyops.common.forms import ThaiDateField

from .fields import Choices


class TeamForm(forms.Form):
    """A new mentor team: persons, or an organisation that mentors."""

    name = forms.CharField(label=_("ชื่อทีม"), max_length=160, error_messages={"required": _("โปรดใส่ชื่อทีม")})
    parent = forms.ChoiceField(label=_("อยู่ภายใต้"), error_messages={"required": _("โปรดเลือกศูนย์")})
    organisation = forms.CharField(
        label=_("องค์กรพี่เลี้ยง"),
        help_text=_("ถ้าพี่เลี้ยงเป็นหน่วยงาน วัด บริษัท หรือกลุ่ม"),
        max_length=160,
        required=False,
    )
    phone = forms.CharField(
        label=_("โทรศัพท์"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, parents: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = list(parents)  # type: ignore[attr-defined]


class AssignForm(forms.Form):
    """Which team takes the chosen households, and from when."""

    team = forms.TypedChoiceField(
        label=_("ทีมพี่เลี้ยง"),
        coerce=UUID,
        error_messages={"required": _("โปรดเลือกทีม"), "invalid_choice": _("ไม่มีทีมนี้ในพื้นที่ของท่าน")},
    )
    mentor = forms.TypedChoiceField(label=_("พี่เลี้ยงในทีม"), coerce=int, empty_value=None, required=False)
    valid_from = ThaiDateField(label=_("มีผลตั้งแต่วันที่"))

    def __init__(self, *args: Any, teams: Choices, mentors: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].choices = [("", _("เลือกทีม")), *teams]  # type: ignore[attr-defined]
        self.fields["mentor"].choices = [("", _("ทั้งทีมดูแลร่วมกัน")), *mentors]  # type: ignore[attr-defined]
