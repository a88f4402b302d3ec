"""Fillers for pairs side by side, merges and their undoing, persons who move, households that split."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from casework.models import HouseholdMerge, PersonMerge
from households.enums import FoundBy, PairKind
from households.models import DuplicatePair, Household, Membership, Person
from povertyops.accounts.actor import Actor
from povertyops.common.ids import uuid7
from povertyops.common.names import search_key, sort_key
from tests.cast import FAR_VILLAGE
from tests.route_fillers import HOUSEHOLD, SECRETS, Route, Scene

NOTHING_DONE: dict[str, Any] = {"changed": {}, "made": {}, "taken": {}}


def _twin(scene: Scene) -> Person:
    """A member of the scene's household that may be the scene's person once more."""
    first, last = SECRETS[0], "รายชื่อซ้ำ"
    twin, made = Person.objects.get_or_create(
        province_code=scene.household.province_code,
        first_name=first,
        last_name=last,
        defaults={"search_key": search_key(f"{first} {last}"), "sort_key": sort_key(first, last)},
    )
    if made:
        Membership.objects.create(
            household=scene.household, person=twin, position=9, valid_from=timezone.localdate()
        )
    return twin


def _pair(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    left, right = sorted((scene.person.pk, _twin(scene).pk))
    pair, _made = DuplicatePair.objects.get_or_create(
        kind=PairKind.PERSON,
        left_id=left,
        right_id=right,
        defaults={
            "province_code": scene.household.province_code,
            "left_household_id": scene.household.pk,
            "right_household_id": scene.household.pk,
            "score": 900,
            "found_by": FoundBy.NIGHTLY,
            "reason": SECRETS[1],
        },
    )
    return {"pk": pair.pk}


def _merge(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    gone, _made = Household.objects.get_or_create(
        province_code=scene.household.province_code,
        area_code=scene.household.area_code,
        head_name=SECRETS[0],
        house_no="merged",
        defaults={"merged_into": scene.household},
    )
    merge, _made = HouseholdMerge.objects.get_or_create(
        gone=gone,
        defaults={
            "kept": scene.household,
            "province_code": scene.household.province_code,
            "reason": SECRETS[1],
            "manifest": NOTHING_DONE,
            "effective_on": timezone.localdate(),
        },
    )
    return {"pk": merge.pk}


def _person_merge(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    merge, _made = PersonMerge.objects.get_or_create(
        gone=_twin(scene),
        defaults={
            "kept": scene.person,
            "household": scene.household,
            "province_code": scene.household.province_code,
            "reason": SECRETS[1],
            "manifest": NOTHING_DONE,
        },
    )
    return {"pk": merge.pk}


def _moving(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {
        "person": str(scene.person.pk),
        "to_household": str(uuid7()),
        "on": timezone.localdate().isoformat(),
        "reason": "x",
    }


def _splitting(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {
        "persons": [str(scene.person.pk)],
        "subdistrict": FAR_VILLAGE[:6],
        "village": "1",
        "on": timezone.localdate().isoformat(),
        "reason": "x",
    }


def _undoing(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {"reason": "x"}


ROUTES: dict[str, Route] = {
    "duplicate": Route(_pair),
    "duplicate_merge": Route(_pair, lambda scene, actor: {"kept": "left", "reason": "x", "step": "do"}),
    "duplicate_decide": Route(
        _pair, lambda scene, actor: {"decision": "person", "kept": "left", "reason": "x"}
    ),
    "merge_undo": Route(_merge, _undoing),
    "person_merge_undo": Route(_person_merge, _undoing),
    "person_move": Route(HOUSEHOLD, _moving),
    "household_split": Route(HOUSEHOLD, _splitting),
}
