"""Fields and choices that several forms of the work share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Dimension
from povertyops.common.ids import uuid7
from povertyops.common.thai import to_arabic_digits

from ..enums import HelpNature, HelpStatus
from ..models import HelpMenuItem
from ..pages.suggestions import Suggestion

# The usual answer stands first.
HELP_STATUSES = [(status.value, status.label) for status in (HelpStatus.DELIVERED, HelpStatus.PROMISED)]
Choices = Sequence[tuple[Any, Any]]


class ClientUUIDInput(forms.HiddenInput):
    """An empty hidden input that a script fills once per draft, and a key of the server's beside it.

    The script keeps its key with the draft, so that sending again after a reload is still one record;
    without a script the server's key does the same for sending twice.
    """

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        field = super().render(name, value, {**(attrs or {}), "data-client-uuid": ""}, renderer)
        if value:
            return field
        return format_html('{}<input type="hidden" name="{}_spare" value="{}">', field, name, uuid7())

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name) or data.get(f"{name}_spare")


class ClientUUIDField(forms.UUIDField):
    """The key of the record this form makes, chosen before it is sent."""

    widget = ClientUUIDInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> UUID:
        return super().clean(value) or uuid7()


class UUIDListField(forms.Field):
    """Keys ticked in a list, each once; whether they may be used is for access to say."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"invalid": _("รายการที่เลือกไม่ถูกต้อง โปรดโหลดหน้านี้ใหม่แล้วเลือกอีกครั้ง")}

    def to_python(self, value: Any) -> list[UUID]:
        try:
            return list(dict.fromkeys(UUID(each) for each in value or ()))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class BahtField(forms.DecimalField):
    """An amount as people write it: 3,000 or ๓๐๐๐."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {"invalid": _("จำนวนเงินต้องเป็นตัวเลข เช่น 3,000")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("มูลค่า"))
        super().__init__(min_value=0, max_digits=12, decimal_places=2, required=False, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str):
            value = to_arabic_digits(value).replace(",", "").replace(" ", "")
        return super().to_python(value)

    def clean(self, value: Any) -> Decimal:
        return super().clean(value) or Decimal(0)


def item_choices(
    items: Iterable[HelpMenuItem],
    failing: int,
    blank: str | Promise = "",
    suggestions: Sequence[Suggestion] = (),
) -> list[Any]:
    """The help menu: what fits this household with the reason, then the rest by dimension, what it fails in
    first. `failing` is a mask."""
    fitting = [(str(each.item.pk), f"{_item_label(each.item)} — {each.why}") for each in suggestions]
    first = [(gettext("เหมาะกับครัวเรือนนี้"), fitting)] if fitting else []
    offered = {each.item.pk for each in suggestions}
    grouped: dict[Dimension, list[tuple[str, str]]] = {}
    for item in items:
        if item.pk not in offered:
            grouped.setdefault(Dimension(item.dimension), []).append((str(item.pk), _item_label(item)))
    order = sorted(Dimension, key=lambda dimension: not failing & dimension.bit)
    groups = [
        (_group_label(dimension, failing, bool(fitting)), grouped[dimension])
        for dimension in order
        if dimension in grouped
    ]
    return [("", blank or _("เลือกรายการช่วยเหลือ")), *first, *groups]


def _item_label(item: HelpMenuItem) -> str:
    return f"{item.name} · {HelpNature(item.nature).label}"


def _group_label(dimension: Dimension, failing: int, is_rest: bool) -> str:
    if is_rest:
        return gettext("อื่น ๆ · %(dimension)s") % {"dimension": dimension.label}
    if failing & dimension.bit:
        return gettext("%(dimension)s (ครัวเรือนตกเกณฑ์)") % {"dimension": dimension.label}
    return str(dimension.label)


class ItemField(forms.TypedChoiceField):
    """One item of the help menu, by its id. `offer` gives it the items of a province."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("รายการช่วยเหลือ"))
        super().__init__(coerce=UUID, empty_value=None, **kwargs)

    default_error_messages = {
        "invalid_choice": _("ไม่มีรายการนี้ในเมนูแก้จนของจังหวัด โปรดเลือกจากรายการ"),
        "required": _("โปรดเลือกรายการช่วยเหลือ"),
    }


def agency_field(**kwargs: Any) -> forms.CharField:
    """Who gives the help, typed freely; known names are offered by the datalist `agencies`."""
    return forms.CharField(
        label=_("หน่วยงานที่ช่วยเหลือ"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"list": "agencies", "autocomplete": "off"}),
        **kwargs,
    )
