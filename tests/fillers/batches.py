"""Addresses around an import, and of the yearly review."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from casework.models import BaselineReview
from povertyops.accounts.actor import Actor
from povertyops.common.thai import fiscal_year_of
from tests.route_fillers import SECRETS, Route, Scene, hole

BATCH = hole("pk", "batch")


def _a_review(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    """A review of the scene's household; it is made by the first who asks."""
    year = fiscal_year_of(date.today())
    review, _ = BaselineReview.objects.get_or_create(
        household=scene.household,
        fiscal_year=year,
        superseded_at=None,
        defaults={
            "province_code": scene.household.province_code,
            "survey_year": year - 1,
            "dimensions": 4,
            "effective_on": date.today(),
            "minutes_number": SECRETS[0],
        },
    )
    return {"pk": review.pk}


def _chosen(scene: Scene, actor: Actor) -> Mapping[str, Any]:
    today = date.today()
    return {
        "household": [str(scene.household.pk)],
        "minutes_number": "1/2569",
        "effective_on": f"{today.day}/{today.month}/{today.year + 543}",
    }


ROUTES: dict[str, Route] = {
    "import_approve": Route(BATCH, lambda scene, actor: {"decision": "approve"}),
    "import_again": Route(BATCH),
    "import_changes": Route(BATCH),
    "import_changes_csv": Route(BATCH),
    "import_leavers": Route(BATCH, lambda scene, actor: {"group": "9007-0-0", "act": "remove"}),
    "import_undo": Route(BATCH, lambda scene, actor: {"reason": "จากที่อื่น"}),
    "import_undo_answer": Route(BATCH, lambda scene, actor: {"decision": "approve"}),
    "yearly_review": Route(body=_chosen),
    "review_undo": Route(_a_review),
}
