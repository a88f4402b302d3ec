"""The second person: whoever recorded something does not approve it, unless nobody else could."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.accounts.models import Appointment

from ..access import Workable


def centres_without_second(actor: Actor, targets: Collection[Workable]) -> set[UUID]:
    """Responsible centres of these households in which nobody but the actor could approve."""
    return centres_without_officer_but(actor, {target.scope.centre_id for target in targets})


def centres_without_officer_but(actor: Actor, centres: Collection[UUID]) -> set[UUID]:
    staffed = (
        Appointment.objects.valid_on(actor.today())
        .filter(
            centre__in=centres,
            role__in=[Role.DISTRICT_OFFICER, Role.MUNICIPAL_OFFICER],
            user__is_active=True,
        )
        .exclude(user=actor.user_id)
    )
    return set(centres) - set(staffed.values_list("centre_id", flat=True))


def may_judge_own(actor: Actor, centre_id: UUID, alone: Collection[UUID]) -> bool:
    """The province may, where the responsible centre has no second person."""
    return actor.role is Role.PROVINCIAL_SECRETARY and centre_id in alone


def may_approve_of(actor: Actor, recorder: int | None, centre_id: UUID, alone: Collection[UUID]) -> bool:
    """Whether the actor is a second person to the recorder, or may stand in for one."""
    if actor.user_id is None or actor.user_id != recorder:
        return True
    return may_judge_own(actor, centre_id, alone)
