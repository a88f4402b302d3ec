"""Before the queue of pairs is walked, the scene's household is one side of a pair."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from households.enums import FoundBy, PairKind
from households.models import DuplicatePair, Household
from povertyops.accounts.actor import Actor
from povertyops.common.ids import uuid7
from tests.route_fillers import Route, Scene


def _a_pair(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    here = scene.household
    if not DuplicatePair.objects.filter(left_household_id=here.pk, kind=PairKind.HOUSEHOLD).exists():
        other = Household.objects.exclude(pk=here.pk).filter(province_code=here.province_code).first()
        right = max(uuid7(), here.pk) if other is None else other.pk
        left, right = sorted((here.pk, right))
        DuplicatePair.objects.get_or_create(
            kind=PairKind.HOUSEHOLD,
            left_id=left,
            right_id=right,
            defaults={
                "province_code": here.province_code,
                "left_household_id": left,
                "right_household_id": right,
                "score": 800,
                "grounds": [{"code": "heads_alike"}],
                "found_by": FoundBy.NIGHTLY,
            },
        )
    return {}


ROUTES = {"duplicates": Route(holes=_a_pair)}
