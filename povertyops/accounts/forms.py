"""Forms of signing in, accounts, appointments and centres. They parse; the services judge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from povertyops.areas.enums import CentreKind, Extent
from povertyops.areas.models import Centre
from povertyops.areas.services import Cover
from povertyops.common.errors import DomainError
from povertyops.common.forms import ThaiDateField

from .enums import Role
from .services import AppointmentInput, PersonInput, covers_in

CODES_HELP = _("รหัส 6 หลักของตำบล หรือ 8 หลักของหมู่บ้าน คั่นด้วยเว้นวรรคหรือขึ้นบรรทัดใหม่")


def add_domain_error(form: forms.Form, error: DomainError) -> None:
    """Put a service's refusal at the field it speaks of, else above the form."""
    field = error.details.get("field")
    field = "full" if field == "coverage" else field
    form.add_error(field if field in form.fields else None, str(error))


class SignInForm(forms.Form):
    username = forms.CharField(label=_("ชื่อผู้ใช้หรือหมายเลขโทรศัพท์"), max_length=150)
    password = forms.CharField(
        label=_("รหัสผ่าน"), max_length=128, strip=False, widget=forms.PasswordInput(render_value=False)
    )


class LanguageForm(forms.Form):
    """`next` is the page that was read; empty on pages kept by a phone."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)
    next = forms.CharField(required=False)


class PasswordForm(forms.Form):
    old = forms.CharField(label=_("รหัสผ่านเดิม"), max_length=128, strip=False, widget=forms.PasswordInput)
    new = forms.CharField(
        label=_("รหัสผ่านใหม่"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput,
        help_text=_("อย่างน้อย 10 ตัว ไม่ใช่ตัวเลขล้วน และไม่ใช่คำที่เดาง่าย"),
    )
    again = forms.CharField(
        label=_("รหัสผ่านใหม่อีกครั้ง"), max_length=128, strip=False, widget=forms.PasswordInput
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", _("รหัสผ่านใหม่สองช่องไม่ตรงกัน"))
        return data


class PersonForm(forms.Form):
    username = forms.CharField(
        label=_("ชื่อผู้ใช้"), max_length=60, help_text=_("อักษรอังกฤษ ตัวเลข จุด ขีด เช่น somchai.j")
    )
    title = forms.CharField(label=_("คำนำหน้า"), max_length=40, required=False)
    first_name = forms.CharField(label=_("ชื่อ"), max_length=120)
    last_name = forms.CharField(label=_("นามสกุล"), max_length=120, required=False)
    phone = forms.CharField(
        label=_("โทรศัพท์"), max_length=20, required=False, help_text=_("ใช้เข้าระบบแทนชื่อผู้ใช้ได้")
    )

    def person(self) -> PersonInput:
        data = self.cleaned_data
        keys = ("username", "first_name", "last_name", "title", "phone")
        return PersonInput(**{key: data[key] for key in keys})


class AppointmentFields(forms.Form):
    """The appointment of a known person."""

    role = forms.TypedChoiceField(label=_("บทบาท"), coerce=Role)
    centre = forms.TypedChoiceField(label=_("ศูนย์หรือทีม"), coerce=UUID)
    order_number = forms.CharField(label=_("คำสั่งเลขที่"), max_length=60)
    valid_from = ThaiDateField(label=_("ตั้งแต่วันที่"))
    valid_to = ThaiDateField(label=_("ถึงวันที่"), required=False, help_text=_("เว้นว่างถ้าไม่มีกำหนด"))

    def __init__(self, *args: Any, roles: Iterable[Role], centres: Sequence[Centre], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[tuple[str, str]]] = {}
        for centre in centres:
            where = f" · {centre.parent.name}" if centre.parent and centre.kind in _TEAMS else ""
            kind = str(CentreKind(centre.kind).label)
            choices.setdefault(kind, []).append((str(centre.pk), f"{centre.name}{where}"))
        # Grouped by kind; the first choice is none, so that nobody is appointed by oversight.
        self.fields["centre"].choices = [("", _("เลือกศูนย์หรือทีม")), *choices.items()]  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", _("เลือกบทบาท")), *((r, r.label) for r in roles)]  # type: ignore[attr-defined]

    def appointment(self) -> AppointmentInput | None:
        data = self.cleaned_data
        if not data.get("role"):
            return None
        return AppointmentInput(
            role=data["role"],
            centre_id=data["centre"],
            order_number=data["order_number"],
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
        )


_TEAMS = (CentreKind.SUBDISTRICT_TEAM, CentreKind.MENTOR_TEAM)


class NewUserForm(PersonForm, AppointmentFields):
    """A new account with its first appointment."""


class NewAccountForm(NewUserForm):
    """The administrator may make an account whose appointment follows later."""

    field_order = (*PersonForm.base_fields, *AppointmentFields.base_fields)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in AppointmentFields.base_fields:
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = [name for name in ("role", "centre", "order_number", "valid_from") if data.get(name)]
        if given and len(given) < 4:
            self.add_error(None, _("ใส่คำสั่งแต่งตั้งให้ครบ หรือเว้นว่างทั้งหมด"))
        return data


class AppointmentForm(AppointmentFields):
    """The appointment of a person who has an account, found by user name or phone number."""

    username = forms.CharField(
        label=_("ชื่อผู้ใช้หรือหมายเลขโทรศัพท์"),
        max_length=150,
        help_text=_("ของผู้ที่มีบัญชีแล้ว ผู้ที่ยังไม่มีให้เพิ่มที่หน้าผู้ใช้"),
    )
    field_order = ("username", "role", "centre", "order_number", "valid_from", "valid_to")


class EndForm(forms.Form):
    """The last day of an appointment; empty takes it back at once."""

    last_day = ThaiDateField(label=_("วันสุดท้าย"), required=False)


class OrderForm(forms.Form):
    """An appointment order as a file."""

    order_number = forms.CharField(label=_("คำสั่งเลขที่"), max_length=60)
    file = forms.FileField(label=_("ไฟล์ CSV"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))


class FileForm(forms.Form):
    file = forms.FileField(label=_("ไฟล์ CSV"), widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))


class ApplyForm(forms.Form):
    """The file that was looked at, sent again to be applied."""

    order_number = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    text = forms.CharField(widget=forms.HiddenInput, strip=False, max_length=1_000_000)


class UserFilter(forms.Form):
    q = forms.CharField(
        label=_("ค้นหา"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"placeholder": _("ชื่อ ชื่อผู้ใช้ หรือโทรศัพท์")}),
    )
    role = forms.ChoiceField(label=_("บทบาท"), required=False)
    province = forms.ChoiceField(label=_("จังหวัด"), required=False)
    state = forms.ChoiceField(
        label=_("สถานะ"),
        required=False,
        choices=[
            ("", _("ทั้งหมด")),
            ("valid", _("มีคำสั่งที่มีผล")),
            ("none", _("ไม่มีคำสั่งที่มีผล")),
            ("closed", _("บัญชีที่ปิด")),
        ],
    )

    def __init__(self, *args: Any, provinces: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("ทุกบทบาท")), *Role.choices]  # type: ignore[attr-defined]
        if provinces:
            self.fields["province"].choices = [("", _("ทุกจังหวัด")), *provinces]  # type: ignore[attr-defined]
        else:
            del self.fields["province"]


class AppointmentFilter(UserFilter):
    """The same filters for orders; their states are those of an order."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [  # type: ignore[attr-defined]
            ("", _("ทั้งหมด")),
            ("valid", _("มีผลวันนี้")),
            ("soon", _("จะสิ้นสุดใน 30 วัน")),
            ("over", _("สิ้นสุดแล้ว")),
        ]


class CentreForm(forms.Form):
    """A municipal centre or a subdistrict team and what it covers."""

    name = forms.CharField(label=_("ชื่อศูนย์หรือทีม"), max_length=160)
    parent = forms.TypedChoiceField(label=_("สังกัด"), coerce=UUID)
    full = forms.CharField(
        label=_("รับผิดชอบทั้งพื้นที่"),
        help_text=CODES_HELP,
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "inputmode": "numeric"}),
    )
    part = forms.CharField(
        label=_("รับผิดชอบบางส่วน"),
        help_text=_("ครัวเรือนในตำบลที่รับผิดชอบบางส่วนยังเป็นของอำเภอ จนกว่าจะใส่รหัสหมู่บ้านไว้ในช่องบน"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2, "inputmode": "numeric"}),
    )
    registrar_code = forms.CharField(
        label=_("รหัสสำนักทะเบียน"),
        required=False,
        max_length=4,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, parents: Sequence[Centre] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if parents is None:
            del self.fields["parent"]
        else:
            choices = [(str(centre.pk), centre.name) for centre in parents]
            self.fields["parent"].choices = [("", _("เลือกศูนย์")), *choices]  # type: ignore[attr-defined]

    def coverage(self) -> tuple[Cover, ...]:
        data = self.cleaned_data
        return (*covers_in(data["full"], Extent.FULL), *covers_in(data["part"], Extent.PART))


class CentreChangeForm(CentreForm):
    is_active = forms.BooleanField(
        label=_("ใช้งานอยู่"), required=False, help_text=_("ปิดเมื่อยุบศูนย์หรือทีม ประวัติยังอยู่ครบ")
    )
