"""Names of areas and teams for exports, read once instead of joined to every row."""

from __future__ import annotations

from functools import cached_property
from uuid import UUID

from django.db.models import Q, QuerySet

from casework.inputs import CohortFilters
from povertyops.accounts.actor import Actor
from povertyops.areas.enums import NATION, CentreKind
from povertyops.areas.models import Area, Centre


class Names:
    """Two queries, however many rows follow: areas and mentor teams of the provinces the rows can lie in."""

    def __init__(self, actor: Actor, filters: CohortFilters) -> None:
        self._provinces = _provinces(actor, filters)

    def address(self, code: str) -> tuple[str, str, str, str]:
        """Village, subdistrict, district and province by name."""
        names = self._areas
        return names.get(code, ""), names.get(code[:6], ""), names.get(code[:4], ""), names.get(code[:2], "")

    def team(self, pk: UUID | None) -> str:
        return self._teams.get(pk, "") if pk else ""

    @cached_property
    def _areas(self) -> dict[str, str]:
        inside = Q()
        for code in self._provinces:
            inside |= Q(code__startswith=code)
        return dict(Area.objects.filter(inside).values_list("code", "name"))

    @cached_property
    def _teams(self) -> dict[UUID, str]:
        teams: QuerySet[Centre] = Centre.objects.filter(kind=CentreKind.MENTOR_TEAM)
        if self._provinces:
            teams = teams.filter(province_code__in=self._provinces)
        return dict(teams.values_list("pk", "name"))


def _provinces(actor: Actor, filters: CohortFilters) -> set[str]:
    """Empty for the whole nation."""
    if filters.area and filters.area != NATION:
        return {filters.area[:2]}
    return {actor.province_code} if actor.province_code else set()
