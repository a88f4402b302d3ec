"""What to share out: which households, how many, and the most a team may hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from povertyops.common.forms import LongSelect

from ..services.sharing import MOST_AT_ONCE
from .fields import Choices

HOW_MANY = 200
LARGEST_TEAM = 500


class ShareForm(forms.Form):
    """A GET form; an empty field takes its usual value, so that the page opens with a proposal."""

    area = forms.ChoiceField(label=_("พื้นที่"), required=False, widget=LongSelect)
    kind = forms.ChoiceField(label=_("บัญชี"), required=False, widget=LongSelect)
    dimension = forms.ChoiceField(
        label=_("ตกเกณฑ์ด้าน"), required=False, choices=[("", _("ทุกมิติ")), *Dimension.choices], widget=LongSelect
    )
    least = forms.IntegerField(
        label=_("คะแนนตั้งแต่"), required=False, min_value=0, max_value=100, help_text=_("เว้นว่างเพื่อรวมทุกคะแนน")
    )
    count = forms.IntegerField(
        label=_("แบ่งครั้งนี้ไม่เกิน (ครัวเรือน)"), required=False, min_value=1, max_value=MOST_AT_ONCE
    )
    most = forms.IntegerField(
        label=_("ทีมหนึ่งถือได้ไม่เกิน (ครัวเรือน)"), required=False, min_value=1, max_value=LARGEST_TEAM
    )

    def __init__(self, data: Mapping[str, Any], *, areas: Choices, kinds: Choices, usual_most: int) -> None:
        super().__init__(data)
        self.usual_most = usual_most
        self.fields["area"].choices = [("", _("ทั้งพื้นที่ที่ดูแล")), *areas]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("ทุกบัญชี")), *kinds]  # type: ignore[attr-defined]
        for name, usual in (("count", HOW_MANY), ("most", usual_most)):
            self.fields[name].help_text = _("เว้นว่างไว้ใช้ %(usual)d") % {"usual": usual}

    @property
    def count_wanted(self) -> int:
        return self._number("count") or HOW_MANY

    @property
    def most_wanted(self) -> int:
        return self._number("most") or self.usual_most

    @property
    def least_points(self) -> int:
        return self._number("least") or 0

    def _number(self, name: str) -> int | None:
        self.is_valid()
        value: int | None = self.cleaned_data.get(name)
        return value
