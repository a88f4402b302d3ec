"""Results the numbers are read from."""

from .progress import AreaProgress, RollupRun

__all__ = ["AreaProgress", "RollupRun"]
