"""Forms of meetings: the meeting itself, its agenda, attendance, resolutions, stories and spot checks."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext_lazy as _

from povertyops.common.forms import ThaiDateField

from ..enums import AgendaKind, CheckResult, Presence, ResolutionState
from ..models import AgendaItem, MeetingStory
from ..queries import list_names
from ..services.meetings import AgendaDraft, Attendee, MeetingDraft, ResolutionDraft, StoryDraft

MORE_SEATS = 4
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HOUSE_CODE = re.compile(r"\d{11}")


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class MeetingForm(forms.Form):
    """Number, day, place and chair, and which lists it is about."""

    number = forms.IntegerField(
        label=_("ครั้งที่"), min_value=1, max_value=99, error_messages={"required": _("โปรดใส่ครั้งที่")}
    )
    year = forms.IntegerField(label=_("ปี พ.ศ."), error_messages={"required": _("โปรดใส่ปี พ.ศ.")})
    held_on = ThaiDateField(label=_("วันประชุม"))
    starts_at = forms.TimeField(
        label=_("เวลา"),
        required=False,
        input_formats=["%H:%M", "%H.%M"],
        widget=forms.TimeInput(format="%H:%M", attrs={"inputmode": "numeric", "placeholder": "09:30"}),
        error_messages={"invalid": _("เวลาต้องเป็น ชั่วโมง:นาที เช่น 09:30")},
    )
    fiscal_year = forms.IntegerField(
        label=_("ปีงบประมาณของตัวเลข"), error_messages={"required": _("โปรดใส่ปีงบประมาณ")}
    )
    list_kind = forms.ChoiceField(
        label=_("บัญชี"),
        help_text=_("ตัวเลขในเอกสาร การสุ่มตรวจ และการเยี่ยมที่ส่งช้าจะนับเฉพาะบัญชีที่เลือก"),
        required=False,
    )
    place = forms.CharField(label=_("สถานที่"), max_length=200, required=False)
    chair = forms.CharField(label=_("ประธาน"), max_length=160, required=False)
    notes = forms.CharField(label=_("บันทึกประกอบ"), max_length=4000, required=False, widget=_lines(3))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("ทุกบัญชี")), *list_names().items()]
        self.fields["list_kind"].choices = choices  # type: ignore[attr-defined]

    def draft(self) -> MeetingDraft:
        return MeetingDraft(**self.cleaned_data)


class NotesForm(forms.Form):
    """What may still be written of a meeting whose pack is made."""

    notes = forms.CharField(label=_("บันทึกประกอบ"), max_length=4000, required=False, widget=_lines(6))


class AgendaForm(forms.Form):
    kind = forms.ChoiceField(label=_("วาระ"), choices=AgendaKind)
    title = forms.CharField(label=_("เรื่อง"), max_length=300, error_messages={"required": _("โปรดใส่ชื่อเรื่อง")})
    detail = forms.CharField(label=_("รายละเอียด"), max_length=4000, required=False, widget=_lines(4))
    presenter = forms.CharField(label=_("ผู้เสนอ"), max_length=160, required=False)

    def draft(self) -> AgendaDraft:
        return AgendaDraft(**self.cleaned_data)


class AttendeeForm(forms.Form):
    """One line of the attendance; a line without a name is left out."""

    name = forms.CharField(label=_("ชื่อ"), max_length=160, required=False)
    office = forms.CharField(label=_("ตำแหน่งหรือหน่วยงาน"), max_length=200, required=False)
    presence = forms.ChoiceField(
        label=_("การมาประชุม"), choices=Presence, initial=Presence.PRESENT, required=False
    )
    replaced_by = forms.CharField(label=_("ผู้แทน"), max_length=160, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_named = bool(data.get("name", "").strip())
        if is_named and data.get("presence") == Presence.REPLACED and not data.get("replaced_by", "").strip():
            self.add_error("replaced_by", _("โปรดใส่ชื่อผู้แทน"))
        if not is_named and (data.get("office") or data.get("replaced_by")):
            self.add_error("name", _("โปรดใส่ชื่อผู้เข้าประชุม"))
        return data

    def attendee(self) -> Attendee | None:
        data = self.cleaned_data
        if not data.get("name", "").strip():
            return None
        return Attendee(
            data["name"], data["office"], data["presence"] or Presence.PRESENT.value, data["replaced_by"]
        )


AttendanceForms = formset_factory(AttendeeForm, extra=MORE_SEATS, max_num=300, absolute_max=320)


def attendees_of(seats: BaseFormSet[AttendeeForm]) -> list[Attendee]:
    """The lines that have a name, in their order."""
    found = (form.attendee() for form in seats.forms)
    return [attendee for attendee in found if attendee is not None]


class ResolutionForm(forms.Form):
    text = forms.CharField(
        label=_("มติ"), max_length=1000, widget=_lines(3), error_messages={"required": _("โปรดเขียนมติ")}
    )
    owner = forms.CharField(
        label=_("ผู้รับผิดชอบ"), max_length=200, error_messages={"required": _("โปรดใส่ผู้รับผิดชอบ")}
    )
    due_on = ThaiDateField(label=_("ภายในวันที่"), required=False)
    agenda = forms.ChoiceField(label=_("วาระ"), required=False)

    def __init__(self, *args: Any, items: list[AgendaItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("ไม่ระบุ")), *((str(item.pk), item.title) for item in items)]
        self.fields["agenda"].choices = choices  # type: ignore[attr-defined]

    def draft(self) -> ResolutionDraft:
        data = self.cleaned_data
        agenda = UUID(data["agenda"]) if data["agenda"] else None
        return ResolutionDraft(data["text"], data["owner"], data["due_on"], agenda)


class ResolutionNoteForm(forms.Form):
    """What was reported, and whether the follow-up ends."""

    text = forms.CharField(
        label=_("ผลการดำเนินการ"),
        max_length=2000,
        widget=_lines(3),
        error_messages={"required": _("โปรดเขียนผลการดำเนินการ")},
    )
    state = forms.ChoiceField(
        label=_("สถานะ"), choices=ResolutionState, widget=forms.RadioSelect, initial=ResolutionState.OPEN
    )
    meeting = forms.ChoiceField(label=_("รายงานต่อการประชุม"), required=False)

    def __init__(self, *args: Any, meetings: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("นอกการประชุม")), *meetings]
        self.fields["meeting"].choices = choices  # type: ignore[attr-defined]

    @property
    def meeting_id(self) -> UUID | None:
        chosen = self.cleaned_data["meeting"]
        return UUID(chosen) if chosen else None


class StoryForm(forms.Form):
    """A family's story; `household` is a house code, or the address of the household's page."""

    household = forms.CharField(
        label=_("ครัวเรือน"),
        help_text=_("รหัสประจำบ้าน 11 หลัก หรือที่อยู่ (ลิงก์) ของหน้าครัวเรือน"),
        max_length=300,
        error_messages={"required": _("โปรดบอกว่าเป็นครัวเรือนใด")},
    )
    title = forms.CharField(
        label=_("หัวเรื่อง"),
        help_text=_("ไม่ต้องใส่ชื่อจริงของครอบครัว"),
        max_length=200,
        error_messages={"required": _("โปรดใส่หัวเรื่อง")},
    )
    text = forms.CharField(
        label=_("เรื่อง"),
        help_text=_("ตามถ้อยคำที่ครอบครัวอ่านแล้วยินยอม"),
        max_length=3000,
        widget=_lines(7),
        error_messages={"required": _("โปรดเขียนเรื่องตามถ้อยคำที่ครอบครัวยินยอม")},
    )
    consent_by = forms.CharField(
        label=_("ผู้ให้ความยินยอม"),
        max_length=160,
        error_messages={"required": _("ลงเรื่องของครอบครัวโดยไม่มีความยินยอมไม่ได้ โปรดใส่ชื่อผู้ให้ความยินยอม")},
    )
    consent_on = ThaiDateField(
        label=_("วันที่ให้ความยินยอม"), error_messages={"required": _("โปรดใส่วันที่ครอบครัวให้ความยินยอม")}
    )

    def __init__(self, *args: Any, story: MeetingStory | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if story is not None:
            del self.fields["household"]

    def household_hint(self) -> tuple[UUID | None, str]:
        """(id of the household, house code); one of them is there, if what was typed is readable."""
        typed = self.cleaned_data["household"]
        link, code = _UUID.search(typed), _HOUSE_CODE.search(re.sub(r"\D", "", typed))
        return (UUID(link.group()), "") if link else (None, code.group() if code else "")

    def draft(self, household_id: UUID) -> StoryDraft:
        data = self.cleaned_data
        return StoryDraft(household_id, data["title"], data["text"], data["consent_by"], data["consent_on"])


class SpotCheckForm(forms.Form):
    """What was found at the house."""

    result = forms.ChoiceField(
        label=_("ผลการตรวจ"),
        choices=[choice for choice in CheckResult.choices if choice[0] != CheckResult.PENDING],
        widget=forms.RadioSelect,
        error_messages={"required": _("โปรดเลือกผลการตรวจ")},
    )
    note = forms.CharField(
        label=_("สิ่งที่พบ"),
        help_text=_("ต้องเขียนเมื่อผลไม่ตรงหรือไม่พบครัวเรือน"),
        max_length=1000,
        required=False,
        widget=_lines(3),
    )
    checked_on = ThaiDateField(label=_("วันที่ตรวจ"))


class FreezeForm(forms.Form):
    as_of = ThaiDateField(
        label=_("ข้อมูล ณ วันที่"),
        help_text=_("เว้นว่างไว้เพื่อใช้ตัวเลขล่าสุด ใส่วันที่ผ่านมาเพื่อใช้ตัวเลขที่รู้ ณ สิ้นวันนั้น"),
        required=False,
    )


class PackForm(forms.Form):
    thai_digits = forms.ChoiceField(
        label=_("ตัวเลขในเอกสาร"),
        choices=[("0", _("อารบิก 0-9")), ("1", _("เลขไทย ๐-๙"))],
        widget=forms.RadioSelect,
        initial="0",
    )
