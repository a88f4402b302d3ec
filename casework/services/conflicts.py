"""Settling visits of which two versions came under one UUID: a person has looked, both stay stored."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from households.access import get_household_for_write
from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit

from ..access import visible_conflicts
from ..models import VisitConflict
from ..rules import APPROVING_ROLES
from .guards import require_role


def settle_conflict(*, actor: Actor, conflict_id: UUID) -> VisitConflict:
    """Say that the other version was looked at; told again it changes nothing. Side effect: audit row."""
    require_role(actor, APPROVING_ROLES)
    with transaction.atomic():
        row = visible_conflicts(actor).select_for_update().filter(pk=conflict_id).first()
        if row is None or row.household_id is None:
            raise Http404
        get_household_for_write(actor, row.household_id)
        if row.settled_at is not None:
            return row
        row.settled_at = actor.recorded_at or timezone.now()
        row.save(update_fields=["settled_at"])
        audit(
            actor,
            "visit.conflict_settled",
            object_type="visit",
            object_id=row.visit_id,
            household_id=row.household_id,
            province_code=row.province_code,
        )
    return row
