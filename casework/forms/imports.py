"""The form that takes a target list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from households.models import ListKind
from households.services.target_lists import Draft
from povertyops.common.forms import ThaiDateField
from povertyops.common.thai import fiscal_year_bounds

from .fields import Choices

YEARS_BACK = 8
SURVEYS_BACK = 3


class ImportForm(forms.Form):
    """Which list of which year, and the file."""

    kind = forms.ChoiceField(label=_("ชนิดบัญชี"))
    fiscal_year = forms.TypedChoiceField(label=_("ปีงบประมาณ"), coerce=int)
    survey_year = forms.TypedChoiceField(
        label=_("ปีสำรวจ จปฐ."),
        coerce=int,
        empty_value=None,
        required=False,
    )
    effective_on = ThaiDateField(
        label=_("บัญชีมีผลตั้งแต่วันที่"),
        required=False,
        help_text=_("ถ้าไม่ใส่ ใช้วันแรกของปีงบประมาณ"),
    )
    file = forms.FileField(
        label=_("ไฟล์บัญชี"),
        help_text=_("Excel (.xlsx) หรือ CSV หนึ่งคนต่อหนึ่งแถว ไม่ต้องจัดลำดับคอลัมน์"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        error_messages={"required": _("เลือกไฟล์บัญชีก่อน"), "empty": _("ไฟล์นี้ว่างเปล่า ตรวจสอบว่าเลือกไฟล์ถูกแล้วส่งใหม่")},
    )

    def __init__(self, *args: Any, this_year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("kind", [(kind.code, str(kind)) for kind in ListKind.objects.filter(is_active=True)])
        self._offer("fiscal_year", _years(this_year + 1, YEARS_BACK))
        self._offer("survey_year", [("", _("ปีก่อนปีงบประมาณ")), *_years(this_year, YEARS_BACK + SURVEYS_BACK)])

    def _offer(self, name: str, choices: Choices) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        year, day = data.get("fiscal_year"), data.get("effective_on")
        if year and day:
            first, last = fiscal_year_bounds(year)
            if not first <= day <= last:
                self.add_error("effective_on", _("วันที่มีผลต้องอยู่ในปีงบประมาณที่เลือก"))
        return data

    def draft(self) -> Draft:
        data = self.cleaned_data
        return Draft(data["kind"], data["fiscal_year"], data["survey_year"], data["effective_on"])


def _years(newest: int, count: int) -> list[tuple[int, str]]:
    return [(year, str(year)) for year in range(newest, newest - count, -1)]
