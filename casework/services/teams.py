"""Making mentor teams."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.areas.enums import CentreKind
from povertyops.areas.models import Centre
from povertyops.common.audit import audit
from povertyops.common.errors import Conflict, InvalidInput
from povertyops.common.names import clean_text

from ..models import MentorTeam
from ..rules import APPROVING_ROLES
from .guards import require_role

PARENT_KINDS = (
    CentreKind.PROVINCE,
    CentreKind.DISTRICT,
    CentreKind.CITY_MUNICIPALITY,
    CentreKind.TOWN_MUNICIPALITY,
    CentreKind.SUBDISTRICT_TEAM,
)


def create_mentor_team(
    *,
    actor: Actor,
    name: str,
    parent_id: UUID,
    organisation: str = "",
    model_name: str = "",
    phone: str = "",
) -> MentorTeam:
    """Make a mentor team under a centre of the actor's sphere. Side effects: its Centre, an audit row."""
    require_role(actor, APPROVING_ROLES)
    cleaned = clean_text(name)
    if not cleaned:
        raise InvalidInput("name_needed", _("โปรดตั้งชื่อทีมพี่เลี้ยง"), field="name")
    parent = _parent_for(actor, parent_id)
    try:
        with transaction.atomic():
            centre = Centre.objects.create(
                kind=CentreKind.MENTOR_TEAM, name=cleaned, province_code=parent.province_code, parent=parent
            )
            team = MentorTeam.objects.create(
                centre=centre,
                organisation=clean_text(organisation),
                model_name=clean_text(model_name),
                phone=phone.strip(),
            )
            audit(
                actor,
                "mentor_team.create",
                object_type="centre",
                object_id=centre.pk,
                province_code=centre.province_code,
                changes={"name": cleaned, "parent": str(parent.pk)},
            )
    except IntegrityError as error:
        raise Conflict("team_exists", _("มีทีมชื่อนี้อยู่แล้วในศูนย์เดียวกัน"), field="name") from error
    return team


def _parent_for(actor: Actor, parent_id: UUID) -> Centre:
    parent = Centre.objects.select_related("parent").filter(pk=parent_id, kind__in=PARENT_KINDS).first()
    if parent is None or not _in_sphere(actor, parent):
        raise Http404
    return parent


def _in_sphere(actor: Actor, centre: Centre) -> bool:
    if actor.is_system:
        return True
    if actor.appointment is None or centre.province_code != actor.province_code:
        return False
    if actor.role is Role.PROVINCIAL_SECRETARY:
        return True
    own = actor.appointment.centre_id
    return own in (centre.pk, centre.parent_id)
