"""Spoiled files: each ends in a preview, a question or one clear refusal, and never with anything half done.

A few of each kind here; `python -m bench --only fuzz` takes thousands, with time and memory.
"""

from __future__ import annotations

import pytest

from households.enums import ImportStatus
from households.models import Household, ImportBatch, ImportHousehold, ImportRow
from households.services.target_lists import Draft, Unreadable, faults_of, receive_list
from povertyops.accounts.actor import system_actor
from tests.cast import Cast
from tests.fuzzing import WAYS, Spoiled, spoiled
from tests.import_work import apply, read, world

__all__ = ["world"]

SEED = 20_691_122
FILES = 64
THAI = ("ก", "๙")


def told(file: Spoiled) -> ImportBatch | str:
    """What becomes of a file: the batch as read, or the sentence that refuses it at the door."""
    try:
        batch = receive_list(
            actor=system_actor(), draft=Draft("tpmap", 2568), file_name=file.name, pieces=[file.data]
        )
    except Unreadable as refusal:
        return str(refusal)
    return read(batch)


def is_thai(sentence: str) -> bool:
    return any(THAI[0] <= letter <= THAI[1] for letter in sentence)


@pytest.mark.usefixtures("world")
def test_spoiled_files_end_in_a_preview_a_question_or_a_refusal() -> None:
    ended: dict[str, int] = {}
    for file in spoiled(SEED, FILES):
        outcome = told(file)
        if isinstance(outcome, str):
            assert is_thai(outcome), file.how
            ended["refused"] = ended.get("refused", 0) + 1
            continue
        ended[outcome.status] = ended.get(outcome.status, 0) + 1
        staged = ImportRow.objects.filter(batch=outcome).exists()
        match outcome.status:
            case ImportStatus.READY:
                assert outcome.rows > 0, file.how
                assert all(is_thai(fault["message"]) for fault in faults_of(outcome)), file.how
            case ImportStatus.UNREADABLE:
                assert is_thai(outcome.problem), file.how
                assert not staged, file.how
            case ImportStatus.MAPPING:
                assert not staged, file.how
            case _:
                pytest.fail(f"{file.name} ({file.how}) ended as {outcome.status}")
    assert Household.objects.count() == 0
    assert len(WAYS) <= FILES
    assert ended[ImportStatus.READY] > FILES // 5, ended


def test_what_a_preview_lets_in_goes_in_whole(world: Cast) -> None:
    """Formula-like text among it stays text."""
    for file in spoiled(SEED + 1, 24):
        outcome = told(file)
        if isinstance(outcome, ImportBatch) and outcome.can_apply:
            before = Household.objects.count()
            batch = apply(outcome)
            staged = ImportHousehold.objects.filter(batch=batch)
            assert not staged.filter(is_held=False, is_applied=False).exists(), file.how
            assert Household.objects.count() == before + batch.new, file.how
