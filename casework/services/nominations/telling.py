"""What is told of a nomination outside the product's own pages, and who it was that reported a family."""

from __future__ import annotations

import json
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit, log_access
from povertyops.common.crypto import open_blob, seal_blob
from povertyops.common.errors import InvalidInput, NotAllowed

from ...enums import NominationChannel, NominationStatus
from ...models import Nomination, NominationEvent
from ...nomination_access import get_nomination_for, reaches
from ...nomination_rules import clean_tracking_number

_CONTACT = b":contact"


@dataclass(frozen=True, slots=True)
class Contact:
    """Name and phone of somebody who reported a family."""

    name: str
    phone: str


def seal_contact(pk: UUID, contact: Contact) -> bytes:
    body = json.dumps({"name": contact.name, "phone": contact.phone}, ensure_ascii=False)
    return seal_blob(body.encode(), pk.bytes + _CONTACT)


def contact_of(row: Nomination) -> Contact | None:
    """Who reported it; None where nobody did or it is forgotten."""
    if row.contact is None:
        return None
    return Contact(**json.loads(open_blob(bytes(row.contact), row.pk.bytes + _CONTACT)))


def reveal_contact(*, actor: Actor, nomination_id: UUID, reason: str) -> Contact:
    """Name and phone, for whoever looks into the matter. Side effect: a row in the access log."""
    if not reason.strip():
        raise InvalidInput("reason_needed", _("โปรดบอกเหตุผลที่ต้องดูผู้แจ้ง"), field="reason")
    with transaction.atomic():
        row = get_nomination_for(actor, nomination_id)
        if not reaches(actor, row):
            raise NotAllowed("role", _("บทบาทของท่านทำรายการนี้ไม่ได้"))
        contact = contact_of(row)
        if contact is None:
            raise InvalidInput("no_contact", _("เรื่องนี้ไม่มีข้อมูลผู้แจ้ง หรือลบไปแล้วตามกำหนด"))
        log_access(
            actor, "nomination_contact", object_type="nomination", object_id=row.pk, reason=reason.strip()
        )
    return contact


def tracked(number: str) -> Nomination | None:
    """What a member of the public follows by its number; nothing else is ever found by one."""
    clean = clean_tracking_number(number)
    if not clean:
        return None
    return Nomination.objects.filter(tracking_number=clean, channel=NominationChannel.PUBLIC).first()


def write_event(actor: Actor, row: Nomination, status: NominationStatus, note: str) -> None:
    """A step in the story of a nomination, and its audit row."""
    NominationEvent.objects.create(
        nomination=row, status=status, note=note, actor=actor.user, recorded_at=actor.stamp
    )
    audit(
        actor,
        f"nomination.{status.value}",
        object_type="nomination",
        object_id=row.pk,
        household_id=row.household_id,
        province_code=row.province_code,
        changes={"note": note, "area": row.area_code},
    )
