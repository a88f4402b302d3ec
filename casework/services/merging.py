"""Two households that were one: everything of one stands on the other from now on.

What was done is written down row by row (`merge_rows`), so that `unmerging` can take it apart again. What
becomes of the rows stands in `merge_care`, `merge_register`, `merge_persons` and `merge_fields`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from households.enums import FoundBy
from households.models import Household, Membership
from households.services.duplicates import propose_pairs
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES
from povertyops.common.audit import audit
from povertyops.common.errors import InvalidInput, NotAllowed

from ..access import households_to_work_on
from ..models import HouseholdMerge
from .after import after_write
from .guards import require_role, require_writable
from .merge_care import (
    settle_assignments,
    settle_care,
    settle_cases,
    settle_plans,
    settle_reviews,
    settle_transfers,
)
from .merge_fields import take_fields, wanted_fields
from .merge_register import (
    head_of,
    hide,
    move_corrections,
    move_links,
    move_lists,
    move_people,
    move_the_rest,
    settle_pairs,
)
from .merge_rows import difference, watch
from .merge_work import FIELDS, TEAM, MergeChoices, Work, why_not_merge
from .neighbours import audit_reached, lock_with_neighbours
from .reach import refresh_office_reach


def merge_households(
    *,
    actor: Actor,
    kept_id: UUID,
    gone_id: UUID,
    choices: MergeChoices | None = None,
    reason: str,
    effective_on: date | None = None,
) -> HouseholdMerge:
    """Put everything of one household onto another; the one that went is seen by nobody any more.

    Side effects: rows as `merge_tables` says, Corrections for every field on which the two differed, audit
    rows on both and on others whose people moved by it, read model, marks, the HouseholdMerge with its
    manifest. Raises Http404 when one is out of sight, NotAllowed, InvalidInput naming the field, Conflict.
    """
    require_role(actor, OFFICER_ROLES)
    day = effective_on or actor.today()
    chosen = choices or MergeChoices()
    _check(actor, reason, day, chosen)
    with transaction.atomic():
        kept, gone, neighbours = _both(actor, kept_id, gone_id)
        _check_persons(kept, gone, chosen.same)
        looked = watch([kept.pk, gone.pk, *neighbours])
        before = looked.rows()
        reached = _merge(Work(actor, kept, gone, day, reason.strip(), chosen))
        merge = HouseholdMerge.objects.create(
            province_code=kept.province_code,
            kept=kept,
            gone=gone,
            choices={
                "take": sorted(chosen.take),
                "same": {str(one): str(other) for one, other in chosen.same.items()},
            },
            reason=reason.strip(),
            manifest=difference(before, looked.rows()),
            effective_on=day,
            made_by=actor.user,
            recorded_at=actor.stamp,
        )
        for household, other in ((kept, gone), (gone, kept)):
            audit(
                actor,
                "household.merged" if household is gone else "household.merge",
                object_type="household_merge",
                object_id=merge.pk,
                household_id=household.pk,
                province_code=household.province_code,
                changes={"other": str(other.pk), "reason": reason.strip(), "take": sorted(chosen.take)},
            )
        audit_reached(
            actor,
            "household.merge_next_door",
            object_type="household_merge",
            object_id=merge.pk,
            household_ids=reached,
            changes={"kept": str(kept.pk), "gone": str(gone.pk), "reason": reason.strip()},
        )
    return merge


def _check(actor: Actor, reason: str, day: date, choices: MergeChoices) -> None:
    if not reason.strip():
        raise InvalidInput("reason_needed", _("โปรดบอกเหตุผลที่เห็นว่าเป็นครอบครัวเดียวกัน"), field="reason")
    if day > actor.today():
        raise InvalidInput("future_day", _("วันที่มีผลต้องไม่อยู่ในอนาคต"), field="effective_on")
    if unknown := choices.take - {*FIELDS, TEAM}:
        raise InvalidInput("unknown_field", _("ไม่รู้จักข้อมูลที่เลือก"), field=min(unknown))


def _both(actor: Actor, kept_id: UUID, gone_id: UUID) -> tuple[Household, Household, list[UUID]]:
    """Both households and those whose people may follow, all locked in the order of their ids."""
    if kept_id == gone_id:
        raise InvalidInput("same_household", _("ต้องเป็นสองครัวเรือนที่ต่างกัน"))
    if len(households_to_work_on(actor, {kept_id, gone_id}, lock=False)) < 2:
        raise Http404
    neighbours = lock_with_neighbours([kept_id, gone_id])
    targets = households_to_work_on(actor, {kept_id, gone_id})
    if len(targets) < 2:
        raise Http404
    for target in targets.values():
        require_writable(actor, target)
    if reason := why_not_merge(actor, targets[kept_id].scope, targets[gone_id].scope):
        raise NotAllowed("province_decides", reason)
    rows = Household.objects.select_related("scope").in_bulk([kept_id, gone_id])
    return rows[kept_id], rows[gone_id], neighbours


def _check_persons(kept: Household, gone: Household, same: Mapping[UUID, UUID]) -> None:
    if len(set(same.values())) < len(same):
        raise InvalidInput("person_twice", _("เลือกสมาชิกคนเดียวกันซ้ำ โปรดจับคู่คนละหนึ่งครั้ง"), field="persons")
    if set(same) - _members(gone) or set(same.values()) - _members(kept):
        raise InvalidInput("unknown_person", _("สมาชิกที่จับคู่ไม่ได้อยู่ในครัวเรือนนี้แล้ว"), field="persons")


def _members(household: Household) -> set[UUID]:
    rows = Membership.objects.filter(household=household, valid_to=None, superseded_at=None)
    return set(rows.values_list("person_id", flat=True))


def _merge(w: Work) -> list[UUID]:
    """Everything of one onto the other; the further households whose people came or went by it."""
    wanted = wanted_fields(w)
    head = head_of(w.gone) if "head_name" in w.choices.take else None
    settle_cases(w)
    settle_plans(w)
    settle_care(w)
    settle_transfers(w)
    settle_assignments(w)
    settle_reviews(w)
    move_people(w, head)
    move_lists(w)
    move_corrections(w)
    move_the_rest(w)
    move_links(w)
    settle_pairs(w)
    hide(w)
    reached = take_fields(w, wanted)
    refresh_office_reach([w.kept.pk], today=w.actor.today())
    after_write(actor=w.actor, household_ids=[w.kept.pk, *reached], since=date.min)
    propose_pairs(household_ids=[w.kept.pk], found_by=FoundBy.PERSON)
    return reached
