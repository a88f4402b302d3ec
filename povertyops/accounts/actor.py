"""Who acts: a user under one appointment, and the reach that appointment gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Now
from django.utils import timezone

from povertyops.areas.enums import CentreKind, Level

from .enums import Role

if TYPE_CHECKING:
    from .models import Appointment, User


@dataclass(frozen=True, slots=True)
class Reach:
    """Where an appointment reaches: area codes per level, a municipal centre, or a mentor team.

    An office reaches into its province, but only to what was referred to it (`office_id`) and what fails in a
    dimension that it leads (`led`, a mask).
    """

    nation: bool = False
    provinces: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    subdistricts: tuple[str, ...] = ()
    villages: tuple[str, ...] = ()
    centre_id: UUID | None = None
    team_id: UUID | None = None
    office_id: UUID | None = None
    led: int = 0

    @property
    def codes(self) -> tuple[str, ...]:
        """All area codes of the reach, whatever their level."""
        return self.provinces + self.districts + self.subdistricts + self.villages

    def covers(self, area_code: str) -> bool:
        """Whether the area lies inside the reach; a municipal centre or a mentor team covers no area."""
        return self.nation or any(area_code.startswith(code) for code in self.codes)


@dataclass(frozen=True)
class Actor:
    """A person acting under one appointment; services take one explicitly.

    `recorded_at` is set by seeding only: it stands for the database's clock in the rows written. `coverage`
    holds the area codes of the centre where they were read along with the appointment.
    """

    user: User | None
    appointment: Appointment | None
    recorded_at: datetime | None = field(default=None)
    coverage: tuple[str, ...] | None = field(default=None, compare=False, repr=False)

    @property
    def user_id(self) -> int | None:
        return self.user.pk if self.user else None

    @property
    def appointment_id(self) -> UUID | None:
        return self.appointment.pk if self.appointment else None

    @property
    def role(self) -> Role | None:
        return Role(self.appointment.role) if self.appointment else None

    @property
    def is_system(self) -> bool:
        """The product itself: commands without `--as`, nightly tasks, seeding."""
        return self.user is None

    @property
    def province_code(self) -> str:
        """Province of the appointment's centre; empty for the nation and the system."""
        return self.appointment.centre.province_code if self.appointment else ""

    @cached_property
    def reach(self) -> Reach:
        if self.appointment is None:
            return Reach(nation=self.is_system)
        return _reach_of(self.appointment, self.coverage)

    def now(self) -> datetime:
        return self.recorded_at or timezone.now()

    def today(self) -> date:
        return timezone.localdate(self.now())

    @property
    def stamp(self) -> Combinable:
        """Value for a `recorded_at` column: the database's clock, except while seeding."""
        return Value(self.recorded_at) if self.recorded_at else Now()


def system_actor(recorded_at: datetime | None = None) -> Actor:
    """The product acting by itself; only seeding passes a time."""
    return Actor(user=None, appointment=None, recorded_at=recorded_at)


def _reach_of(appointment: Appointment, coverage: Iterable[str] | None) -> Reach:
    centre = appointment.centre
    match CentreKind(centre.kind):
        case CentreKind.NATIONAL:
            return Reach(nation=True)
        case CentreKind.PROVINCE:
            return Reach(provinces=(centre.province_code,))
        case CentreKind.CITY_MUNICIPALITY | CentreKind.TOWN_MUNICIPALITY:
            return Reach(centre_id=centre.pk)
        case CentreKind.MENTOR_TEAM:
            return Reach(team_id=centre.pk)
        case CentreKind.OFFICE:
            led = centre.leads if appointment.role == Role.LEAD_OFFICE else 0
            return Reach(provinces=(centre.province_code,), office_id=centre.pk, led=led)
    by_length: dict[int, list[str]] = {2: [], 4: [], 6: [], 8: []}
    if coverage is None:
        coverage = centre.coverage.order_by("area_id").values_list("area_id", flat=True)
    for code in coverage:
        by_length[len(code)].append(code)
    lengths = {Level.PROVINCE: 2, Level.DISTRICT: 4, Level.SUBDISTRICT: 6, Level.VILLAGE: 8}
    found = {level: tuple(by_length[length]) for level, length in lengths.items()}
    return Reach(
        provinces=found[Level.PROVINCE],
        districts=found[Level.DISTRICT],
        subdistricts=found[Level.SUBDISTRICT],
        villages=found[Level.VILLAGE],
    )
