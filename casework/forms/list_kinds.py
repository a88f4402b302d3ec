"""Forms of the lists: which overlap to show, what a kind of list is, which list is believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from households.models import ListKind
from households.services.list_kinds import KindDraft
from households.services.source_rules import Order, RuleDraft

FIRST_YEAR, LAST_YEAR = 2560, 2700


class OverlapForm(forms.Form):
    """Which year and which district."""

    fiscal_year = forms.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False)
    area = forms.CharField(required=False, validators=[RegexValidator(r"^(\d{2}|\d{4}|\d{6}|\d{8})$")])

    def value(self, name: str, otherwise: Any) -> Any:
        """What was asked; a wrong value counts as left out."""
        self.is_valid()
        return self.cleaned_data.get(name) or otherwise


class ListKindForm(forms.Form):
    """A kind of list; its code is what the command line and addresses call it, and never changes."""

    code = forms.SlugField(
        label=_("รหัสบัญชี"),
        help_text=_("อักษรอังกฤษตัวเล็ก ตัวเลข และขีด เช่น disaster-68 ใช้ในคำสั่งนำเข้า เปลี่ยนภายหลังไม่ได้"),
        max_length=24,
        validators=[
            RegexValidator(r"^[a-z][a-z0-9-]*$", _("ใช้ได้เฉพาะอักษรอังกฤษตัวเล็ก ตัวเลข และขีด ขึ้นต้นด้วยอักษร"))
        ],
    )
    name = forms.CharField(label=_("ชื่อบัญชี"), max_length=160)
    name_en = forms.CharField(label=_("ชื่อภาษาอังกฤษ"), max_length=160, required=False)
    owner_office = forms.CharField(label=_("หน่วยงานเจ้าของ"), max_length=160, required=False)
    carries_dimensions = forms.BooleanField(
        label=_("บัญชีนี้ระบุมิติหรือตัวชี้วัดที่ตกเกณฑ์"),
        help_text=_("ถ้าไม่ระบุ ครัวเรือนจะอยู่ในบัญชีโดยไม่มีมิติ จนกว่าบัญชีอื่นหรือการประเมินจะบอก"),
        initial=True,
        required=False,
    )
    counts_as_found = forms.BooleanField(
        label=_("นับเป็นสำรวจพบเพิ่มเติม"),
        help_text=_("ครัวเรือนที่อยู่เฉพาะในบัญชีชนิดนี้นับแยกจากครัวเรือนตามบัญชี"),
        required=False,
    )
    rank = forms.IntegerField(
        label=_("ลำดับเมื่อข้อมูลขัดกัน"),
        help_text=_("เลขน้อยเชื่อก่อน ใช้เมื่อบัญชีปีเดียวกันบอกไม่ตรงกันและกติกาของข้อมูลนั้นไม่ได้ระบุไว้"),
        min_value=1,
        max_value=9_999,
        initial=100,
    )
    is_active = forms.BooleanField(label=_("ใช้นำเข้าได้"), initial=True, required=False)

    def __init__(self, *args: Any, kind: ListKind | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind is not None:
            del self.fields["code"]

    @property
    def draft(self) -> KindDraft:
        return KindDraft(**{name: value for name, value in self.cleaned_data.items() if name != "code"})


class SourceRuleForm(forms.Form):
    """The rule of one field: its own or the wider one, year before rank or not, and kinds, best first."""

    field = forms.CharField(widget=forms.HiddenInput, required=False)
    own = forms.TypedChoiceField(
        label=_("กติกาของข้อมูลนี้"),
        choices=[("0", _("ใช้ตามกติกากลาง")), ("1", _("กำหนดเอง"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    newest_year_first = forms.TypedChoiceField(
        label=_("ถ้าต่างปีกัน"),
        choices=[("1", _("ปีใหม่กว่าชนะก่อน แล้วจึงดูลำดับบัญชี")), ("0", _("ดูลำดับบัญชีก่อน แล้วจึงดูปี"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, kinds: Sequence[ListKind], order: Order, own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["own"].initial = "1" if own else "0"
        self.fields["newest_year_first"].initial = "1" if order.newest_year_first else "0"
        self.kinds = [kind.pk for kind in kinds]
        for kind in kinds:
            self.fields[f"place_{kind.pk}"] = forms.IntegerField(
                label=str(kind),
                min_value=1,
                max_value=99,
                required=False,
                initial=order.kinds.index(kind.pk) + 1 if kind.pk in order.kinds else None,
            )

    @property
    def places(self) -> list[forms.BoundField]:
        return [self[f"place_{code}"] for code in self.kinds]

    @property
    def draft(self) -> RuleDraft:
        data: Mapping[str, Any] = self.cleaned_data
        placed = [
            (data[f"place_{code}"], at, code) for at, code in enumerate(self.kinds) if data[f"place_{code}"]
        ]
        return RuleDraft(
            field=data["field"],
            newest_year_first=data["newest_year_first"],
            kinds=tuple(code for _place, _at, code in sorted(placed)),
            is_own=data["own"],
        )
