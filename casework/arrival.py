"""Rules of what arrives from phones, as plain functions and bounds: clocks of another era, receipts."""

from __future__ import annotations

from calendar import isleap
from datetime import datetime, timedelta
from uuid import UUID

from povertyops.common.thai import BUDDHIST_OFFSET

# How long a phone may work with what it took along, and so not know that a household changed hands.
KIT_LIFE = timedelta(days=14)
# A clock further off than this is told to people beside the time it gave.
NOTED_SKEW = timedelta(minutes=15)

PHOTO_MAX_BYTES = 6 * 1024 * 1024
PHOTO_PART_MAX_BYTES = 512 * 1024
PHOTOS_PER_VISIT = 10
UNFINISHED_PER_PERSON = 200
UNFINISHED_DAYS = 14

SEALED_FILE_MAX_BYTES = 60 * 1024 * 1024
SEALED_FILE_MAX_ITEMS = 1_000


def century_mended(moment: datetime) -> datetime:
    """The moment that a clock set to the Buddhist era means."""
    year = moment.year - BUDDHIST_OFFSET
    if moment.month == 2 and moment.day == 29 and not isleap(year):
        moment = moment.replace(day=28)
    return moment.replace(year=year)


def receipt_number(record_id: UUID) -> str:
    """What a person reads out to say which record is meant. The tail: the head of a UUID may be a clock."""
    tail = record_id.hex[-8:].upper()
    return f"{tail[:4]}-{tail[4:]}"


def is_off(clock_skew_s: int | None) -> bool:
    """Whether a phone's clock was so wrong that its times need a word."""
    return abs(clock_skew_s or 0) > NOTED_SKEW.total_seconds()
