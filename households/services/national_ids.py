"""Looking at national ids: masked for everybody, in full after a reason, found through the blind index.

Every look in full and every search leaves a row in the access log.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import FIELD_ROLES, OFFICER_ROLES
from povertyops.common import nid
from povertyops.common.audit import log_access
from povertyops.common.crypto import blind_index, open_sealed
from povertyops.common.errors import InvalidInput, NotAllowed

from ..access import get_household_for, scope_q
from ..models import Membership, NationalId

REVEALING_ROLES = FIELD_ROLES | OFFICER_ROLES


def masked_ids(person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Person -> id as 1-2345-xxxxx-12-1; persons without one are left out."""
    rows = NationalId.objects.filter(person_id__in=person_ids)
    return {row.person_id: nid.mask(_open(row)) for row in rows}


def reveal_national_id(*, actor: Actor, household_id: UUID, person_id: UUID, reason: str) -> str:
    """One id in full, as written on paper. Side effect: a row in the access log, in the same transaction."""
    if actor.role not in REVEALING_ROLES:
        raise NotAllowed("role", _("บทบาทของท่านดูเลขประจำตัวประชาชนเต็มไม่ได้"))
    if not reason.strip():
        raise InvalidInput("reason_needed", _("โปรดบอกเหตุผลที่ต้องดูเลขเต็ม"), field="reason")
    with transaction.atomic():
        household = get_household_for(actor, household_id)
        row = _of_member(household.pk, person_id)
        log_access(
            actor,
            "reveal_id",
            object_type="person",
            object_id=person_id,
            household_id=household.pk,
            reason=reason.strip(),
        )
        return nid.format_pin(_open(row))


def find_by_national_id(*, actor: Actor, pin: str) -> UUID | None:
    """The visible household in which this person lives, or None. Side effect on a hit: access log."""
    rows = Membership.objects.filter(
        scope_q(actor, "household__scope__"),
        person__in=_known_as(pin),
        valid_to=None,
        superseded_at=None,
    )
    found = rows.values_list("household_id", "person_id").first()
    if found is None:
        return None
    household_id, person_id = found
    log_access(actor, "search_id", object_type="person", object_id=person_id, household_id=household_id)
    return household_id


def _known_as(pin: str) -> QuerySet[NationalId, Any]:
    """The person with this id; of one that was merged into another, that one."""
    rows = NationalId.objects.filter(blind_index=blind_index(pin))
    return rows.values_list(Coalesce("person__merged_into_id", "person_id"))


def _of_member(household_id: UUID, person_id: UUID) -> NationalId:
    """Whoever lives or lived in the household; nobody else's id is reached through it."""
    lives = Membership.objects.filter(household_id=household_id, person_id=person_id, superseded_at=None)
    row = NationalId.objects.filter(person_id=person_id).first() if lives.exists() else None
    if row is None:
        raise Http404
    return row


def _open(row: NationalId) -> str:
    return open_sealed(row.key_id, bytes(row.sealed), row.person_id.bytes)
