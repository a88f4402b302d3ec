"""What the tests of whole batches share: the register as people see it, lists that build on each other."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from casework.models import Case, CohortState, StageEvent
from casework.services.cohort import expected_states, stored_states
from casework.services.importing import holding
from casework.services.undoing import request_undo, undo_batch
from households.models import (
    Household,
    HouseholdPlacement,
    HouseholdScope,
    ImportBatch,
    ListedPerson,
    Listing,
    Membership,
    NationalId,
    Person,
    TargetList,
)
from povertyops.accounts.actor import Actor, system_actor
from povertyops.common.ids import uuid7
from reports.models import AreaProgress
from reports.services.rollup import drain_marks
from reports.services.verify import verify
from tests.lists import ListHousehold, make_households

# Table -> columns that tell when or how often it was written, which may differ.
WRITTEN: dict[Any, set[str]] = {
    Household: {"version", "recorded_at"},
    Person: {"recorded_at"},
    NationalId: set(),
    HouseholdScope: set(),
    HouseholdPlacement: {"id", "recorded_at"},
    Membership: {"id", "recorded_at", "batch_id"},
    Listing: {"id", "recorded_at"},
    TargetList: set(),
    Case: set(),
    StageEvent: {"id", "recorded_at"},
    CohortState: {"id", "since"},
}


def register() -> dict[str, list[str]]:
    """Everything that holds now, in the register and in the work."""
    found: dict[str, list[str]] = {}
    for model, left_out in WRITTEN.items():
        names = [field.attname for field in model._meta.concrete_fields if field.attname not in left_out]
        rows = model.objects.all()
        if "superseded_at" in names:
            rows = rows.filter(superseded_at=None)
        found[model.__name__] = sorted(_shown(row) for row in rows.values_list(*names))
    lines = ListedPerson.objects.filter(listing__superseded_at=None)
    columns = ("listing__household_id", "listing__kind_code", "listing__fiscal_year", "person_id", "raw")
    found["ListedPerson"] = sorted(repr(row) for row in lines.values_list(*columns))
    return found


def _shown(row: tuple[Any, ...]) -> str:
    return repr([bytes(value) if isinstance(value, memoryview) else value for value in row])


def figures() -> list[str]:
    """Every number of every board, after what waits has been added up; figures of nothing are none."""
    while drain_marks():
        pass
    names = [field.attname for field in AreaProgress._meta.concrete_fields if field.column]
    keys = [name for name in names if not name.endswith("_at")]
    return sorted(repr(row) for row in AreaProgress.objects.values_list(*keys))


def assert_all_agree(*years: int) -> None:
    ids = list(Household.objects.values_list("pk", flat=True))
    stored, expected = stored_states(ids), expected_states(ids)
    wrong = {key: (stored.get(key), row) for key, row in expected.items() if stored.get(key) != row}
    differing = [
        (key[1], name, getattr(was, name, None), getattr(now, name))
        for key, (was, now) in wrong.items()
        for name in now._fields
        if getattr(was, name, None) != getattr(now, name)
    ]
    assert not differing, differing
    assert stored.keys() == expected.keys()
    while drain_marks():
        pass
    for year in years:
        assert not verify(year)


def undo(batch: ImportBatch, *, actor: Actor | None = None, reason: str = "ส่งผิดไฟล์") -> ImportBatch:
    request_undo(actor=actor or system_actor(), batch_id=batch.pk, reason=reason)
    holder = uuid7()
    with holding(batch.pk, holder) as ours:
        assert ours
        return undo_batch(batch_id=batch.pk, holder=holder)


def copies(count: int, **values: Any) -> tuple[list[ListHousehold], list[ListHousehold]]:
    """The same households twice, so that the second list can say other things of them."""
    families = make_households(count, **values)
    return families, deepcopy(families)
