"""The card of a board that tells how many families wait to be heard, and for how long; counted as of now."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from casework.queries.nominations import Waiting, waiting_in
from povertyops.accounts.actor import Actor
from povertyops.accounts.enums import OFFICER_ROLES

from .board import Board


@dataclass(frozen=True, slots=True)
class OmittedCard:
    """What waits, and the queue behind it where the reader may open that."""

    waiting: Waiting
    url: str
    overdue_url: str


def omitted_card(actor: Actor, board: Board) -> OmittedCard | None:
    """None on the board of a past day, which cannot tell it."""
    if board.past_day:
        return None
    place = board.place
    waiting = waiting_in(
        actor.today(),
        area_code=place.query.get("area", ""),
        centre_id=UUID(place.code) if place.is_centre else None,
    )
    if actor.role not in OFFICER_ROLES:
        return OmittedCard(waiting, "", "")
    url = f"{reverse('nominations')}?{urlencode({'tab': 'all', **place.query})}"
    return OmittedCard(waiting, url, f"{url}&overdue=1")
