"""Names of areas and teams for exports, read once instead of joined to every row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property

from django.db.models import Q, QuerySet

from casework.inputs import CohortFilters
from povertyops.accounts.actor import Actor
from povertyops.areas.enums import NATION, CentreKind
from povertyops.areas.models import Area, Centre

from .base import safe


class Names:
    """Two queries, however many rows follow: areas and mentor teams of the provinces the rows can lie in."""

    def __init__(self, actor: Actor, filters: CohortFilters) -> None:
        self._provinces = _provinces(actor, filters)

    @cached_property
    def address(self) -> Mapping[str, tuple[str, str, str, str]]:
        """Village code -> village, subdistrict, district and province by name."""
        return _Addresses(self._areas)

    @cached_property
    def team(self) -> Mapping[str | None, str]:
        """Key of a mentor team as text -> its name; nothing for none."""
        teams: QuerySet[Centre] = Centre.objects.filter(kind=CentreKind.MENTOR_TEAM)
        if self._provinces:
            teams = teams.filter(province_code__in=self._provinces)
        return defaultdict(str, {str(pk): safe(name) for pk, name in teams.values_list("pk", "name")})

    @cached_property
    def _areas(self) -> dict[str, str]:
        inside = Q()
        for code in self._provinces:
            inside |= Q(code__startswith=code)
        return dict(Area.objects.filter(inside).values_list("code", "name"))


class _Addresses(dict[str, tuple[str, str, str, str]]):
    """Made when first met."""

    def __init__(self, names: Mapping[str, str]) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, code: str) -> tuple[str, str, str, str]:
        village, subdistrict, district, province = (self._names.get(code[:n], "") for n in (8, 6, 4, 2))
        made = self[code] = (safe(village), subdistrict, district, province)
        return made


def _provinces(actor: Actor, filters: CohortFilters) -> set[str]:
    """Empty for the whole nation."""
    if filters.area and filters.area != NATION:
        return {filters.area[:2]}
    return {actor.province_code} if actor.province_code else set()
