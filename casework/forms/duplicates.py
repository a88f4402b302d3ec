"""The filter above the queue of pairs that may be one and the same."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from households.enums import FoundBy, PairKind
from povertyops.common.forms import LongSelect

from .fields import Choices

SCORES = (700, 800, 900)


@dataclass(frozen=True, slots=True)
class PairFilters:
    """What the filter says; empty fields say nothing."""

    district: str = ""
    kind: str = ""
    found_by: str = ""
    score: int = 0


class PairFilterForm(forms.Form):
    """Drawn as a GET form; `tab` stays what it was."""

    tab = forms.CharField(required=False, widget=forms.HiddenInput)
    district = forms.CharField(
        label=_("อำเภอ"),
        required=False,
        validators=[RegexValidator(r"^\d{4}$", _("รหัสอำเภอมี 4 หลัก"))],
        widget=LongSelect,
    )
    kind = forms.ChoiceField(
        label=_("ประเภท"),
        choices=[("", _("ครัวเรือนและบุคคล")), *PairKind.choices],
        required=False,
        widget=LongSelect,
    )
    found_by = forms.ChoiceField(
        label=_("พบเมื่อ"), choices=[("", _("ทุกทาง")), *FoundBy.choices], required=False, widget=LongSelect
    )
    score = forms.TypedChoiceField(
        label=_("คะแนน"),
        choices=[("", _("ทุกคะแนน")), *((str(score), f"≥ {score}") for score in SCORES)],
        coerce=int,
        empty_value=None,
        required=False,
        widget=LongSelect,
    )

    def offer(self, districts: Choices) -> None:
        self.fields["district"].widget.choices = [("", _("ทุกอำเภอ")), *districts]

    @property
    def filters(self) -> PairFilters:
        """A field that was wrong counts as left out."""
        self.is_valid()
        said = self.cleaned_data
        return PairFilters(
            said.get("district", ""), said.get("kind", ""), said.get("found_by", ""), said.get("score") or 0
        )
