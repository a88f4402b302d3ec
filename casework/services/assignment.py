"""Handing households to mentor teams and taking them back, one by one or in bulk, as intervals of days."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.accounts.models import Appointment
from povertyops.areas.enums import CentreKind
from povertyops.common.audit import audit_many
from povertyops.common.errors import InvalidInput

from ..access import Workable, households_to_work_on
from ..models import Assignment, MentorTeam
from ..rules import ASSIGNING_ROLES
from .after import after_write
from .guards import require_role, require_writable

LARGEST_BATCH = 20_000


def assign_households(
    *,
    actor: Actor,
    household_ids: Collection[UUID],
    team_id: UUID,
    mentor_id: int | None = None,
    valid_from: date | None = None,
) -> int:
    """Give households to a team, optionally to one mentor of it; returns how many changed hands.

    A household that is there already is left as it is. The old assignment ends on the day the new one begins.
    Side effects: audit rows, scope rows, `after_write`. A constant number of statements for any number.
    """
    ids = sorted(set(household_ids))
    start = valid_from or actor.today()
    require_role(actor, ASSIGNING_ROLES)
    with transaction.atomic():
        targets = _targets(actor, ids)
        team = _team_for(actor, team_id, targets)
        _check_mentor(team, mentor_id, start)
        current = {row.household_id: row for row in _current(ids)}
        _check_start(start, actor.today(), current.values())
        moving = [pk for pk in ids if not _is_there(current.get(pk), team_id, mentor_id)]
        _end(actor, [current[pk] for pk in moving if pk in current], start)
        Assignment.objects.bulk_create(
            [_row(actor, targets[pk], team, mentor_id, start) for pk in moving], batch_size=2_000
        )
        facts: dict[str, object] = {"team": str(team_id), "mentor": mentor_id, "from": start.isoformat()}
        _audit(actor, "assignment.start", [targets[pk] for pk in moving], facts)
        if moving:
            after_write(actor=actor, household_ids=moving, since=start)
    return len(moving)


def end_assignments(*, actor: Actor, household_ids: Collection[UUID], valid_to: date | None = None) -> int:
    """Take households back from their teams; returns how many had one."""
    ids = sorted(set(household_ids))
    end = valid_to or actor.today()
    require_role(actor, ASSIGNING_ROLES)
    with transaction.atomic():
        targets = _targets(actor, ids)
        rows = list(_current(ids))
        _check_start(end, actor.today(), rows)
        _end(actor, rows, end)
        ended = [row.household_id for row in rows]
        _audit(actor, "assignment.end", [targets[pk] for pk in ended], {"to": end.isoformat()})
        if ended:
            after_write(actor=actor, household_ids=ended, since=end)
    return len(ended)


def _targets(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Workable]:
    if not ids:
        raise InvalidInput("no_households", _("โปรดเลือกครัวเรือนอย่างน้อยหนึ่งครัวเรือน"))
    if len(ids) > LARGEST_BATCH:
        raise InvalidInput("too_many", _("มอบหมายได้ครั้งละไม่เกิน %(limit)d ครัวเรือน") % {"limit": LARGEST_BATCH})
    targets = households_to_work_on(actor, ids)
    if len(targets) != len(ids):
        raise Http404
    for target in targets.values():
        require_writable(actor, target)
    return targets


def _team_for(actor: Actor, team_id: UUID, targets: dict[UUID, Workable]) -> MentorTeam:
    """The team, if it is at work in the households' province and within the actor's sphere."""
    team = MentorTeam.objects.select_related("centre__parent").filter(pk=team_id).first()
    if team is None or not _may_use(actor, team):
        raise Http404
    if not team.centre.is_active:
        raise InvalidInput("team_closed", _("ทีมพี่เลี้ยงนี้เลิกปฏิบัติงานแล้ว โปรดเลือกทีมอื่น"), field="team")
    provinces = {target.household.province_code for target in targets.values()}
    if provinces != {team.centre.province_code}:
        raise InvalidInput("team_elsewhere", _("ทีมพี่เลี้ยงอยู่คนละจังหวัดกับครัวเรือน"), field="team")
    return team


def _may_use(actor: Actor, team: MentorTeam) -> bool:
    """The province uses all its teams, a district or municipality its own, a leader those of its centre."""
    if actor.is_system:
        return True
    appointment = actor.appointment
    if appointment is None or team.centre.province_code != actor.province_code:
        return False
    if actor.role is Role.MUNICIPAL_OFFICER:
        return team.centre.parent_id == appointment.centre_id
    if actor.role is Role.DISTRICT_OFFICER:
        return team.centre.parent_id in _centres_below(appointment.centre_id)
    if actor.role is Role.TEAM_LEADER:
        return team.centre.parent_id in (appointment.centre_id, appointment.centre.parent_id)
    return True


def _centres_below(centre_id: UUID) -> set[UUID]:
    children = MentorTeam.objects.filter(
        Q(centre__parent=centre_id) | Q(centre__parent__parent=centre_id)
    ).values_list("centre__parent", flat=True)
    return {centre_id, *(pk for pk in children if pk is not None)}


def _check_mentor(team: MentorTeam, mentor_id: int | None, day: date) -> None:
    if mentor_id is None:
        return
    mentors = Appointment.objects.valid_on(day).filter(
        user=mentor_id,
        user__is_active=True,
        role=Role.MENTOR,
        centre=team.centre_id,
        centre__kind=CentreKind.MENTOR_TEAM,
    )
    # Locked, so that nobody's appointment ends while households are on their way to them.
    if not mentors.select_for_update(of=("self", "user")).select_related("user").first():
        raise InvalidInput("not_a_mentor", _("บุคคลนี้ไม่ได้เป็นพี่เลี้ยงของทีมที่เลือก"), field="mentor")


def _check_start(start: date, today: date, current: Iterable[Assignment]) -> None:
    if start > today:
        raise InvalidInput("future_start", _("วันที่มอบหมายต้องไม่อยู่ในอนาคต"), field="valid_from")
    if any(row.valid_from > start for row in current):
        raise InvalidInput(
            "before_current", _("วันที่มอบหมายมาก่อนการมอบหมายปัจจุบันของบางครัวเรือน"), field="valid_from"
        )


def _current(ids: Sequence[UUID]) -> Iterable[Assignment]:
    return Assignment.objects.filter(household__in=ids, valid_to=None)


def _is_there(row: Assignment | None, team_id: UUID, mentor_id: int | None) -> bool:
    return row is not None and row.team_id == team_id and row.mentor_id == mentor_id


def _end(actor: Actor, rows: Sequence[Assignment], on: date) -> None:
    if rows:
        Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(
            valid_to=on, end_recorded_at=actor.stamp
        )


def _row(actor: Actor, target: Workable, team: MentorTeam, mentor_id: int | None, start: date) -> Assignment:
    return Assignment(
        household=target.household,
        province_code=target.household.province_code,
        team=team,
        mentor_id=mentor_id,
        valid_from=start,
        assigned_by=actor.user,
        recorded_at=actor.stamp,
    )


def _audit(actor: Actor, action: str, targets: Iterable[Workable], facts: dict[str, object]) -> None:
    audit_many(
        actor,
        action,
        object_type="household",
        rows=[
            (target.household.pk, target.household.pk, target.household.province_code, dict(facts))
            for target in targets
        ],
    )
