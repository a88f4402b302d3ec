"""Whose numbers a person may see, and whether the lists behind them open.

Absent and forbidden give the same 404.
"""

from __future__ import annotations

from uuid import UUID

from django.http import Http404

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import BOARD_ROLES, Role
from povertyops.areas.enums import NATION, Level
from povertyops.areas.models import Area, Centre
from povertyops.areas.rules import MUNICIPAL_KINDS

LOWEST_LEVEL_OF_AGGREGATES = Level.SUBDISTRICT


# They see how many, not who: a lead office has a list of its own dimension, which is another number.
AGGREGATE_ROLES = frozenset({Role.NATIONAL_VIEWER, Role.LEAD_OFFICE})


def may_open_lists(actor: Actor) -> bool:
    """Whether the numbers this person sees lead to households."""
    return actor.is_system or actor.role not in AGGREGATE_ROLES


def visible_area(actor: Actor | None, code: str) -> Area:
    """The area, if its numbers are for this person."""
    area = Area.objects.filter(code=code).first() if _sees_area(actor, code) else None
    if area is None:
        raise Http404
    return area


def visible_centre(actor: Actor | None, pk: UUID) -> Centre:
    """The municipal centre, if its numbers are for this person."""
    centre = Centre.objects.filter(pk=pk, kind__in=MUNICIPAL_KINDS).first()
    if actor is None or centre is None or not _sees_centre(actor, centre):
        raise Http404
    return centre


def sees_below(actor: Actor, level: int) -> bool:
    """Whether rows of the level below this one are for this person."""
    return may_open_lists(actor) or level < LOWEST_LEVEL_OF_AGGREGATES


def highest_area(actor: Actor) -> str:
    """Code of the area the person's board starts from; "" where it is a municipal centre."""
    if actor.is_system or actor.reach.nation:
        return NATION
    return min(actor.reach.codes, key=lambda code: (len(code), code), default="")


def _sees_area(actor: Actor | None, code: str) -> bool:
    if actor is None:
        return False
    if actor.is_system:
        return True
    if actor.role not in BOARD_ROLES:
        return False
    if actor.role is Role.NATIONAL_VIEWER:
        return code == NATION or len(code) <= 2 * LOWEST_LEVEL_OF_AGGREGATES
    if actor.role is Role.LEAD_OFFICE and len(code) > 2 * LOWEST_LEVEL_OF_AGGREGATES:
        return False
    return not actor.reach.nation and actor.reach.covers(code)


def _sees_centre(actor: Actor, centre: Centre) -> bool:
    if actor.is_system or actor.role is Role.NATIONAL_VIEWER:
        return True
    if actor.role not in BOARD_ROLES:
        return False
    if actor.reach.centre_id is not None:
        return actor.reach.centre_id == centre.pk
    covered = centre.coverage.values_list("area_id", flat=True)
    return any(actor.reach.covers(code) for code in covered)
