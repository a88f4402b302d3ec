"""Households on the move between centres: to decide, sent and waiting, decided of late."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from povertyops.accounts.actor import Actor
from povertyops.areas.queries import address_labels, subdistricts_by_district

from ..access import visible_transfers
from ..enums import Decision
from ..models import Transfer
from ..services.transfers import why_not_decide

SHOWN = 200
DECIDED_SHOWN = 50


@dataclass(frozen=True, slots=True)
class TransferCard:
    """One transfer; `why_not` says why this person cannot decide it."""

    transfer: Transfer
    place_from: str
    place_to: str
    why_not: str | None
    is_sender: bool

    @property
    def may_decide(self) -> bool:
        return self.why_not is None


@dataclass(frozen=True, slots=True)
class TransferBook:
    """The page: what the person decides, what waits for others, what was decided."""

    incoming: list[TransferCard]
    outgoing: list[TransferCard]
    decided: list[TransferCard]


def book_of(actor: Actor) -> TransferBook:
    """Four queries, however many there are."""
    rows = visible_transfers(actor).select_related(
        "household__scope", "from_centre", "to_centre", "requested_by", "decided_by"
    )
    pending = list(rows.filter(decision=Decision.PENDING).order_by("requested_at", "pk")[:SHOWN])
    decided = list(rows.exclude(decision=Decision.PENDING).order_by("-decided_at", "-pk")[:DECIDED_SHOWN])
    places = address_labels(
        code for row in (*pending, *decided) for code in (row.household.area_code, row.to_area_code)
    )
    cards = [_card(actor, row, places) for row in pending]
    return TransferBook(
        incoming=[card for card in cards if card.may_decide],
        outgoing=[card for card in cards if not card.may_decide],
        decided=[_card(actor, row, places) for row in decided],
    )


def to_decide(actor: Actor) -> QuerySet[Transfer]:
    """Requests that wait for this person's centre."""
    if actor.appointment is None:
        return Transfer.objects.none()
    own = actor.appointment.centre_id
    return visible_transfers(actor).filter(decision=Decision.PENDING, to_centre=own)


def _card(actor: Actor, row: Transfer, places: dict[str, str]) -> TransferCard:
    own = actor.appointment.centre_id if actor.appointment else None
    return TransferCard(
        transfer=row,
        place_from=places[row.household.area_code],
        place_to=places[row.to_area_code],
        why_not=why_not_decide(actor, row),
        is_sender=row.requested_by_id == actor.user_id or row.from_centre_id == own,
    )


def subdistrict_choices(province_code: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Subdistricts of the province under their districts."""
    return [
        (district.label, [(area.code, area.label) for area in areas])
        for district, areas in subdistricts_by_district(province_code)
        if areas
    ]
