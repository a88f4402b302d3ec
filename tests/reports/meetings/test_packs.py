"""Files of a frozen meeting: asked for, made whole, replaced whole, given up with a reason, taken home."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from povertyops.common.errors import Conflict
from povertyops.common.ids import uuid7
from povertyops.common.leases import take_lease
from povertyops.common.models import AccessEntry
from reports.enums import JobState
from reports.models import FrozenProgress, Meeting, PackFile, PackJob
from reports.pages.meetings import PackStory, pack_story
from reports.services.packs import ask_pack, lease_key, run_pack, unfinished_packs
from tests.cast import client_of
from tests.reports.history import World
from tests.reports.meetings.conftest import frozen, lived_in, planned


@pytest.fixture
def world(db: None) -> World:
    return lived_in()


@pytest.fixture
def meeting(world: World) -> Meeting:
    return frozen(world)


def digests(job: PackJob) -> dict[str, str]:
    return dict(job.files.values_list("name", "sha256"))


def test_files_are_whole_and_the_old_stay_until_the_new_are(world: World, meeting: Meeting) -> None:
    actor = world.cast.secretary
    with pytest.raises(Conflict, match="ตรึงตัวเลขก่อน"):
        ask_pack(actor=actor, meeting_id=planned(world).pk)
    job = ask_pack(actor=actor, meeting_id=meeting.pk)
    assert ask_pack(actor=actor, meeting_id=meeting.pk).pk == job.pk
    with pytest.raises(Conflict, match="กำลังทำเอกสารอีกแบบ"):
        ask_pack(actor=actor, meeting_id=meeting.pk, thai_digits=True)
    assert unfinished_packs() == [job.pk]
    assert run_pack(job.pk) is True
    assert run_pack(job.pk) is False, "nothing is left to do"
    job.refresh_from_db()
    first = digests(job)
    assert (job.state, job.done_steps, job.attempts) == (JobState.DONE, job.all_steps, 1)
    assert {"pdf", "xlsx", "memo"} <= set(job.files.values_list("kind", flat=True))
    assert all(meeting.snapshot_id in name for name in first)
    assert bytes(job.files.get(kind="pdf").content).startswith(b"%PDF")

    # In other digits there are other files; until they are whole, the old ones.
    ask_pack(actor=actor, meeting_id=meeting.pk, thai_digits=True)
    assert digests(job) == first
    story = pack_story(meeting)
    assert (story.is_under_way, len(story.files)) == (True, len(first))
    run_pack(job.pk)
    thai = digests(job)
    assert thai.keys() == first.keys()
    assert thai != first


def test_another_holds_the_lease_or_it_was_tried_too_often(world: World, meeting: Meeting) -> None:
    job = ask_pack(actor=world.cast.secretary, meeting_id=meeting.pk)
    assert take_lease(lease_key(job.pk), uuid7(), 0)  # runs out at once: a worker that died
    PackJob.objects.filter(pk=job.pk).update(attempts=3, state=JobState.RUNNING, says="ตารางแนบ")
    assert run_pack(job.pk) is False
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "หยุดที่ “ตารางแนบ”" in job.says
    assert unfinished_packs() == []
    again = ask_pack(actor=world.cast.secretary, meeting_id=meeting.pk)
    assert (again.state, again.attempts, again.says) == (JobState.WAITING, 0, "")
    take_lease(lease_key(job.pk), uuid7(), 60)
    assert run_pack(job.pk) is False
    assert not PackFile.objects.exists()


def test_nothing_waits_without_saying_so(world: World, meeting: Meeting) -> None:
    """No worker runs in this test: the page says that none answers."""
    job = ask_pack(actor=world.cast.secretary, meeting_id=meeting.pk)
    now = timezone.now()
    assert "รอคิวมาแล้ว" in PackStory(job, now).says
    assert PackStory(job, now).is_stuck is False
    late = PackStory(job, now + timedelta(seconds=40))
    assert late.is_stuck
    assert "ไม่มีตัวทำงานเบื้องหลังตอบ" in late.says
    job.state, job.leased_until = JobState.RUNNING, now - timedelta(seconds=1)
    silent = PackStory(job, now)
    assert silent.is_stuck
    assert "ตัวอื่นทำต่อ" in silent.says


def test_only_those_of_the_province_take_a_file_and_it_is_written_down(
    world: World, meeting: Meeting
) -> None:
    cast = world.cast
    job = ask_pack(actor=cast.secretary, meeting_id=meeting.pk)
    file = PackFile.objects.create(
        job=job, kind="pdf", name=f"{meeting.snapshot_id}.pdf", content=b"%PDF-x", size=6, sha256="0" * 64
    )
    url = reverse("pack_file", args=[file.pk])
    for who in (cast.far_secretary, cast.far_executive, cast.district_executive):
        assert client_of(who).get(url).status_code == 404
    for who in (cast.officer, cast.mentor, cast.national_viewer):
        assert client_of(who).get(url).status_code == 403
    for reader in (cast.secretary, cast.executive):
        answer = client_of(reader).get(url)
        assert (answer.status_code, answer.content) == (200, b"%PDF-x")
        assert answer["Content-Disposition"] == f'attachment; filename="{meeting.snapshot_id}.pdf"'
        assert answer["X-Content-Type-Options"] == "nosniff"
    entries = AccessEntry.objects.filter(kind="pack", object_id=str(meeting.pk))
    assert [entry.user_id for entry in entries] == [cast.secretary.user_id, cast.executive.user_id]
    assert entries[0].details["snapshot"] == meeting.snapshot_id


def command(out: Path, number: str, **options: object) -> str:
    said = StringIO()
    call_command("meeting_pack", area="90", number=number, out=out, stdout=said, **options)
    return said.getvalue()


def test_command_makes_the_same_files_again(world: World, tmp_path: Path) -> None:
    number = f"2/{world.year}"
    said = command(tmp_path / "a", number, list_kind="csr")
    meeting = Meeting.objects.get(number=2, year=world.year)
    assert meeting.snapshot_id in said
    assert "ตรึงตัวเลขการประชุมครั้งที่" in said
    assert FrozenProgress.objects.filter(meeting=meeting, code="90").exists()
    assert meeting.list_kind == "csr"
    with pytest.raises(CommandError, match="สำหรับบัญชีอื่น"):
        command(tmp_path / "c", number, list_kind="tpmap")
    world.act("visit", 5)
    command(tmp_path / "b", number)
    first, second = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in "ab")
    assert {Path(name).suffix for name in first} >= {".pdf", ".xlsx", ".png"}
    assert first == second


@pytest.mark.parametrize(
    ("area", "number", "code", "says"),
    [
        ("90", "หนึ่ง", 2, "เลข/ปี พ.ศ."),
        ("91", "1/2568", 3, "ไม่พบจังหวัด"),
        ("90", "1/2561", 3, "ไม่มีตัวเลขให้ตรึง"),
    ],
)
def test_command_says_what_is_wrong(
    world: World, tmp_path: Path, area: str, number: str, code: int, says: str
) -> None:
    with pytest.raises(CommandError, match=says) as refusal:
        call_command("meeting_pack", area=area, number=number, out=tmp_path)
    assert refusal.value.returncode == code
    assert list(tmp_path.iterdir()) == []


def test_command_that_cannot_write_says_so(world: World, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    with pytest.raises(CommandError, match="เขียนไฟล์ลง") as refusal:
        command(file, f"1/{world.year}")
    assert refusal.value.returncode == 4


def test_a_pack_of_elsewhere_cannot_be_asked_for(world: World, meeting: Meeting) -> None:
    with pytest.raises(Http404):
        ask_pack(actor=world.cast.far_secretary, meeting_id=meeting.pk)
