"""Background work of casework: each task takes ids, calls one service and may run twice."""

from . import carry_over, digests, imports, nightly, nominations, referrals, rules, yardstick

__all__ = [
    "carry_over",
    "digests",
    "imports",
    "nightly",
    "nominations",
    "referrals",
    "rules",
    "yardstick",
]
