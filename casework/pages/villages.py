"""Field checks by village: how far each is, and the persons of one, household by household."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import models
from django.db.models import Count, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from households.access import can_write, visible_households
from households.enums import VerificationStatus
from households.models import Household, Verification
from povertyops.accounts.actor import Actor
from povertyops.areas.models import Area

from ..queries.due import open_states
from ..queries.findings import contradicting, findings_before, unchecked
from .people import age_on, current_memberships, latest_checks, target_persons


@dataclass(frozen=True, slots=True)
class Progress:
    """An area with how many of its target persons were checked."""

    area: Area
    within: str
    households: int
    persons: int
    checked: int

    @property
    def left(self) -> int:
        return self.persons - self.checked

    @property
    def is_village(self) -> bool:
        return len(self.area.code) == 8


def progress_under(actor: Actor, area: str) -> list[Progress]:
    """What lies directly below `area` (or below the whole reach), the least checked first; two queries."""
    column = _column_below(actor, area)
    rows = open_states(actor, actor.today()).filter(is_removed=False)
    if area:
        rows = rows.filter(**{f"{column}__startswith": area})
    counted = list(
        rows.order_by()
        .values(column)
        .annotate(n=Count("pk"), all=Sum("persons"), done=Sum("checked_persons"))
    )
    codes = {row[column] for row in counted}
    areas = Area.objects.in_bulk(codes | {code[:-2] for code in codes})
    found = [
        Progress(
            area=areas[row[column]],
            within=areas[row[column][:-2]].label if row[column][:-2] in areas else "",
            households=row["n"],
            persons=row["all"] or 0,
            checked=row["done"] or 0,
        )
        for row in counted
        if row[column] in areas
    ]
    return sorted(found, key=lambda each: (-each.left, each.area.sort_key, each.area.code))


def _column_below(actor: Actor, area: str) -> str:
    """A province is shown by district, everything smaller at once by village."""
    if len(area) >= 4 or not actor.reach.provinces:
        return "area_code"
    return "district_code"


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person of the table; `first` starts a household."""

    household: Household
    person_id: UUID
    name: str
    age: int | None
    is_target: bool
    status: str
    note: str
    checked_on: date | None
    first: bool
    may_write: bool
    finding_id: UUID | None = None
    other: Verification | None = None
    """The newest finding that contradicts the one that counts."""

    @property
    def status_label(self) -> str | Promise:
        return VerificationStatus(self.status).label

    @property
    def may_take_back(self) -> bool:
        return self.may_write and self.finding_id is not None and self.status != VerificationStatus.NOT_YET


@dataclass(slots=True)
class Table:
    """The persons of some households in the order of the table."""

    lines: list[PersonLine] = field(default_factory=list)

    @property
    def known(self) -> dict[UUID, tuple[str, str]]:
        return {line.person_id: (line.status, line.note) for line in self.lines if line.may_write}

    @property
    def by_household(self) -> dict[UUID, list[UUID]]:
        found: dict[UUID, list[UUID]] = {}
        for line in self.lines:
            if line.may_write:
                found.setdefault(line.household.pk, []).append(line.person_id)
        return found

    @property
    def unchecked(self) -> int:
        return sum(line.status == VerificationStatus.NOT_YET for line in self.lines)


class Show(models.TextChoices):
    """Which households of a village the table shows."""

    ALL = "", _("ทั้งหมด")
    LEFT = "left", _("ยังไม่ตรวจ")
    ODD = "odd", _("ผลขัดกัน")


def households_of_village(actor: Actor, code: str, show: Show = Show.ALL) -> QuerySet[Household]:
    """Open households of one village within sight."""
    rows = visible_households(actor).filter(scope__area_code=code, scope__is_open=True)
    match show:
        case Show.LEFT:
            return unchecked(actor, rows)
        case Show.ODD:
            return contradicting(rows)
    return rows


def table_of(actor: Actor, households: Sequence[Household]) -> Table:
    """Their members, four queries for any number; `households` come with their scope."""
    by_pk = {household.pk: household for household in households}
    order = {pk: place for place, pk in enumerate(by_pk)}
    rows = sorted(current_memberships(by_pk), key=lambda row: (order[row.household_id], row.position))
    people = [row.person_id for row in rows]
    checks, targets = latest_checks(people), target_persons(list(by_pk))
    others = findings_before(people)
    table, before = Table(), None
    for row in rows:
        household = by_pk[row.household_id]
        check: Verification | None = checks.get(row.person_id)
        table.lines.append(
            PersonLine(
                household=household,
                person_id=row.person_id,
                name=row.person.full_name,
                age=age_on(row.person.birth_date, actor.today()) if row.person.birth_date else None,
                is_target=row.person_id in targets,
                status=check.status if check else VerificationStatus.NOT_YET,
                note=check.note if check else "",
                checked_on=check.effective_on if check else None,
                first=row.household_id != before,
                may_write=can_write(actor, household.scope),
                finding_id=check.pk if check else None,
                other=others.get(row.person_id) if check else None,
            )
        )
        before = row.household_id
    return table
