"""The weights of the priority, and the panel of the household list with its order."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..priority import Part, Weights
from ..services.priorities import ALL_POINTS, LONGEST_REASON, LONGEST_WAIT, MOST_PEOPLE
from .filters import FilterPanel

BY_PRIORITY = "priority"
_FULLS = (
    ("full_dimensions", _("ได้คะแนนเต็มเมื่อตกเกณฑ์ (มิติ)"), 5),
    ("full_fragile", _("ได้คะแนนเต็มเมื่อเปราะบาง (คน)"), MOST_PEOPLE),
    ("full_days", _("ได้คะแนนเต็มเมื่อไม่ได้เยี่ยม (วัน)"), LONGEST_WAIT),
)


def _whole(label: Any, first: int, last: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=first,
        max_value=last,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class WeightsForm(forms.Form):
    """Points per part, together 100, and where each part is full."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part in Part:
            self.fields[part.value] = _whole(part.label, 0, ALL_POINTS)
        for name, label, most in _FULLS:
            self.fields[name] = _whole(label, 1, most)
        self.fields["reason"] = forms.CharField(
            label=_("เหตุผล"),
            max_length=LONGEST_REASON,
            required=False,
            help_text=_("เก็บไว้กับฉบับนี้พร้อมชื่อผู้บันทึก เช่น มติ คจพ.จ. ครั้งที่ 3/2568"),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        points = [data.get(part.value) for part in Part]
        known = [number for number in points if number is not None]
        if len(known) == len(points) and sum(known) != ALL_POINTS:
            message = _("คะแนนทั้งสี่ส่วนต้องรวมกันได้ 100 ขณะนี้รวมได้ %(total)d")
            raise forms.ValidationError(message, params={"total": sum(known)})
        return data

    @property
    def weights(self) -> Weights:
        names = [*(part.value for part in Part), *(name for name, _label, _most in _FULLS)]
        return Weights(**{name: self.cleaned_data[name] for name in names})

    @property
    def points(self) -> list[forms.BoundField]:
        return [self[part.value] for part in Part]

    @property
    def fulls(self) -> list[forms.BoundField]:
        return [self[name] for name, _label, _most in _FULLS]


class HouseholdPanel(FilterPanel):
    """The filters of the household list; its order is one of these and travels along."""

    sort = forms.ChoiceField(
        choices=[("", _("ตามชื่อ")), (BY_PRIORITY, _("เร่งด่วนก่อน"))], required=False, widget=forms.HiddenInput
    )

    @property
    def is_by_priority(self) -> bool:
        self.is_valid()
        return self.cleaned_data.get("sort") == BY_PRIORITY
