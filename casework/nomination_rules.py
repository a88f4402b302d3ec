"""Rules of nominations as plain data and functions: who may do what, which step follows which, and bounds."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from povertyops.accounts.enums import FIELD_ROLES, OFFICER_ROLES, Role

from .enums import NominationChannel, NominationStatus

NOMINATING_ROLES = FIELD_ROLES | OFFICER_ROLES
CHECKING_ROLES = OFFICER_ROLES | {Role.TEAM_MEMBER, Role.TEAM_LEADER}
DECIDING_ROLES = OFFICER_ROLES
RULE_KEEPERS = frozenset({Role.PROVINCIAL_SECRETARY})

CHECK_DAYS, APPEAL_DAYS = 15, 30
MOST_DAYS = 365
PERSONS_MOST = 12
PHOTOS_MOST, PUBLIC_PHOTOS_MOST = 6, 2
PUBLIC_PHOTO_MAX_BYTES = 3 * 1024 * 1024
# Who reported a family is forgotten this long after the last word on it.
CONTACT_KEPT = timedelta(days=90)

# Why a family that resembles a known one is another: what a nominator says of it.
ANOTHER_FAMILY = (
    ("other_person", _("ชื่อคล้ายกัน แต่คนละคน")),
    ("same_house", _("บ้านเดียวกัน แต่คนละครอบครัว")),
    ("other_house", _("คนละบ้าน")),
)

_RECEIVED, _CHECKED, _APPEALED = NominationStatus.of_waiting()
_ACCEPTED, _REJECTED, _KNOWN = (
    NominationStatus.ACCEPTED,
    NominationStatus.REJECTED,
    NominationStatus.KNOWN,
)
TRANSITIONS: Mapping[NominationStatus, frozenset[NominationStatus]] = {
    _RECEIVED: frozenset({_CHECKED, _KNOWN, NominationStatus.WITHDRAWN}),
    _CHECKED: frozenset({_ACCEPTED, _REJECTED, _KNOWN, NominationStatus.WITHDRAWN}),
    _REJECTED: frozenset({_APPEALED}),
    _APPEALED: frozenset({_ACCEPTED, _REJECTED, _KNOWN}),
    _ACCEPTED: frozenset(),
    _KNOWN: frozenset(),
    NominationStatus.WITHDRAWN: frozenset(),
}
DECISIONS = (_ACCEPTED, _REJECTED, _KNOWN)

# Without letters and digits that look like one another: people copy it from paper and over the telephone.
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
TRACKING_LENGTH = 10


def may_follow(status: str, to: NominationStatus) -> bool:
    return to in TRANSITIONS[NominationStatus(status)]


def channel_of(role: Role | None) -> NominationChannel:
    """The door by which somebody of a role nominates; nobody signed in is the public."""
    if role is None:
        return NominationChannel.PUBLIC
    if role is Role.MENTOR:
        return NominationChannel.MENTOR
    return NominationChannel.OFFICER if role in OFFICER_ROLES else NominationChannel.TEAM


def new_tracking_number() -> str:
    """Ten letters and digits that nobody can guess and that tell nothing of order or place."""
    return "".join(secrets.choice(_LETTERS) for _ in range(TRACKING_LENGTH))


def clean_tracking_number(text: str) -> str:
    """As stored, however it was typed; "" for what cannot be one."""
    letters = "".join(text.split()).replace("-", "").upper()
    is_one = len(letters) == TRACKING_LENGTH and set(letters) <= set(_LETTERS)
    return letters if is_one else ""


def shown_tracking_number(number: str) -> str:
    return f"{number[:5]}-{number[5:]}"
