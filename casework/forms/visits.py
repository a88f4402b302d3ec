"""The visit form: what happened, what help, when next; the rest is folded below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dimensions.enums import AnswerValue, Dimension
from households.enums import VerificationStatus
from povertyops.common.forms import ThaiDateField

from ..enums import HelpStatus, VisitOutcome
from ..inputs import FindingInput, HelpInput, VisitInput
from ..models import Help, HelpMenuItem, Visit
from ..pages.suggestions import Suggestion
from .fields import HELP_STATUSES, BahtField, ClientUUIDField, ItemField, agency_field, item_choices
from .together import FormsTogether

HELP_ROWS = 3


class VisitForm(forms.Form):
    """When and how the visit went; sent twice it is one visit, for nothing in it depends on the clock."""

    id = ClientUUIDField()
    outcome = forms.ChoiceField(
        label=_("พบครัวเรือนหรือไม่"),
        choices=VisitOutcome.choices,
        initial=VisitOutcome.MET,
        widget=forms.RadioSelect,
        error_messages={"required": _("โปรดเลือกว่าพบครัวเรือนหรือไม่")},
    )
    note = forms.CharField(
        label=_("บันทึกการเยี่ยม"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": _("เห็นอะไร คุยอะไร ครัวเรือนต้องการอะไร")}),
    )
    next_visit_on = ThaiDateField(label=_("นัดครั้งต่อไป"), required=False)
    visited_on = ThaiDateField(label=_("วันที่เยี่ยม"))
    visited_time = forms.TimeField(
        label=_("เวลา"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={
            "invalid": _("เวลาต้องเป็น ชั่วโมง:นาที เช่น 09:30"),
            "required": _("โปรดใส่เวลา"),
        },
    )
    notice_read = forms.BooleanField(label=_("อ่านประกาศให้ครัวเรือนฟังแล้ว"), required=False)
    latitude = forms.FloatField(
        label=_("ละติจูด"), required=False, min_value=-90, max_value=90, widget=forms.TextInput
    )
    longitude = forms.FloatField(
        label=_("ลองจิจูด"), required=False, min_value=-180, max_value=180, widget=forms.TextInput
    )
    accuracy_m = forms.FloatField(required=False, min_value=0, widget=forms.HiddenInput)

    @property
    def visited_at(self) -> datetime:
        data = self.cleaned_data
        return timezone.make_aware(datetime.combine(data["visited_on"], data["visited_time"]))

    def visit(self, household_id: UUID, notice_version: str, **more: Any) -> VisitInput:
        """The clean visit; `more` are the parts that other forms of the page hold."""
        data = self.cleaned_data
        return VisitInput(
            id=data["id"],
            household_id=household_id,
            visited_at=self.visited_at,
            outcome=data["outcome"],
            note=data["note"],
            next_visit_on=data["next_visit_on"],
            notice_version=notice_version if data["notice_read"] else "",
            latitude=data["latitude"],
            longitude=data["longitude"],
            accuracy_m=data["accuracy_m"],
            **more,
        )


def first_values(now: datetime) -> dict[str, Any]:
    """What a fresh visit form starts with."""
    local = timezone.localtime(now)
    return {"visited_on": local.date(), "visited_time": local.time().replace(second=0, microsecond=0)}


def values_of(visit: Visit) -> dict[str, Any]:
    """What the correction of a visit starts with: the visit as it stands, under a key of its own."""
    moment = timezone.localtime(visit.visited_at)
    return {
        "visited_on": moment.date(),
        "visited_time": moment.time().replace(microsecond=0),
        "outcome": visit.outcome,
        "note": visit.note,
        "next_visit_on": visit.next_visit_on,
        "notice_read": bool(visit.notice_version),
        "latitude": visit.latitude,
        "longitude": visit.longitude,
        "accuracy_m": visit.accuracy_m,
    }


class HelpLineForm(forms.Form):
    """One help given or promised at the visit; an untouched line is no help."""

    item = ItemField(required=False)
    status = forms.ChoiceField(
        label=_("ส่งมอบแล้วหรือรับปากไว้"),
        choices=HELP_STATUSES,
        initial=HelpStatus.DELIVERED,
        required=False,
        widget=forms.RadioSelect,
    )
    agency_name = agency_field()
    amount_baht = BahtField()
    detail = forms.CharField(label=_("รายละเอียด"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("item") and (
            data.get("agency_name") or data.get("amount_baht") or data.get("detail")
        ):
            self.add_error("item", _("โปรดเลือกรายการช่วยเหลือ หรือลบข้อความในบรรทัดนี้"))
        return data

    def help(self, visit_id: UUID, given_on: date) -> HelpInput | None:
        """The help under a key that follows from the visit and the line."""
        data = self.cleaned_data
        if not data["item"]:
            return None
        return HelpInput(
            id=uuid5(visit_id, str(self.prefix)),
            item_id=data["item"],
            given_on=given_on,
            agency_name=data["agency_name"].strip(),
            amount_baht=data["amount_baht"],
            detail=data["detail"].strip(),
            status=data["status"] or HelpStatus.DELIVERED,
        )


class KeptPromisesForm(forms.Form):
    """Help promised earlier that was delivered by now."""

    kept = forms.TypedMultipleChoiceField(
        label=_("ที่รับปากไว้ ส่งมอบแล้ววันนี้"),
        coerce=UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("รายการที่รับปากไว้นี้ส่งมอบไปแล้วหรือถูกยกเลิก")},
    )

    def __init__(self, *args: Any, promises: Sequence[Help], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.promises = {promise.pk: promise for promise in promises}
        self.fields["kept"].choices = [  # type: ignore[attr-defined]
            (str(promise.pk), promise_label(promise)) for promise in promises
        ]

    def helps(self, visit_id: UUID, given_on: date) -> list[HelpInput]:
        """A delivered help for each promise kept, under a key that follows from visit and promise."""
        return [
            HelpInput(
                id=uuid5(visit_id, str(promise.pk)),
                item_id=promise.item_id,
                given_on=given_on,
                agency_name=promise.agency.name if promise.agency else "",
                amount_baht=promise.amount_baht,
                detail=promise.detail,
                fulfils=promise.pk,
            )
            for promise in (self.promises[pk] for pk in self.cleaned_data["kept"])
        ]


def promise_label(promise: Help) -> str:
    agency = f" · {promise.agency.name}" if promise.agency else ""
    return f"{promise.item.name}{agency}"


class PersonFindingForm(forms.Form):
    """What the check of one person found; left alone it says nothing."""

    status = forms.ChoiceField(
        label=_("ผลการตรวจสอบ"),
        required=False,
        choices=[("", _("ไม่เปลี่ยน")), *VerificationStatus.choices[1:]],
    )
    note = forms.CharField(label=_("หมายเหตุ"), max_length=500, required=False)

    def finding(self, person_id: UUID) -> FindingInput | None:
        data = self.cleaned_data
        if not data["status"]:
            return None
        return FindingInput(person_id=person_id, status=data["status"], note=data["note"].strip())


class AnswersForm(forms.Form):
    """Indicators answered again. `questions` are (number, text) pairs; the failed ones come first."""

    def __init__(self, *args: Any, questions: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, text in questions:
            self.fields[f"indicator_{number}"] = forms.ChoiceField(
                label=text, choices=AnswerValue.choices, required=False, widget=forms.RadioSelect
            )

    def field_of(self, number: int) -> BoundField:
        return self[f"indicator_{number}"]

    @property
    def answers(self) -> dict[int, str]:
        prefix = "indicator_"
        return {int(name[len(prefix) :]): value for name, value in self.cleaned_data.items() if value}


class SelfSolvedForm(forms.Form):
    """Dimensions that the family solved by itself; only what it fails in is offered."""

    self_solved = forms.TypedMultipleChoiceField(
        label=_("ครัวเรือนแก้ปัญหาได้เอง"),
        coerce=Dimension,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, failing: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["self_solved"].choices = [  # type: ignore[attr-defined]
            (dimension.value, dimension.label) for dimension in Dimension.from_mask(failing)
        ]


class VisitPage(FormsTogether):
    """All forms of the visit page."""

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        initial: dict[str, Any],
        items: Iterable[HelpMenuItem],
        failing: int,
        suggestions: Sequence[Suggestion] = (),
        promises: Sequence[Help],
        person_ids: Sequence[UUID],
        questions: Sequence[tuple[int, str]],
    ) -> None:
        self.form = VisitForm(data, initial=initial)
        self.lines = [HelpLineForm(data, prefix=f"help{row}") for row in range(HELP_ROWS)]
        choices = item_choices(items, failing, suggestions=suggestions)
        for line in self.lines:
            line.fields["item"].choices = choices  # type: ignore[attr-defined]
        self.promises = KeptPromisesForm(data, promises=promises)
        self.findings = {pk: PersonFindingForm(data, prefix=f"person-{pk}") for pk in person_ids}
        self.answers = AnswersForm(data, questions=questions)
        self.solved = SelfSolvedForm(data, failing=failing)
        self.parts = [
            self.form,
            self.promises,
            *self.lines,
            *self.findings.values(),
            self.answers,
            self.solved,
        ]

    def visit(self, household_id: UUID, *, notice_version: str, survey_year: int | None) -> VisitInput:
        given_on = self.form.cleaned_data["visited_on"]
        answers = self.answers.answers
        return self.form.visit(
            household_id,
            notice_version,
            helps=tuple(self._helps(given_on)),
            verifications=tuple(self._findings()),
            answers=answers,
            survey_year=survey_year if answers else None,
            self_solved=tuple(self.solved.cleaned_data["self_solved"]),
        )

    def _helps(self, given_on: date) -> Iterator[HelpInput]:
        visit_id = self.form.cleaned_data["id"]
        yield from self.promises.helps(visit_id, given_on)
        yield from filter(None, (line.help(visit_id, given_on) for line in self.lines))

    def _findings(self) -> Iterator[FindingInput]:
        yield from filter(None, (form.finding(person) for person, form in self.findings.items()))


class VoidForm(forms.Form):
    """Why a recorded visit or help is taken back."""

    id = ClientUUIDField()
    note = forms.CharField(
        label=_("เหตุผลที่ยกเลิก"),
        max_length=500,
        error_messages={"required": _("โปรดบอกเหตุผลที่ยกเลิก")},
    )
