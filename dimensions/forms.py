"""Forms of the yardstick: each edits one fact; nothing is saved without a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from povertyops.common.forms import ThaiDateField
from povertyops.common.naming import with_stages

from .asking import asking_for
from .enums import Certainty, Dimension, IndicatorUnit
from .models import (
    DimensionInfo,
    IncomeThreshold,
    Indicator,
    IndicatorSet,
    PovertyLine,
    StageCriteria,
    StageInfo,
    plain_words,
)

FIRST_YEAR, LAST_YEAR = 2500, 2700
MOST_BAHT = 10_000_000


def _year(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"min_value": _("ใส่ปี พ.ศ. สี่หลัก"), "max_value": _("ใส่ปี พ.ศ. สี่หลัก")},
    )


def _sure_of(certainty: Mapping[str, str], parts: Iterable[str]) -> dict[str, str]:
    """How sure each part is, as the fields `sure_...` show it."""
    return {f"sure_{part}": certainty.get(part, Certainty.UNKNOWN.value) for part in parts}


class FactForm(forms.Form):
    """A fact of the yardstick with the version that was opened, and why it changes."""

    FACTS: tuple[str, ...] = ()

    base_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label=_("เหตุผลที่แก้"), max_length=300, help_text=_("เก็บไว้กับฉบับใหม่พร้อมชื่อผู้แก้และเวลา")
    )

    field_order: tuple[str, ...] | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name != "reason"])

    @property
    def values(self) -> dict[str, Any]:
        """The facts as typed."""
        return {name: self.cleaned_data[name] for name in self.FACTS}

    @property
    def changes(self) -> list[str]:
        """What differs from what stood when the page was opened, in words."""
        told = []
        for name in self.FACTS:
            before, after = self.initial.get(name), self.cleaned_data.get(name)
            if name in self.initial and before != after:
                told.append(
                    f"{self.fields[name].label}: {self._said(name, before)} → {self._said(name, after)}"
                )
            elif name not in self.initial and after not in (None, "", []):
                told.append(f"{self.fields[name].label}: {self._said(name, after)}")
        return told

    def _said(self, name: str, value: Any) -> str:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices).get(value) or "—")  # type: ignore[arg-type]
        if isinstance(value, bool):
            return str(_("ใช่")) if value else str(_("ไม่ใช่"))
        if isinstance(value, list):
            return ", ".join(map(str, value)) or "—"
        return "—" if value in (None, "") else str(value)


class SourcedForm(FactForm):
    source = forms.CharField(
        label=_("แหล่งที่มา"), max_length=300, required=False, help_text=_("เอกสาร ประกาศ หรือที่มาของข้อมูล")
    )


class DimensionForm(SourcedForm):
    """How a dimension is called, who leads it, and how sure both are."""

    FACTS = (
        *("label", "label_en", "sure_label"),
        *("lead_office", "lead_office_short", "sure_lead_office", "source"),
    )
    SURE = ("label", "lead_office")

    label = forms.CharField(label=_("ชื่อ"), max_length=60, validators=[plain_words])
    label_en = forms.CharField(
        label=_("ชื่อภาษาอังกฤษ"), max_length=60, required=False, validators=[plain_words]
    )
    sure_label = forms.ChoiceField(label=_("ความแน่ชัดของชื่อ"), choices=Certainty.choices)
    lead_office = forms.CharField(label=_("หน่วยงานเจ้าภาพ"), max_length=160, required=False)
    lead_office_short = forms.CharField(label=_("ชื่อย่อ"), max_length=20, required=False)
    sure_lead_office = forms.ChoiceField(label=_("ความแน่ชัดของหน่วยงานเจ้าภาพ"), choices=Certainty.choices)

    field_order = FACTS

    @classmethod
    def initial_of(cls, row: DimensionInfo) -> dict[str, Any]:
        plain = {name: getattr(row, name) for name in cls._plain()}
        return {**plain, **_sure_of(row.certainty, cls.SURE), "base_version": row.version}

    @property
    def values(self) -> dict[str, Any]:
        return {
            **{name: self.cleaned_data[name] for name in self._plain()},
            "certainty": {part: self.cleaned_data[f"sure_{part}"] for part in self.SURE},
        }

    @classmethod
    def _plain(cls) -> tuple[str, ...]:
        return tuple(name for name in cls.FACTS if not name.startswith("sure_"))


class StageNameForm(SourcedForm):
    """How a stage is called."""

    FACTS = ("label", "label_en", "source")

    label = forms.CharField(
        label=_("ชื่อ"),
        max_length=60,
        validators=[plain_words],
        help_text=_("ไม่ต้องมีคำว่า ขั้น นำหน้า ระบบเติมให้ในประโยค"),
    )
    label_en = forms.CharField(
        label=_("ชื่อภาษาอังกฤษ"),
        max_length=60,
        required=False,
        validators=[plain_words],
        help_text=_("เว้นว่างเมื่อใช้ชื่อเดียวกันทั้งสองภาษา"),
    )

    field_order = FACTS

    @classmethod
    def initial_of(cls, row: StageInfo) -> dict[str, Any]:
        return {name: getattr(row, name) for name in cls.FACTS} | {"base_version": row.version}

    def clean_label(self) -> str:
        label: str = self.cleaned_data["label"]
        if label.startswith("ขั้น"):
            raise forms.ValidationError(_("ตัดคำว่า ขั้น ข้างหน้าออก ระบบเติมให้ในประโยค"))
        return label


class YearForm(SourcedForm):
    """A sum of money of one year."""

    FACTS = ("baht", "certainty", "source")

    year = _year(_("ปี"))
    baht = forms.IntegerField(
        label=_("บาท"),
        min_value=1,
        max_value=MOST_BAHT,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    certainty = forms.ChoiceField(label=_("ความแน่ชัด"), choices=Certainty.choices)

    @classmethod
    def initial_of(cls, row: IncomeThreshold | PovertyLine) -> dict[str, Any]:
        year = getattr(row, row.KEY[0])
        return {name: getattr(row, name) for name in cls.FACTS} | {"year": year}


class SetForm(SourcedForm):
    """In which survey years a set is asked."""

    FACTS = ("label", "valid_from", "valid_to", "note", "source")

    label = forms.CharField(label=_("ชื่อ"), max_length=120)
    valid_from = _year(_("ใช้ตั้งแต่ปีสำรวจ"))
    valid_to = _year(_("ถึงปีสำรวจ"))
    note = forms.CharField(
        label=_("หมายเหตุ"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    @classmethod
    def initial_of(cls, row: IndicatorSet) -> dict[str, Any]:
        return {name: getattr(row, name) for name in cls.FACTS} | {"base_version": row.version}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("valid_from"), data.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("ปีสำรวจสุดท้ายต้องไม่ก่อนปีสำรวจแรก"))
        return data


class NewSetForm(SetForm):
    """A set for years to come, with the indicators of another one to begin with."""

    code = forms.SlugField(label=_("รหัสชุด"), max_length=20, help_text=_("เช่น bmn-2570 แก้ภายหลังไม่ได้"))
    like = forms.ChoiceField(label=_("เริ่มจากตัวชี้วัดของชุด"))

    def __init__(self, *args: Any, sets: list[IndicatorSet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["like"].choices = [(each.code, each.label) for each in sets]  # type: ignore[attr-defined]


class IndicatorForm(FactForm):
    """What one indicator asks, and for which dimension it stands."""

    FACTS = (
        *("text", "name", "ask", "category", "unit", "dimension", "counterparts"),
        *("sure_text", "sure_unit", "sure_dimension"),
    )
    WORDS = ("name", "ask")

    text = forms.CharField(label=_("ตัวชี้วัด"), max_length=300, required=False)
    name = forms.CharField(
        label=_("ชื่อย่อ"),
        max_length=60,
        required=False,
        help_text=_("สองสามคำที่บอกว่าข้อนี้เรื่องอะไร เว้นว่างเพื่อใช้คำที่มากับระบบ ถ้าไม่มีจะใช้ข้อความของตัวชี้วัด"),
    )
    ask = forms.CharField(
        label=_("คำถามที่อ่านให้ครอบครัวฟัง"),
        max_length=200,
        required=False,
        help_text=_("ประโยคสั้นที่พี่เลี้ยงอ่านออกเสียง เว้นว่างได้เช่นเดียวกัน"),
    )
    category = forms.ChoiceField(label=_("หมวด"))
    unit = forms.ChoiceField(label=_("หน่วย"), choices=[("", "—"), *IndicatorUnit.choices], required=False)
    dimension = forms.ChoiceField(
        label=_("มิติ"), choices=[("", _("ไม่จัดเข้ามิติ")), *Dimension.choices], required=False
    )
    counterparts = forms.CharField(
        label=_("ตรงกับข้อในชุดก่อน"), required=False, help_text=_("เลขข้อคั่นด้วยจุลภาค เช่น 9, 10")
    )
    sure_text = forms.ChoiceField(label=_("ความแน่ชัดของข้อความ"), choices=Certainty.choices)
    sure_unit = forms.ChoiceField(label=_("ความแน่ชัดของหน่วย"), choices=Certainty.choices)
    sure_dimension = forms.ChoiceField(label=_("ความแน่ชัดของมิติ"), choices=Certainty.choices)

    def __init__(self, *args: Any, indicator_set: IndicatorSet, is_new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.set_code = indicator_set.code
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            (each["code"], each["label"]) for each in indicator_set.categories
        ]
        if is_new:
            self.fields["number"] = forms.IntegerField(
                label=_("ข้อ"),
                min_value=1,
                max_value=999,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
            self.order_fields(["number", *(name for name in self.fields if name != "number")])
        else:
            self.fields["drop"] = forms.BooleanField(
                label=_("ตัดข้อนี้ออกจากชุด"), required=False, help_text=_("ฉบับก่อนยังมีข้อนี้อยู่")
            )
            self.order_fields([name for name in self.fields if name != "reason"])

    @classmethod
    def initial_of(cls, row: Indicator, found: IndicatorSet) -> dict[str, Any]:
        asking = asking_for(found.code, row.number, row.text, name=row.name, ask=row.ask)
        return {
            **{name: getattr(row, name) for name in ("text", "category", "unit", "dimension")},
            "number": row.number,
            "name": asking.name,
            "ask": asking.ask,
            "counterparts": ", ".join(map(str, row.counterparts)),
            **_sure_of(row.certainty, ("text", "unit", "dimension")),
            "base_version": found.version,
        }

    def clean_counterparts(self) -> str:
        found = re.findall(r"[^\s,]+", self.cleaned_data["counterparts"])
        if not all(part.isdecimal() and int(part) < 1_000 for part in found):
            raise forms.ValidationError(_("ใส่เลขข้อคั่นด้วยจุลภาค เช่น 9, 10"))
        return ", ".join(str(int(part)) for part in found)

    @property
    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        parts = ("text", "unit", "dimension")
        return {
            **{name: data[name] for name in ("text", "category", "unit", "dimension")},
            **self._own_words(),
            "counterparts": [int(part) for part in data["counterparts"].split(", ") if part],
            "certainty": {part: data[f"sure_{part}"] for part in parts},
        }

    def _own_words(self) -> dict[str, str]:
        """Short name and question as they stand in the form; nothing where the system says the same."""
        data = self.cleaned_data
        number = data.get("number") or self.initial.get("number", 0)
        built_in = asking_for(self.set_code, number, data["text"])
        return {word: data[word] if data[word] != getattr(built_in, word) else "" for word in self.WORDS}

    @property
    def keeps_old_words(self) -> bool:
        """Whether the text changes under a short name or question that stay."""
        if not self.initial.get("text") or self.initial["text"] == self.cleaned_data["text"]:
            return False
        return any(self.cleaned_data[word] and word not in self.changed_data for word in self.WORDS)

    @property
    def is_dropped(self) -> bool:
        return bool(self.cleaned_data.get("drop"))


class CategoryForm(FactForm):
    """How one group of indicators of a set is called, how sure that is, and where it stands."""

    FACTS = ("label", "certainty", "position")

    label = forms.CharField(label=_("ชื่อหมวด"), max_length=120)
    certainty = forms.ChoiceField(label=_("ความแน่ชัดของชื่อหมวด"), choices=Certainty.choices)
    position = forms.TypedChoiceField(label=_("ลำดับในชุด"), coerce=int)

    def __init__(self, *args: Any, indicator_set: IndicatorSet, is_new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = range(1, len(indicator_set.categories) + 1 + is_new)
        self.fields["position"].choices = [(place, str(place)) for place in places]  # type: ignore[attr-defined]
        if is_new:
            self.fields["code"] = forms.SlugField(
                label=_("รหัสหมวด"), max_length=30, help_text=_("เช่น social_protection แก้ภายหลังไม่ได้")
            )
            self.fields["position"].initial = places[-1]
        else:
            self.fields["drop"] = forms.BooleanField(
                label=_("ตัดหมวดนี้ออกจากชุด"), required=False, help_text=_("ตัดได้เมื่อไม่มีตัวชี้วัดในหมวดแล้ว")
            )
        self.order_fields(["code", *(name for name in self.fields if name not in ("code", "reason"))])

    @classmethod
    def initial_of(cls, indicator_set: IndicatorSet, code: str) -> dict[str, Any]:
        """What stands of the category; nothing for a code that the set does not have."""
        for position, each in enumerate(indicator_set.categories, start=1):
            if each["code"] == code:
                sure = {"certainty": each["certainty"], "position": position}
                return {"label": each["label"], **sure, "base_version": indicator_set.version}
        return {}

    @property
    def is_dropped(self) -> bool:
        return bool(self.cleaned_data.get("drop"))


class CriteriaForm(FactForm):
    """When a household climbs to the upper stages."""

    FACTS = (
        *("sufficient_days", "assessments_gap_days", "passing_assessments"),
        *("needs_development_step", "certainty"),
    )

    effective_from = ThaiDateField(label=_("ใช้ตั้งแต่วันที่"))
    sufficient_days = forms.IntegerField(
        label=with_stages(_("จำนวนวันในขั้น{sufficient}ก่อนเป็น{sustainable}")), min_value=1, max_value=3_650
    )
    passing_assessments = forms.IntegerField(label=_("จำนวนครั้งที่ประเมินผ่าน"), min_value=1, max_value=12)
    assessments_gap_days = forms.IntegerField(
        label=_("ระยะห่างของการประเมิน (วัน)"), min_value=0, max_value=3_650
    )
    needs_development_step = forms.BooleanField(
        label=with_stages(_("ขั้น{sufficient}ต้องมีกิจกรรมพัฒนาที่ทำเสร็จ")), required=False
    )
    certainty = forms.ChoiceField(label=_("ความแน่ชัด"), choices=Certainty.choices)

    @classmethod
    def initial_of(cls, row: StageCriteria) -> dict[str, Any]:
        return {name: getattr(row, name) for name in cls.FACTS}
