"""Days until the next visit, one field per stage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Stage

from ..services.intervals import LONGEST, SHORTEST


class IntervalsForm(forms.Form):
    """An empty field: as everywhere in the country."""

    def __init__(self, *args: Any, everywhere: Mapping[Stage, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for stage in Stage:
            self.fields[stage.code] = forms.IntegerField(
                label=_("ขั้น%(stage)s (วัน)") % {"stage": stage.label},
                help_text=_("เว้นว่างไว้เพื่อใช้ค่ากลาง %(days)d วัน") % {"days": everywhere[stage]},
                min_value=SHORTEST,
                max_value=LONGEST,
                required=False,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )

    @property
    def days(self) -> dict[Stage, int | None]:
        return {stage: self.cleaned_data[stage.code] for stage in Stage}
