"""The form of a household's facts: only what was changed on the page becomes an edit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.utils.translation import gettext_lazy as _

from households.enums import Sex
from households.inputs import FactEdit
from households.models import Household, Membership
from households.rules import MEMBER_ADD, MEMBER_LEAVE, PERSON_FACTS, fact_key
from povertyops.common.forms import ThaiDateField

from .fields import ClientUUIDField
from .together import FormsTogether

LEAVING = [
    ("", _("ยังอยู่ในครัวเรือน")),
    ("moved", _("ย้ายออก")),
    ("died", _("เสียชีวิต")),
    ("other", _("ออกด้วยเหตุอื่น")),
]
NEW_MEMBERS = 2
LAST_VERSION = 1_000_000


def _text(label: Any, length: int, **attrs: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
    return forms.CharField(
        label=label, max_length=length, required=False, widget=widget, show_hidden_initial=True
    )


class HouseholdFactsForm(forms.Form):
    """Phone and house number; `id` is the client's key of the page, from which those of its edits follow."""

    id = ClientUUIDField()
    versions = forms.JSONField(required=False, widget=forms.HiddenInput)
    phone = _text(_("โทรศัพท์ของครัวเรือน"), 20, inputmode="tel")
    house_no = _text(_("บ้านเลขที่"), 40)
    reason = forms.CharField(
        label=_("แก้เพราะอะไร"),
        help_text=_("เช่น เปลี่ยนเบอร์ใหม่ หรือบัญชีพิมพ์ผิด"),
        max_length=500,
        required=False,
    )


class MemberFactsForm(forms.Form):
    """One member as known now."""

    title = _text(_("คำนำหน้า"), 40)
    first_name = _text(_("ชื่อ"), 120)
    last_name = _text(_("นามสกุล"), 120)
    birth_date = ThaiDateField(label=_("วันเกิด"), required=False, show_hidden_initial=True)
    sex = forms.ChoiceField(label=_("เพศ"), choices=Sex.choices, required=False, show_hidden_initial=True)
    occupation = _text(_("อาชีพ"), 60)
    leaving = forms.ChoiceField(label=_("ออกจากครัวเรือน"), choices=LEAVING, required=False)


class NewMemberForm(forms.Form):
    """Somebody no list names; a row without a first name is no member."""

    title = _text(_("คำนำหน้า"), 40)
    first_name = _text(_("ชื่อ"), 120)
    last_name = _text(_("นามสกุล"), 120)
    relation = _text(_("ความสัมพันธ์กับหัวหน้าครัวเรือน"), 60)
    birth_date = ThaiDateField(label=_("วันเกิด"), required=False)
    sex = forms.ChoiceField(label=_("เพศ"), choices=Sex.choices, required=False)
    occupation = _text(_("อาชีพ"), 60)


class FactsPage(FormsTogether):
    """The household, its members and room for new ones."""

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        household: Household,
        members: Sequence[Membership],
        versions: Mapping[str, int],
    ) -> None:
        self.household = household
        self.form = HouseholdFactsForm(
            data,
            initial={
                "versions": dict(versions),
                "phone": household.phone,
                "house_no": household.house_no,
            },
        )
        self.members = [
            (
                row,
                MemberFactsForm(
                    data,
                    prefix=f"m{row.person_id}",
                    initial={name: getattr(row.person, name) for name in PERSON_FACTS},
                ),
            )
            for row in members
        ]
        self.new = [NewMemberForm(data, prefix=f"new{row}") for row in range(NEW_MEMBERS)]
        self.parts = [self.form, *(form for _row, form in self.members), *self.new]

    @property
    def as_shown(self) -> list[str]:
        """Hidden copies of what the page shows, so that only what is changed on it becomes an edit."""
        return [
            part[name].as_hidden(only_initial=True)
            for part in self.parts
            for name, field in part.fields.items()
            if field.show_hidden_initial
        ]

    def edits(self) -> list[FactEdit]:
        """What the person changed, against what the page showed when it was opened."""
        own = self.form
        found = [
            self._edit(name, _value(own.cleaned_data[name]))
            for name in ("phone", "house_no")
            if name in own.changed_data
        ]
        for row, form in self.members:
            found += [
                self._edit(name, _value(form.cleaned_data[name]), row.person_id)
                for name in PERSON_FACTS
                if name in form.changed_data
            ]
            if why := form.cleaned_data["leaving"]:
                found.append(self._edit(MEMBER_LEAVE, json.dumps({"why": why}), row.person_id))
        for place, new in enumerate(self.new):
            if new.cleaned_data["first_name"].strip():
                member = {name: _value(value) for name, value in new.cleaned_data.items()}
                found.append(self._edit(MEMBER_ADD, json.dumps(member), salt=str(place)))
        return found

    def _edit(self, field: str, value: str, person_id: UUID | None = None, *, salt: str = "") -> FactEdit:
        key = fact_key(field, person_id)
        versions = self.form.cleaned_data["versions"]
        base = versions.get(key, 0) if isinstance(versions, dict) else 0
        return FactEdit(
            id=uuid5(self.form.cleaned_data["id"], f"{key}{salt}"),
            household_id=self.household.pk,
            person_id=person_id,
            field=field,
            value=value,
            base_version=base if isinstance(base, int) and 0 <= base <= LAST_VERSION else 0,
            reason=self.form.cleaned_data["reason"],
        )


def _value(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")


class ChoiceForm(forms.Form):
    """Which of the values of one field goes into use; empty: the present one stays."""

    chosen = forms.UUIDField(required=False)
