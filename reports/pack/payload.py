"""All that a pack says, as JSON: built once, in the transaction that freezes the meeting."""

from __future__ import annotations

from typing import Any

from ..meeting_queries import late_since_last
from ..models import Meeting


def build_payload(meeting: Meeting) -> dict[str, Any]:
    """The pack of a meeting whose figures, `as_of` and `frozen_at` are set; no key holds a clock's time of
    the making of files, so that they can be made again the same."""
    assert meeting.as_of is not None
    return {
        "meeting": {"number": str(meeting), "held_on": meeting.held_on.isoformat()},
        "as_of": meeting.as_of.isoformat(),
        "late_visits": late_since_last(meeting),
    }
