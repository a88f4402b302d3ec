"""Visits of which two versions came under one UUID, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.models import Household
from povertyops.accounts.actor import Actor
from povertyops.common.thai import format_thai_date, format_thai_datetime

from ..access import visible_conflicts
from ..enums import VisitOutcome
from ..models import Visit, VisitConflict

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in both versions; `differs` marks what to look at."""

    label: Promise | str
    kept: str
    other: str

    @property
    def differs(self) -> bool:
        return self.kept != self.other


@dataclass(frozen=True, slots=True)
class ConflictCard:
    conflict: VisitConflict
    visit: Visit | None
    household: Household | None
    fields: list[Difference]


def open_conflicts(actor: Actor) -> list[ConflictCard]:
    """The ones nobody has settled, the oldest first."""
    rows = list(
        visible_conflicts(actor)
        .filter(settled_at=None)
        .select_related("user")
        .order_by("recorded_at", "pk")[:SHOWN]
    )
    visits = Visit.objects.select_related("household", "recorded_by").in_bulk({row.visit_id for row in rows})
    households = Household.objects.in_bulk({row.household_id for row in rows if row.household_id})
    return [
        _card(row, visits.get(row.visit_id), households.get(row.household_id) if row.household_id else None)
        for row in rows
    ]


def _card(row: VisitConflict, visit: Visit | None, household: Household | None) -> ConflictCard:
    return ConflictCard(row, visit, household, list(_fields(visit, row.body)) if visit else [])


def _fields(visit: Visit, body: Mapping[str, Any]) -> Iterator[Difference]:
    moment = _moment(body.get("visited_at"))
    yield Difference(_("เยี่ยมเมื่อ"), format_thai_datetime(visit.visited_at), format_thai_datetime(moment))
    yield Difference(_("ผล"), _outcome(visit.outcome), _outcome(body.get("outcome", "")))
    yield Difference(_("บันทึก"), visit.note, str(body.get("note", "")))
    following = _day(body.get("next_visit_on"))
    yield Difference(
        _("นัดครั้งต่อไป"), format_thai_date(visit.next_visit_on, "short"), format_thai_date(following, "short")
    )
    yield Difference(_("ความช่วยเหลือ"), str(visit.helps.count()), str(len(body.get("helps", []))))


def _outcome(code: str) -> str:
    return str(VisitOutcome(code).label) if code in VisitOutcome.values else code


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
