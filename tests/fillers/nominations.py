"""Nominations for the walk over the routes: one in the village of the scene, with a photo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.models import Nomination, NominationPhoto
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES, Role
from povertyops.common.crypto import seal_blob
from povertyops.common.ids import uuid7
from tests.route_fillers import SECRETS, Route, Scene


def _nomination(scene: Scene, actor: Actor) -> Nomination:
    """By the mentor of the scene, where that is who asks; by a colleague of the office otherwise."""
    is_mentor = actor.role is Role.MENTOR and actor.reach.team_id == scene.team.pk
    owner = actor if is_mentor else scene.colleague
    scope = scene.household.scope
    row, _made = Nomination.objects.get_or_create(
        nominated_by=owner.user,
        area_code=scope.area_code,
        defaults={
            "tracking_number": uuid7().hex[-10:].upper(),
            "channel": "mentor" if is_mentor else "officer",
            "province_code": scope.province_code,
            "district_code": scope.district_code,
            "subdistrict_code": scope.subdistrict_code,
            "centre_id": scope.centre_id,
            "is_municipal": scope.is_municipal,
            "head_name": SECRETS[0],
            "house_no": "1",
            "persons": [{"first_name": SECRETS[0], "last_name": SECRETS[1]}],
            "reason": SECRETS[2],
            "dimensions": 2,
            "nominated_on": actor.today(),
            "check_due_on": actor.today(),
        },
    )
    return row


def _one(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {"pk": _nomination(scene, actor).pk}


def _photo(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    row = _nomination(scene, actor)
    photo = NominationPhoto.objects.filter(nomination=row).first()
    if photo is None:
        pk = uuid7()
        photo = NominationPhoto.objects.create(
            id=pk,
            nomination=row,
            sealed=seal_blob(SECRETS[0].encode(), pk.bytes),
            sealed_thumb=seal_blob(SECRETS[0].encode(), pk.bytes + b":thumb"),
            width=1,
            height=1,
            bytes=1,
        )
    return {"pk": row.pk, "photo_id": photo.pk}


# Only who nominated takes it back.
NOT_NOMINATORS = OFFICER_ROLES | {Role.TEAM_MEMBER, Role.TEAM_LEADER}

ROUTES: dict[str, Route] = {
    "nomination": Route(_one),
    "nomination_check": Route(_one, lambda scene, actor: {"is_poor": "0", "note": "x"}),
    "nomination_decide": Route(_one, lambda scene, actor: {"decision": "rejected", "note": "x"}),
    "nomination_appeal": Route(_one, lambda scene, actor: {"appeal-note": "x"}),
    "nomination_withdraw": Route(_one, lambda scene, actor: {"note": "x"}, not_for=NOT_NOMINATORS),
    "nomination_contact": Route(_one, lambda scene, actor: {"contact-note": "x"}),
    "nomination_photo": Route(_photo),
    "nomination_thumb": Route(_photo),
}
