"""Before the pages of mapping are walked, the province has a profile of a colleague's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from households.models import MappingProfile
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from tests.route_fillers import SECRETS, Route, Scene, hole


def _a_profile(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    profile, _made = MappingProfile.objects.get_or_create(
        name=SECRETS[0],
        province_code=scene.village[:2],
        signature="0" * 64,
        superseded_at=None,
        defaults={
            "entered_by": scene.colleague.user,
            "columns": {"subdistrict": "ก", "first_name": "ข"},
            "options": {"headers": ["ก", "ข"]},
        },
    )
    return {"pk": profile.pk}


def _a_code(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    """A code of a municipal unit in the scene's district."""
    return {"code": f"{scene.village[:4]}99"}


# A colleague's profile is changed by its maker and by the secretary.
NOT_THE_MAKER = frozenset({Role.DISTRICT_OFFICER, Role.MUNICIPAL_OFFICER})

ROUTES: dict[str, Route] = {
    "import_mapping": Route(hole("pk", "batch"), lambda scene, actor: {"act": "save", "c0": "first_name"}),
    "mapping_profile": Route(
        _a_profile,
        lambda scene, actor: {"unit": "person", "c0": "village", "c1": "full_name"},
        not_for=NOT_THE_MAKER,
    ),
    "mapping_profile_retire": Route(_a_profile, not_for=NOT_THE_MAKER),
    "code_meaning": Route(_a_code, lambda scene, actor: {"area_code": scene.village[:6]}),
}
