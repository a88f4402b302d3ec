"""How far an export has come, told now and then to whoever wants to know."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

SECONDS = 2.0


@dataclass
class Progress:
    """`rows` written so far: while a list is copied an estimate by lines, at its end exact."""

    beat: Callable[[int], None] | None = None
    rows: int = 0
    _told: float = field(default_factory=time.monotonic)

    def tell(self) -> None:
        """Call `beat`, at most every two seconds; what it raises ends the export."""
        if self.beat is not None and time.monotonic() - self._told >= SECONDS:
            self._told = time.monotonic()
            self.beat(self.rows)
