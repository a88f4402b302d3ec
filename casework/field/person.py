"""Whom a page was drawn for, as the phone needs it: to bind its key, and to seal to the server."""

from __future__ import annotations

import base64
from typing import Any

from povertyops.accounts.actor import Actor
from povertyops.common.sealing import public_key


def seal_json() -> dict[str, str]:
    """The key to which phones seal: its id and its 65 bytes in base64url."""
    key_id, point = public_key()
    return {"key_id": key_id, "public": base64.urlsafe_b64encode(point).decode().rstrip("=")}


def person_json(actor: Actor) -> dict[str, Any]:
    """User, appointment and its last day, without a name. Needs an appointment."""
    assert actor.appointment is not None
    return {
        "user_id": actor.user_id,
        "appointment_id": str(actor.appointment_id),
        "role": str(actor.role),
        "valid_to": actor.appointment.valid_to.isoformat() if actor.appointment.valid_to else None,
    }
