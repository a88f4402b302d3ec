"""Which centres, appointments and accounts a person may look after. Absent and forbidden: the same 404."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from povertyops.areas.enums import CentreKind
from povertyops.areas.models import Centre

from .actor import Actor
from .enums import Role
from .models import Appointment, User
from .queries import open_appointments
from .rules import may_appoint

NOTHING = Q(pk__in=[])


def sphere_q(actor: Actor | None, prefix: str = "") -> Q:
    """Centres the person appoints people to and looks after.

    `prefix` leads from the queried table to Centre ("centre__" from an appointment). A province for its
    secretary; for a district or municipal officer the teams under the own centre, not the centre itself.
    """
    if actor is None:
        return NOTHING
    if actor.is_system or actor.role is Role.SYSTEM_ADMIN:
        return Q()
    if actor.role is Role.PROVINCIAL_SECRETARY:
        return Q(**{f"{prefix}province_code": actor.province_code})
    if actor.role in (Role.DISTRICT_OFFICER, Role.MUNICIPAL_OFFICER) and actor.appointment:
        own = actor.appointment.centre_id
        return Q(**{f"{prefix}parent_id": own}) | Q(**{f"{prefix}parent__parent_id": own})
    return NOTHING


def centres_in_sphere(actor: Actor | None) -> QuerySet[Centre]:
    return Centre.objects.filter(sphere_q(actor))


def get_centre_in_sphere(actor: Actor | None, pk: UUID) -> Centre:
    centre = centres_in_sphere(actor).select_related("parent").filter(pk=pk).first()
    if centre is None:
        raise Http404
    return centre


def parents_for(actor: Actor, kind: CentreKind, kinds: frozenset[CentreKind]) -> QuerySet[Centre]:
    """Centres under which the person may put a new centre: those of these kinds, the own centre included."""
    reachable = sphere_q(actor)
    if actor.appointment and actor.role is not Role.SYSTEM_ADMIN:
        reachable |= Q(pk=actor.appointment.centre_id)
    return Centre.objects.filter(reachable, kind__in=kinds, is_active=True).order_by("province_code", "name")


def visible_appointments(actor: Actor | None) -> QuerySet[Appointment]:
    """Appointments to the centres of the sphere, of any role and time."""
    return Appointment.objects.filter(sphere_q(actor, "centre__"))


def get_appointment_for(actor: Actor | None, pk: UUID) -> Appointment:
    row = visible_appointments(actor).select_related("user", "centre").filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def visible_users(actor: Actor | None) -> QuerySet[User]:
    """Accounts with an appointment, past or present, in the sphere; all of them for the administrator."""
    if actor is not None and (actor.is_system or actor.role is Role.SYSTEM_ADMIN):
        return User.objects.all()
    return User.objects.filter(Exists(visible_appointments(actor).filter(user=OuterRef("pk"))))


def get_user_for(actor: Actor | None, pk: int) -> User:
    user = visible_users(actor).filter(pk=pk).first()
    if user is None:
        raise Http404
    return user


def looks_after(actor: Actor, user: User) -> bool:
    """Whether the person may set this account's password or change it.

    Only when every appointment that the account holds or will hold is one the person could give: else a
    district could take over the account of somebody with rights elsewhere.
    """
    if actor.is_system or actor.role is Role.SYSTEM_ADMIN:
        return True
    held = open_appointments([user.pk])
    mine = held.filter(sphere_q(actor, "centre__"), role__in=[r for r in Role if may_appoint(actor.role, r)])
    return held.count() == mine.count() and visible_users(actor).filter(pk=user.pk).exists()
