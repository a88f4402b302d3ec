"""Background work of casework: each task takes ids, calls one service and may run twice."""

from . import digests, imports, nightly, nominations, referrals, rules

__all__ = ["digests", "imports", "nightly", "nominations", "referrals", "rules"]
