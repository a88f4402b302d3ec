"""What nominations need by night."""

from __future__ import annotations

from celery import shared_task

from povertyops.accounts.actor import system_actor

from ..services.nominations import forget_contacts


@shared_task(name="casework.forget_nominators")
def forget_nominators() -> int:
    """Who of the public reported a family is forgotten some weeks after the last word."""
    return forget_contacts(actor=system_actor())
