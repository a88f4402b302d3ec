"""Figures for people who see aggregates only: small numbers hidden, the same whichever board they open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from povertyops.accounts.actor import Actor
from povertyops.areas.enums import NATION
from povertyops.areas.rules import ancestors_of

from ..access import AGGREGATE_ROLES, highest_area
from ..board_suppression import EVERYTHING, Told, told_below, told_of, without
from ..models import Figures
from ..models.progress import CENTRE_LEVEL
from .asof import figures_on


def sees_small_numbers(actor: Actor) -> bool:
    """Whether the person may also see the households behind a number, so that none has to be hidden."""
    return actor.is_system or actor.role not in AGGREGATE_ROLES


def for_actor(
    actor: Actor, own: Figures | None, below: Sequence[Figures] = (), *, day: date | None = None
) -> tuple[Figures | None, list[Figures]]:
    """An area's figures and those of the rows under it as this person may see them: what is hidden is None.

    `day` is the past day the figures are of. For most people nothing changes, without a query; otherwise the
    rows of the areas above are read, three queries a level. A kind of list tells nothing: its numbers could
    be taken off those of the whole cohort.
    """
    if own is None or sees_small_numbers(actor):
        return own, list(below)
    return aggregates_only(highest_area(actor), own, below, day=day)


def aggregates_only(
    top: str, own: Figures, below: Sequence[Figures], *, day: date | None = None
) -> tuple[Figures, list[Figures]]:
    """The figures as somebody may see them who sees aggregates from the area `top` down.

    Figures that were already told to somebody stay as they are.
    """
    if all(row.is_told for row in (own, *below)):
        return own, list(below)
    if own.level == CENTRE_LEVEL or own.list_kind:
        return without(own, EVERYTHING), [without(row, EVERYTHING) for row in below]
    told = _told(top, own, day)
    under = told_below(own, told, below)
    return without(own, told.hidden), [without(row, under[row.code].hidden) for row in below]


def _told(top: str, own: Figures, day: date | None) -> Told:
    """What an area tells of itself, from the highest area in reach downwards."""
    path = [
        code for code in ancestors_of(own.code) if top == NATION or (code != NATION and code.startswith(top))
    ]
    on = day or timezone.localdate()
    told: Told | None = None
    for code, after in zip(path, [*path[1:], own.code][: len(path)], strict=True):
        above, rows = figures_on(on, own.fiscal_year, code)
        if above is None:
            return Told(EVERYTHING)
        told = told_below(above, told or told_of(above), rows).get(after, Told(EVERYTHING))
    return told or told_of(own)
