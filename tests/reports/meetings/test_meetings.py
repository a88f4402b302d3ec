"""Meetings from their number to what is still open in the next one: who may, what is refused and kept."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.utils import timezone

from households.models import Household
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.models import AuditEntry
from povertyops.common.thai import fiscal_year_of
from reports.enums import AgendaKind, MeetingState, Presence
from reports.meeting_queries import resolutions_to_follow_up
from reports.models import Meeting, MeetingStory, ResolutionNote
from reports.services.meetings import (
    AgendaDraft,
    Attendee,
    MeetingDraft,
    ResolutionDraft,
    StoryDraft,
    add_agenda_item,
    add_resolution,
    add_story,
    edit_meeting,
    edit_resolution,
    hold_meeting,
    lay_follow_up,
    note_resolution,
    plan_meeting,
    save_attendance,
)
from tests.cast import FAR_VILLAGE, Cast, build_cast, make_household

TODAY = timezone.localdate()
YEAR = TODAY.year + 543


def draft(ago: int = 0, **values: Any) -> MeetingDraft:
    day = TODAY - timedelta(days=ago)
    return MeetingDraft(**{"year": YEAR, "fiscal_year": fiscal_year_of(day), "held_on": day, **values})


@pytest.fixture
def meeting(cast: Cast) -> Meeting:
    return plan_meeting(actor=cast.secretary, draft=draft())


def test_number_follows_the_year_and_comes_once(cast: Cast, meeting: Meeting) -> None:
    second = plan_meeting(actor=cast.secretary, draft=draft())
    elsewhere = plan_meeting(actor=cast.far_secretary, draft=draft())
    other_year = plan_meeting(actor=cast.secretary, draft=draft(year=YEAR - 1, number=4))
    assert [str(m) for m in (meeting, second, elsewhere, other_year)] == [
        f"1/{YEAR}", f"2/{YEAR}", f"1/{YEAR}", f"4/{YEAR - 1}",
    ]  # fmt: skip
    with pytest.raises(Conflict, match="มีการประชุมครั้งที่ 2"):
        plan_meeting(actor=cast.secretary, draft=draft(number=2))
    with pytest.raises(Conflict):
        edit_meeting(actor=cast.secretary, meeting_id=meeting.pk, draft=draft(number=2))
    assert AuditEntry.objects.filter(action="meeting.plan", province_code="90").count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_at_once_get_one_number_once() -> None:
    cast = build_cast()
    said: list[str] = []

    def plan() -> None:
        try:
            plan_meeting(actor=cast.secretary, draft=draft(number=1))
            said.append("planned")
        except Conflict as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=plan) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["number_taken"] * 3 + ["planned"]


@pytest.mark.parametrize("who", ["executive", "officer", "municipal_officer", "mentor", "national_viewer"])
def test_only_the_secretariat_writes(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed):
        plan_meeting(actor=cast.people[who], draft=draft())
    assert not Meeting.objects.exists()


def test_another_province_finds_nothing(cast: Cast, meeting: Meeting) -> None:
    far = cast.far_secretary
    with pytest.raises(Http404):
        edit_meeting(actor=far, meeting_id=meeting.pk, draft=draft())
    with pytest.raises(Http404):
        add_resolution(actor=far, meeting_id=meeting.pk, draft=ResolutionDraft("x", "y"))
    with pytest.raises(Http404):
        hold_meeting(actor=far, meeting_id=meeting.pk)


def test_what_is_open_is_carried_until_it_is_done(cast: Cast) -> None:
    actor = cast.secretary
    first = plan_meeting(actor=actor, draft=draft(60))
    people = [
        Attendee("นายผู้ว่า", "ประธาน"),
        Attendee("นางพัฒนาการ", "เลขานุการ", Presence.REPLACED, "นายแทน"),
    ]
    save_attendance(actor=actor, meeting_id=first.pk, people=people)
    repair, count_again = (
        add_resolution(actor=actor, meeting_id=first.pk, draft=ResolutionDraft(text, "พมจ.", first.held_on))
        for text in ("ซ่อมบ้านให้ครบ", "ตรวจข้อมูลซ้ำ")
    )
    hold_meeting(actor=actor, meeting_id=first.pk)

    second = plan_meeting(actor=actor, draft=draft(30))
    assert list(second.agenda.values_list("kind", flat=True)) == [
        "inform", "minutes", "follow_up", "follow_up", "report", "decide", "other",
    ]  # fmt: skip
    assert "ซ่อมบ้านให้ครบ" in second.agenda.filter(kind=AgendaKind.FOLLOW_UP)[0].title
    assert str(first) in second.agenda.get(kind=AgendaKind.MINUTES).title
    # The committee comes along, expected to be there.
    assert list(second.attendance.values_list("name", "presence")) == [
        ("นายผู้ว่า", "present"), ("นางพัฒนาการ", "present"),
    ]  # fmt: skip

    note_resolution(actor=actor, resolution_id=repair.pk, text="ครึ่งทาง", state="open", meeting_id=second.pk)
    note_resolution(
        actor=actor, resolution_id=count_again.pk, text="ครบแล้ว", state="done", meeting_id=second.pk
    )
    third = plan_meeting(actor=actor, draft=draft())
    assert set(resolutions_to_follow_up(second)) == {repair, count_again}
    assert list(resolutions_to_follow_up(third)) == [repair]
    assert third.agenda.filter(kind=AgendaKind.FOLLOW_UP).count() == 1

    note_resolution(
        actor=actor, resolution_id=repair.pk, text="ยุติ ย้ายออก", state="dropped", meeting_id=third.pk
    )
    with pytest.raises(Conflict, match="ปิดการติดตามแล้ว"):
        note_resolution(actor=actor, resolution_id=repair.pk, text="อีก", state="done")
    assert list(resolutions_to_follow_up(third)) == [repair]
    assert ResolutionNote.objects.count() == 3
    with pytest.raises(Conflict, match="มีการติดตามแล้ว"):
        edit_resolution(actor=actor, resolution_id=repair.pk, draft=ResolutionDraft("อย่างอื่น", "พมจ."))


def test_what_was_resolved_since_planning_is_added_once(cast: Cast, meeting: Meeting) -> None:
    earlier = plan_meeting(actor=cast.secretary, draft=draft(9))
    add_resolution(actor=cast.secretary, meeting_id=earlier.pk, draft=ResolutionDraft("เพิ่มทีมพี่เลี้ยง", "อำเภอ"))
    assert lay_follow_up(actor=cast.secretary, meeting_id=meeting.pk) == 1
    assert lay_follow_up(actor=cast.secretary, meeting_id=meeting.pk) == 0


def test_what_is_missing_is_asked_for_at_its_field(cast: Cast, meeting: Meeting) -> None:
    actor, pk = cast.secretary, meeting.pk
    home, away = make_household(cast), make_household(cast, village=FAR_VILLAGE)
    by_proxy = [Attendee("ก", "", "replaced")]
    refused: list[tuple[Any, str]] = [
        (lambda: add_agenda_item(actor=actor, meeting_id=pk, draft=AgendaDraft("report", " ")), "title"),
        (lambda: add_resolution(actor=actor, meeting_id=pk, draft=ResolutionDraft("มติ", "")), "owner"),
        (lambda: save_attendance(actor=actor, meeting_id=pk, people=by_proxy), "replaced_by"),
        (lambda: tell(home, "", TODAY), "consent_by"),
        (lambda: tell(home, "นางทองดี", None), "consent_on"),
        (lambda: plan_meeting(actor=actor, draft=draft(number=0)), "number"),
        (lambda: plan_meeting(actor=actor, draft=draft(year=YEAR - 543)), "year"),
    ]

    def tell(household: Household, who: str, on: date | None) -> MeetingStory:
        said = StoryDraft(household.pk, "ก", "ข", who, on)
        return add_story(actor=actor, meeting_id=pk, draft=said)

    for act, field in refused:
        with pytest.raises(InvalidInput) as refusal:
            act()
        assert refusal.value.details["field"] == field
    with pytest.raises(Http404):
        tell(away, "นางทองดี", TODAY)
    story = tell(home, "นางทองดี", TODAY)
    entry = AuditEntry.objects.get(action="story.add")
    assert (entry.household_id, entry.changes["consent_by"]) == (home.pk, "นางทองดี")
    assert story.meeting_id == pk


def test_one_that_was_never_frozen_is_held_without_figures(cast: Cast) -> None:
    future = plan_meeting(actor=cast.secretary, draft=draft(-3))
    with pytest.raises(Conflict, match="ยังไม่ถึงวันประชุม"):
        hold_meeting(actor=cast.secretary, meeting_id=future.pk)
    edit_meeting(actor=cast.secretary, meeting_id=future.pk, draft=draft())
    held = hold_meeting(actor=cast.secretary, meeting_id=future.pk)
    assert (held.state, held.frozen_at) == (MeetingState.HELD, None)
    with pytest.raises(Conflict):
        hold_meeting(actor=cast.secretary, meeting_id=future.pk)
    edit_meeting(actor=cast.secretary, meeting_id=future.pk, draft=draft(place="ที่อื่น", notes="รายงานแล้ว"))
    held.refresh_from_db()
    assert (held.place, held.notes) == ("", "รายงานแล้ว")
