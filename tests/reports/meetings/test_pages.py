"""Pages of meetings: what the secretariat does there from plan to pack, what others see of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from casework.inputs import HelpInput
from casework.services.helps import record_help
from povertyops.common.ids import uuid7
from povertyops.common.thai import format_thai_date
from reports.models import Meeting, MeetingStory, PackJob, Resolution, SpotCheck
from reports.queries import list_name
from reports.services.meetings import MeetingDraft, plan_meeting
from tests.cast import client_of
from tests.reports.history import World
from tests.reports.meetings.conftest import lived_in

TODAY = format_thai_date(timezone.localdate(), "numeric")
PARTS = ("agenda", "attendance", "follow_up", "resolutions", "checks", "stories", "pack")


@pytest.fixture
def world(db: None) -> World:
    made = lived_in()
    for household in made.households:
        for item in made.items.values():
            given = HelpInput(id=uuid7(), household_id=household.pk, item_id=item.pk, given_on=made.today)
            record_help(actor=made.officer_of(household), help=given)
    return made


def at(name: str, pk: object = None, query: str = "") -> str:
    return reverse(name, args=[pk] if pk else []) + query


def send(client: Client, url: str, **values: Any) -> str:
    """Post a form that is right; where it leads."""
    answer = client.post(url, values)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return answer.headers["Location"]


def said(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def test_the_secretary_goes_from_plan_to_pack(world: World) -> None:
    secretary = client_of(world.cast.secretary)
    assert "ยังไม่มีการประชุมในระบบ" in said(secretary, at("meeting_list"))
    year = world.today.year + 543
    assert f'value="{year}"' in said(secretary, at("meeting_new"))
    form = {"number": 1, "year": year, "held_on": TODAY, "fiscal_year": world.year, "starts_at": "09:30"}
    form["list_kind"] = "tpmap"
    bad = secretary.post(at("meeting_new"), {**form, "held_on": "เมื่อวาน"})
    assert (bad.status_code, "วันที่ต้องเป็น" in bad.content.decode()) == (422, True)
    send(secretary, at("meeting_new"), **form)
    twice = secretary.post(at("meeting_new"), form)
    assert (twice.status_code, "มีการประชุมครั้งที่" in twice.content.decode()) == (422, True)
    meeting = Meeting.objects.get()
    pk = meeting.pk

    only = f"เฉพาะบัญชี {list_name('tpmap')}"
    for part in PARTS:
        assert only in said(secretary, at("meeting", pk, f"?part={part}"))
    send(secretary, at("agenda_new", pk), kind="decide", title="ขอความเห็นชอบแผน")
    item = meeting.agenda.get(title="ขอความเห็นชอบแผน")
    send(secretary, at("agenda_item", item.pk), kind="decide", title="ขอความเห็นชอบแผนปี")
    seats = {
        "seat-TOTAL_FORMS": 3,
        "seat-INITIAL_FORMS": 0,
        "seat-0-name": "นายผู้ว่า",
        "seat-0-presence": "present",
    }
    nameless = secretary.post(at("attendance", pk), {**seats, "seat-1-office": "พมจ."})
    assert (nameless.status_code, "โปรดใส่ชื่อผู้เข้าประชุม" in nameless.content.decode()) == (422, True)
    send(secretary, at("attendance", pk), **seats)
    send(
        secretary, at("resolution_new", pk), text="ให้ซ่อมบ้าน", owner="พมจ.", due_on=TODAY, agenda=str(item.pk)
    )
    resolution = Resolution.objects.get()
    send(secretary, at("resolution_edit", resolution.pk), text="ให้ซ่อมบ้านทุกหลัง", owner="พมจ.")
    send(secretary, at("resolution", resolution.pk), text="เริ่มแล้ว", state="open")
    home = next(found for found in world.households if found.province_code == "90")
    story = {"household": home.house_code, "title": "บ้านใหม่", "text": "ครั้งหนึ่ง", "consent_on": TODAY}
    without = secretary.post(at("story_new", pk), story)
    assert (without.status_code, "ไม่มีความยินยอมไม่ได้" in without.content.decode()) == (422, True)
    far = next(found for found in world.households if found.province_code == "40")
    elsewhere = secretary.post(
        at("story_new", pk), {**story, "household": str(far.pk), "consent_by": "นางทองดี"}
    )
    assert (elsewhere.status_code, MeetingStory.objects.count()) == (422, 0)
    send(secretary, at("story_new", pk), **story, consent_by="นางทองดี")

    send(secretary, at("spot_checks_draw", pk))
    assert 'value="tpmap" selected' in said(secretary, at("meeting_edit", pk))
    other = secretary.post(at("meeting_edit", pk), {**form, "list_kind": ""})
    assert (other.status_code, "เปลี่ยนบัญชีไม่ได้" in other.content.decode()) == (422, True)
    assert only in said(secretary, at("meeting_freeze", pk))
    assert "สุ่มตรวจยังรออยู่" in said(secretary, at("meeting_freeze", pk))
    assert "ทั้งจังหวัด ทุกอำเภอ" in said(secretary, at("meeting_freeze", pk))
    ahead = secretary.post(at("meeting_freeze", pk), {"as_of": "1/1/2600"})
    assert (ahead.status_code, "ต้องอยู่ระหว่าง" in ahead.content.decode()) == (422, True)
    send(secretary, at("meeting_freeze", pk))
    frozen = Meeting.objects.get()
    page = said(secretary, at("meeting", pk, "?part=pack"))
    assert frozen.snapshot_id in page
    assert at("pack_progress", pk) in page, "the page asks for the progress"
    progress = said(secretary, at("pack_progress", pk))
    assert ("รอคิวมาแล้ว" in progress, "<html" in progress) == (True, False)
    again = secretary.post(at("meeting_freeze", pk))
    assert (again.status_code, "ตรึงซ้ำไม่ได้" in again.content.decode()) == (422, True)
    PackJob.objects.update(state="failed", says="หยุดที่ “ตารางแนบ”")
    assert "หยุดที่" in said(secretary, at("meeting", pk, "?part=pack"))
    send(secretary, at("pack_ask", pk), thai_digits="1")
    assert PackJob.objects.get().thai_digits is True
    send(secretary, at("meeting_edit", pk), notes="ที่ประชุมรับทราบ")
    send(secretary, at("meeting_held", pk))
    for part in PARTS:
        said(secretary, at("meeting", pk, f"?part={part}"))
    printed = said(secretary, at("meeting_agenda_print", pk))
    assert "ขอความเห็นชอบแผนปี" in printed
    assert printed.count(only) == said(secretary, at("meeting_list")).count(only) == 1


def test_officers_check_their_households_and_read_what_was_resolved(world: World) -> None:
    cast = world.cast
    secretary, officer = client_of(cast.secretary), client_of(cast.second_officer)
    meeting = plan_meeting(
        actor=cast.secretary, draft=MeetingDraft(world.today.year + 543, world.year, world.today)
    )
    assert "ไม่มีครัวเรือนที่สุ่มตรวจ" in said(officer, at("spot_check_list"))
    send(secretary, at("spot_checks_draw", meeting.pk))
    send(secretary, at("resolution_new", meeting.pk), text="ให้ทุกอำเภอตรวจ", owner="นายอำเภอ")
    own = SpotCheck.objects.filter(district_code="9007").select_related("household")
    listed = said(officer, at("spot_check_list"))
    assert all(check.household.head_name in listed for check in own)
    for check in SpotCheck.objects.exclude(district_code="9007"):
        assert at("spot_check", check.pk) not in listed
    check = own.first()
    assert check is not None
    url = at("spot_check", check.pk)
    assert "ท่านเป็นผู้บันทึกความช่วยเหลือ" in said(client_of(cast.officer), url)
    missing = officer.post(url, {"result": "differs", "checked_on": TODAY})
    assert (missing.status_code, "โปรดเขียนสิ่งที่พบ" in missing.content.decode()) == (422, True)
    send(officer, url, result="agrees", checked_on=TODAY)
    check.refresh_from_db()
    assert (check.result, check.checked_by_id) == ("agrees", cast.second_officer.user_id)

    page = said(officer, at("meeting", meeting.pk, "?part=resolutions"))
    assert "ให้ทุกอำเภอตรวจ" in page
    assert "เพิ่มมติ" not in page
    # Parts that are not theirs lead to those that are.
    assert "ระเบียบวาระ" not in said(officer, at("meeting", meeting.pk, "?part=agenda"))
    note = officer.post(at("resolution", Resolution.objects.get().pk), {"text": "x", "state": "done"})
    assert note.status_code == 403
    for who, status in ((cast.far_officer, 404), (cast.far_secretary, 404), (cast.district_executive, 404)):
        assert client_of(who).get(at("meeting", meeting.pk)).status_code == status
    assert client_of(cast.mentor).get(at("meeting_list")).status_code == 403
    reader = client_of(cast.executive)
    for part in PARTS:
        assert "data-submit-once" not in said(reader, at("meeting", meeting.pk, f"?part={part}"))


def test_list_asks_the_same_of_one_and_of_three(world: World) -> None:
    secretary = client_of(world.cast.secretary)
    draft = MeetingDraft(world.today.year + 543, world.year, world.today)
    plan_meeting(actor=world.cast.secretary, draft=draft)
    assert "เฉพาะบัญชี" not in said(secretary, at("meeting_list"))
    with CaptureQueriesContext(
        connection,
    ) as one:
        said(secretary, at("meeting_list"))
    for _more in range(2):
        plan_meeting(actor=world.cast.secretary, draft=draft)
    with CaptureQueriesContext(connection) as three:
        said(secretary, at("meeting_list"))
    assert (len(one), len(three)) == (6, 6)
