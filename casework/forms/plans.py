"""The form of a household plan: goals, 4ท, steps and the agreement; and the forms that decide one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from povertyops.common.forms import ThaiDateField

from ..arrival import PHOTO_MAX_BYTES
from ..enums import HelpNature
from ..inputs import StepInput
from ..models import HelpMenuItem
from .fields import BahtField, ClientUUIDField, ItemField, UUIDListField, item_choices
from .four_t import FOUR_T, PICKS
from .together import FormsTogether

EMPTY_ROWS = 4
MORE_ROWS = 3
MOST_ROWS = 50

AnyForm = TypeVar("AnyForm", bound=forms.Form)


class PlanForm(forms.Form):
    """Goals, the 4ท analysis and the agreement; ticks and words of one's own are stored together."""

    id = ClientUUIDField()
    goal = forms.CharField(
        label=_("เป้าหมายของครัวเรือน"),
        help_text=_("คำพูดของครัวเรือนเอง เช่น มีรายได้จากการเลี้ยงไก่ พอส่งลูกเรียนจบ"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("โปรดเขียนเป้าหมายของครัวเรือน")},
    )
    agreed_with = forms.CharField(
        label=_("ตกลงกับใครในครัวเรือน"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"list": "members", "autocomplete": "off"}),
    )
    agreed_on = ThaiDateField(label=_("วันที่ตกลงกับครัวเรือน"))
    signature = forms.FileField(
        label=_("ภาพถ่ายลายมือชื่อ"),
        help_text=_("ถ่ายกระดาษที่ลงชื่อ เลือกภาพเป็นขั้นสุดท้ายก่อนกดบันทึก ภาพเก็บแบบเข้ารหัส"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={"empty": _("ไฟล์นี้ว่างเปล่า โปรดเลือกภาพใหม่")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for dimension in Dimension:
            self.fields[f"goal_{dimension.value}"] = forms.CharField(
                label=dimension.label,
                max_length=500,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        for part, (label, _meaning) in FOUR_T.items():
            self.fields[part] = forms.MultipleChoiceField(
                label=label,
                choices=list(PICKS[part].items()),
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
            self.fields[f"{part}_own"] = forms.CharField(
                label=_("เพิ่มเติมด้วยคำของครัวเรือน"),
                max_length=500,
                required=False,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    def clean_signature(self) -> bytes | None:
        """The bytes of the photo; whether it is one is for the service to say."""
        upload = self.cleaned_data["signature"]
        if not upload:
            return None
        if upload.size > PHOTO_MAX_BYTES:
            raise forms.ValidationError(_("ภาพใหญ่เกิน 6 เมกะไบต์ โปรดถ่ายใหม่หรือย่อภาพ"))
        return bytes(upload.read())

    @property
    def four(self) -> list[dict[str, Any]]:
        """The four parts for the template: meaning, ticks, own words and how much is said so far."""
        return [
            {
                "code": part,
                "label": label,
                "meaning": meaning,
                "ticks": self[part],
                "own": self[f"{part}_own"],
                "said": _said(part, self[part].value() or (), self[f"{part}_own"].value() or ""),
            }
            for part, (label, meaning) in FOUR_T.items()
        ]

    @property
    def aims(self) -> list[tuple[Dimension, forms.BoundField]]:
        return [(dimension, self[f"goal_{dimension.value}"]) for dimension in Dimension]

    @property
    def four_t(self) -> dict[str, list[str]]:
        data = self.cleaned_data
        return {part: [*data[part], *_words(data[f"{part}_own"])] for part in FOUR_T}

    @property
    def goals(self) -> dict[str, str]:
        return {dimension.value: self.cleaned_data[f"goal_{dimension.value}"] for dimension in Dimension}


def _words(text: str) -> list[str]:
    """What stands between commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


def _said(part: str, ticks: Iterable[str], own: str) -> str:
    return " · ".join([*(str(PICKS[part][code]) for code in ticks if code in PICKS[part]), *_words(own)])


class StepForm(forms.Form):
    """One step; without words and without an item it is none. `id` names a step that lives on."""

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("สิ่งที่จะทำ"),
        help_text=_("เว้นว่างได้ถ้าเลือกจากเมนู"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    item = ItemField(label=_("จากเมนูแก้จน"), required=False)
    responsible = forms.CharField(
        label=_("ใครทำ"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"list": "doers", "autocomplete": "off"}),
    )
    due_on = ThaiDateField(label=_("ภายในวันที่"), required=False)
    dimension = forms.ChoiceField(
        label=_("มิติ"), choices=[("", _("ไม่ระบุมิติ")), *Dimension.choices], required=False
    )
    nature = forms.ChoiceField(
        label=_("ลักษณะ"),
        choices=HelpNature.choices,
        initial=HelpNature.DEVELOPMENT,
        required=False,
    )
    budget_baht = BahtField(label=_("งบประมาณ"))
    budget_source = forms.CharField(
        label=_("งบจากที่ใด"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"list": "agencies", "autocomplete": "off"}),
    )
    drop = forms.BooleanField(label=_("ตัดขั้นตอนนี้ออก"), required=False)

    done_on: Any = None

    @property
    def heading(self) -> str:
        """What the folded row says: its words, else the chosen item's name."""
        text = self["text"].value() or ""
        return text or dict(_flat(self.fields["item"].choices)).get(str(self["item"].value() or ""), "")  # type: ignore[attr-defined]

    @property
    def summary(self) -> str:
        """Who and until when, under the words of the folded row."""
        due_on = self.fields["due_on"].prepare_value(self["due_on"].value()) or ""
        return " · ".join(part for part in (self["responsible"].value() or "", str(due_on)) if part)

    @property
    def has_details(self) -> bool:
        return any(self[name].value() for name in ("budget_baht", "budget_source", "dimension"))

    @property
    def details_wrong(self) -> bool:
        return any(name in self.errors for name in ("budget_baht", "budget_source", "dimension", "nature"))

    @property
    def is_blank(self) -> bool:
        """Nothing was written; a dimension alone (what the family chose) already is a beginning."""
        names = ("text", "item", "dimension")
        return not (any(self[name].value() for name in names) or self.errors)

    def step(self) -> StepInput | None:
        data = self.cleaned_data
        if data["drop"] or not (data["text"].strip() or data["item"]):
            return None
        return StepInput(
            text=data["text"].strip(),
            item_id=data["item"],
            nature=data["nature"] or HelpNature.DEVELOPMENT,
            dimension=data["dimension"],
            responsible=data["responsible"],
            budget_baht=data["budget_baht"] or None,
            budget_source=data["budget_source"],
            due_on=data["due_on"],
            id=data["id"],
        )


def _flat(choices: Iterable[tuple[Any, Any]]) -> Iterable[tuple[str, str]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        elif value:
            yield str(value), str(label)


class PlanPage(FormsTogether):
    """The plan and its steps. `values` and `steps` are what the page starts with.

    The number of rows travels with the page; `ask_more` draws it again with further rows and everything
    that was typed, judging nothing.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        files: Mapping[str, Any] | None = None,
        *,
        values: Mapping[str, Any],
        steps: list[dict[str, Any]],
        items: Iterable[HelpMenuItem],
        failing: int,
    ) -> None:
        self.failing = failing
        self.choices = item_choices(items, failing, blank=_("ไม่ได้มาจากเมนู"))
        self.rows = min(max(len(steps) + EMPTY_ROWS, _rows_of(data)), MOST_ROWS)
        self.form = PlanForm(data, files, initial=dict(values))
        self.steps = [
            self._step(row, data, steps[row] if row < len(steps) else None) for row in range(self.rows)
        ]
        done = {step["id"]: step["done_on"] for step in steps if step.get("done_on")}
        for form in self.steps:
            form.done_on = done.get(_key(form["id"].value()))
        self.parts = [self.form, *self.steps]

    def _step(self, row: int, data: Mapping[str, Any] | None, initial: dict[str, Any] | None) -> StepForm:
        form = StepForm(data, prefix=f"step{row}", initial=initial)
        form.fields["item"].choices = self.choices  # type: ignore[attr-defined]
        return form

    def ask_more(self) -> None:
        """The same page unjudged, with what was typed so far and more rows."""
        self.form = _unjudged(self.form)
        typed = [_unjudged(form) for form in self.steps]
        for new, old in zip(typed, self.steps, strict=True):
            new.done_on = old.done_on
        self.rows = min(self.rows + MORE_ROWS, MOST_ROWS)
        self.steps = typed + [self._step(row, None, None) for row in range(len(typed), self.rows)]
        for form in self.steps:
            form.fields["item"].choices = self.choices  # type: ignore[attr-defined]
        self.parts = [self.form, *self.steps]

    @property
    def failing_bits(self) -> list[int]:
        return [dimension.bit for dimension in Dimension.from_mask(self.failing)]

    @property
    def open_rows(self) -> list[StepForm]:
        """The steps there are and those typed just now; with none, one empty row."""
        written = [row for row in self.steps if not row.is_blank]
        return written or self.steps[:1]

    @property
    def spare_rows(self) -> list[StepForm]:
        shown = self.open_rows
        return [row for row in self.steps if row not in shown]

    def step_inputs(self) -> list[StepInput]:
        return [step for step in (form.step() for form in self.steps) if step]


def _key(value: Any) -> str:
    return str(value) if value else ""


def _rows_of(data: Mapping[str, Any] | None) -> int:
    text = str(data.get("rows", "")) if data else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def _unjudged(form: AnyForm) -> AnyForm:
    typed = {
        name: field.widget.value_from_datadict(form.data, {}, form.add_prefix(name))
        for name, field in form.fields.items()
    }
    return type(form)(initial=typed, prefix=form.prefix)


def step_values(step: Any) -> dict[str, Any]:
    """A stored step as the form shows it."""
    budget: Decimal | None = step.budget_baht
    return {
        "id": str(step.pk),
        "text": step.text,
        "item": step.item_id,
        "responsible": step.responsible,
        "due_on": step.due_on,
        "dimension": step.dimension,
        "nature": step.nature,
        "budget_baht": f"{budget:.0f}" if budget is not None and budget == budget.to_integral() else budget,
        "budget_source": step.budget_source,
        "done_on": step.done_on,
    }


class StepDoneForm(forms.Form):
    """When a step was done."""

    done_on = ThaiDateField(label=_("ทำเสร็จเมื่อวันที่"))


class PlanApprovalForm(forms.Form):
    """Waiting plans to put in force as of a day."""

    approved_on = ThaiDateField(label=_("อนุมัติวันที่"))
    plan = UUIDListField(label=_("แผนที่อนุมัติ"), error_messages={"required": _("ยังไม่ได้เลือกแผน")})


class PlanReturnForm(forms.Form):
    """What the author has to change."""

    note = forms.CharField(
        label=_("ขอให้แก้อะไร"),
        help_text=_("ผู้เขียนแผนจะเห็นข้อความนี้ในหน้าแผน"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("โปรดเขียนว่าให้แก้อะไร")},
    )
