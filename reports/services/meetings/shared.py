"""What every act on a meeting asks first, and how it is written down."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit
from povertyops.common.errors import Conflict, InvalidInput, NotAllowed

from ...enums import MeetingState
from ...meeting_access import get_meeting_for, may_write
from ...models import Meeting


def require_secretary(actor: Actor) -> None:
    if not may_write(actor):
        raise NotAllowed("role", _("ฝ่ายเลขานุการ คจพ.จ. เท่านั้นที่จัดการการประชุมได้"))


def meeting_to_write(actor: Actor, meeting_id: UUID) -> Meeting:
    """The meeting, locked until the transaction ends; Http404 out of sight."""
    require_secretary(actor)
    return get_meeting_for(actor, meeting_id, whole=True, lock=True)


def require_planned(meeting: Meeting) -> None:
    """What the pack shows cannot change once the figures are frozen."""
    if meeting.state != MeetingState.PLANNED:
        said = _("การประชุมครั้งที่ %(number)s ตรึงตัวเลขหรือประชุมไปแล้ว ส่วนนี้อยู่ในเอกสารการประชุมจึงแก้ไม่ได้")
        raise Conflict("meeting_closed", str(said) % {"number": meeting})


def require_text(value: str, field: str, message: Any) -> str:
    """The text without space around it; InvalidInput at its field when nothing is left."""
    text = value.strip()
    if not text:
        raise InvalidInput(f"{field}_needed", message, field=field)
    return text


def write_down(
    actor: Actor,
    action: str,
    meeting: Meeting,
    *,
    changes: dict[str, Any] | None = None,
    household_id: UUID | None = None,
) -> None:
    """The audit row of an act on a meeting."""
    audit(
        actor,
        action,
        object_type="meeting",
        object_id=meeting.pk,
        household_id=household_id,
        province_code=meeting.province_code,
        changes={"meeting": str(meeting), **(changes or {})},
    )


def changed(row: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Set the values on the row; {"field": [before, after]} of what is different, as JSON."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        before = getattr(row, name)
        if before != value:
            setattr(row, name, value)
            found[name] = [_plain(before), _plain(value)]
    return found


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | str | bool) else str(value)
