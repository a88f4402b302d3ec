"""Background work of casework: each task takes ids, calls one service and may run twice."""

from . import imports, nightly, referrals

__all__ = ["imports", "nightly", "referrals"]
