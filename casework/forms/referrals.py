"""Forms of referrals: send one, answer it, and the offices they go to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from povertyops.common.forms import ThaiDateField

from ..enums import ReferralStatus
from ..inputs import HelpInput
from ..models import HelpMenuItem, Office
from ..services.offices import ANSWER_DAYS, FINISH_DAYS, LONGEST_DAYS, OfficeInput
from ..services.referrals import LONGEST_SUBJECT, LONGEST_TEXT, ReferralInput
from .fields import BahtField, ClientUUIDField, ItemField, item_choices


def office_choices(offices: Sequence[Office]) -> list[tuple[str, str]]:
    """Offices with the dimensions they lead."""
    return [("", gettext("เลือกหน่วยงาน")), *((str(one.pk), _office_label(one)) for one in offices)]


def _office_label(office: Office) -> str:
    led = " ".join(str(dimension.label) for dimension in Dimension.from_mask(office.centre.leads))
    if not led:
        return office.centre.name
    return gettext("%(office)s (เจ้าภาพมิติ%(dimensions)s)") % {"office": office.centre.name, "dimensions": led}


class ReferralForm(forms.Form):
    """A need handed to an office; `offices` are those of the province, `failing` a mask."""

    id = ClientUUIDField()
    dimension = forms.TypedChoiceField(
        label=_("มิติที่ต้องการความช่วยเหลือ"),
        choices=Dimension.choices,
        coerce=Dimension,
        widget=forms.RadioSelect,
        error_messages={"required": _("โปรดเลือกมิติ")},
    )
    office = forms.TypedChoiceField(
        label=_("ส่งถึงหน่วยงาน"),
        coerce=UUID,
        help_text=_("หน่วยงานเจ้าภาพของมิติเห็นเรื่องนี้ด้วย แม้ส่งถึงหน่วยงานอื่น"),
        error_messages={
            "required": _("โปรดเลือกหน่วยงาน"),
            "invalid_choice": _("ไม่พบหน่วยงานนี้ในจังหวัด โปรดเลือกจากรายการ"),
        },
    )
    subject = forms.CharField(
        label=_("ขอให้ช่วยเรื่อง"),
        max_length=LONGEST_SUBJECT,
        error_messages={"required": _("โปรดเขียนว่าขอให้ช่วยเรื่องอะไร")},
    )
    item = ItemField(label=_("รายการในเมนูแก้จน"), required=False)
    detail = forms.CharField(
        label=_("รายละเอียด"),
        max_length=LONGEST_TEXT,
        required=False,
        help_text=_("สภาพปัญหา สิ่งที่ทำไปแล้ว ผู้ติดต่อในพื้นที่"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(
        self,
        *args: Any,
        offices: Sequence[Office],
        items: Iterable[HelpMenuItem],
        failing: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].choices = office_choices(offices)  # type: ignore[attr-defined]
        self.fields["item"].choices = item_choices(items, failing, _("ไม่ระบุ"))  # type: ignore[attr-defined]

    def referral(self, household_id: UUID, resends: UUID | None) -> ReferralInput:
        data = self.cleaned_data
        return ReferralInput(
            id=data["id"],
            household_id=household_id,
            office_id=data["office"],
            dimension=data["dimension"],
            subject=data["subject"],
            detail=data["detail"],
            item_id=data["item"],
            resends=resends,
        )


class AnswerForm(forms.Form):
    """One step of a referral; whether its note may be empty is for the rules to say."""

    move = forms.TypedChoiceField(choices=ReferralStatus.choices, coerce=ReferralStatus)
    note = forms.CharField(
        max_length=LONGEST_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 2}), label=_("ข้อความ")
    )


class FinishForm(forms.Form):
    """What the office has done; with an item of the menu the help is recorded in its name."""

    note = forms.CharField(
        label=_("ดำเนินการอะไรแล้ว"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3})
    )
    id = ClientUUIDField()
    item = ItemField(
        label=_("ความช่วยเหลือที่ให้"),
        required=False,
        help_text=_("เลือกเมื่อให้ความช่วยเหลือแก่ครัวเรือน ระบบจะบันทึกในชื่อหน่วยงานของท่าน"),
    )
    given_on = ThaiDateField(label=_("วันที่ให้"), required=False)
    amount_baht = BahtField()
    letter_number = forms.CharField(label=_("หนังสือเลขที่"), max_length=80, required=False)

    def __init__(
        self, *args: Any, items: Iterable[HelpMenuItem], dimension: Dimension, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        blank = _("ไม่ได้ให้ความช่วยเหลือโดยตรง")
        self.fields["item"].choices = item_choices(items, dimension.bit, blank)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("item") and not data.get("given_on") and "given_on" not in self.errors:
            self.add_error("given_on", _("โปรดใส่วันที่ให้ความช่วยเหลือ"))
        return data

    def help(self, household_id: UUID) -> HelpInput | None:
        data = self.cleaned_data
        if not data["item"]:
            return None
        return HelpInput(
            id=data["id"],
            household_id=household_id,
            item_id=data["item"],
            given_on=data["given_on"],
            amount_baht=data["amount_baht"],
            detail=data["note"].strip()[:500],
            letter_number=data["letter_number"].strip(),
        )


class OfficeForm(forms.Form):
    """An office of the province."""

    name = forms.CharField(label=_("ชื่อหน่วยงาน"), max_length=160)
    leads = forms.TypedMultipleChoiceField(
        label=_("เป็นเจ้าภาพมิติ"),
        choices=Dimension.choices,
        coerce=Dimension,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("เห็นทุกครัวเรือนที่ตกเกณฑ์ในมิตินั้น และกำกับเรื่องที่ส่งถึงหน่วยงานอื่น เว้นว่างถ้าไม่ได้เป็นเจ้าภาพ"),
    )
    agency_name = forms.CharField(
        label=_("ให้ความช่วยเหลือในชื่อ"),
        max_length=160,
        required=False,
        help_text=_("เว้นว่างถ้าใช้ชื่อหน่วยงาน"),
        widget=forms.TextInput(attrs={"list": "agencies", "autocomplete": "off"}),
    )
    answer_days = forms.IntegerField(
        label=_("รับเรื่องภายใน"), min_value=1, max_value=LONGEST_DAYS, initial=ANSWER_DAYS
    )
    finish_days = forms.IntegerField(
        label=_("ดำเนินการให้เสร็จภายใน"), min_value=1, max_value=LONGEST_DAYS, initial=FINISH_DAYS
    )
    phone = forms.CharField(
        label=_("โทรศัพท์"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    is_active = forms.BooleanField(
        label=_("ใช้งานอยู่"), required=False, initial=True, help_text=_("ปิดเมื่อยุบหน่วยงาน เรื่องที่ค้างต้องส่งใหม่")
    )

    def office(self) -> OfficeInput:
        data = self.cleaned_data
        return OfficeInput(**{**data, "leads": tuple(data["leads"])})
