"""What the tests of imports share: a loaded world, and bringing a sheet in the way the command and the page
do."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from casework.services.apply import apply_batch, request_apply
from casework.services.importing import holding
from dimensions.services import load_yardstick
from dimensions.source import read_source
from households.models import ImportBatch
from households.services.list_kinds import load_list_kinds
from households.services.target_lists import Draft, read_batch, receive_list
from povertyops.accounts.actor import Actor, system_actor
from povertyops.common.audit import SYSTEM
from povertyops.common.ids import uuid7
from tests.cast import Cast
from tests.lists import Sheet


@pytest.fixture
def world(cast: Cast) -> Cast:
    """The cast, with the yardstick and the kinds of list."""
    load_world()
    return cast


def load_world() -> None:
    load_yardstick(actor=SYSTEM, source=read_source())
    load_list_kinds()


def receive(
    sheet: Sheet | Path, *, actor: Actor | None = None, kind: str = "tpmap", fiscal_year: int = 2568
) -> ImportBatch:
    """Store a sheet (written as CSV) or a file as a batch."""
    with TemporaryDirectory() as folder:
        path = sheet if isinstance(sheet, Path) else sheet.csv(Path(folder) / "list.csv")
        return receive_list(
            actor=actor or system_actor(),
            draft=Draft(kind, fiscal_year),
            file_name=path.name,
            pieces=[path.read_bytes()],
        )


def check(
    sheet: Sheet | Path, *, actor: Actor | None = None, kind: str = "tpmap", fiscal_year: int = 2568
) -> ImportBatch:
    """Receive and read: the preview."""
    return read(receive(sheet, actor=actor, kind=kind, fiscal_year=fiscal_year))


def read(batch: ImportBatch) -> ImportBatch:
    holder = uuid7()
    with holding(batch.pk, holder) as ours:
        assert ours
        return read_batch(batch_id=batch.pk, holder=holder)


def apply(batch: ImportBatch, *, actor: Actor | None = None) -> ImportBatch:
    request_apply(actor=actor or system_actor(), batch_id=batch.pk)
    holder = uuid7()
    with holding(batch.pk, holder) as ours:
        assert ours
        return apply_batch(batch_id=batch.pk, holder=holder)


def bring_in(
    sheet: Sheet | Path, *, actor: Actor | None = None, kind: str = "tpmap", fiscal_year: int = 2568
) -> ImportBatch:
    """Check and apply what is right."""
    return apply(check(sheet, actor=actor, kind=kind, fiscal_year=fiscal_year), actor=actor)


def codes(batch: ImportBatch, *, notices: bool = False) -> list[tuple[int, str]]:
    """(sheet row, code) of what was found, in order."""
    found = batch.found_faults.filter(is_notice=notices).order_by("row", "id")
    return list(found.values_list("row", "code"))


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    """new, known, changed, held back."""
    return batch.new, batch.known, batch.changed, batch.held_back
