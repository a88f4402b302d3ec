"""The form of a household plan: 4ท, a goal, and steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from povertyops.common.forms import ThaiDateField

from ..enums import HelpNature
from ..inputs import StepInput
from ..models import HelpMenuItem, HouseholdPlan, PlanStep
from .fields import ItemField, item_choices
from .four_t import FOUR_T, PICKS, own_words
from .together import FormsTogether

EMPTY_ROWS = 4


class PlanForm(forms.Form):
    """The 4ท analysis and the goal; ticks and words of one's own are stored together."""

    goal = forms.CharField(
        label=_("เป้าหมายของครัวเรือน"),
        help_text=_("คำพูดของครัวเรือนเอง เช่น มีรายได้จากการเลี้ยงไก่ พอส่งลูกเรียนจบ"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("โปรดเขียนเป้าหมายของครัวเรือน")},
    )
    agreed_on = ThaiDateField(label=_("วันที่ตกลงกับครัวเรือน"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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

    @property
    def four(self) -> list[dict[str, Any]]:
        """The four parts for the template: meaning, ticks and own words."""
        return [
            {
                "code": part,
                "label": label,
                "meaning": meaning,
                "ticks": self[part],
                "own": self[f"{part}_own"],
            }
            for part, (label, meaning) in FOUR_T.items()
        ]

    @property
    def four_t(self) -> dict[str, list[str]]:
        data = self.cleaned_data
        return {part: [*data[part], *_words(data[f"{part}_own"])] for part in FOUR_T}


def _words(text: str) -> list[str]:
    """What stands between commas."""
    return [word.strip() for word in text.split(",") if word.strip()]


class StepForm(forms.Form):
    """One step; a line without words is no step. `id` names a step of the plan before that lives on."""

    id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(label=_("สิ่งที่จะทำ"), max_length=300, required=False)
    nature = forms.ChoiceField(
        label=_("ลักษณะ"),
        choices=HelpNature.choices,
        initial=HelpNature.DEVELOPMENT,
        required=False,
    )
    item = ItemField(label=_("จากเมนูแก้จน"), required=False)
    due_on = ThaiDateField(label=_("ภายในวันที่"), required=False)

    def step(self, done_on: date | None) -> StepInput | None:
        data = self.cleaned_data
        if not data["text"].strip():
            return None
        return StepInput(
            text=data["text"].strip(),
            item_id=data["item"],
            nature=data["nature"] or HelpNature.DEVELOPMENT,
            due_on=data["due_on"],
            done_on=done_on,
            id=data["id"],
        )


class PlanPage(FormsTogether):
    """The plan and its steps."""

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        plan: HouseholdPlan | None,
        steps: Sequence[PlanStep],
        items: Iterable[HelpMenuItem],
        failing: int,
        today: date,
    ) -> None:
        self.form = PlanForm(data, initial=_values_of(plan, today))
        self.known = {step.pk: step for step in steps}
        rows = len(steps) + EMPTY_ROWS
        self.steps = [
            StepForm(
                data, prefix=f"step{row}", initial=_step_values(steps[row]) if row < len(steps) else None
            )
            for row in range(rows)
        ]
        choices = item_choices(items, failing, blank=_("ไม่ได้มาจากเมนู"))
        for step in self.steps:
            step.fields["item"].choices = choices  # type: ignore[attr-defined]
        self.parts = [self.form, *self.steps]

    @property
    def open_rows(self) -> list[StepForm]:
        """The steps there are, those typed just now, and one empty row."""
        return [row for row in self.steps if row not in self.spare_rows]

    @property
    def spare_rows(self) -> list[StepForm]:
        empty = [row for row in self.steps if not (row["text"].value() or row.errors)]
        return empty[1:]

    def step_inputs(self) -> list[StepInput]:
        return [step for step in (form.step(self._done_on(form)) for form in self.steps) if step]

    def _done_on(self, form: StepForm) -> date | None:
        known = self.known.get(form.cleaned_data["id"])
        return known.done_on if known else None


def _values_of(plan: HouseholdPlan | None, today: date) -> dict[str, Any]:
    values: dict[str, Any] = {"agreed_on": today}
    if plan is None:
        return values
    values["goal"] = plan.goal
    for part in FOUR_T:
        said = plan.four_t.get(part, [])
        values[part] = [value for value in said if value in PICKS[part]]
        values[f"{part}_own"] = ", ".join(own_words(part, said))
    return values


def _step_values(step: PlanStep) -> dict[str, Any]:
    return {
        "id": step.pk,
        "text": step.text,
        "nature": step.nature,
        "item": step.item_id,
        "due_on": step.due_on,
    }


class StepDoneForm(forms.Form):
    """When a step was done."""

    done_on = ThaiDateField(label=_("ทำเสร็จเมื่อวันที่"))
