"""Figures of a meeting: taken once, as of a day, and never changed; what comes late goes to the next pack."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from casework.inputs import VisitInput
from casework.models import CohortState
from casework.services.visits import record_visit
from households.models import ListKind
from povertyops.common.errors import Conflict, InvalidInput
from povertyops.common.ids import uuid7
from povertyops.common.models import AuditEntry, DirtyMark
from reports.enums import MeetingState
from reports.meeting_queries import late_since_last, late_visits
from reports.models import AreaProgress, FrozenProgress, Meeting
from reports.pack.payload import build_payload
from reports.services.meetings import (
    AgendaDraft,
    MeetingDraft,
    add_agenda_item,
    edit_meeting,
    freeze_meeting,
    hold_meeting,
    plan_meeting,
    what_would_freeze,
)
from reports.services.rollup import drain_marks
from tests.cast import VILLAGE, Cast
from tests.reports.history import ACTS, World

COLUMNS = [field.attname for field in FrozenProgress._meta.concrete_fields if field.attname != "meeting_id"]


@pytest.fixture
def world(cast: Cast) -> World:
    made = World(cast, households=12)
    for number, act in enumerate(act for act in ACTS * 4 if act != "drain"):
        made.act(act, number * 7 + 3)
    return made


def meeting_of(world: World, **values: object) -> Meeting:
    draft = MeetingDraft(
        **{"year": world.today.year + 543, "fiscal_year": world.year, "held_on": world.today, **values}
    )
    return plan_meeting(actor=world.cast.secretary, draft=draft)


def rows(model: type, **which: object) -> set[tuple[object, ...]]:
    return set(model.objects.filter(**which).values_list(*COLUMNS))


def visit(world: World, ago: int) -> None:
    household = next(found for found in world.households if found.area_code == VILLAGE)
    when = timezone.now() - timedelta(days=ago, minutes=1)
    made = VisitInput(id=uuid7(), household_id=household.pk, visited_at=when)
    record_visit(actor=world.officer_of(household), visit=made)


def test_frozen_figures_are_the_provinces_and_only_its(world: World) -> None:
    meeting = meeting_of(world)
    visit(world, 0)
    assert what_would_freeze(meeting, world.today).waiting_marks > 0

    frozen = freeze_meeting(actor=world.cast.secretary, meeting_id=meeting.pk)

    assert not DirtyMark.objects.filter(area_code__startswith=meeting.province_code).exists()
    assert (frozen.state, frozen.as_of) == (MeetingState.FROZEN, world.today)
    assert frozen.snapshot_id.startswith(f"90-{meeting.year}-01-")
    assert frozen.payload["snapshot_id"] == frozen.snapshot_id
    own = {
        row
        for row in rows(AreaProgress, fiscal_year=world.year)
        if row[COLUMNS.index("code")].startswith("90") or row[COLUMNS.index("parent_code")].startswith("90")
    }
    assert rows(FrozenProgress, meeting=meeting) == own
    codes = {row[COLUMNS.index("code")] for row in own}
    assert {"90", "9007", VILLAGE, str(world.cast.municipality.pk)} <= codes
    assert {row[COLUMNS.index("list_kind")] for row in own} == {"", "tpmap", "csr"}
    entry = AuditEntry.objects.get(action="meeting.freeze")
    assert entry.changes["snapshot"] == frozen.snapshot_id


def test_a_past_day_freezes_what_was_known_by_its_end(world: World) -> None:
    """The states of today, if they had been known yesterday already, give yesterday what today has."""
    while drain_marks():
        continue
    yesterday = world.today - timedelta(days=1)
    states = list(CohortState.objects.all())
    CohortState.objects.all().delete()
    for state in states:
        state.since = yesterday
    CohortState.objects.bulk_create(states)
    visit(world, 3)
    meeting = meeting_of(world)
    before = AreaProgress.objects.get(code="90", fiscal_year=world.year, list_kind="")
    frozen = freeze_meeting(actor=world.cast.secretary, meeting_id=meeting.pk, as_of=yesterday)
    figures = FrozenProgress.objects.get(meeting=meeting, code="90", list_kind="")
    for name in ("households", "found", "survive", "waiting", "visits", "helps", "carried"):
        assert getattr(figures, name) == getattr(before, name), name
    assert figures.baht == before.baht
    assert set(FrozenProgress.objects.filter(meeting=meeting).values_list("code", "list_kind")) == {
        (row.code, row.list_kind)
        for row in AreaProgress.objects.filter(fiscal_year=world.year)
        if row.code.startswith("90") or row.parent_code.startswith("90")
    }
    # Whatever was recorded today came too late for yesterday's figures, if it happened before.
    late = late_visits(frozen).count()
    assert (frozen.as_of, late > 0) == (yesterday, True)
    visit(world, 0)
    visit(world, 4)
    assert late_visits(frozen).count() == late + 1
    for day in (world.today + timedelta(days=1), world.today - timedelta(days=800)):
        again = meeting_of(world)
        with pytest.raises(InvalidInput, match="ข้อมูล ณ วันที่ต้องอยู่ระหว่าง"):
            freeze_meeting(actor=world.cast.secretary, meeting_id=again.pk, as_of=day)


def test_it_freezes_once_and_then_stays(world: World) -> None:
    actor = world.cast.secretary
    meeting = freeze_meeting(actor=actor, meeting_id=meeting_of(world).pk)
    before = rows(FrozenProgress, meeting=meeting)
    with pytest.raises(Conflict, match="ตรึงซ้ำไม่ได้"):
        freeze_meeting(actor=actor, meeting_id=meeting.pk)
    with pytest.raises(Conflict):
        add_agenda_item(actor=actor, meeting_id=meeting.pk, draft=AgendaDraft("report", "เรื่องใหม่"))
    edit_meeting(
        actor=actor,
        meeting_id=meeting.pk,
        draft=MeetingDraft(meeting.year, world.year, world.today, number=9, place="ที่อื่น", notes="บันทึก"),
    )
    for statement in (
        "UPDATE reports_frozenprogress SET households = households + 1",
        "DELETE FROM reports_frozenprogress",
        "INSERT INTO reports_frozenprogress (meeting_id, fiscal_year, list_kind, code, level, parent_code)"
        " SELECT id, fiscal_year, '', '999999', 3, '9999' FROM reports_meeting",
        "UPDATE reports_meeting SET payload = '{}'",
        "UPDATE reports_meeting SET as_of = as_of - 1",
        "UPDATE reports_meeting SET number = 7",
        "UPDATE reports_meeting SET list_kind = 'csr'",
        "UPDATE reports_meeting SET state = 'planned'",
        "UPDATE reports_meeting SET frozen_at = NULL, state = 'held'",
        "DELETE FROM reports_meeting",
    ):
        with (
            pytest.raises(DatabaseError, match="frozen"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    hold_meeting(actor=actor, meeting_id=meeting.pk)
    kept = Meeting.objects.get(pk=meeting.pk)
    assert (kept.number, kept.place, kept.notes, kept.state) == (meeting.number, "", "บันทึก", "held")
    assert (kept.payload, kept.snapshot_id) == (meeting.payload, meeting.snapshot_id)
    assert rows(FrozenProgress, meeting=meeting) == before


def test_a_year_without_figures_is_not_frozen(world: World) -> None:
    meeting = meeting_of(world, fiscal_year=world.year - 4)
    with pytest.raises(Conflict, match="ไม่มีตัวเลขให้ตรึง"):
        freeze_meeting(actor=world.cast.secretary, meeting_id=meeting.pk)
    ListKind.objects.get_or_create(code="survey", defaults={"name": "สำรวจเอง"})
    of_nobody = meeting_of(world, list_kind="survey")
    with pytest.raises(Conflict, match="ไม่มีครัวเรือนในบัญชี"):
        freeze_meeting(actor=world.cast.secretary, meeting_id=of_nobody.pk)
    with pytest.raises(InvalidInput, match="ไม่มีบัญชีชนิดนี้"):
        meeting_of(world, list_kind="unknown")
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.FROZEN)


def test_what_comes_late_changes_today_and_the_next_pack_says_so(world: World) -> None:
    actor = world.cast.secretary
    first = freeze_meeting(actor=actor, meeting_id=meeting_of(world).pk)
    before = rows(FrozenProgress, meeting=first)
    visits = AreaProgress.objects.get(code="90", fiscal_year=world.year, list_kind="").visits
    second = meeting_of(world)
    assert late_since_last(second) == 0

    visit(world, 0)
    visit(world, 2)
    while drain_marks():
        continue

    assert AreaProgress.objects.get(code="90", fiscal_year=world.year, list_kind="").visits == visits + 2
    assert rows(FrozenProgress, meeting=first) == before
    assert Meeting.objects.get(pk=first.pk).payload == first.payload
    assert what_would_freeze(second, world.today).late_visits == 2
    on_list = [late_visits(first, kind).count() for kind in ("tpmap", "csr", "survey")]
    assert on_list == [2, 2, 0]
    next_one = freeze_meeting(actor=actor, meeting_id=second.pk)
    assert build_payload(next_one)["late_visits"] == next_one.payload["late_visits"]
    figures = FrozenProgress.objects.get(meeting=next_one, code="90", list_kind="")
    assert (figures.visits, Decimal(figures.baht) >= 0) == (visits + 2, True)
