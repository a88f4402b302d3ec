"""Spot checks before a meeting is frozen: a random sample of *survive*, looked at by someone else."""

from __future__ import annotations

import secrets
from collections import defaultdict
from datetime import date
from random import Random
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from casework.models import CohortState
from casework.rules import COHORT_MEMBERSHIPS
from casework.services.second_person import centres_without_officer_but, may_judge_own
from casework.services.stages import explain
from dimensions.enums import Stage
from households.access import can_write
from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.naming import with_stages

from ..enums import CheckResult, MeetingState
from ..meeting_access import get_spot_check_for
from ..meeting_rules import CHECKING_ROLES, EXPLAINED_RESULTS, sample_size
from ..models import Meeting, SpotCheck
from .meetings.shared import meeting_to_write, require_planned, write_down


class Candidate(NamedTuple):
    """A household at *survive*, and the district or municipal centre whose sample it may come into."""

    household_id: UUID
    district_code: str
    centre_id: UUID
    is_municipal: bool

    @property
    def group(self) -> str:
        return str(self.centre_id) if self.is_municipal else self.district_code


def draw_spot_checks(*, actor: Actor, meeting_id: UUID, seed: str = "") -> list[SpotCheck]:
    """Draw the sample of every district and municipal centre, once per meeting.

    A share of its households at *survive* within bounds (settings). `seed` is kept on each row: from the same
    households it draws the same sample again. Raises Conflict when drawn before or when nobody is at survive.
    """
    with transaction.atomic():
        meeting = meeting_to_write(actor, meeting_id)
        require_planned(meeting)
        if meeting.spot_checks.exists():
            raise Conflict("drawn_before", _("สุ่มครัวเรือนของการประชุมครั้งนี้ไปแล้ว สุ่มใหม่ไม่ได้"))
        seed = seed or secrets.token_hex(8)
        drawn = draw(candidates(meeting), seed)
        if not drawn:
            raise Conflict("nobody", with_stages(_("ยังไม่มีครัวเรือนขั้น{survive}ในปีงบประมาณนี้ จึงไม่มีใครให้สุ่มตรวจ")))
        rows = SpotCheck.objects.bulk_create(
            SpotCheck(
                meeting=meeting,
                household_id=found.household_id,
                province_code=meeting.province_code,
                district_code=found.district_code,
                centre_id=found.centre_id,
                is_municipal=found.is_municipal,
                seed=seed,
                drawn_at=actor.stamp,
            )
            for found in drawn
        )
        write_down(actor, "meeting.draw", meeting, changes={"seed": seed, "households": len(rows)})
    return rows


def candidates(meeting: Meeting) -> list[Candidate]:
    """Households of the meeting's cohort, or of its one list, that are at *survive* now, in one order."""
    rows = CohortState.objects.filter(
        fiscal_year=meeting.fiscal_year,
        province_code=meeting.province_code,
        stage=Stage.SURVIVE,
        membership__in=COHORT_MEMBERSHIPS,
        is_removed=False,
    )
    if meeting.list_kind:
        rows = rows.filter(list_kinds__contains=[meeting.list_kind])
    columns = rows.values_list("household_id", "district_code", "centre_id", "is_municipal")
    return [Candidate(*row) for row in columns.order_by("household_id")]


def draw(found: list[Candidate], seed: str) -> list[Candidate]:
    """The sample, group by group. Each group has a draw of its own, so that one district's households do not
    change what another draws."""
    groups: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in found:
        groups[candidate.group].append(candidate)
    drawn: list[Candidate] = []
    for group, members in sorted(groups.items()):
        size = sample_size(
            len(members),
            share=settings.SPOT_CHECK_SHARE,
            least=settings.SPOT_CHECK_LEAST,
            most=settings.SPOT_CHECK_MOST,
        )
        drawn += Random(f"{seed}:{group}").sample(members, size)
    return drawn


def record_spot_check(
    *, actor: Actor, check_id: UUID, result: str, note: str = "", checked_on: date
) -> SpotCheck:
    """Write down what was found at the house; it may be mended until the figures are frozen.

    Refused for whoever recorded what the stage rests on, unless it is the provincial secretary and the
    responsible centre has nobody else.
    """
    with transaction.atomic():
        seen = get_spot_check_for(actor, check_id)
        # Shared, so that two officers do not wait for each other but a freeze waits for both.
        meeting = Meeting.objects.select_for_update(no_key=True).defer("payload").get(pk=seen.meeting_id)
        check = SpotCheck.objects.select_for_update().get(pk=seen.pk)
        if reason := why_not_record(actor, seen, meeting):
            raise reason
        _check_finding(result, note, checked_on, actor.today())
        before = check.result
        check.result, check.note, check.checked_on = CheckResult(result), note.strip(), checked_on
        check.checked_by, check.recorded_at = actor.user, actor.recorded_at or timezone.now()
        check.save(update_fields=["result", "note", "checked_on", "checked_by", "recorded_at"])
        audit(
            actor,
            "spot_check.record",
            object_type="spot_check",
            object_id=check.pk,
            household_id=check.household_id,
            province_code=check.province_code,
            changes={"meeting": str(meeting), "result": [before, result]},
        )
    return check


def why_not_record(actor: Actor, check: SpotCheck, meeting: Meeting) -> Conflict | NotAllowed | None:
    """The refusal that stands in the way of this person; None when they may record."""
    if meeting.state != MeetingState.PLANNED:
        return Conflict("meeting_closed", _("ตรึงตัวเลขของการประชุมครั้งนี้แล้ว ผลสุ่มตรวจจึงแก้ไม่ได้"))
    if actor.is_system:
        return None
    scope = check.household.scope
    if actor.role not in CHECKING_ROLES or not can_write(actor, scope):
        return NotAllowed("read_only", _("ให้เจ้าหน้าที่ของศูนย์ที่รับผิดชอบครัวเรือนนี้เป็นผู้ตรวจ"))
    if actor.user_id in explain(check.household_id, actor.today()).decisive_recorders:
        alone = centres_without_officer_but(actor, {scope.centre_id})
        if not may_judge_own(actor, scope.centre_id, alone):
            return NotAllowed(
                "own_evidence",
                with_stages(
                    _(
                        "ท่านเป็นผู้บันทึกความช่วยเหลือที่ทำให้ครัวเรือนนี้ถึงขั้น{survive} "
                        "ให้ผู้อื่นของศูนย์หรือฝ่ายเลขานุการจังหวัดเป็นผู้ตรวจ"
                    )
                ),
            )
    return None


def _check_finding(result: str, note: str, checked_on: date, today: date) -> None:
    if result not in CheckResult or result == CheckResult.PENDING:
        raise InvalidInput("no_result", _("โปรดเลือกผลการตรวจ"), field="result")
    if CheckResult(result) in EXPLAINED_RESULTS and not note.strip():
        raise InvalidInput("note_needed", _("โปรดเขียนสิ่งที่พบ เมื่อผลไม่ตรงหรือไม่พบครัวเรือน"), field="note")
    if checked_on > today:
        raise InvalidInput("future_day", _("วันที่ตรวจต้องไม่อยู่ในอนาคต"), field="checked_on")
