"""Forms for help without a visit: to one household, and the same to many under one letter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from povertyops.common.forms import ThaiDateField

from ..enums import HelpStatus
from ..inputs import HelpInput
from ..models import HelpMenuItem
from ..pages.suggestions import Suggestion
from .fields import HELP_STATUSES, BahtField, ClientUUIDField, ItemField, agency_field, item_choices


class HelpForm(forms.Form):
    """Help given or promised to one household."""

    id = ClientUUIDField()
    item = ItemField()
    status = forms.ChoiceField(
        label=_("ส่งมอบแล้วหรือรับปากไว้"),
        choices=HELP_STATUSES,
        initial=HelpStatus.DELIVERED,
        widget=forms.RadioSelect,
    )
    agency_name = agency_field()
    given_on = ThaiDateField(label=_("วันที่"))
    amount_baht = BahtField()
    detail = forms.CharField(label=_("รายละเอียด"), max_length=500, required=False)
    letter_number = forms.CharField(label=_("หนังสือเลขที่"), max_length=80, required=False)

    def __init__(
        self,
        *args: Any,
        items: Iterable[HelpMenuItem],
        failing: int,
        suggestions: Sequence[Suggestion] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = item_choices(items, failing, suggestions=suggestions)
        self.fields["item"].choices = choices  # type: ignore[attr-defined]

    def help(self, household_id: UUID, fulfils: UUID | None = None) -> HelpInput:
        data = self.cleaned_data
        return HelpInput(
            id=data["id"],
            household_id=household_id,
            item_id=data["item"],
            agency_name=data["agency_name"].strip(),
            given_on=data["given_on"],
            amount_baht=data["amount_baht"],
            detail=data["detail"].strip(),
            status=data["status"],
            letter_number=data["letter_number"].strip(),
            fulfils=fulfils,
        )


class DeliverForm(forms.Form):
    """A promise that was kept: when, and what came in the end."""

    id = ClientUUIDField()
    given_on = ThaiDateField(label=_("ส่งมอบเมื่อวันที่"))
    amount_baht = BahtField()
    detail = forms.CharField(label=_("รายละเอียด"), max_length=500, required=False)


class HelpBatchForm(forms.Form):
    """The same help for many households under one letter; who they are stands beside the form."""

    batch_id = ClientUUIDField()
    item = ItemField()
    agency_name = agency_field()
    amount_baht = BahtField(label=_("มูลค่าต่อครัวเรือน"))
    given_on = ThaiDateField(label=_("วันที่ส่งมอบ"))
    letter_number = forms.CharField(
        label=_("หนังสือเลขที่"),
        max_length=80,
        error_messages={"required": _("การช่วยเหลือเป็นชุดต้องมีเลขที่หนังสือ")},
    )
    detail = forms.CharField(label=_("รายละเอียด"), max_length=500, required=False)
    allow_repeat = forms.BooleanField(label=_("บันทึกให้ทุกครัวเรือน รวมถึงที่น่าจะได้รับรายการนี้แล้ว"), required=False)

    def __init__(self, *args: Any, items: Iterable[HelpMenuItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].choices = item_choices(items, 0)  # type: ignore[attr-defined]


class AmendHelpForm(HelpForm):
    """A help as it should have been written, and why it is changed."""

    reason = forms.CharField(
        label=_("เหตุผลที่แก้ไข"),
        max_length=500,
        error_messages={"required": _("โปรดบอกเหตุผลที่แก้ไข")},
    )
