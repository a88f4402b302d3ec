"""The re-assessment as one long form: every question, what the family chooses, what it does itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dimensions.enums import AnswerValue, Dimension
from povertyops.common.forms import ThaiDateField

from ..enums import SkipReason
from ..inputs import PriorityInput, VisitInput
from ..pages.assessment import Question
from ..validators import LONGEST_REASON, MOST_PRIORITIES
from .fields import ClientUUIDField
from .together import FormsTogether


class AssessmentForm(forms.Form):
    """When it was, and what stands beside the answers."""

    id = ClientUUIDField()
    visited_on = ThaiDateField(label=_("วันที่ประเมิน"))
    visited_time = forms.TimeField(
        label=_("เวลา"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("เวลาต้องเป็น ชั่วโมง:นาที เช่น 09:30"), "required": _("โปรดใส่เวลา")},
    )
    family_contribution = forms.CharField(
        label=_("ครัวเรือนจะลงแรงหรือทำอะไรเอง"),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    @property
    def visited_at(self) -> datetime:
        data = self.cleaned_data
        return timezone.make_aware(datetime.combine(data["visited_on"], data["visited_time"]))


class QuestionForm(forms.Form):
    """One indicator: an answer, or why it was passed over; left alone it was not asked."""

    answer = forms.ChoiceField(choices=AnswerValue.choices, required=False, widget=forms.RadioSelect)
    skip = forms.ChoiceField(
        label=_("ข้ามข้อนี้ เพราะ"), required=False, choices=[("", _("ไม่ได้ข้าม")), *SkipReason.choices]
    )

    def __init__(self, data: Mapping[str, Any] | None, *, question: Question) -> None:
        super().__init__(data, prefix=f"q{question.number}")
        self.question = question
        self.fields["answer"].label = f"{question.number}. {question.heading}"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("answer") and data.get("skip"):
            self.add_error("skip", _("ตอบแล้ว จึงไม่ต้องข้าม เลือกอย่างใดอย่างหนึ่ง"))
        return data


class PriorityForm(forms.Form):
    """One thing the family wants to work on first."""

    indicator = forms.TypedChoiceField(
        label=_("เรื่องที่ครัวเรือนเลือก"), coerce=int, empty_value=None, required=False
    )
    reason = forms.CharField(label=_("เพราะอะไร"), max_length=LONGEST_REASON, required=False)

    def __init__(self, data: Mapping[str, Any] | None, *, rank: int, questions: Sequence[Question]) -> None:
        super().__init__(data, prefix=f"priority{rank}")
        self.rank = rank
        self.near = {question.number: question.near for question in questions if question.near}
        choices = [(q.number, f"{q.number}. {q.name}") for q in questions if q.near]
        self.fields["indicator"].choices = [("", _("ยังไม่เลือก")), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("reason") and not data.get("indicator"):
            self.add_error("indicator", _("โปรดเลือกเรื่อง หรือลบเหตุผลในบรรทัดนี้"))
        return data

    @property
    def chosen(self) -> tuple[int, Dimension, str] | None:
        number = self.cleaned_data["indicator"]
        near = self.near.get(number)
        return (number, near, self.cleaned_data["reason"].strip()) if near else None


class AssessmentPage(FormsTogether):
    """All forms of the page; together they give one visit."""

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        initial: dict[str, Any],
        quick: Sequence[Question],
        rest: Sequence[Question],
    ) -> None:
        self.form = AssessmentForm(data, initial=initial)
        self.quick = [QuestionForm(data, question=question) for question in quick]
        self.rest = [QuestionForm(data, question=question) for question in rest]
        asked = [*quick, *rest]
        ranks = range(1, MOST_PRIORITIES + 1)
        self.priorities = [PriorityForm(data, rank=rank, questions=asked) for rank in ranks]
        self.parts = [self.form, *self.questions, *self.priorities]

    @property
    def questions(self) -> list[QuestionForm]:
        return [*self.quick, *self.rest]

    def is_valid(self) -> bool:
        if not super().is_valid():
            return False
        if not self.answers and not self.skipped:
            self.form.add_error(None, _("ยังไม่ได้ตอบข้อใดเลย โปรดตอบหรือข้ามอย่างน้อยหนึ่งข้อ"))
        chosen = [form.chosen[0] for form in self.priorities if form.chosen]
        if len(set(chosen)) != len(chosen):
            self.form.add_error(None, _("เลือกเรื่องเดียวกันซ้ำ โปรดเลือกเรื่องละหนึ่งลำดับ"))
        return not self.form.errors

    @property
    def answers(self) -> dict[int, str]:
        return self._given("answer")

    @property
    def skipped(self) -> dict[int, str]:
        return self._given("skip")

    def _given(self, name: str) -> dict[int, str]:
        given = {form.question.number: form.cleaned_data[name] for form in self.questions}
        return {number: value for number, value in given.items() if value}

    def visit(self, household_id: UUID, *, survey_year: int) -> VisitInput:
        """The clean visit; it is full when every question was answered or passed over."""
        answers, skipped = self.answers, self.skipped
        chosen = [form.chosen for form in self.priorities if form.chosen]
        return VisitInput(
            id=self.form.cleaned_data["id"],
            household_id=household_id,
            visited_at=self.form.visited_at,
            answers=answers,
            skipped=skipped,
            survey_year=survey_year,
            is_full=all(form.question.number in answers.keys() | skipped.keys() for form in self.questions),
            priorities=tuple(
                PriorityInput(rank=rank, dimension=near, indicator=number, reason=reason)
                for rank, (number, near, reason) in enumerate(chosen, start=1)
            ),
            family_contribution=self.form.cleaned_data["family_contribution"].strip(),
        )
