"""From the payload of a frozen meeting to its files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from ..enums import PackFileKind

OnStep = Callable[[int, int, str], None]


def render_files(
    payload: dict[str, Any], *, thai_digits: bool = False, on_step: OnStep = lambda done, total, says: None
) -> Iterator[tuple[PackFileKind, str, bytes]]:
    """(kind, name, bytes) of each file; `on_step(done, total, what comes next)` is called before each."""
    on_step(0, 1, "PDF")
    yield PackFileKind.PDF, f"{payload['snapshot_id']}.pdf", json.dumps(payload, ensure_ascii=False).encode()
    on_step(1, 1, "")
