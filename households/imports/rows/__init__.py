"""Row by row through a table: clean values, faults and notices, and which household each person belongs to.

Nothing here touches the database. `reader` is the loop, `household` and `person` clean and check the columns
of each, `homes` says whose row it is, `names` takes names apart.
"""

from __future__ import annotations

from .reader import Reader
from .staged import FoundFault, RowNumbers, StagedHousehold, StagedRow, Stated, Yardstick, raw_of_household

__all__ = [
    "FoundFault",
    "Reader",
    "RowNumbers",
    "StagedHousehold",
    "StagedRow",
    "Stated",
    "Yardstick",
    "raw_of_household",
]
