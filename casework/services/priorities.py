"""The weights of the priority: a new version each time, for a province or for the whole nation."""

from __future__ import annotations

from dataclasses import asdict

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import Role
from povertyops.common.audit import audit
from povertyops.common.errors import InvalidInput, NotAllowed

from ..models import PriorityWeights
from ..priority import DEFAULTS, Part, Weights
from ..queries.priorities import weights_of
from .guards import require_role

WEIGHING_ROLES = frozenset({Role.PROVINCIAL_SECRETARY, Role.SYSTEM_ADMIN})
ALL_POINTS = 100
LONGEST_WAIT = 3_650
MOST_PEOPLE = 50
LONGEST_REASON = 300


def set_weights(*, actor: Actor, province_code: str, weights: Weights, reason: str) -> PriorityWeights:
    """Put these weights in force for a province ("" for the nation) as its next version.

    The secretary weighs for the own province, the system's administrator for the nation. The same weights
    again change nothing. Side effects: audit row.
    """
    require_role(actor, WEIGHING_ROLES)
    if not actor.is_system and province_code != (actor.province_code or ""):
        raise NotAllowed("elsewhere", _("กำหนดน้ำหนักได้เฉพาะพื้นที่ของท่าน"))
    _check(weights, reason)
    with transaction.atomic():
        # One at a time: the versions of a place follow each other.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"priority:{province_code}"])
        newest = PriorityWeights.objects.filter(province_code=province_code).order_by("-version").first()
        before = weights_of(newest) if newest and newest.superseded_at is None else None
        if newest is not None and before == _with_version(weights, newest.version):
            return newest
        current = PriorityWeights.objects.filter(province_code=province_code, superseded_at=None)
        current.update(superseded_at=actor.stamp)
        values = asdict(_with_version(weights, newest.version + 1 if newest else 1))
        row = PriorityWeights.objects.create(
            province_code=province_code,
            reason=reason.strip(),
            entered_by=actor.user,
            recorded_at=actor.stamp,
            **values,
        )
        audit(
            actor,
            "priority.weigh",
            object_type="priority_weights",
            object_id=row.pk,
            province_code=province_code,
            changes={"before": asdict(before or DEFAULTS), "after": values, "reason": reason.strip()},
        )
    return row


def _with_version(weights: Weights, version: int) -> Weights:
    return Weights(**{**asdict(weights), "version": version})


def _check(weights: Weights, reason: str) -> None:
    if not reason.strip() or len(reason) > LONGEST_REASON or "\x00" in reason:
        raise InvalidInput("reason_needed", _("โปรดเขียนเหตุผลสั้น ๆ ไม่เกิน 300 ตัวอักษร"), field="reason")
    points = {part: weights.most(part) for part in Part}
    for part, number in points.items():
        if not 0 <= number <= ALL_POINTS:
            raise InvalidInput("bad_weight", _("คะแนนของแต่ละส่วนต้องอยู่ระหว่าง 0 ถึง 100"), field=part.value)
    total = sum(points.values())
    if total != ALL_POINTS:
        message = _("คะแนนทั้งสี่ส่วนต้องรวมกันได้ 100 ขณะนี้รวมได้ %(total)d") % {"total": total}
        raise InvalidInput("not_hundred", message, field="indicators")
    bounds = (
        ("full_dimensions", weights.full_dimensions, 5),
        ("full_fragile", weights.full_fragile, MOST_PEOPLE),
        ("full_days", weights.full_days, LONGEST_WAIT),
    )
    for field, number, most in bounds:
        if not 1 <= number <= most:
            message = _("ต้องอยู่ระหว่าง 1 ถึง %(most)d") % {"most": most}
            raise InvalidInput("bad_full", message, field=field)
