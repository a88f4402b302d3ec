"""Editing a household's facts by hand, from a page or from a phone that was offline."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from households.enums import CorrectionState
from households.inputs import FactEdit
from households.models import Correction, Person
from households.queries import waiting_corrections
from households.rules import NAME_FACTS
from households.services.facts import Desk, FactResult, apply_edits, choose, close_desk, open_desk
from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit
from povertyops.common.errors import Conflict, DomainError, InvalidInput

from ..access import Workable, households_to_work_on
from .after import after_write
from .guards import require_workable, require_writable
from .held import Claim, held_then, households_beyond_sight

EDITS_LIMIT = 200


def apply_fact_edits(*, actor: Actor, edits: Sequence[FactEdit]) -> list[FactResult]:
    """Take over edits of one or several households; one result each, in their order.

    An edit made on an older version of its field than the newest waits beside it ("waiting"); the same edit
    again is "same". Edits of a household out of sight are refused with the code not_found, unless it was in
    the actor's hands when they were made: those wait beside the value in use for one who holds it now. Side
    effects: Corrections, the register's rows, an audit row per household, `after_write` where a name
    or a birthday changed.
    """
    if len(edits) > EDITS_LIMIT:
        raise InvalidInput("too_many", _("ส่งได้ครั้งละไม่เกิน %(limit)d รายการ") % {"limit": EDITS_LIMIT})
    by_household: defaultdict[UUID, list[FactEdit]] = defaultdict(list)
    results: dict[int, FactResult] = {}
    with transaction.atomic():
        workable = households_to_work_on(actor, {edit.household_id for edit in edits}, follow_merged=True)
        gone = [edit for edit in edits if edit.household_id not in workable]
        held = held_then(actor, (claim for edit in gone if (claim := _claim(edit))))
        late = households_beyond_sight(claim.household_id for claim in held)
        for edit in edits:
            if edit.household_id in workable or _claim(edit) in held:
                by_household[edit.household_id].append(edit)
            else:
                results[id(edit)] = FactResult(edit.id, "refused", error=_not_found())
        for household_id, own in by_household.items():
            target = workable.get(household_id) or late[household_id]
            # Under another appointment of the same person the household may still be in the actor's hands.
            beside = any(held[claim].is_over for edit in own if (claim := _claim(edit)) in held)
            found = _apply_to(actor, target, own, beside=beside)
            results |= {id(edit): result for edit, result in zip(own, found, strict=True)}
    return [results[id(edit)] for edit in edits]


def _claim(edit: FactEdit) -> Claim | None:
    return Claim(edit.household_id, edit.made_at) if edit.made_at else None


def _apply_to(actor: Actor, target: Workable, edits: Sequence[FactEdit], *, beside: bool) -> list[FactResult]:
    try:
        require_writable(actor, target)
    except DomainError as error:
        return [FactResult(edit.id, "refused", error=error) for edit in edits]
    desk = open_desk(actor, target.household.pk, beside=beside)
    found = apply_edits(desk, _at_home(target.household.pk, edits))
    _finish(desk)
    return found


def _at_home(household_id: UUID, edits: Sequence[FactEdit]) -> list[FactEdit]:
    """Edits of a household that was merged into this one, as edits of this one and of its persons."""
    if all(edit.household_id == household_id for edit in edits):
        return list(edits)
    named = {edit.person_id for edit in edits if edit.person_id}
    persons = dict(Person.objects.filter(pk__in=named).values_list("pk", "merged_into"))
    return [
        dataclasses.replace(
            edit,
            household_id=household_id,
            person_id=edit.person_id and (persons.get(edit.person_id) or edit.person_id),
        )
        for edit in edits
    ]


def settle_facts(*, actor: Actor, correction_id: UUID, chosen_id: UUID | None) -> Correction | None:
    """Choose between the value in use (`chosen_id` None) and those that wait for the same field.

    `correction_id` is any of the waiting ones. Raises Http404 out of sight; a field that was settled
    meanwhile is left as it is.
    """
    with transaction.atomic():
        asked = waiting_corrections(actor).filter(pk=correction_id).first()
        if asked is None:
            raise Http404
        target = require_workable(actor, asked.household_id)
        desk = open_desk(actor, target.household.pk)
        rivals = list(
            Correction.objects.select_for_update()
            .filter(
                household=asked.household_id,
                person=asked.person_id,
                field=asked.field,
                state=CorrectionState.WAITING,
            )
            .order_by("recorded_at", "pk")
        )
        if chosen_id is not None and chosen_id not in {row.pk for row in rivals}:
            raise InvalidInput("not_a_rival", _("ค่าที่เลือกไม่ได้อยู่ในรายการแล้ว โปรดเปิดหน้าใหม่"))
        if chosen_id is not None and asked.person_id and asked.person_id not in desk.members:
            raise Conflict("person_left", _("สมาชิกคนนี้ออกจากครัวเรือนแล้ว โปรดคงค่าเดิมไว้"))
        winner = choose(desk, rivals, chosen_id)
        audit(
            actor,
            "facts.settle",
            object_type="correction",
            object_id=chosen_id or asked.pk,
            household_id=asked.household_id,
            province_code=target.household.province_code,
            changes={"field": asked.field, "kept": chosen_id is None, "rivals": len(rivals)},
        )
        _finish(desk)
    return winner


_COUNTED = NAME_FACTS | {"birth_date"}
"""Facts by which the read model orders or counts."""


def _finish(desk: Desk) -> None:
    if not close_desk(desk):
        return
    household = desk.household
    audit(
        desk.actor,
        "facts.edit",
        object_type="household",
        object_id=household.pk,
        household_id=household.pk,
        province_code=household.province_code,
        changes=dict(desk.changed),
    )
    if any(key.rpartition(".")[2] in _COUNTED for key in desk.changed):
        # Lists are ordered by the name, and the birthday says who is small or old: in every year.
        after_write(actor=desk.actor, household_ids=[household.pk], since=date.min)


def _not_found() -> DomainError:
    error = DomainError("not_found", _("ไม่พบครัวเรือนนี้ หรืออยู่นอกพื้นที่ที่ท่านดูแล"))
    error.status = 404
    return error
