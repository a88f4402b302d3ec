"""The filter panel of the list pages: the fields of `CohortFilterForm` with something to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from povertyops.common.forms import LongSelect

from ..filters import CohortFilterForm
from ..inputs import CohortFilters
from ..pages.listing import Names, area_choices

PANEL_ORDER = (
    "q",
    "area",
    "failing",
    "stage",
    "list",
    "team",
    "centre",
    "membership",
    "fiscal_year",
    "no_team",
    "overdue",
    "visited_90",
    "helped",
    "checked",
    "verified",
    "removed",
    "proposed",
    "care",
    "promised",
    "mentor_gone",
    "mentor_leaving",
)


class FilterPanel(CohortFilterForm):
    """Drawn as a GET form; what is not offered travels on as hidden fields."""

    def __init__(self, data: Mapping[str, Any], *, today: date) -> None:
        super().__init__(data, today=today)
        self.order_fields(PANEL_ORDER)
        self.fields["failing"].widget = forms.CheckboxSelectMultiple(choices=self.fields["failing"].choices)  # type: ignore[attr-defined]
        for name in ("relieved", "recovered"):
            self.fields[name].widget = forms.MultipleHiddenInput()
        for name in ("mentor", "not_seen_month", "lists"):
            self.fields[name].widget = forms.HiddenInput()

    def offer(self, names: Names, filters: CohortFilters) -> None:
        """Fill the choices; a field with nothing to choose from is hidden."""
        self._choose("area", area_choices(names, filters))
        self._choose("list", [("", _("ทุกบัญชี")), *names.kinds.items()])
        self._choose("team", [("", _("ทุกทีม")), *sorted(names.teams.items(), key=lambda team: team[1])])
        self._choose("centre", [("", _("ทุกศูนย์")), *names.centres.items()])
        self._choose("fiscal_year", [(year, year) for year in names.years])
        self.initial["fiscal_year"] = filters.fiscal_year

    def _choose(self, name: str, choices: list[Any]) -> None:
        widget = LongSelect(choices=choices) if len(choices) > 1 else forms.HiddenInput()
        self.fields[name].widget = widget
