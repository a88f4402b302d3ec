"""The forms on which a person says what the columns of a file are, and what a code means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.enums import RowUnit
from households.services.mappings import LABELS, PERSON_FIELDS, Draft
from povertyops.areas.models import Centre
from povertyops.areas.queries import subdistricts_by_district
from povertyops.areas.rules import MUNICIPAL_KINDS

MOST_MEMBERS = 20
_HOUSE = (
    "subdistrict",
    "village",
    "moo",
    "village_name",
    "house_no",
    "house_code",
    "family",
    "phone",
    "members",
)
_FAILING = ("health", "living", "education", "income", "access", "indicators", "income_baht")
_WORDS = re.compile(r"[\s,;/]+")

Choice = tuple[str | Promise, Any]


def field_choices(members: int) -> list[Choice]:
    """What a column can be, in groups; further members of a household up to the number `members`."""
    groups: list[Choice] = [
        ("", _("ไม่ใช้คอลัมน์นี้")),
        (_("ครัวเรือน"), [(name, LABELS[name]) for name in _HOUSE]),
        (_("บุคคล"), [(name, LABELS[name]) for name in PERSON_FIELDS]),
        (_("มิติและรายได้"), [(name, LABELS[name]) for name in _FAILING]),
    ]
    for number in range(2, members + 1):
        title = _("สมาชิกคนที่ %(number)d") % {"number": number}
        offered = [(f"{name}:{number}", f"{LABELS[name]} ({number})") for name in PERSON_FIELDS]
        groups.append((title, offered))
    return groups


class WordsField(forms.CharField):
    """Words parted by commas or spaces, without case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=200, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return tuple(dict.fromkeys(word for word in _WORDS.split(text.lower()) if word))

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, tuple | list) else value


class ColumnsForm(forms.Form):
    """A choice for every column, one field no more than once."""

    unit = forms.ChoiceField(
        label=_("หนึ่งแถวคือ"), choices=RowUnit.choices, widget=forms.RadioSelect, initial=RowUnit.PERSON
    )
    fails = WordsField(label=_("คำที่แปลว่าตกเกณฑ์"), help_text=_("ถ้าไฟล์ใช้คำอื่นนอกจาก ไม่ผ่าน เช่น 1, x, ใช่"))
    passes = WordsField(label=_("คำที่แปลว่าผ่านเกณฑ์"), help_text=_("ถ้าไฟล์ใช้คำอื่นนอกจาก ผ่าน เช่น 0, ไม่ใช่"))

    def __init__(self, *args: Any, columns: Sequence[str], members: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        choices = field_choices(members)
        for place, label in enumerate(columns):
            self.fields[f"c{place}"] = forms.ChoiceField(label=label, choices=choices, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        taken: dict[str, int] = {}
        for place in range(len(self.columns)):
            name = data.get(f"c{place}")
            if name and name in taken:
                self.add_error(f"c{place}", _twice(self.columns[taken[name]], self.columns[place]))
            elif name:
                taken[name] = place
        data["chosen"] = taken
        return data


def _twice(one: str, other: str) -> str:
    said = _("คอลัมน์ “%(one)s” กับ “%(other)s” เลือกเป็นอย่างเดียวกัน เลือกไว้ที่เดียว")
    return str(said) % {"one": one, "other": other}


class MappingForm(ColumnsForm):
    """How one file is read."""

    first_row = forms.IntegerField(label=_("หัวตารางเริ่มแถวที่"), min_value=0, max_value=20)
    last_row = forms.IntegerField(
        label=_("ถึงแถวที่"), min_value=0, max_value=20, help_text=_("หัวตารางมีได้ถึง 3 แถว ใส่ 0 ถ้าไม่มีหัวตาราง")
    )
    sheets = forms.TypedMultipleChoiceField(
        label=_("แผ่นงานที่อ่าน"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    name = forms.CharField(
        label=_("จำไว้เป็นแม่แบบชื่อ"),
        required=False,
        max_length=120,
        help_text=_("ไฟล์ต่อไปที่มีหัวตารางแบบนี้จะอ่านแบบเดียวกัน เว้นว่างถ้าไม่ต้องจำ"),
    )
    only_this_kind = forms.BooleanField(label=_("ใช้กับบัญชีชนิดนี้เท่านั้น"), required=False)

    def __init__(self, *args: Any, sheets: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sheet_names = dict(sheets)
        if len(sheets) > 1:
            self.fields["sheets"].choices = list(sheets)  # type: ignore[attr-defined]
        else:
            del self.fields["sheets"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        first, last = data.get("first_row"), data.get("last_row")
        if first is not None and last is not None and (first > last or (first == 0) != (last == 0)):
            self.add_error("last_row", _("แถวสุดท้ายของหัวตารางต้องไม่อยู่ก่อนแถวแรก"))
        if "sheets" in self.fields and not data.get("sheets") and "sheets" not in self.errors:
            self.add_error("sheets", _("เลือกอย่างน้อยหนึ่งแผ่นงาน"))
        return data

    def draft(self) -> Draft:
        data = self.cleaned_data
        only = min(self.sheet_names, default=0)
        return Draft(
            data["chosen"],
            data["first_row"],
            data["last_row"],
            RowUnit(data["unit"]),
            tuple(data.get("sheets") or (only,)),
            data["fails"],
            data["passes"],
        )


def initial_of(draft: Draft) -> dict[str, Any]:
    """The values the form shows for a draft."""
    return {
        "first_row": draft.first_row,
        "last_row": draft.last_row,
        "unit": draft.unit,
        "sheets": list(draft.sheets),
        "fails": draft.fails,
        "passes": draft.passes,
        **{f"c{place}": name for name, place in draft.columns.items()},
    }


def members_of(columns: Mapping[str, Any], unit: str) -> int:
    """How many members the choices offer: one more than are named, for files of households."""
    numbers = [int(name.partition(":")[2]) for name in columns if ":" in name]
    if not numbers and unit != RowUnit.HOUSEHOLD:
        return 0
    return min(MOST_MEMBERS, max([2, *numbers]) + 1)


class ProfileForm(ColumnsForm):
    """A new version of a profile."""


class CodeForm(forms.Form):
    """What a code means: a current subdistrict, and for a municipal unit its centre."""

    centre_id = forms.TypedChoiceField(
        label=_("ศูนย์ของเทศบาล"), required=False, empty_value=None, help_text=_("ครัวเรือนที่ใช้รหัสนี้จะขึ้นกับศูนย์นี้")
    )
    area_code = forms.ChoiceField(label=_("ตำบลที่ใช้ปัจจุบัน"), required=False)

    def __init__(
        self, *args: Any, code: str, districts: Sequence[str], is_municipal: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        centres = Centre.objects.filter(province_code=code[:2], kind__in=MUNICIPAL_KINDS, is_active=True)
        offered = [(str(centre.pk), centre.name) for centre in centres.order_by("name")]
        self.fields["centre_id"].choices = [("", _("ไม่ใช่ของเทศบาล")), *offered]  # type: ignore[attr-defined]
        self.fields["area_code"].choices = _areas(code, districts, is_municipal)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("centre_id") and not data.get("area_code"):
            raise ValidationError(_("เลือกศูนย์ของเทศบาล หรือตำบลที่ใช้ปัจจุบัน"))
        return data


def _areas(code: str, districts: Sequence[str], is_municipal: bool) -> list[Choice]:
    """The subdistricts of the province by district, that of the code first; within the own districts where
    the person has only some."""
    blank = _("ตำบลที่ตั้งของเทศบาล") if is_municipal else _("เลือกตำบล")
    groups = [
        (district, subdistricts)
        for district, subdistricts in subdistricts_by_district(code[:2])
        if not districts or district.code in districts
    ]
    groups.sort(key=lambda group: group[0].code != code[:4])
    return [
        ("", blank),
        *(
            (district.label, [(area.code, f"{area.label} ({area.code})") for area in subdistricts])
            for district, subdistricts in groups
        ),
    ]
