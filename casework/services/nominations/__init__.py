"""Households that no list knows: named, looked at, decided, and taken into the register."""

from .naming import nominate, nominate_publicly
from .photos import add_photos, open_nomination_photo
from .rule import rule_of, set_rule
from .steps import appeal, check_nomination, decide_appeal, decide_nomination, forget_contacts, withdraw
from .telling import contact_of, reveal_contact, tracked

__all__ = [
    "add_photos",
    "appeal",
    "check_nomination",
    "contact_of",
    "decide_appeal",
    "decide_nomination",
    "forget_contacts",
    "nominate",
    "nominate_publicly",
    "open_nomination_photo",
    "reveal_contact",
    "rule_of",
    "set_rule",
    "tracked",
    "withdraw",
]
