"""Naming a household that was left out, by those who work here and by the public."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from dimensions.enums import ALL_MASK
from households.services.duplicates import NearMatch, near_matches
from povertyops.accounts.actor import Actor, system_actor
from povertyops.areas.enums import CentreKind, Level
from povertyops.areas.models import Area, Centre
from povertyops.areas.queries import Responsible, responsible_centres
from povertyops.common.crypto import blind_index, seal
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed
from povertyops.common.images import Picture
from povertyops.common.names import search_key, sort_key

from ...enums import NominationChannel, NominationStatus
from ...inputs import NominationInput
from ...models import Nomination
from ...nomination_access import may_nominate_in
from ...nomination_rules import (
    NOMINATING_ROLES,
    PERSONS_MOST,
    PHOTOS_MOST,
    PUBLIC_PHOTO_MAX_BYTES,
    PUBLIC_PHOTOS_MOST,
    channel_of,
    new_tracking_number,
)
from ..guards import require_role
from .photos import drawn_anew, keep_pictures
from .rule import rule_of
from .telling import Contact, seal_contact, write_event


def nominate(*, actor: Actor, nomination: NominationInput) -> Nomination:
    """Name a household of the actor's area that no list knows. Sent twice it is one.

    Raises NotAllowed outside the area, InvalidInput naming the field. Side effects: photos, near matches as
    they stood, first event, audit row.
    """
    require_role(actor, NOMINATING_ROLES)
    centre = _check(nomination)
    if not may_nominate_in(actor, nomination.area_code):
        message = _("หมู่บ้านนี้อยู่นอกพื้นที่ของท่าน ให้แจ้งทีมตำบลหรือ ศจพ. ของพื้นที่นั้น")
        raise NotAllowed("out_of_area", message)
    pictures = drawn_anew(nomination.photos)
    near = _near(actor, nomination)
    if any(match.visible and not nomination.near_said.get(match.household_id) for match in near):
        raise Conflict("say_of_near", _("โปรดบอกว่าครัวเรือนที่ใกล้เคียงเป็นคนละครอบครัวเพราะอะไร"))
    return _store(actor, nomination, channel_of(actor.role), centre, pictures, near)


def nominate_publicly(*, nomination: NominationInput, contact: Contact) -> Nomination:
    """What a member of the public reports, where the province has opened its door.

    Nothing of the register is asked, told or hinted at. Raises Http404 where the door is shut, Conflict when
    the province had its fill of the day.
    """
    if not rule_of(nomination.area_code[:2]).is_public_open:
        raise Http404
    centre = _check(nomination)
    if len(nomination.photos) > PUBLIC_PHOTOS_MOST:
        raise InvalidInput("too_many_photos", _("แนบภาพได้ไม่เกิน 2 ภาพ"), field="photos")
    actor = system_actor()
    _check_fill(nomination.area_code[:2], actor.today())
    pictures = drawn_anew(nomination.photos, max_bytes=PUBLIC_PHOTO_MAX_BYTES)
    near = _near(actor, nomination)
    return _store(actor, nomination, NominationChannel.PUBLIC, centre, pictures, near, contact)


def _check_fill(province_code: str, today: date) -> None:
    of_today = Nomination.objects.filter(
        province_code=province_code, channel=NominationChannel.PUBLIC, nominated_on=today
    )
    if of_today.count() >= settings.PUBLIC_NOMINATIONS["per_province_day"]:
        raise Conflict("full_today", _("วันนี้รับเรื่องเต็มแล้ว โปรดแจ้งใหม่พรุ่งนี้ หรือติดต่อ ศจพ. อำเภอโดยตรง"))


def _check(given: NominationInput) -> Responsible:
    """Bounds of what is named; the centre that answers for the place."""
    if not given.persons or len(given.persons) > PERSONS_MOST or not given.persons[0].get("first_name"):
        raise InvalidInput("no_persons", _("โปรดใส่ชื่อหัวหน้าครัวเรือน"), field="first_name")
    if not given.reason.strip():
        raise InvalidInput("reason_needed", _("โปรดเขียนว่าครอบครัวนี้ลำบากอย่างไร"), field="reason")
    if not 0 <= given.dimensions <= ALL_MASK:
        raise InvalidInput("bad_dimensions", _("มิติไม่ถูกต้อง"), field="dimensions")
    if len(given.photos) > PHOTOS_MOST:
        raise InvalidInput("too_many_photos", _("แนบภาพมากเกินไป"), field="photos")
    if (given.latitude is None) != (given.longitude is None):
        raise InvalidInput("half_place", _("พิกัดต้องมีทั้งละติจูดและลองจิจูด"), field="latitude")
    return centre_for(given.area_code)


def centre_for(area_code: str) -> Responsible:
    """The centre that answers for a village. Raises InvalidInput for a place that cannot be."""
    is_code = len(area_code) == 8 and area_code.isascii() and area_code.isdecimal()
    if not is_code or not _is_subdistrict(area_code[:6]):
        raise InvalidInput("unknown_village", _("ไม่พบตำบลนี้ โปรดเลือกจากรายการ"), field="subdistrict")
    try:
        return responsible_centres([area_code])[area_code]
    except KeyError:
        message = _("พื้นที่นี้ยังไม่มีศูนย์รับผิดชอบ โปรดแจ้งจังหวัด")
        raise InvalidInput("no_centre", message, field="subdistrict") from None


def _is_subdistrict(code: str) -> bool:
    return Area.objects.filter(code=code, level=Level.SUBDISTRICT, is_current=True).exists()


def _near(actor: Actor, given: NominationInput) -> list[NearMatch]:
    return near_of(actor, head=given.persons[0], **_asked(given))


def _asked(given: NominationInput) -> dict[str, Any]:
    place = None if given.latitude is None or given.longitude is None else (given.latitude, given.longitude)
    return {
        "area_code": given.area_code,
        "house_no": given.house_no,
        "house_code": given.house_code,
        "phone": given.phone,
        "pin": given.pin,
        "place": place,
    }


def near_of(actor: Actor, *, head: Mapping[str, Any], **asked: Any) -> list[NearMatch]:
    """Households of the register that resemble one with this head and address, for this actor's eyes."""
    return near_matches(
        actor=actor,
        head_name=_full_name(head),
        first_name=head["first_name"],
        last_name=head.get("last_name", ""),
        birth_date=date.fromisoformat(head["birth_date"]) if head.get("birth_date") else None,
        **asked,
    )


def _full_name(person: Mapping[str, Any]) -> str:
    return f"{person.get('title', '')}{person['first_name']} {person.get('last_name', '')}".strip()


def _store(
    actor: Actor,
    given: NominationInput,
    channel: NominationChannel,
    centre: Responsible,
    pictures: list[Picture],
    near: Iterable[NearMatch],
    contact: Contact | None = None,
) -> Nomination:
    with transaction.atomic():
        row = _row(actor, given, channel, centre)
        row.near = [_told(match, given.near_said, is_public=contact is not None) for match in near]
        if contact is not None:
            row.contact = seal_contact(row.pk, contact)
        stored, is_new = _insert(row)
        if is_new:
            keep_pictures(actor, stored, pictures)
            write_event(actor, stored, NominationStatus.RECEIVED, "")
    return stored


def _insert(row: Nomination) -> tuple[Nomination, bool]:
    """The row, or what the same sender stored under this id before. Raises InvalidInput for others."""
    Nomination.objects.bulk_create([row], ignore_conflicts=True)
    stored = Nomination.objects.filter(pk=row.pk).first()
    if stored is None or stored.nominated_by_id != row.nominated_by_id or stored.channel != row.channel:
        raise InvalidInput("id_used", _("รหัสของเรื่องนี้ถูกใช้แล้ว โปรดเปิดแบบใหม่"))
    return stored, stored.tracking_number == row.tracking_number


def _told(match: NearMatch, said: Mapping[UUID, str], *, is_public: bool) -> dict[str, Any]:
    """A near match as it stood, what was shown of it, and why the nominator says it is another family."""
    shown = match.visible and not is_public
    why = said.get(match.household_id, "") if shown else ""
    return {
        "household": str(match.household_id),
        "score": match.score,
        "grounds": match.grounds,
        "shown": shown,
        "said": why[:300],
    }


def _row(actor: Actor, given: NominationInput, channel: NominationChannel, centre: Responsible) -> Nomination:
    code, head, today = given.area_code, given.persons[0], actor.today()
    sealing: dict[str, Any] = {}
    if given.pin:
        key_id, sealed = seal(given.pin, given.id.bytes)
        sealing = {"blind_index": blind_index(given.pin), "key_id": key_id, "sealed_pin": sealed}
    return Nomination(
        id=given.id,
        tracking_number=new_tracking_number(),
        channel=channel,
        province_code=code[:2],
        district_code=code[:4],
        subdistrict_code=code[:6],
        area_code=code,
        centre_id=centre.centre_id,
        is_municipal=centre.is_municipal,
        team_id=_team_of(code),
        house_no=given.house_no,
        house_code=given.house_code,
        phone=given.phone,
        head_name=_full_name(head),
        sort_key=sort_key(head["first_name"], head.get("last_name", "")),
        search_key=search_key(f"{head['first_name']} {head.get('last_name', '')}"),
        persons=[dict(person) for person in given.persons],
        reason=given.reason.strip(),
        dimensions=given.dimensions,
        latitude=given.latitude,
        longitude=given.longitude,
        accuracy_m=given.accuracy_m,
        nominated_by=actor.user,
        nominated_on=today,
        check_due_on=today + timedelta(days=rule_of(code[:2]).check_days),
        recorded_at=actor.stamp,
        **sealing,
    )


def _team_of(area_code: str) -> UUID | None:
    """The subdistrict team that is to look."""
    teams = Centre.objects.filter(
        kind=CentreKind.SUBDISTRICT_TEAM, is_active=True, areas__code__in=(area_code, area_code[:6])
    )
    return teams.order_by("name").values_list("pk", flat=True).first()
