"""What a member of the public may say: little, bounded, and nothing that asks the register anything."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.core import signing
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from povertyops.common.ids import uuid7

from ..inputs import NominationInput
from ..nomination_rules import PUBLIC_PHOTO_MAX_BYTES, PUBLIC_PHOTOS_MOST
from ..services.nominations.telling import Contact
from .nominations import PhoneField, PhotosField, PlaceForm, WordsField, hardships_field

_SALT = "nominate"
_LONGEST_OPEN = timedelta(days=1)


def new_ticket() -> str:
    """A signed id and moment: a form is sent once, not at once, and not days later."""
    return signing.dumps({"id": str(uuid7()), "at": timezone.now().timestamp()}, salt=_SALT)


class PublicNominationForm(PlaceForm):
    """A family that somebody outside reports, and whom to call back."""

    ticket = forms.CharField(max_length=300, widget=forms.HiddenInput)
    # Nobody sees it; what fills every field fills it, too.
    website = forms.CharField(max_length=200, required=False)
    first_name = WordsField(
        label=_("ชื่อคนในบ้าน"),
        max_length=80,
        required=True,
        error_messages={"required": _("โปรดใส่ชื่อคนในบ้าน หรือชื่อที่เพื่อนบ้านเรียก")},
    )
    last_name = WordsField(label=_("นามสกุล"), max_length=80)
    dimensions = hardships_field()
    reason = forms.CharField(
        label=_("เล่าสั้น ๆ ว่าลำบากอย่างไร"),
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("โปรดเขียนว่าครอบครัวนี้ลำบากอย่างไร")},
    )
    photos = PhotosField(label=_("ภาพถ่าย"), most=PUBLIC_PHOTOS_MOST, max_bytes=PUBLIC_PHOTO_MAX_BYTES)
    contact_name = WordsField(
        label=_("ชื่อผู้แจ้ง"), max_length=60, required=True, error_messages={"required": _("โปรดใส่ชื่อผู้แจ้ง")}
    )
    contact_phone = PhoneField(
        label=_("โทรศัพท์ผู้แจ้ง"), required=True, error_messages={"required": _("โปรดใส่โทรศัพท์ที่ติดต่อได้")}
    )

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("ส่งไม่สำเร็จ โปรดเปิดแบบใหม่แล้วลองอีกครั้ง"))
        return ""

    def clean_ticket(self) -> UUID:
        """The id under which this form is stored, if a person may have filled it in since it was opened."""
        again = _("แบบนี้เปิดไว้นานเกินไปหรือส่งเร็วเกินไป โปรดตรวจข้อความแล้วส่งอีกครั้ง")
        try:
            told = signing.loads(self.cleaned_data["ticket"], salt=_SALT, max_age=_LONGEST_OPEN)
        except signing.BadSignature:
            raise forms.ValidationError(again) from None
        if timezone.now().timestamp() - told["at"] < settings.PUBLIC_NOMINATIONS["least_seconds"]:
            raise forms.ValidationError(again)
        return UUID(told["id"])

    @property
    def nomination(self) -> NominationInput:
        data = self.cleaned_data
        head: dict[str, Any] = {
            "title": "",
            "first_name": data["first_name"],
            "last_name": data["last_name"],
            "birth_date": "",
            "sex": "",
            "relation": "",
            "is_head": True,
        }
        return NominationInput(
            id=data["ticket"],
            area_code=self.area_code,
            persons=(head,),
            reason=data["reason"],
            dimensions=Dimension.mask_of(data["dimensions"]),
            house_no=data["house_no"],
            photos=data["photos"],
        )

    @property
    def contact(self) -> Contact:
        return Contact(self.cleaned_data["contact_name"], self.cleaned_data["contact_phone"])


class TrackForm(forms.Form):
    """The number that came with a report."""

    number = forms.CharField(
        label=_("เลขติดตาม"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("โปรดใส่เลขติดตาม")},
    )
