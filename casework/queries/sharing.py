"""What sharing out rests on: households without a team with their points, teams with what they cover and
have in hand."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, QuerySet

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.areas.enums import CentreKind
from povertyops.areas.models import Centre, CentreCoverage
from povertyops.common.thai import fiscal_year_of

from ..inputs import CohortFilters
from ..models import CohortState
from ..priority import Weights
from ..sharing import Place, Room, Waiting
from .cohort import EVERYONE, cohort_rows
from .priorities import with_points


class Named(NamedTuple):
    """A waiting household with what a page says of it."""

    waiting: Waiting
    name: str
    house_no: str


def pool_of(actor: Actor, filters: CohortFilters, weights: Weights, on: date) -> list[Named]:
    """Open households without a team that the actor may give to one, the most pressing first; one query."""
    rows: QuerySet[Any] = with_points(cohort_rows(actor, filters), weights, on)
    if actor.role is Role.DISTRICT_OFFICER:
        rows = rows.filter(is_municipal=False)
    found = rows.order_by("-points", "sort_key", "household_id").values_list(
        *("household_id", "points", "area_code", "centre_id", "is_municipal", "sort_key"),
        *("household__head_name", "household__house_no"),
    )
    return [
        Named(Waiting(pk, points, Place(village, centre if municipal else None), key), name, house_no)
        for pk, points, village, centre, municipal, key, name, house_no in found
    ]


def waiting_by_district(actor: Actor, filters: CohortFilters) -> dict[str, int]:
    """District -> households of the pool; one query."""
    rows = cohort_rows(actor, filters).order_by().values_list("district_code").annotate(Count("pk"))
    return dict(rows)


def pool_filters(on: date, **values: object) -> CohortFilters:
    """The households of the current year that no team has, carried ones too, narrowed by `values`."""
    return CohortFilters(fiscal_year=fiscal_year_of(on), no_team=True, membership=EVERYONE, **values)  # type: ignore[arg-type]


def loads_now(team_ids: Collection[UUID], on: date) -> dict[UUID, int]:
    """Team -> households in care that it has in hand, whoever may see them: one query."""
    rows = CohortState.objects.filter(fiscal_year=fiscal_year_of(on), team_id__in=team_ids, is_open=True)
    counted = rows.order_by().values_list("team_id").annotate(Count("pk"))
    return {team: number for team, number in counted if team is not None}


def rooms_of(teams: QuerySet[Centre] | Iterable[Centre], on: date) -> list[Room]:
    """The teams with their loads and what each covers: its own areas, else those of the centre it is under.

    Two queries; `teams` come with their parent.
    """
    centres = list(teams)
    ids = {centre.pk for centre in centres} | {centre.parent_id for centre in centres if centre.parent_id}
    areas: dict[UUID, list[str]] = {}
    for centre_id, code in CentreCoverage.objects.filter(centre__in=ids).values_list("centre_id", "area_id"):
        areas.setdefault(centre_id, []).append(code)
    loads = loads_now([centre.pk for centre in centres], on)
    return [_room(centre, areas, loads.get(centre.pk, 0)) for centre in centres]


def _room(centre: Centre, areas: dict[UUID, list[str]], load: int) -> Room:
    parent = centre.parent
    covered = areas.get(centre.pk) or (areas.get(parent.pk) if parent else None) or []
    if not covered and parent is not None and parent.kind == CentreKind.PROVINCE:
        covered = [centre.province_code]
    municipal = parent.pk if parent is not None and parent.is_municipal else None
    return Room(centre.pk, load, tuple(sorted(covered)), municipal)
