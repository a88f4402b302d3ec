"""The road from a request to nominations: who reads which, and for which villages somebody may make one.

A nominator reads the own nomination and nothing of the register beside it.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES, Role
from povertyops.areas.enums import CentreKind
from povertyops.areas.models import Centre
from povertyops.areas.queries import responsible_centres

from .models import Nomination, NominationPhoto
from .nomination_rules import CHECKING_ROLES, NOMINATING_ROLES

_NOTHING = Q(pk__in=[])
_ABOVE_A_TEAM = 3


def visible_nominations(actor: Actor | None) -> QuerySet[Nomination]:
    """The own ones; for teams those of their subdistricts, for officers those of their area."""
    if actor is None:
        return Nomination.objects.none()
    if actor.is_system:
        return Nomination.objects.all()
    if actor.role not in NOMINATING_ROLES or not actor.province_code:
        return Nomination.objects.none()
    own = Q(nominated_by=actor.user_id)
    return Nomination.objects.filter(own | _area_q(actor), province_code=actor.province_code)


def _area_q(actor: Actor) -> Q:
    if actor.role not in CHECKING_ROLES:
        return _NOTHING
    reach = actor.reach
    if reach.centre_id is not None:
        return Q(centre=reach.centre_id)
    found = _NOTHING
    for column, codes in (
        ("province_code", reach.provinces),
        ("district_code", reach.districts),
        ("subdistrict_code", reach.subdistricts),
        ("area_code", reach.villages),
    ):
        if codes:
            found |= Q(**{f"{column}__in": codes})
    return found


def get_nomination_for(actor: Actor | None, pk: UUID, *, lock: bool = False) -> Nomination:
    """One visible nomination; 404 when absent or out of sight, without a difference."""
    rows = visible_nominations(actor)
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.select_related("centre").filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def get_nomination_photo_for(actor: Actor | None, pk: UUID, photo_id: UUID) -> NominationPhoto:
    """A photo of a visible nomination; 404 otherwise."""
    nomination = get_nomination_for(actor, pk)
    photo = NominationPhoto.objects.filter(pk=photo_id, nomination=nomination).first()
    if photo is None:
        raise Http404
    return photo


def reaches(actor: Actor, nomination: Nomination) -> bool:
    """Whether the nomination lies in the area the actor works in, whoever made it."""
    if actor.is_system:
        return True
    if actor.role not in CHECKING_ROLES:
        return False
    reach = actor.reach
    if reach.centre_id is not None:
        return nomination.centre_id == reach.centre_id
    return reach.covers(nomination.area_code)


def answers_for(actor: Actor, nomination: Nomination) -> bool:
    """Whether the actor's office decides it: a municipal centre its own, the district all others."""
    if actor.is_system or actor.role is Role.PROVINCIAL_SECRETARY:
        return reaches(actor, nomination)
    if actor.role not in OFFICER_ROLES:
        return False
    is_own_kind = nomination.is_municipal == (actor.role is Role.MUNICIPAL_OFFICER)
    return is_own_kind and reaches(actor, nomination)


def may_nominate_in(actor: Actor, area_code: str) -> bool:
    """Whether somebody may nominate in a village or subdistrict.

    A mentor: anywhere in the district or the municipality to which the team belongs.
    """
    if actor.is_system:
        return True
    if actor.role not in NOMINATING_ROLES or area_code[:2] != actor.province_code:
        return False
    if actor.role is Role.MENTOR:
        return _covers(_office_of(actor), area_code)
    if actor.reach.centre_id is not None:
        return _answers(actor.reach.centre_id, area_code)
    return actor.reach.covers(area_code)


def subdistricts_for(actor: Actor) -> Q:
    """Areas of level subdistrict in which the actor may nominate, as a condition on Area."""
    if actor.role is Role.MENTOR:
        office = _office_of(actor)
        return _codes_q(_coverage(office)) if office else _NOTHING
    if actor.reach.centre_id is not None:
        return _codes_q(_coverage(Centre.objects.filter(pk=actor.reach.centre_id).first()))
    return _codes_q(list(actor.reach.codes))


def _codes_q(codes: list[str]) -> Q:
    """The subdistricts of these areas: below them, or the one in which they lie."""
    found = _NOTHING
    for code in codes:
        found |= Q(code__startswith=code[:6])
    return found


def _coverage(centre: Centre | None) -> list[str]:
    return list(centre.coverage.order_by("area_id").values_list("area_id", flat=True)) if centre else []


def _office_of(actor: Actor) -> Centre | None:
    """The district or municipal centre above a mentor team, also where a subdistrict team stands between."""
    centre = actor.appointment.centre if actor.appointment else None
    for _step in range(_ABOVE_A_TEAM):
        if centre is None or centre.kind == CentreKind.DISTRICT or centre.is_municipal:
            break
        centre = centre.parent
    return centre


def _covers(office: Centre | None, area_code: str) -> bool:
    if office is None:
        return False
    if office.is_municipal:
        return _answers(office.pk, area_code)
    return any(area_code.startswith(code) for code in _coverage(office))


def _answers(centre_id: UUID, area_code: str) -> bool:
    try:
        return responsible_centres([area_code])[area_code].centre_id == centre_id
    except KeyError:
        return False
