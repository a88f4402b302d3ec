"""Fillers of the lists' pages: kinds, rules, overlap and the sources of a household's values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from povertyops.accounts.actor import Actor
from tests.route_fillers import Route, Scene, hole


def _kind(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {"code": "tpmap"}


def _of_kind(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {"name": "บัญชีทดลอง", "rank": "5", "is_active": "on", "carries_dimensions": "on"}


def _new_kind(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {**_of_kind(scene, actor), "code": "trial"}


def _rule(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    return {"field": "phone", "own": "1", "newest_year_first": "0"}


ROUTES: dict[str, Route] = {
    "list_overlap": Route(general=True),
    "list_kinds": Route(general=True),
    "list_kind_new": Route(general=True, body=_new_kind),
    "list_kind": Route(general=True, holes=_kind, body=_of_kind),
    "source_rules": Route(general=True, body=_rule),
    "household_sources": Route(holes=hole("pk", "household")),
}
