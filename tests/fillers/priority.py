"""Priority, sharing out and field checks in Excel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from casework.models import SheetReturn, SheetReturnLine, VerificationSheet
from casework.pages.sharing import propose, share_form
from casework.priority import DEFAULTS
from casework.sheet_rules import Kind
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from tests.route_fillers import SECRETS, Route, Scene


def _a_return(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    """A filled-in sheet that a colleague of the scene sent back: it would change the person."""
    owner = scene.colleague
    assert owner.appointment is not None
    sheet, _ = VerificationSheet.objects.get_or_create(
        province_code=scene.village[:2],
        area_code=scene.village,
        user=owner.user,
        stood={str(scene.person.pk): [str(scene.household.pk), "not_yet", ""]},
    )
    returned, made = SheetReturn.objects.get_or_create(
        sheet=sheet,
        province_code=sheet.province_code,
        centre=owner.appointment.centre,
        user=owner.user,
        file_name=f"{SECRETS[0]}.xlsx",
        file_hash=b"",
        good=1,
        rows=1,
    )
    if made:
        SheetReturnLine.objects.create(
            sheet_return=returned,
            row=3,
            household=scene.household,
            data={
                "person": str(scene.person.pk),
                "kind": Kind.CHANGE.value,
                "found": ["died", SECRETS[2]],
                "stood": ["not_yet", ""],
                "now": ["not_yet", ""],
                "on": "2025-01-01",
            },
        )
    return {"pk": returned.pk}


def _anothers_plan(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    """What a colleague of the scene was shown; nobody else can confirm it."""
    if scene.colleague.role in (Role.MENTOR, None):
        return {"plan": "x"}
    return {"plan": propose(scene.colleague, share_form(scene.colleague, {})).sealed}


ROUTES: dict[str, Route] = {
    # whose sheet it is, and nobody else's
    "sheet_return": Route(_a_return, not_for=frozenset(Role)),
    "sheet_return_apply": Route(_a_return, not_for=frozenset(Role)),
    "share_out": Route(body=_anothers_plan),
    "priority_weights": Route(
        body=lambda scene, actor: {
            **asdict(DEFAULTS),
            "indicators": 20,
            "waiting": 30,
            "reason": "x",
            "save": "1",
        }
    ),
}
