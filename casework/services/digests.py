"""Digests: who wants one today, how they want it, and that each goes out once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID, uuid4, uuid5

from django.conf import settings as site
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import FIELD_ROLES, OFFICE_ROLES, OFFICER_ROLES
from povertyops.accounts.models import Appointment, User
from povertyops.common.audit import audit
from povertyops.common.channels import channel as channel_of
from povertyops.common.channels import first_channel
from povertyops.common.errors import InvalidInput
from povertyops.common.leases import release_lease, take_lease

from ..models import DigestSent, DigestSetting
from .guards import require_role

# Officers are sent one unless they say no; the others when they ask for it.
UNASKED_ROLES = OFFICER_ROLES
DIGEST_ROLES = OFFICER_ROLES | FIELD_ROLES | OFFICE_ROLES
MOST_ATTEMPTS = 6
LEASE_SECONDS = 180
SENDING, SENT, FAILED, QUIET = "sending", "sent", "failed", "quiet"
DONE = (SENT, QUIET)
_KEYS = UUID("6f1f4a52-6c5c-4c5e-9a55-0d8f4b1c7d10")


def setting_of(user: User) -> DigestSetting:
    """How a person wants it; unsaved where they never said."""
    found = DigestSetting.objects.filter(user=user).first()
    return found or DigestSetting(
        user=user, channel=first_channel(), address="", is_on=True, weekdays=site.DIGEST_WORKDAYS
    )


def is_on_for(actor: Actor) -> bool:
    """Whether the actor is sent one: as they said, else by their role."""
    assert actor.user is not None
    found = DigestSetting.objects.filter(user=actor.user).first()
    return found.is_on if found else actor.role in UNASKED_ROLES


def address_of(user: User, setting: DigestSetting) -> str:
    return setting.address or (user.email if setting.channel == "email" else "")


def save_digest_setting(
    *, actor: Actor, is_on: bool, channel: str, address: str, weekdays: int
) -> DigestSetting:
    """Say how one wants to be told; only for oneself."""
    require_role(actor, DIGEST_ROLES)
    assert actor.user is not None
    way = channel_of(channel)
    if way is None:
        raise InvalidInput("unknown_channel", _("ช่องทางนี้ไม่ได้เปิดใช้ โปรดเลือกใหม่"), field="channel")
    if not 0 < weekdays <= site.DIGEST_WORKDAYS:
        raise InvalidInput("no_weekday", _("โปรดเลือกอย่างน้อยหนึ่งวัน"), field="weekdays")
    address = address.strip()
    if address and way.needs_address:
        try:
            address = way.clean_address(address)
        except ValidationError as error:
            raise InvalidInput("bad_address", str(error.messages[0]), field="address") from error
    if is_on and way.needs_address and not (address or (channel == "email" and actor.user.email)):
        raise InvalidInput("address_needed", _("โปรดใส่ที่อยู่ที่จะให้ส่งไป"), field="address")
    with transaction.atomic():
        setting, _new = DigestSetting.objects.update_or_create(
            user=actor.user,
            defaults={
                "is_on": is_on,
                "channel": channel,
                "address": address,
                "weekdays": weekdays,
                "changed_at": actor.recorded_at or timezone.now(),
            },
        )
        audit(
            actor,
            "digest.setting",
            object_type="digest_setting",
            object_id=actor.user.pk,
            changes={"is_on": is_on, "channel": channel, "weekdays": weekdays},
        )
    return setting


# ------------------------------------------------------------------------------------------- one day's round


def appointments_due(day: date) -> QuerySet[Appointment]:
    """Valid appointments whose digest of this day is wanted and was not dealt with yet."""
    bit = 1 << day.weekday()
    settings = DigestSetting.objects.filter(user=OuterRef("user"))
    today = settings.annotate(on_day=F("weekdays").bitand(bit)).filter(is_on=True, on_day__gt=0)
    unasked = ~Exists(settings) & Q(role__in=UNASKED_ROLES) if site.DIGEST_WORKDAYS & bit else Q(pk__in=[])
    dealt_with = DigestSent.objects.filter(
        Q(state__in=DONE) | Q(attempts__gte=MOST_ATTEMPTS), appointment=OuterRef("pk"), day=day
    )
    rows = Appointment.objects.valid_on(day).filter(
        Exists(today) | unasked,
        ~Exists(dealt_with),
        user__is_active=True,
        centre__is_active=True,
        role__in=DIGEST_ROLES,
    )
    return rows.select_related("user", "centre").order_by("pk")


@contextmanager
def digest_lease(appointment_id: UUID, day: date) -> Iterator[bool]:
    """The right to send this one now; False while another worker holds it. It runs out when a worker dies."""
    key, holder = f"digest:{appointment_id}:{day.isoformat()}", uuid4()
    if not take_lease(key, holder, LEASE_SECONDS):
        yield False
        return
    try:
        yield True
    finally:
        release_lease(key, holder)


def claim_digest(appointment_id: UUID, day: date, channel: str) -> DigestSent | None:
    """The day's one row, counted as tried; None when it was dealt with. Committed before anything is sent."""
    with transaction.atomic():
        DigestSent.objects.bulk_create(
            [DigestSent(appointment_id=appointment_id, day=day, channel=channel, items=0)],
            ignore_conflicts=True,
        )
        row = DigestSent.objects.select_for_update().get(appointment=appointment_id, day=day)
        if row.state in DONE or row.attempts >= MOST_ATTEMPTS:
            return None
        row.attempts += 1
        row.channel, row.state = channel, SENDING
        row.save(update_fields=["attempts", "channel", "state"])
    return row


def settle_digest(row: DigestSent, state: str, *, items: int = 0, problem: str = "") -> None:
    """What became of it."""
    row.state, row.items, row.problem = state, items, problem[:200]
    row.save(update_fields=["state", "items", "problem"])


def message_key(appointment_id: UUID, day: date) -> UUID:
    """The same for every try, so that a receiver that knows keys takes one of them."""
    return uuid5(_KEYS, f"{appointment_id}:{day.isoformat()}")


def last_sent(appointment: Appointment) -> DigestSent | None:
    """What became of the newest one."""
    return DigestSent.objects.filter(appointment=appointment).order_by("-day").first()
