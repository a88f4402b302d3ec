"""The table of one village: one finding per person, read from the rows that were changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.forms.formsets import all_valid
from django.utils.translation import gettext_lazy as _

from households.enums import VerificationStatus
from povertyops.common.forms import ThaiDateField

from ..inputs import FindingInput

# The order of the number keys 1 to 7 in the table.
STATUSES = tuple(status for status in VerificationStatus if status != VerificationStatus.NOT_YET)


class PersonRowForm(forms.Form):
    """One person's row; an empty status leaves the person as it stands."""

    status = forms.ChoiceField(
        label=_("ผลการตรวจสอบ"),
        required=False,
        choices=[("", _("ยังไม่ตรวจ")), *((status.value, status.label) for status in STATUSES)],
    )
    note = forms.CharField(
        label=_("หมายเหตุ"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def finding(self, person_id: UUID) -> FindingInput | None:
        if not self.has_changed() or not self.cleaned_data["status"]:
            return None
        data = self.cleaned_data
        return FindingInput(person_id=person_id, status=data["status"], note=data["note"].strip())


class VillageForm(forms.Form):
    """The day on which the village was checked."""

    effective_on = ThaiDateField(label=_("วันที่ตรวจสอบ"))


class VillagePage:
    """The whole table, bound and judged as one. `known` is person -> (status, note) as it stands."""

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        known: Mapping[UUID, tuple[str, str]],
        initial: dict[str, Any],
    ) -> None:
        self.form = VillageForm(data, initial=initial)
        self.rows = {
            person: PersonRowForm(data, prefix=str(person), initial={"status": _shown(status), "note": note})
            for person, (status, note) in known.items()
        }

    def is_valid(self) -> bool:
        return all_valid([self.form, *self.rows.values()])

    def findings(self, person_ids: Iterable[UUID]) -> list[FindingInput]:
        """What was changed among these persons."""
        return [found for pk in person_ids if (found := self.rows[pk].finding(pk))]


def _shown(status: str) -> str:
    return "" if status == VerificationStatus.NOT_YET else status
