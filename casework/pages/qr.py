"""Small cards with a QR link for households: nobody's name in the code, and the page behind sign-in."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

import segno
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString

from households.access import visible_households
from households.models import Household
from povertyops.accounts.actor import Actor
from povertyops.areas.queries import address_labels

MOST_CARDS = 120
_SHORT_LENGTH = 22


@dataclass(frozen=True, slots=True)
class Card:
    """One card of the sheet; `svg` is the code of `url`."""

    household: Household
    place: str
    url: str
    svg: SafeString


def short_of(pk: UUID) -> str:
    """The key of a household as an address carries it: 22 letters safe in any URL."""
    return base64.urlsafe_b64encode(pk.bytes).rstrip(b"=").decode()


def key_of(short: str) -> UUID | None:
    """The key behind a short address; None for anything that `short_of` would not write."""
    if len(short) != _SHORT_LENGTH:
        return None
    try:
        pk = UUID(bytes=base64.urlsafe_b64decode(short + "=="))
    except (binascii.Error, ValueError):
        return None
    return pk if short_of(pk) == short else None


def code_of(url: str) -> SafeString:
    """The QR code as an inline drawing, sized by the page: no style inside, nothing to load."""
    drawing = segno.make(url, error="m", micro=False).svg_inline(
        omitsize=True, border=2, svgclass="qr__code", lineclass=None
    )
    return SafeString(drawing)


def cards_of(households: Sequence[Household], base_url: str) -> list[Card]:
    """`base_url` is the address of this site without a path."""
    places = address_labels({row.area_code for row in households})
    return [
        Card(row, places[row.area_code], url, code_of(url))
        for row, url in ((row, base_url + short_url(row.pk)) for row in households)
    ]


def short_url(pk: UUID) -> str:
    return reverse("household_short", args=[short_of(pk)])


def households_of_village(actor: Actor, area_code: str) -> QuerySet[Household]:
    """The households of a village in care that the person sees, by house number."""
    rows = visible_households(actor).filter(area_code=area_code, scope__is_open=True)
    return rows.order_by("house_no", "sort_key")


def households_chosen(actor: Actor, ids: Iterable[UUID]) -> QuerySet[Household]:
    return visible_households(actor).filter(pk__in=list(ids)).order_by("area_code", "house_no", "sort_key")
