"""Forms of merging: which of two is kept, whose values hold, who is the same person; moving and splitting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from povertyops.common.forms import LongSelect, ThaiDateField

from ..pages.merges import Comparison
from ..pages.people import Member
from ..services.merge_work import MergeChoices

NOBODY = ""


def _reason(label: Any, missing: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": missing},
    )


class MergeForm(forms.Form):
    """Which household is kept, a choice for every field that differs, and the persons that are the same."""

    kept = forms.ChoiceField(label=_("เก็บครัวเรือนใดไว้"), widget=forms.RadioSelect)
    reason = _reason(_("เหตุผลที่เห็นว่าเป็นครอบครัวเดียวกัน"), _("โปรดบอกเหตุผล"))

    def __init__(self, *args: Any, comparison: Comparison, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.comparison = comparison
        suggested = comparison.suggested.key
        names = [(side.key, side.household.head_name or side.household.house_no) for side in comparison.sides]
        self._choose("kept", names, suggested)
        for row in comparison.differing:
            other = "right" if suggested == "left" else "left"
            values = {"left": row.left, "right": row.right}
            self.fields[f"field_{row.name}"] = forms.ChoiceField(
                label=str(row.label),
                widget=forms.RadioSelect,
                choices=[(key, value or _("ไม่มี")) for key, value in values.items()],
                initial=suggested if values[suggested] else other,
            )
        rights = [(str(m.person.pk), m.name) for m in comparison.right.members]
        for member in comparison.left.members:
            likely = comparison.same.get(member.person.pk)
            self.fields[f"same_{member.person.pk}"] = forms.ChoiceField(
                label=member.name,
                required=False,
                choices=[(NOBODY, _("ไม่ตรงกับใคร")), *rights],
                initial=str(likely) if likely else NOBODY,
            )

    def _choose(self, name: str, choices: list[tuple[str, str]], initial: str) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices, field.initial = choices, initial

    def field_rows(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("field_")]

    def person_rows(self) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith("same_")]

    @property
    def kept_and_gone(self) -> tuple[Any, Any]:
        left, right = self.comparison.sides
        return (left, right) if self.cleaned_data["kept"] == "left" else (right, left)

    @property
    def choices(self) -> MergeChoices:
        """The choices as the service takes them."""
        kept = self.cleaned_data["kept"]
        chosen = {name: value for name, value in self.cleaned_data.items() if name.startswith("field_")}
        take = frozenset(name.removeprefix("field_") for name, value in chosen.items() if value != kept)
        pairs = {
            UUID(name.removeprefix("same_")): UUID(value)
            for name, value in self.cleaned_data.items()
            if name.startswith("same_") and value
        }
        same = {right: left for left, right in pairs.items()} if kept == "left" else pairs
        return MergeChoices(take=take, same=same)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        named = [value for name, value in data.items() if name.startswith("same_") and value]
        if len(set(named)) < len(named):
            self.add_error(None, _("เลือกสมาชิกคนเดียวกันซ้ำ โปรดจับคู่คนละหนึ่งครั้ง"))
        return data


class PairDecisionForm(forms.Form):
    """What else two may be: not the same, two families in one house, one person listed twice."""

    decision = forms.ChoiceField(
        choices=[("not_same", _("คนละราย")), ("same_house", _("บ้านเดียวกัน")), ("person", _("คนเดียวกัน"))]
    )
    kept = forms.ChoiceField(choices=[("left", "left"), ("right", "right")], required=False)
    reason = _reason(_("เหตุผล"), _("โปรดบอกเหตุผล"))


class UndoForm(forms.Form):
    """Why a merge is taken apart."""

    reason = _reason(_("เหตุผลที่ยกเลิกการรวม"), _("โปรดบอกเหตุผลที่ยกเลิกการรวม"))


class PersonMoveForm(forms.Form):
    """Who moves, to which household, when and why."""

    person = forms.ChoiceField(label=_("ใครย้าย"), widget=forms.RadioSelect)
    to_household = forms.UUIDField(
        label=_("ย้ายไปครัวเรือน"),
        help_text=_("วางลิงก์หน้าครัวเรือนปลายทาง หรือรหัสท้ายลิงก์"),
        error_messages={"required": _("โปรดระบุครัวเรือนปลายทาง"), "invalid": _("ลิงก์ครัวเรือนไม่ถูกต้อง")},
    )
    new_head = forms.ChoiceField(
        label=_("หัวหน้าคนใหม่ของบ้านเดิม"), help_text=_("เลือกเมื่อหัวหน้าเป็นคนย้าย"), required=False
    )
    on = ThaiDateField(label=_("ย้ายเมื่อวันที่"))
    reason = _reason(_("เหตุผลของการย้าย"), _("โปรดบอกเหตุผลของการย้าย"))

    def __init__(self, *args: Any, members: list[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_members(self, "person", members, empty=False)
        _offer_members(self, "new_head", members, empty=True)
        self.fields["to_household"].widget = forms.TextInput(attrs={"autocomplete": "off"})
        self.fields["to_household"].to_python = _household_of_link  # type: ignore[method-assign]


class SplitForm(forms.Form):
    """Who founds a household of their own, where, and in what it fails."""

    persons = forms.MultipleChoiceField(
        label=_("ใครแยกออกไป"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("โปรดเลือกอย่างน้อยหนึ่งคน")},
    )
    head = forms.ChoiceField(label=_("หัวหน้าครัวเรือนใหม่"), help_text=_("เว้นไว้: คนแรกที่เลือก"), required=False)
    new_head = forms.ChoiceField(
        label=_("หัวหน้าคนใหม่ของบ้านเดิม"), help_text=_("เลือกเมื่อหัวหน้าเป็นคนแยกออกไป"), required=False
    )
    subdistrict = forms.ChoiceField(label=_("ตำบล"))
    village = forms.IntegerField(
        label=_("หมู่ที่หรือชุมชนที่"),
        min_value=0,
        max_value=99,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    house_no = forms.CharField(label=_("บ้านเลขที่"), max_length=40, required=False)
    dimensions = forms.MultipleChoiceField(
        label=_("มิติที่ตกเกณฑ์"),
        choices=Dimension.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    on = ThaiDateField(label=_("แยกเมื่อวันที่"))
    reason = _reason(_("เหตุผลที่แยกครัวเรือน"), _("โปรดบอกเหตุผล"))

    def __init__(
        self,
        *args: Any,
        members: list[Member],
        subdistricts: list[tuple[str, list[tuple[str, str]]]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        _offer_members(self, "persons", members, empty=False)
        for name in ("head", "new_head"):
            _offer_members(self, name, members, empty=True)
        field = self.fields["subdistrict"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = subdistricts
        field.widget = LongSelect(choices=subdistricts)

    @property
    def area_code(self) -> str:
        return f"{self.cleaned_data['subdistrict']}{self.cleaned_data['village'] or 0:02d}"

    @property
    def mask(self) -> int:
        return Dimension.mask_of({Dimension(code) for code in self.cleaned_data["dimensions"]})


def _offer_members(form: forms.Form, name: str, members: list[Member], *, empty: bool) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    people = [(str(member.person.pk), member.name) for member in members]
    field.choices = [("", _("ไม่เปลี่ยน")), *people] if empty else people


def _household_of_link(value: Any) -> UUID | None:
    """A household's id out of its address, or as it is."""
    text = str(value or "").strip().rstrip("/").rpartition("/")[2]
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise forms.ValidationError(_("ลิงก์ครัวเรือนไม่ถูกต้อง"), code="invalid") from None
