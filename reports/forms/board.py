"""The days a board is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from povertyops.common.forms import ThaiDateField


class DaysForm(forms.Form):
    """A past day to look at, and another day to compare it with; typed in พ.ศ., sent by GET."""

    as_of = ThaiDateField(label=_("ดูข้อมูล ณ วันที่"), required=False)
    compare = ThaiDateField(label=_("เปรียบเทียบกับวันที่"), required=False)

    @classmethod
    def of(cls, query: Mapping[str, Any], as_of: date | None, compare: date | None) -> DaysForm:
        """The days of a board; one that is no day comes back with what is wrong about it."""
        days = {name: query.get(name, "") for name in cls.base_fields}
        typed = cls(days)
        return cls(initial={"as_of": as_of, "compare": compare}) if typed.is_valid() else typed
