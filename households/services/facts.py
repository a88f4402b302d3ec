"""Facts of a household set by hand: taken over, or kept beside the other value until a person chooses.

Nothing is overwritten: every value stays a Correction with who and when, and outlives later imports.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from uuid import UUID

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.common.errors import Conflict, DomainError, InvalidInput
from povertyops.common.names import sort_key

from ..enums import CorrectionState
from ..inputs import FactEdit
from ..models import Correction, Household, Membership, Person
from ..rules import MEMBER_ADD, MEMBER_LEAVE, NAME_FACTS, Standing, fact_key, judge_edit
from ..validators import clean_fact
from .derive import person_keys

Outcome = Literal["applied", "same", "waiting", "refused"]


@dataclass(frozen=True, slots=True)
class FactResult:
    """What became of one edit. `version` is the field's newest; `current` the correction in use, if any."""

    id: UUID
    result: Outcome
    version: int = 0
    current: Correction | None = None
    error: DomainError | None = None


@dataclass(slots=True)
class Desk:
    """A locked household, its people, and how every field stands; kept up while edits are taken over.

    `beside`: the actor no longer holds the household, so nothing goes into use before one who does has
    chosen, and nothing is told of the value in use.
    """

    actor: Actor
    household: Household
    beside: bool = False
    members: dict[UUID, Membership] = field(default_factory=dict)
    newest: dict[str, Correction] = field(default_factory=dict)
    changed: dict[str, list[str]] = field(default_factory=dict)
    made: dict[UUID, Correction] = field(default_factory=dict)

    def current(self, name: str, person_id: UUID | None) -> str:
        """The value in use, as the text in which edits state it."""
        if person_id is not None:
            value = getattr(self.members[person_id].person, name)
            return value.isoformat() if isinstance(value, date) else str(value or "")
        if name == "place":
            place = self.household
            return "" if place.latitude is None else f"{place.latitude:.6f},{place.longitude:.6f}"
        return str(getattr(self.household, name))

    def standing(self, name: str, person_id: UUID | None) -> Standing:
        last = self.newest.get(fact_key(name, person_id))
        value = self.current(name, person_id)
        if last is None:
            return Standing(value)
        return Standing(value, last.version, last.recorded_by_id, last.base_version, last.made_at)


def open_desk(actor: Actor, household_id: UUID, *, beside: bool = False) -> Desk:
    """Everything the edits of one household need, in three queries. The caller has locked the household."""
    household = Household.objects.get(pk=household_id)
    rows = Membership.objects.filter(household=household, valid_to=None, superseded_at=None)
    members = {row.person_id: row for row in rows.select_related("person")}
    desk = Desk(actor, household, beside, members)
    applied = Correction.objects.filter(household=household, state=CorrectionState.APPLIED, version__gt=0)
    for row in applied.select_related("recorded_by").order_by("version"):
        desk.newest[fact_key(row.field, row.person_id)] = row
    return desk


def apply_edits(desk: Desk, edits: Sequence[FactEdit]) -> list[FactResult]:
    """One result per edit, in their order; a bad one never harms the others."""
    known = Correction.objects.select_related("recorded_by").in_bulk([edit.id for edit in edits])
    results = []
    for edit in edits:
        try:
            value = clean_fact(edit, desk.actor.today())
            before = known.get(edit.id)
            result = _again(before, edit, value) if before else _apply(desk, edit, value)
        except DomainError as error:
            result = FactResult(edit.id, "refused", error=error)
        results.append(result)
        known |= desk.made
    return results


def _again(before: Correction, edit: FactEdit, value: str) -> FactResult:
    """The same edit sent once more; another content under its id is refused."""
    person = None if edit.field == MEMBER_ADD else before.person_id
    same = (before.household_id, person, before.field, before.value) == (
        edit.household_id,
        edit.person_id,
        edit.field,
        value,
    )
    if not same:
        raise Conflict("edit_conflict", _("รหัสการแก้ไขนี้ถูกใช้กับข้อมูลอื่นแล้ว โปรดแก้จากหน้าครัวเรือนใหม่"))
    waiting = before.state == CorrectionState.WAITING
    return FactResult(edit.id, "waiting" if waiting else "same", before.version, before)


def _apply(desk: Desk, edit: FactEdit, value: str) -> FactResult:
    if desk.beside and edit.field in (MEMBER_ADD, MEMBER_LEAVE):
        raise Conflict(
            "left_your_hands",
            _("ครัวเรือนนี้ไม่ได้อยู่ในความดูแลของท่านแล้ว แก้รายชื่อสมาชิกไม่ได้ โปรดแจ้งผู้ดูแลคนปัจจุบัน"),
            field=edit.field,
        )
    if edit.field == MEMBER_ADD:
        return _add_member(desk, edit, value)
    if edit.person_id is not None and edit.person_id not in desk.members:
        return _of_someone_gone(desk, edit)
    if edit.field == MEMBER_LEAVE:
        return _let_leave(desk, edit, value)
    standing = desk.standing(edit.field, edit.person_id)
    verdict = judge_edit(
        standing,
        value=value,
        base_version=edit.base_version,
        user_id=desk.actor.user_id,
        made_at=edit.made_at,
    )
    last = desk.newest.get(fact_key(edit.field, edit.person_id))
    if desk.beside:
        return _put_beside(desk, edit, value, standing)
    if verdict == "same":
        return FactResult(edit.id, "same", standing.version, last)
    if verdict == "waiting":
        _keep(desk, edit, value, standing, CorrectionState.WAITING, version=0)
        return FactResult(edit.id, "waiting", standing.version, last)
    row = _take_over(desk, edit, value, standing)
    return FactResult(edit.id, "applied", row.version, row)


def _put_beside(desk: Desk, edit: FactEdit, value: str, standing: Standing) -> FactResult:
    """Kept for one who holds the household now; what stands there is not told."""
    if value == standing.value:
        return FactResult(edit.id, "same")
    _keep(desk, edit, value, standing, CorrectionState.WAITING, version=0)
    return FactResult(edit.id, "waiting")


def _of_someone_gone(desk: Desk, edit: FactEdit) -> FactResult:
    """An edit of a person who has left meanwhile (or never lived there)."""
    if not Membership.objects.filter(household=desk.household, person=edit.person_id).exists():
        raise InvalidInput("unknown_person", _("ไม่พบสมาชิกคนนี้ในครัวเรือน"), field="person")
    if edit.field == MEMBER_LEAVE:
        return FactResult(edit.id, "same")
    raise Conflict("person_left", _("สมาชิกคนนี้ออกจากครัวเรือนแล้ว โปรดตรวจรายชื่อสมาชิก"), field="person")


def _take_over(desk: Desk, edit: FactEdit, value: str, standing: Standing) -> Correction:
    row = _keep(desk, edit, value, standing, CorrectionState.APPLIED, version=standing.version + 1)
    _put(desk, edit.field, edit.person_id, value)
    desk.newest[fact_key(edit.field, edit.person_id)] = row
    desk.changed[fact_key(edit.field, edit.person_id)] = [standing.value, value]
    if edit.person_id is not None and edit.field in NAME_FACTS and desk.members[edit.person_id].is_head:
        _follow_the_head(desk, edit.person_id)
    return row


def _keep(
    desk: Desk, edit: FactEdit, value: str, standing: Standing, state: CorrectionState, *, version: int
) -> Correction:
    desk.made[edit.id] = row = Correction.objects.create(
        id=edit.id,
        household=desk.household,
        person_id=edit.person_id,
        field=edit.field,
        value=value,
        previous=standing.value,
        reason=edit.reason[:500],
        version=version,
        base_version=edit.base_version,
        state=state,
        made_at=edit.made_at,
        recorded_by=desk.actor.user,
        recorded_at=desk.actor.stamp,
    )
    return row


def _put(desk: Desk, name: str, person_id: UUID | None, value: str) -> None:
    """The value into the row of the register itself."""
    household = desk.household
    if person_id is None:
        if name == "place":
            household.latitude, household.longitude = (float(part) for part in value.split(","))
        else:
            setattr(household, name, value)
        return
    person = desk.members[person_id].person
    if name == "birth_date":
        person.birth_date = date.fromisoformat(value) if value else None
    else:
        setattr(person, name, value)
    person.search_key, person.sort_key = person_keys(person.first_name, person.last_name)
    person.save(update_fields=[name, "search_key", "sort_key"])


def _follow_the_head(desk: Desk, person_id: UUID) -> None:
    """The household is called after its head; kept as corrections too, so that an import does not undo it."""
    head = desk.members[person_id].person
    named = {"head_name": head.full_name, "sort_key": sort_key(head.first_name, head.last_name)}
    for name, value in named.items():
        last = desk.newest.get(name)
        row = Correction(
            household=desk.household,
            field=name,
            value=value,
            previous=str(getattr(desk.household, name)),
            version=last.version + 1 if last else 1,
            recorded_by=desk.actor.user,
            recorded_at=desk.actor.stamp,
        )
        row.save(force_insert=True)
        desk.newest[name] = row
        setattr(desk.household, name, value)


# ------------------------------------------------------------------------------------------------- members


def _add_member(desk: Desk, edit: FactEdit, value: str) -> FactResult:
    if Person.objects.filter(pk=edit.id).exists():
        raise Conflict("edit_conflict", _("รหัสการแก้ไขนี้ถูกใช้กับข้อมูลอื่นแล้ว โปรดแก้จากหน้าครัวเรือนใหม่"))
    given = json.loads(value)
    search, sort = person_keys(given["first_name"], given["last_name"])
    person = Person.objects.create(
        id=edit.id,
        province_code=desk.household.province_code,
        title=given["title"],
        first_name=given["first_name"],
        last_name=given["last_name"],
        birth_date=date.fromisoformat(given["birth_date"]) if given["birth_date"] else None,
        sex=given["sex"],
        occupation=given["occupation"],
        search_key=search,
        sort_key=sort,
        recorded_at=desk.actor.stamp,
    )
    membership = Membership.objects.create(
        household=desk.household,
        person=person,
        relation=given["relation"],
        position=len(desk.members),
        valid_from=desk.actor.today(),
        recorded_at=desk.actor.stamp,
    )
    desk.members[person.pk] = membership
    row = _history_row(desk, edit, value, person.pk)
    desk.changed[fact_key(MEMBER_ADD, person.pk)] = ["", person.full_name]
    return FactResult(edit.id, "applied", 0, row)


def _let_leave(desk: Desk, edit: FactEdit, value: str) -> FactResult:
    assert edit.person_id is not None
    membership = desk.members.pop(edit.person_id)
    if membership.is_head:
        desk.members[edit.person_id] = membership
        raise InvalidInput(
            "head_leaves",
            _("หัวหน้าครัวเรือนออกจากครัวเรือนจากหน้านี้ไม่ได้ ถ้าย้ายทั้งบ้านหรือเสียชีวิต ให้แจ้งเจ้าหน้าที่อำเภอ"),
            field="person",
        )
    membership.valid_to = max(date.fromisoformat(json.loads(value)["on"]), membership.valid_from)
    membership.save(update_fields=["valid_to"])
    row = _history_row(desk, edit, value, edit.person_id)
    desk.changed[fact_key(MEMBER_LEAVE, edit.person_id)] = [membership.person.full_name, ""]
    return FactResult(edit.id, "applied", 0, row)


def _history_row(desk: Desk, edit: FactEdit, value: str, person_id: UUID) -> Correction:
    desk.made[edit.id] = row = Correction.objects.create(
        id=edit.id,
        household=desk.household,
        person_id=person_id,
        field=edit.field,
        value=value,
        reason=edit.reason[:500],
        base_version=edit.base_version,
        made_at=edit.made_at,
        recorded_by=desk.actor.user,
        recorded_at=desk.actor.stamp,
    )
    return row


# ------------------------------------------------------------------------------------------------ choosing


def choose(desk: Desk, rivals: Iterable[Correction], chosen_id: UUID | None) -> Correction | None:
    """Settle the waiting values of one field: one of them goes into use, or (None) the present one stays.

    All of them stay in history. Returns the row that went into use.
    """
    winner = None
    for row in rivals:
        row.settled_by, row.settled_at = desk.actor.user, desk.actor.recorded_at or timezone.now()
        row.state = CorrectionState.SET_ASIDE
        if row.pk == chosen_id:
            winner = row
            standing = desk.standing(row.field, row.person_id)
            row.state, row.previous, row.version = (
                CorrectionState.APPLIED,
                standing.value,
                _next_version(desk, row),
            )
            _put(desk, row.field, row.person_id, row.value)
            desk.changed[fact_key(row.field, row.person_id)] = [standing.value, row.value]
        row.save(update_fields=["settled_by", "settled_at", "state", "previous", "version"])
    if winner is not None:
        desk.newest[fact_key(winner.field, winner.person_id)] = winner
        if winner.person_id and winner.field in NAME_FACTS and desk.members[winner.person_id].is_head:
            _follow_the_head(desk, winner.person_id)
    return winner


def _next_version(desk: Desk, row: Correction) -> int:
    same = Correction.objects.filter(household=desk.household, person=row.person_id, field=row.field)
    newest: int | None = same.aggregate(newest=Max("version"))["newest"]
    return (newest or 0) + 1


def close_desk(desk: Desk) -> bool:
    """Save the household if anything of it or of its people changed; whether it did."""
    if not desk.changed:
        return False
    desk.household.version += 1
    desk.household.save(
        update_fields=["phone", "house_no", "latitude", "longitude", "head_name", "sort_key", "version"]
    )
    return True
