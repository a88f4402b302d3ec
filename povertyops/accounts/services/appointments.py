"""Appointing people by numbered orders, and ending appointments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from povertyops.areas.enums import CentreKind
from povertyops.areas.models import Centre
from povertyops.common.audit import audit
from povertyops.common.errors import Conflict, DomainError, InvalidInput, NotAllowed
from povertyops.common.names import clean_text

from ..access import centres_in_sphere, get_appointment_for
from ..actor import Actor
from ..duties import NOTICE, Leaving, require_free_to_go
from ..enums import Role
from ..models import Appointment, User
from ..rules import holds_at, may_appoint


@dataclass(frozen=True, slots=True)
class AppointmentInput:
    """A role at a centre by an order, from a first day to a last day (None: until further notice)."""

    role: Role
    centre_id: UUID
    order_number: str
    valid_from: date
    valid_to: date | None = None


@transaction.atomic
def appoint(*, actor: Actor, user: User, appointment: AppointmentInput) -> Appointment:
    """Appoint a person. Raises NotAllowed, InvalidInput (with the field) or Conflict; writes an audit row."""
    centre = Centre.objects.filter(pk=appointment.centre_id).first()
    in_sphere = centres_in_sphere(actor).filter(pk=appointment.centre_id).exists()
    fault = why_not_appoint(actor, user, appointment, centre if in_sphere else None)
    if fault:
        raise fault
    # Two orders at once for one person: the second waits here and then finds the first.
    User.objects.select_for_update().get(pk=user.pk)
    if overlapping(user.pk, appointment):
        raise Conflict("already_appointed", _("ผู้ใช้นี้มีคำสั่งในบทบาทและหน่วยนี้ในช่วงวันดังกล่าวแล้ว"))
    row = Appointment.objects.create(
        user=user,
        role=appointment.role,
        centre_id=appointment.centre_id,
        order_number=clean_text(appointment.order_number),
        valid_from=appointment.valid_from,
        valid_to=appointment.valid_to,
    )
    audit(
        actor,
        "appointment.created",
        object_type="appointment",
        object_id=row.pk,
        province_code=centre.province_code if centre else "",
        changes=facts(row),
    )
    return row


def why_not_appoint(
    actor: Actor, user: User | None, appointment: AppointmentInput, centre: Centre | None
) -> DomainError | None:
    """The first rule against it. `centre` is None when it is absent or outside the actor's sphere."""
    if centre is None or not centre.is_active:
        return InvalidInput("unknown_centre", _("เลือกศูนย์หรือทีมที่อยู่ในความดูแลของท่าน"), field="centre")
    if not actor.is_system and not may_appoint(actor.role, appointment.role):
        return NotAllowed("may_not_appoint", _("บทบาทของท่านแต่งตั้งบทบาทนี้ไม่ได้"), field="role")
    if user is not None and actor.user_id == user.pk:
        return NotAllowed("self", _("แต่งตั้งตนเองไม่ได้ ให้ผู้อื่นที่มีสิทธิ์เป็นผู้บันทึก"), field="username")
    if not holds_at(appointment.role, CentreKind(centre.kind)):
        return InvalidInput("wrong_kind", _("บทบาทนี้ไม่มีในศูนย์หรือทีมประเภทนี้"), field="centre")
    if appointment.role is Role.LEAD_OFFICE and not centre.leads:
        message = _("หน่วยงานนี้ไม่ได้เป็นเจ้าภาพมิติใด แต่งตั้งเป็นหน่วยงานที่รับส่งต่อแทน")
        return InvalidInput("leads_nothing", message, field="role")
    if not clean_text(appointment.order_number):
        return InvalidInput("missing_order", _("ใส่เลขที่คำสั่งแต่งตั้ง"), field="order_number")
    if appointment.valid_to and appointment.valid_to < appointment.valid_from:
        return InvalidInput("ends_before_start", _("วันสิ้นสุดต้องไม่ก่อนวันเริ่ม"), field="valid_to")
    return None


def overlapping(user_id: int, appointment: AppointmentInput) -> bool:
    """Whether the person holds this role at this centre on one of the days already."""
    rows = Appointment.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=appointment.valid_from),
        user_id=user_id,
        role=appointment.role,
        centre_id=appointment.centre_id,
        revoked_at=None,
    )
    if appointment.valid_to:
        rows = rows.filter(valid_from__lte=appointment.valid_to)
    return rows.exists()


@transaction.atomic
def end_appointment(*, actor: Actor, appointment_id: UUID, last_day: date | None = None) -> Appointment:
    """Set the last day of an appointment, or take it back at once (no day given).

    A right that was taken back is gone at the person's next request. Raises NotAllowed or InvalidInput, and
    Conflict while the person still owns work (`accounts.duties`); a last day further ahead than the days of
    notice leaves time to hand over.
    """
    get_appointment_for(actor, appointment_id)
    row = Appointment.objects.select_for_update().select_related("centre", "user").get(pk=appointment_id)
    if not actor.is_system and not may_appoint(actor.role, Role(row.role)):
        raise NotAllowed("may_not_appoint", _("บทบาทของท่านสิ้นสุดคำสั่งของบทบาทนี้ไม่ได้"))
    today = actor.today()
    if row.revoked_at or (row.valid_to and row.valid_to < today):
        raise Conflict("already_over", _("คำสั่งนี้สิ้นสุดไปแล้ว"))
    before = row.valid_to
    if last_day is None or last_day < today + NOTICE:
        leaving = Leaving(row.user_id, today, frozenset({row.pk}))
        require_free_to_go(actor, row.user, leaving)
    if last_day is None:
        row.revoked_at = actor.now()
        row.valid_to = max(row.valid_from, today - timedelta(days=1))
    elif last_day < max(row.valid_from, today):
        raise InvalidInput("last_day_past", _("วันสุดท้ายต้องเป็นวันนี้หรือหลังจากนี้"), field="last_day")
    else:
        row.valid_to = last_day
    row.save(update_fields=["valid_to", "revoked_at"])
    audit(
        actor,
        "appointment.revoked" if row.revoked_at else "appointment.ended",
        object_type="appointment",
        object_id=row.pk,
        province_code=row.centre.province_code,
        changes={"valid_to": [str(before or ""), str(row.valid_to)]},
    )
    return row


def facts(row: Appointment) -> dict[str, str]:
    """What the audit keeps of an appointment."""
    return {
        "user": str(row.user_id),
        "role": str(row.role),
        "centre": str(row.centre_id),
        "order": row.order_number,
        "from": str(row.valid_from),
        "to": str(row.valid_to or ""),
    }
