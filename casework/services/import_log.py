"""The audit row of what is done to a whole import: asked for, let in, applied, taken back."""

from __future__ import annotations

from households.models import ImportBatch
from povertyops.accounts.actor import Actor
from povertyops.common.audit import audit

_TOLD = ("kind_id", "fiscal_year", "households", "new", "known", "changed", "held_back")


def audit_import(actor: Actor, action: str, batch: ImportBatch, **more: str) -> None:
    """Write down an act on a batch with its counts; `more` is what belongs to this act."""
    audit(
        actor,
        action,
        object_type="import",
        object_id=batch.pk,
        province_code=batch.province_code,
        changes={name: getattr(batch, name) for name in _TOLD} | more,
    )
