"""Values of one field that contradict each other, side by side with who and when."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from households.enums import CorrectionState, Sex
from households.models import Correction, Household, Person
from households.queries import waiting_corrections
from households.rules import MEMBER_ADD, MEMBER_LEAVE
from povertyops.accounts.actor import Actor
from povertyops.common.thai import format_thai_date

SHOWN = 100

FIELD_LABELS: dict[str, Promise | str] = {
    "phone": _("โทรศัพท์ของครัวเรือน"),
    "house_no": _("บ้านเลขที่"),
    "place": _("พิกัดบ้าน"),
    "title": _("คำนำหน้า"),
    "first_name": _("ชื่อ"),
    "last_name": _("นามสกุล"),
    "birth_date": _("วันเกิด"),
    "sex": _("เพศ"),
    "occupation": _("อาชีพ"),
    MEMBER_ADD: _("เพิ่มสมาชิก"),
    MEMBER_LEAVE: _("สมาชิกออกจากครัวเรือน"),
}
LEAVING_LABELS = {"moved": _("ย้ายออก"), "died": _("เสียชีวิต"), "other": _("ออกด้วยเหตุอื่น")}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the values. `correction_id` is None for the value in use."""

    value: str
    who: str
    typed_at: datetime | None
    arrived_at: datetime | None
    correction_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class FactConflict:
    """A field with the value in use and those that wait."""

    household: Household
    person: Person | None
    label: Promise | str
    any_id: UUID
    current: Side
    rivals: list[Side] = field(default_factory=list)


def fact_conflicts(actor: Actor, household_id: UUID | None = None) -> list[FactConflict]:
    """What waits for a choice, the oldest first; at most a hundred values."""
    rows = waiting_corrections(actor).select_related("household", "person", "recorded_by")
    if household_id is not None:
        rows = rows.filter(household=household_id)
    waiting = sorted(rows[:SHOWN], key=_key)
    newest = _values_in_use(waiting)
    conflicts = [_conflict(list(group), newest.get(_slot(key))) for key, group in groupby(waiting, key=_key)]
    return sorted(conflicts, key=lambda found: min(str(side.arrived_at) for side in found.rivals))


def fact_history(household_id: UUID, limit: int = 50) -> list[tuple[Promise | str, Correction, str, str]]:
    """(label, correction, value, value before) of all that was set by hand, the newest first."""
    rows = (
        Correction.objects.filter(household=household_id, field__in=FIELD_LABELS)
        .select_related("person", "recorded_by", "settled_by")
        .order_by("-recorded_at", "-pk")[:limit]
    )
    return [
        (FIELD_LABELS[row.field], row, said(row.field, row.value), said(row.field, row.previous))
        for row in rows
    ]


def said(name: str, value: str) -> str:
    """A stored value as a person reads it."""
    if not value:
        return gettext("ไม่มี")
    if name == "birth_date":
        return format_thai_date(date.fromisoformat(value), "long")
    if name == "sex":
        return str(Sex(value).label)
    if name == MEMBER_ADD:
        member = json.loads(value)
        return f"{member['title']}{member['first_name']} {member['last_name']}".strip()
    if name == MEMBER_LEAVE:
        return str(LEAVING_LABELS[json.loads(value)["why"]])
    return value


def _key(row: Correction) -> tuple[str, str, str]:
    return str(row.household_id), str(row.person_id or ""), row.field


def _slot(key: tuple[str, str, str]) -> tuple[str, str, str]:
    return key


def _values_in_use(waiting: Iterable[Correction]) -> dict[tuple[str, str, str], Correction]:
    rows = (
        Correction.objects.filter(
            household_id__in={row.household_id for row in waiting},
            state=CorrectionState.APPLIED,
            version__gt=0,
        )
        .select_related("recorded_by")
        .order_by("version")
    )
    return {_key(row): row for row in rows}


def _conflict(rivals: list[Correction], in_use: Correction | None) -> FactConflict:
    first = rivals[0]
    return FactConflict(
        household=first.household,
        person=first.person,
        label=FIELD_LABELS[first.field],
        any_id=first.pk,
        current=_current(first, in_use),
        rivals=[_side(row, row.pk) for row in rivals],
    )


def _current(first: Correction, in_use: Correction | None) -> Side:
    if in_use is None:
        return Side(said(first.field, first.previous), gettext("ตามบัญชีเป้าหมาย"), None, None)
    return _side(in_use, None)


def _side(row: Correction, correction_id: UUID | None) -> Side:
    who = row.recorded_by.display_name if row.recorded_by else gettext("ระบบ")
    return Side(said(row.field, row.value), who, row.made_at, row.recorded_at, correction_id)
