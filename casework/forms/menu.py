"""The form of one item of the help menu."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension, Stage

from ..enums import HelpNature
from ..models import HelpMenuItem
from ..services.menu import OLDEST, ItemInput
from .fields import BahtField, Choices

TEXTS = ("name", "agency_name", "benefit", "eligibility")


class MenuItemForm(forms.Form):
    """What an item says. `questions` are the indicators it can mend as (number, text)."""

    name = forms.CharField(
        label=_("ชื่อรายการ"), max_length=200, error_messages={"required": _("โปรดตั้งชื่อรายการ")}
    )
    dimension = forms.ChoiceField(label=_("มิติ"), choices=Dimension.choices, widget=forms.RadioSelect)
    nature = forms.ChoiceField(
        label=_("ลักษณะ"),
        choices=HelpNature.choices,
        initial=HelpNature.RELIEF,
        widget=forms.RadioSelect,
    )
    relieves = forms.BooleanField(
        label=_("ส่งมอบแล้วนับว่าบรรเทาปัญหาของมิตินี้"),
        help_text=_("ใช้กับความช่วยเหลือที่บันทึกจากนี้ไป ของเดิมไม่เปลี่ยน"),
        initial=True,
        required=False,
    )
    agency_name = forms.CharField(
        label=_("หน่วยงานที่ให้"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"list": "agencies", "autocomplete": "off"}),
    )
    benefit = forms.CharField(
        label=_("ครัวเรือนได้รับอะไร"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    eligibility = forms.CharField(
        label=_("ใครมีสิทธิ์"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    stages = forms.TypedMultipleChoiceField(
        label=_("สำหรับขั้น"),
        help_text=_("ไม่เลือก หมายถึงทุกขั้น"),
        coerce=int,
        choices=Stage.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    min_age = forms.IntegerField(label=_("มีสมาชิกอายุตั้งแต่"), min_value=0, max_value=OLDEST, required=False)
    max_age = forms.IntegerField(label=_("ถึงอายุ"), min_value=0, max_value=OLDEST, required=False)
    max_income_baht = forms.IntegerField(
        label=_("รายได้ไม่เกิน"), min_value=0, max_value=10_000_000, required=False
    )
    usual_baht = BahtField(label=_("มูลค่าทั่วไปต่อครั้ง"))
    position = forms.IntegerField(
        label=_("ลำดับในเมนู"),
        help_text=_("เลขน้อยอยู่ก่อน ว่างไว้จะต่อท้าย"),
        min_value=0,
        max_value=9999,
        required=False,
    )
    indicators = forms.TypedMultipleChoiceField(
        label=_("ตัวชี้วัดที่แก้ได้"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, questions: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicators"].choices = questions  # type: ignore[attr-defined]

    @property
    def item(self) -> ItemInput:
        data = self.cleaned_data
        return ItemInput(
            **{name: data[name] for name in TEXTS},
            dimension=data["dimension"],
            nature=data["nature"],
            relieves=data["relieves"],
            stages=tuple(data["stages"]),
            indicators=tuple(data["indicators"]),
            min_age=data["min_age"],
            max_age=data["max_age"],
            max_income_baht=data["max_income_baht"],
            usual_baht=data["usual_baht"] or None,
            position=data["position"],
        )


def values_of(item: HelpMenuItem) -> dict[str, Any]:
    """What the form of an item starts with."""
    names = [name for name in MenuItemForm.base_fields if name != "usual_baht"]
    values = {name: getattr(item, name) for name in names}
    return {**values, "usual_baht": _short(item.usual_baht)}


def _short(amount: Decimal | None) -> Decimal | None:
    """Without the satang of a round sum."""
    return amount.quantize(Decimal(1)) if amount is not None and amount == int(amount) else amount
