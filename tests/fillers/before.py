"""Opening balances and the pages that edit the yardstick."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.enums import CarryKind, SheetStatus
from casework.models import CarryOver, CarryOverLine
from dimensions.models import IncomeThreshold
from dimensions.services import load_yardstick
from dimensions.source import read_source
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.common.audit import SYSTEM
from tests.route_fillers import SECRETS, Route, Scene


def _balance(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    """What the centre's officer sent; one row to mend names what nobody else may read."""
    row, made = CarryOver.objects.get_or_create(
        kind=CarryKind.HELPS,
        province_code=scene.village[:2],
        centre=scene.batch.centre,
        user=scene.batch.user,
        file_name=f"{SECRETS[0]}.xlsx",
        file_hash=b"",
        headers=["x"],
        status=SheetStatus.READY,
        rows=2,
        good=1,
        faults=1,
    )
    if made:
        CarryOverLine.objects.create(
            carry_over=row, row=3, fault="unknown_household", value=SECRETS[2], data={"cells": [SECRETS[2]]}
        )
    return {"pk": row.pk}


def _a_set(**more: Any) -> Any:
    def fill(scene: Scene, actor: Actor) -> Mapping[str, Any]:
        if not IncomeThreshold.objects.exists():
            load_yardstick(actor=SYSTEM, source=read_source())
        return {"code": "bmn-2565", **more}

    return fill


def _loaded(**values: Any) -> Any:
    def fill(scene: Scene, actor: Actor) -> Mapping[str, Any]:
        _a_set()(scene, actor)
        return values

    return fill


# The yardstick is the nation's: whoever keeps it does so from anywhere.
KEEPERS = frozenset({Role.SYSTEM_ADMIN})


ROUTES: dict[str, Route] = {
    "carry_over": Route(_balance),
    "carry_over_apply": Route(_balance),
    "carry_over_undo": Route(_balance, body=lambda scene, actor: {"reason": "x"}),
    "carry_over_errors": Route(_balance),
    "dimension_edit": Route(_loaded(code="health"), also=KEEPERS),
    "stage_edit": Route(_loaded(code="survive"), also=KEEPERS),
    "yardstick_year_edit": Route(_loaded(kind="income", year=2568), also=KEEPERS),
    "indicator_set_edit": Route(_a_set(), also=KEEPERS),
    "indicator_new": Route(_a_set(), also=KEEPERS),
    "category_new": Route(_a_set(), also=KEEPERS),
    "category_edit": Route(_a_set(category="economy"), also=KEEPERS),
    "indicator_edit": Route(_a_set(number=13), also=KEEPERS),
}
