"""Targets of a province: set, shared out to districts, corrected by hand. Every change is a new version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now
from django.http import Http404
from django.utils.translation import gettext as _

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.areas.models import Area
from povertyops.common.audit import audit
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.thai import fiscal_year_bounds

from ..enums import ShareKey
from ..models import AreaProgress, Target, TargetShare
from ..queries import progress_of
from ..rules import GOALS, owed, re_share, weight_of

LONGEST_NOTE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetInput:
    """At least `percent` of the cohort to have reached the goal `figure` by `due_on`."""

    fiscal_year: int
    figure: str
    percent: Decimal
    due_on: date
    share_key: str = ShareKey.CASES
    note: str = ""


@dataclass(frozen=True, slots=True)
class ByHand:
    """A district's share that a person put in place of the key's."""

    households: int
    note: str


def set_target(*, actor: Actor, target: TargetInput) -> Target:
    """Set a target of the actor's province and share it out; corrections by hand of the version before stay.

    Side effects: the version before is marked replaced; an audit row.
    """
    province = _province(actor)
    _check(target)
    with transaction.atomic():
        _lock(province)
        before = current_target(province, target.fiscal_year, target.figure)
        return _put(actor, province, target, _by_hand(before), before)


def correct_share(
    *, actor: Actor, target_id: UUID, district_code: str, households: int | None, note: str
) -> Target:
    """Put a number by hand in place of a district's share; None gives it back to the key. Other shares stay.

    Side effects as `set_target`.
    """
    province = _province(actor)
    if households is not None and not note.strip():
        raise InvalidInput("no_reason", _("บอกเหตุผลที่ปรับตัวเลขของอำเภอนี้"), field="note")
    with transaction.atomic():
        _lock(province)
        before = _get_current(province, target_id)
        shares = {share.district_code: share for share in before.shares.all()}
        if district_code not in shares:
            raise Http404
        _check_room(before.fiscal_year, district_code, households)
        by_hand = _by_hand(before)
        by_hand.pop(district_code, None)
        counts = {code: share.households for code, share in shares.items()}
        if households is not None:
            by_hand[district_code] = ByHand(households, note.strip()[:LONGEST_NOTE])
            counts[district_code] = households
        else:
            fresh = _shares(province, _input_of(before), by_hand)
            counts[district_code] = fresh.get(district_code, 0)
        return _put(actor, province, _input_of(before), by_hand, before, counts)


def share_again(*, actor: Actor, target_id: UUID) -> Target:
    """Share a target out anew over the present households; corrections by hand stay. Effects as above."""
    province = _province(actor)
    with transaction.atomic():
        _lock(province)
        before = _get_current(province, target_id)
        return _put(actor, province, _input_of(before), _by_hand(before), before)


def current_target(province_code: str, fiscal_year: int, figure: str) -> Target | None:
    rows = Target.objects.filter(province_code=province_code, fiscal_year=fiscal_year, figure=figure)
    return rows.filter(replaced_at=None).prefetch_related("shares").first()


def districts_of(fiscal_year: int, province_code: str) -> dict[str, AreaProgress]:
    """Present figures of the districts that have households."""
    rows = AreaProgress.objects.filter(
        fiscal_year=fiscal_year, list_kind="", parent_code=province_code, level=2
    ).order_by("code")
    return {row.code: row for row in rows}


def _province(actor: Actor) -> str:
    if actor.role is not Role.PROVINCIAL_SECRETARY:
        raise NotAllowed("not_secretary", _("เฉพาะฝ่ายเลขานุการ คจพ.จ. ตั้งเป้าหมายได้"))
    return actor.province_code


def _lock(province_code: str) -> None:
    """One change of a province's targets at a time."""
    Area.objects.select_for_update(no_key=True).get(code=province_code)


def _get_current(province_code: str, target_id: UUID) -> Target:
    target = Target.objects.filter(pk=target_id, province_code=province_code).first()
    if target is None:
        raise Http404
    if target.replaced_at is not None:
        raise Conflict("target_replaced", _("เป้าหมายนี้มีฉบับใหม่แล้ว เปิดหน้าเป้าหมายใหม่แล้วลองอีกครั้ง"))
    return target


def _check(target: TargetInput) -> None:
    first, last = fiscal_year_bounds(target.fiscal_year)
    if target.figure not in GOALS:
        raise InvalidInput("unknown_goal", _("โปรดเลือกสิ่งที่ต้องการให้ถึง"), field="figure")
    if not 0 < target.percent <= 100:
        raise InvalidInput("bad_percent", _("ร้อยละต้องมากกว่า 0 และไม่เกิน 100"), field="percent")
    if not first < target.due_on <= last:
        raise InvalidInput("due_outside_year", _("วันที่ต้องอยู่ในปีงบประมาณของเป้าหมาย"), field="due_on")
    if target.share_key not in ShareKey.values:
        raise InvalidInput("unknown_key", _("โปรดเลือกวิธีแบ่งให้อำเภอ"), field="share_key")


def _check_room(fiscal_year: int, district_code: str, households: int | None) -> None:
    row = progress_of(fiscal_year, district_code)
    most = row.households if row else 0
    if households is not None and not 0 <= households <= most:
        message = _("ตัวเลขต้องอยู่ระหว่าง 0 ถึง %(most)s ครัวเรือน") % {"most": f"{most:,}"}
        raise InvalidInput("share_out_of_range", message, field="households")


def _by_hand(target: Target | None) -> dict[str, ByHand]:
    if target is None:
        return {}
    rows = target.shares.filter(is_manual=True)
    return {row.district_code: ByHand(row.households, row.note) for row in rows}


def _input_of(target: Target) -> TargetInput:
    return TargetInput(
        fiscal_year=target.fiscal_year,
        figure=target.figure,
        percent=target.percent,
        due_on=target.due_on,
        share_key=target.share_key,
        note=target.note,
    )


def _shares(province: str, target: TargetInput, by_hand: Mapping[str, ByHand]) -> dict[str, int]:
    districts = districts_of(target.fiscal_year, province)
    whole = owed(target.percent, sum(row.households for row in districts.values()))
    most = {code: row.households for code, row in districts.items()}
    weights = {code: weight_of(target.share_key, row) for code, row in districts.items()}
    kept = {code: min(hand.households, most[code]) for code, hand in by_hand.items() if code in most}
    return re_share(whole, weights, most, kept)


def _put(
    actor: Actor,
    province: str,
    target: TargetInput,
    by_hand: Mapping[str, ByHand],
    before: Target | None,
    counts: Mapping[str, int] | None = None,
) -> Target:
    counts = counts if counts is not None else _shares(province, target, by_hand)
    if before is not None:
        Target.objects.filter(pk=before.pk).update(replaced_at=actor.recorded_at or Now())
    made = Target.objects.create(
        province_code=province,
        fiscal_year=target.fiscal_year,
        figure=target.figure,
        percent=target.percent,
        due_on=target.due_on,
        share_key=target.share_key,
        note=target.note.strip()[:LONGEST_NOTE],
        set_by=actor.user,
        recorded_at=actor.stamp,
    )
    TargetShare.objects.bulk_create(
        TargetShare(
            target=made,
            district_code=code,
            households=count,
            is_manual=code in by_hand,
            note=by_hand[code].note if code in by_hand else "",
        )
        for code, count in sorted(counts.items())
    )
    audit(
        actor,
        "target_set",
        object_type="target",
        object_id=made.pk,
        province_code=province,
        changes={"now": _said(target, counts), **({"before": str(before.pk)} if before else {})},
    )
    return made


def _said(target: TargetInput, counts: Mapping[str, int]) -> dict[str, Any]:
    return {
        "figure": target.figure,
        "percent": str(target.percent),
        "due_on": target.due_on.isoformat(),
        "share_key": target.share_key,
        "shares": dict(counts),
    }
