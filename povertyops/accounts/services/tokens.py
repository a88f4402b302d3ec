"""Tokens for programs. Stored hashed; shown once, when made."""

from __future__ import annotations

from django.db import transaction
from knox.models import get_token_model

from povertyops.common.audit import audit

from ..actor import Actor
from ..models import User


@transaction.atomic
def create_api_token(*, actor: Actor, user: User) -> str:
    """A new token for `Authorization: Token ...`; it acts under the person's valid appointment of the day."""
    row, token = get_token_model().objects.create(user=user)
    audit(
        actor,
        "token.created",
        object_type="user",
        object_id=user.pk,
        changes={"token": row.token_key},
    )
    return str(token)
