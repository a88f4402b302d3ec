"""Giving a previewed share of waiting households to teams, all in one act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from households.access import can_write
from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit
from povertyops.common.errors import InvalidInput

from ..access import Workable, households_to_work_on
from ..models import Assignment, MentorTeam, ShareOut
from ..queries.sharing import loads_now
from ..rules import ASSIGNING_ROLES
from .assignment import assign_households
from .guards import require_role

MOST_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Share:
    """What a team is to get, the most pressing first."""

    team_id: UUID
    household_ids: tuple[UUID, ...]


@dataclass(slots=True)
class SharedOut:
    """What was done, and what was left out because something had changed since the preview."""

    row: ShareOut
    gone: list[UUID] = field(default_factory=list)
    taken: list[UUID] = field(default_factory=list)
    no_room: list[UUID] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        return len(self.gone) + len(self.taken) + len(self.no_room)


def share_households(
    *, actor: Actor, shares: Sequence[Share], most: int, asked: Mapping[str, Any]
) -> SharedOut:
    """Give each team its share, as it was previewed; one transaction.

    Left out and told: households out of sight or care or no longer the actor's to give (`gone`), with a team
    meanwhile (`taken`), and those for whom their team is closed or would hold more than `most` (`no_room`).
    Side effects: assignments with their audit rows and `after_write`, a ShareOut row, an audit row.
    """
    require_role(actor, ASSIGNING_ROLES)
    wanted = [pk for share in shares for pk in share.household_ids]
    if not wanted or len(wanted) > MOST_AT_ONCE or len(set(wanted)) != len(wanted):
        raise InvalidInput("bad_plan", _("แผนการแบ่งไม่ถูกต้อง โปรดดูตัวอย่างใหม่แล้วยืนยันอีกครั้ง"))
    with transaction.atomic():
        # One sharing at a time, so that the most a team may hold is kept.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"share-out:{actor.province_code}"])
        targets = households_to_work_on(actor, wanted)
        result = SharedOut(ShareOut(province_code=actor.province_code, asked=dict(asked), made_by=actor.user))
        free = _still_free(actor, wanted, targets, result)
        loads, open_teams = _loads(shares, actor.today())
        for share in shares:
            _give(actor, share, free, loads, most if share.team_id in open_teams else 0, targets, result)
        result.row.recorded_at = actor.stamp
        result.row.save(force_insert=True)
        audit(
            actor,
            "share_out.apply",
            object_type="share_out",
            object_id=result.row.pk,
            province_code=actor.province_code,
            changes={"households": result.row.households, "left_out": result.left_out, "asked": dict(asked)},
        )
    return result


def _still_free(
    actor: Actor, wanted: Sequence[UUID], targets: Mapping[UUID, Workable], result: SharedOut
) -> set[UUID]:
    held = set(
        Assignment.objects.filter(household__in=wanted, valid_to=None).values_list("household_id", flat=True)
    )
    free = set()
    for pk in wanted:
        target = targets.get(pk)
        if target is None or not target.scope.is_open or not can_write(actor, target.scope):
            result.gone.append(pk)
        elif pk in held:
            result.taken.append(pk)
        else:
            free.add(pk)
    return free


def _loads(shares: Sequence[Share], today: date) -> tuple[dict[UUID, int], set[UUID]]:
    ids = [share.team_id for share in shares]
    active = MentorTeam.objects.filter(pk__in=ids, centre__is_active=True).values_list("pk", flat=True)
    return loads_now(ids, today), set(active)


def _give(
    actor: Actor,
    share: Share,
    free: set[UUID],
    loads: Mapping[UUID, int],
    most: int,
    targets: Mapping[UUID, Workable],
    result: SharedOut,
) -> None:
    before = loads.get(share.team_id, 0)
    ids = [pk for pk in share.household_ids if pk in free]
    room = max(most - before, 0)
    result.no_room += ids[room:]
    ids = ids[:room]
    if not ids:
        return
    given = assign_households(actor=actor, household_ids=ids, team_id=share.team_id)
    result.row.households += given
    result.row.shares.append(
        {
            "district": targets[ids[0]].scope.district_code,
            "team": str(share.team_id),
            "before": before,
            "given": given,
            "household_ids": [str(pk) for pk in ids],
        }
    )
