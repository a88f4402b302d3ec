"""Writing down who did what (`audit`, `audit_many`) and who looked at what (`log_access`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol
from uuid import UUID

from .bulk import insert_rows
from .models import AccessEntry, AuditEntry

_COLUMNS = ("object_id", "household_id", "province_code", "changes")


class Acting(Protocol):
    """What the log needs to know of an actor; `accounts.actor.Actor` is one."""

    @property
    def user_id(self) -> int | None: ...
    @property
    def appointment_id(self) -> UUID | None: ...


class _System:
    """The product acting by itself, on floors that know no accounts."""

    user_id: int | None = None
    appointment_id: UUID | None = None


SYSTEM: Acting = _System()


def audit(
    actor: Acting,
    action: str,
    *,
    object_type: str,
    object_id: object,
    household_id: UUID | None = None,
    province_code: str = "",
    changes: dict[str, Any] | None = None,
) -> None:
    """Write one audit row. `changes` is JSON without national ids: {"field": [before, after]} or facts."""
    AuditEntry.objects.create(
        user_id=actor.user_id,
        appointment_id=actor.appointment_id,
        action=action,
        object_type=object_type,
        object_id=str(object_id),
        household_id=household_id,
        province_code=province_code,
        changes=changes or {},
    )


def audit_many(
    actor: Acting,
    action: str,
    *,
    object_type: str,
    rows: Iterable[tuple[object, UUID | None, str, dict[str, Any]]],
) -> None:
    """Write one audit row per (object id, household id, province code, changes), in batches of 5,000."""
    insert_rows(
        AuditEntry,
        _COLUMNS,
        (
            {
                "object_id": str(object_id),
                "household_id": household_id,
                "province_code": province,
                "changes": changes,
            }
            for object_id, household_id, province, changes in rows
        ),
        same={
            "user_id": actor.user_id,
            "appointment_id": actor.appointment_id,
            "action": action,
            "object_type": object_type,
        },
    )


def log_access(
    actor: Acting,
    kind: str,
    *,
    object_type: str,
    object_id: object,
    household_id: UUID | None = None,
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Write down that someone looked at guarded data, and why they said they did."""
    AccessEntry.objects.create(
        user_id=actor.user_id or 0,
        appointment_id=actor.appointment_id,
        kind=kind,
        object_type=object_type,
        object_id=str(object_id),
        household_id=household_id,
        reason=reason,
        details=details or {},
    )
