"""The households that stand elsewhere on the second of two days, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from dimensions.enums import Stage
from households.models import Household
from povertyops.accounts.actor import Actor
from povertyops.areas.queries import areas_by_code, place_of
from povertyops.common.paging import SIZE, position_of, seal_position

from ..services.asof import Moved, Place, moved_between
from .board import Board
from .compare import Move, compared_days, filters_of

ORDER = ("sort_key", "household_id")
NONE = "none"
Way = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True)
class MovedRow:
    """A household and its stages on the two days."""

    name: str
    url: str
    place: str
    move: Move


@dataclass(frozen=True, slots=True)
class MovedPage:
    """`next_cursor` is "" on the last page; `way` is set where one way is asked for."""

    rows: list[MovedRow]
    next_cursor: str
    way: Move | None


def moved_page(actor: Actor, board: Board, query: Mapping[str, str]) -> MovedPage:
    """One page of those who moved, in Thai order of names."""
    days = compared_days(board, actor.today())
    if days is None:
        return MovedPage([], "", None)
    way = way_of(query)
    position = position_of(query.get("after", ""), ORDER)
    after = (str(position[0]), UUID(str(position[1]))) if position else None
    found = moved_between(actor, filters_of(board), *days, between=way, after=after, limit=SIZE + 1)
    shown = found[:SIZE]
    cursor = seal_position(ORDER, shown[-1]) if len(found) > SIZE else ""
    return MovedPage(_rows(shown), cursor, _move(*way) if way else None)


def way_of(query: Mapping[str, str]) -> Way | None:
    """The way between two stages that an address asks for; None for all."""
    stages = {stage.code: stage.value for stage in Stage} | {NONE: None}
    before, after = query.get("from", ""), query.get("to", "")
    return (stages[before], stages[after]) if before in stages and after in stages else None


def _rows(found: list[Moved]) -> list[MovedRow]:
    households = Household.objects.in_bulk([moved.household_id for moved in found])
    codes = {household.area_code for household in households.values()}
    areas = areas_by_code([*codes, *(code[:6] for code in codes), *(code[:4] for code in codes)])
    rows = []
    for moved in found:
        household = households[moved.household_id]
        parts = [household.area_code, household.area_code[:6], household.area_code[:4]]
        place = place_of(parts, areas)
        url = reverse("household", args=[household.pk])
        rows.append(
            MovedRow(household.head_name, url, place, _move(_stage(moved.before), _stage(moved.after)))
        )
    return rows


def _stage(place: Place) -> int | None:
    return place[1] if place else None


def _move(before: int | None, after: int | None) -> Move:
    return Move(_named(before), _named(after), 1)


def _named(stage: int | None) -> Stage | None:
    return None if stage is None else Stage(stage)
