"""The way of a nomination after it was made: looked at on the spot, decided, appealed, decided again."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dimensions.enums import ALL_MASK
from households.access import visible_households
from households.enums import FoundBy
from households.inputs import NewPerson
from households.models import Household
from households.services.duplicates import propose_pairs
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES, Role
from povertyops.areas.queries import Responsible
from povertyops.common.crypto import open_sealed
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed

from ...access import households_to_work_on
from ...enums import NominationChannel, NominationStatus
from ...inputs import NominationCheck
from ...models import Nomination, NominationEvent
from ...nomination_access import answers_for, get_nomination_for, reaches
from ...nomination_rules import CHECKING_ROLES, CONTACT_KEPT, DECIDING_ROLES, DECISIONS, may_follow
from ..taking_in import take_in_household
from .naming import centre_for
from .photos import drawn_anew, keep_pictures
from .rule import rule_of
from .telling import write_event

Why = str | Promise | None


def check_nomination(*, actor: Actor, nomination_id: UUID, check: NominationCheck) -> Nomination:
    """What somebody of the area other than the nominator found on the spot. Side effects: event, audit."""
    _need_note(check.note, _("โปรดเขียนว่าพบอะไรที่บ้าน"))
    if not 0 <= check.dimensions <= ALL_MASK:
        raise InvalidInput("bad_dimensions", _("มิติไม่ถูกต้อง"), field="dimensions")
    if check.is_poor and not check.dimensions:
        raise InvalidInput("no_dimension", _("โปรดเลือกอย่างน้อยหนึ่งมิติที่พบว่าลำบาก"), field="dimensions")
    pictures = drawn_anew(check.photos)
    with transaction.atomic():
        row = _locked(actor, nomination_id, why_not_check)
        if check.village is not None:
            _settle_village(row, check.village)
        row.status = NominationStatus.CHECKED
        row.checked_by = actor.user
        row.checked_on = actor.today()
        row.is_poor = check.is_poor
        row.found_dimensions = check.dimensions if check.is_poor else 0
        row.check_note = check.note.strip()
        row.save(
            update_fields=[
                *("status", "checked_by", "checked_on", "is_poor", "found_dimensions", "check_note"),
                *("area_code", "centre_id", "is_municipal"),
            ]
        )
        keep_pictures(actor, row, pictures)
        write_event(actor, row, NominationStatus.CHECKED, row.check_note)
    return row


def decide_nomination(
    *,
    actor: Actor,
    nomination_id: UUID,
    decision: NominationStatus,
    note: str,
    household_id: UUID | None = None,
) -> Nomination:
    """The office's word, with a written reason, by neither nominator nor checker.

    Accepted: the household comes into the register as found by the province's survey, in care from today.
    Known: `household_id`, which the actor sees, is the family. Side effects: event, audit row, the known
    household's lock, and what `take_in_household` does.
    """
    with transaction.atomic():
        row = _locked(actor, nomination_id, why_not_decide)
        if decision == NominationStatus.ACCEPTED and row.is_poor is False:
            message = _("การตรวจในพื้นที่พบว่าไม่ยากจน จึงรับเข้าไม่ได้ ให้ไม่รับพร้อมเหตุผล ผู้เสนอขอให้พิจารณาใหม่ได้")
            raise Conflict("found_not_poor", message)
        _decide(actor, row, decision, note, household_id)
    return row


def decide_appeal(
    *,
    actor: Actor,
    nomination_id: UUID,
    decision: NominationStatus,
    note: str,
    household_id: UUID | None = None,
) -> Nomination:
    """The province's word on an appeal, by somebody else than who decided first; it is the last one."""
    with transaction.atomic():
        row = _locked(actor, nomination_id, why_not_decide_appeal)
        _decide(actor, row, decision, note, household_id)
    return row


def appeal(*, actor: Actor, nomination_id: UUID, note: str) -> Nomination:
    """Ask the province to look again, once, within the days of its rule.

    By the nominator; for somebody of the public whoever of the area took the call.
    """
    _need_note(note, _("โปรดเขียนเหตุผลที่ขอให้พิจารณาใหม่"))
    with transaction.atomic():
        row = _locked(actor, nomination_id, why_not_appeal)
        row.status = NominationStatus.APPEALED
        row.appeal_note = note.strip()
        row.appealed_on = actor.today()
        row.save(update_fields=["status", "appeal_note", "appealed_on"])
        write_event(actor, row, NominationStatus.APPEALED, row.appeal_note)
    return row


def withdraw(*, actor: Actor, nomination_id: UUID, note: str = "") -> Nomination:
    """The nominator takes it back before it is decided."""
    with transaction.atomic():
        row = _locked(actor, nomination_id, why_not_withdraw)
        row.status = NominationStatus.WITHDRAWN
        row.decided_on = actor.today()
        row.save(update_fields=["status", "decided_on"])
        write_event(actor, row, NominationStatus.WITHDRAWN, note.strip()[:1000])
    return row


def forget_contacts(*, actor: Actor) -> int:
    """Names and phones of the public go some weeks after the last word; how many went."""
    before = actor.today() - CONTACT_KEPT
    settled = ~Q(status__in=NominationStatus.of_waiting())
    old = Nomination.objects.filter(settled, decided_on__lt=before, contact__isnull=False)
    return old.update(contact=None)


# ------------------------------------------------------------------------------------- why somebody may not


def why_not_check(actor: Actor, row: Nomination) -> Why:
    """The Thai sentence that says why this person cannot check; None when they can."""
    if not may_follow(row.status, NominationStatus.CHECKED):
        return _("เรื่องนี้ผ่านการตรวจไปแล้ว")
    if actor.is_system:
        return None
    is_team = actor.role in CHECKING_ROLES - OFFICER_ROLES
    if not (answers_for(actor, row) or (is_team and reaches(actor, row))):
        return _("รอทีมตำบลหรือศูนย์ของพื้นที่ลงตรวจ")
    if _is(actor, row.nominated_by_id):
        return _("ผู้เสนอตรวจเรื่องของตนเองไม่ได้ ให้คนอื่นในทีมหรือเจ้าหน้าที่ของพื้นที่ตรวจ")
    return None


def why_not_decide(actor: Actor, row: Nomination) -> Why:
    """Likewise for the office's decision."""
    if row.status not in (NominationStatus.RECEIVED, NominationStatus.CHECKED):
        return _("เรื่องนี้พิจารณาไปแล้ว")
    return _why_not_office(actor, row, {row.nominated_by_id, row.checked_by_id})


def why_not_decide_appeal(actor: Actor, row: Nomination) -> Why:
    """Likewise for the province's decision on an appeal."""
    if row.status != NominationStatus.APPEALED:
        return _("เรื่องนี้ไม่มีคำขอให้พิจารณาใหม่")
    if not actor.is_system and actor.role is not Role.PROVINCIAL_SECRETARY:
        return _("รอฝ่ายเลขานุการจังหวัดพิจารณาคำขอ")
    deciders = NominationEvent.objects.filter(nomination=row, status=NominationStatus.REJECTED)
    others = {*deciders.values_list("actor_id", flat=True), row.nominated_by_id, row.checked_by_id}
    return _why_not_office(actor, row, others)


def why_not_appeal(actor: Actor, row: Nomination) -> Why:
    """Likewise for asking the province to look again."""
    if row.appealed_on is not None:
        return _("ขอให้พิจารณาใหม่ได้ครั้งเดียว")
    if not may_follow(row.status, NominationStatus.APPEALED) or row.decided_on is None:
        return _("ขอให้พิจารณาใหม่ได้เมื่อมีคำตัดสินไม่รับ")
    if actor.today() > last_day_to_appeal(row.decided_on, row.province_code):
        return _("พ้นกำหนดขอให้พิจารณาใหม่แล้ว")
    on_behalf = row.channel == NominationChannel.PUBLIC and reaches(actor, row)
    if not (actor.is_system or _is(actor, row.nominated_by_id) or on_behalf):
        return _("ผู้เสนอเท่านั้นที่ขอให้พิจารณาใหม่ได้")
    return None


def why_not_withdraw(actor: Actor, row: Nomination) -> Why:
    """Likewise for taking it back."""
    if not may_follow(row.status, NominationStatus.WITHDRAWN):
        return _("เรื่องนี้พิจารณาไปแล้ว ถอนไม่ได้")
    if not (actor.is_system or _is(actor, row.nominated_by_id)):
        return _("ผู้เสนอเท่านั้นที่ถอนเรื่องได้")
    return None


def last_day_to_appeal(decided_on: date, province_code: str) -> date:
    return decided_on + timedelta(days=rule_of(province_code).appeal_days)


def _why_not_office(actor: Actor, row: Nomination, others: Collection[int | None]) -> Why:
    if actor.is_system:
        return None
    if actor.role not in DECIDING_ROLES or not answers_for(actor, row):
        return _("รอเจ้าหน้าที่ของศูนย์ที่รับผิดชอบพิจารณา")
    if actor.user_id in others:
        return _("ผู้เสนอ ผู้ตรวจ และผู้ที่เคยพิจารณาเรื่องนี้พิจารณาเองไม่ได้ ให้เจ้าหน้าที่คนอื่นหรือฝ่ายเลขานุการจังหวัดพิจารณา")
    return None


def _is(actor: Actor, user_id: int | None) -> bool:
    return user_id is not None and actor.user_id == user_id


# ------------------------------------------------------------------------------------------------ doing it


def _locked(actor: Actor, nomination_id: UUID, why_not: Callable[[Actor, Nomination], Why]) -> Nomination:
    """The nomination, locked, when nothing stands against the step."""
    row = get_nomination_for(actor, nomination_id, lock=True)
    if reason := why_not(actor, row):
        raise NotAllowed("not_your_step", reason)
    return row


def _need_note(note: str, message: str | Promise) -> None:
    if not note.strip():
        raise InvalidInput("note_needed", message, field="note")


def _settle_village(row: Nomination, number: int) -> None:
    """Put a nomination whose village was not known into the one that was found."""
    code = f"{row.subdistrict_code}{number:02d}"
    if not 0 <= number <= 99:
        raise InvalidInput("bad_village", _("หมู่ที่ต้องอยู่ระหว่าง 0 ถึง 99"), field="village")
    centre = centre_for(code)
    row.area_code, row.centre_id, row.is_municipal = code, centre.centre_id, centre.is_municipal


def _decide(
    actor: Actor, row: Nomination, decision: NominationStatus, note: str, household_id: UUID | None
) -> None:
    _need_note(note, _("โปรดเขียนเหตุผลของการพิจารณา"))
    if decision not in DECISIONS or not may_follow(row.status, decision):
        raise Conflict("not_now", _("ต้องตรวจในพื้นที่ก่อนจึงพิจารณาได้"))
    if decision == NominationStatus.KNOWN:
        if household_id is None:
            raise InvalidInput("which_one", _("โปรดเลือกครัวเรือนที่มีอยู่แล้ว"), field="household")
        row.household = _known(actor, household_id)
    if decision == NominationStatus.ACCEPTED:
        row.household = _take_in(actor, row, note)
    row.status = decision
    row.decided_by = actor.user
    row.decided_on = actor.today()
    row.decision_note = note.strip()
    row.save(update_fields=["status", "decided_by", "decided_on", "decision_note", "household"])
    write_event(actor, row, decision, row.decision_note)


def _known(actor: Actor, household_id: UUID) -> Household:
    """The household in sight that it is, locked until the decision is written: no merge comes between.

    One that was merged before is the one that it was merged into. Raises Http404, and Conflict when a merge
    that was under way has taken it.
    """
    target = households_to_work_on(actor, [household_id], follow_merged=True).get(household_id)
    if target is None:
        raise Http404
    # A new statement: it sees what happened while the lock was waited for.
    household = visible_households(actor).filter(pk=target.household.pk).first()
    if household is None:
        message = _("ครัวเรือนที่เลือกเพิ่งถูกรวมหรือย้ายไป โปรดค้นแล้วเลือกอีกครั้ง")
        raise Conflict("merged_meanwhile", message)
    return household


def _take_in(actor: Actor, row: Nomination, note: str) -> Household:
    household = take_in_household(
        actor=actor,
        area_code=row.area_code,
        centre=Responsible(row.centre_id, row.is_municipal),
        house_no=row.house_no,
        house_code=row.house_code,
        phone=row.phone,
        persons=_persons_of(row),
        dimensions=row.found_dimensions or row.dimensions,
        on=actor.today(),
        reason=note.strip(),
    )
    if row.latitude is not None:
        Household.objects.filter(pk=household.pk).update(latitude=row.latitude, longitude=row.longitude)
    propose_pairs(household_ids=[household.pk], found_by=FoundBy.NOMINATION)
    return household


def _persons_of(row: Nomination) -> list[NewPerson]:
    pin = open_sealed(row.key_id, bytes(row.sealed_pin), row.pk.bytes) if row.sealed_pin else ""
    return [
        NewPerson(
            title=person.get("title", ""),
            first_name=person["first_name"],
            last_name=person.get("last_name", ""),
            birth_date=date.fromisoformat(person["birth_date"]) if person.get("birth_date") else None,
            sex=person.get("sex", ""),
            relation=person.get("relation", ""),
            is_head=place == 0,
            pin=pin if place == 0 else "",
        )
        for place, person in enumerate(row.persons)
    ]
