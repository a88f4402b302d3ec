"""A second person for large lists, and reading a file anew."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.http import Http404
from django.urls import reverse

from casework.services.apply import request_apply
from casework.services.import_approval import approve_import, decline_import, set_import_rule
from casework.services.importing import move_on
from casework.services.undoing import approve_undo, decline_undo, request_undo
from households.enums import ImportStatus
from households.models import Household, ImportBatch, ImportRule
from households.services.target_lists import read_again
from povertyops.accounts.actor import Actor
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.models import AuditEntry
from tests.casework.batches import undo
from tests.cast import Cast, client_of
from tests.import_work import bring_in, check, world
from tests.lists import HEADER, Sheet, make_households

__all__ = ["world"]


def a_list(count: int = 3, **values: int) -> Sheet:
    return Sheet(make_households(count, persons=1, subdistricts=["900701"], **values))


def asked(actor: Actor, sheet: Sheet) -> ImportBatch:
    return request_apply(actor=actor, batch_id=check(sheet, actor=actor).pk)


def test_large_list_waits_for_another_officer(world: Cast) -> None:
    set_import_rule(actor=world.secretary, second_person_from=3)
    batch = asked(world.officer, a_list())
    assert (batch.status, batch.asked_by) == (ImportStatus.AWAITING, world.officer.user)
    assert move_on(batch.pk)
    assert not Household.objects.exists()
    with pytest.raises(NotAllowed):
        approve_import(actor=world.officer, batch_id=batch.pk)
    with pytest.raises(Http404):
        approve_import(actor=world.other_officer, batch_id=batch.pk)
    with pytest.raises(NotAllowed):
        approve_import(actor=Actor(user=None, appointment=None), batch_id=batch.pk)
    approved = approve_import(actor=world.second_officer, batch_id=batch.pk)
    assert (approved.status, approved.approved_by) == (ImportStatus.REQUESTED, world.second_officer.user)
    move_on(batch.pk)
    assert Household.objects.count() == 3
    actions = list(AuditEntry.objects.filter(object_type="import").values_list("action", flat=True))
    assert {"import.awaiting", "import.approved", "import.applied"} <= set(actions)


def test_smaller_lists_other_provinces_and_the_system_need_none(world: Cast) -> None:
    set_import_rule(actor=world.secretary, second_person_from=3)
    assert asked(world.officer, a_list(2)).status == ImportStatus.REQUESTED
    far = make_households(3, persons=1, subdistricts=["400101"], start=50)
    assert asked(world.far_officer, Sheet(far)).status == ImportStatus.REQUESTED
    assert bring_in(a_list(3, start=70)).status == ImportStatus.APPLIED
    set_import_rule(actor=world.secretary, second_person_from=None)
    assert asked(world.officer, a_list(3, start=90)).status == ImportStatus.REQUESTED
    assert ImportRule.objects.get().changed_by == world.secretary.user
    with pytest.raises(NotAllowed):
        set_import_rule(actor=world.officer, second_person_from=1)


def test_a_large_list_cut_into_small_ones_is_large(world: Cast) -> None:
    """One person, one day, one list: three of one household are three, whoever else sends what."""
    set_import_rule(actor=world.secretary, second_person_from=3)
    assert asked(world.officer, a_list(1)).status == ImportStatus.REQUESTED
    second = asked(world.officer, a_list(1, start=20))
    assert second.status == ImportStatus.REQUESTED
    assert asked(world.second_officer, a_list(2, start=30)).status == ImportStatus.REQUESTED
    third = asked(world.officer, a_list(1, start=40))
    assert third.status == ImportStatus.AWAITING
    other_year = check(a_list(1, start=50), actor=world.officer, fiscal_year=2567)
    assert request_apply(actor=world.officer, batch_id=other_year.pk).status == ImportStatus.REQUESTED
    approve_import(actor=world.secretary, batch_id=third.pk)
    assert move_on(third.pk)
    assert asked(world.officer, a_list(1, start=60)).status == ImportStatus.AWAITING
    ImportBatch.objects.filter(pk=second.pk).update(requested_at=second.requested_at - timedelta(days=1))
    assert asked(world.officer, a_list(1, start=70)).status == ImportStatus.REQUESTED


def test_taking_a_large_list_back_takes_two(world: Cast) -> None:
    batches = [bring_in(a_list(2, start=start), actor=world.officer) for start in (1, 20, 40)]
    set_import_rule(actor=world.secretary, second_person_from=3)
    first = request_undo(actor=world.officer, batch_id=batches[0].pk, reason="ผิดปี")
    assert first.status == ImportStatus.UNDOING
    assert move_on(first.pk)
    second = request_undo(actor=world.officer, batch_id=batches[1].pk, reason="ผิดปี")
    assert (second.status, second.undone_by) == (ImportStatus.UNDO_AWAITING, world.officer.user)
    assert move_on(second.pk)
    assert Household.objects.count() == 4
    with pytest.raises(NotAllowed):
        approve_undo(actor=world.officer, batch_id=second.pk)
    with pytest.raises(Http404):
        approve_undo(actor=world.far_secretary, batch_id=second.pk)
    with pytest.raises(InvalidInput):
        decline_undo(actor=world.secretary, batch_id=second.pk, note=" ")
    left = decline_undo(actor=world.secretary, batch_id=second.pk, note="ใช้ไฟล์เดิม")
    assert (left.status, left.problem, left.undone_by) == (ImportStatus.APPLIED, "ใช้ไฟล์เดิม", None)
    with pytest.raises(Conflict):
        approve_undo(actor=world.secretary, batch_id=second.pk)

    request_undo(actor=world.officer, batch_id=second.pk, reason="ผิดปีจริง")
    here, answer = (reverse(name, args=[second.pk]) for name in ("import_batch", "import_undo_answer"))
    own, secretary = client_of(world.officer), client_of(world.secretary)
    said = own.get(here).content.decode()
    assert "ผู้ขอเลิกการนำเข้าอนุมัติเองไม่ได้" in said
    assert "ถอนคำขอ" in said
    assert own.get(reverse("import_undo", args=[second.pk])).status_code == 302
    assert own.post(answer, {"decision": "approve"}).status_code == 403
    assert "จะออกจากทะเบียน 2 ครัวเรือน 2 คน" in secretary.get(here).content.decode()
    assert secretary.post(answer, {"decision": "decline"}).status_code == 422
    assert secretary.post(answer, {"decision": "approve"}).headers["Location"] == here
    assert move_on(second.pk)
    second.refresh_from_db()
    assert (second.status, second.undo_approved_by) == (ImportStatus.UNDONE, world.secretary.user)
    assert Household.objects.count() == 2
    assert undo(batches[2]).status == ImportStatus.UNDONE  # the system acts alone


def test_sent_back_with_a_reason_it_can_be_asked_again(world: Cast) -> None:
    set_import_rule(actor=world.secretary, second_person_from=1)
    batch = asked(world.officer, a_list())
    with pytest.raises(InvalidInput):
        decline_import(actor=world.secretary, batch_id=batch.pk, note=" ")
    back = decline_import(actor=world.secretary, batch_id=batch.pk, note="ผิดปีสำรวจ")
    assert (back.status, back.problem) == (ImportStatus.READY, "ผิดปีสำรวจ")
    assert (
        "ผิดปีสำรวจ" in client_of(world.officer).get(reverse("import_batch", args=[batch.pk])).content.decode()
    )
    again = request_apply(actor=world.officer, batch_id=batch.pk)
    assert (again.status, again.problem) == (ImportStatus.AWAITING, "")
    with pytest.raises(Conflict):
        read_again(actor=world.officer, batch_id=batch.pk)


def test_pages_of_the_second_person(world: Cast) -> None:
    rule = reverse("import_rule")
    assert client_of(world.officer).get(rule).status_code == 403
    secretary = client_of(world.secretary)
    assert secretary.post(rule, {"second_person_from": "x"}).status_code == 422
    assert secretary.post(rule, {"second_person_from": "2"}).status_code == 302
    batch = asked(world.officer, a_list())
    here, answer = reverse("import_batch", args=[batch.pk]), reverse("import_approve", args=[batch.pk])
    own = client_of(world.officer)
    said = own.get(here).content.decode()
    assert "ผู้ขอนำเข้าอนุมัติเองไม่ได้" in said
    assert "ถอนคำขอ" in said
    assert own.post(answer, {"decision": "approve"}).status_code == 403
    assert "อนุมัติให้นำเข้า 3 ครัวเรือน" in secretary.get(here).content.decode()
    assert "บัญชีรอผู้อนุมัติคนที่สอง" in secretary.get(reverse("queues")).content.decode()
    refused = secretary.post(answer, {"decision": "decline"})
    assert refused.status_code == 422
    assert "โปรดบอกเหตุผล" in refused.content.decode()
    assert secretary.post(answer, {"decision": "approve"}).status_code == 302
    batch.refresh_from_db()
    assert batch.approved_by == world.secretary.user


def test_command_says_that_it_waits(world: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    set_import_rule(actor=world.secretary, second_person_from=1)
    path = a_list().csv(tmp_path / "list.csv")
    name = world.officer.user.username if world.officer.user else ""
    with pytest.raises(SystemExit) as ended:
        call_command(
            *(
                "import_targets",
                str(path),
                "--list",
                "tpmap",
                "--fiscal-year",
                "2568",
                "--as",
                name,
                "--apply",
            )
        )
    assert ended.value.code == 0
    said = capsys.readouterr().out
    batch = ImportBatch.objects.get()
    assert "รอผู้อนุมัติคนที่สอง" in said
    assert str(batch.pk) in said
    assert batch.status == ImportStatus.AWAITING


def test_file_whose_columns_nobody_understands_waits_for_a_meaning(world: Cast) -> None:
    header = ["X" if name == "ชื่อ" else name for name in HEADER]
    batch = check(Sheet(make_households(2, subdistricts=["900701"]), header), actor=world.officer)
    assert batch.status == ImportStatus.MAPPING
    assert "ชื่อ" in batch.problem
    assert not batch.staged_households.exists()
    client = client_of(world.officer)
    said = client.get(reverse("import_batch", args=[batch.pk])).content.decode()
    assert "ต้องบอกก่อนว่าคอลัมน์ไหนคืออะไร" in said
    assert client.post(reverse("import_again", args=[batch.pk])).status_code == 302
    batch.refresh_from_db()
    assert batch.is_moving or batch.status == ImportStatus.MAPPING
    with pytest.raises(Http404):
        read_again(actor=world.far_officer, batch_id=batch.pk)


def test_file_read_again_is_judged_anew(world: Cast) -> None:
    batch = check(a_list(), actor=world.officer)
    read_again(actor=world.officer, batch_id=batch.pk)
    assert move_on(batch.pk)
    batch.refresh_from_db()
    assert (batch.status, batch.new, batch.staged_households.count()) == (ImportStatus.READY, 3, 3)
    applied = bring_in(a_list(1, start=40), actor=world.officer)
    with pytest.raises(Conflict):
        read_again(actor=world.officer, batch_id=applied.pk)
