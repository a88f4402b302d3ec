"""Seats the people of the story: centres and teams that no code list knows, users, appointments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from random import Random

from django.contrib.auth.hashers import make_password

from casework.models import MentorTeam
from povertyops.accounts.enums import Role
from povertyops.accounts.models import Appointment, User
from povertyops.areas.enums import CentreKind, Extent
from povertyops.areas.models import Area, Centre, CentreCoverage
from povertyops.common.thai import fiscal_year_bounds

from .people import MEN, SURNAMES, WOMEN
from .personas import PASSWORD, Persona


def provincial_centre(province: str) -> Centre:
    return Centre.objects.get(kind=CentreKind.PROVINCE, province_code=province)


def national_centre() -> Centre:
    return Centre.objects.get(kind=CentreKind.NATIONAL)


def district_centre(district: str) -> Centre:
    return Centre.objects.get(kind=CentreKind.DISTRICT, coverage__area=district)


def subdistricts_of(province: str) -> list[str]:
    """Codes of the current subdistricts of a province, in order."""
    return list(
        Area.objects.filter(code__startswith=province, level=3, is_current=True)
        .order_by("code")
        .values_list("code", flat=True)
    )


def open_centre(
    kind: CentreKind, name: str, parent: Centre, areas: Iterable[str] = (), extent: Extent = Extent.FULL
) -> Centre:
    """A municipal centre, a subdistrict team or a mentor team, with the areas it covers."""
    centre = Centre.objects.create(kind=kind, name=name, parent=parent, province_code=parent.province_code)
    CentreCoverage.objects.bulk_create(
        CentreCoverage(centre=centre, area_id=code, extent=extent) for code in areas
    )
    return centre


def open_mentor_team(name: str, parent: Centre, organisation: str = "", model_name: str = "") -> MentorTeam:
    centre = open_centre(CentreKind.MENTOR_TEAM, name, parent)
    return MentorTeam.objects.create(centre=centre, organisation=organisation, model_name=model_name)


class Cast:
    """Makes accounts: personas with the shown password, everybody else with none at all."""

    def __init__(self, seed: str, region: str, order: str) -> None:
        self._random = Random(seed)
        self._surnames = SURNAMES[region]
        self._order = order
        self._prefix = seed
        self._count = 0

    def seat(self, persona: Persona, centre: Centre, since: date, until: date | None) -> Appointment:
        """The account of a persona and its appointment."""
        user, _ = User.objects.update_or_create(
            username=persona.username,
            defaults={
                "title": persona.title,
                "first_name": persona.first_name,
                "last_name": persona.last_name,
                "password": make_password(PASSWORD),
                "is_demo": True,
            },
        )
        return self._appoint(user, persona.role, centre, since, until)

    def is_seated(self, persona: Persona) -> bool:
        return User.objects.filter(username=persona.username).exists()

    def colleague(self, role: Role, centre: Centre, since: date, until: date | None = None) -> Appointment:
        """A colleague without a password, so that deeds of many years have many authors."""
        self._count += 1
        woman = self._random.random() < 0.5
        user = User.objects.create(
            username=f"{self._prefix}.{self._count:03d}",
            title=("นาง" if woman else "นาย"),
            first_name=self._random.choice(WOMEN if woman else MEN),
            last_name=self._random.choice(self._surnames),
            password=make_password(None),
            is_demo=True,
        )
        return self._appoint(user, role, centre, since, until)

    def _appoint(
        self, user: User, role: Role, centre: Centre, since: date, until: date | None
    ) -> Appointment:
        return Appointment.objects.create(
            user=user, role=role, centre=centre, order_number=self._order, valid_from=since, valid_to=until
        )


def end_of_year(fiscal_year: int) -> date:
    return fiscal_year_bounds(fiscal_year)[1]


def by_district(codes: Sequence[str]) -> dict[str, list[str]]:
    """Subdistrict codes grouped under their district."""
    found: dict[str, list[str]] = {}
    for code in codes:
        found.setdefault(code[:4], []).append(code)
    return found
