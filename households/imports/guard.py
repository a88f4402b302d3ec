"""Whether the importer may bring in a household of a village, and what every code of a place means today."""

from __future__ import annotations

from uuid import UUID

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.areas.enums import Extent, Level
from povertyops.areas.models import AbolishedArea, Area, Centre, CentreCoverage
from povertyops.areas.queries import Resolution, remembered_codes, resolve_subdistricts
from povertyops.areas.rules import MUNICIPAL_KINDS


class AreaGuard:
    """The importer's area as code prefixes: inside one of `allowed`, and in none of `others`.

    A district leaves to a municipal centre what that centre covers whole; a municipal officer brings in
    what the centre covers, whole or in part.
    """

    def __init__(self, actor: Actor) -> None:
        self._everywhere = actor.is_system
        self._centre = actor.reach.centre_id
        self._leaves_centres = actor.role is Role.DISTRICT_OFFICER
        self._allowed: tuple[str, ...] = actor.reach.codes
        self._others: tuple[str, ...] = ()
        if actor.reach.centre_id is not None:
            covered = CentreCoverage.objects.filter(centre_id=actor.reach.centre_id)
            self._allowed = tuple(covered.values_list("area_id", flat=True))
        elif actor.role is Role.DISTRICT_OFFICER:
            municipal = CentreCoverage.objects.filter(
                centre__kind__in=MUNICIPAL_KINDS,
                centre__is_active=True,
                centre__province_code=actor.province_code,
                extent=Extent.FULL,
            )
            self._others = tuple(municipal.values_list("area_id", flat=True))
        self._answers: dict[str, bool] = {}

    def allows(self, village: str) -> bool:
        """Whether a household of this village (eight digits) may come in."""
        if self._everywhere:
            return True
        answer = self._answers.get(village)
        if answer is None:
            inside = village.startswith(self._allowed) if self._allowed else False
            answer = inside and not (self._others and village.startswith(self._others))
            self._answers[village] = answer
        return answer

    def allows_centre(self, centre_id: UUID, village: str) -> bool:
        """Whether a household of a municipal unit may come in: into the own centre, or anywhere in the
        province by those who look after all of it."""
        if self._everywhere:
            return True
        if self._centre is not None:
            return centre_id == self._centre
        inside = village.startswith(self._allowed) if self._allowed else False
        return inside and not self._leaves_centres


def load_resolutions() -> dict[str, Resolution]:
    """What every subdistrict code, current or abolished, means today; a code not in it is unknown."""
    current = Area.objects.filter(level=Level.SUBDISTRICT, is_current=True).values_list("code", flat=True)
    abolished = AbolishedArea.objects.values_list("code", flat=True)
    return resolve_subdistricts([*current, *abolished, *remembered_codes()])


def load_registrars() -> frozenset[str]:
    """The registrar codes of municipalities, which house codes may begin with instead of a district's."""
    return frozenset(Centre.objects.exclude(registrar_code="").values_list("registrar_code", flat=True))
