"""Who may send what was recorded in the field: also a person whose last appointment has ended meanwhile."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.views import APIView

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import FIELD_ROLES, OFFICER_ROLES
from povertyops.accounts.models import Appointment
from povertyops.common.api import ApiPolicy
from povertyops.common.policies import Policy

RECORDING_ROLES = sorted(FIELD_ROLES | OFFICER_ROLES)


class Senders(ApiPolicy):
    """Recording roles, and those without an appointment who once worked in the field: what they made then
    still waits on their phones. What they may send is judged item by item."""

    policy = Policy(roles=frozenset(str(role) for role in RECORDING_ROLES))

    def has_permission(self, request: Request, view: APIView) -> bool:
        if super().has_permission(request, view):
            return True
        actor = getattr(request, "actor", None)
        return isinstance(actor, Actor) and actor.role is None and _was_in_the_field(actor)


def _was_in_the_field(actor: Actor) -> bool:
    return Appointment.objects.filter(user=actor.user, role__in=FIELD_ROLES).exists()
