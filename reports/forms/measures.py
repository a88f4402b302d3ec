"""Forms of the poverty measures: a new version of cut-off and weights, and the surveyed population."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from povertyops.common.csv_table import MAX_BYTES
from povertyops.common.errors import InvalidInput

from ..services.measures import FIRST_YEAR, LAST_YEAR, yardstick


class MeasureForm(forms.Form):
    """Cut-off and five weights; `values` gives them to the service."""

    from_year = forms.IntegerField(label=_("ใช้ตั้งแต่ปีงบประมาณ"), min_value=FIRST_YEAR, max_value=LAST_YEAR)
    cutoff = forms.DecimalField(
        label=_("เส้นตัด"),
        max_digits=6,
        decimal_places=4,
        help_text=_("คะแนนรวมของมิติที่ตกเกณฑ์ซึ่งถือว่ายากจน 0.2 คือ 1 ใน 5 มิติตามวิธีของ TPMAP"),
    )
    note = forms.CharField(label=_("เหตุผล"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for dimension in Dimension:
            self.fields[dimension.value] = forms.DecimalField(
                label=dimension.label, min_value=0, max_value=1, max_digits=6, decimal_places=4
            )

    def clean(self) -> dict[str, Any]:
        """The weights must add up to one; the service says so, too."""
        values = super().clean() or {}
        if not self.errors:
            try:
                yardstick(values["cutoff"], self.weights)
            except InvalidInput as refusal:
                self.add_error(refusal.details.get("field"), str(refusal))
        return values

    @property
    def weights(self) -> dict[Dimension, Decimal]:
        return {dimension: self.cleaned_data[dimension.value] for dimension in Dimension}

    @property
    def weight_fields(self) -> list[forms.BoundField]:
        return [self[dimension.value] for dimension in Dimension]


class PopulationForm(forms.Form):
    """A small CSV file; what was read comes back as `text` when it is confirmed."""

    file = forms.FileField(label=_("ไฟล์ CSV"), required=False, help_text=_("ไม่เกิน 1 MB และ 2,000 แถว"))
    text = forms.CharField(required=False, max_length=MAX_BYTES, strip=False, widget=forms.HiddenInput)
