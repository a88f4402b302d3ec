"""Who may appoint whom, at which kind of centre, and what a user name and a phone number look like. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from povertyops.areas.enums import CentreKind
from povertyops.common.thai import to_arabic_digits

from .enums import Role

MUNICIPAL = frozenset({CentreKind.CITY_MUNICIPALITY, CentreKind.TOWN_MUNICIPALITY})

# A role is held at a centre of one of these kinds.
CENTRES_OF_ROLE: Mapping[Role, frozenset[CentreKind]] = {
    Role.MENTOR: frozenset({CentreKind.MENTOR_TEAM}),
    Role.TEAM_MEMBER: frozenset({CentreKind.SUBDISTRICT_TEAM}),
    Role.TEAM_LEADER: frozenset({CentreKind.SUBDISTRICT_TEAM}),
    Role.DISTRICT_OFFICER: frozenset({CentreKind.DISTRICT}),
    Role.MUNICIPAL_OFFICER: MUNICIPAL,
    Role.PROVINCIAL_SECRETARY: frozenset({CentreKind.PROVINCE}),
    Role.LEAD_OFFICE: frozenset({CentreKind.OFFICE}),
    Role.AGENCY: frozenset({CentreKind.OFFICE}),
    Role.EXECUTIVE: frozenset({CentreKind.PROVINCE, CentreKind.DISTRICT}) | MUNICIPAL,
    Role.NATIONAL_VIEWER: frozenset({CentreKind.NATIONAL}),
    Role.SYSTEM_ADMIN: frozenset({CentreKind.NATIONAL}),
}

_FIELD = frozenset({Role.MENTOR, Role.TEAM_MEMBER, Role.TEAM_LEADER})
_PROVINCE = _FIELD | {
    Role.DISTRICT_OFFICER,
    Role.MUNICIPAL_OFFICER,
    Role.PROVINCIAL_SECRETARY,
    Role.LEAD_OFFICE,
    Role.AGENCY,
    Role.EXECUTIVE,
}

# Who appoints whom; where, `access.centre_in_sphere` says. Nobody appoints himself.
MAY_APPOINT: Mapping[Role, frozenset[Role]] = {
    Role.SYSTEM_ADMIN: frozenset(Role),
    Role.PROVINCIAL_SECRETARY: _PROVINCE,
    Role.DISTRICT_OFFICER: _FIELD,
    Role.MUNICIPAL_OFFICER: _FIELD,
}

APPOINTING_ROLES = tuple(MAY_APPOINT)

_USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,59}")
_PHONE = re.compile(r"0\d{8,9}")
_NOT_DIGITS = re.compile(r"[\s\-().]+")


def may_appoint(role: Role | None, target: Role) -> bool:
    return role is not None and target in MAY_APPOINT.get(role, frozenset())


def holds_at(role: Role, kind: CentreKind) -> bool:
    """Whether the role exists at centres of this kind."""
    return kind in CENTRES_OF_ROLE[role]


def normal_phone(text: str) -> str:
    """Digits only: ๐๘๑-234 5678 and +66 81 234 5678 become 0812345678."""
    digits = _NOT_DIGITS.sub("", to_arabic_digits(text.strip()))
    return "0" + digits.removeprefix("+66") if digits.startswith("+66") else digits


def is_phone(text: str) -> bool:
    return _PHONE.fullmatch(text) is not None


def normal_username(text: str) -> str:
    return text.strip().lower()


def is_username(text: str) -> bool:
    """Latin letters, digits, dot, dash, underscore; begins with a letter: it never looks like a phone."""
    return _USERNAME.fullmatch(text) is not None


def normal_sign_in_name(text: str) -> str:
    """What a person typed to sign in: a phone number when only digits remain, else a user name."""
    phone = normal_phone(text)
    return phone if phone.isdecimal() else normal_username(text)
