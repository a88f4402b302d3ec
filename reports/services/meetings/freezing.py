"""Freezing: the province's figures and all that the pack will say, put down once and for good."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.rules import stands_at
from povertyops.accounts.actor import Actor
from povertyops.common.errors import Conflict, InvalidInput
from povertyops.common.models import DirtyMark
from povertyops.common.thai import fiscal_year_bounds, format_thai_date

from ...enums import MeetingState
from ...meeting_queries import late_since_last, pending_checks
from ...meeting_rules import may_become
from ...models import FrozenProgress, Meeting
from ...pack.payload import build_payload
from ...queries import list_name
from ..rollup import LOCK, MARKS_AT_ONCE, drain_marks
from .figures_sql import COPY_NOW, COPY_PAST
from .shared import meeting_to_write, write_down

HASH_DIGITS = 6


@dataclass(frozen=True, slots=True)
class WhatFreezes:
    """What a secretary should know before the step that cannot be taken back."""

    as_of: date
    pending_checks: int
    drawn_checks: int
    waiting_marks: int
    stories: int
    late_visits: int
    list_name: str


def what_would_freeze(meeting: Meeting, today: date) -> WhatFreezes:
    """What would stand in the pack if the meeting were frozen now. No side effects."""
    marks = DirtyMark.objects.filter(
        fiscal_year=meeting.fiscal_year, area_code__startswith=meeting.province_code
    )
    return WhatFreezes(
        as_of=stands_at(meeting.fiscal_year, today),
        pending_checks=pending_checks(meeting),
        drawn_checks=meeting.spot_checks.count(),
        waiting_marks=marks.count(),
        stories=meeting.stories.count(),
        late_visits=late_since_last(meeting),
        list_name=list_name(meeting.list_kind),
    )


def freeze_meeting(*, actor: Actor, meeting_id: UUID, as_of: date | None = None) -> Meeting:
    """Take the figures as they stand now, or as they were known at the end of the past day `as_of`.

    One transaction that holds the roll-up off: the marks are drained, FrozenProgress and the payload are
    written, and the state becomes frozen; killed at any moment it leaves a planned meeting and all marks.
    There is no way back, and the database refuses to change what was frozen. Pending spot checks do not stop
    it; the pack says so. Raises Conflict when frozen before, or when there are no figures.
    """
    with transaction.atomic():
        meeting = meeting_to_write(actor, meeting_id)
        if not may_become(meeting.state, MeetingState.FROZEN):
            said = _("การประชุมครั้งที่ %(number)s ตรึงตัวเลขหรือประชุมไปแล้ว ตรึงซ้ำไม่ได้")
            raise Conflict("already_frozen", str(said) % {"number": meeting})
        stands = stands_at(meeting.fiscal_year, actor.today())
        day = _checked_day(meeting, as_of, stands)
        _take_figures(meeting, day, is_past=day < stands)
        meeting.as_of, meeting.frozen_by = day, actor.user
        meeting.frozen_at = actor.recorded_at or timezone.now()
        payload = build_payload(meeting)
        meeting.snapshot_id = snapshot_id(meeting, payload)
        meeting.payload = {**payload, "snapshot_id": meeting.snapshot_id}
        meeting.state = MeetingState.FROZEN
        meeting.save(update_fields=["as_of", "frozen_by", "frozen_at", "snapshot_id", "payload", "state"])
        write_down(
            actor,
            "meeting.freeze",
            meeting,
            changes={
                "as_of": day.isoformat(),
                "snapshot": meeting.snapshot_id,
                "pending_checks": pending_checks(meeting),
            },
        )
    # As the database gives it back: whoever makes the files now or years later starts from the same bytes.
    meeting.refresh_from_db()
    return meeting


def snapshot_id(meeting: Meeting, payload: dict[str, Any]) -> str:
    """Printed on each page of the pack; ends in a hash of everything the pack says."""
    body = json.dumps(payload, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(body.encode()).hexdigest()[:HASH_DIGITS].upper()
    return f"{meeting.province_code}-{meeting.year}-{meeting.number:02d}-{digest}"


def _checked_day(meeting: Meeting, as_of: date | None, stands: date) -> date:
    if as_of is None:
        return stands
    first = fiscal_year_bounds(meeting.fiscal_year)[0]
    if not first <= as_of <= stands:
        said = _("ข้อมูล ณ วันที่ต้องอยู่ระหว่าง %(first)s ถึง %(last)s")
        days = {"first": format_thai_date(first), "last": format_thai_date(stands)}
        raise InvalidInput("bad_day", str(said) % days, field="as_of")
    return as_of


def _take_figures(meeting: Meeting, day: date, *, is_past: bool) -> None:
    values: dict[str, str | int | date] = {
        "meeting": str(meeting.pk),
        "year": meeting.fiscal_year,
        "province": meeting.province_code,
        "day": day,
        "stands_at": stands_at(meeting.fiscal_year, day),
    }
    with connection.cursor() as cursor:
        if is_past:
            cursor.execute(COPY_PAST, values)
        else:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            while drain_marks(province_code=meeting.province_code) >= MARKS_AT_ONCE:
                continue
            cursor.execute(COPY_NOW, values)
    own = FrozenProgress.objects.filter(meeting=meeting, code=meeting.province_code)
    if not own.exists():
        said = _("จังหวัดนี้ไม่มีครัวเรือนเป้าหมายในปีงบประมาณ %(year)s จึงไม่มีตัวเลขให้ตรึง")
        raise Conflict("no_figures", str(said) % {"year": meeting.fiscal_year})
    if not own.filter(list_kind=meeting.list_kind).exists():
        said = _("ปีงบประมาณ %(year)s ไม่มีครัวเรือนในบัญชี %(list)s จึงไม่มีตัวเลขให้ตรึง โปรดแก้บัญชีของการประชุม")
        names = {"year": meeting.fiscal_year, "list": list_name(meeting.list_kind)}
        raise Conflict("no_figures_of_list", str(said) % names)
