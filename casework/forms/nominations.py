"""Naming a household that no list knows, in steps; looking at it, deciding, appealing, the rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from households.enums import Sex
from povertyops.accounts.rules import is_phone, normal_phone
from povertyops.common import nid
from povertyops.common.forms import LongSelect, ThaiDateField
from povertyops.common.names import clean_text
from povertyops.common.thai import to_arabic_digits

from ..arrival import PHOTO_MAX_BYTES
from ..inputs import NominationCheck, NominationInput
from ..nomination_rules import ANOTHER_FAMILY, MOST_DAYS, PHOTOS_MOST
from ..pages.nominations import TABS
from ..queries.cohort import HOUSE_CODE_DIGITS
from .fields import Choices, ClientUUIDField
from .together import FormsTogether

MORE_PERSONS = 5
UNKNOWN_VILLAGE = 0
OLDEST = date(1880, 1, 1)
_MORE = ("title", "birth_date", "sex", "pin", "house_code", "phone")

# What a dimension means to somebody who stands in the house.
DIMENSION_WORDS = tuple(
    (dimension, format_lazy(words, dimension=dimension.label))
    for dimension, words in (
        (Dimension.HEALTH, _("{dimension}: เจ็บป่วย พิการ ติดเตียง")),
        (Dimension.LIVING, _("{dimension}: บ้านทรุดโทรม ไม่มีน้ำ ไฟ หรือส้วม")),
        (Dimension.EDUCATION, _("{dimension}: เด็กไม่ได้เรียน อ่านเขียนไม่ได้")),
        (Dimension.INCOME, _("{dimension}: ไม่มีงาน รายได้ไม่พอกิน มีหนี้")),
        (Dimension.ACCESS, _("{dimension}: ไม่ได้รับสิทธิหรือสวัสดิการ ไม่มีบัตร")),
    )
)
POOR, NOT_POOR = "1", "0"


class WordsField(forms.CharField):
    """One line of words, cleaned as names of the register are; nothing in it that cannot be kept."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")


class VillageField(forms.IntegerField):
    """The number of a village, 0 to 99, also in Thai digits."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        label = _("หมู่ที่หรือชุมชนที่")
        super().__init__(label=label, min_value=0, max_value=99, required=False, widget=widget, **kwargs)

    def to_python(self, value: Any) -> int | None:
        return super().to_python(to_arabic_digits(value) if isinstance(value, str) else value)


class PhoneField(WordsField):
    """A Thai number, kept as digits."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}))
        super().__init__(max_length=20, **kwargs)

    def clean(self, value: Any) -> str:
        phone = normal_phone(super().clean(value))
        if phone and not is_phone(phone):
            raise forms.ValidationError(_("หมายเลขโทรศัพท์ต้องขึ้นต้นด้วย 0 และมี 9 หรือ 10 หลัก"))
        return phone


class ManyPhotos(forms.FileInput):
    """Several pictures at once; a phone offers its camera."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if isinstance(files, MultiValueDict) else []


class PhotosField(forms.Field):
    """The bytes of at most `most` pictures; whether they are pictures is for the service to say."""

    def __init__(self, *, most: int, max_bytes: int, **kwargs: Any) -> None:
        attrs = {"accept": "image/jpeg,image/png,image/webp", "multiple": True}
        super().__init__(required=False, widget=ManyPhotos(attrs=attrs), **kwargs)
        self.most, self.max_bytes = most, max_bytes

    def clean(self, value: Sequence[UploadedFile] | None) -> tuple[bytes, ...]:
        files = list(value or ())
        if len(files) > self.most:
            raise forms.ValidationError(_("แนบภาพได้ไม่เกิน %(most)d ภาพ") % {"most": self.most})
        if any((upload.size or 0) > self.max_bytes for upload in files):
            most = self.max_bytes // 1024**2
            raise forms.ValidationError(_("ภาพใหญ่เกิน %(most)d เมกะไบต์ โปรดถ่ายใหม่หรือย่อภาพ") % {"most": most})
        return tuple(upload.read() for upload in files)


def hardships_field() -> forms.TypedMultipleChoiceField:
    """What is hard in a family, by the dimension under which it falls."""
    return forms.TypedMultipleChoiceField(
        label=_("ลำบากเรื่องใดบ้าง"),
        choices=[(dimension.value, words) for dimension, words in DIMENSION_WORDS],
        coerce=Dimension,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("โปรดเลือกอย่างน้อยหนึ่งเรื่อง")},
    )


def birth_field() -> ThaiDateField:
    return ThaiDateField(label=_("วันเกิด"), required=False)


def _not_in_future(day: date | None, today: date) -> date | None:
    if day is not None and not OLDEST <= day <= today:
        raise forms.ValidationError(_("วันเกิดอยู่ในอนาคตหรือนานเกินไป โปรดตรวจปีเกิด (พ.ศ.)"))
    return day


class PlaceForm(forms.Form):
    """Subdistrict, village and house."""

    subdistrict = forms.ChoiceField(label=_("ตำบล"), error_messages={"required": _("โปรดเลือกตำบล")})
    village = VillageField(help_text=_("เว้นว่างไว้ถ้ายังไม่ทราบ"))
    house_no = WordsField(label=_("บ้านเลขที่"), max_length=40)

    def __init__(self, *args: Any, subdistricts: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        single = _only_one(subdistricts)
        choices: list[Any] = list(subdistricts) if single else [("", _("เลือกตำบล")), *subdistricts]
        self.fields["subdistrict"].choices = choices  # type: ignore[attr-defined]
        self.fields["subdistrict"].widget = LongSelect(choices=choices)

    @property
    def area_code(self) -> str:
        return f"{self.cleaned_data['subdistrict']}{self.cleaned_data['village'] or UNKNOWN_VILLAGE:02d}"


def _only_one(subdistricts: Choices) -> bool:
    return sum(len(under) if isinstance(under, list) else 1 for _label, under in subdistricts) == 1


class FamilyForm(PlaceForm):
    """Step one: who and where, to see whether the register knows them."""

    id = ClientUUIDField()
    title = WordsField(label=_("คำนำหน้า"), max_length=40)
    first_name = WordsField(
        label=_("ชื่อหัวหน้าครัวเรือน"),
        max_length=80,
        required=True,
        error_messages={"required": _("โปรดใส่ชื่อหัวหน้าครัวเรือน")},
    )
    last_name = WordsField(label=_("นามสกุล"), max_length=80)
    birth_date = birth_field()
    sex = forms.ChoiceField(label=_("เพศ"), choices=Sex.choices, required=False, widget=forms.RadioSelect)
    pin = WordsField(
        label=_("เลขประจำตัวประชาชน"),
        max_length=30,
        help_text=_("เก็บเข้ารหัส ใช้ตรวจว่าซ้ำหรือไม่ ไม่มีก็ได้"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "data-draft-skip": ""}),
    )
    house_code = WordsField(label=_("รหัสประจำบ้าน"), max_length=20)
    phone = PhoneField(label=_("โทรศัพท์ของครัวเรือน"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_birth_date(self) -> date | None:
        return _not_in_future(self.cleaned_data["birth_date"], self.today)

    def clean_pin(self) -> str:
        pin = nid.clean_pin(self.cleaned_data["pin"])
        if pin and nid.why_bad(pin):
            raise forms.ValidationError(_("เลขประจำตัวประชาชนไม่ถูกต้อง โปรดตรวจกับบัตร"))
        return pin

    def clean_house_code(self) -> str:
        code = to_arabic_digits(self.cleaned_data["house_code"]).replace("-", "").replace(" ", "")
        if code and not (len(code) == 11 and code.isascii() and code.isdecimal()):
            raise forms.ValidationError(_("รหัสประจำบ้านมี 11 หลัก"))
        return code

    @property
    def head(self) -> dict[str, Any]:
        return _person(self.cleaned_data, relation=str(_("หัวหน้าครัวเรือน")), is_head=True)


def _person(data: Mapping[str, Any], *, relation: str, is_head: bool) -> dict[str, Any]:
    birth = data.get("birth_date")
    return {
        "title": data.get("title", ""),
        "first_name": data["first_name"],
        "last_name": data.get("last_name", ""),
        "birth_date": birth.isoformat() if birth else "",
        "sex": data.get("sex", ""),
        "relation": relation,
        "is_head": is_head,
    }


class MemberForm(forms.Form):
    """Somebody else of the family; a line left alone is nobody."""

    title = WordsField(label=_("คำนำหน้า"), max_length=40)
    first_name = WordsField(label=_("ชื่อ"), max_length=80)
    last_name = WordsField(label=_("นามสกุล"), max_length=80)
    relation = WordsField(label=_("เกี่ยวข้องเป็น"), max_length=60)
    birth_date = birth_field()
    sex = forms.ChoiceField(label=_("เพศ"), choices=Sex.choices, required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_birth_date(self) -> date | None:
        return _not_in_future(self.cleaned_data["birth_date"], self.today)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        said = any(data.get(name) for name in ("last_name", "relation", "birth_date", "sex", "title"))
        if said and not data.get("first_name"):
            self.add_error("first_name", _("โปรดใส่ชื่อ หรือลบข้อความในบรรทัดนี้"))
        return data

    @property
    def person(self) -> dict[str, Any] | None:
        data = self.cleaned_data
        return _person(data, relation=data["relation"], is_head=False) if data.get("first_name") else None


class WhyForm(forms.Form):
    """Why the family should be looked after, what is hard, pictures and the place."""

    dimensions = hardships_field()
    reason = forms.CharField(
        label=_("เล่าให้ผู้ตรวจฟัง"),
        help_text=_("ครอบครัวนี้ลำบากอย่างไร ทำไมจึงตกหล่น"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("โปรดเขียนว่าครอบครัวนี้ลำบากอย่างไร")},
    )
    photos = PhotosField(label=_("ภาพถ่าย"), most=PHOTOS_MOST, max_bytes=PHOTO_MAX_BYTES)
    latitude = forms.FloatField(
        label=_("ละติจูด"), required=False, min_value=-90, max_value=90, widget=forms.TextInput
    )
    longitude = forms.FloatField(
        label=_("ลองจิจูด"), required=False, min_value=-180, max_value=180, widget=forms.TextInput
    )
    accuracy_m = forms.FloatField(required=False, min_value=0, widget=forms.HiddenInput)


class NearForm(forms.Form):
    """What the nominator says of each near match in sight: why it is another family."""

    def __init__(self, *args: Any, households: Iterable[UUID], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for pk in households:
            self.fields[f"near_{pk.hex}"] = forms.ChoiceField(
                label=_("ไม่ใช่ครอบครัวนี้ เพราะ"),
                choices=ANOTHER_FAMILY,
                widget=forms.RadioSelect,
                error_messages={"required": _("โปรดบอกว่าเป็นคนละครอบครัวเพราะอะไร")},
            )

    @property
    def said(self) -> dict[UUID, str]:
        return {UUID(name.removeprefix("near_")): code for name, code in self.cleaned_data.items()}


class NominationPage(FormsTogether):
    """All steps of naming a household. Until it is saved, later steps are not judged."""

    def __init__(self, data: Any, files: Any, *, subdistricts: Choices, today: date, saving: bool) -> None:
        self._data, self._saving = data, saving
        self.family = FamilyForm(data, subdistricts=subdistricts, today=today)
        judged = data if saving else None
        self.why = WhyForm(judged, files if saving else None, initial=_typed(data, WhyForm))
        self.members = [
            MemberForm(judged, prefix=f"m{row}", initial=_typed(data, MemberForm, f"m{row}-"), today=today)
            for row in range(1, MORE_PERSONS + 1)
        ]
        self.near = NearForm(judged, households=())

    def ask_near(self, households: Iterable[UUID]) -> None:
        """Ask of these what makes them other families."""
        self.near = NearForm(self._data if self._saving else None, households=households)

    @property
    def parts(self) -> Sequence[forms.Form]:  # type: ignore[override]
        return (self.family, self.near, self.why, *self.members)

    @property
    def family_more_errors(self) -> bool:
        return any(name in self.family.errors for name in _MORE) if self.family.is_bound else False

    @property
    def members_errors(self) -> bool:
        return any(member.errors for member in self.members)

    @property
    def nomination(self) -> NominationInput:
        family, why = self.family.cleaned_data, self.why.cleaned_data
        others = [member.person for member in self.members]
        return NominationInput(
            id=family["id"],
            area_code=self.family.area_code,
            persons=(self.family.head, *(person for person in others if person)),
            reason=why["reason"],
            dimensions=Dimension.mask_of(why["dimensions"]),
            house_no=family["house_no"],
            house_code=family["house_code"],
            phone=family["phone"],
            pin=family["pin"],
            latitude=why["latitude"],
            longitude=why["longitude"],
            accuracy_m=why["accuracy_m"],
            near_said=self.near.said,
            photos=why["photos"],
        )


def _typed(data: Any, form: type[forms.Form], prefix: str = "") -> dict[str, Any]:
    """What was typed into a later step before it was its turn, unjudged."""
    if data is None:
        return {}
    many = {name for name, field in form.base_fields.items() if isinstance(field, forms.MultipleChoiceField)}
    return {
        name: (data.getlist if name in many else data.get)(prefix + name)
        for name in form.base_fields
        if prefix + name in data
    }


class CheckForm(forms.Form):
    """What the look on the spot found."""

    is_poor = forms.ChoiceField(
        label=_("ผลการตรวจ"),
        choices=[(POOR, _("ยากจนจริง ควรรับเข้าดูแล")), (NOT_POOR, _("ไม่เข้าเกณฑ์"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("โปรดเลือกผลการตรวจ")},
    )
    dimensions = forms.TypedMultipleChoiceField(
        label=_("มิติที่ตรวจพบ"),
        choices=[(dimension.value, words) for dimension, words in DIMENSION_WORDS],
        coerce=Dimension,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        label=_("พบอะไรที่บ้าน"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("โปรดเขียนว่าพบอะไรที่บ้าน")},
    )
    village = VillageField()
    photos = PhotosField(label=_("ภาพถ่าย"), most=PHOTOS_MOST, max_bytes=PHOTO_MAX_BYTES)

    @property
    def check(self) -> NominationCheck:
        data = self.cleaned_data
        return NominationCheck(
            is_poor=data["is_poor"] == POOR,
            dimensions=Dimension.mask_of(data["dimensions"]),
            note=data["note"],
            village=data["village"],
            photos=data["photos"],
        )


class FindInput(forms.TextInput):
    """Shows again what was looked for, unless it may be a national id."""

    def format_value(self, value: Any) -> str | None:
        typed = str(value or "")
        return None if sum(char.isdecimal() for char in typed) > HOUSE_CODE_DIGITS else typed


class FindForm(forms.Form):
    """What the register is searched for: a name, a house number, a house code or a national id."""

    find = forms.CharField(
        label=_("ค้นครัวเรือนในทะเบียน"),
        help_text=_("ชื่อ บ้านเลขที่ รหัสประจำบ้าน หรือเลขประจำตัวประชาชน พบเฉพาะครัวเรือนที่ท่านดูแล"),
        max_length=100,
        widget=FindInput(attrs={"autocomplete": "off", "enterkeyhint": "search", "data-draft-skip": ""}),
        error_messages={"required": _("โปรดใส่ชื่อ บ้านเลขที่ รหัสประจำบ้าน หรือเลขประจำตัวประชาชน")},
    )
    pin = ""

    def clean_find(self) -> str:
        typed: str = self.cleaned_data["find"]
        pin = nid.clean_pin(typed)
        if pin.isdecimal() and len(pin) > HOUSE_CODE_DIGITS:
            if nid.why_bad(pin):
                raise forms.ValidationError(_("เลขประจำตัวประชาชนนี้ไม่ถูกต้อง โปรดตรวจทีละหลัก"))
            self.pin = pin
            return ""
        return typed


class DecideForm(forms.Form):
    """Accept, refuse, or say which known household it is; always with a reason."""

    decision = forms.ChoiceField(
        label=_("การพิจารณา"),
        widget=forms.RadioSelect,
        error_messages={"required": _("โปรดเลือกการพิจารณา")},
    )
    household = forms.TypedChoiceField(
        label=_("ครัวเรือนที่มีอยู่แล้ว"), coerce=UUID, empty_value=None, required=False, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("เหตุผลของการพิจารณา"),
        help_text=_("ผู้เสนอจะได้อ่านข้อความนี้"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("โปรดเขียนเหตุผลของการพิจารณา")},
    )

    def __init__(self, *args: Any, decisions: Choices, households: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = list(decisions)  # type: ignore[attr-defined]
        self.offer(households)

    def offer(self, households: Choices) -> None:
        """The households to choose from."""
        self.fields["household"].choices = list(households)  # type: ignore[attr-defined]


class NoteForm(forms.Form):
    """A reason in words."""

    note = forms.CharField(
        label=_("เหตุผล"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("โปรดเขียนเหตุผล")},
    )


def _days_field(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=MOST_DAYS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": _("โปรดใส่จำนวนวัน"), "required": _("โปรดใส่จำนวนวัน")},
    )


class QueueForm(forms.Form):
    """The address of the queue; what is wrong in it counts as left out."""

    tab = forms.CharField(max_length=10, required=False)
    area = forms.RegexField(r"^\d{2,8}$", required=False)
    centre = forms.UUIDField(required=False)
    overdue = forms.BooleanField(required=False)

    @property
    def wanted(self) -> dict[str, Any]:
        data = self.cleaned_data
        tab = data.get("tab", "")
        return {
            "tab": tab if tab in TABS else "all",
            "area": data.get("area", ""),
            "centre": data.get("centre"),
            "overdue": bool(data.get("overdue")),
        }

    @property
    def kept(self) -> dict[str, str]:
        return {
            name: str(self.cleaned_data[name]) for name in ("area", "centre") if self.cleaned_data.get(name)
        }


class RuleForm(forms.Form):
    """How the province takes nominations."""

    is_public_open = forms.BooleanField(label=_("เปิดรับเรื่องจากประชาชน"), required=False)
    check_days = _days_field(_("ต้องลงตรวจภายในกี่วัน"))
    appeal_days = _days_field(_("ขอให้พิจารณาใหม่ได้ภายในกี่วัน"))
