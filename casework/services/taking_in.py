"""A household that no list knew comes into the register: on the list of what a province found itself, with
its members, and in care from the first day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from dimensions.enums import Stage
from households.inputs import NewPerson
from households.models import (
    Household,
    HouseholdPlacement,
    HouseholdScope,
    ListedPerson,
    Listing,
    ListKind,
    Membership,
    NationalId,
    Person,
    TargetList,
)
from povertyops.accounts.actor import Actor
from povertyops.areas.models import Area
from povertyops.areas.queries import Responsible
from povertyops.areas.services import VillageSeen, learn_villages
from povertyops.common.audit import audit
from povertyops.common.crypto import blind_index, seal
from povertyops.common.errors import Conflict, InvalidInput
from povertyops.common.ids import uuid7
from povertyops.common.names import search_key, sort_key
from povertyops.common.thai import fiscal_year_bounds, fiscal_year_of

from ..enums import StageEventKind
from ..models import Case, StageEvent
from ..queries.yardstick import LoadedYardstick
from .after import after_write


def take_in_household(
    *,
    actor: Actor,
    area_code: str,
    centre: Responsible,
    house_no: str,
    house_code: str,
    phone: str,
    persons: Sequence[NewPerson],
    dimensions: int,
    failed_indicators: Sequence[int] = (),
    on: date,
    kind_code: str = "survey",
    reason: str = "",
) -> Household:
    """Bring a household into the register on the list `kind_code` of the fiscal year of `on`, and into care.

    Makes household, placement, scope, persons with their ids, memberships, listing (the list too, where the
    province has none of that year), open case with its event, read model, marks and audit row. Raises
    Conflict when a national id is in the register already, InvalidInput without persons. The caller has
    asked whether the actor may.
    """
    if not persons:
        raise InvalidInput("no_persons", _("โปรดระบุสมาชิกอย่างน้อยหนึ่งคน"), field="persons")
    with transaction.atomic():
        learn_villages(actor=actor, villages=[VillageSeen(area_code)])
        household = _household(actor, area_code, house_no, house_code, phone, _head(persons))
        _place(actor, household, centre, dimensions, on)
        members = [_member(actor, household, person, place, on) for place, person in enumerate(persons)]
        listing = _listing(actor, household, kind_code, persons, dimensions, failed_indicators, on)
        ListedPerson.objects.bulk_create(
            ListedPerson(listing=listing, person_id=person_id, raw=raw_of_person(person))
            for person_id, person in zip(members, persons, strict=True)
        )
        _open_case(actor, household, on)
        audit(
            actor,
            "household.taken_in",
            object_type="household",
            object_id=household.pk,
            household_id=household.pk,
            province_code=household.province_code,
            changes={"list": kind_code, "fiscal_year": listing.fiscal_year, "on": on.isoformat(),
                     "persons": len(members), "reason": reason},
        )  # fmt: skip
        after_write(actor=actor, household_ids=[household.pk], since=on)
    return household


def raw_of_person(person: NewPerson) -> dict[str, str]:
    """What a listing keeps of a person, in the words of an imported one; never the national id."""
    return {
        "title": person.title,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "birth": person.birth_date.isoformat() if person.birth_date else "",
        "sex": person.sex,
        "relation": person.relation,
    }


def _head(persons: Sequence[NewPerson]) -> NewPerson:
    return next((person for person in persons if person.is_head), persons[0])


def _household(
    actor: Actor, area_code: str, house_no: str, house_code: str, phone: str, head: NewPerson
) -> Household:
    return Household.objects.create(
        province_code=area_code[:2],
        area_code=area_code,
        house_code=house_code,
        house_no=house_no,
        phone=phone,
        head_name=head.full_name,
        sort_key=sort_key(head.first_name, head.last_name),
        recorded_at=actor.stamp,
    )


def _place(actor: Actor, household: Household, centre: Responsible, dimensions: int, on: date) -> None:
    code = household.area_code
    HouseholdPlacement.objects.create(
        household=household,
        area_code=code,
        centre_id=centre.centre_id,
        valid_from=on,
        recorded_at=actor.stamp,
    )
    household.scope = HouseholdScope.objects.create(
        household=household,
        province_code=household.province_code,
        district_code=code[:4],
        subdistrict_code=code[:6],
        area_code=code,
        centre_id=centre.centre_id,
        is_municipal=centre.is_municipal,
        dimensions=dimensions,
        is_open=True,
    )


def _member(actor: Actor, household: Household, person: NewPerson, place: int, on: date) -> UUID:
    person_id = person.person_id or _person(actor, household.province_code, person)
    Membership.objects.create(
        household=household,
        person_id=person_id,
        relation=person.relation,
        is_head=person.is_head,
        position=place,
        valid_from=on,
        recorded_at=actor.stamp,
    )
    return person_id


def _person(actor: Actor, province_code: str, person: NewPerson) -> UUID:
    row = Person.objects.create(
        province_code=province_code,
        title=person.title,
        first_name=person.first_name,
        last_name=person.last_name,
        search_key=search_key(f"{person.first_name} {person.last_name}"),
        sort_key=sort_key(person.first_name, person.last_name),
        birth_date=person.birth_date,
        sex=person.sex,
        recorded_at=actor.stamp,
    )
    if person.pin:
        _give_national_id(row, person.pin)
    return row.pk


def _give_national_id(person: Person, pin: str) -> None:
    key_id, sealed = seal(pin, person.pk.bytes)
    try:
        with transaction.atomic():
            NationalId.objects.create(
                person=person, blind_index=blind_index(pin), key_id=key_id, sealed=sealed
            )
    except IntegrityError:
        raise _known(person.full_name) from None


def _known(name: str) -> Conflict:
    message = _(
        "เลขประจำตัวประชาชนของ %(name)s มีอยู่ในทะเบียนแล้ว "
        "ให้ดูครัวเรือนที่ใกล้เคียง: ถ้าเป็นครอบครัวเดียวกันให้เลือก “เป็นครัวเรือนที่มีอยู่แล้ว” "
        "ถ้าย้ายออกมาให้ย้ายสมาชิกจากครัวเรือนเดิม"
    )
    return Conflict("person_known", message % {"name": name})


def _listing(
    actor: Actor,
    household: Household,
    kind_code: str,
    persons: Sequence[NewPerson],
    dimensions: int,
    failed_indicators: Sequence[int],
    on: date,
) -> Listing:
    target_list = _list(actor, household.province_code, kind_code, on)
    raw = _raw_of_household(household, _head(persons))
    said = [raw, dimensions, sorted(failed_indicators), [raw_of_person(person) for person in persons]]
    return Listing.objects.create(
        target_list=target_list,
        household=household,
        kind_code=kind_code,
        fiscal_year=target_list.fiscal_year,
        province_code=household.province_code,
        area_code=household.area_code,
        dimensions=dimensions,
        failed_indicators=sorted(failed_indicators),
        persons=len(persons),
        raw=raw,
        content_hash=sha256(json.dumps(said, ensure_ascii=False).encode()).digest(),
        recorded_at=actor.stamp,
    )


def _list(actor: Actor, province_code: str, kind_code: str, on: date) -> TargetList:
    """The list of that kind and year; found or made."""
    year = fiscal_year_of(on)
    if not ListKind.objects.filter(code=kind_code).exists():
        raise InvalidInput("unknown_kind", _("ไม่รู้จักชนิดบัญชี"), field="kind_code")
    TargetList.objects.bulk_create(
        [
            TargetList(
                id=uuid7(),
                kind_id=kind_code,
                province_code=province_code,
                fiscal_year=year,
                survey_year=year - 1,
                effective_on=fiscal_year_bounds(year)[0],
                recorded_at=actor.stamp,
            )
        ],
        ignore_conflicts=True,
    )
    return TargetList.objects.get(kind=kind_code, province_code=province_code, fiscal_year=year)


def _raw_of_household(household: Household, head: NewPerson) -> dict[str, Any]:
    """All keys that an imported line has, so that a value given up later falls back to nothing."""
    village = Area.objects.filter(pk=household.area_code).values_list("name", flat=True).first()
    return {
        "area_code": household.area_code,
        "house_code": household.house_code,
        "house_no": household.house_no,
        "phone": household.phone,
        "head_title": head.title,
        "head_first_name": head.first_name,
        "head_last_name": head.last_name,
        "village_name": village or "",
    }


def _open_case(actor: Actor, household: Household, on: date) -> None:
    case = Case.objects.create(
        household=household,
        province_code=household.province_code,
        opened_on=on,
        stage=Stage.WAITING,
        stage_since=on,
        recorded_at=actor.stamp,
    )
    StageEvent.objects.create(
        case=case,
        household=household,
        province_code=household.province_code,
        kind=StageEventKind.OPENED,
        from_stage=Stage.WAITING,
        to_stage=Stage.WAITING,
        effective_on=on,
        rule_version=LoadedYardstick().rule(household.province_code, on).version,
        actor=actor.user,
        recorded_at=actor.stamp,
    )
