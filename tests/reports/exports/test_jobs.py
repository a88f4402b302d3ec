"""Exports that a worker makes: asked from the page, whole or not offered, resumed, expired, logged."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db.models import F
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ops.processes import Child
from povertyops.accounts.models import Appointment
from povertyops.common.models import AccessEntry
from reports.export_queries import unfinished_exports
from reports.models import ColumnChoice, ExportJob
from reports.orders import write_export
from reports.services.export_jobs import Task, exports_folder, file_of, purge_exports, run_export
from tests.cast import Cast, build_cast, client_of, demo_pin

from .world import a_household, csv_rows, read_csv

pytestmark = pytest.mark.django_db(transaction=True)
PROJECT = Path(__file__).resolve().parents[3]
REASON = "ส่งให้สาธารณสุขจังหวัดตรวจสิทธิ"
# Half of the file, then nothing more until it is killed.
HALF_WAY = """
import sys, time, django
django.setup()
from uuid import UUID
from reports.orders import write_export
from reports.services.export_jobs import run_export
def half(task):
    write_export(task)
    with task.target.open("r+b") as file:
        file.truncate(100)
    task.beat(1)
    time.sleep(600)
run_export(UUID(sys.argv[1]), half)
"""


@pytest.fixture
def people(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[Cast]:
    settings.MEDIA_ROOT = tmp_path
    return build_cast()


def ask(client: Client, kind: str = "person", act: str = "job", **sent: Any) -> HttpResponse:
    return client.post(
        f"{reverse('export_new')}?kind={kind}", {"act": act, "format": "csv", **every(kind), **sent}
    )


def every(kind: str) -> dict[str, list[str]]:
    from reports.orders import columns_of

    codes = [column.code for column in columns_of(kind)]
    return {"order": codes, "column": codes}


def run(job: ExportJob) -> ExportJob:
    assert run_export(job.pk, write_export)
    job.refresh_from_db()
    return job


def body_of(client: Client, job: ExportJob) -> bytes:
    response = client.get(reverse("export_file", args=[job.pk]))
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def is_offered(client: Client, job: ExportJob) -> bool:
    return client.get(reverse("export_file", args=[job.pk])).status_code == 200


def let_leases_run_out() -> None:
    ExportJob.objects.update(leased_until=timezone.now() - timedelta(seconds=1))


def test_from_asking_to_the_seventh_day(people: Cast) -> None:
    a_household(people)
    client = client_of(people.officer)
    assert ask(client, "household").url == reverse("export_list")
    job = ExportJob.objects.get()
    assert (job.state, job.rows, job.asked_by_id) == ("waiting", 1, people.officer.user_id)
    waiting = client.get(reverse("export_list")).content.decode()
    assert "อยู่ในคิว" in waiting
    assert 'hx-trigger="every 3s"' in waiting
    poll = client.get(reverse("export_list"), headers={"HX-Request": "true"}).content.decode()
    assert poll.lstrip().startswith('<ul class="exports"')
    ExportJob.objects.update(asked_at=F("asked_at") - timedelta(minutes=5))
    assert "ยังไม่มีเครื่องรับงานนี้" in client.get(reverse("export_list")).content.decode()
    assert not is_offered(client, job)

    run(job)

    assert (job.state, job.rows, job.attempts, job.leased_until) == ("done", 1, 1, None)
    assert job.size == file_of(job).stat().st_size
    assert stat.S_IMODE(file_of(job).stat().st_mode) == 0o600
    assert [path.name for path in exports_folder().iterdir()] == [f"{job.pk}.csv"]
    assert csv_rows([body_of(client, job)]) == read_csv(client)
    assert run_export(job.pk, write_export) is False
    page = client.get(reverse("export_list")).content.decode()
    assert "เก็บไว้อีก 6 วัน" in page
    assert "hx-trigger" not in page.split('id="exports"')[1].split(">")[0]
    for other in (people.other_officer, people.secretary, people.far_officer):
        assert not is_offered(client_of(other), job)
        assert client_of(other).post(reverse("export_delete", args=[job.pk])).status_code == 404
    kinds = list(AccessEntry.objects.order_by("id").values_list("kind", flat=True))
    assert kinds[:2] == ["export", "export.download"]

    ExportJob.objects.filter(pk=job.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert not is_offered(client, job)
    assert purge_exports() == 1
    assert list(exports_folder().iterdir()) == []
    job.refresh_from_db()
    assert job.state == "expired"


def test_the_scope_is_that_of_the_appointment_when_it_runs_and_when_it_is_fetched(people: Cast) -> None:
    a_household(people)
    client = client_of(people.officer)
    ask(client), ask(client)
    first, second = ExportJob.objects.order_by("id")
    run(first)
    Appointment.objects.filter(pk=first.appointment_id).update(
        valid_to=timezone.localdate() - timedelta(days=1)
    )
    Appointment.objects.filter(pk=first.appointment_id).update(
        valid_from=timezone.localdate() - timedelta(days=9)
    )
    assert client.get(reverse("export_file", args=[first.pk])).status_code in (403, 404)
    run(second)
    assert second.state == "failed"
    assert "สิ้นสุดแล้ว" in second.says
    assert not file_of(second).exists()


def test_ids_in_full_need_a_role_and_a_reason_and_are_logged(people: Cast) -> None:
    household = a_household(people, persons=1)
    pin = demo_pin(household.memberships.get().person)
    client = client_of(people.officer)
    refused = ask(client, shows_ids="on", reason="ขอ")
    assert refused.status_code == 422
    assert "อย่างน้อย 10 ตัวอักษร" in refused.content.decode()
    # At once only masked ones leave; a role without the right, or a list without ids, has nothing to tick.
    assert ask(client, act="stream", shows_ids="on", reason=REASON).url == reverse("export_list")
    ask(client_of(people.mentor), shows_ids="on", reason=REASON)
    ask(client_of(people.executive), shows_ids="on", reason=REASON)
    ask(client, "household", shows_ids="on", reason=REASON)
    shown, *others = ExportJob.objects.order_by("id")
    assert [job.shows_ids for job in others] == [False, False, False]
    for job in (shown, *others):
        run(job)

    assert pin in body_of(client, shown).decode()
    assert [pin in file_of(job).read_text() for job in others] == [False, False, False]
    asked, fetched = (
        AccessEntry.objects.filter(kind=kind).earliest("id") for kind in ("export", "export.download")
    )
    assert (asked.reason, asked.details["shows_ids"]) == (REASON, True)
    assert (fetched.reason, fetched.details["shows_ids"], fetched.user_id) == (
        REASON,
        True,
        people.officer.user_id,
    )
    register = client_of(people.secretary).get(reverse("export_register")).content.decode()
    assert REASON in register
    assert "มีเลขประจำตัวเต็ม" in register


def test_columns_are_moved_kept_and_remembered(people: Cast) -> None:
    a_household(people)
    client = client_of(people.officer)
    sent = {**every("visit"), "column": ["note", "visit"]}
    moved = ask(client, "visit", **{**sent, "act": "up:note"}).content.decode()
    assert moved.index('value="note"') < moved.index('value="outcome"')
    order = ["note", *(code for code in sent["order"] if code != "note")]
    assert ask(client, "visit", **{**sent, "act": "save"}).status_code == 422
    ask(client, "visit", **{**sent, "order": order, "act": "save", "set_name": "บันทึก\x00เยี่ยม"})
    assert ColumnChoice.objects.get().columns == ["note", "visit"]

    at_once = ask(client, "visit", **{**sent, "order": order, "act": "stream"})

    assert at_once.url == "/exports/visits.csv?columns=note%2Cvisit"
    assert csv_rows(client.get(at_once.url).streaming_content)[0] == ["บันทึก", "รหัสการลงพื้นที่"]
    page = client.get(reverse("export_new"), {"kind": "visit"}).content.decode()
    assert page.count(" checked") == 3
    assert "บันทึกเยี่ยม" in page
    kept = ColumnChoice.objects.get(name="บันทึกเยี่ยม")
    assert ask(client_of(people.secretary), "visit", act=f"forget:{kept.pk}").status_code == 200
    assert ColumnChoice.objects.filter(pk=kept.pk).exists()
    ask(client, "visit", **{**sent, "act": f"forget:{kept.pk}"})
    assert list(ColumnChoice.objects.values_list("name", flat=True)) == [""]
    assert ask(client, "visit", **{**sent, "column": [], "act": "job"}).status_code == 422


def test_who_takes_very_much_is_told_on_and_then_held(people: Cast, settings: Any) -> None:
    settings.EXPORT_ALERT_ROWS, settings.EXPORT_MAX_JOBS_A_DAY = 2, 3
    a_household(people)
    client = client_of(people.officer)
    read_csv(client), read_csv(client)
    assert not AccessEntry.objects.filter(kind="export.alert").exists()
    read_csv(client)
    alert = AccessEntry.objects.get(kind="export.alert")
    assert (alert.user_id, alert.details["rows"]) == (people.officer.user_id, 3)
    held = client.get(reverse("export", args=["household", "csv"]))
    assert held.status_code == 403
    assert "3 แถว ใน 24 ชั่วโมง" in held.content.decode()
    assert ask(client).status_code == 403
    assert ExportJob.objects.count() == 3
    page = client_of(people.secretary).get(reverse("export_register"), {"mass": "1"}).content.decode()
    assert page.count("เกินจำนวนแถวต่อวัน") == 1
    ExportJob.objects.update(asked_at=timezone.now() - timedelta(hours=25))
    assert len(read_csv(client)) == 2


def test_a_killed_worker_leaves_nothing_and_the_next_look_finishes(
    people: Cast, worker_environment: dict[str, str], tmp_path: Path
) -> None:
    a_household(people)
    client = client_of(people.officer)
    ask(client, "household")
    job = ExportJob.objects.get()
    environment = {**worker_environment, "MEDIA_ROOT": str(tmp_path)}
    process = subprocess.Popen([sys.executable, "-c", HALF_WAY, str(job.pk)], env=environment, cwd=PROJECT)
    try:
        deadline = time.monotonic() + 60
        while ExportJob.objects.get().done_rows < 1:
            assert time.monotonic() < deadline, "the worker did not get on"
            time.sleep(0.05)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert not is_offered(client, job)
    assert unfinished_exports() == []
    assert run_export(job.pk, write_export) is False, "the dead worker's lease still holds"
    # Beat looks every 30 seconds.
    job.refresh_from_db()
    assert job.leased_until is not None
    assert job.leased_until - timezone.now() < timedelta(seconds=90)

    let_leases_run_out()
    assert "งานหยุดกลางคัน" in client.get(reverse("export_list")).content.decode()
    assert unfinished_exports() == [job.pk]
    run(job)

    assert (job.state, job.attempts) == ("done", 2)
    assert csv_rows([body_of(client, job)]) == read_csv(client)
    assert [path.name for path in exports_folder().iterdir()] == [f"{job.pk}.csv"]


def test_a_worker_that_was_overtaken_or_called_back_offers_nothing(people: Cast) -> None:
    a_household(people)
    client = client_of(people.officer)
    ask(client, "household")
    job = ExportJob.objects.get()

    def overtaken(task: Task) -> int:
        rows = write_export(task)
        let_leases_run_out()
        run(job)
        return rows

    assert run_export(job.pk, overtaken) is False
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)
    assert csv_rows([body_of(client, job)]) == read_csv(client)

    ask(client, "household")
    second = ExportJob.objects.latest("id")

    def called_back(task: Task) -> int:
        rows = write_export(task)
        assert client.post(reverse("export_delete", args=[second.pk])).status_code == 302
        return rows

    assert run_export(second.pk, called_back) is False
    second.refresh_from_db()
    assert second.state == "expired"
    assert not file_of(second).exists()


@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_a_full_disk_is_said_and_overcome(people: Cast, fmt: str) -> None:
    for number in range(12):
        a_household(people, note=f"{number:02d}" * 200)
    client = client_of(people.officer)
    ask(client, "visit", format=fmt)
    job = ExportJob.objects.get()
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000, most[1]))
    try:
        run(job)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)

    assert job.state == "waiting"
    assert "เต็ม" in job.says
    assert "เต็ม" in client.get(reverse("export_list")).content.decode()
    assert list(exports_folder().iterdir()) == []
    assert unfinished_exports() == []
    let_leases_run_out()
    run(job)
    assert (job.state, job.says, job.rows) == ("done", "", 12)
    if fmt == "xlsx":
        book = openpyxl.load_workbook(file_of(job))
        assert book.worksheets[0].max_row == 13


def test_what_never_works_is_given_up(people: Cast) -> None:
    a_household(people)
    client = client_of(people.officer)
    ask(client, "household")
    job = ExportJob.objects.get()

    def broken(_task: Task) -> int:
        raise OSError(5, "Input/output error")

    for _time in range(5):
        assert run_export(job.pk, broken)
        let_leases_run_out()
    assert run_export(job.pk, broken) is False
    job.refresh_from_db()
    assert job.state == "failed"
    assert "5 ครั้งแล้วไม่สำเร็จ" in client.get(reverse("export_list")).content.decode()
    ExportJob.objects.update(query={"q": ["ทองดี"], "area": ["90"]})
    purge_exports()
    job.refresh_from_db()
    assert "q" in job.query
    ExportJob.objects.update(finished_at=timezone.now() - timedelta(days=8))
    purge_exports()
    job.refresh_from_db()
    assert job.query == {"area": ["90"]}


def test_a_real_worker_makes_it(people: Cast, celery_process: Child) -> None:
    a_household(people)
    ask(client_of(people.officer), "household", format="xlsx")
    job = ExportJob.objects.get()
    deadline = time.monotonic() + 60
    while job.state != "done":
        assert time.monotonic() < deadline, f"still {job.state} {job.says}"
        time.sleep(0.1)
        job.refresh_from_db()
    assert job.size > 0
