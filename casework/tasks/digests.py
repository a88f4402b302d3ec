"""Digests in the background: one small task an appointment, so that one that fails holds up nobody else's."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from celery import shared_task
from django.conf import settings
from django.utils import timezone, translation
from kombu.exceptions import OperationalError

from povertyops.accounts.actor import Actor
from povertyops.accounts.models import Appointment
from povertyops.common.channels import Channel, Message, channel

from ..pages.digest import Digest, digest_for, text_of
from ..services.digests import (
    FAILED,
    QUIET,
    SENT,
    address_of,
    appointments_due,
    claim_digest,
    digest_lease,
    message_key,
    setting_of,
    settle_digest,
)

BUSY, DONE, NO_WAY = "busy", "done", "no_way"


@shared_task(name="casework.send_digests")
def send_digests() -> int:
    """Hand out today's digests; what was sent already is left alone, so it may run at any time."""
    day = timezone.localdate()
    due = list(appointments_due(day).values_list("pk", flat=True))
    try:
        for pk in due:
            send_digest.delay(str(pk), day.isoformat())
    except OperationalError:
        return 0
    return len(due)


@shared_task(name="casework.send_digest")
def send_digest(appointment_id: str, day: str) -> str:
    """Send one digest once; a message that comes a day late sends nothing."""
    if date.fromisoformat(day) != timezone.localdate():
        return DONE
    found = appointments_due(date.fromisoformat(day)).filter(pk=UUID(appointment_id)).first()
    return deliver(found, date.fromisoformat(day)) if found else DONE


def deliver(appointment: Appointment, day: date) -> str:
    """Send the digest of an appointment as its person wants it; answers what became of it."""
    setting = setting_of(appointment.user)
    way = channel(setting.channel)
    to = address_of(appointment.user, setting)
    if way is None or (way.needs_address and not to):
        return NO_WAY
    with digest_lease(appointment.pk, day) as mine:
        if not mine:
            return BUSY
        row = claim_digest(appointment.pk, day, setting.channel)
        if row is None:
            return DONE
        digest = compose(appointment)
        if digest.is_quiet:
            settle_digest(row, QUIET)
            return QUIET
        state, problem = _send(way, message_for(appointment, digest, to))
        settle_digest(row, state, items=digest.items, problem=problem)
        return state


def compose(appointment: Appointment) -> Digest:
    """The digest in the language of the product."""
    with translation.override(settings.LANGUAGE_CODE):
        return digest_for(Actor(user=appointment.user, appointment=appointment))


def message_for(appointment: Appointment, digest: Digest, to: str) -> Message:
    with translation.override(settings.LANGUAGE_CODE):
        return Message(
            key=message_key(appointment.pk, digest.day), to=to, subject=digest.subject, text=text_of(digest)
        )


def _send(way: Channel, message: Message) -> tuple[str, str]:
    result = way.send(message)
    return (SENT, "") if result.is_sent else (FAILED, result.problem)
