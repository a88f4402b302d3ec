"""The table of one village: one finding per person, read from the rows that were changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from households.enums import VerificationStatus
from povertyops.common.forms import ThaiDateField

from ..inputs import FindingInput
from .together import FormsTogether

# The order of the number keys 1 to 7 in the table.
STATUSES = tuple(status for status in VerificationStatus if status != VerificationStatus.NOT_YET)
# As they stand on the buttons of a row; the full labels head the table.
SHORT_LABELS = {
    VerificationStatus.CORRECT: _("ถูกต้อง"),
    VerificationStatus.CORRECTED: _("แก้ไขแล้ว"),
    VerificationStatus.NOT_FOUND: _("ไม่พบตัว"),
    VerificationStatus.MOVED: _("ย้าย"),
    VerificationStatus.DIED: _("เสียชีวิต"),
    VerificationStatus.DECLINES: _("ไม่ประสงค์"),
    VerificationStatus.NOT_POOR: _("ไม่ยากจน"),
}


class PersonRowForm(forms.Form):
    """One person's row; an empty status leaves the person as it stands."""

    status = forms.ChoiceField(
        label=_("ผลการตรวจสอบ"),
        required=False,
        choices=[(status.value, SHORT_LABELS[status]) for status in STATUSES],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("หมายเหตุ"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "input", "placeholder": _("หมายเหตุ")}),
    )

    def finding(self, person_id: UUID) -> FindingInput | None:
        if not self.has_changed() or not self.cleaned_data["status"]:
            return None
        data = self.cleaned_data
        return FindingInput(person_id=person_id, status=data["status"], note=data["note"].strip())


class VillageForm(forms.Form):
    """The day on which the village was checked."""

    effective_on = ThaiDateField(label=_("วันที่ตรวจสอบ"))


class PickedForm(forms.Form):
    """One finding for the persons that are ticked."""

    status = forms.ChoiceField(
        label=_("ผลสำหรับคนที่เลือก"),
        required=False,
        choices=[("", _("เลือกผล")), *((status.value, status.label) for status in STATUSES)],
    )


@dataclass(frozen=True, slots=True)
class ForMany:
    """A finding for these persons; `only_unchecked` leaves alone who has one."""

    status: str
    persons: frozenset[UUID]
    only_unchecked: bool = True


class VillagePage(FormsTogether):
    """The whole table. `known` is person -> (status, note) as it stands."""

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        known: Mapping[UUID, tuple[str, str]],
        initial: dict[str, Any],
    ) -> None:
        self.form = VillageForm(data, initial=initial)
        self.picked = PickedForm(data, prefix="picked")
        self.rows = {
            person: PersonRowForm(data, prefix=str(person), initial={"status": _shown(status), "note": note})
            for person, (status, note) in known.items()
        }
        self.parts = [self.form, self.picked, *self.rows.values()]

    def findings(self, person_ids: Iterable[UUID], many: ForMany | None = None) -> list[FindingInput]:
        """What was changed among these persons, and what `many` says of those in it."""
        return [found for pk in person_ids if (found := self._finding(pk, many))]

    def _finding(self, person_id: UUID, many: ForMany | None) -> FindingInput | None:
        row = self.rows[person_id]
        typed = row.finding(person_id)
        if many is None or person_id not in many.persons:
            return typed
        note = row.cleaned_data["note"].strip()
        if not many.only_unchecked:
            return FindingInput(person_id=person_id, status=many.status, note=note)
        if typed is None and not row.cleaned_data["status"]:
            return FindingInput(person_id=person_id, status=many.status, note=note)
        return typed


def _shown(status: str) -> str:
    return "" if status == VerificationStatus.NOT_YET else status
