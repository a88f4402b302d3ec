"""The filter of the TPMAP queue, and the records ticked in it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from povertyops.common.forms import LongSelect

from ..queries.tpmap import HELP, VISIT, TpmapFilters
from .fields import Choices


class TpmapFilterForm(forms.Form):
    """Drawn as a GET form above the queue."""

    area = forms.CharField(
        label=_("พื้นที่"),
        required=False,
        validators=[RegexValidator(r"^(\d{2}|\d{4}|\d{6}|\d{8})$", _("รหัสพื้นที่มี 2, 4, 6 หรือ 8 หลัก"))],
        widget=LongSelect,
    )
    kind = forms.ChoiceField(
        label=_("ประเภท"),
        choices=[("", _("การเยี่ยมและความช่วยเหลือ")), (VISIT, _("การเยี่ยม")), (HELP, _("ความช่วยเหลือ"))],
        required=False,
        widget=LongSelect,
    )
    agency = forms.UUIDField(label=_("หน่วยงานที่ช่วยเหลือ"), required=False, widget=LongSelect)

    def offer(self, areas: Choices, agencies: Choices) -> None:
        self.fields["area"].widget.choices = areas
        self.fields["agency"].widget.choices = [("", _("ทุกหน่วยงาน")), *agencies]

    @property
    def filters(self) -> TpmapFilters:
        """A field that was wrong counts as left out."""
        self.is_valid()
        data = self.cleaned_data
        return TpmapFilters(
            area=data.get("area", ""), kind=data.get("kind", ""), agency=data.get("agency") or None
        )


class RecordsField(forms.Field):
    """Records as "visit:<id>" and "help:<id>"; cleans to the ids of each kind."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"invalid": _("รายการที่เลือกไม่ถูกต้อง โปรดโหลดหน้านี้ใหม่แล้วเลือกอีกครั้ง")}

    def to_python(self, value: Any) -> dict[str, list[UUID]]:
        found: dict[str, list[UUID]] = {VISIT: [], HELP: []}
        try:
            for each in value or ():
                kind, _colon, key = str(each).partition(":")
                found[kind].append(UUID(key))
        except (KeyError, ValueError):
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        return found


class RecordsForm(forms.Form):
    """Which records to mark, and where to go after."""

    record = RecordsField(error_messages={"required": _("ยังไม่ได้เลือกรายการ")})
    next = forms.CharField(required=False)

    @property
    def visit_ids(self) -> list[UUID]:
        return list(self.cleaned_data["record"][VISIT])

    @property
    def help_ids(self) -> list[UUID]:
        return list(self.cleaned_data["record"][HELP])
